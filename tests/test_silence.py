"""Exports that leave records out: when they are noticed, which records they hide, and what tells four answers apart.

Statistical tests are two-sided with false-alarm probability 1e-6, each with a twin that the same test refuses.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hand_made import END, Made, values
from scipy import stats

from sim.content import omissions
from sim.content.records import RECORDS
from sim.content.silence import findable_from
from sim.draws import bits_many, stream
from sim.metrics import METRICS, Desks, measure
from sim.metrics.silence import TRUTHS
from sim.scenario.holdings import Reconciliation, Silence
from sim.script import Match
from sim.units import DAY, HOUR, YEAR

SEED, NEVER, UNTIL = 7, 2**63 - 1, 60 * DAY
MANY = 20_000
CODES = tuple(f"X{k}" for k in range(MANY))


def silence(places: str = "40 %", records: str = "33 %", since: str = "5 y"):
    return Silence(because="a test", places=places, records=records, since=since)


def reconciliation(noticed: str = "1 %", every: str = "30 d", share: str = "100 %"):
    return Reconciliation(because="a test", every=every, noticed=noticed, time="1 h", share=share)


def is_share(count: int, of: int, expected: float) -> bool:
    return stats.binomtest(int(count), of, expected).pvalue > 1e-6


# When an omission is noticed.

def test_each_comparison_notices_with_its_chance_those_before_the_start_too():
    """60 or 61 of the five years before the start, two in the run: what is unnoticed falls by 1 % each time, from a
    phase of each place's own. Twin: 1.1 %."""
    rows = omissions(SEED, CODES, silence(), reconciliation(), UNTIL)
    wrong = rows[rows["defective"]]
    assert is_share(len(wrong), MANY, 0.40)
    assert (rows["noticed"][~rows["defective"]] == NEVER).all()
    assert (wrong["since"] == -5 * YEAR).all()
    assert (wrong["noticed"] > wrong["since"]).all()
    assert ((wrong["noticed"] < UNTIL) | (wrong["noticed"] == NEVER)).all()
    for tick in (0, UNTIL):
        times = (tick + 5 * YEAR) / (30 * DAY)       # 60 5/6 comparisons: five places in six have had one more than 60
        part, least = times % 1, times // 1
        expected, twin = ((1 - part) * (1 - chance)**least + part * (1 - chance)**(least + 1)
                          for chance in (0.010, 0.011))
        assert is_share((wrong["noticed"] >= tick).sum(), len(wrong), expected)
        assert not is_share((wrong["noticed"] >= tick).sum(), len(wrong), twin)


def test_a_better_or_wider_comparison_notices_no_later():
    steps = [omissions(SEED, CODES, silence(), each, UNTIL)["noticed"] for each in (
        None, reconciliation("0 %"), reconciliation(share="20 %"), reconciliation(), reconciliation("20 %"))]
    assert (steps[0] == NEVER).all()
    assert (steps[1] == NEVER).all()
    assert all((after <= before).all() and (after < before).any() for before, after in pairwise(steps[1:]))
    certain = omissions(SEED, CODES, silence(), reconciliation("100 %"), UNTIL)
    assert (certain["noticed"][certain["defective"]] < -5 * YEAR + 30 * DAY).all(), "the first one notices"


def test_a_place_has_the_same_luck_whoever_else_is_there():
    rows = omissions(SEED, CODES[:50], silence(), reconciliation(), UNTIL)
    assert (omissions(SEED, CODES[25:50], silence(), reconciliation(), UNTIL) == rows[25:]).all()
    more = omissions(SEED, CODES[:50], silence("60 %"), reconciliation(), UNTIL)
    assert (more["defective"] >= rows["defective"]).all()
    assert not omissions(SEED, CODES[:50], None, reconciliation(), UNTIL)["defective"].any()


# Which records it hides.

def test_records_are_found_from_the_day_on_which_it_is_noticed():
    """Three places: one in order, one noticed before the run or in it, one never; records entered since, and before."""
    found = np.zeros(4, omissions(SEED, (), None, None, 0).dtype)
    found["defective"], found["since"] = [False, True, True, True], -5 * YEAR
    found["noticed"] = [NEVER, -YEAR, 9 * DAY, NEVER]
    many = 4 * MANY
    place = np.arange(many) % 4
    ids = bits_many(1, 0, np.arange(many, dtype=np.uint64), 0, stream("test"), 0)
    findable = findable_from(SEED, ids, place, np.full(many, -4 * YEAR), found, silence())
    assert [set(findable[place == k].tolist()) for k in range(4)] == [{0}, {0}, {0, 9 * DAY}, {0, NEVER}]
    for k in (2, 3):
        assert is_share((findable[place == k] > 0).sum(), MANY, 0.33)
        assert not is_share((findable[place == k] > 0).sum(), MANY, 0.35)
    assert (findable_from(SEED, ids, place, np.full(many, -6 * YEAR), found, silence()) == 0).all()
    assert (findable_from(SEED, ids, place, np.full(many, -4 * YEAR), found, None) == 0).all()
    more = findable_from(SEED, ids, place, np.full(many, -4 * YEAR), found, silence(records="50 %"))
    assert (more >= findable).all()


# Metrics.

def with_findable(replication, ticks: dict[int, int]):
    """The run with the tick from which each version can be found."""
    columns = [column for column in RECORDS.descr if column[0] != "findable"]
    records = np.zeros(len(replication.content.records), [*columns, ("findable", "i8")])
    for name in RECORDS.names:
        records[name] = replication.content.records[name]
    for version, tick in ticks.items():
        records["findable"][version] = tick
    return replace(replication, content=replace(replication.content, records=records))


def asked(made: Made, case: int, serial: int, place: int, word: str, searched: int = -1):
    made.leg(case, serial, place, word, 1, 20)
    if searched >= 0:
        made.step(case, serial, 0, Match, 1, 1, 1, searched)


def test_answers_that_are_alike_to_the_asker_are_told_apart_by_the_truth():
    """Every case is told the same: nothing held. Of ten places asked, what it was is counted on paper."""
    made = Made()
    case = made.case(made.need(holders=(1, 2, 3, 4)), "nothing_held", 50)
    versions = [made.record(7, place) for place in (1, 2, 3, 4)]
    for serial, place in enumerate((1, 2, 3, 4), 1):
        asked(made, case, serial, place, "nothing_held", searched=10)
    absent = made.case(made.need(subject=8), "nothing_held", 50)
    made.record(8, 0)
    for serial, (place, word) in enumerate(((1, "nothing_held"), (2, "nothing_held"), (3, "not_searched"),
                                            (4, "not_searched"), (1, "may_not_say"), (2, "lost"),
                                            (3, "answered"), (4, "refused"), (1, "")), 1):
        asked(made, absent, serial, place, word, searched=5 if word == "nothing_held" else -1)
    run = with_findable(made.replication(), {versions[1]: 15 * HOUR, versions[2]: 10 * HOUR, versions[3]: NEVER})
    assert {run.world.words[word] for word in run.ledger.cases["word"]} == {"nothing_held"}
    found = {value.slice: value.value for value in measure(run) if value.metric == "no_answers"}
    assert found == {"nothing held": 20, "missed": 20, "left out": 20, "not searched": 20, "may not say": 10,
                     "lost": 10}
    assert tuple(found) == TRUTHS


def test_without_a_column_of_findable_records_none_is_left_out():
    made = Made()
    case = made.case(made.need(holders=(1,)), "nothing_held", 50)
    made.record(7, 1)
    asked(made, case, 1, 1, "nothing_held", searched=10)
    assert values(made, "no_answers", "missed").value == 100
    assert values(made, "no_answers", "left out").value == 0
    empty = Made()
    empty.case(empty.need(), "refused", 50)
    assert "no_answers" not in {value.metric for value in measure(empty.replication())}


def told(silent, compared):
    """The two metrics of omissions in the world of the hand-made run, and its rows."""
    world = Made().world()
    scenario = world.scenario.model_copy(update={
        "silence": silent, "upkeep": world.scenario.upkeep.model_copy(update={"reconciliation": compared})})
    world = replace(world, scenario=scenario)
    desks = Desks(world, None, np.zeros(0, bool))
    rows = omissions(world.seed, world.places[:world.jurisdictions], silent, compared, END)
    return {name: METRICS[name].function.function(desks) for name in ("omissions_noticed", "omission_age")}, rows


def test_how_many_omissions_were_noticed_and_how_long_they_lasted():
    """Five states, all of whose exports are wrong for two years; each comparison, one a year, notices one in two."""
    found, rows = told(silence("100 %", since="2 y"), reconciliation("50 %", every="1 y"))
    seen = rows["noticed"] < END
    assert 0 < seen.sum() < 5
    share, = found["omissions_noticed"]
    assert (share.value, share.n) == (20 * seen.sum(), 5)
    age, = found["omission_age"]
    years = [(tick if tick < END else END) / YEAR + 2 for tick in rows["noticed"].tolist()]
    assert age.value == pytest.approx(sum(years) / 5)


def test_where_nobody_compares_nobody_notices_and_where_nothing_is_left_out_nothing_is_measured():
    found, _ = told(silence("100 %"), None)
    assert found["omissions_noticed"][0].value == 0
    assert found["omission_age"][0].value == pytest.approx(5 + END / YEAR)
    assert told(None, reconciliation())[0] == {"omissions_noticed": [], "omission_age": []}
    assert told(silence("0 %"), reconciliation())[0] == {"omissions_noticed": [], "omission_age": []}
