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

from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Told:
    """Messages that disclose, one for each learner, all aligned.

    sent     row of the messages; `message` and `stream`: columns of it and of its case
    of       index into OF
    version  record version whose person and owner it tells of, -1 of a query
    """

    sent: Numbers
    learner: Numbers
    role: NDArray[np.int8]
    message: Columns
    stream: Columns
    of: NDArray[np.int8]
    version: NDArray[np.int32]


def disclosures(world: World, cases: Cases, needs: Needs, records: Rows, messages: Rows) -> Rows:
    """DISCLOSURES by (message, role, subject: the principal first, then further ones).

    Raises CapacityError for more messages than a row can number.
    """
    if len(messages) > MOST_MESSAGES:
        raise CapacityError(f"{len(messages)} messages in one ledger; disclosures number at most {MOST_MESSAGES}: "
                            "keep a sample of the rows, or none")
    told = _told(world, cases, messages)
    rows = np.zeros(len(told.sent), DISCLOSURES)
    if not len(rows):                 # a protocol without any content leaves no tables to look up in
        return rows
    rows["message"], rows["learner"], rows["role"] = told.sent, told.learner, told.role
    rows["tick"], rows["form"], rows["route"] = told.message["arrives"], told.message["form"], told.message["via"]
    rows["fields"], rows["necessary"] = told.message["content"], NOT_JUDGED
    rows["purpose"] = _purposes(world)[told.message["content"]]
    _fill_persons(rows, told, needs, records)
    _fill_access(rows, world, told, records)
    return _with_further_subjects(rows, told.of, told.stream["subjects"])


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


def _told(world: World, cases: Cases, messages: Rows) -> _Told:
    sent, learner, role = _learners(world, Columns(messages))
    message = Columns(messages, sent)
    of = content_of(world)[message["content"]] if len(sent) else np.zeros(0, np.int8)
    version = np.where(of == SUBJECT, np.int32(-1), message["version"])
    return _Told(sent, learner, role, message, Columns(cases.rows, message["case"]), of, version)


def _fill_persons(rows: Rows, told: _Told, needs: Needs, records: Rows) -> None:
    """Whom it passes for and whom it is of, of which kind, and whose data it is."""
    stream, found, of_record = told.stream, told.version, told.version >= 0
    of_event = joined(records["person"], stream["version"])
    subject = np.where(stream["need"] >= 0, joined(needs.rows["subject"], stream["need"]), of_event)
    rows["subject"] = subject
    rows["true_subject"] = np.where(of_record, joined(records["person"], found), subject)
    rows["kind"] = np.where(of_record, joined(records["kind"], found), stream["kind_of_person"])
    holder = np.where(of_record, joined(records["place"], found), told.message["sender"])
    rows["owner"] = np.where(told.of == SUBJECT, stream["opener"], holder)


def _fill_access(rows: Rows, world: World, told: _Told, records: Rows) -> None:
    """Who has the keys, by whom it was seen, and what the law says of it: basis, ruling, right to read, retention."""
    message, recipient = told.message, told.role == RECIPIENT
    keyed, readable = (_of_forms(forms)[message["form"]] for forms in (KEYED, READABLE))
    can = np.where(recipient, readable | keyed, readable & world.reads[told.learner] & ~message["sealed"])
    handling = np.maximum(joined(records["handling"], told.version), 0)
    basis, ruling, may = _ruling(world, told, can, rows["kind"], handling)
    rows["key_group"] = np.where(keyed, message["protocol"], -1)
    rows["seen_by"] = np.where(recipient & ~message["machine"], PERSON, np.where(can, MACHINE, NOBODY))
    rows["basis"], rows["ruling"], rows["retain_until"] = basis, ruling, _retained(world, message, basis)
    rows["access"] = CUSTODY | can * np.uint8(CAN) | may * np.uint8(MAY)


def _of_forms(forms: tuple[int, ...]) -> Flags:
    """(forms,) which are among these."""
    return np.array([form in forms for form in range(len(FORMS))])


def _ruling(world: World, told: _Told, can: Flags, kind: NDArray[np.int8],
            handling: NDArray[np.int8]) -> tuple[Numbers, NDArray[np.int8], Flags]:
    """Basis and ruling of each transfer, and whether the learner may know what it got."""
    carrier, may_read = told.role == INTERMEDIARY, world.may_read[told.learner]
    basis = _basis(world, told, kind, handling)
    ruling = _rulings(world)[basis, told.message["content"]]
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
    broken = (world.field_sets & ~allowed[:, None] != 0) | ~for_this[:, _purposes(world)]
    return np.select([verdict == MUST_REFUSE, verdict == NO_RULE, broken],
                     [FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN], PERMITTED).astype(np.int8)


def _basis(world: World, told: _Told, kind: NDArray[np.int8], handling: NDArray[np.int8]) -> Numbers:
    law, message, stream = world.law, told.message, told.stream
    instruments = np.array([law.instruments.index(protocol.instrument) for protocol in world.protocols], np.int64)
    categories = np.array([CATEGORIES.index(content.category) for content in world.content.values()], np.int64)
    epoch = np.searchsorted(law.epochs, message["begun"], side="right") - 1
    found = law.look(epoch, instruments[message["protocol"]], categories[message["content"]], stream["product"],
                     stream["urgent"].view(np.int8), stream["dual_criminality"].view(np.int8),
                     stream["minor_offence"].view(np.int8), kind, handling, stream["bar"], message["sender"],
                     told.learner)
    return np.asarray(found, np.int64)


def _retained(world: World, message: Columns, basis: Numbers) -> Numbers:
    """Until when it is kept: as its content says; where that says nothing, as long as the law lets it."""
    stated = np.array([_keep(content.keep) for content in world.content.values()], np.int64)
    by_law = np.array([*(outcome.duties.retention for outcome in world.law.outcomes), NEVER])
    kept = np.where(stated < NEVER, stated, by_law[:, None])[basis, message["content"]]
    return np.where(kept < NEVER - message["arrives"], message["arrives"] + kept, NEVER)


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
