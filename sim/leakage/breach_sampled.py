"""A year's loss by seeded sampling: what convolution is held to, and what is left where even that is too large."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.leakage.breach_loss import INDEPENDENT, Dependence

BLOCK = 1 << 14          # years at a time


@dataclass(frozen=True)
class Sampled:
    """mean, tail  of the sampled years; *_error: one standard error of each (of the tail, the asymptotic one)
    at       the sampled quantile"""

    mean: float
    mean_error: float
    at: float
    tail: float
    tail_error: float


def sampled(sizes: ArrayLike, hazards: ArrayLike, alpha: float, years_sampled: int, seed: int, years: float = 1.0,
            dependence: Dependence = INDEPENDENT) -> Sampled:
    """Loss of `years_sampled` periods of `years` each. The same seed gives the same figures."""
    luck = np.random.Generator(np.random.Philox(seed))
    size, expected = np.asarray(sizes, np.float64), np.asarray(hazards, np.float64) * years
    blocks = [_years(min(BLOCK, years_sampled - done), size, expected, dependence, luck)
              for done in range(0, years_sampled, BLOCK)]
    return summary(np.concatenate(blocks), alpha)


def _years(many: int, size: NDArray[np.float64], expected: NDArray[np.float64], dependence: Dependence,
           luck: np.random.Generator) -> NDArray[np.float64]:
    factor = np.ones(many)
    if dependence.dispersion > 0:
        factor = luck.gamma(1 / dependence.dispersion, dependence.dispersion, many)
    chance = -np.expm1(-expected[None, :] * factor[:, None])
    shared = luck.random(many) < dependence.common_cause
    uniform = np.where(shared[:, None], luck.random((many, 1)), luck.random((many, len(size))))
    found: NDArray[np.float64] = (uniform < chance) @ size
    return found


def summary(loss: NDArray[np.float64], alpha: float) -> Sampled:
    """Of sampled losses; the standard error of the tail is that of (X - q)+ / (1 - alpha) at the sampled quantile."""
    many = len(loss)
    at = float(np.quantile(loss, alpha, method="inverted_cdf"))
    beyond = np.maximum(loss - at, 0.0) / (1 - alpha)
    root = math.sqrt(many)
    return Sampled(float(loss.mean()), float(loss.std(ddof=1)) / root, at, at + float(beyond.mean()),
                   float(beyond.std(ddof=1)) / root)
