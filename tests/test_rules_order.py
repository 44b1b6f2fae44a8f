"""Engine rules 1 to 10: the order of events, each shown in a world in which the opposite gives other rows."""

import pytest
import worlds as w
from rule_worlds import at, world

from sim import draws
from sim.engines import reference
from sim.engines.reference import DEADLINE, HAND_OUT, rank
from sim.errors import CapacityError
from sim.script import (
    ANSWERED,
    DONE,
    EXPIRED,
    REFUSED,
    YES,
    Chance,
    Do,
    ForEach,
    Is,
    Wait,
    Within,
    Work,
)
from sim.units import HOUR, MINUTE


def test_rule_1_a_child_and_its_parent_move_by_events_of_their_own():
    """Run to block in one event would need one event; here it takes an arrival, a start and a join."""
    def sub(c):
        yield Chance("coin")
        return DONE

    def case(c):
        yield Do(sub)
        return DONE

    run = reference.Run(world(case), w.stream(at()), w.content())
    run.to_the_end()
    assert run.handled == 3


def test_rule_2_a_woken_parent_is_in_the_queue_before_anything_is_handed_out():
    """With HAND-OUT before JOIN the second case would be served first."""
    def pause(c):
        yield Wait("1 h")
        return DONE

    def case(c):
        yield Do(pause) if (yield Is("urgent")) == YES else Wait("1 h")
        yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(urgent=1), at())
    assert w.steps(ledger) == [(0, 0, 1, 1, 2), (1, 0, 1, 2, 3)]


def test_rule_3_what_one_station_makes_ready_comes_before_the_next_hands_out():
    """All stations at once would give desk b to the second case."""
    def case(c):
        if (yield Is("urgent")) == YES:
            yield Work("requester", "at_a")
        yield Work("requester", "at_b")
        return DONE

    ledger = w.simulate(world(case), at(urgent=1), at())
    assert w.steps(ledger) == [(0, 0, 0, 0, 0), (0, 0, 0, 0, 1), (1, 0, 0, 1, 2)]


def test_rule_4_the_queue_goes_by_class_then_tick_of_joining_then_case():
    """Last come first served, or the order of cases alone, would serve others at 4 h."""
    def case(c):
        if (yield Is("urgent")) == YES:
            yield Work("requester", "three")
            return DONE
        if (yield Is("minor_offence")) == YES:
            yield Wait("2 h")
        yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(urgent=1), at(0.5, minor_offence=1), at(1.5), at(2.5, priority=0), at(2.75),
                        at(2.75))
    assert [began for _, _, _, began, _ in w.steps(ledger)] == [0, 5, 4, 3, 6, 7]


def test_rule_5_frames_are_numbered_in_the_order_of_their_creation():
    """Numbers given at the start of a frame, or depth first, would put the scope of the first leg before leg two."""
    def inner(c):
        yield Chance("coin")
        return DONE

    def leg(c):
        yield Do(inner)
        return DONE

    def case(c):
        yield ForEach("responder", leg, best=(DONE,))
        yield Do(inner)
        return DONE

    made = world(case)
    ledger = w.simulate(made, at(addressed=(1, 2)))
    assert [(serial, parent) for serial, parent, *_ in w.frames(made, ledger)] == [
        (0, -1), (1, 0), (2, 0), (3, 1), (4, 2), (5, 0)]
    assert ledger.legs["place"].tolist() == [-1, 1, 2, -1, -1, -1]


def test_rule_6_ranks_fit_their_field_and_more_frames_than_fit_are_an_error(monkeypatch):
    """A field that ran over would change the order silently."""
    largest = rank(DEADLINE, 255, 2**34 - 1, 2**16 - 1)
    assert largest < 2**61
    assert rank(HAND_OUT, 0, 2**34 - 1, 2**16 - 1) < rank(DEADLINE, 0, 0, 0) < rank(DEADLINE, 1, 0, 0)
    assert rank(DEADLINE, 0, 5, 2**16 - 1) < rank(DEADLINE, 0, 6, 0)

    def leg(c):
        yield Chance("coin")
        return DONE

    def case(c):
        yield ForEach("responder", leg, best=(DONE,))
        return DONE

    monkeypatch.setattr(reference, "MOST_FRAMES", 4)
    w.simulate(world(case), at(addressed=(1, 2, 3)))
    monkeypatch.setattr(reference, "MOST_FRAMES", 3)
    with pytest.raises(CapacityError, match="case 0: more than 3 frames"):
        w.simulate(world(case), at(addressed=(1, 2, 3)))


def test_rule_7_the_deadline_of_an_earlier_race_is_stale():
    """Taken for that of the second race it would expire it at 2 h."""
    def first(c):
        yield Work("requester", "one")
        return DONE

    def second(c):
        yield Work("requester", "two")
        return DONE

    def case(c):
        yield Within("2 h", first)
        return REFUSED if (yield Within("3 h", second)) == EXPIRED else ANSWERED

    made = world(case)
    assert w.closed(made, w.simulate(made, at())) == [(3, ANSWERED)]


def serve_two(c):
    yield Work("requester", "two")
    return DONE


@pytest.mark.parametrize(("opened", "ended"), [(22, 24), (22.5, -1)])
def test_rule_9_an_event_at_the_horizon_happens_and_a_later_one_does_not(opened, ended):
    """Run to just before the horizon, or a little on, one of the two would be otherwise."""
    ledger = w.simulate(world(serve_two, days=1), at(opened))
    assert w.steps(ledger) == [(0, 0, opened, opened, ended)]


def test_rule_9_an_arrival_at_the_horizon_is_a_case_and_a_later_one_is_none():
    """It joins a queue, at a desk whose windows end with the run."""
    ledger = w.simulate(world(serve_two, days=1), at(24), at(24.5))
    assert len(ledger.cases) == 1
    assert w.steps(ledger) == [(0, 0, 24, -1, -1)]


def test_rule_9_a_case_at_a_desk_that_never_opens_again_stays_open():
    """Friday, open to 17:00: one case is caught in service at the close, the next never begins."""
    made = world(serve_two, days=2, hours="Mon-Fri 08:00-17:00")
    ledger = w.simulate(made, at(40), at(41), at(41.5))
    assert w.steps(ledger) == [(0, 0, 40, 40, -1), (1, 0, 41, -1, -1), (2, 0, 41.5, -1, -1)]
    assert w.closed(made, ledger) == [(-1, "open")] * 3


def test_work_pauses_overnight_and_the_queue_goes_on_in_the_morning():
    """Thursday 16:00: two hours of work end at 09:00 on Friday, and the queue moves then."""
    ledger = w.simulate(world(serve_two, hours="Mon-Fri 08:00-17:00"), at(16), at(17))
    assert w.steps(ledger) == [(0, 0, 16, 16, 33), (1, 0, 17, 33, 35)]


def test_what_waits_at_night_is_taken_up_when_the_desk_opens():
    """Two clerks at 08:00 for three cases of the night; a desk that is not woken would wait for the next arrival."""
    ledger = w.simulate(world(serve_two, hours="Mon-Fri 08:00-17:00", clerks=2), at(1), at(2), at(3))
    assert [began for _, _, _, began, _ in w.steps(ledger)] == [8, 8, 10]


def test_clerks_who_leave_finish_what_they_have_and_take_nothing_more():
    """Two clerks until noon, one after: the third job waits for both, since work in hand is not taken away."""
    shifts = {"00:00-12:00": "100 %", "12:00-24:00": "50 %"}
    made = w.world(w.protocol(serve_two, tasks={"two": w.task("2 h")}), places=("AA",),
                   desks={"clerks": {"clerks": 2, "shift": shifts}})
    ledger = w.simulate(made, at(11), at(11.5), at(11.75), at(12.75))
    assert [began for _, _, _, began, _ in w.steps(ledger)] == [11, 11.5, 13.5, 15.5]


def test_rule_10_a_duration_is_the_floor_of_the_draw_made_when_the_instruction_begins():
    """Drawn when service begins, the second case would not have used up its first luck in a queue it left."""
    def hurried(c):
        yield Work("requester", "chancy")
        return DONE

    def case(c):
        if (yield Is("urgent")) == YES:
            yield Work("requester", "three")
        else:
            yield Within("1 h", hurried, rest="recalled")
            yield Work("requester", "chancy")
        return DONE

    made = world(case)
    ledger = w.simulate(made, at(urgent=1), at(id=77))
    address = draws.stream("Work", "requester", "chancy")
    expected = [draws.draw(draws.exponential(HOUR), draws.bits(1, 0, 77, 0, address, n)) for n in range(2)]
    assert ledger.steps["work"].tolist() == [3 * HOUR, expected[1], expected[0]]
    assert [(began, ended) for _, _, _, began, ended in w.steps(ledger)[2:]] == [(-1, 1)]


def test_rule_10_a_coarse_grain_rounds_every_duration_down():
    def case(c):
        yield Work("requester", "chancy")
        yield Wait("1 h")
        return DONE

    fine, rough = (w.simulate(world(case, grain=each), at(id=5)) for each in ("1 us", "7 min"))
    grain = 7 * MINUTE
    assert rough.steps["work"][0] == fine.steps["work"][0] // grain * grain
    assert rough.cases["closed"][0] == rough.steps["work"][0] + HOUR // grain * grain
