"""The estimate of when answers come, against scipy's and on paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from sim.metrics.waits import Waits, together
from sim.units import HOUR

# Few different ticks, so that answers and ends of the run often coincide.
TICKS = st.integers(0, 12) | st.integers(0, 10**13)
SAMPLES = st.lists(TICKS, max_size=60).map(lambda ticks: np.array(ticks, np.int64))


@given(SAMPLES, SAMPLES)
def test_the_product_limit_estimate_is_scipys(answered, unanswered):
    hours, shares = Waits(answered, unanswered).curve
    if not len(answered):
        assert len(hours) == len(shares) == 0
        return
    theirs = ecdf(CensoredData(uncensored=answered / HOUR, right=unanswered / HOUR)).cdf
    assert hours.tolist() == theirs.quantiles.tolist()
    np.testing.assert_allclose(shares, theirs.probabilities, rtol=0, atol=1e-12)


def test_who_left_unanswered_no_longer_counts_as_waiting():
    """Answers after 1 and 3 h, one cut off after 2 h: 1/3, then half of the two thirds that are left. The other way
    round, cut off after 1 h, both answers are of two."""
    for cut_off, expected in ((2, [1 / 3, 1 / 3, 1]), (1, [1 / 3, 1]), (4, [1 / 3, 2 / 3, 2 / 3])):
        shares = Waits(np.array([1, 3]) * HOUR, np.array([cut_off]) * HOUR).curve[1]
        assert shares.tolist() == pytest.approx(expected)


@given(SAMPLES, SAMPLES, st.randoms())
def test_parts_of_a_sample_come_to_the_whole(answered, unanswered, random):
    told, not_told = (np.array([random.randrange(3) for _ in ticks], int) for ticks in (answered, unanswered))
    parts = [Waits(answered[told == k], unanswered[not_told == k]) for k in (2, 0, 1)]
    whole, merged = Waits(answered, unanswered), together(parts)
    assert merged.n == whole.n
    for ours, theirs in zip(merged.curve, whole.curve, strict=True):
        assert ours.tolist() == theirs.tolist()


def test_no_parts_are_an_empty_sample():
    assert together([]).n == 0
    assert together([]).curve[0].tolist() == []
