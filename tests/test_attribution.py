"""Every miss has one cause, and the tables of a comparison name the largest."""

import numpy as np
import pytest
from comparison_rows import runs, table
from hand_made import Made, value, values
from hypothesis import given, settings
from hypothesis import strategies as st
from test_metrics import search

from sim.experiments import chunks, with_run
from sim.experiments.compare import concluded
from sim.metrics import Accumulator, Desks, cut, measure, own_work_at
from sim.report import attribution, page
from sim.report import table as terminal
from sim.report.attribution import MOST, REST
from sim.scenario import load
from sim.script import Match
from sim.units import HOUR

HIT, NO_HIT = 0, 1
CAUSES = ("family typo", "transliteration", "stale")
OUTRANKED, LEFT_OUT, NOT_THERE = "another person came first", "left out of the search", "not there at that time"
METRIC = "misses_by_cause"


def missed(made, answer=NO_HIT, version=-1, holders=(1,), place=1, subject=7):
    need = made.need(subject=subject, holders=holders)
    search(made, made.case(need, "answered", 50), 1, place, answer, version)
    return need


def caused():
    """One right hit and one miss of each cause."""
    made = Made()
    made.causes = CAUSES
    missed(made, HIT, made.record(7, 1))
    made.misses += [(missed(made), 1, 0, 0), (missed(made), 1, 0, 2)]
    missed(made, HIT, made.record(8, 1))                                      # outranked
    made.record(9, 1, created=0, findable=5 * HOUR)
    missed(made, subject=9)                                                   # searched at 2 h
    missed(made, subject=10)                                                  # nothing entered yet
    return made


def test_causes_and_finds_add_up_to_all_searches_of_true_holders():
    made = caused()
    found = {v.slice: v.value for v in measure(made.replication()) if v.metric == METRIC}
    sixth = pytest.approx(100 / 6)
    assert found == {"family typo": sixth, "transliteration": 0, "stale": sixth, OUTRANKED: sixth, LEFT_OUT: sixth,
                     NOT_THERE: sixth}
    assert sum(found.values()) + value(made, "hit_recall") == pytest.approx(100)
    assert values(made, METRIC, "stale").n == 6


def test_a_mix_up_below_the_threshold_comes_from_its_error():
    """The right record would have matched without the typo: that another's matched is not why it was missed."""
    made = Made()
    made.causes = CAUSES
    made.misses.append((missed(made, HIT, made.record(8, 1)), 1, 0, 0))
    assert value(made, METRIC, "family typo") == 100
    assert value(made, METRIC, OUTRANKED) == 0


@pytest.mark.parametrize("row", [(1, 1, 0, 1), (0, 2, 0, 1), (0, 1, 1, 1)], ids=["need", "holder", "search"])
def test_a_cause_is_of_one_need_holder_and_way_of_searching(row):
    made = Made()
    made.causes = CAUSES
    assert missed(made) == 0
    made.need(subject=8)
    made.misses.append(row)
    assert value(made, METRIC, "transliteration") == 0
    assert value(made, METRIC, NOT_THERE) == 100


def test_a_look_up_in_copies_misses_every_holder():
    """Outside any leg a search goes over everybody's; the first holder's cause stands."""
    made = Made()
    made.causes = CAUSES
    need = made.need(holders=(2, 3))
    case = made.case(need, "answered", 50)
    made.step(case, 0, 0, Match, NO_HIT, 1, 1, 2)
    made.misses += [(need, 3, 0, 0), (need, 2, 0, 1)]
    assert value(made, METRIC, "transliteration") == 100


def test_a_holder_of_the_first_place_counts_too():
    made = Made()
    made.causes = CAUSES
    need = made.need(holders=(0,), opener=1)
    made.step(made.case(need, "answered", 50), 0, 0, Match, NO_HIT, 1, 1, 2)
    made.misses.append((need, 0, 0, 2))
    assert value(made, METRIC, "stale") == 100


@pytest.mark.parametrize(("created", "findable", "superseded", "cause"), [
    (0, 3, 50, LEFT_OUT), (0, 2, 50, NOT_THERE), (3, 9, 50, NOT_THERE), (0, 9, 2, NOT_THERE), (2, 9, 3, LEFT_OUT)])
def test_a_record_is_left_out_while_it_stands_and_cannot_be_found(created, findable, superseded, cause):
    """The search ends at 2 h."""
    made = Made()
    made.record(7, 1, created=created * HOUR, findable=findable * HOUR, superseded=superseded * HOUR)
    made.record(7, 3, created=0, findable=99 * HOUR)                          # elsewhere
    made.record(8, 1, created=0, findable=99 * HOUR)                          # somebody else
    missed(made)
    assert value(made, METRIC, cause) == 100


def test_nobody_is_missed_where_nothing_is_held():
    made = Made()
    missed(made, holders=())
    assert values(made, METRIC, NOT_THERE) is None


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3), min_size=24, max_size=24))
def test_parts_of_a_run_come_to_the_figures_of_the_whole(shards):
    """Causes by need, groups, values given and pairs across needs too, to the last bit."""
    made = caused()
    made.groups["script"][8:11], made.groups["sex"][7:9] = (1, 2, 3), 1
    for opener in (1, 2):
        made.need(subject=7, opener=opener, side=1)
    for subject, holder in ((7, 1), (8, 2), (9, 3), (10, 4)):
        need = made.need(subject=subject, holders=(holder,))
        case, version = made.case(need, "answered", 50), made.record(subject, holder)
        search(made, case, 1, holder, HIT, version)
        made.message(case, holder, 0, "record", version=version, step=3)
        made.misses.append((need, holder, 0, 1))
        made.wrong[version] = subject
    whole, accumulator = made.replication(), None
    accumulator = Accumulator(whole.world)
    shard = np.array(shards[:len(whole.needs.rows)])
    for k in range(4):
        accumulator.add(cut(whole, shard == k))
    desks = Desks(whole.world, whole.ledger.stations, own_work_at(whole.world, whole.cases.rows))
    assert repr(accumulator.values(desks)) == repr(measure(whole))


def comparison(causes, n=40, options=("as today", "router first")):
    """Causes as (name, value of the first option, value of the second); the future's number is added to each."""
    scenario = with_run(load("baseline"), 3, 2, None)
    rows = table(list(options), 3, 2)
    more = [chunks.Row(run, option, future, luck, "accuracy", METRIC, name, "", "of 100", float(both[k]) + future, n)
            for future in range(3) for luck in range(2) for k, option in enumerate(options)
            for run in [4 * future + 2 * luck + k] for name, *both in causes]
    every = chunks.metrics_table([chunks.Part(0, 0, (), tuple(map(chunks.Row._make, rows.to_numpy().tolist())) +
                                              tuple(more), {})])
    return concluded(scenario, every, runs(rows), {"all": 1.0}, 1)


MANY = [(f"cause {k}", k, 2 * k) for k in range(1, 11)]


def test_the_largest_causes_are_named_and_the_rest_summed():
    lines, = attribution.tables(comparison(MANY)).values()
    assert [line.key.slice for line in lines] == [*(f"cause {k}" for k in range(10, 4, -1)), REST]
    assert len(lines) == MOST
    rest = lines[-1]
    assert [level.value for level in rest.levels] == [10 + 4, 20 + 4]         # 1 + 2 + 3 + 4, a mean future of 1 each
    assert rest.differences[0].mean == 10
    assert (rest.differences[0].low, rest.differences[0].high) == (10, 10)
    assert [level.n for level in rest.levels] == [6 * 40] * 2                 # searches, not searches times causes


def test_a_single_cause_over_is_named_itself():
    lines, = attribution.tables(comparison(MANY[:MOST])).values()
    assert [line.key.slice for line in lines] == [f"cause {k}" for k in range(MOST, 0, -1)]


def test_what_no_option_has_is_no_cause():
    scenario = comparison([("at work", 1, 0), ("idle", 0, 0)])
    idle = scenario.metrics["slice"] == "idle"
    rows = scenario.metrics.assign(value=scenario.metrics["value"].where(~idle, 0.0))
    found = concluded(scenario.scenario, rows, scenario.runs, {"all": 1.0}, 1)
    lines, = attribution.tables(found).values()
    assert [line.key.slice for line in lines] == ["at work"]


def test_terminal_and_page_show_the_causes(capsys):
    found = comparison([("given_missing", 4, 1), ("stale", 2, 2)])
    terminal.console().print(terminal.comparison_tables(found))
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 100
    told = said[said.index(terminal.CAUSES):]
    row = next(line for line in told.splitlines() if line.strip().startswith("no given name"))
    assert row.split()[3:6] == ["5", "2", "−3"]
    html = page.html(found, dict.fromkeys(page.CAPTIONS, "<svg></svg>"))
    assert html.index("Causes: router first against as today") < html.index('id="times"')
    assert '<th scope="row">no given name</th>' in html


def test_causes_on_few_searches_are_not_told(capsys):
    few = comparison([("stale", 2, 2)])
    late = (few.metrics["metric"] == METRIC) & (few.metrics["run"] >= 2)
    rows = few.metrics.assign(n=few.metrics["n"].where(~late, 0).clip(upper=4))
    terminal.console().print(terminal.comparison_tables(concluded(few.scenario, rows, few.runs, {"all": 1.0}, 1)))
    said = capsys.readouterr().out
    row = next(line for line in said[said.index(terminal.CAUSES):].splitlines() if "changed since" in line)
    assert row.split()[5:] == ["under", "5", "under", "5", "-", "-", "-", "-"]


def test_without_causes_there_is_no_table():
    scenario = with_run(load("baseline"), 3, 2, None)
    rows = table(["as today", "router first"], 3, 2)
    assert attribution.tables(concluded(scenario, rows, runs(rows), {"all": 1.0}, 1)) == {}
