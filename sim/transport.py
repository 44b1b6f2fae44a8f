"""Who learns what is read off the messages here, and nowhere else: no protocol can forget to declare a disclosure.

One row per (message, learner, subject). A message inside one state discloses nothing across a border and has no row;
nor has one about the matter alone, one lost for good (on which of its links it was lost nobody knows), or one still on
its way at the end. An intermediary has custody of what passes and learns it only where it has the keys. A copy that a
message lays into a store makes its receiver a holder by that same row; an outside observer of the lines sees of every
message sender, receiver and time, which are the messages themselves: neither has rows of its own.

subject       the person it passes for: the need's, of a record event the record's. Further subjects of a query have
              rows of their own, at most `MOST_SUBJECTS` rows a message and learner; `left_out` counts the rest.
true_subject  of a record or an answer the person of the version found, so that a false hit discloses another person.
can           plain text and an unsalted hash of a name can be read by whoever gets them (the domain can be enumerated).
              A keyed form is for the members of its key group; an intermediary is none of them, nor does it read what
              is sealed from end to end.
ruling        the law of the tick in which the Send began (engine rule 36), from sender to learner, whether or not the
              script asked for a review; a duty is broken by a field or a purpose it does not allow. An intermediary
              that cannot read, or may by the scenario's own word, is no transfer: basis -1, permitted.
necessary     -1 here: it hangs on the truth, which only metrics may read (`sim.metrics.leakage.necessary`).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim import units
from sim.cases import Cases
from sim.columns import Columns, joined
from sim.errors import CapacityError
from sim.laws import CATEGORIES, MUST_REFUSE, NO_RULE
from sim.ledger import (
    CAN,
    CUSTODY,
    DISCLOSURES,
    DUTY_BROKEN,
    FORBIDDEN,
    INTERMEDIARY,
    MAY,
    NEVER,
    NO_RULE_KNOWN,
    PERMITTED,
    RECIPIENT,
)
from sim.needs import Needs
from sim.script import BLOOM, FORMS, HASH, KEYED_HASH, PLAIN, PSEUDONYM
from sim.world import World, field_bits

MOST_SUBJECTS = 20
MOST_MESSAGES = 2**31
OF = ("subject", "record", "answer", "matter")          # script.Content.of
SUBJECT, RECORD, ANSWER, MATTER = range(4)
READABLE = tuple(FORMS.index(form) for form in (PLAIN, HASH))
KEYED = tuple(FORMS.index(form) for form in (PSEUDONYM, KEYED_HASH, BLOOM))
NOBODY, MACHINE, PERSON = range(3)                      # seen_by
NOT_JUDGED = -1                                         # necessary

Rows = NDArray[np.void]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def disclosures(world: World, cases: Cases, needs: Needs, records: Rows, messages: Rows) -> Rows:
    """DISCLOSURES by (message, role, subject: the principal first, then further ones).

    Raises CapacityError for more messages than a row can number.
    """
    if len(messages) > MOST_MESSAGES:
        raise CapacityError(f"{len(messages)} messages in one ledger; disclosures number at most {MOST_MESSAGES}: "
                            "keep a sample of the rows, or none")
    sent, learner, role = _learners(world, Columns(messages))
    if not len(sent):                 # a protocol without any content leaves no tables to look up in
        return np.zeros(0, DISCLOSURES)
    told = Columns(messages, sent)
    stream, of = Columns(cases.rows, told["case"]), content_of(world)[told["content"]]
    rows = np.zeros(len(sent), DISCLOSURES)
    rows["message"], rows["tick"], rows["learner"], rows["role"] = sent, told["arrives"], learner, role
    rows["form"], rows["route"], rows["necessary"] = told["form"], told["via"], NOT_JUDGED
    rows["fields"], rows["purpose"] = told["content"], _purposes(world)[told["content"]]
    found = np.where(of == SUBJECT, -1, told["version"])          # the version it speaks of
    rows["subject"] = _passes_for(needs, records, stream)
    rows["true_subject"] = np.where(found < 0, rows["subject"], joined(records["person"], found))
    holder = np.where(found < 0, told["sender"], joined(records["place"], found))
    rows["owner"] = np.where(of == SUBJECT, stream["opener"], holder)
    keyed = _of_forms(KEYED)[told["form"]]
    rows["key_group"] = np.where(keyed, told["protocol"], -1)
    can, rows["seen_by"] = _sight(world, told, learner, role == RECIPIENT, keyed)
    rows["kind"] = np.where(found < 0, stream["kind_of_person"], joined(records["kind"], found))
    handling = np.maximum(joined(records["handling"], found), 0)
    basis, rows["ruling"], may = _ruling(world, told, stream, learner, role == INTERMEDIARY, can, rows["kind"],
                                         handling)
    rows["basis"], rows["access"] = basis, CUSTODY | can * np.uint8(CAN) | may * np.uint8(MAY)
    rows["retain_until"] = _retained(world, told, basis)
    return _with_further_subjects(rows, of, stream["subjects"])


def left_out(world: World, cases: Cases, messages: Rows) -> int:
    """Disclosures to recipients about subjects beyond the first `MOST_SUBJECTS` of a query."""
    sent, _, role = _learners(world, Columns(messages))
    queries = content_of(world)[messages["content"][sent]] == SUBJECT
    subjects = cases.rows["subjects"][messages["case"][sent]]
    return int(np.maximum(subjects[queries & (role == RECIPIENT)] - MOST_SUBJECTS, 0).sum())


def content_of(world: World) -> NDArray[np.int8]:
    """(contents,) index into OF."""
    return np.array([OF.index(content.of) for content in world.content.values()], np.int8)


def _learners(world: World, messages: Columns) -> tuple[Numbers, Numbers, NDArray[np.int8]]:
    """Rows of messages that disclose, the place that learns, its role: by (message, role)."""
    discloses = ~messages["lost"] & (messages["arrives"] <= world.end) & (messages["sender"] != messages["receiver"])
    about = content_of(world) != MATTER
    received = np.flatnonzero(discloses & about[messages["content"]] if len(about) else discloses)
    carriers = messages["via"][received] >= 0
    sent = np.repeat(received, carriers + 1)
    role = np.full(len(sent), RECIPIENT, np.int8)
    role[np.cumsum(carriers + 1)[carriers] - 1] = INTERMEDIARY
    learner = np.where(role == RECIPIENT, messages["receiver"][sent], messages["via"][sent]).astype(np.int64)
    return sent, learner, role


def _passes_for(needs: Needs, records: Rows, stream: Columns) -> NDArray[np.int32]:
    """The person whom a case is about; -1 where it is about no need and no record."""
    of_need, of_record = joined(needs.rows["subject"], stream["need"]), joined(records["person"], stream["version"])
    return np.where(stream["need"] >= 0, of_need, of_record)


def _of_forms(forms: tuple[int, ...]) -> Flags:
    """(forms,) which are among these."""
    return np.isin(np.arange(len(FORMS)), forms)


def _sight(world: World, told: Columns, learner: Numbers, recipient: Flags,
           keyed: Flags) -> tuple[Flags, NDArray[np.int8]]:
    """Who has the keys to it, and by whom it was seen."""
    readable = _of_forms(READABLE)[told["form"]]
    can: Flags = np.where(recipient, readable | keyed, readable & world.reads[learner] & ~told["sealed"])
    looked = np.where(told["machine"], np.int8(MACHINE), np.int8(PERSON))
    return can, np.where(recipient, looked, np.where(can, np.int8(MACHINE), np.int8(NOBODY)))


def _ruling(world: World, told: Columns, stream: Columns, learner: Numbers, carrier: Flags, can: Flags,
            kind: NDArray[np.int8], handling: NDArray[np.int8]) -> tuple[Numbers, NDArray[np.int8], Flags]:
    """Basis and ruling of each transfer, and whether the learner may know what it got."""
    basis = _basis(world, told, stream, learner, kind, handling)
    ruling = _rulings(world)[basis, told["content"]]
    may_read = world.may_read[learner]
    no_transfer = carrier & (~can | may_read)
    basis[no_transfer], ruling[no_transfer] = -1, PERMITTED
    return basis, ruling, np.where(carrier, may_read, (ruling == PERMITTED) | (ruling == DUTY_BROKEN))


def _purposes(world: World) -> NDArray[np.int16]:
    """(contents,) index into the purposes."""
    return np.array([world.purposes.index(content.purpose) for content in world.content.values()], np.int16)


def _rulings(world: World) -> NDArray[np.int8]:
    """(outcomes of the law, contents) what the law says of sending such a content under each outcome."""
    outcomes = world.law.outcomes
    verdict = np.array([outcome.verdict for outcome in outcomes])[:, None]
    allowed = np.array([~np.uint32(0) if outcome.duties.fields is None else
                        np.uint32(field_bits(tuple(outcome.duties.fields))) for outcome in outcomes], np.uint32)
    for_this = np.array([[outcome.duties.purposes is None or purpose in outcome.duties.purposes
                          for purpose in world.purposes] for outcome in outcomes])
    broken = (world.field_sets[:len(world.contents)] & ~allowed[:, None] != 0) | ~for_this[:, _purposes(world)]
    return np.select([verdict == MUST_REFUSE, verdict == NO_RULE, broken],
                     [FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN], PERMITTED).astype(np.int8)


def _basis(world: World, told: Columns, stream: Columns, learner: Numbers, kind: NDArray[np.int8],
           handling: NDArray[np.int8]) -> Numbers:
    law = world.law
    instruments = np.array([law.instruments.index(protocol.instrument) for protocol in world.protocols], np.int64)
    categories = np.array([CATEGORIES.index(content.category) for content in world.content.values()], np.int64)
    epoch = np.searchsorted(law.epochs, told["begun"], side="right") - 1
    found = law.look(epoch, instruments[told["protocol"]], categories[told["content"]], stream["product"],
                     stream["urgent"].view(np.int8), stream["dual_criminality"].view(np.int8),
                     stream["minor_offence"].view(np.int8), kind, handling, stream["bar"], told["sender"], learner)
    return np.asarray(found, np.int64)


def _retained(world: World, told: Columns, basis: Numbers) -> Numbers:
    """Until when it is kept: as its content says; where that says nothing, as long as the law lets it."""
    stated = np.array([_keep(content.keep) for content in world.content.values()], np.int64)
    by_law = np.array([*(outcome.duties.retention for outcome in world.law.outcomes), NEVER])
    kept = np.where(stated < NEVER, stated, by_law[:, None])[basis, told["content"]]
    return np.where(kept < NEVER - told["arrives"], told["arrives"] + kept, NEVER)


@cache
def _keep(text: str) -> int:
    return int(units.duration(text).value) if text else int(NEVER)


def _with_further_subjects(rows: Rows, of: NDArray[np.int8], subjects: NDArray[np.int32]) -> Rows:
    count = np.where(of == SUBJECT, np.clip(subjects, 1, MOST_SUBJECTS), 1)
    if (count == 1).all():
        return rows
    found = np.repeat(rows, count)
    nth = np.arange(len(found)) - np.repeat(np.cumsum(count) - count, count)
    further = np.flatnonzero(nth)
    found["subject"][further] = found["true_subject"][further] = -1 - nth[further]
    return found
