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
Numbers = NDArray[np.int64]


def disclosures(world: World, cases: Cases, needs: Needs, records: Rows, messages: Rows) -> Rows:
    """DISCLOSURES by (message, role, subject: the principal first, then further ones)."""
    sent, learner, role = _learners(world, messages)
    if not len(sent):                 # a protocol without any content leaves no tables to look up in
        return np.zeros(0, DISCLOSURES)
    told, stream = messages[sent], cases.rows[messages["case"][sent]]
    of = content_of(world)[told["content"]]
    rows = np.zeros(len(sent), DISCLOSURES)
    rows["message"], rows["tick"], rows["learner"], rows["role"] = sent, told["arrives"], learner, role
    rows["form"], rows["route"], rows["fields"] = told["form"], told["via"], world.field_bits[told["content"]]
    rows["subject"] = _principal(needs, records, told, stream, of)
    holder = np.where(told["version"] < 0, told["sender"], _joined(records["place"], told["version"]))
    rows["owner"] = np.where(of == SUBJECT, stream["opener"], holder)
    purpose = [world.purposes.index(content.purpose) for content in world.content.values()]
    rows["purpose"] = np.array(purpose, np.int16)[told["content"]]
    rows["key_group"] = np.where(np.isin(told["form"], KEYED), told["protocol"], -1)
    _fill_sight(rows, world, told)
    _fill_ruling(rows, world, records, told, stream, of)
    rows["retain_until"] = _retained(rows, world, told)
    return _with_further_subjects(rows, of, stream["subjects"])


def left_out(world: World, cases: Cases, messages: Rows) -> int:
    """Disclosures to recipients about subjects beyond the first `MOST_SUBJECTS` of a query."""
    sent, _, role = _learners(world, messages)
    queries = content_of(world)[messages["content"][sent]] == SUBJECT
    subjects = cases.rows["subjects"][messages["case"][sent]]
    return int(np.maximum(subjects[queries & (role == RECIPIENT)] - MOST_SUBJECTS, 0).sum())


def content_of(world: World) -> NDArray[np.int8]:
    """(contents,) index into OF."""
    return np.array([OF.index(content.of) for content in world.content.values()], np.int8)


def _learners(world: World, messages: Rows) -> tuple[Numbers, Numbers, Numbers]:
    """Rows of messages that disclose, the place that learns, its role: by (message, role)."""
    arrived = ~messages["lost"] & (messages["arrives"] <= world.end)
    abroad = messages["sender"] != messages["receiver"]
    about = content_of(world)[messages["content"]] != MATTER
    received = np.flatnonzero(arrived & abroad & about)
    carried = received[messages["via"][received] >= 0]
    sent = np.concatenate([received, carried])
    learner = np.concatenate([messages["receiver"][received], messages["via"][carried]]).astype(np.int64)
    role = np.repeat([RECIPIENT, INTERMEDIARY], [len(received), len(carried)])
    order = np.lexsort((role, sent))
    return sent[order], learner[order], role[order]


def _principal(needs: Needs, records: Rows, told: Rows, stream: Rows, of: NDArray[np.int8]) -> NDArray[np.int32]:
    """The person the facts are about: of a search result the person found, right or wrong."""
    version = np.where((of == SUBJECT) & (stream["need"] >= 0), -1, told["version"])
    sought, found = _joined(needs.rows["subject"], stream["need"]), _joined(records["person"], version)
    return np.where(version >= 0, found, sought)


def _joined(column: NDArray[np.int32], row: NDArray[np.int32]) -> NDArray[np.int32]:
    """The column at these rows; -1 at row -1."""
    return np.append(column, np.int32(-1))[row].astype(np.int32)


def _fill_sight(rows: Rows, world: World, told: Rows) -> None:
    recipient, readable = rows["role"] == RECIPIENT, np.isin(rows["form"], READABLE)
    keyed = np.isin(rows["form"], KEYED)
    rows["custody"] = True
    rows["can"] = np.where(recipient, readable | keyed, readable & world.reads[rows["learner"]])
    looked = np.where(told["machine"], MACHINE, PERSON)
    rows["seen_by"] = np.where(recipient, looked, np.where(rows["can"], MACHINE, NOBODY))


def _fill_ruling(rows: Rows, world: World, records: Rows, told: Rows, stream: Rows, of: NDArray[np.int8]) -> None:
    """Basis and ruling of each transfer, and whether the learner may know what it got."""
    law = world.law
    basis = _basis(rows["learner"], world, records, told, stream, of)
    verdict = np.array([outcome.verdict for outcome in law.outcomes])[basis]
    allowed = np.array([~np.uint32(0) if outcome.duties.fields is None else
                        np.uint32(field_bits(tuple(outcome.duties.fields))) for outcome in law.outcomes], np.uint32)
    for_this = np.array([[outcome.duties.purposes is None or purpose in outcome.duties.purposes
                          for purpose in world.purposes] for outcome in law.outcomes])
    broken = (rows["fields"] & ~allowed[basis] != 0) | ~for_this[basis, rows["purpose"]]
    ruling = np.select([verdict == MUST_REFUSE, verdict == NO_RULE, broken],
                       [FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN], PERMITTED)
    carrier = rows["role"] == INTERMEDIARY
    no_transfer = carrier & (~rows["can"] | world.may_read[rows["learner"]])
    rows["basis"] = np.where(no_transfer, -1, basis)
    rows["ruling"] = np.where(no_transfer, PERMITTED, ruling)
    rows["may"] = np.where(carrier, world.may_read[rows["learner"]], np.isin(rows["ruling"], (PERMITTED, DUTY_BROKEN)))


def _basis(learner: NDArray[np.int16], world: World, records: Rows, told: Rows, stream: Rows,
           of: NDArray[np.int8]) -> Numbers:
    law = world.law
    instruments = np.array([law.instruments.index(protocol.instrument) for protocol in world.protocols], np.int64)
    categories = np.array([CATEGORIES.index(content.category) for content in world.content.values()], np.int64)
    held = (of != SUBJECT) & (told["version"] >= 0)
    kind, handling = stream["kind_of_person"].copy(), np.zeros(len(told), np.int8)
    kind[held] = records["kind"][told["version"][held]]
    handling[held] = records["handling"][told["version"][held]]
    epoch = np.searchsorted(law.epochs, told["begun"], side="right") - 1
    found = law.look(epoch, instruments[told["protocol"]], categories[told["content"]], stream["product"],
                     stream["urgent"].astype(int), stream["dual_criminality"].astype(int),
                     stream["minor_offence"].astype(int), kind, handling, told["sender"], learner)
    return np.asarray(found, np.int64)


def _retained(rows: Rows, world: World, told: Rows) -> Numbers:
    """Until when it is kept: as its content says; where that says nothing, as long as the law lets it."""
    stated = np.array([_keep(content.keep) for content in world.content.values()], np.int64)[told["content"]]
    by_law = np.array([*(outcome.duties.retention for outcome in world.law.outcomes), NEVER])[rows["basis"]]
    kept = np.where(stated < NEVER, stated, by_law)
    return np.where(kept < NEVER - rows["tick"], rows["tick"] + kept, NEVER)


@cache
def _keep(text: str) -> int:
    return int(units.duration(text).value) if text else int(NEVER)


def _with_further_subjects(rows: Rows, of: NDArray[np.int8], subjects: NDArray[np.int32]) -> Rows:
    count = np.where(of == SUBJECT, np.clip(subjects, 1, MOST_SUBJECTS), 1)
    found = np.repeat(rows, count)
    nth = np.arange(len(found)) - np.repeat(np.cumsum(count) - count, count)
    found["subject"] = np.where(nth > 0, -1 - nth, found["subject"])
    return found
