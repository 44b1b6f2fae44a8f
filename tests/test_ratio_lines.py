"""Figures that may be told as ratios only: shares of the first option's whole, quotients of runs pooled by future."""

import math

import numpy as np
import pandas as pd
import pytest
from comparison_rows import runs, table

from sim.experiments import chunks
from sim.experiments.compare import concluded, with_run
from sim.experiments.statistics import Key, lines, quotient
from sim.metrics import METRICS
from sim.report import blocks, elsewhere, figures, page, words
from sim.report import table as terminal
from sim.scenario import load
from sim.scenario.hazards import Hazards

FIRST = np.array([[10.0, 30.0], [0.0, 40.0], [20.0, 20.0]])          # [future, replication]: means 20, 20, 20
OTHER = np.array([[10.0, 10.0], [30.0, 30.0], [10.0, 50.0]])         # means 10, 30, 30
NOTHING = np.zeros((3, 2))


def test_quotients_are_of_means_and_not_means_of_quotients():
    found = quotient(FIRST, OTHER, "lower")
    assert found.mean == pytest.approx((0.5 + 1.5 + 1.5) / 3)
    assert (found.low, found.high) == (pytest.approx(0.5 + 0.1 * 1.0), pytest.approx(1.5))
    assert (found.better, found.worse, found.tied, found.futures) == (1, 2, 0, 3)


def test_luck_of_a_quotient_by_hand():
    """Residuals (other - r first) / 20: future 0 +-0.25, future 1 +-1.5, future 2 +-1: squares 0.125, 4.5, 2."""
    variance = (0.125 + 4.5 + 2.0) / 3
    assert quotient(FIRST, OTHER, "lower").luck == pytest.approx(3.18244630528 * math.sqrt(variance * 1.5) / 3)
    assert quotient(FIRST, 2 * FIRST, "lower").luck == pytest.approx(0, abs=1e-12)


def test_the_luck_of_a_quotient_keeps_its_promise():
    """95 % intervals of a true quotient of 2 in 400 trials: fewer than 355 or more than 397 has a chance under 1e-4."""
    chance, held = np.random.default_rng(5), 0
    for _ in range(400):
        first = chance.gamma(50, 2.0, (8, 5))
        other = 2 * first * chance.gamma(200, 1 / 200, (8, 5))
        found = quotient(first, other, "lower")
        held += abs(found.mean - 2) <= found.luck
    assert 355 <= held <= 397


def test_the_test_above_would_notice_a_luck_a_third_too_short():
    chance, held = np.random.default_rng(5), 0
    for _ in range(400):
        first = chance.gamma(50, 2.0, (8, 5))
        found = quotient(first, 2 * first * chance.gamma(200, 1 / 200, (8, 5)), "lower")
        held += abs(found.mean - 2) <= found.luck * 2 / 3
    assert held < 355


def test_to_nothing_there_is_no_ratio():
    some, none = quotient(NOTHING, OTHER, "lower"), quotient(NOTHING, NOTHING, "lower")
    assert some.mean == some.low == some.high == math.inf
    assert (some.better, some.worse) == (0, 3)
    assert some.luck is None
    assert math.isnan(none.mean)
    assert none.tied == 3
    mixed = quotient(np.array([[0.0], [2.0]]), np.array([[0.0], [4.0]]), "lower")
    assert (mixed.mean, mixed.futures, mixed.worse) == (2.0, 2, 1)


def long(values, metric="breach_tail", n=50):
    """Rows of (option, slice) -> [future, replication]."""
    rows = [(option, f, r, "m", metric, slice, "", "records", float(each[f, r]), n)
            for (option, slice), each in values.items() for f in range(3) for r in range(2)]
    return pd.DataFrame(rows, columns=["option", "future", "replication", *Key._fields, "value", "n"])


def test_every_slice_is_told_against_the_whole_of_the_first_option():
    rows = long({("a", "part"): FIRST / 2, ("b", "part"): FIRST / 4, ("a", ""): FIRST, ("b", ""): OTHER})
    by_slice = {line.key.slice: line for line in lines(rows, ["a", "b"], {"breach_tail": "lower"}, {"breach_tail"})}
    whole, part = by_slice[""], by_slice["part"]
    assert whole.ratio
    assert whole.key.unit == "a = 1"
    assert [level.value for level in whole.levels] == pytest.approx([1, 3.5 / 3])
    assert [level.value for level in part.levels] == pytest.approx([0.5, 0.25])
    assert part.differences[0].mean == pytest.approx(0.5)
    assert (part.differences[0].better, part.differences[0].worse) == (3, 0)
    other, = lines(long({("a", ""): FIRST}), ["a"], {}, ())
    assert not other.ratio
    assert other.levels[0].value == pytest.approx(20)


def row(first, other):
    line, = lines(long({("a", ""): first, ("b", ""): other}), ["a", "b"], {"breach_tail": "lower"}, {"breach_tail"})
    return blocks.row(line, 1, 5)


def test_ratios_in_words():
    told = row(FIRST, OTHER)
    assert (told.unit, told.first, told.other, told.difference) == ("a = 1", "1", "1.17", "× 1.17")
    assert (told.range, told.better) == ("0.6 to 1.5", "1 of 3")
    same = row(FIRST, FIRST)
    assert (same.difference, same.range, same.better) == ("× 1", "exact", "equal")
    more = row(NOTHING, OTHER)
    assert (more.first, more.other, more.difference) == ("none", "some", "first has none")
    assert (more.range, more.luck, more.better) == ("first has none", "not estimated", "0 of 3")
    none = row(NOTHING, NOTHING)
    assert (none.first, none.other, none.difference, none.range) == ("none", "none", "none", "not estimated")


@pytest.mark.parametrize(("value", "said"), [(1, "1"), (1.034, "1.03"), (0.4312846, "0.43"), (0.0123, "0.012"),
                                             (12.34, "12.3"), (0, "0"), (9.999, "10")])
def test_a_ratio_has_two_decimals(value, said):
    assert words.times(value) == said


# Central and distributed in the tool's own output.

LOST = {"": 1.0, "in one store": 1.0, "in five equal parts": 1.0, "copied to five": 5.0}
WORST = {"": 1.0, "in one store": 1.6, "in five equal parts": 0.69, "copied to five": 3.4}


@pytest.fixture(scope="module")
def scenario():
    return with_run(load("baseline"), 3, 2, None)


@pytest.fixture(scope="module")
def compared(scenario):
    options = [option.name for option in scenario.option]
    rows = table(options, 3, 2)
    more = [chunks.Row(number, option, future, luck, METRICS[metric].measure, metric, slice, "", "records",
                       value * (1 + options.index(option)) * (7 + luck), 90)
            for number, (option, future, luck) in enumerate((o, f, r) for f in range(3) for r in range(2)
                                                            for o in options)
            for metric, values in (("breach_expected", LOST), ("breach_tail", WORST))
            for slice, value in values.items()]
    every = pd.concat([rows, pd.DataFrame(more, columns=list(chunks.Row._fields))])
    return concluded(scenario, every, runs(rows), {"simulate": 1.0, "all": 2.0}, 2)


def test_one_store_and_five_parts_stand_side_by_side_in_the_terminal(compared, capsys):
    terminal.console().print(terminal.comparison_tables(compared))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    lines = said[said.index(terminal.ELSEWHERE):].splitlines()
    told = [line.split() for line in lines]
    parts = [line for line in told if line[:4] == ["in", "five", "equal", "parts"]]
    stores = [line for line in told if line[:3] == ["in", "one", "store"]]
    assert [line[4] for line in parts[:2]] == ["1", "0.69"]
    assert [line[3] for line in stores[:2]] == ["1", "1.6"]
    assert "no numbers of a year" in " ".join(said.split())


def test_and_on_the_page(compared, tmp_path):
    said = page.html(compared, figures.write(compared, tmp_path / "figures"))
    assert "If the same records lay elsewhere" in said
    assert "worst year in twenty: as today, as held = 1" in said
    assert "no numbers of a year" in said


def test_the_note_says_whose_hazards_they_are(compared, scenario):
    assert "not known" in elsewhere.note(compared)
    rate = {"yearly": "0.1 per year"}
    declared = Hazards(because="a test", hub=rate, registry=rate, national_copy=rate, member=rate)
    own = concluded(scenario.model_copy(update={"hazard": declared}), compared.metrics, compared.runs,
                    {"all": 1.0}, 1)
    assert "own hazards" in elsewhere.note(own)


def test_every_metric_told_as_a_ratio_has_a_better_side():
    ratios = {name for name, metric in METRICS.items() if metric.ratio}
    assert ratios == {"breach_expected", "breach_worst_year", "breach_tail", "persons_in_breach"}
    assert all(METRICS[name].better for name in ratios)
