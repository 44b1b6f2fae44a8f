"""Screening streams run here, by the recursion wherever it is exact; the others are counted from the engine's rows.

luck.py       the draws of a row of look-ups        totals.py  what is kept of a stream
recursion.py  the compiled recursion

The recursion takes some 30 ns a look-up, with every draw inside, and memory that does not grow with their number.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engines.screening import recursion
from sim.engines.screening.totals import LIMITS, RELATIVE_ERROR, Totals, of_steps, quantile
from sim.errors import CapacityError
from sim.ledger import Ledger
from sim.screening import GAP, HIT, NUMBERS, TIME, Stream, hits, why_not_exact
from sim.world import World

BLOCK = 1 << 16          # look-ups between two returns from compiled code
LONGEST_RUN = 1 << 46    # ticks, 2.2 years: the waits of a block must not pass 2**63 together

HITS = np.dtype([
    ("id", "u8"),        # of the look-up
    ("came", "i8"),
    ("answered", "i8"),  # when the hit is known, and a case could be opened from it
])


class Recursion:
    """One stream at its station, block by block; between two blocks it holds the servers' free times and the counts.

    Raises ValueError where the recursion would not be exact, CapacityError for a run too long for its counts.
    """

    def __init__(self, world: World, stream: Stream, among: tuple[Stream, ...]):
        reason = why_not_exact(world, stream, among)
        if reason:
            raise ValueError(f"screening.{stream.name}: the recursion is not exact, since {reason}")
        if world.end > LONGEST_RUN:
            raise CapacityError(f"screening.{stream.name}: a run of {world.end} ticks; at most {LONGEST_RUN} fit")
        self.world, self.stream = world, stream
        self.servers = int(stream.station.windows.clerks[0])
        self.state = np.zeros(3, np.int64)
        self.free = np.append(np.zeros(self.servers, np.int64), recursion.FAR)
        self.sums = [0] * 12
        self.within = np.zeros(len(LIMITS), np.int64)
        self.waits, self.answers = np.zeros(recursion.BINS, np.int64), np.zeros(recursion.BINS, np.int64)
        self._hits = np.empty((BLOCK if stream.hit_below else 0, 3), np.int64)

    @property
    def is_over(self) -> bool:
        return bool(self.state[recursion.OVER])

    @property
    def now(self) -> int:
        """No look-up after this block comes before this tick."""
        tick = int(self.state[recursion.MOMENT]) >> recursion.FINE_BITS
        return tick // self.world.grain * self.world.grain

    def block(self) -> NDArray[np.void]:
        """Serve BLOCK look-ups more, or all that are left; their HITS, in the order in which the look-ups came."""
        world, stream = self.world, self.stream
        counts = np.zeros(12, np.int64)
        many = recursion.advance(
            world.seed, world.replication, stream.first, BLOCK, np.array([GAP, TIME, HIT], np.uint64), stream.gap,
            stream.time, stream.hit_below, world.grain, world.observe_from, world.observe_until, world.end, LIMITS,
            self.state, self.free, counts, self.within, self.waits, self.answers, self._hits)
        longest = max(self.sums[recursion.LONGEST], int(counts[recursion.LONGEST]))
        self.sums = [before + more for before, more in zip(self.sums, counts.tolist(), strict=True)]
        self.sums[recursion.LONGEST] = longest
        found = np.zeros(many, HITS)
        found["id"] = self._hits[:many, 0].astype(np.uint64) + np.uint64(stream.first)
        found["came"], found["answered"] = self._hits[:many, 1], self._hits[:many, 2]
        return found

    def totals(self) -> Totals:
        """Of the look-ups served so far."""
        came, began, ended, hit, waited, longest, work, busy, *seen = self.sums
        return Totals(self.stream.name, self.stream.place, came, began, ended, hit, waited, longest, work, busy,
                      self.servers * self.world.end, seen[0], seen[1], seen[2], seen[3],
                      tuple(np.cumsum(self.within).tolist()), tuple(self.waits.tolist()), tuple(self.answers.tolist()))


def hits_in_time(running: Recursion) -> Iterator[NDArray[np.void]]:
    """HITS by the tick they are answered, then by id, a block at a time: a stream from which cases could be opened.

    What is kept back are the hits of look-ups in the station's hands: those whose answer comes after the last arrival
    of the block, before which later look-ups could still be answered.
    """
    kept = np.zeros(0, HITS)
    while not running.is_over:
        kept = np.concatenate([kept, running.block()])
        kept = kept[np.lexsort((kept["id"], kept["answered"]))]
        ready = len(kept) if running.is_over else np.searchsorted(kept["answered"], running.now, side="left")
        yield kept[:ready]
        kept = kept[ready:]


def by_recursion(world: World, among: tuple[Stream, ...]) -> tuple[Totals, ...]:
    """The totals of every stream for which the recursion is exact."""
    return tuple(_to_the_end(Recursion(world, stream, among)) for stream in among
                 if not why_not_exact(world, stream, among))


def _to_the_end(running: Recursion) -> Totals:
    while not running.is_over:
        running.block()
    return running.totals()


def from_ledger(world: World, among: tuple[Stream, ...], ledger: Ledger) -> tuple[Totals, ...]:
    """The totals of every other stream, whose look-ups went through the engine as cases of one step."""
    reasons = [why_not_exact(world, stream, among) for stream in among]
    return tuple(counted(world, stream, ledger, reason) for stream, reason in zip(among, reasons, strict=True)
                 if reason)


def counted(world: World, stream: Stream, ledger: Ledger, reason: str = "") -> Totals:
    """The totals of a stream whose look-ups are cases of a ledger."""
    ids = ledger.cases["id"][ledger.steps["case"]]
    here = (ids >= np.uint64(stream.first)) & (ids < np.uint64(stream.first + NUMBERS)) & (ledger.steps["task"] < 0)
    windows = stream.station.windows
    lengths = np.minimum(windows.closes, world.end) - np.maximum(windows.opens, 0)
    head = Totals(stream.name, stream.place, presence=int((lengths.clip(0) * windows.clerks).sum()), reason=reason)
    return of_steps(head, ledger.steps[here], hits(world, stream, ids[here]),
                    (world.observe_from, world.observe_until), world.end)


__all__ = ["HITS", "LIMITS", "RELATIVE_ERROR", "Recursion", "Totals", "by_recursion", "counted", "from_ledger",
           "hits_in_time", "quantile"]
