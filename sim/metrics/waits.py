"""How long cases waited, some of them beyond what the run shows: the Kaplan-Meier estimate of when answers come."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.units import HOUR

Ticks = NDArray[np.int64]
Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Waits:
    """Ticks from asking to the answer (`answered`), or to the end of the run without one (`unanswered`). Eight bytes a
    case: the estimate is of the whole sample, and exact whatever parts it came in."""

    answered: Ticks
    unanswered: Ticks

    @property
    def n(self) -> int:
        return len(self.answered) + len(self.unanswered)

    @cached_property
    def curve(self) -> Curve:
        """(hours, share answered by then): steps up, last share below 1 where some never were.

        The product-limit estimate: of those still waiting at a tick, the share not answered in it, multiplied up. At
        equal ticks an answer counts before the end of the run. Source: Kaplan and Meier (1958), J. Am. Stat. Assoc.
        53(282). Without any censoring it is the share answered, which needs no product and is free of its rounding.
        """
        if not len(self.answered):
            return np.zeros(0), np.zeros(0)
        ticks, came = np.unique(self.answered, return_counts=True)
        if not len(self.unanswered):
            return ticks / HOUR, np.asarray(np.cumsum(came) / self.n, np.float64)
        ended, left = np.unique(self.unanswered, return_counts=True)
        times = np.union1d(ticks, ended)
        answers, gone = np.zeros(len(times), np.int64), np.zeros(len(times), np.int64)
        answers[np.searchsorted(times, ticks)], gone[np.searchsorted(times, ended)] = came, left
        waiting = self.n - np.cumsum(answers + gone) + answers + gone
        return times / HOUR, 1 - np.cumprod((waiting - answers) / waiting, dtype=np.float64)


def together(parts: Sequence[Waits]) -> Waits:
    """The waits of several parts of a run as one sample."""
    none = np.zeros(0, np.int64)
    return Waits(np.concatenate([none, *(part.answered for part in parts)]),
                 np.concatenate([none, *(part.unanswered for part in parts)]))
