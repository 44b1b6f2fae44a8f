"""Clerk time of upkeep: tables in a file, faults and words at the border, jobs, hours, busier desks."""

import tomllib

import numpy as np
import pytest
import test_broken_scenarios as broken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import run
from sim.cases import upkeep_book
from sim.errors import ScenarioError
from sim.inert import inert
from sim.ledger import DOMESTIC
from sim.metrics import measure
from sim.scenario import load, prose
from sim.scenario.holdings import Audits
from sim.scenario.upkeep import loads
from sim.units import HOUR

KEPT = """
extends = "minimal"
[[option]]
name = "as today"
channel = [{ use = "siena" }]
[[option]]
name = "audits"
like = "as today"
levers = ["audits"]
[lever.audits]
from = "own: a test"
change = { "upkeep.audits.share" = "100 %" }
cost = "some hours a day"
[people]
from = "own: a test"
records = 2000
changed = "10 %"
deleted = "5 %"
[desk.owner]
from = "own: a test: enough of them to serve all that comes"
clerks = { small = 6 }
[upkeep.validation]
from = "own: a test"
caught = "60 %"
time = "40 min"
[upkeep.audits]
from = "own: a test"
every = "1 y"
found = "50 %"
time = "20 min"
share = "0 %"
[upkeep.reconciliation]
from = "own: a test"
every = "2 d"
noticed = "30 %"
time = "90 min"
[silence]
from = "own: a test"
places = "50 %"
records = "33 %"
since = "5 y"
[run]
warm_up = "0 d"
observe = "100 d"
drain = "5 d"
"""




@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory):
    file = tmp_path_factory.mktemp("upkeep") / "kept.toml"

    def of(text: str = KEPT):
        file.write_text(text)
        return load(file)
    return of


@pytest.fixture(scope="module")
def done(read):
    """Runs by name of the option."""
    setting = run.prepare(read())
    return {name: run.run(setting, name, 0, 0) for name in ("as today", "audits")}


def upkeep_hours(replication):
    return {(value.slice, value.group): value.value for value in measure(replication) if value.metric == "upkeep_hours"}


def rows(replication, upkeep: bool):
    """Other work of the desks that is upkeep, or that is not."""
    stream = replication.cases.rows
    return stream[(stream["kind"] == DOMESTIC) & ((stream["law"] > 0) == upkeep)]


def test_declared_loads_are_records_times_their_time(read):
    scenario = read()
    entries = 2000 * (-np.log1p(-0.10) - np.log1p(-0.05)) / 365
    found = {load.process: (load.desk, load.per_day, load.time) for load in loads(scenario)}
    assert found == {"validation": ("owner", pytest.approx(entries), 40 * HOUR / 60),
                     "reconciliation": ("contact_point", 0.5, 1.5 * HOUR)}
    with_audits = scenario.model_copy(update={"upkeep": scenario.upkeep.model_copy(update={"audits": Audits(
        from_="own: a test", every="1 to 2 y", found="50 %", time="20 to 40 min")})})
    low, high = (next(load for load in loads(with_audits, end) if load.process == "audits") for end in (False, True))
    assert (low.per_day, low.time) == (1000 / 365, HOUR / 3)
    assert (high.per_day, high.time) == (2000 / 365, HOUR / 1.5)


def test_upkeep_takes_its_declared_clerk_time(done):
    """Hours a day at the focus, each process: a compound Poisson sum, within five standard deviations of its own."""
    ran = done["audits"]
    declared = loads(ran.world.scenario)
    assert len(declared) == 3
    for load_ in declared:
        found, expected = upkeep_hours(ran)["ours", load_.process], load_.clerk_time / HOUR
        pile = max(HOUR // load_.time, 1) * load_.time / HOUR
        deviation = pile * (expected / pile * 100 * (1 + 0.8**2))**0.5 / 100
        assert found == pytest.approx(expected, abs=5 * deviation)
        assert deviation < expected / 5, "five deviations would not be told from nothing"
    assert "partners" not in {side for side, _ in upkeep_hours(ran)}, "one partner alone is never shown"


def test_the_book_of_upkeep_is_the_work_that_the_engine_serves(done):
    """By place, of piles that came in the observed window: all are served by the end of so light a run."""
    ran = done["audits"]
    book = upkeep_book(ran.world, ran.cases.rows)
    steps = ran.ledger.steps
    of_upkeep = ran.cases.rows["law"][steps["case"]] > 0
    opened = ran.cases.rows["opened"][steps["case"]]
    served = steps[of_upkeep & (opened < ran.world.observe_until)]
    assert (served["ended"] >= 0).all()
    assert book["work"].sum() == served["work"].sum() > 0
    assert book["piles"].sum() == len(served)
    assert set(book["place"].tolist()) == {0, 1}


def test_a_lever_that_brings_audits_in_moves_no_other_work(done):
    before, after = done["as today"], done["audits"]
    assert len(rows(before, upkeep=False)) > 100
    assert (rows(before, upkeep=False) == rows(after, upkeep=False)).all()
    assert "audits" not in {process for _, process in upkeep_hours(before)}
    others = [rows(ran, upkeep=True) for ran in (before, after)]
    kept = np.isin(others[1]["id"], others[0]["id"])
    assert (others[1][kept]["opened"] == others[0]["opened"]).all()
    assert (~kept).sum() > 0, "the audits"
    waited = [ran.ledger.stations.waited.sum() for ran in (before, after)]
    assert waited[1] > waited[0]


def test_audits_make_owners_busier(done):
    busy = [{(value.slice, value.group): value.value for value in measure(ran) if value.metric == "utilisation"}
            for ran in done.values()]
    assert busy[1]["ours", "owner"] > busy[0]["ours", "owner"] + 3
    assert busy[1]["ours", "judge"] == busy[0]["ours", "judge"]


def test_both_engines_and_both_ways_to_measure_agree(read):
    text = KEPT.replace('observe = "100 d"', 'observe = "10 d"')
    setting = run.prepare(read(text))
    whole = measure(run.run(setting, "audits", 0, 0))
    assert any(value.metric == "upkeep_hours" for value in whole)
    assert measure(run.run(setting, "audits", 0, 0, engine="reference")) == whole
    assert run.run_measured(setting, "audits", 0, 0)[1].values == whole


def test_more_records_than_clerks_have_hours_for_are_refused(read):
    full = KEPT.replace("records = 2000", "records = 20000")
    with pytest.raises(ScenarioError) as caught:
        read(full.replace('share = "0 %"', 'share = "100 %"'))
    assert [fault.key for fault in caught.value.faults] == ["upkeep.audits.time"]
    with pytest.raises(ScenarioError) as caught:
        read(full)
    fault, = caught.value.faults
    assert fault.key == "option.1.levers"
    assert "levers that leave upkeep.audits.time possible: 24 h a day at owner" in fault.expected
    assert read(full.replace('time = "20 min"', 'time = "1 to 20 min"')).option[1].levers == ("audits",)


TABLES = tomllib.loads(KEPT)
PLACES = [place for place in broken.places(TABLES) if place[0] in ("upkeep", "silence")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(broken.JUNK))
def test_whatever_stands_in_the_tables_is_read_or_refused(read, place, junk):
    lines = (f'"{key}" = {broken.toml(value, junk, *broken.below(place, key))}' for key, value in TABLES.items())
    assert "valid TOML" not in refusal(read, "\n".join(lines))


def refusal(read, text: str) -> str:
    """What is said against a scenario; empty where it can be read. Any other error passes through."""
    try:
        read(text)
    except ScenarioError as error:
        return str(error)
    return ""


def test_the_words_say_what_is_done_and_what_it_takes(read):
    said = " ".join(prose(read()).split())
    assert ("validation: 100 % of entries are checked; of the errors that a form can notice 60 % are caught. That "
            "takes the desk owner of each state 0.572 h of clerk time a day.") in said
    assert "audits: 0 % of all records are looked at once in 1 y" in said
    assert ("reconciliation: 100 % of states compare with each other, once in 2 d, counts of what was sent and got; "
            "one comparison in which records are missing notices it in 30 %.") in said
    assert "silence: in 50 % of states, since 5 y before the start, the export leaves out 33 %" in said
    assert "Upkeep of records" not in prose(load("minimal"))


def test_what_is_done_nowhere_is_felt_by_nothing(read):
    ranges = KEPT.replace('found = "50 %"', 'found = "50 to 60 %"').replace('noticed = "30 %"', 'noticed = "3 to 9 %"')
    ranges = ranges.replace('records = "33 %"', 'records = "30 to 40 %"')
    assert inert(read(ranges)).keys().isdisjoint({"upkeep.audits.found", "upkeep.reconciliation.noticed"})
    without = inert(read(ranges.replace('levers = ["audits"]', "").replace('places = "50 %"', 'places = "0 %"')))
    assert without["upkeep.audits.found"] == "it is done nowhere"
    assert without["upkeep.reconciliation.noticed"] == without["silence.records"] == "no state leaves records out"
