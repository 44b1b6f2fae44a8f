"""Forged emergencies against contact points that call back, alone and where askers mark more as urgent than is."""

from functools import cache

import pytest
import worlds as w

from sim import measured as by_blocks
from sim.metrics import measure
from sim.needs import FORGED
from sim.run import Replication, prepare, run, run_measured
from sim.scenario import load
from sim.scenario.attacks import Attack, Marking
from sim.scenario.redress import Redress
from sim.scenario.schema import Scenario
from sim.script import Decide
from sim.units import duration, share

SAID = {"because": "a test"}


def scenario(calls: str, miss: str, false: str, marking: bool) -> Scenario:
    """`minimal` over 60 days, four forged emergencies a day; everybody calls back, or nobody."""
    made = load("minimal")
    fact = {**made.fact, "calls_back": made.fact["calls_back"].model_copy(update={"share": share(calls)})}
    task = {**made.task, "call_back": made.task["call_back"].model_copy(update={
        "miss": share(miss), "false": share(false), "time": duration("20 min")})}
    attack = Attack.model_validate({"forged": {**SAID, "per_day": "4 per day"}})
    marks = Marking.model_validate({**SAID, "share": "100 %", "wait": "30 d"}) if marking else None
    return made.model_copy(update={
        "fact": fact, "task": task, "attack": attack, "demand": made.demand.model_copy(update={"marking": marks}),
        "run": made.run.model_copy(update={"observe": duration("60 d")})})


@cache
def done(calls: str = "100 %", miss: str = "0 %", false: str = "0 %", marking: bool = False,
         engine: str = "compiled") -> Replication:
    return run(prepare(scenario(calls, miss, false, marking)), "as today", 0, 0, engine)


def figure(metric: str, slice: str = "", **how) -> float | None:
    return {v.slice: v.value for v in measure(done(**how)) if v.metric == metric}.get(slice)


def calls(**how) -> int:
    world, ledger = done(**how).world, done(**how).ledger
    return int((ledger.steps["task"] == world.task_row["call_back"]).sum())


def test_who_is_never_deceived_gives_no_forger_a_record_and_who_trusts_gives_many():
    assert figure("attack_success", "forged") == 0
    assert figure("forged_let_in") == 0
    assert figure("attack_success", "forged", calls="0 %") > 20
    assert figure("forged_let_in", calls="0 %") is None             # nobody decided
    assert figure("attack_records", calls="0 %") > 20


def test_who_is_always_deceived_might_as_well_not_have_called():
    assert figure("forged_let_in", false="100 %") == 100
    assert figure("attack_success", "forged", false="100 %") == pytest.approx(
        figure("attack_success", "forged", calls="0 %"), abs=8)


def test_errors_come_out_as_declared():
    """Some 200 calls: beyond five deviations once in two million; the twin with no error does not come near."""
    found = figure("forged_let_in", false="30 %")
    many = 4 * 60
    assert abs(found - 30) < 5 * 100 * (0.3 * 0.7 / many) ** 0.5
    assert found > 10
    assert figure("genuine_turned_away") == 0
    assert figure("genuine_turned_away", miss="100 %") == 100


def test_the_genuine_lose_time_and_the_turned_away_their_answer():
    """Twenty minutes of a desk that others queue at too. Forgers are let pass here, or their work at the desks behind
    would be saved at the same time; the luck is the same, so any difference is the call's."""
    slow, quick = (figure("time_to_answer_p50", "urgent", calls=share, false="100 %") for share in ("100 %", "0 %"))
    assert slow > quick
    assert figure("needs_met", "urgent", miss="100 %") == 0
    assert figure("needs_met", "urgent") > 10
    assert figure("needs_met", "ordinary", miss="100 %") > 30        # nobody who does not say urgent is called


def test_a_forger_who_is_turned_away_was_never_searched_for():
    ledger, needs = done().ledger, done().needs.rows
    forged = needs["attack"][ledger.cases["need"]] == FORGED
    assert forged.sum() > 100
    searches = ledger.steps[forged[ledger.steps["case"]] & (ledger.steps["version"] >= 0)]
    assert len(searches) == 0


def test_where_askers_inflate_urgency_more_are_called_back_and_the_lane_is_worth_less():
    assert calls(marking=True) > 2 * calls()
    assert figure("urgent_marked", marking=True) > 50
    assert figure("urgent_marked") is None
    gain, inflated = (figure("time_to_answer_p50", "urgent", marking=marking) for marking in (False, True))
    assert inflated > gain
    assert figure("attack_success", "forged", marking=True) == 0     # forgers are called back all the same


@pytest.mark.parametrize("marking", [False, True])
def test_both_engines_write_the_same_rows(marking):
    how = {"miss": "20 %", "false": "30 %", "marking": marking}
    w.demand_equal(done(**how, engine="reference").ledger, done(**how).ledger)


def test_a_decision_about_the_genuine_is_in_the_script():
    rows = [row.instruction for protocol in done().world.protocols for row in protocol.case.rows]
    assert Decide("responder", "call_back", about="genuine") in rows


@pytest.mark.parametrize(("block", "least"), [(4096, 4096), (173, 29)])
def test_figures_add_up_over_blocks(block, least, monkeypatch):
    """With all attacks, complaints and marks at once: every figure of the whole ledger to the last bit."""
    monkeypatch.setattr(by_blocks, "BLOCK", block)
    monkeypatch.setattr(by_blocks, "LEAST", least)
    made = scenario("60 %", "10 %", "30 %", marking=True)
    attack = Attack.model_validate({
        "forged": {**SAID, "per_day": "4 per day"}, "fishing": {**SAID, "per_day": "6 per day"},
        "notices": {**SAID, "per_day": "2 per day", "known": "50 %"},
        "tampering": {**SAID, "share": "20 %", "noticed": "50 %"}})
    redress = Redress.model_validate({**SAID, "complain": "90 %"})
    setting = prepare(made.model_copy(update={"attack": attack, "redress": redress}))
    whole = measure(run(setting, "as today", 0, 0))
    assert repr(run_measured(setting, "as today", 0, 0)[1].values) == repr(whole)
    assert {"attack_success", "attack_records", "forged_let_in", "genuine_turned_away", "urgent_marked",
            "tampered_unnoticed", "last_copy_right", "complaints_unmet"} <= {v.metric for v in whole}
