"""Leakage of channels: against an independent library on random small channels, and properties that hold of all."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiflib.core.channel import Channel
from qiflib.core.gvulnerability import GVulnerability
from qiflib.core.hyper import Hyper
from qiflib.core.luncertainty import LUncertainty
from qiflib.core.secrets import Secrets

from sim.leakage import channels as ch

EXACT = {"rel": 0, "abs": 1e-9}


def drawn(seed):
    """A prior, a channel and a gain matrix of up to six secrets, views and actions; some cells are next to 0."""
    luck = np.random.default_rng(seed)
    secrets, views, actions = luck.integers(2, 7, 3)
    matrix = luck.dirichlet(np.ones(views), secrets) * (luck.random((secrets, views)) < 0.8) + 1e-3
    gain = luck.random((actions, secrets)) + 0.01
    return luck.dirichlet(np.ones(secrets)), matrix / matrix.sum(axis=1, keepdims=True), gain


def theirs(prior, matrix):
    secrets = Secrets([f"x{k}" for k in range(len(prior))], prior)
    return secrets, Hyper(Channel(secrets, [f"y{k}" for k in range(matrix.shape[1])], matrix))


def k_subsets(secrets, k):
    return np.array([[float(x in chosen) for x in range(secrets)] for chosen in combinations(range(secrets), k)])


@pytest.mark.parametrize("seed", range(200))
def test_equal_to_an_independent_library(seed):
    prior, matrix, gain = drawn(seed)
    secrets, hyper = theirs(prior, matrix)
    actions = [f"w{k}" for k in range(len(gain))]
    of_gain, one_try = GVulnerability(secrets, actions, gain), GVulnerability(
        secrets, secrets.labels, np.eye(len(prior)))
    assert ch.vulnerability(prior) == pytest.approx(one_try.prior_vulnerability(), **EXACT)
    assert ch.posterior_vulnerability(prior, matrix) == pytest.approx(one_try.posterior_vulnerability(hyper), **EXACT)
    assert ch.g_vulnerability(prior, gain) == pytest.approx(of_gain.prior_vulnerability(), **EXACT)
    assert ch.posterior_g_vulnerability(prior, matrix, gain) == pytest.approx(
        of_gain.posterior_vulnerability(hyper), **EXACT)
    added, times = of_gain.leakage(hyper)
    assert ch.g_leakage(prior, matrix, gain) == pytest.approx(np.log2(times), **EXACT)
    one_added, one_times = one_try.leakage(hyper)
    assert ch.additive_leakage(prior, matrix) == pytest.approx(one_added, **EXACT)
    assert ch.min_entropy_leakage(prior, matrix) == pytest.approx(np.log2(one_times), **EXACT)
    assert ch.posterior_g_vulnerability(prior, matrix, gain) - ch.g_vulnerability(prior, gain) == pytest.approx(
        added, **EXACT)


@pytest.mark.parametrize("seed", range(200))
def test_entropy_and_capacity_equal_to_the_same_library(seed):
    """It has no Shannon entropy, but the posteriors have; its leakage under a uniform prior is the capacity."""
    prior, matrix, _ = drawn(seed)
    _, hyper = theirs(prior, matrix)
    left = -(hyper.outer * (hyper.inners * np.log2(hyper.inners)).sum(axis=0)).sum()
    assert ch.conditional_entropy(prior, matrix) == pytest.approx(left, **EXACT)
    assert ch.mutual_information(prior, matrix) == pytest.approx(-(prior * np.log2(prior)).sum() - left, **EXACT)
    even = ch.uniform(len(prior))
    secrets, hyper = theirs(even, matrix)
    one_try = GVulnerability(secrets, secrets.labels, np.eye(len(even)))
    assert ch.min_capacity(matrix) == pytest.approx(np.log2(one_try.leakage(hyper)[1]), **EXACT)
    wrong = LUncertainty(secrets, secrets.labels, 1 - np.eye(len(even)))
    assert 1 - ch.posterior_vulnerability(even, matrix) == pytest.approx(wrong.posterior_uncertainty(hyper), **EXACT)


@pytest.mark.parametrize("seed", range(40))
def test_k_tries_are_the_gain_of_all_sets_of_k(seed):
    prior, matrix, _ = drawn(seed)
    secrets, hyper = theirs(prior, matrix)
    for k in range(1, len(prior) + 1):
        gain = k_subsets(len(prior), k)
        of_sets = GVulnerability(secrets, [str(w) for w in range(len(gain))], gain)
        assert ch.k_guesses(prior, k) == pytest.approx(of_sets.prior_vulnerability(), **EXACT)
        after = ch.posterior_k_guesses(prior, matrix, k)
        assert after == pytest.approx(of_sets.posterior_vulnerability(hyper), **EXACT)
        assert ch.k_guesses_leakage(prior, matrix, k) == pytest.approx(
            ch.g_leakage(prior, matrix, gain), **EXACT)


SEEDS = st.integers(0, 2**32 - 1)
SLACK = 1e-9


def measures(prior, matrix):
    return [ch.min_entropy_leakage(prior, matrix), ch.mutual_information(prior, matrix),
            ch.additive_leakage(prior, matrix), ch.k_guesses_leakage(prior, matrix, 2), ch.min_capacity(matrix)]


def another(seed, secrets):
    luck = np.random.default_rng([seed, 1])
    return luck.dirichlet(np.ones(luck.integers(1, 6)), secrets)


@given(SEEDS)
def test_nothing_leaks_less_than_nothing_and_nothing_more_than_the_capacity(seed):
    prior, matrix, gain = drawn(seed)
    assert min(measures(prior, matrix)) >= -SLACK
    capacity = ch.min_capacity(matrix)
    assert capacity <= np.log2(min(matrix.shape)) + SLACK
    for leaked in (ch.min_entropy_leakage(prior, matrix), ch.mutual_information(prior, matrix),
                   ch.g_leakage(prior, matrix, gain), ch.k_guesses_leakage(prior, matrix, 2)):
        assert leaked <= capacity + SLACK
    assert ch.mutual_information(prior, matrix) <= ch.greatest_pointwise(prior, matrix) + SLACK


@given(SEEDS)
def test_what_is_made_of_a_view_tells_no_more_than_the_view(seed):
    prior, matrix, gain = drawn(seed)
    seen = ch.cascade(matrix, another(seed, matrix.shape[1]))
    for less, more in zip(measures(prior, seen), measures(prior, matrix), strict=True):
        assert less <= more + SLACK
    assert ch.g_leakage(prior, seen, gain) <= ch.g_leakage(prior, matrix, gain) + SLACK


@given(SEEDS)
def test_two_independent_views_tell_at_most_the_sum_and_at_least_each(seed):
    prior, matrix, _ = drawn(seed)
    other = another(seed, len(prior))
    both = ch.parallel(matrix, other)
    assert ch.min_capacity(both) <= ch.min_capacity(matrix) + ch.min_capacity(other) + SLACK
    assert ch.mutual_information(prior, both) <= (
        ch.mutual_information(prior, matrix) + ch.mutual_information(prior, other) + SLACK)
    for each in (matrix, other):
        for less, more in zip(measures(prior, each), measures(prior, both), strict=True):
            assert less <= more + SLACK


@given(SEEDS)
def test_the_same_certain_view_twice_tells_once(seed):
    luck = np.random.default_rng(seed)
    prior, views = luck.dirichlet(np.ones(6)), luck.integers(0, 4, 6).tolist()
    once = ch.deterministic(views)
    assert measures(prior, ch.parallel(once, once)) == pytest.approx(measures(prior, once), abs=1e-9)
    assert ch.min_entropy_leakage(ch.uniform(6), once) == pytest.approx(np.log2(len(set(views))), abs=1e-9)


@given(SEEDS)
def test_pointwise_information_averages_to_shannon(seed):
    prior, matrix, _ = drawn(seed)
    both = prior[:, None] * matrix
    assert (both * ch.pointwise(prior, matrix)).sum() == pytest.approx(ch.mutual_information(prior, matrix), abs=1e-9)
    even = ch.uniform(len(prior))
    assert ch.min_entropy_leakage(even, matrix) <= ch.greatest_pointwise(even, matrix) + SLACK


@pytest.mark.parametrize(("made", "told"), [
    (lambda: ch.vulnerability([0.5, 0.6]), "sum 1.1"),
    (lambda: ch.vulnerability([-0.5, 1.5]), "expected probabilities"),
    (lambda: ch.vulnerability([float("nan"), 1]), "sum nan"),
    (lambda: ch.vulnerability([]), "one probability for each secret"),
    (lambda: ch.min_capacity([[1, 0], [0.5, 0.4]]), "row 1 of the channel"),
    (lambda: ch.min_capacity([1, 0]), "secrets x views"),
    (lambda: ch.mutual_information([1], [[1, 0], [0, 1]]), "expected the same secrets"),
    (lambda: ch.parallel([[1]], [[1], [1]]), "expected the same secrets"),
    (lambda: ch.cascade([[1, 0]], [[1]]), "expected as many"),
    (lambda: ch.g_vulnerability([0.5, 0.5], [[1]]), "actions x 2 secrets"),
    (lambda: ch.g_leakage([0.5, 0.5], [[1, 0], [0, 1]], [[0, 0]]), "above 0"),
    (lambda: ch.k_guesses([1], 0), "at least 1"),
    (lambda: ch.uniform(0), "at least 1"),
])
def test_what_is_no_channel_is_refused_with_place_and_value(made, told):
    with pytest.raises(ValueError, match=told):
        made()
