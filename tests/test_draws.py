"""Chance is Philox at an address, and the tables are the laws they are named after."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim import draws
from sim.errors import CapacityError
from sim.units import HOUR

MEAN = 20 * HOUR
WORDS = st.integers(0, 2**64 - 1)

# Random123 1.14, tests/kat_vectors, lines "philox4x32 10": counter, key, answer.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, answer):
    words = [int(word, 16) for word in f"{counter} {key}".split()]
    assert " ".join(f"{word:08x}" for word in draws.philox(*words)) == answer


def test_an_address_fills_the_words_as_documented():
    counter, key, answer = KNOWN_ANSWERS[2]
    c0, c1, leg, tail = (int(word, 16) for word in counter.split())
    seed, replication = (int(word, 16) for word in key.split())
    first, second = (int(word, 16) for word in answer.split()[:2])
    got = draws.bits(seed, replication, c1 << 32 | c0, leg, tail >> 12, tail & 0xFFF)
    assert got == second << 32 | first
    many = draws.bits_many(seed, replication, np.array([c1 << 32 | c0], np.uint64), leg, tail >> 12, tail & 0xFFF)
    assert many.tolist() == [got]


def test_many_draws_are_the_same_as_one_by_one():
    cases = np.arange(50, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    legs = np.arange(50, dtype=np.uint64) * np.uint64(77_777_777)
    one_by_one = [draws.bits(7, 9, int(case), int(leg), 11, 13) for case, leg in zip(cases, legs, strict=True)]
    assert draws.bits_of_legs(7, 9, cases, legs, 11, 13).tolist() == one_by_one
    alike = [draws.bits(7, 9, int(case), 5, 11, 13) for case in cases]
    assert draws.bits_many(7, 9, cases, 5, 11, 13).tolist() == alike


def test_a_unit_is_never_0_and_never_1():
    assert 0 < draws.unit(0) < 1e-15
    assert 1 - 1e-15 < draws.unit(2**64 - 1) < 1
    assert draws.unit_many(np.array([2**63], np.uint64))[0] == pytest.approx(0.5, abs=1e-15)


def test_the_256th_repeat_is_refused():
    assert draws.address_n(255) == 255
    with pytest.raises(CapacityError, match="257th"):
        draws.address_n(256)


def test_hashes_are_the_same_on_every_machine():
    digest = "6ed8c10074c31b69"   # printf AT | b2sum -l 64
    assert draws.stable_hash("AT", 64) == int.from_bytes(bytes.fromhex(digest), "little")
    assert draws.stable_hash("AT", 20) == draws.stable_hash("AT", 64) >> 44


def test_an_identity_carries_its_kind_and_fits_an_int64():
    ids = [draws.identity(kind, "AT") for kind in draws.KINDS]
    assert [i >> 60 for i in ids] == list(range(len(draws.KINDS)))
    assert len({i & (1 << 60) - 1 for i in ids}) == 1
    assert max(ids) < 2**63
    with pytest.raises(ValueError, match="tuple"):
        draws.identity("animal", "AT")


def test_two_streams_with_one_key_are_both_named():
    words = ("Work", "responder", "search")
    draws.check_streams({words: draws.stream(*words), ("Is", "urgent"): draws.stream("Is", "urgent")})
    with pytest.raises(CapacityError, match=r"'Work responder search' and 'Is urgent'"):
        draws.check_streams({words: 7, ("Is", "urgent"): 7})


def test_leg_keys_of_a_large_scenario_differ():
    places = [draws.identity("place", f"P{i}") for i in range(60)]
    first = [draws.leg_key(draws.ROOT_LEG, place, turn) for place in places for turn in range(4)]
    nested = [draws.leg_key(key, place, 0) for key in first[:40] for place in places]
    assert len({draws.ROOT_LEG, *first, *nested}) == 1 + len(first) + len(nested)
    assert all(0 < key < 2**32 for key in first + nested)
    assert draws.leg_key(first[0], places[1], 0) != draws.leg_key(first[4], places[0], 0)


# One address has to tell nothing about a neighbouring one. Bits of both are cut to 16 x 16 cells and counted.
# False alarms: 1e-6 in each of the four tests; the draws are fixed, so the verdict is too.
PAIRS = 20_000
CASES = np.arange(1, PAIRS + 1, dtype=np.uint64)


def dependence(left, right):
    """The chance of counts as uneven as these were the two independent and uniform (chi-square, 255 degrees)."""
    cells = (left >> np.uint64(60)) * np.uint64(16) + (right >> np.uint64(60))
    return stats.chisquare(np.bincount(cells.astype(int), minlength=256)).pvalue


def luck(seed=1, replication=2, cases=CASES, leg=3, stream=4, n=0):
    return draws.bits_many(seed, replication, cases, leg, stream, n)


@pytest.mark.parametrize("other", [
    {"cases": CASES + np.uint64(1)}, {"cases": CASES + np.uint64(1 << 32)}, {"leg": 4}, {"stream": 5}, {"n": 1},
    {"seed": 2}, {"replication": 3},
], ids=["case", "case_high", "leg", "stream", "n", "seed", "replication"])
def test_neighbouring_addresses_share_no_luck(other):
    assert dependence(luck(), luck(**other)) > 1e-6


def test_the_test_of_shared_luck_can_fail():
    """The twin: a tenth of the cases take their neighbour's luck."""
    left, right = luck(), luck(stream=5)
    assert dependence(left, np.where(CASES % np.uint64(10) == 0, left, right)) < 1e-6


SIGMA = np.sqrt(np.log1p(0.8**2))
LAWS = {
    "exponential": (draws.exponential(MEAN), stats.expon(scale=MEAN)),
    "lognormal": (draws.lognormal(MEAN, 0.8), stats.lognorm(SIGMA, scale=MEAN * np.exp(-SIGMA**2 / 2))),
    "lognormal_wide": (draws.lognormal(MEAN, 3), stats.lognorm(np.sqrt(np.log(10)), scale=MEAN / np.sqrt(10))),
    "gamma": (draws.gamma(MEAN, 0.5), stats.gamma(4, scale=MEAN / 4)),
    "gamma_wide": (draws.gamma(MEAN, 1.5), stats.gamma(1 / 2.25, scale=MEAN * 2.25)),
    "weibull": (draws.weibull(MEAN, 0.7), stats.weibull_min(0.7, scale=MEAN / 1.2658234843)),
    "uniform": (draws.uniform(HOUR, 3 * HOUR), stats.uniform(HOUR, 2 * HOUR)),
    "triangular": (draws.triangular(HOUR, 2 * HOUR, 5 * HOUR), stats.triang(0.25, HOUR, 4 * HOUR)),
    "triangular_steep": (draws.triangular(HOUR, HOUR, 5 * HOUR), stats.triang(0, HOUR, 4 * HOUR)),
}
QUANTILES = [1e-8, 1e-6, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]


@pytest.mark.parametrize("name", LAWS)
def test_quantiles_are_right_far_into_both_tails(name):
    """Within 1e-4 of scipy's, or two ticks."""
    table, law = LAWS[name]
    for u in QUANTILES:
        assert draws.draw(table, int(u * 2**64)) == pytest.approx(law.ppf(u), rel=1e-4, abs=2)
        assert draws.draw(table, 2**64 - 1 - int(u * 2**64)) == pytest.approx(law.isf(u), rel=1e-4, abs=2)


def worst(table, law, tails=(1e-9, 1e-12)):
    """The largest deviation from scipy's quantiles this far out in either tail, in parts of the quantile's distance
    from the nearest end of the law, or from 0. Two ticks are forgiven."""
    found = []
    for u in tails:
        bits = int(u * 2**64)
        for drawn, exact in ((draws.draw(table, bits), law.ppf(u)), (draws.draw(table, 2**64 - 1 - bits), law.isf(u))):
            ends = [0.0, *(end for end in law.support() if np.isfinite(end))]
            distance = min(abs(exact - end) for end in ends)
            found.append(max(abs(drawn - exact) - 2, 0) / max(distance, 1))
    return max(found)


@pytest.mark.parametrize("name", LAWS)
def test_the_far_tails_are_right(name):
    """At u of 1e-9 and 1e-12 from either end: within 2 parts in 100,000, or two ticks."""
    assert worst(*LAWS[name]) < 2e-5


WRONG = {
    "a tail cut at one draw in a million": (
        np.minimum(LAWS["lognormal"][0], draws.draw(LAWS["lognormal"][0], 2**64 - 2**64 // 10**6)),
        LAWS["lognormal"][1]),
    "a mean too high by 1 part in 10,000": (draws.exponential(MEAN * 1.0001), LAWS["exponential"][1]),
    "a variation too low by 1 part in 10,000": (draws.lognormal(MEAN, 3 * 0.9999), LAWS["lognormal_wide"][1]),
    "the shape of another gamma": (draws.gamma(MEAN, 0.5001), LAWS["gamma"][1]),
    "the shape of another Weibull": (draws.weibull(MEAN, 0.70005), LAWS["weibull"][1]),
    "an end that is 1 part in 1,000 off": (draws.triangular(HOUR, 2 * HOUR, 5.005 * HOUR), LAWS["triangular"][1]),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_the_test_of_far_tails_can_fail(mistake):
    assert worst(*WRONG[mistake]) > 2e-5


def test_a_tail_cut_off_shows_in_the_far_tail_only():
    """Why the far tail is looked at by itself: nearer in, the same mistake passes."""
    table, law = WRONG["a tail cut at one draw in a million"]
    assert worst(table, law, (1e-2, 1e-4)) < 1e-4


def hazen(sample, u):
    """scipy's own quantiles of a sample, of Hazen's kind (alpha and beta 1/2)."""
    return float(stats.mstats.mquantiles(sample, u, 0.5, 0.5)[0])


SAMPLE = np.sort(stats.lognorm(1.5, scale=HOUR).rvs(1_000, random_state=1))


def outside(table):
    """How many of these u have a draw outside the quantiles of 1 part in 64 less and more, the width of a cell."""
    grid = [1e-12, 1e-9, 1e-6, 1e-4, 0.002, 0.01, 0.1, 0.3, 0.5]
    low = [hazen(SAMPLE, u * 63 / 64) - 1 <= draws.draw(table, int(u * 2**64)) <= hazen(SAMPLE, u * 65 / 64) + 1
           for u in grid]
    high = [hazen(SAMPLE, 1 - u * 65 / 64) - 1 <= draws.draw(table, 2**64 - 1 - int(u * 2**64))
            <= hazen(SAMPLE, 1 - u * 63 / 64) + 1 for u in grid]
    return (low + high).count(False)


def test_a_sample_has_the_quantiles_of_the_sample_and_nothing_beyond_its_ends():
    """Twin: the same sample without its largest value, which only the tail can tell."""
    table = draws.empirical(SAMPLE)
    assert outside(table) == 0
    assert outside(draws.empirical(SAMPLE[:-1])) > 0
    assert draws.draw(table, 2**64 - 1 - int(1e-9 * 2**64)) == int(SAMPLE[-1])
    assert draws.draw(table, int(1e-9 * 2**64)) == int(SAMPLE[0])


def moments(table):
    """Exact mean and standard deviation of a draw: within a cell it is uniform."""
    below, _ = draws._knots()
    u = np.concatenate([below, 1 - below[-2::-1]])
    low, high = table[:-1].astype(float), table[1:].astype(float)
    mean = np.diff(u) @ (low + high) / 2
    return mean, np.sqrt(np.diff(u) @ (low**2 + low * high + high**2) / 3 - mean**2)


@pytest.mark.parametrize("name", LAWS)
def test_mean_and_spread_are_within_half_a_per_cent(name):
    table, law = LAWS[name]
    mean, spread = moments(table)
    assert mean == pytest.approx(law.mean(), rel=0.005)
    assert spread == pytest.approx(law.std(), rel=0.005)


def test_drawn_values_follow_the_law():
    """Kolmogorov-Smirnov, false alarms 1e-6; its twin is the same law with a mean 2 % higher."""
    table, law = LAWS["lognormal"]
    drawn = draws.draw_many(table, luck(cases=np.arange(100_000, dtype=np.uint64)))
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-6
    assert stats.kstest(drawn * 1.02, law.cdf).pvalue < 1e-6


@given(st.sampled_from(list(LAWS)), WORDS, WORDS)
def test_a_draw_never_falls_when_the_bits_grow(name, a, b):
    table, _ = LAWS[name]
    low, high = (draws.draw(table, word) for word in sorted((a, b)))
    assert 0 <= low <= high


@given(WORDS)
def test_integer_interpolation_is_exact(word):
    """Against Python's whole numbers, which cannot overflow: a uniform law over 2**60 ticks is the bits themselves."""
    assert draws.draw(draws.uniform(0, 2**60), word) == pytest.approx(word >> 4, rel=1e-9, abs=2**12)


@given(st.integers(0, 10**13), WORDS)
def test_a_constant_is_constant(mean, word):
    assert draws.draw(draws.constant(mean), word) == mean
    assert draws.draw(draws.lognormal(mean, 0), word) == mean
    assert draws.draw(draws.gamma(mean, 0), word) == mean


def test_a_sample_is_drawn_with_its_mean_and_within_its_ends():
    sample = [3 * HOUR, HOUR, 20 * HOUR, 2 * HOUR]
    table = draws.empirical(sample)
    assert (table[0], table[-1]) == (HOUR, 20 * HOUR)
    assert moments(table)[0] == pytest.approx(6.5 * HOUR, rel=1e-3)


def test_counts_are_pareto_and_capped():
    table = draws.count_pareto(1.2, 500)
    for k in (2, 3, 10, 500):
        edge = 2**64 - int(k**-1.2 * 2**64)
        assert draws.draw_count(table, edge - 2**20) < k <= draws.draw_count(table, edge + 2**20)
    assert draws.draw_count(table, 0) == 1
    luck = draws.bits_many(1, 2, np.arange(1000, dtype=np.uint64), 0, 3, 0)
    assert [draws.draw_count(table, each) for each in luck] == (1 + table.searchsorted(luck, side="right")).tolist()
    assert draws.draw_count(table, 2**64 - 1) == 500
    assert draws.draw_count(draws.count_pareto(1.2, 1), 2**64 - 1) == 1


@pytest.mark.parametrize("law", [
    lambda: draws.lognormal(MEAN, -1), lambda: draws.gamma(MEAN, -1), lambda: draws.weibull(MEAN, 0),
    lambda: draws.uniform(2, 1), lambda: draws.triangular(1, 3, 2), lambda: draws.empirical([]),
    lambda: draws.constant(-1), lambda: draws.count_pareto(0, 5), lambda: draws.count_pareto(1, 0),
])
def test_what_is_no_law_is_refused(law):
    with pytest.raises(ValueError, match="expected"):
        law()


def test_a_law_too_wide_for_the_clock_is_refused():
    with pytest.raises(CapacityError, match="variation smaller"):
        draws.lognormal(1e15, 50)
