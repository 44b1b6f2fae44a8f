"""People judge with error of both kinds, a machine beside them moves it, and none decides alone.

The shares of real runs are held by Hoeffding's bound (Journal of the American Statistical Association 58, 1963, theorem
2) against what is declared; FALSE_ALARM is the chance that a harmless change of draws turns one such test red.
"""

from dataclasses import replace
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest
import worlds as w
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim import run, world
from sim.engines.prepared import received_by_machine
from sim.errors import ScenarioError, ScriptError
from sim.experiments import with_levers
from sim.metrics import measure
from sim.programs import load as load_protocol
from sim.scenario import load, of_option, prose, settle, with_protocol
from sim.scenario.options import apply_levers
from sim.scenario.schema import Lever
from sim.scenario.tasks import Advice, TaskSetting, advised, error_ranges, errors, roc
from sim.script import ANSWERED, HIT, NOTHING_HELD, YES, Decide, ForEach, Match, Send, Task, Verify
from sim.units import HOUR, rate, share

FALSE_ALARM, MANY = 1e-9, 4000
ARTICLE = "Directive (EU) 2016/680 art. 11"
PROPOSES = {**w.OWN, "does": "propose", "miss": "40 %", "false": "70 %", "time": 0.5}


def setting(**given) -> TaskSetting:
    return TaskSetting.model_validate({**w.OWN, "desk": "clerks", "time": "1 h", **given})


def advice(**given) -> Advice:
    return Advice.model_validate({**PROPOSES, "used": "100 %", **given})


# The ROC.

@pytest.mark.parametrize(("separation", "strictness", "miss", "false"), [
    (0, 0, 0.5, 0.5), (2 * 1.959963984540054, 0, 0.025, 0.025), (2, 1, 0.5, norm.sf(2)), (2, -1, norm.cdf(-2), 0.5),
    (4.2, 0.5, norm.cdf(-1.6), norm.cdf(-2.6)), (80, 0, 0, 0)])
def test_a_point_of_the_roc_is_the_two_tails(separation, strictness, miss, false):
    assert roc(separation, strictness) == pytest.approx((miss, false), rel=1e-12, abs=1e-300)


@given(st.floats(0, 6), st.floats(-3, 3), st.floats(0.01, 2))
def test_a_stricter_judge_misses_more_and_confirms_less_and_a_better_one_errs_less(separation, strictness, by):
    (miss, false), (more, less) = roc(separation, strictness), roc(separation, strictness + by)
    assert more > miss
    assert less < false
    assert all(better < worse for better, worse in zip(roc(separation + by, strictness), (miss, false), strict=True))


@pytest.mark.parametrize("separation", [0.0, 0.7, 2.0, 4.2])
def test_the_area_under_the_roc_is_that_of_two_normals(separation):
    """The chance that what is right seems more so than what is wrong: Phi(d / sqrt 2) (Green and Swets, 1966)."""
    points = np.array([roc(separation, strictness) for strictness in np.linspace(9, -9, 20_001)])
    assert np.trapezoid(1 - points[:, 0], points[:, 1]) == pytest.approx(norm.cdf(separation / sqrt(2)), abs=1e-6)


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_future_errs_beyond_what_check_tells(u, v):
    task = setting(separation="2.4 to 3.6", strictness="-0.5 to 0.4")
    assert task.separation is not None
    assert task.strictness is not None
    drawn = task.model_copy(update={"separation": task.separation.at(u), "strictness": task.strictness.at(v)})
    for least_and_most, error in zip(error_ranges(task), errors(drawn), strict=True):
        assert least_and_most.low <= error <= least_and_most.high


# What a machine's advice makes of it.

@pytest.mark.parametrize(("used", "followed", "miss", "false", "factor"), [
    ("0 %", "100 %", 0.1, 0.2, 1), ("100 %", "0 %", 0.1, 0.2, 0.5), ("100 %", "50 %", 0.25, 0.45, 0.5),
    ("40 %", "50 %", 0.8 * 0.1 + 0.2 * 0.4, 0.8 * 0.2 + 0.2 * 0.7, 0.8)])
def test_who_follows_errs_as_the_machine_and_who_looks_as_without_it(used, followed, miss, false, factor):
    found = advised(setting(miss="10 %", false="20 %"), advice(used=used, followed=followed))
    assert found == pytest.approx((factor * HOUR, miss, false), rel=1e-12)


def test_a_machine_may_be_said_by_its_roc_too():
    machine = Advice.model_validate({**w.OWN, "does": "propose", "used": "100 %", "followed": "50 %", "separation": 2,
                                     "strictness": -0.5})
    assert errors(machine) == roc(2, -0.5)
    task = setting(separation=4, strictness=0)
    assert advised(task, machine)[1:] == pytest.approx(np.add(roc(4, 0), roc(2, -0.5)) / 2)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_more_followed_brings_both_errors_nearer_to_the_machines(followed, more, used):
    low, high = sorted((followed, more))
    less, most = (advised(setting(miss="10 %", false="20 %"), advice(used=f"{used:f} %", followed=f"{share:f} %"))
                  for share in (low, high))
    assert 0.1 - 1e-12 <= less[1] <= most[1] + 1e-12 <= 0.4 + 2e-12
    assert 0.2 - 1e-12 <= less[2] <= most[2] + 1e-12 <= 0.7 + 2e-12


def leg(c):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy", "search")) == HIT:
        yield Verify("responder", "look")
    return ANSWERED if (yield Decide("responder", "weigh")) == YES else NOTHING_HELD


def judges(c):
    return (yield ForEach("responder", leg, best=(ANSWERED, NOTHING_HELD, "lost")))


TASKS = {"search": w.task("1 s"), "look": w.task("1 h", miss="10 %", false="20 %", spread="0.5"),
         "weigh": w.task("1 h", share="0 %", separation="2", strictness="-0.5")}


def judging(**of_task):
    """A world in which every case finds one record, looks at it and weighs what is worthless."""
    made = w.protocol(judges, tasks=TASKS, contents={"query": w.told("subject")})
    return w.world(made, advice=of_task, desks={"clerks": {"clerks": MANY}})


def simulated(made, genuine):
    """(answers of Verify, answers of Decide, work of Verify) of many cases."""
    rows = [(k, 1, 0, 0, 1_000_000, -HOUR, w.NEVER, genuine, 0, 0) for k in range(MANY)]
    held = w.content(rows, [(0, 0, 7, 1, -HOUR, w.NEVER, False, 0, 0, False, 0)])
    ledger = w.simulate(made, *[{"opened": k, "id": k + 1} for k in range(MANY)], held=held)
    seen, weighed = (ledger.steps[ledger.steps["task"] == made.task_row[name]] for name in ("look", "weigh"))
    assert len(seen) == len(weighed) == MANY
    return seen["answer"] == 0, weighed["answer"] == 0, seen["work"]


def tolerance(many: int) -> float:
    return sqrt(log(2 / FALSE_ALARM) / (2 * many))


@pytest.fixture(scope="module")
def alone():
    return simulated(judging(), genuine=False)


@pytest.fixture(scope="module")
def beside():
    return simulated(judging(look=advice(followed="60 %")), genuine=False)


def test_wrong_matches_are_confirmed_and_worthless_matters_pursued_as_often_as_declared(alone, beside):
    """False alarm 1e-9 each, 3 shares: 0.052 either way."""
    assert abs(alone[0].mean() - 0.2) < tolerance(MANY)
    assert abs(beside[0].mean() - (0.4 * 0.2 + 0.6 * 0.7)) < tolerance(MANY)
    assert abs(alone[1].mean() - roc(2, -0.5)[1]) < tolerance(MANY)


def test_the_test_above_would_notice_advice_forgotten_or_a_strictness_of_the_other_sign(alone, beside):
    assert abs(alone[0].mean() - (0.4 * 0.2 + 0.6 * 0.7)) > tolerance(MANY)
    assert abs(beside[0].mean() - 0.2) > tolerance(MANY)
    assert abs(alone[1].mean() - roc(2, 0.5)[1]) > tolerance(MANY)


def test_right_matches_are_missed_as_often_as_declared():
    confirmed, _, _ = simulated(judging(look=advice(followed="60 %")), genuine=True)
    assert abs(1 - confirmed.mean() - (0.4 * 0.1 + 0.6 * 0.4)) < tolerance(MANY)


def test_a_machine_that_proposes_wrongly_and_is_followed_lets_more_wrong_matches_pass_and_stops_none(alone, beside):
    """The luck of a case is its own: whoever erred without the machine errs with it."""
    assert (beside[0] >= alone[0]).all()
    assert beside[0].sum() > alone[0].sum() + MANY / 10
    assert beside[2].sum() == pytest.approx(alone[2].sum() / 2, rel=1e-6)


def test_advice_elsewhere_or_switched_off_changes_no_row(alone):
    for made in (judging(look=advice(used="0 %", followed="60 %")), judging(weigh=advice(followed="0 %"))):
        confirmed, pursued, work = simulated(made, genuine=False)
        assert np.array_equal(confirmed, alone[0])
        assert np.array_equal(work, alone[2])
        assert np.array_equal(pursued, alone[1])


def test_a_machine_that_ranks_changes_the_time_alone(alone):
    ranked = Advice.model_validate({**w.OWN, "does": "rank", "used": "50 %", "time": 0.5})
    confirmed, _, work = simulated(judging(look=ranked), genuine=False)
    assert np.array_equal(confirmed, alone[0])
    assert work.sum() == pytest.approx(0.75 * alone[2].sum(), rel=1e-6)


# One way takes the place of the other.

def written(folder: Path, *lines: str, extends: str = "minimal"):
    (folder / "mine.toml").write_text("\n".join([f'extends = "{extends}"', *lines]), encoding="utf-8")
    return load(folder / "mine.toml")


def test_a_scenario_may_say_errors_the_other_way_than_the_protocol(tmp_path):
    found = written(tmp_path, "[task.forensic]", 'miss = "1 to 2 %"', 'false = "3 to 4 %"', "[task.examine]",
                    'separation = "3 to 4"', 'strictness = "-0.5 to 0.5"').task
    assert (found["forensic"].separation, found["forensic"].strictness) == (None, None)
    assert found["forensic"].false.high == 0.04
    assert (found["examine"].miss.high, found["examine"].false.high) == (0, 0)
    assert errors(settle(load("minimal"), 1, 0).task["forensic"])[0] < 0.06


def test_a_levers_number_moves_the_roc_and_its_range_stays_readable(tmp_path):
    lever = ["[lever.trained]", 'from = "own: a test"', 'change = { "task.forensic.separation" = "x 1.2", '
             '"task.forensic.strictness" = "-1" }']
    scenario = written(tmp_path, *lever)
    option = scenario.option[0].model_copy(update={"levers": ("trained",)})
    before, after = (of_option(scenario, each, 1, 0).task["forensic"] for each in (scenario.option[0], option))
    assert after.separation.value == pytest.approx(1.2 * before.separation.value)
    assert after.strictness.value == pytest.approx(before.strictness.value - 1)
    assert errors(after)[0] < errors(before)[0]


# No machine alone.

def test_levers_that_are_harmless_apart_are_refused_together_with_key_path_and_lever():
    scenario = load("baseline")
    unseen = Lever.model_validate({**w.OWN, "change": {"advice.forensic.followed": "100 %"}})
    scenario = scenario.model_copy(update={"lever": {**scenario.lever, "unseen": unseen}})
    one, other = with_levers(scenario, ["unseen"]), with_levers(scenario, ["machine proposes matches"])
    for each in (one, other):
        apply_levers(settle(each, 1, 0), each.option[-1])
    both = one.option[-1].model_copy(update={"levers": ("machine proposes matches", "unseen")})
    with pytest.raises(ScenarioError, match=r"art\. 11") as refused:
        of_option(scenario, both, 1, 0)
    fault, = refused.value.faults
    assert fault.key == "lever.unseen.change.advice.forensic.followed"
    assert ARTICLE in fault.expected


def test_a_lever_to_a_desk_nobody_declared_is_refused():
    scenario = load("minimal")
    away = Lever.model_validate({**w.OWN, "change": {"task.examine.desk": "owners"}})
    scenario = scenario.model_copy(update={"lever": {"away": away}})
    with pytest.raises(ScenarioError, match="did you mean 'owner'"):
        apply_levers(scenario, scenario.option[0].model_copy(update={"levers": ("away",)}))


PROTOCOL = '''"""Found and confirmed by machine. Made for a test; no instrument."""
from sim.script import *

SERVES = {"content"}
TASKS = {"search": Task("machine", "1 s", source="own: a test"),
         "judge": Task(DESK, "1 s", ERRORS source="own: a test")}
CONTENTS = {"query": Content(("family_name",), "subject", "identity")}


def case(c):
    yield Close((yield ForEach("responder", ask, best=(ANSWERED, NOTHING_HELD, LOST))))


def ask(leg):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield JUDGES("responder", "judge")
    return ANSWERED
'''


def protocol(folder: Path, desk: str, judges: str = "Verify", errors: str = ""):
    source = PROTOCOL.replace("DESK", f'"{desk}"').replace("JUDGES", judges).replace("ERRORS ", errors)
    (folder / "by_machine.py").write_text(source, encoding="utf-8")
    return load_protocol(folder / "by_machine.py")


@pytest.mark.parametrize("judges", ["Verify", "Decide"])
def test_a_protocol_whose_machine_judges_is_refused_with_the_article(tmp_path, judges):
    assert protocol(tmp_path, "on_the_spot", judges).tasks["judge"].desk == "on_the_spot"
    with pytest.raises(ScriptError, match="the machine would judge alone in 'judge'") as refused:
        protocol(tmp_path, "machine", judges)
    assert ARTICLE in str(refused.value)


def test_a_machine_may_lay_down_and_take_away(tmp_path):
    assert protocol(tmp_path, "machine", "Work").tasks["judge"].desk == "machine"


@pytest.mark.parametrize(("errors", "says"), [
    ('separation="3",', "either `miss` and `false`"), ('separation="3", strictness="0", miss="1 %",', "either `miss`"),
    ('separation="3 h", strictness="0",', "has a unit"), ('separation="3", strictness="low",', "cannot be read"),
    ('separation="3 to 4", strictness="0",', "why the true value lies in this range")])
def test_a_protocol_says_errors_in_one_way_and_whole(tmp_path, errors, says):
    with pytest.raises(ScriptError, match=says):
        protocol(tmp_path, "on_the_spot", errors=errors)


def test_check_tells_who_judges_and_which_machine_advises():
    said = " ".join(prose(load("baseline")).split())
    assert "check_person, a person on the spot: rejects 1 to 5 % of what is right" in said
    assert "forensic, a person at expert: rejects 0.35 to 5.5 % of what is right" in said
    assert "ROC with separation 4.2 to 5.4, strictness 0 to 0.5" in said
    assert "authorise, a person at judge: errs never." in said
    assert "The machine that proposes in forensic is switched off (0 % of cases)." in said
    assert "it is followed without a look in 5 to 40 % of decisions" in said
    assert "REMOVES A SAFEGUARD: a person's own look" in " ".join(
        prose(with_levers(load("baseline"), ["machine proposes matches"])).split())


# Who looks at an alert at a check is a person.

@pytest.fixture(scope="module")
def checks():
    """Encounters enough that some of ours hit."""
    scenario = with_protocol(load("baseline"), "shared_database")
    kinds = {kind: share("100 %" if kind == "locate" else "0 %") for kind in scenario.demand.kinds.share}
    kinds = scenario.demand.kinds.model_copy(update={"share": kinds})
    demand = scenario.demand.model_copy(update={"kinds": kinds, "asked_by_us": rate("40 per day")})
    scenario = scenario.model_copy(update={"demand": demand})
    return run.run(run.prepare(scenario), "shared_database", 0, 0)


def test_the_alert_at_a_check_is_read_by_a_person_who_queues_for_nobody(checks):
    made, messages, steps = checks.world, checks.ledger.messages, checks.ledger.steps
    alerts = messages[messages["content"] == made.contents.index("alert")]
    alerts = alerts[alerts["receiver"] < made.jurisdictions]
    assert len(alerts) > 0
    assert not alerts["machine"].any()
    looked = steps[steps["task"] == made.task_row["check_person"]]
    assert len(looked) > 0
    assert (looked["station"] == world.MACHINE).all()
    assert (looked["began"] == looked["queued"]).all()


def test_were_it_a_machine_the_message_would_say_so(checks):
    """The twin of the test above."""
    made = checks.world
    program = made.protocols[0].case
    sent = next(k for k, row in enumerate(program.rows) if getattr(row.instruction, "content", "") == "alert")
    row = made.task_row["check_person"]
    blind = replace(made, tasks=(*made.tasks[:row], replace(made.tasks[row], desk="machine"), *made.tasks[row + 1:]))
    assert (received_by_machine(program, sent, made), received_by_machine(program, sent, blind)) == (False, True)


def test_the_time_of_whoever_checks_is_officer_time_of_the_finding_state(checks):
    made, steps, cases = checks.world, checks.ledger.steps, checks.ledger.cases
    row = made.task_row["check_person"]
    blind = replace(made, tasks=(*made.tasks[:row], replace(made.tasks[row], desk="machine"), *made.tasks[row + 1:]))
    hours, without = (next(v.value for v in measure(replace(checks, world=each))
                           if (v.metric, v.slice) == ("officer_hours_ours", "needs")) for each in (made, blind))
    needs = checks.needs.rows
    ours = np.append(needs["counts"] & (needs["side"] == 0), False)
    looked = (steps["task"] == row) & ours[cases["need"][steps["case"]]] & (steps["ended"] >= 0)
    assert hours - without == pytest.approx(100 * steps["work"][looked].sum() / HOUR / ours.sum())
    assert hours > without


def test_a_task_of_a_hand_made_world_reads_as_the_protocol_declares_it():
    made = judging()
    assert made.tasks[made.task_row["weigh"]].false == roc(2, -0.5)[1]
    assert isinstance(TASKS["weigh"], Task)
