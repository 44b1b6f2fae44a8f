"""Estimates of leakage are held to the exact number, on channels where both are possible.

Each test of coverage draws 200 samples; an interval of 95 % misses more than 21 times in them by chance in 0.05 % of
all seeds (binomial). Its twin, the plain plug-in with the same width, must fail it.
"""

import numpy as np
import pytest

from sim.leakage import channels as ch
from sim.leakage import estimate
from sim.leakage import mechanisms as made

SAMPLES, MOST_MISSES = 200, 21
FUZZY = (np.array([0.05, 0.95]), made.searched(0.9, 0.01), 2000)
NOISY = (ch.uniform(8), 0.9 * made.buckets([2, 2, 2, 2]) + 0.1 / 4, 400)
SPARSE = (ch.uniform(6), np.full((6, 6), 1 / 6) * 0.7 + 0.3 * np.eye(6), 300)


def samples(prior, matrix, n, seed=0):
    luck = np.random.default_rng(seed)
    return luck.multinomial(n, (prior[:, None] * matrix).ravel(), SAMPLES).reshape(SAMPLES, *matrix.shape)


def misses(intervals, exact):
    return sum(not found.low <= exact <= found.high for found in intervals)


@pytest.mark.parametrize("which", [FUZZY, NOISY, SPARSE], ids=["fuzzy hit", "noisy buckets", "sparse"])
def test_shannon_leakage_lies_in_its_interval(which):
    prior, matrix, _ = which
    exact = ch.mutual_information(prior, matrix)
    assert misses([estimate.shannon(table) for table in samples(*which)], exact) <= MOST_MISSES


NEARLY_CERTAIN = [(np.array([0.5, 0.5]), made.searched(0.98, 0.02), 20),
                  (np.array([0.3, 0.7]), made.searched(0.99, 0.001), 50)]


@pytest.mark.parametrize("which", NEARLY_CERTAIN, ids=["twenty", "fifty"])
def test_a_small_sample_without_an_error_does_not_say_that_there_are_none(which):
    """Jackknife alone leaves no width where every pair fits: it misses in half of the first samples."""
    prior, matrix, _ = which
    exact = ch.mutual_information(prior, matrix)
    assert misses([estimate.shannon(table) for table in samples(*which)], exact) <= MOST_MISSES
    found = estimate.shannon([[5, 0], [0, 5]])
    assert found.low < 0.8
    assert found.value == found.high == 1


@pytest.mark.parametrize("which", [FUZZY, NOISY, SPARSE], ids=["fuzzy hit", "noisy buckets", "sparse"])
def test_min_entropy_leakage_lies_in_its_interval(which):
    prior, matrix, _ = which
    exact = ch.min_entropy_leakage(prior, matrix)
    for known in (None, prior):
        found = [estimate.min_entropy(table, seed, known) for seed, table in enumerate(samples(*which))]
        assert misses(found, exact) <= MOST_MISSES
        assert all(each.low <= each.value <= each.high for each in found)


def test_the_best_guess_plugged_in_lies_above_its_interval():
    """The twin: the chance as plugged in, with half the width below it."""
    prior, matrix, _ = SPARSE
    exact, half = ch.posterior_vulnerability(prior, matrix), np.random.default_rng(0)
    bounds = [estimate.best_guess(table, half, 0.025) for table in samples(*SPARSE)]
    assert misses(bounds, exact) <= MOST_MISSES
    plain = [table.max(axis=0).sum() / table.sum() for table in samples(*SPARSE)]
    narrow = [estimate.Estimate(value, value - 0.02, value + 0.02) for value in plain]
    assert misses(narrow, exact) > MOST_MISSES


def test_without_correction_the_interval_misses():
    """The twin: the plain plug-in around which the same width is laid."""
    prior, matrix, _ = SPARSE
    exact, found = ch.mutual_information(prior, matrix), []
    for table in samples(*SPARSE):
        plain = ch.mutual_information(*_plugged_in(table))
        shift = plain - estimate.shannon(table).value
        found.append(estimate.Estimate(plain, *(bound + shift for bound in estimate.shannon(table)[1:])))
    assert misses(found, exact) > MOST_MISSES


def _plugged_in(table):
    had = table.sum(axis=1)
    return had / had.sum(), table / had[:, None]


@pytest.mark.parametrize("which", [FUZZY, NOISY], ids=["fuzzy hit", "noisy buckets"])
def test_estimates_come_to_the_exact_number(which):
    """A table of expected counts of a huge sample: the correction then vanishes, and so does the width."""
    prior, matrix, _ = which
    table = np.rint(prior[:, None] * matrix * 4e8).astype(np.int64)
    for found, exact in ((estimate.shannon(table), ch.mutual_information(prior, matrix)),
                         (estimate.min_entropy(table, 1), ch.min_entropy_leakage(prior, matrix))):
        assert found.value == pytest.approx(exact, abs=1e-3)
        assert found.high - found.low < 2e-3
    bits, exact = estimate.pointwise(table), ch.pointwise(prior, matrix)
    for x, y in np.ndindex(matrix.shape):
        assert bits[x][y].value == pytest.approx(exact[x, y], abs=1e-3)


def test_pointwise_intervals_cover():
    exact = ch.pointwise(*FUZZY[:2])[0, 0]              # what a hit tells of a person held
    assert misses([estimate.pointwise(table)[0][0] for table in samples(*FUZZY)], exact) <= MOST_MISSES


def test_a_seed_says_all():
    table = samples(*NOISY)[0]
    assert estimate.min_entropy(table, 7) == estimate.min_entropy(table, 7)
    assert estimate.min_entropy(table, 7) != estimate.min_entropy(table, 8)


def test_the_given_counts_stay_as_they_were():
    table = samples(*NOISY)[0]
    before = table.copy()
    estimate.shannon(table)
    assert (table == before).all()


def test_pairs_are_tallied_in_the_order_they_come():
    assert estimate.tally(["a", "b", "a"], [(1,), (2,), (2,)]).tolist() == [[1, 1], [0, 1]]
    assert estimate.pointwise([[1, 1], [0, 1]])[1][0] is None


@pytest.mark.parametrize(("build", "told"), [
    (lambda: estimate.tally(["a"], []), "1 secrets and 0 views"),
    (lambda: estimate.shannon([[0, 0]]), "not all 0"),
    (lambda: estimate.shannon([[0.5, 0.5]]), "whole numbers"),
    (lambda: estimate.shannon([[1, 2]], 1.0), "confidence of 1.0"),
])
def test_what_is_no_sample_is_refused(build, told):
    with pytest.raises(ValueError, match=told):
        build()
