"""What is kept of a stream of look-ups: counts, sums, and two histograms good for any quantile.

A bin of a histogram is one tick wide up to 63 ticks and then a 32nd of an octave, so that a quantile read off it, the
largest time of its bin, is never below the true one and above it by less than 1 part in 32.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.draws import Ticks
from sim.engines.screening.recursion import BINS, FAR, PER_OCTAVE, PER_OCTAVE_BITS, bin_of
from sim.units import SECOND

LIMITS = np.array([*(seconds * SECOND for seconds in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900)), FAR], np.int64)
RELATIVE_ERROR = 1 / PER_OCTAVE


@dataclass(frozen=True)
class Totals:
    """One stream in one run. Times in ticks; `seen_`: of look-ups that came in the observed window.

    came, began, ended  by the end of the run          hits      of those that ended
    waited, longest     from arrival to begin, of those that began: sum and largest
    work, busy          time of services that ended; time servers were busy up to the end, services under way included
    presence            time servers were there up to the end
    within              int64[len(LIMITS)] seen look-ups answered within each limit; the last: answered at all
    waits, answers      int64[BINS] from arrival to begin and to end, see `bin_of`
    reason              why the stream went event by event; "" where it went by the recursion
    """

    stream: str
    place: int
    came: int = 0
    began: int = 0
    ended: int = 0
    hits: int = 0
    waited: int = 0
    longest: int = 0
    work: int = 0
    busy: int = 0
    presence: int = 0
    seen: int = 0
    seen_began: int = 0
    seen_ended: int = 0
    seen_hits: int = 0
    within: tuple[int, ...] = ()
    waits: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()
    reason: str = ""

    @property
    def waiting(self) -> int:
        """Look-ups that came and were not begun by the end."""
        return self.came - self.began

    @property
    def in_service(self) -> int:
        return self.began - self.ended

    def wait(self, share: float) -> float:
        """Ticks that this share of the seen look-ups waited at most, see `quantile`."""
        return quantile(self.waits, share, self.seen)

    def answer(self, share: float) -> float:
        """Ticks within which this share of the seen look-ups had its answer, see `quantile`."""
        return quantile(self.answers, share, self.seen)


def quantile(histogram: tuple[int, ...], share: float, of: int) -> float:
    """The time of rank ceil(share x of), or above it by less than RELATIVE_ERROR; inf where so many never got there."""
    rank = max(int(np.ceil(share * of - 1e-9)), 1)
    reached = np.searchsorted(np.cumsum(histogram), rank)
    return float(largest_of(int(reached))) if reached < len(histogram) else np.inf


def largest_of(number: int) -> int:
    """The largest time in a bin."""
    shift = max((number >> PER_OCTAVE_BITS) - 1, 0)
    return ((number - (shift << PER_OCTAVE_BITS) + 1) << shift) - 1


def of_steps(totals: Totals, steps: NDArray[np.void], hits: NDArray[np.bool_], observed: tuple[int, int],
             end: int) -> Totals:
    """The totals of look-ups that went event by event: those of `totals`, filled in from rows of `ledger.STEPS`.

    hits      bool[len(steps)] which of them hit once answered
    observed  first tick of the window, first tick after it
    """
    came, began, ended = steps["queued"], steps["began"], steps["ended"]
    begun, done, work = began >= 0, ended >= 0, steps["work"]
    seen = (came >= observed[0]) & (came < observed[1])
    wait, answer = (began - came)[begun], (ended - came)[done]
    under_way = np.minimum(work, end - began)[begun & ~done]
    within = np.searchsorted(np.sort(answer[seen[done]]), LIMITS, side="right")
    return replace(
        totals, came=len(steps), began=int(begun.sum()), ended=int(done.sum()), hits=int((hits & done).sum()),
        waited=int(wait.sum()), longest=int(wait.max(initial=0)), work=int(work[done].sum()),
        busy=int(work[done].sum() + under_way.sum()), seen=int(seen.sum()), seen_began=int((seen & begun).sum()),
        seen_ended=int((seen & done).sum()), seen_hits=int((hits & done & seen).sum()),
        within=tuple(within.tolist()), waits=_binned(wait[seen[begun]]), answers=_binned(answer[seen[done]]))


def _binned(ticks: Ticks) -> tuple[int, ...]:
    bins = np.array([bin_of(tick) for tick in ticks.tolist()], np.int64)
    return tuple(np.bincount(bins, minlength=BINS).tolist())
