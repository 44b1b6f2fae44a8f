"""Cases and what they may find, as the kernel's input arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.cases import Cases
from sim.content import Content
from sim.engines.compiled import layout as at
from sim.errors import CapacityError
from sim.ledger import RECORD

Numbers = NDArray[np.int64]
DETAILS = {at.CASE_ID: "id", at.CASE_PROTOCOL: "protocol", at.CASE_OPENER: "opener", at.CASE_PRIORITY: "priority",
           at.URGENT: "urgent", at.PRODUCT: "product", at.MINOR: "minor_offence", at.DUAL: "dual_criminality",
           at.HOLDER_KNOWN: "holder_known", at.PERSON_KIND: "kind_of_person", at.SUBJECTS: "subjects",
           at.KNOWN: "known", at.EVENT: "event", at.CASE_RECORD: "record", at.CASE_VERSION: "version",
           at.ATTACK: "attack", at.BAR: "bar"}
CANDIDATE = {at.HOLDER: "holder", at.BY_SEARCH: "search", at.VERSION: "version", at.SCORE: "score",
             at.CREATED: "created", at.SUPERSEDED: "superseded", at.GENUINE: "genuine", at.RECORD_KIND: "kind",
             at.HANDLING: "handling"}
AT_A_TIME = 2048
RANGES_FROM = [at.ADDRESSED_FROM, at.MEMBERS_FROM, at.CANDIDATES_FROM]
RANGES_TO = [at.ADDRESSED_TO, at.MEMBERS_TO, at.CANDIDATES_TO]


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
    """These cases of a run, with the candidates of their needs."""
    rows = cases.rows
    _check(rows)
    scripted = np.flatnonzero(rows["station"] < 0)
    stream = np.empty((len(rows), at.STREAM_WIDTH), np.int64)
    details = np.empty((len(scripted), at.DETAIL_WIDTH), np.int64)
    # Some thousands at a time, which the cache holds for all columns.
    for first in range(0, len(rows), AT_A_TIME):
        _fill_stream(stream[first:first + AT_A_TIME], rows[first:first + AT_A_TIME])
    stream[scripted, at.DETAIL] = np.arange(len(scripted))
    for first in range(0, len(scripted), AT_A_TIME):
        _fill_details(details[first:first + AT_A_TIME], rows.take(scripted[first:first + AT_A_TIME]))
    places, *limits = cases.audiences()
    for column, limit in zip((at.ADDRESSED_FROM, at.ADDRESSED_TO, at.MEMBERS_FROM, at.MEMBERS_TO), limits, strict=True):
        details[:, column] = limit[scripted]
    candidates = _candidates_of(rows["need"][scripted].astype(np.int64), content, details, len(places))
    return Block(stream.ravel(), details.ravel(), np.concatenate([places, candidates]))


def _fill_stream(stream: Numbers, rows: NDArray[np.void]) -> None:
    stream[:, at.OPENED], stream[:, at.ID] = rows["opened"], rows["id"].view(np.int64)
    stream[:, at.PRIORITY], stream[:, at.DETAIL], stream[:, at.LAW] = rows["priority"], -1, rows["law"]
    station = rows["station"].astype(np.int64)
    stream[:, at.STATION] = np.where(station < 0, -1, station * at.DESK_WIDTH)


def _fill_details(details: Numbers, rows: NDArray[np.void]) -> None:
    for column, name in DETAILS.items():
        details[:, column] = rows[name]
    details[:, at.CASE_SOURCE] = 2 * details[:, at.CASE_PROTOCOL] + (rows["kind"] == RECORD)


def _check(rows: NDArray[np.void]) -> None:
    """What becomes an offset in the kernel must fit. Raises CapacityError."""
    wrong = (rows["priority"] < 0) | (rows["priority"] >= at.CLASSES)
    if wrong.any():
        raise CapacityError(f"case {rows['id'][wrong][0]}: priority class {rows['priority'][wrong][0]}; a desk has "
                            f"the classes 0 to {at.CLASSES - 1}")


def _candidates_of(need: Numbers, content: Content, details: Numbers, first: int) -> Numbers:
    """Candidates of these needs, and where those of each case stand: by holder and search, the best first."""
    rows = content.candidates.rows
    if not len(rows):
        details[:, [at.CANDIDATES_FROM, at.CANDIDATES_TO]] = first
        return np.zeros(0, np.int64)
    of = np.ascontiguousarray(rows["need"], np.int64)
    known = need[need >= 0]
    low, high = np.searchsorted(of, (known.min(), known.max() + 1)) if len(known) else (0, 0)
    for column, side in ((at.CANDIDATES_FROM, "left"), (at.CANDIDATES_TO, "right")):
        found = np.searchsorted(of, need, side=side)  # type: ignore[call-overload]
        details[:, column] = first + at.CANDIDATE_WIDTH * np.where(need < 0, 0, found - low)
    made = np.empty((high - low, at.CANDIDATE_WIDTH), np.int64)
    for column, name in CANDIDATE.items():
        made[:, column] = rows[name][low:high]
    return made.ravel()


class Pool:
    """Audiences and candidates of live cases, from block to block."""

    def __init__(self) -> None:
        self.numbers = np.zeros(0, np.int64)

    def take_in(self, made: Block, cases: Numbers) -> None:
        """Keep what live cases still need, and put the next block's behind it; `cases` and `made` are told where.

        cases  the kernel's rows of cases in use; those of no frames are free
        """
        rows, details = cases.reshape(-1, at.CASE_WIDTH), made.details.reshape(-1, at.DETAIL_WIDTH)
        live = np.flatnonzero(rows[:, at.FRAMES_LIVE] > 0)
        begins, ends = (rows[live][:, columns].ravel() for columns in (RANGES_FROM, RANGES_TO))
        many = ends - begins
        after = np.cumsum(many)
        kept = self.numbers[np.repeat(begins - after + many, many) + np.arange(many.sum())]
        rows[np.ix_(live, RANGES_FROM)] = (after - many).reshape(-1, len(RANGES_FROM))
        rows[np.ix_(live, RANGES_TO)] = after.reshape(-1, len(RANGES_TO))
        if len(kept):
            details[:, [*RANGES_FROM, *RANGES_TO]] += len(kept)
        self.numbers = np.concatenate([kept, made.pool])
