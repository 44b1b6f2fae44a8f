"""From a table [screening.NAME] to figures: faults at the border, words, metrics, levers, and the way that is taken."""

import tomllib
from pathlib import Path

import pytest
import test_broken_scenarios as broken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim import run
from sim.errors import ScenarioError
from sim.metrics import measure
from sim.scenario import load, prose, write

SMALL = """
extends = "minimal"
[[option]]
name = "as today"
channel = [{ use = "siena" }]
[[option]]
name = "one more"
like = "as today"
levers = ["one more"]
[lever."one more"]
from = "own: a test"
change = { "screening.plates.servers" = "+1" }
[run]
warm_up = "1 d"
observe = "2 d"
drain = "2 d"
futures = 1
replications = 1
[screening.plates]
from = "own: a test"
at = "europol"
servers = 1
time = "50 s"
[screening.plates.volume]
lookups = "1500 per day"
[screening.plates.hits]
share = "10 %"
"""
AT_A_DESK = SMALL + """
[screening.names]
from = "own: a test"
at = "AA"
desk = "contact_point"
time = "2 min"
spread = "0"
volume = { lookups = "40 per day" }
hits = { share = "0 %" }
"""
IN_OFFICE_HOURS = SMALL.replace("servers = 1\n", 'servers = 1\nhours = "Mon-Fri 08:00-17:00"\n').replace("1500", "500")


@pytest.fixture
def read(tmp_path: Path):
    def of(text: str):
        (tmp_path / "mine.toml").write_text(text)
        return load(tmp_path / "mine.toml")
    return of


FAULTS = {
    'at = "europol"': {
        'at = "europool"': ("screening.plates.at", "did you mean 'europol'?"),
        'at = "europol"\ndesk = "owner"': ("screening.plates.desk", "has no desks"),
    },
    "servers = 1\n": {
        "": ("screening.plates.servers", "and not both"),
        "servers = 0\n": ("screening.plates.servers", "1 server at least"),
        'servers = 1\nhours = "early"\n': ("screening.plates.hours", "Mon-Fri 08:00-17:00"),
        'servers = 1\nspread = "wide"\n': ("screening.plates.spread", "a coefficient of variation"),
        'servers = 1\nservants = 2\n': ("screening.plates.servants", "did you mean 'servers'?"),
        'servers = "2 to 1"\n': ("screening.plates.servers", "falls"),
    },
    'time = "50 s"': {
        'time = "50 sec"': ("screening.plates.time", "a number with its unit"),
        'time = "58 s"': ("screening.plates.servers", "more servers: the look-ups take 1.007"),
    },
    '"own: a test"\nat': {'"fact: IPOL-SERCH-2018"\nat': ("screening.plates.from", "did you mean 'IPOL-SEARCH-2018'?")},
    'from = "own: a test"\nat': {'because = "a guess"\nat': ("screening.plates", "a range")},
    'share = "10 %"': {'share = "110 %"': ("screening.plates.hits.share", "0 % to 100 %")},
    'lookups = "1500 per day"': {'lookups = "1500"': ("screening.plates.volume.lookups", "a number per")},
}


@pytest.mark.parametrize(("right", "wrong"), [(right, wrong) for right in FAULTS for wrong in FAULTS[right]])
def test_a_fault_names_file_key_and_expectation(read, right: str, wrong: str):
    assert right in SMALL
    with pytest.raises(ScenarioError) as caught:
        read(SMALL.replace(right, wrong))
    key, expected = FAULTS[right][wrong]
    fault = next(fault for fault in caught.value.faults if fault.key.startswith(key))
    assert fault.file.endswith("mine.toml")
    assert expected in fault.expected
    assert fault.line


@pytest.mark.parametrize(("wrong", "expected"), [
    ('desk = "nobody"', "a desk at which a protocol"),
    ('desk = "contact_point"\nhours = "Mon-Fri 08:00-17:00"', "no hours"),
])
def test_a_desk_that_cannot_answer_is_refused(read, wrong: str, expected: str):
    with pytest.raises(ScenarioError, match=expected):
        read(AT_A_DESK.replace('desk = "contact_point"', wrong))


TABLES = tomllib.loads(write(load("screening")))
PLACES = [place for place in broken.places(TABLES) if place[0] == "screening"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(broken.JUNK))
def test_whatever_stands_in_the_table_is_read_or_refused(read, place, junk):
    lines = (f'"{key}" = {broken.toml(value, junk, *broken.below(place, key))}' for key, value in TABLES.items())
    assert "valid TOML" not in refusal(read, "\n".join(lines))


def refusal(read, text: str) -> str:
    """What is said against a scenario; empty where it can be read. Any other error passes through."""
    try:
        read(text)
    except ScenarioError as error:
        return str(error)
    return ""


def test_the_shipped_scenario_survives_writing_and_is_that_of_the_published_volume(read):
    shipped = load("screening")
    assert read(write(shipped)).screening == shipped.screening
    assert shipped.screening["interpol"].volume.lookups.value * 365 == pytest.approx(5.4e9)
    assert "5400000000 per year" in prose(shipped)
    assert "INTERPOL's databases were searched 5.4 billion times in 2018." in " ".join(prose(shipped).split())


def test_the_words_say_which_way_a_stream_goes(read):
    said = " ".join(prose(read(AT_A_DESK)).split())
    assert "plates: look-ups at europol, 1500 per day, answered by 1 server, 24/7" in said
    assert "They are simulated one by one, by an exact recursion instead of events" in said
    assert "names: look-ups at AA, 40 per day, answered by the clerks of contact_point" in said
    assert "They are simulated event by event" in said
    assert "Screening" not in prose(load("minimal"))


def figures(scenario, option: str = "as today"):
    done = run.run(run.prepare(scenario), option, 0, 0)
    found = {(value.metric, value.slice): value.value for value in measure(done)}
    return done, {key: value for key, value in found.items() if key[0].startswith("look_up")}


def test_figures_are_those_of_the_stream(read):
    """1,500 a day of 50 s at one server: load 0.868; a tenth of 3,000 hits. Poisson counts within 5 deviations."""
    done, found = figures(read(SMALL))
    totals, = done.screening
    assert totals.reason == ""
    assert found["look_ups_per_day", "plates"] == totals.seen / 2 == pytest.approx(1500, abs=5 * 3000**0.5 / 2)
    assert found["look_up_hits_per_day", "plates"] == pytest.approx(150, abs=5 * 300**0.5 / 2)
    assert found["look_up_servers_busy", "plates"] == pytest.approx(86.8, abs=8)
    assert 0 < found["look_ups_answered_within", "plates, 30 s"] < found["look_ups_answered_within", "plates, 900 s"]
    half, most, nearly_all = (found[f"look_up_time_p{share}", "plates"] for share in (50, 95, 99))
    assert half < most < nearly_all
    assert max(step for _, step in found if step.endswith(" s")) == "plates, 900 s"


def test_a_lever_meets_the_same_look_ups_with_more_servers(read):
    (before, few), (after, more) = figures(read(SMALL)), figures(read(SMALL), "one more")
    assert before.screening[0].came == after.screening[0].came
    assert before.screening[0].hits == pytest.approx(after.screening[0].hits, abs=3)
    assert more["look_up_time_p95", "plates"] < few["look_up_time_p95", "plates"] / 2


def test_look_ups_at_a_desk_are_cases_of_the_run_and_counted_the_same_way(read):
    done, found = figures(read(AT_A_DESK))
    plates, names = done.screening
    assert (plates.stream, plates.reason) == ("plates", "")
    assert names.stream == "names"
    assert "its clerks also do" in names.reason
    assert found["look_ups_per_day", "names"] == pytest.approx(40, abs=5 * 80**0.5 / 2)
    without, _ = figures(read(SMALL))
    assert len(done.ledger.cases) == len(without.ledger.cases) + names.came
    assert done.ledger.stations.waited.sum() > without.ledger.stations.waited.sum()


def test_servers_in_office_hours_answer_in_office_hours(read):
    done, found = figures(read(IN_OFFICE_HOURS))
    totals, = done.screening
    assert totals.reason == "its servers are not always there, or not always as many"
    assert found["look_up_time_p95", "plates"] > 8 * 3600       # who asks in the evening waits for the morning
    assert done.world.stations[-1].name == "europol plates"
