"""What a view tells of a secret: leakage of information channels, in bits.

A channel is float[secrets, views], C[x, y] = P(view y | secret x), every row sums to 1; a prior is float[secrets].
A gain matrix is float[actions, secrets]: what the adversary has of an action where the secret is x.

Vulnerability and min-entropy leakage: G. Smith, "On the foundations of quantitative information flow", FoSSaCS 2009.
Min-capacity: C. Braun, K. Chatzikokolakis, C. Palamidessi, "Quantitative notions of leakage for one-try attacks",
MFPS 2009. Gain functions: M. S. Alvim, K. Chatzikokolakis, C. Palamidessi, G. Smith, "Measuring information leakage
using generalized gain functions", CSF 2012; all of it: Alvim et al., "The Science of Quantitative Information Flow",
Springer 2020.

Every function checks what it is given and raises ValueError: place, value, what was expected.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SLACK = 1e-9        # how far a sum of probabilities may be from 1


def distribution(prior: ArrayLike) -> Floats:
    """(secrets,) as given, checked."""
    found = np.asarray(prior, float)
    if found.ndim != 1 or not len(found):
        raise ValueError(f"a distribution of shape {found.shape}; expected one probability for each secret")
    _check_rows(found[None], "the distribution")
    return found


def channel(matrix: ArrayLike) -> Floats:
    """(secrets, views) as given, checked."""
    found = np.asarray(matrix, float)
    if found.ndim != 2 or not found.size:
        raise ValueError(f"a channel of shape {found.shape}; expected secrets x views")
    _check_rows(found, "row")
    return found


def uniform(secrets: int) -> Floats:
    if secrets < 1:
        raise ValueError(f"a prior over {secrets} secrets; expected at least 1")
    return np.full(secrets, 1 / secrets)


def skewed(secrets: int, exponent: float) -> Floats:
    """A prior after Zipf, the k-th likeliest 1 / k ** exponent: some persons are known or suspected already, for whom a
    uniform prior would understate what is learnt."""
    weight = np.arange(1, len(uniform(secrets)) + 1, dtype=float) ** -exponent
    found: Floats = weight / weight.sum()
    return found


def deterministic(views: Sequence[Hashable]) -> Floats:
    """The channel of one certain view for each secret."""
    return of_views([{view: 1.0} for view in views])


def of_views(views: Sequence[Mapping[Hashable, float]]) -> Floats:
    """The channel of views with their probabilities, for each secret; views in the order in which they first appear."""
    column: dict[Hashable, int] = {}
    for seen in views:
        for view in seen:
            column.setdefault(view, len(column))
    found = np.zeros((len(views), len(column)))
    for secret, seen in enumerate(views):
        for view, probability in seen.items():
            found[secret, column[view]] += probability
    return channel(found)


# One try

def vulnerability(prior: ArrayLike) -> float:
    """Chance to guess the secret in one try."""
    return float(distribution(prior).max())


def posterior_vulnerability(prior: ArrayLike, matrix: ArrayLike) -> float:
    """The same after the view, on average."""
    return float(joint(prior, matrix).max(axis=0).sum())


def min_entropy_leakage(prior: ArrayLike, matrix: ArrayLike) -> float:
    """log2 of how many times as likely the guess has become."""
    return float(np.log2(posterior_vulnerability(prior, matrix) / vulnerability(prior)))


def additive_leakage(prior: ArrayLike, matrix: ArrayLike) -> float:
    """By how much the guess has become more likely: a probability, no bits."""
    return posterior_vulnerability(prior, matrix) - vulnerability(prior)


def min_capacity(matrix: ArrayLike) -> float:
    """The most that min-entropy leakage comes to under any prior; no gain function leaks more bits."""
    return float(np.log2(channel(matrix).max(axis=0).sum()))


# Several tries, and other gains

def k_guesses(prior: ArrayLike, k: int) -> float:
    """Chance to have the secret among k tries: the k largest, without the matrix of all sets of k."""
    return _best(distribution(prior)[:, None], k)


def posterior_k_guesses(prior: ArrayLike, matrix: ArrayLike, k: int) -> float:
    return _best(joint(prior, matrix), k)


def k_guesses_leakage(prior: ArrayLike, matrix: ArrayLike, k: int) -> float:
    return float(np.log2(posterior_k_guesses(prior, matrix, k) / k_guesses(prior, k)))


def g_vulnerability(prior: ArrayLike, gain: ArrayLike) -> float:
    """Expected gain of the best action."""
    pi = distribution(prior)
    return float((_gain(gain, len(pi)) @ pi).max())


def posterior_g_vulnerability(prior: ArrayLike, matrix: ArrayLike, gain: ArrayLike) -> float:
    both = joint(prior, matrix)
    return float((_gain(gain, len(both)) @ both).max(axis=0).sum())


def g_leakage(prior: ArrayLike, matrix: ArrayLike, gain: ArrayLike) -> float:
    """Multiplicative, in bits. Raises ValueError for a gain that is never positive beforehand."""
    before = g_vulnerability(prior, gain)
    if before <= 0:
        raise ValueError(f"the best gain beforehand is {before}; expected one above 0")
    return float(np.log2(posterior_g_vulnerability(prior, matrix, gain) / before))


# Entropy

def entropy(prior: ArrayLike) -> float:
    """Shannon's, in bits."""
    return _entropy(distribution(prior))


def binary_entropy(p: float) -> float:
    return entropy([p, 1 - p])


def conditional_entropy(prior: ArrayLike, matrix: ArrayLike) -> float:
    """H(X | Y): the doubt that is left after the view."""
    both = joint(prior, matrix)
    return _entropy(both.ravel()) - _entropy(both.sum(axis=0))


def mutual_information(prior: ArrayLike, matrix: ArrayLike) -> float:
    """Shannon leakage H(X) - H(X | Y); never below 0."""
    return max(0.0, entropy(prior) - conditional_entropy(prior, matrix))


# One event

def pointwise(prior: ArrayLike, matrix: ArrayLike) -> Floats:
    """(secrets, views) log2 P(x | y) / P(x): what seeing y once tells of x; -inf where y rules x out, NaN where x or y
    never happens."""
    pi, both = distribution(prior), joint(prior, matrix)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log2(both / (pi[:, None] * both.sum(axis=0))))


def greatest_pointwise(prior: ArrayLike, matrix: ArrayLike) -> float:
    """The most that one view tells of one secret, so that a rare hit is not averaged away."""
    return float(np.nanmax(pointwise(prior, matrix)))


# Composition

def parallel(one: ArrayLike, other: ArrayLike) -> Floats:
    """Both views of the same secret, independent of each other given the secret: (secrets, views x views)."""
    first, second = channel(one), channel(other)
    if len(first) != len(second):
        raise ValueError(f"channels of {len(first)} and {len(second)} secrets; expected the same secrets")
    found: Floats = (first[:, :, None] * second[:, None, :]).reshape(len(first), -1)
    return found


def cascade(first: ArrayLike, then: ArrayLike) -> Floats:
    """Only the view's view is seen."""
    one, other = channel(first), channel(then)
    if one.shape[1] != len(other):
        raise ValueError(f"a channel with {one.shape[1]} views before one of {len(other)} secrets; expected as many")
    found: Floats = one @ other
    return found


def joint(prior: ArrayLike, matrix: ArrayLike) -> Floats:
    """(secrets, views) P(x, y)."""
    pi, found = distribution(prior), channel(matrix)
    if len(pi) != len(found):
        raise ValueError(f"a prior over {len(pi)} secrets and a channel of {len(found)}; expected the same secrets")
    return pi[:, None] * found


def _best(both: Floats, k: int) -> float:
    if k < 1:
        raise ValueError(f"{k} tries; expected at least 1")
    return float(np.sort(both, axis=0)[-k:].sum())


def _entropy(probabilities: Floats) -> float:
    some = probabilities[probabilities > 0]
    return float(-(some * np.log2(some)).sum()) + 0.0


def _gain(gain: ArrayLike, secrets: int) -> Floats:
    found = np.asarray(gain, float)
    if found.ndim != 2 or found.shape[1] != secrets or not len(found):
        raise ValueError(f"a gain of shape {found.shape}; expected actions x {secrets} secrets")
    return found


def _check_rows(rows: Floats, name: str) -> None:
    wrong = np.flatnonzero((rows < 0).any(axis=1) | ~(np.abs(rows.sum(axis=1) - 1) <= SLACK))
    if len(wrong):
        row = rows[wrong[0]]
        place = name if name != "row" else f"row {wrong[0]} of the channel"
        raise ValueError(f"{place} is {row.tolist()} with sum {row.sum()}; expected probabilities that sum to 1")
