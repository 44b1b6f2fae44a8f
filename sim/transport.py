"""Who learns what is read off the messages here, and nowhere else: no protocol can forget to declare a disclosure.

One row per (message, learner, subject). A message inside one state discloses nothing across a border and has no row;
nor has one about the matter alone, one lost for good (on which of its links it was lost nobody knows), or one still on
its way at the end. An intermediary has custody of what passes and learns it only where it has the keys.

subject    of a query the need's subject; of a record or an answer the person of the version found, so that a false hit
           discloses another person. Further subjects of a query have rows of their own, at most `MOST_SUBJECTS` rows a
           message and learner; `left_out` counts the rest.
can        plain text and an unsalted hash of a name can be read by whoever gets them (the domain can be enumerated). A
           keyed form is for the members of its key group; an intermediary is none of them.
ruling     the law of the tick in which the Send began (engine rule 36), from sender to learner, whether or not the
           script asked for a review; a duty is broken by a field or a purpose it does not allow. An intermediary that
           cannot read, or may by the scenario's own word, is no transfer: basis -1, permitted.
necessary  0 here: it hangs on the truth, which only metrics may read (`sim.metrics.leakage.necessary`).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim import units
from sim.cases import Cases
from sim.columns import Columns, joined
from sim.laws import CATEGORIES, MUST_REFUSE, NO_RULE
from sim.ledger import (
    DISCLOSURES,
    DUTY_BROKEN,
    FORBIDDEN,
    INTERMEDIARY,
    NEVER,
    NO_RULE_KNOWN,
    PERMITTED,
    RECIPIENT,
)
from sim.needs import Needs
from sim.script import BLOOM, FORMS, HASH, KEYED_HASH, PLAIN, PSEUDONYM
from sim.world import World, field_bits

MOST_SUBJECTS = 20
OF = ("subject", "record", "answer", "matter")          # script.Content.of
SUBJECT, RECORD, ANSWER, MATTER = range(4)
READABLE = tuple(FORMS.index(form) for form in (PLAIN, HASH))
KEYED = tuple(FORMS.index(form) for form in (PSEUDONYM, KEYED_HASH, BLOOM))
NOBODY, MACHINE, PERSON = range(3)                      # seen_by

Rows = NDArray[np.void]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


def disclosures(world: World, cases: Cases, needs: Needs, records: Rows, messages: Rows) -> Rows:
    """DISCLOSURES by (message, role, subject: the principal first, then further ones)."""
    sent, learner, role = _learners(world, Columns(messages))
    if not len(sent):                 # a protocol without any content leaves no tables to look up in
        return np.zeros(0, DISCLOSURES)
    told = Columns(messages, sent)
    stream, of = Columns(cases.rows, told["case"]), content_of(world)[told["content"]]
    rows = np.zeros(len(sent), DISCLOSURES)
    rows["message"], rows["tick"], rows["learner"], rows["role"] = sent, told["arrives"], learner, role
    rows["form"], rows["route"] = told["form"], told["via"]
    rows["subject"] = _principal(needs, records, told, stream, of)
    holder = np.where(told["version"] < 0, told["sender"], joined(records["place"], told["version"]))
    rows["owner"] = np.where(of == SUBJECT, stream["opener"], holder)
    keyed = _of_forms(KEYED)[told["form"]]
    rows["key_group"] = np.where(keyed, told["protocol"], -1)
    can = _fill_sight(rows, world, told, learner, role == RECIPIENT, keyed)
    basis = _fill_ruling(rows, world, records, told, stream, of, learner, role == INTERMEDIARY, can)
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


def _principal(needs: Needs, records: Rows, told: Columns, stream: Columns, of: NDArray[np.int8]) -> NDArray[np.int32]:
    """The person the facts are about: of a search result the person found, right or wrong."""
    asked = (of == SUBJECT) & (stream["need"] >= 0)
    sought, found = joined(needs.rows["subject"], stream["need"]), joined(records["person"], told["version"])
    return np.where(asked | (told["version"] < 0), sought, found)


def _of_forms(forms: tuple[int, ...]) -> Flags:
    """(forms,) which are among these."""
    return np.isin(np.arange(len(FORMS)), forms)


def _fill_sight(rows: Rows, world: World, told: Columns, learner: Numbers, recipient: Flags, keyed: Flags) -> Flags:
    """Who holds it, who can read it, and by whom it was seen; returns who can."""
    readable = _of_forms(READABLE)[told["form"]]
    can: Flags = np.where(recipient, readable | keyed, readable & world.reads[learner])
    rows["custody"], rows["can"] = True, can
    looked = np.where(told["machine"], np.int8(MACHINE), np.int8(PERSON))
    rows["seen_by"] = np.where(recipient, looked, np.where(can, np.int8(MACHINE), np.int8(NOBODY)))
    return can


def _fill_ruling(rows: Rows, world: World, records: Rows, told: Columns, stream: Columns, of: NDArray[np.int8],
                 learner: Numbers, carrier: Flags, can: Flags) -> Numbers:
    """Basis and ruling of each transfer, and whether the learner may know what it got; returns the basis."""
    basis = _basis(learner, world, records, told, stream, of)
    ruling = _rulings(world)[basis, told["content"]]
    may_read = world.may_read[learner]
    no_transfer = carrier & (~can | may_read)
    basis[no_transfer], ruling[no_transfer] = -1, PERMITTED
    rows["fields"], rows["purpose"] = world.field_bits[told["content"]], _purposes(world)[told["content"]]
    rows["basis"], rows["ruling"] = basis, ruling
    rows["may"] = np.where(carrier, may_read, (ruling == PERMITTED) | (ruling == DUTY_BROKEN))
    return basis


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
    broken = (world.field_bits & ~allowed[:, None] != 0) | ~for_this[:, _purposes(world)]
    return np.select([verdict == MUST_REFUSE, verdict == NO_RULE, broken],
                     [FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN], PERMITTED).astype(np.int8)


def _basis(learner: Numbers, world: World, records: Rows, told: Columns, stream: Columns,
           of: NDArray[np.int8]) -> Numbers:
    law = world.law
    instruments = np.array([law.instruments.index(protocol.instrument) for protocol in world.protocols], np.int64)
    categories = np.array([CATEGORIES.index(content.category) for content in world.content.values()], np.int64)
    held = np.flatnonzero((of != SUBJECT) & (told["version"] >= 0))
    kind, handling = stream["kind_of_person"].copy(), np.zeros(len(told), np.int8)
    kind[held] = records["kind"][told["version"][held]]
    handling[held] = records["handling"][told["version"][held]]
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
    found["subject"][further] = -1 - nth[further]
    return found
