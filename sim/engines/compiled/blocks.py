"""Cases and what they may find, as the kernel's input arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.cases import Cases
from sim.content import Content
from sim.engines.compiled import layout as at
from sim.ledger import RECORD

Numbers = NDArray[np.int64]
DETAILS = {at.CASE_ID: "id", at.CASE_PROTOCOL: "protocol", at.CASE_OPENER: "opener", at.CASE_PRIORITY: "priority",
           at.URGENT: "urgent", at.PRODUCT: "product", at.MINOR: "minor_offence", at.DUAL: "dual_criminality",
           at.HOLDER_KNOWN: "holder_known", at.PERSON_KIND: "kind_of_person", at.SUBJECTS: "subjects",
           at.KNOWN: "known", at.EVENT: "event", at.CASE_RECORD: "record", at.CASE_VERSION: "version"}
CANDIDATE = {at.HOLDER: "holder", at.BY_MATCHER: "matcher", at.VERSION: "version", at.SCORE: "score",
             at.CREATED: "created", at.SUPERSEDED: "superseded", at.GENUINE: "genuine", at.RECORD_KIND: "kind",
             at.HANDLING: "handling"}


@dataclass(frozen=True, eq=False)
class Block:
    """Cases in a row of the stream, flat; columns as in `layout.py`.

    stream   a row for each case    details  a row for each that runs a script
    pool     audiences, then candidates
    """

    stream: Numbers
    details: Numbers
    pool: Numbers


def block(cases: Cases, content: Content) -> Block:
    """All cases of a run."""
    rows = cases.rows
    scripted = np.flatnonzero(rows["station"] < 0)
    stream = np.empty((len(rows), at.STREAM_WIDTH), np.int64)
    stream[:, at.OPENED], stream[:, at.ID] = rows["opened"], rows["id"].view(np.int64)
    stream[:, at.PRIORITY], stream[:, at.DETAIL] = rows["priority"], -1
    stream[:, at.STATION] = np.where(rows["station"] < 0, -1, rows["station"].astype(np.int64) * at.DESK_WIDTH)
    stream[scripted, at.DETAIL] = np.arange(len(scripted))
    stream[:, at.LAW] = rows["law"]
    details = np.empty((len(scripted), at.DETAIL_WIDTH), np.int64)
    for column, name in DETAILS.items():
        details[:, column] = rows[name][scripted]
    details[:, at.CASE_SOURCE] = 2 * details[:, at.CASE_PROTOCOL] + (rows["kind"][scripted] == RECORD)
    places, *limits = cases.audiences()
    for column, limit in zip((at.ADDRESSED_FROM, at.ADDRESSED_TO, at.MEMBERS_FROM, at.MEMBERS_TO), limits, strict=True):
        details[:, column] = limit[scripted]
    _candidates_of(rows["need"][scripted], content, details, len(places))
    return Block(stream.ravel(), details.ravel(), np.concatenate([places, _candidates(content)]))


def _candidates_of(need: NDArray[np.int32], content: Content, details: Numbers, first: int) -> None:
    """Where each case's candidates stand: those of its need, by holder and matcher, the best first."""
    of = np.ascontiguousarray(content.candidates.rows["need"])
    for column, side in ((at.CANDIDATES_FROM, "left"), (at.CANDIDATES_TO, "right")):
        found = np.searchsorted(of, need, side=side)  # type: ignore[call-overload]
        details[:, column] = first + at.CANDIDATE_WIDTH * np.where(need < 0, 0, found)


def _candidates(content: Content) -> Numbers:
    rows = content.candidates.rows
    found = np.empty((len(rows), at.CANDIDATE_WIDTH), np.int64)
    for column, name in CANDIDATE.items():
        found[:, column] = rows[name]
    return found.ravel()
