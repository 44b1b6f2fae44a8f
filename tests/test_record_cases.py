"""Which events of records open a case, whom it may reach, and what a scenario says of quotas and windows, from the file
to the engines."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
import worlds as w
from content_scenarios import made, needs
from content_scenarios import scenario as peopled
from rule_worlds import world

from sim import draws
from sim.cases import own_work
from sim.cases.opening import open_cases
from sim.content import RECORD_EVENTS
from sim.content.records import CHANGED, COMPLAINED, CREATED, DELETED, record_events
from sim.engines import compiled, reference
from sim.errors import ScenarioError
from sim.inert import inert
from sim.ledger import NEED, RECORD
from sim.needs import NEEDS, Needs
from sim.run import draw, prepare
from sim.scenario import Scenario, load, with_options
from sim.script import DONE, LOST, NOT_PURSUED, YES, Close, ForEach, Is, Send, Work
from sim.units import HOUR

AA, BB, CC, DD = range(4)
CLUB = [{"jurisdiction": code, "instrument": "CLUB", "status": "bound", "valid_from": date(2020, 1, 1),
         "source": "a test", "confidence": "own"} for code in ("AA", "BB", "CC")]


def silent(c):
    yield Close(DONE)
    return DONE


def tell(leg):
    yield Send("owner", "member", "note")
    return DONE


def reaching(r):
    return (yield ForEach("member", tell, best=(DONE, LOST), among="members"))


def quiet(r):
    yield Work("owner", "one")
    return DONE


def events(*rows):
    """(tick in hours, event, place, record, alert)"""
    found = np.zeros(len(rows), RECORD_EVENTS)
    for k, (hours, event, place, record, alert) in enumerate(rows):
        found[k] = int(hours * HOUR), event, place, record, record, -1, alert
    return found


FOUR = events((1, CREATED, BB, 0, True), (2, CHANGED, BB, 1, False), (3, DELETED, DD, 2, True),
              (4, CHANGED, AA, 3, False))


def opened(built, told=FOUR):
    return open_cases(built, built.scenario.option[0], Needs(np.zeros(0, NEEDS), ()), told,
                      own_work(built, frozenset(range(len(built.stations)))))


@pytest.mark.parametrize(("records", "members", "found"), [
    ("alerts", "", [0, 2]), ("all", "", [0, 1, 2, 3]), ("alerts", "CLUB", [0]), ("all", "CLUB", [0, 1, 3])])
def test_a_record_script_runs_for_alerts_or_for_all_records_of_its_members(records, members, found):
    rows = opened(world(silent, record=reaching, records=records, members=members, membership=CLUB)).rows
    told = rows[rows["kind"] == RECORD]
    assert told["record"].tolist() == found
    assert told["event"].tolist() == FOUR["event"][found].tolist()
    assert told["opener"].tolist() == FOUR["place"][found].tolist()


def test_a_complaint_opens_a_case_where_the_script_asks_for_one():
    def hearing(r):
        return DONE if (yield Is("complained")) == YES else NOT_PURSUED

    complaint = events((1, COMPLAINED, BB, 0, True))
    for script, many in ((hearing, 1), (quiet, 0)):
        rows = opened(world(silent, record=script), complaint).rows
        assert int((rows["kind"] == RECORD).sum()) == many


def test_its_members_are_all_of_the_channel_but_the_holder_in_keyed_order():
    built = world(silent, record=reaching, records="all", members="CLUB", membership=CLUB)
    cases, stream = opened(built), draws.stream("audience")
    for row in np.flatnonzero(cases.rows["kind"] == RECORD).tolist():
        key = {place: draws.bits(built.seed, built.replication, int(cases.rows["id"][row]), built.place_keys[place],
                                 stream, 0) for place in (AA, BB, CC) if place != cases.rows["opener"][row]}
        assert cases.members.get(row) == tuple(sorted(key, key=key.__getitem__))
        assert cases.addressed.get(row) == ()
    assert all(cases.members.get(row) == () for row in np.flatnonzero(cases.rows["kind"] != RECORD).tolist())


def test_members_of_needs_stay_theirs_beside_those_of_records():
    built = world(silent, record=reaching)
    rows = np.zeros(3, NEEDS)
    rows["id"], rows["worth"], rows["arises"] = np.arange(3), 1e15, [HOUR // 2, int(1.5 * HOUR), 5 * HOUR]
    given = Needs(rows, ((BB, CC), (DD,), (CC,)))
    cases = open_cases(built, built.scenario.option[0], given, FOUR, own_work(built, frozenset()))
    asked = {int(row["need"]): (cases.addressed.get(k), set(cases.members.get(k)))
             for k, row in enumerate(cases.rows) if row["kind"] == NEED}
    assert asked == {0: ((BB, CC), {BB, CC}), 1: ((DD,), {DD}), 2: ((CC,), {CC})}
    assert [len(cases.members.get(k)) for k, row in enumerate(cases.rows) if row["kind"] == RECORD] == [3, 3]


def test_a_record_script_that_goes_to_nobody_else_has_no_members():
    cases = opened(world(silent, record=quiet))
    assert len(cases.members.pool) == 0


def test_records_that_are_no_alerts_have_events_too_and_alerts_those_they_had():
    result = made(peopled(changed="60 %", deleted="50 %"), needs(200, 5, 400, kind="locate"))
    alerts, others = (result.events[result.events["alert"] == alert] for alert in (True, False))
    assert len(alerts) > 100
    until = int(result.events["tick"].max()) + 1
    assert alerts.tobytes() == record_events(result.records[result.records["alert"]], until).tobytes()
    assert set(others["record"].tolist()) <= set(result.records["record"][~result.records["alert"]].tolist())
    asked = made(peopled(changed="60 %", deleted="50 %"), needs(200, 5, 400)).events
    assert set(asked["event"][~asked["alert"]].tolist()) == {CREATED, CHANGED, DELETED}


# From a scenario file to both engines.

PROTOCOL = '''"""Ask so many a day, by night.

Made up for a test.
"""
from sim.script import *

SERVES = {"known_to_you"}
NETWORK = "siena"
TASKS = {"look": Task("machine", "1 to 2 s", because="a test", discharges=("judge", "log"))}
CONTENTS = {"asked": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
            "held": Content(("file",), "record", "police_file")}
QUOTAS = {"a_day": Daily("1 to 3", because="a test")}
WINDOWS = {"nightly": Window("02:00-04:00", source="own: a test")}
RECORDS = "all"


def case(c):
    yield Close((yield ForEach("responder", ask, best=(ANSWERED, NOTHING_HELD, REFUSED, LOST))))


def ask(leg):
    if (yield Quota("a_day", "responder", "requester")) == USED_UP:
        return REFUSED
    yield Send("requester", "responder", "asked")
    yield Batch("nightly")
    if (yield Match("responder", "fuzzy", "look")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "held")
    return ANSWERED


def record(r):
    yield ForEach("member", tell, best=(DONE, LOST), among="recipients")
    return DONE


def tell(leg):
    yield Send("owner", "member", "held")
    return DONE
'''
MINE = """extends = "minimal"
{more}
[[option]]
name = "by night"
channel = [{{ use = "by_night" }}]
"""


@pytest.fixture
def written(tmp_path: Path):
    (tmp_path / "by_night.py").write_text(PROTOCOL)

    def load_with(more: str = "") -> Scenario:
        (tmp_path / "mine.toml").write_text(MINE.format(more=more))
        return load(tmp_path / "mine.toml")
    return load_with


def test_quotas_and_windows_are_inputs_like_any_other(written):
    mine = written()
    assert (mine.quota["a_day"].per_day.low, mine.quota["a_day"].per_day.high) == (1, 3)
    assert (mine.window["nightly"].hours, mine.window["nightly"].at) == ("02:00-04:00", "responder")
    assert mine.task["look"].discharges == ("judge", "log")
    assert "quota.a_day.per_day" not in inert(mine)
    drawn = {draw(prepare(mine), (), future, 0).world.scenario.quota["a_day"].per_day.value for future in range(6)}
    assert len(drawn) > 1
    assert drawn <= {1, 2, 3}


def test_a_scenario_overrides_them(written):
    mine = written('[quota.a_day]\nper_day = "7"\nfrom = "own: a test"\n[window.nightly]\nhours = "22:00-01:00"\n'
                   'from = "own: a test"')
    assert mine.quota["a_day"].per_day.value == 7
    assert mine.window["nightly"].hours == "22:00-01:00"
    alone = with_options(mine, ["by_night"])
    assert (alone.quota, alone.window) == (mine.quota, mine.window)


@pytest.mark.parametrize(("more", "told"), [
    ('[quota.a_week]\nper_day = "7"\nfrom = "own: a test"', "a quota that a protocol of some option declares"),
    ('[quota.a_day]\nper_day = "many"\nfrom = "own: a test"', "a whole number"),
    ('[window.nightly]\nhours = "2 to 4"\nfrom = "own: a test"', "02:00-04:00"),
    ('[window.daily]\nhours = "02:00-04:00"\nfrom = "own: a test"', "a window that a protocol of some option declares"),
])
def test_what_no_protocol_declares_or_nobody_can_read_is_refused(written, more, told):
    with pytest.raises(ScenarioError, match=told):
        written(more)


def test_both_engines_run_it_from_the_file(written):
    prepared = prepare(written('[quota.a_day]\nper_day = "1"\nfrom = "own: a test"\n'
                               '[people]\nchanged = "99 %"\nfrom = "own: a test"'))
    found = draw(prepared, (), 1, 0)
    cases = open_cases(found.world, prepared.scenario.option[0], found.needs, found.content.events, found.own_work)
    specified = reference.run(found.world, cases, found.content)
    w.demand_equal(specified, compiled.run(found.world, cases, found.content))
    words = {found.world.words[word] for word in specified.cases["word"][specified.cases["kind"] == NEED] if word >= 0}
    assert {"refused", "nothing_held"} <= words
    assert (specified.cases["kind"] == RECORD).any()
    assert not found.content.events["alert"].all()


# Copies at every member.

FILTER = '''"""Push what is held to every member, who look there first.

Made up for a test.
"""
from sim.script import *

SERVES = {"known_to_you", "identify", "content", "locate"}
NETWORK = "siena"
TASKS = {"look": Task("machine", "1 to 2 s", because="a test")}
CONTENTS = {"pushed": Content(("family_name", "given_name", "birth_date"), "record", "identity")}
RECORDS = "all"


def case(c):
    if (yield Lookup("investigator", "fuzzy", "look")) == HIT:
        return ANSWERED
    return NOTHING_HELD


def record(r):
    yield ForEach("member", push, best=(DONE, LOST), among="members")
    return DONE


def push(leg):
    yield Send("owner", "member", "pushed", form=BLOOM)
    yield Store("member", "pushed", "look")
    return DONE
'''


@pytest.mark.parametrize(("records", "finds"), [("all", True), ("alerts", False)])
def test_what_was_pushed_to_all_members_is_found_in_their_own_copies(tmp_path: Path, records: str, finds: bool):
    """Of known_to_you only few subjects are on alert; their records are copied where all records are followed."""
    (tmp_path / "push.py").write_text(FILTER.replace('RECORDS = "all"', f'RECORDS = "{records}"'))
    (tmp_path / "mine.toml").write_text('extends = "minimal"\n[[option]]\nname = "push"\n'
                                        'channel = [{ need = "known_to_you", use = "push" }]\n')
    prepared = prepare(load(tmp_path / "mine.toml"))
    found = draw(prepared, (), 1, 0)
    cases = open_cases(found.world, prepared.scenario.option[0], found.needs, found.content.events, found.own_work)
    specified = reference.run(found.world, cases, found.content)
    w.demand_equal(specified, compiled.run(found.world, cases, found.content))
    needs_ = specified.cases[specified.cases["kind"] == NEED]
    hits = int((needs_["word"] == found.world.words.index("answered")).sum())
    held = int(found.truth.holder[needs_["need"]].any(axis=1).sum())
    assert held > 10
    assert (hits > held / 2) is finds
