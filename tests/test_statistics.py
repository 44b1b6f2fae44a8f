"""Two uncertainties told apart: against tables computed by hand, against scipy, and by their promised coverage."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.experiments import statistics
from sim.experiments.assumptions import Assumption, flips, sensitivity
from sim.experiments.statistics import Key, difference, level, luck

FIRST = np.array([[10.0, 12.0], [20.0, 22.0], [30.0, 30.0]])          # [future, replication]
OTHER = np.array([[13.0, 13.0], [20.0, 22.0], [26.0, 28.0]])
# Run by run 3, 1 | 0, 0 | -4, -2; by future 2, 0, -3.


def test_differences_by_hand():
    found = difference(FIRST, OTHER, "higher")
    assert found.mean == pytest.approx(-1 / 3)
    assert (found.low, found.high) == (pytest.approx(-3 + 0.1 * 3), pytest.approx(0 + 0.9 * 2))
    assert (found.better, found.worse, found.tied, found.futures) == (1, 1, 1, 3)
    assert not found.is_exact


def test_luck_by_hand():
    """Within futures the squares are 2, 0 and 2: variance 4/3 on 3 degrees, error sqrt(4/3 * 3/2) / 3."""
    assert difference(FIRST, OTHER, "higher").luck == pytest.approx(3.18244630528 * math.sqrt(2) / 3)


def test_luck_in_one_future_is_the_plain_t_interval():
    runs = np.array([[3.0, 1.0, 4.0, 1.0, 5.0]])
    low, high = stats.t.interval(0.95, 4, loc=runs.mean(), scale=stats.sem(runs[0]))
    assert luck(runs) == pytest.approx((high - low) / 2)


def test_unequal_numbers_of_replications_count_by_future():
    """Error of the mean of two futures' means: variance within * (1/3 + 1/2) / 4."""
    runs = np.array([[1.0, 2.0, 3.0], [5.0, 7.0, math.nan]])
    assert luck(runs) == pytest.approx(stats.t.ppf(0.975, 3) * math.sqrt((2 + 2) / 3 * (1 / 3 + 1 / 2) / 4))


@pytest.mark.parametrize("runs", [np.ones((4, 1)), np.array([[1.0, math.nan], [2.0, math.nan]]),
                                  np.array([[1.0, math.inf], [2.0, 3.0]])], ids=["one each", "one left", "infinite"])
def test_luck_is_not_estimated(runs):
    assert luck(runs) is None


@pytest.mark.parametrize(("better", "counts"), [("higher", (1, 1)), ("lower", (1, 1)), ("", (None, None))])
def test_which_side_is_better(better, counts):
    found = difference(FIRST, OTHER, better)
    assert (found.better, found.worse) == counts
    up = difference(FIRST, FIRST + 1, better)
    assert (up.better, up.worse) == {"higher": (3, 0), "lower": (0, 3), "": (None, None)}[better]


def test_no_difference_is_exact_and_tied_everywhere():
    found = difference(FIRST, FIRST.copy(), "higher")
    assert found.is_exact
    assert (found.better, found.worse, found.tied) == (0, 0, 3)


def test_never_against_never_is_no_difference():
    never, soon = np.full((2, 2), math.inf), np.full((2, 2), 5.0)
    assert difference(never, never, "lower").mean == 0
    found = difference(never, soon, "lower")
    assert (found.mean, found.better, found.luck) == (-math.inf, 2, None)


def test_a_level_is_a_median_where_some_future_never_ends():
    assert level(np.array([[1.0], [2.0], [math.inf]])) == statistics.Level(2.0, True, 0)
    assert level(np.array([[1.0], [2.0], [6.0]])) == statistics.Level(3.0, False, 0)


def test_futures_without_a_value_are_not_counted():
    first = np.array([[math.nan, math.nan], [1.0, 3.0]])
    assert level(first).value == 2
    assert difference(first, first + 1, "higher").futures == 1
    assert math.isnan(difference(first[:1], first[:1], "higher").mean)


def test_lines_are_read_off_the_long_table():
    rows = [("a", f, r, "m", "x", "", "", "h", FIRST[f, r], 10) for f in range(3) for r in range(2)]
    rows += [("b", f, r, "m", "x", "", "", "h", OTHER[f, r], 20) for f in range(3) for r in range(2)]
    rows += [("a", 0, 0, "m", "y", "part", "", "h", 1.0, 1)]
    table = pd.DataFrame(rows, columns=["option", "future", "replication", *Key._fields, "value", "n"])
    x, y = statistics.lines(table.sample(frac=1, random_state=1).sort_values("metric"), ["a", "b"], {"x": "lower"})
    assert x.key == Key("m", "x", "", "", "h")
    assert [each.n for each in x.levels] == [60, 120]
    assert x.differences == (difference(FIRST, OTHER, "lower"),)
    assert (y.key.slice, y.levels[0].value, y.differences[0].futures) == ("part", 1.0, 0)


def test_a_new_future_moves_no_other():
    more = np.vstack([FIRST, [[1.0, 2.0]]]), np.vstack([OTHER, [[9.0, 9.0]]])
    old = statistics.future_differences(FIRST, OTHER)
    assert np.array_equal(statistics.future_differences(*more)[:3], old)


# The luck interval promises to hold the mean over these very futures 95 times of 100.

TRIALS, FALSE_ALARM = 4_000, 1e-6
TOLERANCE = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * TRIALS))      # Hoeffding (1963), theorem 2: 0.043


def coverage(shrink=1.0):
    generator = np.random.default_rng(1)
    held = 0
    for _ in range(TRIALS):
        truth = generator.normal(1, 3, (5, 1))
        runs = truth + generator.normal(0, 1, (5, 2))
        held += abs(runs.mean() - truth.mean()) <= shrink * luck(runs)
    return held / TRIALS


def test_luck_keeps_its_promise():
    assert abs(coverage() - 0.95) < TOLERANCE


def test_the_test_above_would_notice_an_interval_a_quarter_too_short():
    assert abs(coverage(shrink=0.75) - 0.95) > TOLERANCE


# What an answer hangs on.

FUTURES = 40


def planted(seed, of=60):
    generator = np.random.default_rng(seed)
    return [Assumption(f"key.{k}", "0 to 100 %", "nobody knows", "share", (), tuple(generator.random(FUTURES)))
            for k in range(of)], generator.normal(0, 1, FUTURES)


def test_the_assumption_that_moves_the_answer_is_named_with_its_sign():
    tried, noise = planted(1)
    found = sensitivity(tried, 0.2 * noise - 3 * np.array(tried[7].drawn))
    assert [one.assumption.path for one in found.hangs_on] == ["key.7"]
    assert found.hangs_on[0].rank_correlation == pytest.approx(
        stats.spearmanr(tried[7].drawn, 0.2 * noise - 3 * np.array(tried[7].drawn)).statistic)
    assert found.hangs_on[0].rank_correlation < -0.9


def test_noise_is_seldom_named():
    """At most one search in twenty. False alarm of the test 1e-6 (Hoeffding, 200 trials: 0.19)."""
    named = np.mean([bool(sensitivity(*planted(seed)).hangs_on) for seed in range(200)])
    assert named < 0.05 + math.sqrt(math.log(1 / 1e-6) / (2 * 200))


def test_without_the_stricter_test_noise_would_be_named(monkeypatch):
    monkeypatch.setattr("sim.experiments.assumptions.FALSE_ALARM", 60 * 0.05)
    named = np.mean([bool(sensitivity(*planted(seed)).hangs_on) for seed in range(50)])
    assert named > 0.9


def test_few_futures_tell_nothing():
    tried, _ = planted(1)
    cut = [Assumption(one.path, one.text, one.reason, one.kind, (), one.drawn[:9]) for one in tried]
    found = sensitivity(cut, np.array(cut[0].drawn))
    assert (found.hangs_on, found.can_tell) == ((), False)


def test_futures_without_a_difference_are_left_out():
    tried, _ = planted(1)
    each = 3 * np.array(tried[7].drawn)
    each[:5] = math.nan
    found = sensitivity(tried, each)
    assert (found.futures, found.hangs_on[0].assumption.path) == (FUTURES - 5, "key.7")


def test_the_turning_point_is_where_the_sign_changes():
    drawn = np.linspace(0, 1, 41)
    one = Assumption("key", "0 to 100 %", "", "share", (), tuple(drawn))
    turn = flips(one, drawn - 0.2625)           # more is better; below 26.25 % the answer turns
    assert (turn.side, turn.with_it, turn.of) == ("below", 11, 11)
    assert turn.turns_at == pytest.approx(0.2625)
    assert one.at(turn.turns_at) == "26 %"
    assert flips(one, drawn + 0.1) is None
    assert flips(one, drawn - 0.05) is None     # two futures are too few for a side


def test_a_choice_turns_at_its_word():
    drawn = np.repeat([0.0, 1.0, 2.0], 10)
    one = Assumption("quality", "clean or typical or harsh", "", "choice", ("clean", "typical", "harsh"), tuple(drawn))
    turn = flips(one, np.where(drawn == 2, -1.0, 1.0))
    assert (turn.side, one.at(turn.turns_at), turn.with_it) == ("above", "harsh", 10)
