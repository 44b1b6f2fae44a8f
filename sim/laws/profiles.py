"""Places with the same law share a profile, and time is cut into epochs at the moments at which the law changes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.laws.rules import BODY, BY_AGREEMENT, STATE, Rule, midnight
from sim.scenario.schema import Membership, Scenario

FIRST = int(np.iinfo(np.int64).min)
LAST = int(np.iinfo(np.int64).max)
Span = tuple[int, int]                            # ticks, half-open
Profile = tuple[str, frozenset[str], str]         # regime, what binds the place, its code where some rule names it
STATUSES = ("bound", "associated", "opted_in", "agreement", "suspended")


@dataclass(frozen=True)
class Periods:
    """When which rules and memberships hold, in ticks from the start."""

    rules: tuple[Rule, ...]
    scenario: Scenario
    places: tuple[str, ...]
    start: date
    until_ticks: int

    @cached_property
    def epochs(self) -> NDArray[np.int64]:
        """int64[E]: ticks at which the law changes; the first is the least int64."""
        spans = [*(span for _, span in self._memberships), *(self.span(rule) for rule in self.rules)]
        changes = sorted({tick for span in spans for tick in span if 0 < tick <= self.until_ticks})
        return np.array([FIRST, *changes], np.int64)

    def valid(self, epoch: int) -> tuple[Rule, ...]:
        """The rules in force in an epoch."""
        return tuple(rule for rule in self.rules if _covers(self.span(rule), max(epoch, 0)))

    def moment(self, epoch: int) -> datetime:
        return self._origin + timedelta(microseconds=max(epoch, 0))

    def span(self, rule: Rule) -> Span:
        begins, ends = rule.begins(), rule.ends()
        return FIRST if begins is None else self._tick(begins), LAST if ends is None else self._tick(ends)

    def profile(self, place: str, epoch: int) -> Profile:
        named = place if place in self._named else ""
        if place in self.scenario.institution:
            regime = self.scenario.institution[place].regime
            return regime, frozenset({regime + BODY}), named
        rows = [row for row, span in self._memberships if row.jurisdiction == place and _covers(span, max(epoch, 0))]
        by_status = {status: {row.instrument for row in rows if row.status == status} for status in STATUSES}
        member = by_status["bound"] | by_status["associated"] | by_status["opted_in"]
        joined = {name + BY_AGREEMENT for name in by_status["agreement"] - by_status["suspended"]}
        bound = frozenset({STATE} | (member - by_status["suspended"]) | joined)
        return self.scenario.jurisdiction[place].regime, bound, named

    @cached_property
    def _named(self) -> frozenset[str]:
        """The places that some rule asks about by code; all others are told apart by their law alone."""
        return self._asked("place")

    def _asked(self, about: str) -> frozenset[str]:
        """The words that some rule asks about a side. What no rule asks about neither parts places nor makes epochs."""
        asked = [rule.when.named for rule in self.rules]
        return frozenset().union(*(names.get(f"{side}_{about}", frozenset()) for names in asked
                                   for side in ("giver", "receiver")))

    @cached_property
    def _memberships(self) -> list[tuple[Membership, Span]]:
        """The memberships that matter, each with its period."""
        words, known, found = self._asked("bound"), self.scenario.instrument, []
        for row in self.scenario.membership:
            if row.jurisdiction in self.places and {row.instrument, row.instrument + BY_AGREEMENT} & words:
                zone = self.scenario.jurisdiction[row.jurisdiction].zone
                first = row.valid_from or (known[row.instrument].earliest if row.instrument in known else None)
                # A row without a day holds from the instrument's earliest day; without one it binds nobody.
                begins = LAST if first is None else self._tick(midnight(first, zone))
                last = row.valid_to and row.valid_to + timedelta(days=1)
                found.append((row, (begins, LAST if last is None else self._tick(midnight(last, zone)))))
        return found

    @property
    def _origin(self) -> datetime:
        return datetime.combine(self.start, time(), UTC)

    def _tick(self, moment: datetime) -> int:
        return (moment - self._origin) // timedelta(microseconds=1)


def _covers(span: Span, now: int) -> bool:
    return span[0] <= now < span[1]
