"""Copies that stay elsewhere once their owner has deleted a record, counted on paper: window to hour 48, end 100."""

from pathlib import Path

import pytest
from hand_made import HUB, PLACES, STATES, Made, protocol, values

from sim.content.records import CHANGED, CREATED, DELETED
from sim.ledger import RECORD
from sim.metrics import measure
from sim.metrics.residual import AFTER
from sim.metrics.withdrawals import IN_LEGS, ITSELF, planned, stores
from sim.run import prepare, run
from sim.scenario import load
from sim.script import PSEUDONYM, Content, Withdraw
from sim.units import HOUR

FIELDS = ("family_name", "file")
CONTENTS = {"query": Content(FIELDS[:1], "subject", "identity"), "record": Content(FIELDS, "record", "police_file"),
            "short": Content(FIELDS, "record", "police_file", keep="2 d"), "receipt": Content((), "matter", "signal")}
PROTOCOLS = tuple(map(protocol, ("made_protocol", "made_store", "made_told", "made_both")))
ASKED, STORED, TOLD, BOTH = range(4)


@pytest.fixture
def made():
    return Made(None, CONTENTS, PROTOCOLS)


def curve(made, of=""):
    """By AFTER; None where nothing is said."""
    return [value and value.value for value in (values(made, "residual_copies", f"{of}, {after}" if of else after)
                                                for after in AFTER)]


def given(made, content="record", by=ASKED, sender=1, arrives=20, alert=True, case=None, **columns):
    """A need, and a record of place 1 that its asker was given."""
    case = made.case(made.need(), protocol=by) if case is None else case
    version = made.record(7, 1, alert=alert, superseded=columns.pop("superseded", 10**6) * HOUR)
    made.message(case, sender, 0, content, arrives=arrives, version=version, step=len(made.messages), **columns)
    return case


def deletions(made, *hours, by=STORED):
    """Record events, or legs of one, in each of which a copy is taken away after so many hours (None: never begun; -1:
    never done)."""
    case = None
    for number, after in enumerate(hours):
        if case is None or by == STORED:
            case = made.case(-1, "done", 60, opened=10, kind=RECORD, version=made.record(8, 2, alert=True),
                             protocol=by, event=DELETED, opener=2)
        if by == TOLD:
            made.leg(case, number + 1, number, "done", 10, 60)
        if after is not None:
            made.step(case, 0 if by == STORED else number + 1, 0, Withdraw, -1 if after < 0 else 0, 10, 10,
                      -1 if after < 0 else 10 + after)


def test_who_was_told_on_request_keeps_it(made):
    given(made)
    assert curve(made) == curve(made, "made_protocol") == [1] * 7
    assert curve(made, "made_store") == curve(made, "queries") == [None] * 7


@pytest.mark.parametrize(("columns", "expected"), [
    ({}, [1, 0]),                         # from hour 20 for 48 h: 20 h more than the window
    ({"superseded": 30}, [1, 1]),         # its owner deletes it at hour 30: 38 h more
    ({"superseded": 101}, [1, 0]),        # not within the run
    ({"superseded": 10}, [1, 1]),         # before it came
    ({"arrives": 50}, [1, 1]),            # after the window: 48 h
])
def test_a_copy_goes_when_its_retention_ends(made, columns, expected):
    given(made, "short", **columns)
    assert curve(made) == [*expected, 0, 0, 0, 0, 0]


def test_a_copy_is_counted_once_for_each_need_and_place(made):
    first = given(made)
    made.message(first, 1, 0, "short", version=0, step=7)        # the same record: the longer copy counts
    given(made)
    made.message(first, 1, 2, "record", version=0, step=8)
    assert curve(made) == [1.5] * 7
    assert values(made, "residual_copies", "0 d").n == 2


def test_another_owners_record_on_the_person_is_another_record(made):
    first = given(made)
    made.message(first, 2, 0, "record", version=made.record(7, 2), step=7)
    assert (curve(made)[0], values(made, "residual_copies", "0 d").n) == (1, 2)


@pytest.mark.parametrize(("reads", "columns", "copies"), [
    (True, {"via": HUB}, 2), (False, {"via": HUB}, 1), (True, {"via": HUB, "sealed": True}, 1)])
def test_an_intermediary_that_reads_holds_a_copy(made, reads, columns, copies):
    made.reads[HUB] = reads
    given(made, **columns)
    assert curve(made) == [copies] * 7


def test_what_nobody_can_read_is_no_copy(made):
    given(made, form=PSEUDONYM)
    assert curve(made) == [None] * 7


def test_its_owner_holds_no_copy(made):
    version = made.record(7, 1)
    made.message(made.case(made.need()), 0, 1, "record", version=version)
    assert curve(made) == [None] * 7


def test_a_store_that_passes_a_record_on_holds_it_until_it_is_taken_away(made):
    given(made, by=STORED, sender=HUB)
    deletions(made, 5)
    assert curve(made) == curve(made, "made_store") == [2, 1, 1, 1, 1, 1, 1]


def test_who_passes_on_what_is_not_laid_down_with_it_is_no_store(made):
    given(made, sender=HUB)
    given(made, by=STORED, sender=2)
    assert curve(made)[0] == 1


@pytest.mark.parametrize(("hours", "expected"), [
    ((5, 30), [1, 0.5, 0]), ((24, 24), [1, 0, 0]), ((5, -1), [1, 0.5, 0.5]), ((5, None), [1, 0.5, 0.5])])
def test_so_many_copies_stay_as_withdrawals_took_longer(made, hours, expected):
    given(made, by=STORED, sender=HUB)
    deletions(made, *hours)
    case = made.case(-1, "done", 60, opened=10, kind=RECORD, version=0, protocol=STORED, event=CHANGED, opener=2)
    made.step(case, 0, 0, Withdraw, 0, 10, 10, 60)                # what is changed is not deleted
    assert curve(made)[:3] == [1 + share for share in expected]


@pytest.mark.parametrize(("by", "sender", "expected"), [(STORED, HUB, [2, 1, 1]), (TOLD, 1, [1, 1, 0.75])])
def test_without_a_deletion_the_script_says_how_often_and_how_late(made, by, sender, expected):
    """One takes two hours, always; the other 30 h, in a quarter of cases."""
    given(made, by=by, sender=sender)
    deletions(made, 5, by=STORED + TOLD - by)
    assert curve(made)[:3] == expected
    none, both = (0, 0), ((1, 30 * HOUR), (1, 60 * HOUR))      # by the script itself, and in its legs
    assert planned(made.world()) == ((none, none), ((1, 2 * HOUR), none), (none, (0.25, 30 * HOUR)), both)


def test_no_record_script_runs_for_what_is_no_alert(made):
    given(made, by=STORED, sender=HUB, alert=False)
    deletions(made, 1)
    assert curve(made) == [2] * 7


def test_a_channel_that_empties_a_store_and_tells_recipients_does_each_in_its_own_time(made):
    """Both were given a record: of the store's copy half goes in time, of the recipient's copies three in four."""
    given(made, by=BOTH, sender=HUB)
    assert curve(made)[:3] == [2, 2, 0]
    for took in (5, 30):
        case = made.case(-1, "done", 60, opened=10, kind=RECORD, version=made.record(8, 2, alert=True), protocol=BOTH,
                         event=DELETED, opener=2)
        made.step(case, 0, 0, Withdraw, 0, 10, 10, 10 + took)
        for serial in (1, 2):
            made.leg(case, serial, serial, "done", 10, 60)
            made.step(case, serial, 0, Withdraw, 0, 10, 10, 40 if (took, serial) == (30, 2) else 12)
    assert curve(made)[:3] == [2, 0.5 + 0.25, 0]


def test_but_in_a_channel_that_follows_all_records(made):
    given(made, by=TOLD, alert=False)
    assert curve(made)[:3] == [1, 1, 0.75]


def test_a_record_event_of_the_window_lays_copies_down(made):
    for opened in (10, 48):
        version = made.record(8, 2, alert=True)
        case = made.case(-1, opened=opened, kind=RECORD, version=version, protocol=STORED, event=CREATED, opener=2)
        made.message(case, 2, HUB, "record", begun=opened, arrives=opened + 1, version=version)
    deletions(made, 5)
    assert curve(made) == [1, 0, 0, 0, 0, 0, 0]
    assert values(made, "residual_copies", "0 d").n == 1


def test_a_channel_that_tells_everybody_of_the_end_takes_all_copies_away(made):
    for by in (TOLD, ASKED):
        case = given(made, by=by)
        for place in (2, 3):
            made.message(case, 1, place, "record", version=len(made.records) - 1, step=place)
    deletions(made, 1, 2, 30, None, by=TOLD)
    assert curve(made, "made_told")[:3] == [3, 1.5, 0.75]
    assert curve(made, "made_protocol") == [3] * 7
    assert curve(made)[:3] == [3, 2.25, 1.875]


def test_queries_are_counted_apart_and_nobody_takes_them_back(made):
    case = given(made, by=TOLD)
    deletions(made, 1, by=TOLD)
    for place in (1, 2, 3):
        made.message(case, 0, place, "query", step=place, version=0)      # after a hit it speaks of the record found
    assert curve(made) == [1, 0, 0, 0, 0, 0, 0]
    assert curve(made, "queries") == curve(made, "made_told queries") == [3] * 7


def test_where_copies_are_laid_and_taken_away(made):
    laid, way = stores(made.world())
    assert [[PLACES[k] for k in range(len(PLACES)) if row[k]] for row in laid] == [[], ["HUB"], [], ["HUB"]]
    assert [[PLACES[k] for k in range(len(PLACES)) if row[k] == ITSELF] for row in way] == [[], ["HUB"], [], ["HUB"]]
    assert [[PLACES[k] for k in range(len(PLACES)) if row[k] == IN_LEGS] for row in way] == [
        [], [], list(PLACES[:STATES]), list(PLACES[:STATES])]


# Three ways of finding a person sought, on the same records.

BROADCAST = '''"""Tell all members of a person sought; invented for tests."""
from sim.script import *

SERVES = {"locate"}
INSTRUMENT, MEMBERS, NETWORK = "SIS", "SIS", "testa"
TASKS = {"tell_all": Task("sirene", "10 to 20 min", because="made")}
CONTENTS = {"notice": Content(("family_name", "given_name", "birth_date", "measures"), "subject", "alert")}


def case(c):
    yield Work("requester", "tell_all")
    found = yield ForEach("responder", tell, best=(NOTHING_HELD, LOST), among="members")
    yield Close(found)


def tell(leg):
    yield Send("requester", "responder", "notice")
    return NOTHING_HELD
'''
SCENARIO = """extends = "baseline"
[[option]]
name = "store"
channel = [{ need = "locate", with = "SIS", use = "shared_database" }]
[[option]]
name = "ask"
channel = [{ need = "content", with = "SIS", use = "siena" }]
[[option]]
name = "broadcast"
channel = [{ need = "locate", with = "SIS", use = "broadcast" }]
[demand]
from = "own: invented for this test"
asked_by_us = "20 per day"
[demand.kinds]
from = "own: invented for this test"
share = { locate = "50 %", content = "50 %", known_to_you = "0 %", identify = "0 %", evidence = "0 %" }
[chance.correction_travels]
from = "own: invented for this test"
share = "0 %"
[people]
from = "own: invented for this test"
records = 200
deleted = "60 %"
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    (folder / "broadcast.py").write_text(BROADCAST)
    (folder / "three.toml").write_text(SCENARIO)
    scenario = load(Path(folder / "three.toml"))
    setting = prepare(scenario)
    found = {}
    for option in scenario.option:
        of = {value.slice: value.value for value in measure(run(setting, option.name, 0, 0))
              if value.metric == "residual_copies"}
        found[option.name] = {what: [of.get(f"{what}{after}") for after in AFTER] for what in ("", "queries, ")}
    return found


def test_a_store_forgets_an_asker_does_not_and_a_broadcast_is_everywhere(three):
    """A deletion empties the store within a day: what is left of it is what officers read at a check. The asker's copy
    stays, for nobody tells it. A broadcast leaves as many copies as there are members who got it."""
    store, asked, told = three["store"][""], three["ask"][""], three["broadcast"]["queries, "]
    assert store[0] > 1 > store[1] == store[-1] > 0
    assert asked == [1] * len(AFTER)
    assert told[0] > 25
    assert told == [told[0]] * len(AFTER)
