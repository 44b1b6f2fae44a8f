"""Whose errors: every figure by group counted on paper, held to the reference, with the interval of one run."""

import math
from dataclasses import replace

import numpy as np
import pytest
from comparison_rows import comparison, table
from content_scenarios import SEED, scenario
from hand_made import Made, value, values
from hypothesis import given
from hypothesis import strategies as st
from test_metrics import search

from sim.content import names, people
from sim.content.groups import FREQUENCIES, GROUPINGS, GROUPS, ORIGINS, SEXES, frequency, groups
from sim.experiments import chunks, with_run
from sim.experiments.ratios import pooled
from sim.experiments.statistics import Key, Line
from sim.metrics import METRICS, RATIOS
from sim.metrics.parts import Counts, merged, ratio
from sim.report import words
from sim.scenario import load

LATN, CYRL, GREK, ARAB = range(4)
HIT, NO_HIT = 0, 1


def made(right, missed, **columns):
    """So many right hits and misses of subjects 7 (reference) and 8, one search each."""
    run = Made()
    for name, index in columns.items():
        run.groups[name][8] = index
    for subject in (7, 8):
        for answer, many in ((HIT, right[subject - 7]), (NO_HIT, missed[subject - 7])):
            for _ in range(many):
                case = run.case(run.need(subject=subject, holders=(1,)), "answered", 50)
                search(run, case, 1, 1, answer, run.record(subject, 1) if answer == HIT else -1)
    run.groups["frequency"][7] = FREQUENCIES.index("middling")
    return run


@pytest.mark.parametrize(("column", "index", "slice", "reference"), [
    ("script", CYRL, "script: Cyrl", "script: Latn"), ("sex", 1, "sex: woman", "sex: man"),
    ("frequency", 2, "name: frequent", "name: middling"),
    ("origin", 2, "origin: another in other letters", "origin: of the focus")])
def test_misses_of_a_group_and_of_the_reference(column, index, slice, reference):
    run = made((8, 3), (2, 3), **{column: index})
    assert value(run, "misses_by_group", reference) == 20
    assert value(run, "misses_by_group", slice) == 50
    assert value(run, "miss_ratio_by_group", slice) == pytest.approx(2.5)
    assert value(run, "miss_ratio_by_group", reference) is None
    assert values(run, "misses_by_group", slice).n == values(run, "miss_ratio_by_group", slice).n == 6


def test_the_interval_of_a_ratio_is_that_of_katz():
    """Katz and others (1978): ln of the ratio has variance 1/a - 1/m + 1/b - 1/n."""
    run = made((8, 3), (2, 3), script=CYRL)
    width = 1.959964 * math.sqrt(1 / 3 - 1 / 6 + 1 / 2 - 1 / 10)
    assert value(run, "miss_ratio_by_group", "script: Cyrl, low") == pytest.approx(2.5 * math.exp(-width), rel=1e-6)
    assert value(run, "miss_ratio_by_group", "script: Cyrl, high") == pytest.approx(2.5 * math.exp(width), rel=1e-6)
    assert value(run, "miss_ratio") == pytest.approx(2.5)
    assert value(run, "miss_ratio", "low") == pytest.approx(2.5 * math.exp(-width), rel=1e-6)


def test_without_a_reference_there_is_no_ratio():
    """Nothing to divide by is no row, never infinity; no miss of the group is a ratio of 0 without an interval."""
    none = made((5, 1), (0, 3), script=CYRL)
    assert value(none, "misses_by_group", "script: Cyrl") == 75
    assert value(none, "miss_ratio_by_group", "script: Cyrl") is None
    zero = made((5, 4), (5, 0), script=CYRL)
    assert value(zero, "miss_ratio_by_group", "script: Cyrl") == 0
    assert value(zero, "miss_ratio_by_group", "script: Cyrl, low") is None
    assert value(zero, "miss_ratio_by_group", "script: Arab") is None      # nobody of it was sought


def test_false_hits_count_for_the_person_sought():
    run = Made()
    run.groups["script"][8] = ARAB
    for subject, holder, answers in ((7, (), (HIT, NO_HIT, NO_HIT, NO_HIT)), (8, (1,), (HIT, HIT))):
        for answer in answers:
            case = run.case(run.need(subject=subject, holders=holder), "answered", 50)
            search(run, case, 1, 1, answer, run.record(9, 1) if answer == HIT else -1)
    assert value(run, "false_hits_by_group", "script: Latn") == 25
    assert value(run, "false_hits_by_group", "script: Arab") == 100
    assert value(run, "false_hit_ratio_by_group", "script: Arab") == value(run, "false_hit_ratio") == 4
    assert value(run, "misses_by_group", "script: Arab") == 100             # another person's is no find


def test_the_equity_block_shows_other_scripts_against_latin():
    assert {METRICS[name].measure for name in ("miss_ratio", "false_hit_ratio")} == {"equity"}
    run = made((8, 3), (2, 3), script=CYRL)
    run.groups["script"][9] = GREK
    case = run.case(run.need(subject=9, holders=(1,)), "answered", 50)
    search(run, case, 1, 1, NO_HIT)
    assert value(run, "miss_ratio") == pytest.approx((4 / 7) / (2 / 10))


counts = st.tuples(*[st.integers(0, 50)] * 4).map(lambda c: (min(c[:2]), max(c[:2]), min(c[2:]), max(c[2:])))


@given(st.lists(counts, min_size=1, max_size=6))
def test_a_ratio_is_that_of_all_counts_however_they_come(parts):
    """Exact: the same floats, not only nearly."""
    total = [Counts(parts[0], ratio, "s")]
    for part in parts[1:]:
        total = merged(total, [Counts(part, ratio, "s")])
    part, whole, under, of = (sum(column) for column in zip(*parts, strict=True))
    cells = total[0].cells()
    if not whole or not under:
        assert cells == []
    else:
        assert cells[0].value == part / whole / (under / of)
        if part:
            assert cells[1].value <= cells[0].value <= cells[2].value


@given(st.lists(st.integers(0, 1999), min_size=1, max_size=300))
def test_frequency_is_thirds_of_people_and_a_name_is_in_one(ranks):
    ranks = np.array(ranks)
    found = frequency(ranks)
    by_rank = {}
    for rank, third in zip(ranks.tolist(), found.tolist(), strict=True):
        assert by_rank.setdefault(rank, third) == third
    ordered = [by_rank[rank] for rank in sorted(by_rank)]
    assert ordered == sorted(ordered, reverse=True)             # the lower the rank, the more frequent
    if len(by_rank) == len(ranks):
        counts = np.bincount(found, minlength=3)
        assert counts.max() - counts.min() <= 2


@pytest.fixture(scope="module")
def drawn():
    """Four hundred subjects, whose family names have the ranks 0, 1, 2 ..."""
    found = people(scenario(), SEED)
    return replace(found, family=np.arange(len(found.id)))


def test_groups_of_subjects_follow_their_columns(drawn):
    found = groups(drawn, ["de"])
    assert (found.dtype, len(found)) == (GROUPS, drawn.persons)
    assert found["script"].tolist() == drawn.group[:drawn.persons].tolist()
    assert [SEXES[k] for k in found["sex"]] == [("man", "woman")[k] for k in drawn.sex[:drawn.persons]]
    assert FREQUENCIES[found["frequency"][0]] == "frequent"
    assert FREQUENCIES[found["frequency"][drawn.persons // 2]] == "middling"
    assert FREQUENCIES[found["frequency"][-1]] == "rare"
    spoken = [list(names.LANGUAGES)[k] for k in drawn.language[:drawn.persons]]
    for code, group in zip(spoken, found, strict=True):
        latin = names.group_of(code) == "Latn"
        said = "of the focus" if code == "de" else f"another in {'Latin' if latin else 'other'} letters"
        assert ORIGINS[group["origin"]] == said


def test_the_language_of_the_focus_comes_before_its_letters(drawn):
    spoken = np.array(list(names.LANGUAGES))[drawn.language[:drawn.persons]]
    for said, code in (("bg", "bg"), ("gd", "en")):
        own = groups(drawn, [said])["origin"] == ORIGINS.index("of the focus")
        assert own.any()
        assert (own == (spoken == code)).all()
    with pytest.raises(KeyError):
        groups(drawn, ["zz"])


def test_every_reference_is_a_group():
    for grouping in GROUPINGS:
        assert grouping.reference in grouping.names
        assert grouping.column in GROUPS.names


def runs_of(counts, metric="misses_by_group"):
    """Long rows of runs of one future: (part, whole) of Cyrl and of Latn in each."""
    rows = table(["one"], 1, len(counts)).head(0)
    for luck, pairs in enumerate(counts):
        for slice, (part, whole) in zip(("script: Cyrl", "script: Latn"), pairs, strict=True):
            rows.loc[len(rows)] = chunks.Row(luck, "one", 0, luck, "accuracy", metric, slice, "", "%",
                                             100 * part / whole, whole)
        (part, whole), (under, of) = pairs
        for cell in ratio((part, whole, under, of), "script: Cyrl"):
            rows.loc[len(rows)] = chunks.Row(luck, "one", 0, luck, "accuracy", "miss_ratio_by_group", cell.slice, "",
                                             "times that of the reference", cell.value, cell.n)
    return rows


def test_a_comparison_pools_the_runs_of_a_future():
    """Runs of 3 of 7 against 0 of 30 and 1 of 3 against 2 of 20: 4 of 10 against 2 of 50, not what the second says."""
    found = pooled(runs_of([((3, 7), (0, 30)), ((1, 3), (2, 20))]))
    line = found[found["metric"] == "miss_ratio_by_group"]
    assert line["value"].tolist() == [pytest.approx(10)]
    assert (line["n"].tolist(), line["slice"].tolist()) == ([10], ["script: Cyrl"])
    assert len(found) == 4 + 1                                  # the shares stay, the intervals of single runs go


def test_the_interval_of_one_run_is_in_no_table():
    bounds = [Line(Key("accuracy", "miss_ratio_by_group", slice, "", ""), (), ())
              for slice in ("script: Cyrl", "script: Cyrl, low", "script: Cyrl, high", "low")]
    shown = words.other_lines(replace(comparison(with_run(load("baseline"), 3, 1, None)), lines=tuple(bounds)))
    assert [line.key.slice for line in shown] == ["script: Cyrl"]


def test_a_future_without_a_reference_has_no_ratio():
    rows = runs_of([((3, 7), (0, 30))])
    assert pooled(rows).equals(rows)


def test_every_ratio_names_shares_that_are_measured():
    run = made((8, 3), (2, 3), script=CYRL)
    for (metric, _), (shares, _, reference) in RATIOS.items():
        assert metric in METRICS
        assert value(run, shares, reference) is not None
