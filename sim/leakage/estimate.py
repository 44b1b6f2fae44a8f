"""Leakage estimated from samples of (secret, view), with a stated error: where a world is too large to enumerate.

The counts of what was seen, int[secrets, views], stand for the joint distribution. Shannon leakage so plugged in is too
large by about (cells - rows - columns + 1) / 2n nats: G. A. Miller, "Note on the bias of information estimates", 1955;
the term is taken off entropy by entropy. Its interval is the jackknife's (B. Efron, C. Stein, "The jackknife estimate
of variance", 1981), one cell of the table at a time, and, where some pair was never seen, what one pair more moves.

The chance of the best guess after the view is a maximum, plugged in too large and no smooth function, which neither
jackknife nor bootstrap settles. It is bounded instead: from below by a guess learnt from one half of the sample and
tried on the other, which is never better than the best (Clopper and Pearson 1934), from above by the plug-in, which
moves by 1 / n at most with each pair (C. McDiarmid, "On the method of bounded differences", 1989). The interval covers
at least as often as it says; the value lies between what was plugged in and what was tried.

Views that are rarer than one in n are not in the sample: leakage through them is not seen, here as in every estimate
by frequency (G. Cherubin et al., "F-BLEAU: Fast black-box leakage estimation", 2019).
"""

from collections.abc import Hashable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from sim.leakage.channels import vulnerability

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """Bits, and the interval that covers the true number in `confidence` of all samples."""

    value: float
    low: float
    high: float


def tally(secrets: Sequence[Hashable], views: Sequence[Hashable]) -> Counts:
    """(secrets, views) how often each pair was seen, both in the order in which they first appear."""
    if len(secrets) != len(views) or not len(secrets):
        raise ValueError(f"{len(secrets)} secrets and {len(views)} views; expected one view for each of some secrets")
    rows, columns = _numbers(secrets), _numbers(views)
    found = np.zeros((max(rows) + 1, max(columns) + 1), np.int64)
    np.add.at(found, (rows, columns), 1)
    return found


def shannon(counts: ArrayLike, confidence: float = CONFIDENCE) -> Estimate:
    """Mutual information, corrected by Miller and Madow; neither below 0 nor above what so many secrets can tell."""
    table = _checked(counts)
    most = float(np.log2(min(np.count_nonzero(table.sum(axis=0)), np.count_nonzero(table.sum(axis=1)))))
    value, half = _information(table), _half(confidence)
    width = half * _jackknife_error(table)
    bounds = [value - width, value + width, *(_with_one_more(table, half) if _some_unseen(table) else ())]
    return Estimate(*(min(most, max(0.0, bits)) for bits in (value, min(bounds), max(bounds))))


def min_entropy(counts: ArrayLike, seed: int, prior: ArrayLike | None = None,
                confidence: float = CONFIDENCE) -> Estimate:
    """log2 of how many times as likely the best guess becomes. `prior`: where it is known, else from the sample;
    `seed` parts the sample."""
    table, half = _checked(counts), np.random.Generator(np.random.Philox(seed))
    unsure = (1 - confidence) / (2 if prior is not None else 4)
    after = best_guess(table, half, unsure)
    before = best_guess(table.sum(axis=1)[:, None], half, unsure) if prior is None else (
        Estimate(*[vulnerability(prior)] * 3))
    return Estimate(*(max(0.0, float(np.log2(one / other))) for one, other in (
        (after.value, before.value), (after.low, before.high), (after.high, before.low))))


def best_guess(table: Counts, half: np.random.Generator, unsure: float) -> Estimate:
    """The chance of the best guess of the secret from the view; each bound fails with probability `unsure` at most."""
    n, (secrets, views) = int(table.sum()), table.shape
    plain = float(table.max(axis=0).sum() / n)
    learnt = half.multivariate_hypergeometric(table.ravel(), n // 2).reshape(secrets, views)
    tried = table - learnt
    hits, tries = int(tried[learnt.argmax(axis=0), np.arange(views)].sum()), n - n // 2
    low = max(float(special.betaincinv(hits, tries - hits + 1, unsure)) if hits else 0.0, 1 / secrets)
    high = min(1.0, plain + float(np.sqrt(np.log(1 / unsure) / (2 * n))))
    return Estimate(float(np.clip((plain + hits / tries) / 2, low, high)), low, high)


def pointwise(counts: ArrayLike, confidence: float = CONFIDENCE) -> list[list[Estimate | None]]:
    """(secrets, views) log2 P(x | y) / P(x), with the interval of a ratio of shares (D. Katz et al., 1978, log-normal);
    None where the pair was never seen."""
    table = _checked(counts)
    return [[_point(table, x, y, confidence) for y in range(table.shape[1])] for x in range(table.shape[0])]


def _point(table: Counts, x: int, y: int, confidence: float) -> Estimate | None:
    both, seen, had, n = int(table[x, y]), int(table[:, y].sum()), int(table[x].sum()), int(table.sum())
    if not both:
        return None
    value = float(np.log2(both * n / (seen * had)))
    error = np.sqrt(max(0.0, 1 / both - 1 / seen + 1 / had - 1 / n)) / np.log(2)
    width = _half(confidence) * float(error)
    return Estimate(value, value - width, value + width)


def _information(table: Counts) -> float:
    return _entropy(table.sum(axis=1)) + _entropy(table.sum(axis=0)) - _entropy(table.ravel())


def _entropy(counts: Counts) -> float:
    """Of the shares of counts, in bits, with Miller's term (cells seen - 1) / 2n nats."""
    some = counts[counts > 0]
    n = some.sum()
    return float(np.log2(n) - (some * np.log2(some)).sum() / n + (len(some) - 1) / (2 * n * np.log(2)))


def _some_unseen(table: Counts) -> bool:
    """Whether a view that was seen was never seen with a secret that was."""
    return bool((table[table.any(axis=1)][:, table.any(axis=0)] == 0).any())


def _with_one_more(table: Counts, half: float) -> tuple[float, float]:
    """The interval were there one pair more, laid over all cells as if views told nothing. Where all that was seen
    fits, no pair that is left out moves the figure, and the jackknife alone would call that certain."""
    n, outer = int(table.sum()), np.outer(table.sum(axis=1), table.sum(axis=0))
    both = (table + outer / table.sum() ** 2) / (n + 1)
    cell = outer > 0
    told = np.log2(both[cell] / (outer[cell] / n**2))
    bits = float(both[cell] @ told)
    width = half * float(np.sqrt(both[cell] @ (told - bits) ** 2 / n))
    return bits - width, bits + width


def _jackknife_error(table: Counts) -> float:
    """Standard error over samples with one pair left out; pairs of one cell are alike."""
    n, cells = int(table.sum()), np.argwhere(table > 0)
    if n < 2:
        return float("inf")
    left, weight = np.empty(len(cells)), table[table > 0]
    for number, (x, y) in enumerate(cells):
        table[x, y] -= 1
        left[number] = _information(table)
        table[x, y] += 1
    mean = (weight * left).sum() / n
    return float(np.sqrt((n - 1) / n * (weight * (left - mean) ** 2).sum()))


def _half(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}; expected one between 0 and 1, such as 0.95")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def _checked(counts: ArrayLike) -> Counts:
    found = np.array(counts)
    if found.ndim != 2 or not np.issubdtype(found.dtype, np.integer) or (found < 0).any() or not found.sum():
        raise ValueError(f"counts of shape {found.shape} and type {found.dtype}; expected whole numbers of 0 or more, "
                         "secrets x views, not all 0")
    return found.astype(np.int64)


def _numbers(values: Sequence[Hashable]) -> list[int]:
    number: dict[Hashable, int] = {}
    return [number.setdefault(value, len(number)) for value in values]
