"""How much is lost in one year: the whole distribution, not its mean alone.

Holders fall independently, or by one luck for all in a share of the years (common cause), and a bad year may raise all
their hazards together (dispersion). The distribution of the sum is a convolution on a lattice: exact where the sizes
have a common divisor that is not too fine; else each size is split between the two nearest points so that its mean
stays exact, and every quantile is within `within` of the exact one.

Quantile and tail after Rockafellar and Uryasev, Optimization of conditional value-at-risk (2000): the atom at the
quantile is split, so that the tail is the mean of exactly the worst 1 - alpha of the probability.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.leakage.breach import INDEPENDENT, Dependence, chances, each_of
from sim.leakage.breach_sampled import sampled_years

CELLS = 1 << 14          # points of a lattice, at most
NODES = 32               # of the quadrature over good and bad years
MOST_HOLDERS = 400       # beyond, what a lattice leaves open is more than what sampling does
MOST_DISPERSION = 30.0   # beyond, the quadrature misses what the few very bad years lose
YEARS, SEED = 200_000, 1
ROUNDING = 1e-12         # of probabilities that are added up

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Losses:
    """A distribution of the loss of a period.

    values   (m,) ascending          mass  (m,) probabilities, which sum to 1
    within   how far a quantile or a tail may lie from that of the exact sizes; 0: exact
    sampled  so many years were sampled instead; 0: none were
    """

    values: Numbers
    mass: Numbers
    within: float = 0.0
    sampled: int = 0

    @property
    def mean(self) -> float:
        return float(self.values @ self.mass)

    def value_at_risk(self, alpha: float) -> float:
        """The least loss that is not exceeded with a probability of alpha: 0.95, the worst year in twenty."""
        _level(alpha)
        reached = np.cumsum(self.mass) >= alpha - ROUNDING
        return float(self.values[int(np.argmax(reached))])

    def tail(self, alpha: float) -> float:
        """CVaR: the mean loss of the worst 1 - alpha of the probability; of alpha 1 the worst loss there is."""
        at = self.value_at_risk(alpha)
        if alpha == 1:
            return float(self.values[-1])
        beyond = self.values > at
        excess = float(((self.values[beyond] - at) * self.mass[beyond]).sum())
        return at + excess / (1 - alpha)

    def mean_error(self) -> float:
        """One standard error of the mean; 0 where nothing was sampled."""
        return self._error(self.values)

    def tail_error(self, alpha: float) -> float:
        """One standard error of the tail, the asymptotic one: that of (X - q)+ / (1 - alpha) at the quantile q."""
        if alpha == 1:
            raise ValueError("the error of the worst loss there is; expected a level below 1")
        return self._error(np.maximum(self.values - self.value_at_risk(alpha), 0.0) / (1 - alpha))

    def _error(self, of: Numbers) -> float:
        if not self.sampled:
            return 0.0
        centre = float(of @ self.mass)
        return math.sqrt(float((of - centre) ** 2 @ self.mass) / (self.sampled - 1))


def losses(sizes: Sequence[int], hazards: Sequence[float], years: float = 1.0,
           dependence: Dependence = INDEPENDENT) -> Losses:
    """The loss of a period. sizes: whole numbers of any unit, one per holder; hazards: events a year. Of more holders
    than MOST_HOLDERS, or beyond MOST_DISPERSION, it is sampled, always by the same seed. Raises
    ValueError for what no holder can have."""
    return _losses(_whole(sizes), each_of(hazards, len(sizes)), years, dependence)


@lru_cache(maxsize=64)
def _losses(sizes: tuple[int, ...], hazards: tuple[float, ...], years: float, dependence: Dependence) -> Losses:
    held = [k for k, size in enumerate(sizes) if size > 0 and hazards[k] > 0]
    if len(held) > MOST_HOLDERS or dependence.dispersion > MOST_DISPERSION:
        return sampled(tuple(sizes[k] for k in held), tuple(hazards[k] for k in held), YEARS, SEED, years, dependence)
    lattice = _Lattice.of([sizes[k] for k in held])
    factors, weights = year_factors(dependence.dispersion)
    each = chances(np.array([hazards[k] for k in held])[None, :] * factors[:, None], years)       # (nodes, holders)
    apart, together = lattice.independent(each), lattice.comonotone(each)
    mass = weights @ (dependence.common_cause * together + (1 - dependence.common_cause) * apart)
    kept = np.flatnonzero(mass > 0)
    return Losses(np.asarray(kept * lattice.width, np.float64), mass[kept] / mass.sum(), lattice.within)


def sampled(sizes: Sequence[int], hazards: Sequence[float], many: int, seed: int, years: float = 1.0,
            dependence: Dependence = INDEPENDENT) -> Losses:
    """The same by `many` sampled periods. The same seed gives the same figures."""
    if many < 2:
        raise ValueError(f"{many} sampled periods; expected at least 2")
    drawn = sampled_years(_whole(sizes), each_of(hazards, len(sizes)), many, seed, years, dependence)
    values, counts = np.unique(drawn, return_counts=True)
    return Losses(values, counts / many, 0.0, many)


def _whole(sizes: Sequence[int]) -> tuple[int, ...]:
    found = tuple(int(size) for size in sizes)
    for size, given in zip(found, sizes, strict=True):
        if size != given or size < 0:
            raise ValueError(f"a holder of size {given}; expected a whole number of some unit, 0 or more")
    return found


def _level(alpha: float) -> None:
    if not 0 <= alpha <= 1:
        raise ValueError(f"a level of {alpha}; expected a probability, e.g. 0.95")


def year_factors(dispersion: float) -> tuple[Numbers, Numbers]:
    """Nodes and weights of a gamma law of mean 1 and this variance: Gauss and Laguerre, from the eigenvalues of the
    recurrence (Golub and Welsch), which no large shape makes overflow."""
    if dispersion == 0:
        return np.ones(1), np.ones(1)
    shape, order = 1 / dispersion, np.arange(NODES)
    beside = np.sqrt(order[1:] * (order[1:] + shape - 1))
    nodes, vectors = np.linalg.eigh(np.diag(2 * order + shape) + np.diag(beside, 1) + np.diag(beside, -1))
    weights = vectors[0] ** 2
    return np.asarray(np.maximum(nodes, 0.0) * dispersion, np.float64), np.asarray(weights / weights.sum(), np.float64)


@dataclass(frozen=True, eq=False)
class _Lattice:
    """Where the sizes of holders lie: on point `below[a]`, or one further with a share `above[a]`."""

    width: float
    below: tuple[int, ...]
    above: tuple[float, ...]
    within: float

    @classmethod
    def of(cls, sizes: Sequence[int]) -> "_Lattice":
        step, total = math.gcd(*sizes), sum(sizes)
        if not sizes or total // step < CELLS:
            return cls(float(step), tuple(size // step for size in sizes) if sizes else (), (0.0,) * len(sizes), 0.0)
        width = total / (CELLS - 1 - len(sizes))
        places = [divmod(size / width, 1.0) for size in sizes]
        return cls(width, tuple(int(whole) for whole, _ in places), tuple(part for _, part in places),
                   width * len(sizes))

    @property
    def points(self) -> int:
        return sum(self.below) + sum(share > 0 for share in self.above) + 1

    def independent(self, each: Numbers) -> Numbers:
        """(nodes, points) of independent holders; each: chances (nodes, holders)."""
        mass = np.zeros((len(each), self.points))
        mass[:, 0], end = 1.0, 1
        for k, (below, above) in enumerate(zip(self.below, self.above, strict=True)):
            chance, before = each[:, k:k + 1], mass[:, :end].copy()
            mass[:, :end] *= 1 - chance
            mass[:, below:below + end] += chance * (1 - above) * before
            if above:
                mass[:, below + 1:below + 1 + end] += chance * above * before
            end += below + (above > 0)
        return mass

    def comonotone(self, each: Numbers) -> Numbers:
        """(nodes, points) of holders that one luck decides for: those of the higher chance fall first."""
        mass = np.zeros((len(each), self.points))
        order = np.argsort(-each[0], kind="stable")          # the same at every node: a factor keeps the order
        ends = np.cumsum([0.0, *(self.below[k] + self.above[k] for k in order)])
        steps = np.column_stack([np.ones(len(each)), each[:, order], np.zeros(len(each))])
        for number, end in enumerate(ends):
            chance, (whole, part) = steps[:, number] - steps[:, number + 1], divmod(float(end), 1.0)
            mass[:, int(whole)] += chance * (1 - part)
            if part:
                mass[:, int(whole) + 1] += chance * part
        return mass


def central(total: float, hazard: float, years: float = 1.0, dependence: Dependence = INDEPENDENT) -> Losses:
    """All in one store."""
    return equal_parts(total, 1, hazard, years, dependence)


def equal_parts(total: float, parts: int, hazard: float, years: float = 1.0,
                dependence: Dependence = INDEPENDENT) -> Losses:
    """The same records in so many equal stores of the same hazard each: the mean of one store, and a shorter tail."""
    return scaled(losses((1,) * parts, (hazard,) * parts, years, dependence), total / parts)


def copies(total: float, places: int, hazard: float, years: float = 1.0,
           dependence: Dependence = INDEPENDENT) -> Losses:
    """The whole in so many places, each record counted with each copy."""
    return scaled(losses((1,) * places, (hazard,) * places, years, dependence), total)


def scaled(found: Losses, unit: float) -> Losses:
    """The same in another unit: one of it becomes `unit`."""
    return Losses(found.values * unit, found.mass, found.within * unit, found.sampled)
