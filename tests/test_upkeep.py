"""Checks at entry and audits: what they mend, by the formulas that say how much.

Statistical tests are two-sided with false-alarm probability 1e-6; each has a twin in which one named thing is changed,
and which the same test refuses.
"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.content.errors import ERRORS
from sim.content.upkeep import (
    NEVER,
    NOTICEABLE,
    NOTICEABLE_BITS,
    attempts,
    audits_before,
    left_at_entry,
    left_by_audits,
    next_audit,
    up_to_date_from,
)
from sim.draws import bits_many, stream, unit_many
from sim.scenario.holdings import Audits, Validation
from sim.units import YEAR

SEED, FALSE_ALARM = 7, 1e-6
ALL = np.uint64((1 << len(ERRORS)) - 1)
T, FEW, MANY = 1_000_000, 100_000, 400_000


def ids(many: int):
    return bits_many(1, 0, np.arange(many, dtype=np.uint64), 0, stream("test"), 0)


def whole(many: int, value: int):
    return np.full(many, value, np.int64)


def audits(every: int = T, found: str = "100 %", share: str = "100 %"):
    return Audits(because="a test", every=f"{every} us", found=found, time="5 min", share=share)


def validation(caught: str = "60 %", share: str = "100 %"):
    return Validation(because="a test", caught=caught, time="2 min", share=share)


def is_share(count: int, of: int, expected: float) -> bool:
    return stats.binomtest(int(count), of, expected).pvalue > FALSE_ALARM


def is_mean(sample, expected: float) -> bool:
    error = (np.mean(sample) - expected) / (np.std(sample) / len(sample)**0.5)
    return abs(error) < stats.norm.ppf(1 - FALSE_ALARM / 2)


def has(errors, name: str):
    return (errors & np.uint64(1 << ERRORS.index(name))) != 0


# Checks at entry.

def test_every_error_that_a_form_can_notice_is_one_that_there_is():
    assert NOTICEABLE
    assert set(NOTICEABLE) <= set(ERRORS)
    assert sum(1 << ERRORS.index(name) for name in NOTICEABLE) == NOTICEABLE_BITS


def test_a_check_at_entry_catches_its_share_of_what_a_form_can_notice_and_nothing_else():
    """Twin: the share expected is 62 %."""
    errors = np.full(FEW, ALL)
    left = left_at_entry(SEED, ids(FEW), 0, errors, validation())
    assert (errors == ALL).all(), "what was given is not changed"
    for name in ERRORS:
        caught = FEW - has(left, name).sum()
        if name not in NOTICEABLE:
            assert caught == 0
        else:
            assert is_share(caught, FEW, 0.60)
            assert not is_share(caught, FEW, 0.62)


def test_a_better_check_catches_what_a_worse_one_does_and_more():
    errors = np.full(1000, ALL)
    steps = [left_at_entry(SEED, ids(1000), 0, errors, validation(*check)) for check in (
        ("0 %", "100 %"), ("30 %", "100 %"), ("60 %", "100 %"), ("100 %", "100 %"))]
    assert (steps[0] == ALL).all()
    assert all((after & ~before == 0).all() and (after != before).any()
               for before, after in pairwise(steps))
    assert (steps[-1] == ALL & ~np.uint64(NOTICEABLE_BITS)).all()
    some = left_at_entry(SEED, ids(1000), 0, errors, validation("100 %", "25 %"))
    assert set(some.tolist()) == {int(ALL), int(steps[-1][0])}, "a record is checked, or it is not"
    assert (left_at_entry(SEED, ids(1000), 0, errors, None) == ALL).all()


def test_another_record_or_another_entry_moves_nobodys_luck():
    errors = np.full(1000, ALL)
    left = left_at_entry(SEED, ids(1000), 0, errors, validation())
    assert (left_at_entry(SEED, ids(1000)[500:].copy(), 0, errors[500:], validation()) == left[500:]).all()
    again = left_at_entry(SEED, ids(1000), 1, errors, validation())
    assert 0 < (has(left, NOTICEABLE[0]) != has(again, NOTICEABLE[0])).sum() < 1000


# Audits.

TICKS = st.integers(-40 * T, 3 * T)


@given(st.integers(0, 2**64 - 1), TICKS, st.integers(1, 3 * T), st.integers(0, 20))
def test_audits_come_once_in_a_period_and_are_counted_once(name: int, entered: int, every: int, many: int):
    """One after the other from the entry on, `every` apart; each adds one to the count of those before it."""
    named, at, last = np.array([name], np.uint64), audits(every), entered
    for number in range(1, many + 1):
        tick = int(next_audit(SEED, named, np.array([last]), at)[0])
        assert 0 < tick - last <= every
        assert number == 1 or tick - last == every
        before, now = (int(audits_before(SEED, named, np.array([entered]), until, at)[0]) for until in (tick - 1, tick))
        assert (before, now) == (number - 1, number)
        last = tick


def test_no_audits_no_looks():
    assert (audits_before(SEED, ids(9), whole(9, -YEAR), 0, None) == 0).all()
    assert (audits_before(SEED, ids(9), whole(9, -YEAR), 0, audits(share="0 %")) == 0).all()
    assert (next_audit(SEED, ids(9), whole(9, 0), audits(share="0 %")) == NEVER).all()
    assert (left_by_audits(SEED, ids(9), 0, np.full(9, ALL), whole(9, 5), None) == ALL).all()
    assert (up_to_date_from(SEED, ids(9), 0, "address", whole(9, 5), None) == NEVER).all()
    assert (up_to_date_from(SEED, ids(9), 0, "address", whole(9, 5), audits(found="0 %")) == NEVER).all()


@pytest.mark.parametrize("many", [0, 1, 3])
def test_what_audits_leave_falls_by_a_constant_factor(many: int):
    """(1 - found) ** audits of each type of error; types are found independently. Twin: 42 % found."""
    left = left_by_audits(SEED, ids(FEW), 0, np.full(FEW, ALL), whole(FEW, many), audits(found="40 %"))
    for name in ERRORS:
        assert is_share(has(left, name).sum(), FEW, 0.6**many)
        assert is_share(has(left, name).sum(), FEW, 0.58**many) == (many == 0)
    both = has(left, ERRORS[0]) & has(left, ERRORS[1])
    assert is_share(both.sum(), FEW, 0.6**(2 * many))


def test_more_audits_or_better_ones_leave_a_subset():
    errors, at = np.full(1000, ALL), [(0, "40 %"), (1, "40 %"), (2, "40 %"), (2, "70 %"), (5, "70 %")]
    steps = [left_by_audits(SEED, ids(1000), 0, errors, whole(1000, many), audits(found=found)) for many, found in at]
    assert (steps[0] == ALL).all()
    assert all((after & ~before == 0).all() and (after != before).any()
               for before, after in pairwise(steps))


@pytest.mark.parametrize("chance", [0.05, 0.5, 0.999])
def test_attempts_are_geometric(chance: float):
    """Each number up to four as often as the law says. Twin: a chance that is 5 % lower."""
    needed = attempts(unit_many(ids(MANY)), chance)
    assert needed.min() == 1
    for tries in range(1, 5):
        assert is_share((needed == tries).sum(), MANY, (1 - chance)**(tries - 1) * chance)
    assert not is_share((needed == 1).sum(), MANY, chance * 0.95)
    assert (attempts(unit_many(ids(9)), 1.0) == 1).all()
    assert np.isinf(attempts(unit_many(ids(9)), 0.0)).all()


# Staleness (Cho and Garcia-Molina 2000): changes at a rate mu, all refreshed once in T, seen d later.

def stale(mu: float, lag: float, found: str = "100 %"):
    """Whether the value that a query sees is stale: one query for each record, at a fixed tick; phases differ."""
    query = 100 * T
    wait = -np.log(unit_many(bits_many(2, 0, ids(MANY), 0, stream("test", "change"), 0))) / mu
    changed = (query - wait * T).astype(np.int64)
    fresh = up_to_date_from(SEED, ids(MANY), 0, "address", changed, audits(found=found))
    assert (fresh > changed).all()
    return fresh + int(lag * T) > query


@pytest.mark.parametrize(("lag", "expected"), [(0.0, 0.0483742), (0.2, 0.0672176)])
def test_the_share_of_stale_values_is_that_of_the_closed_form(lag: float, expected: float):
    """mu = 0.1, T = 1. Twins: half the lag more, and audits that find four stale values in five."""
    mu = 0.1
    assert expected == pytest.approx(1 - np.exp(-mu * lag) * (1 - np.exp(-mu)) / mu, abs=1e-7)
    assert is_share(stale(mu, lag).sum(), MANY, expected)
    assert not is_share(stale(mu, lag + 0.1).sum(), MANY, expected)
    assert not is_share(stale(mu, lag, found="80 %").sum(), MANY, expected)


@pytest.mark.parametrize("lag", [0.0, 0.2])
def test_the_mean_age_of_what_is_seen_is_half_a_period_and_the_lag(lag: float):
    """Age since the last audit whose result has arrived. Twin: a period a hundredth longer."""
    query = 100 * T
    age = (query - next_audit(SEED, ids(MANY), whole(MANY, query - int(lag * T) - T), audits())) / T
    assert age.min() >= lag
    assert age.max() <= 1 + lag
    assert is_mean(age, 0.5 + lag)
    assert not is_mean(age, 0.505 + lag)


def test_a_stale_value_is_found_after_the_audits_that_overlook_it():
    """Half a period to the first audit, and 1 / found - 1 periods that overlook it. Twin: found = 52 %."""
    delays = [(up_to_date_from(SEED, ids(MANY), 0, "address", whole(MANY, 12345), audits(found=found)) - 12345) / T
              for found in ("50 %", "52 %")]
    assert is_mean(delays[0], 1.5)
    assert not is_mean(delays[1], 1.5)
    never = up_to_date_from(SEED, ids(9), 0, "address", whole(9, NEVER), audits())
    assert (never == NEVER).all(), "what is not stale is not mended"
