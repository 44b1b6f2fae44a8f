"""Engine rules 23 to 32: races, due dates, clocks that stop, and what becomes of the abandoned."""

import numpy as np
import pytest
import worlds as w
from rule_worlds import at, world

from sim.script import (
    ANSWERED,
    DONE,
    EXPIRED,
    NO,
    YES,
    Chance,
    Do,
    Due,
    ForEach,
    Is,
    Limit,
    Paused,
    Send,
    Wait,
    Within,
    Work,
)
from sim.units import HOUR


def waits(name):
    def sub(c):
        yield Wait(name)
        return DONE
    return sub


def works(task, party="requester"):
    def sub(c):
        yield Work(party, task)
        return DONE
    return sub


def root(*instructions):
    """A root that performs these and closes with what the last of them answered, if that may close."""
    def case(c):
        for instruction in instructions:
            answer = yield instruction
        return answer
    return case


def dues(ledger):
    """(hours at which the clock stood, hours late) of every frame that has a clock."""
    return [(row["due"] / HOUR, row["lateness"] / HOUR) for row in ledger.legs if row["clock"] >= 0]


def one_hour(c):
    yield Work("requester", "one")
    return DONE


def two_hours(c):
    yield Work("requester", "two")
    return DONE


def test_rule_23_due_measures_and_never_cuts():
    """A race would answer expired at 1 h."""
    made = world(root(Due("1 h", two_hours)))
    ledger = w.simulate(made, at())
    assert w.closed(made, ledger) == [(2, DONE)]
    assert dues(ledger) == [(1, 1)]


def test_rule_24_the_clock_starts_in_the_tick_the_instruction_begins():
    """Started with the case it would be an hour late; started with the service an hour less."""
    ledger = w.simulate(world(root(Wait("1 h"), Due("3 h", one_hour))), at(urgent=0), at())
    assert dues(ledger) == [(4, -2), (4, -1)]


@pytest.mark.parametrize(("urgent", "due"), [(1, 1), (0, 5)])
def test_rule_25_the_length_of_a_clock_hangs_on_the_facts(urgent, due):
    made = world(root(Due("by urgency", one_hour)),
                 clocks={"by urgency": w.clock("5 h", Limit("1 h", ("urgent",)), at="requester")})
    assert dues(w.simulate(made, at(urgent=urgent)))[0][0] == due


def in_vienna():
    return {code: w.state(code, "Europe/Vienna" if code == "BB" else "UTC") for code in ("AA", "BB", "CC", "DD")}


WAIT_1_H, WAIT_24_H = waits("1 h"), waits("day")


def leg_with_due(c):
    yield Due("days", WAIT_1_H)
    return ANSWERED


def leg_stopped_a_day(c):
    yield Due("days", stopped_a_day)
    return ANSWERED


def stopped_a_day(c):
    yield Paused(WAIT_24_H)
    return DONE


@pytest.mark.parametrize(("time", "calendar", "due"), [
    ("72 h", "elapsed", 10 + 72), ("3 calendar days", "eu_1182_71", 4 * 24 + 22),
    ("3 working days", "eu_1182_71", 5 * 24 + 22)])
def test_rule_26_days_are_counted_at_the_party_of_the_clock(time, calendar, due):
    """From Thursday 10:00. Three calendar days end on Sunday, and so on Monday at midnight in Vienna, 22:00 UTC; three
    working days on Tuesday. Midnight of the asker would be two hours later."""
    made = world(root(ForEach("responder", leg_with_due, best=(ANSWERED,))), jurisdiction=in_vienna(),
                 clocks={"days": w.clock(time, at="responder", calendar=calendar)})
    assert dues(w.simulate(made, at(10)))[0][0] == due


@pytest.mark.parametrize(("clock", "sub", "word"), [
    ("1 h", works("one"), DONE), ("0 s", works("none"), DONE), ("30 min", works("one"), EXPIRED)])
def test_rule_27_on_a_tie_the_work_wins(clock, sub, word):
    """With deadlines first in a tick the first two would expire. The second takes a hand-out within the tick."""
    made = world(root(Within(clock, sub)))
    assert w.closed(made, w.simulate(made, at()))[0][1] == word


def test_rule_27_outer_deadlines_precede_inner_ones():
    """Inner first, the inner race would answer expired and its scope end with a word of its own."""
    inner_sub = waits("5 h")

    def inner(c):
        yield Within("2 h", inner_sub, rest="recalled")
        return DONE

    made = world(root(Within("2 h", inner, rest="recalled")))
    ledger = w.simulate(made, at())
    assert w.frames(made, ledger) == [(0, -1, 0, 2, EXPIRED), (1, 0, 0, 2, "recalled"), (2, 1, 0, 2, "recalled")]


@pytest.mark.parametrize(("rest", "ends"), [("runs_on", (3, DONE)), ("recalled", (1, "recalled"))])
def test_rule_28_an_expired_scope_runs_on_or_is_recalled(rest, ends):
    made = world(root(Within("1 h", works("three"), rest=rest)))
    ledger = w.simulate(made, at())
    assert w.frames(made, ledger) == [(0, -1, 0, 1, EXPIRED), (1, 0, 0, *ends)]
    assert w.steps(ledger) == [(0, 1, 0, 0, 3)]


def test_rule_29_abandoned_in_a_queue_it_leaves_in_that_tick():
    """Left in the queue it would take the clerk at 3 h."""
    def case(c):
        if (yield Is("urgent")) == YES:
            yield Work("requester", "three")
        elif (yield Is("minor_offence")) == YES:
            yield Within("1 h", two_hours, rest="recalled")
        else:
            yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(urgent=1), at(minor_offence=1), at(2))
    assert w.steps(ledger) == [(0, 0, 0, 0, 3), (1, 1, 0, -1, 1), (2, 0, 2, 3, 4)]
    assert ledger.stations.left.sum() == 1


def test_rule_29_abandoned_in_service_the_clerk_works_to_the_planned_end_and_nothing_follows():
    """Freed at once, the clerk would serve the next case an hour earlier; an answer would send the note."""
    def told(c):
        yield Work("requester", "two")
        yield Send("requester", "registry", "note")
        return DONE

    def case(c):
        if (yield Is("urgent")) == YES:
            yield Within("1 h", told, rest="recalled")
        else:
            yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(urgent=1), at(0.5))
    assert w.steps(ledger) == [(0, 1, 0, 0, 2), (1, 0, 0.5, 2, 3)]
    assert ledger.steps["answer"].tolist() == [-1, 0]
    assert len(ledger.messages) == 0


def test_rule_29_abandoned_on_the_way_the_message_still_arrives():
    def tell(c):
        yield Send("requester", "registry", "note")
        yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(root(Within("1 h", tell, rest="recalled")), delay=2 * HOUR), at())
    assert ledger.messages["arrives"].tolist() == [2 * HOUR]
    assert not ledger.messages["lost"][0]
    assert len(ledger.steps) == 0


def test_rule_29_children_are_abandoned_with_their_parent():
    """A child that nobody recalled would be served at 3 h."""
    def leg(c):
        yield Do(three_hours)
        return ANSWERED

    def all_legs(c):
        yield ForEach("responder", leg, best=(ANSWERED,))
        return DONE

    made = world(root(Within("1 h", all_legs, rest="recalled")))
    ledger = w.simulate(made, at(addressed=(1, 2)), at(addressed=(1,)))
    assert {word for *_, word in w.frames(made, ledger, case=0)[1:]} == {"recalled"}
    assert w.steps(ledger) == [(0, 4, 0, 0, 3), (0, 5, 0, 0, 3), (1, 3, 0, -1, 1)]


def three_hours(c):
    yield Work("responder", "three")
    return DONE


def pause_one(c):
    yield Work("responder", "one")
    return DONE


def test_rule_30_a_paused_clock_ends_later_by_each_stop():
    """Kept running, or moved by the last stop only, it would stand at 4 or 5 h."""
    def sub(c):
        yield Paused(one_hour)
        yield Work("requester", "one")
        yield Paused(one_hour)
        return DONE

    assert dues(w.simulate(world(root(Due("4 h", sub))), at())) == [(6, -3)]


def test_rule_30_overlapping_pauses_stop_the_clock_once_until_the_last_ends():
    """BB pauses from 0 to 1 h, CC, which is busy, from 0 to 2 h: their sum would move the end by 3 h, the first alone
    by 1 h."""
    def leg(c):
        yield Paused(pause_one)
        return ANSWERED

    def sub(c):
        yield ForEach("responder", leg, best=(ANSWERED,))
        return DONE

    ledger = w.simulate(world(root(Due("4 h", sub))), at(addressed=(2,)), at(addressed=(1, 2)))
    assert dues(ledger) == [(5, -4), (6, -4)]


def test_rule_30_only_the_innermost_clock_is_stopped():
    def inner(c):
        yield Paused(one_hour)
        return DONE

    def outer(c):
        yield Due("2 h", inner)
        return DONE

    assert dues(w.simulate(world(root(Due("3 h", outer))), at())) == [(3, -2), (3, -2)]


def test_rule_30_a_day_clock_moves_by_whole_local_days():
    """Three working days from Thursday end on Tuesday; stopped from Thursday 10:00 to Friday 10:00 two days stood, so
    that it ends on Thursday. The elapsed 24 h would give Wednesday 22:00."""
    clocks = {"days": w.clock("3 working days", at="responder", calendar="eu_1182_71"), "day": w.clock("24 h")}
    made = world(root(ForEach("responder", leg_stopped_a_day, best=(ANSWERED,))), jurisdiction=in_vienna(),
                 clocks=clocks)
    assert dues(w.simulate(made, at(10))) == [(7 * 24 + 22, 34 - (7 * 24 + 22))]


def test_rule_30_a_stopped_race_expires_later():
    """Two hours of work, of which one does not count, lose against 30 min from the second hour on only."""
    def sub(c):
        yield Paused(one_hour)
        yield Work("requester", "one")
        return DONE

    made = world(root(Within("30 min", sub)))
    assert w.closed(made, w.simulate(made, at())) == [(1.5, EXPIRED)]
    made = world(root(Within("1 h", sub)))
    assert w.closed(made, w.simulate(made, at())) == [(2, DONE)]


def test_rule_27_and_30_a_race_stopped_in_its_last_tick_is_not_lost():
    """At 1 h the work wins, and the work stops the clock: it goes on at 2 h, and the rest must be done in that tick."""
    def sub(c):
        yield Wait("1 h")
        yield Paused(one_hour)
        if (yield Is("urgent")) == NO:
            yield Wait("1 h")
        return DONE

    made = world(root(Within("1 h", sub)), clerks=2)
    ledger = w.simulate(made, at(urgent=1), at())
    assert w.closed(made, ledger) == [(2, DONE), (2, EXPIRED)]


def test_a_race_stopped_in_its_last_tick_over_a_weekend_expires_when_it_goes_on():
    """The stop holds no working day, so the end stays at Friday midnight; time must not go back to it."""
    def sub(c):
        yield Wait("days")
        yield Paused(waits_a_day)
        yield Wait("1 h")
        return DONE

    clocks = {"days": w.clock("1 working days", at="requester", calendar="eu_1182_71"), "day": w.clock("24 h")}
    made = world(root(Within("days", sub)), clocks=clocks)
    assert w.closed(made, w.simulate(made, at(10))) == [(72, EXPIRED)]


def waits_a_day(c):
    yield Wait("day")
    return DONE


@pytest.mark.parametrize(("rest", "due"), [("recalled", 5), ("runs_on", 5)])
def test_rule_31_a_pause_ends_when_its_frame_is_recalled_or_cut_loose(rest, due):
    """BB answers at 1 h; CC, which is busy for three hours, pauses on. A pause that outlived its frame would hold the
    clock for ever, or to 4 h; one that never was would leave it at 4 h."""
    def leg(c):
        yield Paused(pause_one)
        return ANSWERED

    def sub(c):
        if (yield Is("urgent")) == YES:
            yield ForEach("responder", busy, best=(ANSWERED,))
        else:
            yield ForEach("responder", leg, best=(ANSWERED,), until="first", rest=rest)
        yield Wait("6 h")
        return DONE

    ledger = w.simulate(world(root(Due("4 h", sub))), at(urgent=1, addressed=(2,)), at(addressed=(1, 2)))
    assert dues(ledger)[1] == (due, 7 - due)


def busy(c):
    yield Work("responder", "three")
    return ANSWERED


def test_rule_31_a_pause_ends_when_its_frame_loses_a_message_or_its_race():
    """Lost at 2 h, expired at 1 h: the clock goes on from there."""
    def lost(c):
        yield Send("requester", "registry", "note")
        return DONE

    def raced(c):
        yield Within("1 h", waits_6, rest="recalled")
        return DONE

    def sub(c):
        yield Paused(lost)
        yield Paused(raced)
        yield Wait("1 h")
        return DONE

    assert dues(w.simulate(world(root(Due("4 h", sub)), delay=2 * HOUR, loss=1.0), at()))[0] == (7, -3)


waits_6 = waits("6 h")


def test_rule_32_what_was_cut_loose_no_longer_has_the_clocks_of_its_ancestors():
    """It pauses from 2 to 5 h, after its race was lost: the due date around that race must not move to 7 h."""
    def late(c):
        yield Wait("2 h")
        yield Paused(waits_3)
        return DONE

    def sub(c):
        yield Within("1 h", late)
        yield Wait("6 h")
        return DONE

    assert dues(w.simulate(world(root(Due("4 h", sub))), at()))[0] == (4, 3)


waits_3 = waits("3 h")


def test_every_clock_of_an_open_frame_is_written_with_where_it_stands():
    def sub(c):
        yield Chance("coin")
        yield Wait("day")
        return DONE

    made = world(root(Due("4 h", sub)), clocks={"day": w.clock("24 h", at="requester")}, days=1)
    ledger = w.simulate(made, at(1))
    assert dues(ledger) == [(5, 19)]
    assert np.all(ledger.legs["ended"] == -1)
