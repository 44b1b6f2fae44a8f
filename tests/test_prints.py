"""False matches of prints: the law of so many comparisons, none of which is made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.content.prints import passing

# Each statistical test raises a false alarm with this chance, were its numbers drawn anew.
FALSE_ALARM = 1e-6
SEED = 11


def searches(count, seed=5):
    """Templates and places of so many searches."""
    bits = np.random.Generator(np.random.PCG64(seed)).integers(0, 2**64, (2, count), dtype=np.uint64)
    return bits[0], bits[1]


def found(count, prints, false, most=10**9, seed=5):
    return passing(SEED, *searches(count, seed), np.full(count, prints), false, most)


def p_of_counts(rows, count, prints, false):
    """Chi-square of how many pass in each search against the binomial law; counts beyond the likely ones as one."""
    top = int(stats.binom.ppf(0.999, prints, false))
    seen = np.bincount(np.minimum(np.bincount(rows, minlength=count), top), minlength=top + 1)
    law = stats.binom.pmf(np.arange(top + 1), prints, false)
    law[top] += stats.binom.sf(top, prints, false)
    few = count * law < 5
    parts = [(seen[~few], count * law[~few])]
    if few.any():
        parts.append(([seen[few].sum()], [count * law[few].sum()]))
    seen, expected = (np.concatenate([part[k] for part in parts]) for k in range(2))
    return stats.chisquare(seen, expected * seen.sum() / expected.sum()).pvalue


@pytest.mark.parametrize(("prints", "false"), [(1, 0.3), (40, 0.05), (60_000, 1e-4)])
def test_as_many_pass_as_of_independent_comparisons(prints, false):
    rows, _, _ = found(20_000, prints, false)
    assert p_of_counts(rows, 20_000, prints, false) > FALSE_ALARM
    assert p_of_counts(rows, 20_000, prints, false * 1.1) < FALSE_ALARM     # a tenth more would be seen


def test_every_record_passes_alike_and_every_uniform_below_the_share_is_as_likely():
    rows, records, uniforms = found(20_000, 50, 0.1)
    assert stats.chisquare(np.bincount(records, minlength=50)).pvalue > FALSE_ALARM
    assert stats.kstest(uniforms / 0.1, "uniform").pvalue > FALSE_ALARM
    first = np.diff(rows, prepend=-1) > 0       # the lowest of each search, at any record alike, and early ones higher
    assert stats.chisquare(np.bincount(records[first], minlength=50)).pvalue > FALSE_ALARM
    assert stats.kstest(uniforms[first] / 0.1, "uniform").pvalue < FALSE_ALARM


def test_two_that_pass_in_one_search_are_any_two_records_alike():
    """Pairs (lowest, second lowest) of five records: all 20 are as likely."""
    rows, records, _ = found(20_000, 5, 1.0, most=2)
    pairs = records.reshape(-1, 2)
    assert (rows.reshape(-1, 2) == np.arange(20_000)[:, None]).all()
    counts = np.bincount(pairs[:, 0] * 5 + pairs[:, 1], minlength=25)
    assert (counts[::6] == 0).all()
    assert stats.chisquare(np.delete(counts, np.s_[::6])).pvalue > FALSE_ALARM


def test_where_all_pass_every_record_does_once():
    rows, records, uniforms = found(300, 7, 1.0)
    assert (np.sort(records.reshape(300, 7), axis=1) == np.arange(7)).all()
    assert (np.diff(uniforms.reshape(300, 7), axis=1) > 0).all()
    assert stats.kstest(uniforms, "uniform").pvalue > FALSE_ALARM
    assert rows.tolist() == np.repeat(np.arange(300), 7).tolist()


def test_nothing_passes_at_a_share_of_none_or_in_an_empty_store():
    assert not len(found(1000, 1000, 0.0)[0])
    assert not len(found(1000, 0, 1.0)[0])
    assert not len(found(0, 1000, 1.0)[0])


def listed(rows, records, uniforms):
    return list(zip(rows.tolist(), records.tolist(), uniforms.tolist(), strict=True))


@settings(max_examples=50)
@given(prints=st.integers(0, 400), low=st.floats(0, 1), high=st.floats(0, 1), most=st.integers(0, 20))
def test_a_higher_share_or_a_longer_list_only_adds(prints, low, high, most):
    low, high = sorted((low, high))
    wide = listed(*found(20, prints, high, 60))
    assert [row for row in wide if row[2] < low] == listed(*found(20, prints, low, 60))
    by_search = [[row for row in wide if row[0] == search] for search in range(20)]
    assert [row for rows in by_search for row in rows[:most]] == listed(*found(20, prints, high, most))


@settings(max_examples=50)
@given(order=st.permutations(range(8)), kept=st.integers(1, 8),
       prints=st.lists(st.integers(0, 90), min_size=8, max_size=8))
def test_a_search_depends_on_no_other(order, kept, prints):
    template, place = searches(8)
    prints, some = np.array(prints), np.array(order[:kept])
    whole = listed(*passing(SEED, template, place, prints, 0.2, 60))
    part = listed(*passing(SEED, template[some], place[some], prints[some], 0.2, 60))
    expected = [(k, *row[1:]) for k, search in enumerate(some) for row in whole if row[0] == search]
    assert part == expected


def test_seed_template_and_place_each_have_luck_of_their_own():
    template, place = searches(500)
    prints = np.full(500, 1000)
    base = set(listed(*passing(SEED, template, place, prints, 0.01, 99)))
    assert len(base) > 1000
    for other in (passing(SEED + 1, template, place, prints, 0.01, 99),
                  passing(SEED, template, place[::-1], prints, 0.01, 99),
                  passing(SEED, template[::-1], place, prints, 0.01, 99)):
        assert not base & set(listed(*other))
