"""Years of break-ins drawn by a seed: what convolution is held to, and what is left where a lattice is too coarse."""

import numpy as np
from numpy.typing import ArrayLike

from sim.leakage.breach import INDEPENDENT, Dependence, Numbers

BLOCK = 1 << 12          # years at a time


def sampled_years(sizes: ArrayLike, hazards: ArrayLike, many: int, seed: int, years: float = 1.0,
                  dependence: Dependence = INDEPENDENT) -> Numbers:
    """(many,) losses of periods of `years` each. The same seed gives the same years."""
    luck = np.random.Generator(np.random.Philox(seed))
    size, expected = np.asarray(sizes, np.float64), np.asarray(hazards, np.float64) * years
    blocks = [_years(min(BLOCK, many - done), size, expected, dependence, luck) for done in range(0, many, BLOCK)]
    return np.concatenate(blocks)


def _years(many: int, size: Numbers, expected: Numbers, dependence: Dependence, luck: np.random.Generator) -> Numbers:
    factor = np.ones(many)
    if dependence.dispersion > 0:
        factor = luck.gamma(1 / dependence.dispersion, dependence.dispersion, many)
    chance = -np.expm1(-expected[None, :] * factor[:, None])
    shared = luck.random(many) < dependence.common_cause
    uniform = np.where(shared[:, None], luck.random((many, 1)), luck.random((many, len(size))))
    return np.asarray((uniform < chance) @ size, np.float64)
