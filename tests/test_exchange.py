"""What one uninvolved person is exchanged for, against tables computed by hand."""

import math
from dataclasses import asdict

import numpy as np
import pytest

from sim.experiments.exchange import exchange
from sim.report.exchange import _sentence


def of(met, persons):
    """Differences per 100 needs, and per 1,000, by future."""
    many = len(met)
    return exchange((np.zeros((many, 1)), np.array(met, float)[:, None]),
                    (np.zeros((many, 1)), np.array(persons, float)[:, None]))


def test_needs_met_for_one_more_person_by_hand():
    """2 more of 100 are 20 of 1,000; for 4 persons more of 1,000 that is 5 each; then 10 and 2.5."""
    found = of([2, 4, 1], [4, 4, 4])
    assert found.rate == pytest.approx(10 * (7 / 3) / 4)
    assert (found.low, found.high) == (pytest.approx(2.5 + 0.1 * 2.5), pytest.approx(5 + 0.9 * 5))
    assert (found.bought, found.futures) == (3, 3)


def test_the_five_ways_add_to_the_futures():
    found = of([1, -1, 1, 0, -1, 0, 0], [1, -1, -1, -1, 1, 1, 0])
    assert [found.bought, found.given_up, found.better, found.worse, found.equal] == [1, 1, 2, 2, 1]
    assert found.futures == 7


def test_a_future_without_a_figure_is_no_future():
    found = of([1, math.nan, 2], [1, 1, math.nan])
    assert (found.bought, found.futures) == (1, 1)


@pytest.mark.parametrize(("met", "persons", "said"), [
    ([2, 2], [4, 4], "Exchange rate: one more uninvolved person for every 5 more needs met (5 where it is so); "
                     "of 2 futures more of both in 2."),
    ([-2, -2], [-4, -4], "Exchange rate: one uninvolved person fewer for every 5 needs no longer met"),
    ([2, 2], [-4, 0], "No exchange: no fewer needs are met and no more uninvolved persons are exposed"),
    ([-2, 1], [4, 0], "No exchange: no more needs are met and no fewer uninvolved persons are exposed"),
    ([0, 0], [0, 0], "No exchange: as many needs are met and as many uninvolved persons are exposed"),
    ([], [], "No exchange: nothing was measured"),
])
def test_in_words(met, persons, said):
    assert _sentence(of(met, persons), "").startswith(said)


def test_a_rate_is_told_only_where_means_exchange():
    assert math.isnan(of([3, -1], [-1, -1]).rate)
    assert asdict(of([3, -1], [1, 1]))["rate"] == pytest.approx(10.0)
