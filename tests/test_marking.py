"""Who marks an ordinary request as urgent, and what that does to the urgent lane."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import worlds as w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import needs as needs_of
from sim.cases import PLAIN, STREAM, URGENT_FIRST, open_cases
from sim.cases.marking import marked, plain_time
from sim.content.records import RECORD_EVENTS
from sim.engines import reference
from sim.needs import FORGED
from sim.scenario.attacks import Marking
from sim.scenario.schema import Option
from sim.script import ANSWERED, BY_MACHINE, Close, ForEach, Work
from sim.units import HOUR, MINUTE, Range

OPTION = Option.model_validate({"name": "only", "channel": [{"use": "test"}]})


def case(c):
    yield Work("requester", "write")
    found = yield ForEach("responder", leg, best=(ANSWERED,))
    yield Close(found)


def leg(c):
    yield Work("responder", "sort")
    yield Work("responder", "search")
    return ANSWERED


def marking(share="100 %", wait="1 d"):
    return Marking.model_validate({"because": "a test", "share": share, "wait": wait})


@cache
def world(share="", wait="1 d", by_machine=False):
    """A desk with one clerk, busy for 80 % of the time (one need in four names nobody); an ordinary answer is needed
    within 10 days (mean)."""
    tasks = {"write": w.task("1 min", BY_MACHINE), "sort": w.task("1 min", BY_MACHINE),
             "search": w.task("1 h", BY_MACHINE if by_machine else "clerks", spread="exponential")}
    made = w.world(w.protocol(case, tasks=tasks))
    changes = {"asked_by_us": Range(25.6, 25.6, "rate"), "urgent": Range(0.2, 0.2, "share"),
               "marking": marking(share, wait) if share else None}
    demand = made.scenario.demand.model_copy(update=changes)
    return replace(made, scenario=made.scenario.model_copy(update={"demand": demand}))


@cache
def needs():
    return needs_of.draw(world())[0]


def opened(here, option=OPTION, drawn=None):
    return open_cases(here, option, drawn or needs(), np.zeros(0, RECORD_EVENTS), np.zeros(0, STREAM))


def benefit(here):
    """Hours by which a plain request waits longer than one whose need is urgent, in the mean."""
    cases = opened(here)
    ledger = reference.run(here, cases, w.content())
    took = np.where(ledger.cases["closed"] >= 0, ledger.cases["closed"], here.end) - ledger.cases["opened"]
    urgent = needs().rows["urgent"][ledger.cases["need"]]
    return (took[~urgent].mean() - took[urgent].mean()) / HOUR


def test_the_plain_time_is_the_work_and_the_waits_on_the_main_path():
    setting = marking(wait="5 h")
    assert plain_time(world(), world().protocols[0], setting) == pytest.approx(6 * HOUR + 2 * MINUTE)
    quick = world(by_machine=True)
    assert plain_time(quick, quick.protocols[0], setting) == pytest.approx(HOUR + 2 * MINUTE)


def test_whom_the_plain_lane_serves_in_time_marks_nothing():
    here, rows = world("100 %", "4 d"), needs().rows
    found = marked(here, here.protocols[0], rows)
    slow = plain_time(here, here.protocols[0], here.scenario.demand.marking)
    assert (found == (~rows["urgent"] & (rows["needed_by"] - rows["arises"] < slow))).all()
    assert 20 < found.sum() < len(rows) / 2
    quick = world("100 %", "4 d", by_machine=True)
    assert not marked(quick, quick.protocols[0], rows).any()


def test_a_mark_changes_the_case_and_not_the_need():
    here, rows = world("100 %", "4 d"), needs().rows
    before, cases = rows.copy(), opened(here)
    of = rows[cases.rows["need"]]
    found = marked(here, here.protocols[0], of)
    assert rows.tobytes() == before.tobytes()
    assert (cases.rows["urgent"] == (of["urgent"] | found)).all()
    assert (cases.rows["priority"] == np.where(cases.rows["urgent"], URGENT_FIRST, PLAIN)).all()
    same = opened(world()).rows.copy()
    for name in ("urgent", "priority"):
        same[name] = cases.rows[name]
    assert same.tobytes() == cases.rows.tobytes()


def test_a_line_chosen_for_its_urgency_is_not_chosen_anew():
    lines = [{"use": "test", "urgency": urgency} for urgency in ("urgent", "ordinary")]
    cases = opened(world("100 %", "4 d"), Option.model_validate({"name": "both", "channel": lines}))
    assert (cases.rows["urgent"] == needs().rows["urgent"][cases.rows["need"]]).all()


def test_without_a_share_nothing_changes_bit_for_bit():
    assert opened(world("0 %")).rows.tobytes() == opened(world()).rows.tobytes()


def test_attackers_need_no_mark():
    here, rows = world("100 %", "4 d"), needs().rows.copy()
    rows["attack"], rows["urgent"] = FORGED, False
    assert not marked(here, here.protocols[0], rows).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 200), st.integers(1, 200))
def test_who_marks_at_a_share_and_a_wait_marks_at_any_higher(share, more, wait, longer):
    """Common luck thinned: options and futures differ in whom they make mark, never in whose luck it is."""
    low, high = sorted((share, more))
    short, long = sorted((wait, longer))
    few, many = (marked(here, here.protocols[0], needs().rows)
                 for here in (world(f"{low} %", f"{short} h"), world(f"{high} %", f"{long} h")))
    assert not (few & ~many).any()


def test_the_benefit_of_priority_shrinks_where_everybody_claims_it():
    """Some 570 requests at 80 % load. The twin, a wait that makes nobody mark, keeps the whole benefit."""
    honest, inflated = benefit(world()), benefit(world("100 %", "400 d"))
    assert honest > 2
    assert abs(inflated) < honest / 4
    assert benefit(world("100 %", "1 s")) == pytest.approx(honest, rel=0.1)
    assert honest / 4 < benefit(world("50 %", "400 d")) < honest
