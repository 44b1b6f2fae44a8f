"""Duties that nobody discharged, and transfers that one law orders and another forbids, on runs made by hand."""

from dataclasses import replace

import pytest
from hand_made import Made, law, value

from sim.laws import FREE, MUST_GIVE, MUST_REFUSE, Duties, Outcome
from sim.script import Review, Verify, Work

JUDGE = Outcome(MUST_GIVE, "r", "", Duties(flags=frozenset({"judge", "log"})))
TWO = Outcome(MUST_GIVE, "r", "", Duties(flags=frozenset({"judge", "owner_consent"})))
TORN = Outcome(MUST_REFUSE, "ban", "blocking_law", FREE, True)


def run(outcome=JUDGE, look=("judge",), examine=(), places=(1,)):
    """A record from each of these places, each in a leg of its own, sent at hour 10. The work "look", and the examining
    of a match, discharge these duties."""
    made = Made(law(outcome))
    declared = made.protocols[0]
    tasks = {**declared.tasks, "look": replace(declared.tasks["look"], discharges=look),
             "examine": replace(declared.tasks["examine"], discharges=examine)}
    made.protocols = (replace(declared, tasks=tasks),)
    case, version = made.case(made.need(), "answered", 50), made.record(7, 1)
    for serial, place in enumerate(places, 1):
        made.leg(case, serial, place, "answered", 1, 30)
        made.message(case, place, 0, "record", begun=10, arrives=11, version=version, serial=serial, step=5)
    return made, case


def test_a_duty_is_open_until_a_person_has_discharged_it():
    made, case = run()
    assert value(made, "duties_open", "judge") == 100
    made.step(case, 1, 0, Work, 0, 2, 2, 3, station=1)
    assert value(made, "duties_open", "judge") == 0
    assert value(made, "duties_open") == 0


@pytest.mark.parametrize(("step", "open_share"), [
    ({"station": 1, "ended": 10}, 0),                   # in the tick in which the Send began
    ({"station": 1, "ended": 11}, 100),                 # too late
    ({"station": -1, "ended": 3}, 100),                 # by a machine
    ({"station": 1, "ended": -1}, 100),                 # not yet done
    ({"station": 0, "ended": 3}, 0),                    # wherever the person sits: a leg is one matter
])
def test_what_discharges_is_a_person_before_the_send(step, open_share):
    made, case = run()
    made.step(case, 1, 0, Work, 0 if step["ended"] >= 0 else -1, 2, 2, step["ended"], station=step["station"])
    assert value(made, "duties_open", "judge") == open_share


def test_another_leg_discharges_nothing():
    made, case = run(places=(1, 2))
    made.step(case, 2, 0, Work, 0, 2, 2, 3, station=2)
    assert value(made, "duties_open", "judge") == 50


def test_only_the_task_that_declares_it_discharges_a_duty():
    made, case = run(look=("human_decision",))
    made.step(case, 1, 0, Work, 0, 2, 2, 3, station=1)
    assert value(made, "duties_open", "judge") == 100


@pytest.mark.parametrize(("answer", "open_share"), [(0, 0), (1, 100)])
def test_a_refusal_discharges_nothing(answer, open_share):
    """Review answers give (0) or refuse (1)."""
    made, case = run()
    tasks = {**made.protocols[0].tasks, "review": replace(made.protocols[0].tasks["review"], discharges=("judge",))}
    program = made.protocols[0].case
    rows = tuple(replace(row, instruction=replace(row.instruction, task="review"))
                 if isinstance(row.instruction, Review) else row for row in program.rows)
    made.protocols = (replace(made.protocols[0], tasks=tasks, case=replace(program, rows=rows)),)
    made.step(case, 1, 0, Review, answer, 2, 2, 3, station=1, ruling=0)
    assert value(made, "duties_open", "judge") == open_share


def test_a_confirmed_match_is_no_act_of_release():
    made, case = run(look=(), examine=("judge",))
    made.step(case, 1, 0, Verify, 0, 2, 2, 3, station=1)
    assert value(made, "duties_open", "judge") == 100


def test_each_duty_is_told_and_any_open_one_counts_once():
    made, case = run(TWO)
    made.step(case, 1, 0, Work, 0, 2, 2, 3, station=1)
    assert value(made, "duties_open", "judge") == 0
    assert value(made, "duties_open", "owner_consent") == 100
    assert value(made, "duties_open") == 100
    assert value(made, "duties_open", "human_decision") is None


def test_what_no_step_can_show_is_no_open_duty():
    made, _ = run(Outcome(MUST_GIVE, "r", "", Duties(flags=frozenset({"log", "delete_unmatched"}))))
    assert value(made, "duties_open") is None


def test_a_transfer_that_one_law_orders_and_another_forbids_is_counted():
    made, case = run(TORN)
    made.step(case, 1, 0, Review, 1, 2, 2, 3, station=1, ruling=0)
    assert value(made, "ordered_and_forbidden", "disclosures") == 100
    assert value(made, "ordered_and_forbidden", "reviews") == 100


def test_without_a_conflict_none_is_counted():
    made, case = run()
    made.step(case, 1, 0, Review, 0, 2, 2, 3, station=1, ruling=0)
    assert value(made, "ordered_and_forbidden", "disclosures") == 0
    assert value(made, "ordered_and_forbidden", "reviews") == 0
