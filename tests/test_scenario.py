"""A scenario file means what its writer was told it means: layers, sources, members, levers."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import (
    Scenario,
    apply_levers,
    group,
    line_for,
    load,
    members,
    option,
    protocols_of,
    with_options,
    write,
)
from sim.scenario.explained import explained
from sim.scenario.facts import facts
from sim.scenario.lines import lines
from sim.scenario.options import change
from sim.units import HOUR, Range

OPTION = '[[option]]\nname = "as today"\nchannel = [{ use = "siena" }]\n'


@pytest.fixture
def minimal() -> Scenario:
    return load("minimal")


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load("baseline")


def extending(folder: Path, text: str, name: str = "mine.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def source_of(scenario: Scenario, path: str) -> str:
    return next(each.source for each in explained(scenario) if each.path == path)


def clerks(scenario: Scenario, desk: str = "contact_point") -> tuple[float, float]:
    found = scenario.desk[desk].clerks["small"]
    return found.low, found.high


# Layers

def test_keys_of_a_file_win_over_what_it_extends(tmp_path: Path, minimal: Scenario):
    mine = load(extending(tmp_path, 'extends = "minimal"\nquestion = "Other?"\n[run]\nfutures = 7\n'))
    assert (mine.question, mine.run.futures, mine.run.seed) == ("Other?", 7, minimal.run.seed)
    assert (mine.name, mine.folder) == ("mine", str(tmp_path))


def test_extends_goes_through_several_files(tmp_path: Path):
    extending(tmp_path, 'extends = "minimal"\n[run]\nfutures = 7\nseed = 8\n', "middle.toml")
    mine = load(extending(tmp_path, 'extends = "middle"\n[run]\nseed = 9\n'))
    assert (mine.run.futures, mine.run.seed) == (7, 9)


def test_arrays_of_options_are_replaced_as_a_whole(tmp_path: Path):
    mine = load(extending(tmp_path, 'extends = "minimal"\n' + OPTION.replace("as today", "only one")))
    assert [each.name for each in mine.option] == ["only one"]


def test_a_pack_stands_below_the_scenario_and_above_what_it_extends(tmp_path: Path):
    (tmp_path / "packs").mkdir()
    extending(tmp_path / "packs", "[run]\nfutures = 5\nseed = 5\n", "quick.toml")
    mine = load(extending(tmp_path, 'extends = "minimal"\npacks = ["quick"]\n[run]\nseed = 6\n'))
    assert (mine.run.futures, mine.run.seed) == (5, 6)


def test_a_value_keeps_the_source_of_the_file_that_set_it(tmp_path: Path, minimal: Scenario):
    mine = load(extending(tmp_path, 'extends = "minimal"\n[desk.owner]\nfrom = "own: timed"\ndomestic_job = "2 h"\n'))
    assert source_of(mine, "desk.owner.domestic_job") == "from: own: timed"
    assert source_of(mine, "desk.owner.domestic") == f"because: {minimal.desk['owner'].because}"


def test_a_value_without_a_source_takes_that_of_the_table_it_lands_in(tmp_path: Path, minimal: Scenario):
    mine = load(extending(tmp_path, 'extends = "minimal"\n[desk.owner]\ndomestic_job = "1 to 2 h"\n'))
    assert source_of(mine, "desk.owner.domestic_job") == f"because: {minimal.desk['owner'].because}"


def test_nothing_at_all_is_no_claim_to_knowledge(tmp_path: Path):
    mine = load(extending(tmp_path, 'extends = "minimal"\n[desk.owner]\nother_foreign = "0 %"\n'))
    assert mine.desk["owner"].other_foreign.value == 0


# Writing

@pytest.mark.parametrize("name", ["minimal", "baseline"])
def test_a_written_scenario_loads_again_to_the_same(tmp_path: Path, name: str):
    scenario = load(name)
    again = load(extending(tmp_path, write(scenario), f"{name}.toml"))
    assert again == scenario
    assert write(again) == write(scenario)


def test_a_written_scenario_needs_no_other_scenario_file(baseline: Scenario):
    written = tomllib.loads(write(baseline))
    assert not {"extends", "packs", "memberships"} & written.keys()
    assert len(written["membership"]) == len(baseline.membership) > 400


@given(st.text(max_size=30))
def test_any_text_survives_writing(text: str):
    minimal = load("minimal").model_copy(update={"question": text})
    assert tomllib.loads(write(minimal))["question"] == text


# Lines

def test_lines_of_keys_tables_and_elements():
    text = '''# a comment = "[x]"
a = """
b = 1
"""
[t.u]
"k.l" = [
  1,
  { m = "]", n = 2 },
]
[[o]]
x = 1
[[o]]
x = { y = "# no comment", z = \'\'\'
q\'\'\' }
c.d = 1979-05-27
'''
    found = lines(text)
    assert found[("a",)] == 2
    assert ("b",) not in found
    assert (found[("t", "u")], found[("t", "u", "k.l")], found[("t", "u", "k.l", 1, "n")]) == (5, 6, 8)
    assert (found[("o", 0, "x")], found[("o", 1, "x")], found[("o", 1, "x", "z")]) == (11, 13, 13)
    assert found[("o", 1, "c", "d")] == 15


# Members

def test_a_row_holds_between_its_days_both_included(tmp_path: Path):
    row = ('[[membership]]\njurisdiction = "AA"\ninstrument = "CLUB"\nstatus = "{0}"\nvalid_from = 2020-01-02\n'
           'valid_to = 2021-01-02\nsource = "test"\nconfidence = "own"\n')
    bound = load(extending(tmp_path, 'extends = "minimal"\n' + row.format("bound")))
    for day, expected in ((date(2020, 1, 1), set()), (date(2020, 1, 2), {"AA"}), (date(2021, 1, 2), {"AA"}),
                          (date(2021, 1, 3), set())):
        assert members(bound, "CLUB", day) == expected
    for status, binds in (("opted_in", True), ("associated", True), ("agreement", False), ("opted_out", False),
                          ("suspended", False), ("not_party", False)):
        other = load(extending(tmp_path, 'extends = "minimal"\n' + row.format(status)))
        assert bool(members(other, "CLUB", date(2020, 6, 1))) is binds, status
        assert members(other, "CLUB", date(2020, 6, 1), statuses=(status,)) == {"AA"}


def test_a_row_without_a_day_holds_from_the_first_day_of_its_instrument(baseline: Scenario):
    undated = {row.jurisdiction for row in baseline.membership
               if row.instrument == "SIS" and row.valid_from is None and row.status == "bound"}
    assert undated
    assert undated <= members(baseline, "SIS", date(1995, 3, 26))
    assert not undated & members(baseline, "SIS", date(1995, 3, 25))


def test_rows_of_a_file_stand_for_all_rows_below_on_that_state_and_instrument(tmp_path: Path):
    leaving = ('extends = "baseline"\n[[membership]]\njurisdiction = "DE"\ninstrument = "PRUEM_II"\n'
               'status = "bound"\nvalid_from = 2024-04-25\nvalid_to = 2027-02-28\nsource = "own: a question"\n'
               'confidence = "own"\n')
    mine = load(extending(tmp_path, leaving))
    assert "DE" in members(mine, "PRUEM_II", date(2027, 2, 28))
    assert "DE" not in members(mine, "PRUEM_II", date(2027, 3, 1))
    assert "FR" in members(mine, "PRUEM_II", date(2027, 3, 1))


def test_a_group_is_declared_or_an_instrument_or_one_state(baseline: Scenario):
    assert group(baseline, "neighbours", baseline.as_of) == tuple(sorted(baseline.groups["neighbours"]))
    assert group(baseline, "EU", baseline.as_of) == tuple(sorted(members(baseline, "EU", baseline.as_of)))
    assert len(group(baseline, "EU", baseline.as_of)) == 27
    assert group(baseline, "AT", baseline.as_of) == ("AT",)
    with pytest.raises(ScenarioError, match="did you mean 'neighbours'"):
        group(baseline, "neighbors", baseline.as_of)


# Options

def test_change_replaces_the_line_of_the_same_fit_and_a_new_line_goes_first(tmp_path: Path):
    text = """
extends = "baseline"
[[option]]
name    = "a"
channel = [{ need = "content", with = "EU", use = "siena" }, { use = "interpol_i247" }]
[[option]]
name    = "b"
like    = "a"
change  = [{ need = "identify", use = "pruem_router" }, { use = "siena" }]
levers  = ["two more experts"]
[[option]]
name    = "c"
like    = "b"
levers  = ["two more clerks at the contact point", "two more experts"]
"""
    mine = load(extending(tmp_path, text))
    assert [(line.need, line.with_, line.use) for line in option(mine, "b").channel] == [
        ("identify", "", "pruem_router"), ("content", "EU", "siena"), ("", "", "siena")]
    assert option(mine, "c").channel == option(mine, "b").channel
    assert option(mine, "c").levers == ("two more experts", "two more clerks at the contact point")
    assert protocols_of(mine, option(mine, "a")) == ("siena", "interpol_i247")


def test_the_first_line_that_fits_decides_per_partner(baseline: Scenario):
    today = baseline.option[0]
    line = line_for(baseline, today, "identify", "DE", "urgent")
    assert line is not None
    assert line.use == "siena"
    outside = next(code for code, state in sorted(baseline.jurisdiction.items()) if state.synthetic)
    line = line_for(baseline, today, "identify", outside, "urgent")
    assert line is not None
    assert line.use == "interpol_i247"


@pytest.mark.parametrize(("text", "expected"), [("+2", (3, 4)), ("-1", (0, 1)), ("x 3", (3, 6)), ("5", (5, 5)),
                                                ("5 to 6", (5, 6)), (4, (4, 4))])
def test_a_lever_acts_on_both_ends(minimal: Scenario, text: str | int, expected: tuple[int, int]):
    assert clerks(minimal) == (1, 2)
    assert clerks(change(minimal, "desk.contact_point.clerks.small", text)) == expected
    assert clerks(change(minimal, "desk.contact_point.clerks", text)) == expected


def test_a_lever_reads_the_unit_of_its_target(minimal: Scenario):
    slower = change(minimal, "demand.needed.urgent", "+1 h").demand.needed.urgent
    assert slower == Range(13 * HOUR, 25 * HOUR, "duration")
    assert change(minimal, "as_of", "2030-01-01").as_of == date(2030, 1, 1)
    assert change(minimal, "links.siena.retries", "+2").links["siena"].retries == 5
    for path, text in (("demand.urgent", "x 9"), ("demand.urgent", "3 h"), ("demand.urgency", "3 %"), ("demand", "3")):
        with pytest.raises(ScenarioError, match=path):
            change(minimal, path, text)


def test_levers_of_an_option_change_what_they_name_and_nothing_else(minimal: Scenario):
    changed = apply_levers(minimal, option(minimal, "more clerks"))
    assert clerks(changed) == (3, 4)
    assert changed.model_copy(update={"desk": minimal.desk}) == minimal


def test_the_focus_has_a_roster_of_its_own_as_soon_as_a_lever_names_it(minimal: Scenario):
    desk = change(minimal, "desk.owner.focus.clerks", "+2").desk["owner"]
    assert desk.focus is not None
    assert (desk.focus.clerks, desk.clerks["small"]) == (Range(4, 5, "count"), Range(2, 3, "count"))


def test_protocols_alone_bring_their_own_declarations(baseline: Scenario):
    alone = with_options(baseline, ["siena", "interpol_i247"])
    assert [each.name for each in alone.option] == ["siena", "interpol_i247"]
    assert alone.task
    assert set(alone.task) < set(baseline.task)
    assert all(alone.task[name] == baseline.task[name] for name in alone.task)


# Declarations

def test_what_protocols_declare_can_be_overridden_in_part(tmp_path: Path, minimal: Scenario):
    name, task = next((name, task) for name, task in sorted(minimal.task.items()) if task.desk != "machine")
    mine = load(extending(tmp_path, f'extends = "minimal"\n[task.{name}]\nfrom = "own: timed"\ntime = "77 min"\n'))
    assert mine.task[name].time == Range(77 * HOUR / 60, 77 * HOUR / 60, "duration")
    assert mine.task[name].model_copy(update={"time": task.time}).desk == task.desk
    assert source_of(mine, f"task.{name}.time") == "from: own: timed"


def test_a_period_is_counted_in_its_calendar_and_plain_time_is_a_range(baseline: Scenario):
    for name, clock in baseline.clock.items():
        for limit in clock.limits:
            by_calendar = limit.period is not None and limit.time is None
            assert by_calendar == (clock.calendar != "elapsed"), name


def test_two_protocols_may_not_mean_two_things_by_one_name(tmp_path: Path):
    stub = '''"""A stub."""
from sim.script import *
SERVES = {{"content"}}
NETWORK = "siena"
TASKS = {{"ask": Task("agency", "{0}", source="own: a test")}}

def case(c):
    yield Work("investigator", "ask")
    yield Close(NOT_SEARCHED)
'''
    for name, time in (("one", "5 min"), ("other", "6 min")):
        (tmp_path / f"{name}.py").write_text(stub.format(time))
    lines = '[[option]]\nname = "as today"\nchannel = [{ need = "content", use = "one" }, { use = "other" }]\n'
    with pytest.raises(ScenarioError, match=r"protocols/one\.py") as caught:
        load(extending(tmp_path, f'extends = "minimal"\n{lines}'))
    assert [(fault.file, fault.key) for fault in caught.value.faults] == [("protocols/other.py", "task.ask")]


# Facts

def test_every_fact_has_its_sentence_and_its_address():
    for name, fact in facts().items():
        assert fact.id == name
        assert fact.says.endswith("."), name
        assert fact.confidence in ("read", "read 2nd", "read derived", "weak", "memory")


@pytest.mark.parametrize("name", ["baseline", "minimal"])
def test_the_overlap_of_populations_is_the_first_assumption_that_is_listed(name):
    """It decides every hit rate, is set and not found, and so must not hide among the others."""
    listed = [each.path for each in explained(load(name)) if each.is_assumed and each.is_open]
    assert listed[0].startswith("people.known.")
    assert len(set(listed)) == len(listed)


ALONE = 'extends = "baseline"\n[[option]]\nname = "alone"\nchannel = [{ use = "unstructured" }]\n'
PULLED = 'levers = ["common-format"]\n'
OF_ITS_OWN = '[lever.mine]\nfrom = "own: a test"\nchange = { "fact.structured.share" = "100 %" }\ncost = "none"\n'


@pytest.fixture
def beside_a_protocol(tmp_path):
    """Two desks that the baseline's upkeep counts on, and no fact at all."""
    (tmp_path / "unstructured.py").write_text('''"""Invented for tests."""
from sim.script import *
SERVES, NETWORK, PARTIES = {"known_to_you"}, "siena", {}
TASKS = {name: Task(name, "1 to 2 h", because="made") for name in ("contact_point", "owner")}
CONTENTS = {}
def case(c):
    yield Work("requester", "contact_point")
    yield Work("requester", "owner")
    return NOTHING_HELD
''')
    return tmp_path / "alone.toml"


def test_a_lever_from_below_on_what_no_protocol_in_use_declares_is_left_out(beside_a_protocol):
    beside_a_protocol.write_text(ALONE)
    assert "common-format" not in load(beside_a_protocol).lever
    assert "training" in load(beside_a_protocol).lever
    assert "common-format" in load("baseline").lever


@pytest.mark.parametrize("more", [PULLED, OF_ITS_OWN])
def test_such_a_lever_is_a_fault_where_it_is_pulled_or_written(beside_a_protocol, more):
    beside_a_protocol.write_text(ALONE + more)
    with pytest.raises(ScenarioError, match="a key path that exists; no 'structured' here"):
        load(beside_a_protocol)
