"""Who complains, which protocols hear it, what becomes of the copies, and the figures about it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import worlds as w
from hand_made import END, Made, value, values

from protocols import _procedure
from sim.cases import open_cases
from sim.content import people as people_of
from sim.content.complaints import complaints
from sim.content.records import CHANGED, COMPLAINED, CREATED, DELETED, NEVER, RECORDS
from sim.ledger import RECORD
from sim.metrics import measure
from sim.needs import NEEDS, Needs, audiences
from sim.run import draw, prepare, run
from sim.scenario import load
from sim.scenario.redress import Redress
from sim.scenario.schema import Option
from sim.script import (
    ANSWERED,
    BY_MACHINE,
    DONE,
    LOST,
    NO_HIT,
    NOTHING_HELD,
    ON_THE_SPOT,
    Close,
    ForEach,
    Match,
    Send,
    Share,
    Work,
)
from sim.units import DAY, HOUR, YEAR, duration, share


def settings(complain="30 %"):
    return Redress.model_validate({"because": "a test", "complain": complain})


@cache
def scenario(complain="30 %", travels="60 %"):
    made = load("minimal")
    chance = {**made.chance, "correction_travels": made.chance["correction_travels"].model_copy(
        update={"share": share(travels)})}
    length = {"warm_up": duration("2 d"), "observe": duration("200 d"), "drain": duration("200 d")}
    people = made.people.model_copy(update={"persons": 60, "records": 50})
    return made.model_copy(update={
        "redress": settings(complain) if complain else None, "chance": chance, "people": people,
        "run": made.run.model_copy(update=length)})


@cache
def setting(complain="30 %", travels="60 %"):
    return prepare(scenario(complain, travels))


@cache
def drawn(complain="30 %"):
    return draw(setting(complain), (), 0, 0)


@cache
def replication(complain="30 %", travels="60 %", engine="compiled"):
    return run(setting(complain, travels), "as today", 0, 0, engine)


# Who complains.

def rows(many, errors=1, superseded=NEVER):
    found = np.zeros(many, RECORDS)
    found["version"] = found["record"] = np.arange(many)
    found["person"] = np.arange(many) % 60
    found["created"], found["superseded"], found["errors"] = -1, superseded, errors
    return found


def test_only_the_wrongly_recorded_complain_while_the_version_stands_and_once():
    records, events = drawn().content.records, drawn().content.events
    mine = events[events["event"] == COMPLAINED]
    of = records[mine["version"]]
    assert len(mine) > 10
    assert (of["errors"] != 0).all()
    assert (of["created"] <= mine["tick"]).all()
    assert (mine["tick"] < of["superseded"]).all()
    assert len(set(mine["record"].tolist())) == len(mine)
    assert (of["place"] == mine["place"]).all()
    key = [tuple(row) for row in events[["tick", "record", "event"]].tolist()]
    assert key == sorted(key)


def test_without_redress_there_are_the_other_events_bit_for_bit():
    events = drawn().content.events
    for other in (drawn(""), drawn("0 %")):
        assert other.content.events.tobytes() == events[events["event"] != COMPLAINED].tobytes()
        assert other.content.records.tobytes() == drawn().content.records.tobytes()


def test_as_many_complain_within_a_year_as_declared():
    """4,000 records: a count beyond five deviations once in two million; half the share does not pass."""
    made = load("minimal")
    people = people_of(made.model_copy(update={"people": made.people.model_copy(update={"persons": 4000})}), 1)
    found = complaints(people, settings("10 %"), many_records(people), int(YEAR))
    expected = len(many_records(people)) * 0.1
    assert abs(len(found) - expected) < 5 * (expected * 0.9) ** 0.5
    assert abs(len(found) - expected / 2) > 5 * (expected / 2) ** 0.5
    more = complaints(people, settings("20 %"), many_records(people), int(YEAR))
    assert set(found["record"].tolist()) < set(more["record"].tolist())


def test_of_two_wrong_versions_one_is_complained_of():
    both = rows(40)
    both["record"], both["person"] = np.arange(40) // 2, np.arange(40) // 2
    both["superseded"][::2] = both["created"][1::2] = 20 * int(DAY)
    found = complaints(setting().people, settings("99.9 %"), both, int(YEAR))
    assert found["record"].tolist() == list(range(20))
    assert 0 < (found["version"] % 2).sum() < 20


def many_records(people):
    """One on each of the people at one place."""
    found = rows(people.persons)
    found["person"] = np.arange(len(found))
    return found


def test_no_other_record_moves_a_complaint():
    people = setting().people
    few, many = rows(20), rows(40)
    one, other = (complaints(people, settings("90 %"), some, int(YEAR)) for some in (few, many))
    assert one.tobytes() == other[:len(one)].tobytes()
    assert not len(complaints(people, settings("90 %"), rows(20, errors=0), int(YEAR)))
    assert not len(complaints(people, None, few, int(YEAR)))
    assert len(complaints(people, settings("90 %"), rows(20, superseded=int(DAY)), int(YEAR))) < len(one) / 2


def test_only_protocols_that_ask_hear_complaints():
    """To a script that knows changes only, a complaint would be one."""
    events = drawn().content.events
    for name, record in (("asks", _procedure.record), ("deaf", deaf)):
        option = Option.model_validate({"name": "only", "channel": [{"use": name}]})
        cases = open_cases(told_world(record, name=name), option, no_needs(), events, drawn().own_work[:0])
        heard = cases.rows["event"] == COMPLAINED
        assert heard.any() == (name == "asks")
        assert not heard.all()


def no_needs():
    return Needs(np.zeros(0, NEEDS), audiences(0, {}))


# What becomes of the copies.

DECLARED = {
    "tasks": {name: w.task("1 h", BY_MACHINE if name != "decide_complaint" else ON_THE_SPOT)
              for name in (*_procedure.CORRECTING, "search")},
    "contents": {"query": w.told("subject"), "file": w.told("record"), **_procedure.CORRECTION},
    "chances": {"correction_travels": Share("100 %", source="a test")},
    "clocks": {"complaint_period": w.clock("50 h")},
    "parties": {"hub": "responder"},
}


def case(c):
    yield Close((yield ForEach("responder", given, best=(ANSWERED, NOTHING_HELD, LOST))))


def given(leg):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy", "search")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "file")
    return ANSWERED


def deaf(r):
    yield Work("owner", "correct")
    return DONE


def told_world(record=_procedure.record, travels="100 %", name="test"):
    declared = {**DECLARED, "chances": {"correction_travels": Share(travels, source="a test")}}
    made = replace(w.protocol(case, record, name=name, **declared), records="all")
    return w.world(made, places=("AA", "BB", "CC"))


def complained(travels="100 %", event=COMPLAINED, opened=10):
    """AA is given BB's record at 1 h, CC is not; the person complains at 10 h."""
    world = told_world(travels=travels)
    held = w.content([(0, 1, 0, 0, 1_000_000, -1, NEVER, True, 0, 0)],
                     [(0, 0, 7, 1, -1, NEVER, False, 0, 0, False, 1)])
    cases = ({"opened": 0, "addressed": (1,), "members": (1, 2)},
             {"opened": opened * int(HOUR), "kind": RECORD, "opener": 1, "event": event, "record": 0, "version": 0,
              "addressed": (), "members": (0, 2)})
    return world, w.simulate(world, *cases, held=held)


def told_places(ledger):
    return [int(row["place"]) for row in ledger.legs if row["case"] == 1 and row["place"] >= 0]


def test_whoever_got_the_record_is_told_after_the_body_has_decided():
    """Complaint at 10 h, 50 h until the body sits, one hour each: decision, correction, notice, taking away."""
    world, ledger = complained()
    assert told_places(ledger) == [0]
    leg = ledger.legs[(ledger.legs["case"] == 1) & (ledger.legs["place"] == 0)]
    assert (leg["began"][0], leg["ended"][0]) == (62 * HOUR, 64 * HOUR)
    assert w.word_of(world, leg["word"][0]) == DONE


@pytest.mark.parametrize(("event", "began"), [(CHANGED, 10), (DELETED, 10), (COMPLAINED, 62)])
def test_a_change_and_a_deletion_are_told_at_once_a_creation_never(event, began):
    _, ledger = complained(event=event)
    assert [row["began"] / HOUR for row in ledger.legs if row["case"] == 1 and row["place"] >= 0] == [began]
    assert told_places(complained(event=CREATED)[1]) == []


def test_who_has_nothing_is_not_told():
    assert told_places(complained(event=DELETED, opened=0)[1]) == []          # before the record was given


def test_where_corrections_do_not_travel_the_copy_is_left():
    world, ledger = complained(travels="0 %")
    leg = ledger.legs[(ledger.legs["case"] == 1) & (ledger.legs["place"] == 0)]
    assert w.word_of(world, leg["word"][0]) == _procedure.LEFT


# The figures.

class Complained(Made):
    """Record events of a protocol with the record script of the shipped channels."""

    def __init__(self):
        super().__init__()
        self.protocols = (w.protocol(case, _procedure.record, **DECLARED),)

    def world(self):
        made, told = super().world(), told_world()
        scenario = made.scenario.model_copy(update={"chance": told.scenario.chance})
        return replace(made, scenario=scenario, tasks=told.tasks, task_row=told.task_row)

    def complaint(self, opened, word="done", closed=-1, mended=-1, legs=(), event=COMPLAINED):
        """legs: (word, hour at which it ended) of each recipient"""
        case = self.case(-1, word, closed, opened, kind=RECORD, version=self.record(7, 1), event=event)
        if mended >= 0:
            self.mend(case, mended)
        for number, (of_leg, ended) in enumerate(legs):
            self.leg(case, number + 1, number + 2, of_leg, mended, ended)
        return case

    def mend(self, case, ended):
        rows = [row.instruction for row in self.protocols[0].record.rows]
        ticks = (HOUR * (ended - 1), HOUR * (ended - 1), HOUR * ended)
        self.steps.append((case, 0, 1, rows.index(Work("owner", "correct")), 0, -1, *ticks, HOUR, 0, -1, -1))


def days(hours):
    return pytest.approx(hours / 24)


def test_the_last_copy_decides_when_all_is_right():
    made = Complained()
    made.need()
    made.complaint(10, closed=40, mended=20, legs=(("done", 30), ("done", 40)))
    assert value(made, "last_copy_right") == days(30)
    assert value(made, "last_copy_right", "from the correction") == days(20)
    assert value(made, "complaints_unmet") == 0
    assert value(made, "copies_corrected") == 100


def test_a_copy_that_is_left_a_complaint_turned_away_and_one_undecided_wait_to_the_end():
    made = Complained()
    made.need()
    made.complaint(10, closed=40, mended=20, legs=(("done", 30), ("lost", 40)))
    made.complaint(20, word="refused", closed=60)
    made.complaint(30, word="")
    made.complaint(40, word="", mended=50, legs=(("done", 55), ("", -1)))
    made.complaint(12, closed=16, mended=16)                                  # nobody else had it
    made.complaint(12, closed=16, mended=16, event=DELETED)                   # no complaint
    made.complaint(49, word="")                                               # after the window of 48 hours
    last = END // HOUR
    assert value(made, "last_copy_right") == days(((last - 10) + (last - 20) + (last - 30) + (last - 40) + 4) / 5)
    assert value(made, "last_copy_right", "from the correction") == days(((last - 20) + (last - 50)) / 2)
    assert value(made, "complaints_unmet") == 80
    assert [value(made, "complaints_unmet", why) for why in ("turned away", "undecided", "a copy is left")] == [20, 20,
                                                                                                               40]
    assert value(made, "copies_corrected") == 50
    assert values(made, "last_copy_right").n == 5


def test_without_complaints_there_is_no_figure():
    made = Complained()
    made.need()
    made.complaint(12, closed=16, mended=16, event=DELETED)
    assert value(made, "last_copy_right") is None
    assert value(made, "complaints_unmet") is None


# A whole run.

def figures(**changes):
    return {(v.metric, v.slice): v.value for v in measure(replication(**changes)) if v.metric in OF_REDRESS}


OF_REDRESS = ("last_copy_right", "complaints_unmet", "copies_corrected")


def test_both_engines_write_the_same_rows_of_a_scenario_with_redress():
    w.demand_equal(replication(engine="reference").ledger, replication().ledger)
    of_records = replication().ledger.cases["kind"] == RECORD
    assert (replication().cases.rows["event"][:len(of_records)][of_records] == COMPLAINED).any()


def test_telling_everybody_leaves_no_copy_and_telling_nobody_leaves_all():
    always, never = figures(travels="100 %"), figures(travels="0 %")
    assert always["copies_corrected", ""] > 90          # a notice may be lost, or on its way at the end
    assert never["copies_corrected", ""] == 0
    assert always["last_copy_right", ""] < never["last_copy_right", ""]
    assert always["complaints_unmet", "a copy is left"] < never["complaints_unmet", "a copy is left"]


def test_nobody_complains_in_a_scenario_without_redress():
    assert figures(complain="") == {}
