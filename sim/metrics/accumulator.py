"""A run measured in parts, so that none of its rows need be kept: each part is added and may then be forgotten.

A part holds all cases of its needs, and every need and record event of the run is in exactly one part; the desks' own
work need be in none. Parts may be added in any order. Everything is exact: counts and ticks are added as whole
numbers, and waits are kept one by one (eight bytes a case), so that quantiles are those of the whole run. Nothing is
counted across needs: persons, places and facts are counted once for each need.
"""

import numpy as np

from sim.metrics.joined import Joined, Replicated
from sim.metrics.named import METRICS
from sim.metrics.once import Once
from sim.metrics.outcome import Outcomes
from sim.metrics.parts import Addable, Cell, merged
from sim.metrics.timeliness import URGENCIES, waits
from sim.metrics.values import Metric, OfDesks, OfWaits, Value
from sim.metrics.view import Desks, View
from sim.metrics.waits import Waits, together
from sim.needs import ASKED, ASKER
from sim.world import World

AS_ASKED = "as asked"


class Accumulator:
    """What the parts added so far come to, by side of the focus."""

    def __init__(self, world: World):
        self.of_world = Once(world)
        self.parts: dict[tuple[int, str], list[Addable]] = {}
        self.waits: dict[tuple[int, str], list[Waits]] = {(side, urgency): [] for side in (ASKER, ASKED)
                                                          for urgency in URGENCIES}

    def add(self, part: Replicated) -> None:
        """Raises ValueError for a part of another world."""
        if part.world is not self.of_world.subject:
            raise ValueError("a part of another run: its world is not the accumulator's")
        joined = Joined(part, self.of_world)
        outcomes, events = Outcomes(joined), joined.records_of_window
        for side, records in ((ASKER, events), (ASKED, np.zeros_like(events))):
            counted = joined.needs["counts"] & (joined.needs["side"] == side)
            self._add(side, View(joined, outcomes, counted, records))

    def _add(self, side: int, view: View) -> None:
        for name, metric in METRICS.items():
            if isinstance(metric.function, OfWaits | OfDesks) or (side == ASKED and not metric.as_asked):
                continue
            found, before = metric.function(view), self.parts.get((side, name))
            self.parts[side, name] = list(found) if before is None else merged(before, found)
        for urgency, found_waits in waits(view).items():
            self.waits[side, urgency].append(found_waits)

    def values(self, desks: Desks) -> list[Value]:
        """Every metric in the order of METRICS; no row where there is nothing to measure it on."""
        samples = {key: together(parts) for key, parts in self.waits.items()}
        found = []
        for name, metric in METRICS.items():
            found += [_value(name, metric, cell, cell.slice) for cell in self._cells(name, ASKER, samples, desks)]
            if metric.as_asked:
                found += [_value(name, metric, cell, f"{AS_ASKED}, {cell.slice}" if cell.slice else AS_ASKED)
                          for cell in self._cells(name, ASKED, samples, desks)]
        return found

    def _cells(self, name: str, side: int, samples: dict[tuple[int, str], Waits], desks: Desks) -> list[Cell]:
        function = METRICS[name].function
        if isinstance(function, OfDesks):
            return function.function(desks)
        if isinstance(function, OfWaits):
            return [cell for urgency in URGENCIES if samples[side, urgency].n
                    for cell in function.function(desks.world, urgency, samples[side, urgency])]
        return [cell for part in self.parts.get((side, name), ()) for cell in part.cells()]


def _value(name: str, metric: Metric, cell: Cell, slice: str) -> Value:
    return Value(metric.measure, name, slice, cell.group, metric.unit, float(cell.value), cell.n)
