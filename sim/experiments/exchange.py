"""What one uninvolved person is exchanged for: needs met, told in place of weights nobody could argue about.

A parliament can weigh "one more person wrongly disclosed for so many needs met"; nobody can weigh 0.7 against 0.3.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim.experiments.statistics import RANGE, Values, future_differences

MET, EXPOSED = "needs_met", "uninvolved_persons"     # per 100 needs; per 1,000
PERSONS_PER_MET = 10.0                               # of those two units


@dataclass(frozen=True)
class Exchange:
    """One option against the first, by futures in which both are measured; the five counts add to them.

    rate       needs met for one uninvolved person, of the mean differences: both more, or both fewer; NaN where the
               means are no exchange
    low, high  5 to 95 % of the rates of the futures that are counted in `rate`'s sense; NaN without one
    bought     futures in which it meets more needs and exposes more persons
    given_up   it meets fewer and exposes fewer
    better     it is as good or better in both, and not equal
    worse      it is as bad or worse in both, and not equal
    equal      in both
    """

    met: float
    exposed: float
    rate: float
    low: float
    high: float
    bought: int
    given_up: int
    better: int
    worse: int
    equal: int

    @property
    def futures(self) -> int:
        return self.bought + self.given_up + self.better + self.worse + self.equal


def exchange(met: tuple[Values, Values], exposed: tuple[Values, Values]) -> Exchange:
    """Of (first option, other), each [future, replication] of the two metrics."""
    more, persons = future_differences(*met), future_differences(*exposed)
    both = np.isfinite(more) & np.isfinite(persons)
    more, persons = more[both], persons[both]
    bought, given_up = (more > 0) & (persons > 0), (more < 0) & (persons < 0)
    equal = (more == 0) & (persons == 0)
    better = (more >= 0) & (persons <= 0) & ~equal
    centre = (float(more.mean()), float(persons.mean())) if len(more) else (0.0, 0.0)
    sense = bought if centre[0] > 0 and centre[1] > 0 else given_up if centre[0] < 0 and centre[1] < 0 else None
    rate = math.nan if sense is None else PERSONS_PER_MET * centre[0] / centre[1]
    low, high = (math.nan, math.nan)
    if sense is not None and sense.any():
        low, high = (float(bound) for bound in np.quantile(PERSONS_PER_MET * more[sense] / persons[sense], RANGE))
    worse = ~(bought | given_up | better | equal)
    return Exchange(*centre, rate, low, high, *(int(which.sum()) for which in (bought, given_up, better, worse, equal)))
