"""A run seen from the needs that count, those of the focus as asker or those it is asked; and from its desks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.cases import ASKED_BY_CASE, UPKEEP
from sim.engines.screening import Totals
from sim.ledger import StationBook
from sim.metrics.joined import Flags, Joined
from sim.metrics.once import Kept, Made, once
from sim.metrics.outcome import Outcomes
from sim.world import World


@dataclass(frozen=True, eq=False)
class View:
    """A run, or a part of one with all cases of its needs, seen from the needs that count.

    counted  bool[needs]
    records  bool[cases] record events that belong to the same account: copies laid down and taken away
    """

    joined: Joined
    outcomes: Outcomes
    counted: Flags
    records: Flags
    kept: Kept = field(default_factory=dict)

    def once(self, make: Callable[["View"], Made]) -> Made:
        """What several metrics need of it. A view holds no reference to itself, so that its run goes when it goes."""
        return once(self.kept, make, self)

    @cached_property
    def n(self) -> int:
        return int(self.counted.sum())

    @cached_property
    def asked(self) -> int:
        """Needs that count and were put to somebody."""
        return int((self.counted & (self.joined.run.cases.opening == ASKED_BY_CASE)).sum())

    @cached_property
    def cases(self) -> Flags:
        """(cases,) of a need that counts."""
        found: Flags = np.append(self.counted, False)[self.joined.need_of]
        return found

    @cached_property
    def steps(self) -> Flags:
        found: Flags = self.cases[self.joined.steps["case"]]
        return found

    @cached_property
    def messages(self) -> Flags:
        found: Flags = self.cases[self.joined.messages["case"]]
        return found

    @cached_property
    def disclosures(self) -> Flags:
        found: Flags = self.cases[self.joined.told["case"]]
        return found

    @cached_property
    def legs(self) -> Flags:
        found: Flags = self.cases[self.joined.legs["case"]]
        return found


@dataclass(frozen=True, eq=False)
class Desks:
    """The desks over a whole run: their book, at which of them their own work is simulated (bool, per station), what
    screening look-ups came to, and what upkeep of records took (rows of UPKEEP)."""

    world: World
    book: StationBook
    own_work: Flags
    screening: tuple[Totals, ...] = ()
    upkeep: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, UPKEEP))


def own_work_at(world: World, stream: NDArray[np.void]) -> Flags:
    """(stations,) own work stands in this stream of cases.STREAM."""
    found = np.zeros(len(world.stations) + 1, bool)
    found[stream["station"]] = True
    return found[:-1]
