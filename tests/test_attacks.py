"""Attackers ask beside everybody else: no genuine need moves, none of theirs counts, and nobody is one by name."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.cases import open_cases
from sim.errors import CapacityError
from sim.ledger import NEED
from sim.needs import ABUSIVE, FISHING, FORGED, NO_ATTACK, OTHER, compromised
from sim.run import Drawn, draw, prepare
from sim.scenario import load
from sim.scenario.abuse import abuse
from sim.scenario.attacks import Attack, Fishing, Forged, Notices, Tampering
from sim.scenario.schema import Scenario
from sim.script import NEEDS

SAID = {"because": "a test"}


def attacked(scenario: Scenario, **per_day: int) -> Scenario:
    tables = {name: {**SAID, "per_day": f"{rate} per day"} for name, rate in per_day.items()}
    if "notices" in tables:
        tables["notices"]["known"] = "30 %"
    return scenario.model_copy(update={"attack": Attack.model_validate(tables)})


@cache
def drawn(name: str, replication: int = 0, **per_day: int) -> Drawn:
    scenario = load(name)
    return draw(prepare(attacked(scenario, **per_day) if per_day else scenario), (), 0, replication)


def everything(name: str = "minimal", replication: int = 0) -> Drawn:
    return drawn(name, replication, forged=4, fishing=9, notices=3)


def genuine(cases):
    """Rows of the stream without their need's number, which attackers between them move; and whom each asks."""
    own = np.flatnonzero((cases.rows["kind"] != NEED) | (cases.rows["attack"] == NO_ATTACK))
    rows = cases.rows[own].copy()
    rows["need"] = -1
    return rows.tolist(), [(cases.addressed.get(row), cases.members.get(row)) for row in own.tolist()]


def test_no_genuine_need_moves_and_no_attack_counts():
    alone, beside = drawn("minimal"), everything()
    rows = beside.needs.rows
    own = rows["attack"] == NO_ATTACK
    assert np.bincount(rows["attack"]).min() > 10
    assert rows[own].tobytes() == alone.needs.rows.tobytes()
    assert (beside.truth.holder[own] == alone.truth.holder).all()
    assert not rows["counts"][~own].any()
    assert (rows["side"][~own] == OTHER).all()
    last = len(alone.truth.investigated)
    assert (beside.truth.investigated[:last] == alone.truth.investigated).all()
    assert not beside.truth.investigated[last:].any()


def test_what_a_genuine_need_would_find_stays():
    alone, beside = drawn("minimal"), everything()
    found = []
    for each in (alone, beside):
        rows, records, own = each.content.candidates.rows, each.content.records, each.needs.rows["attack"] == NO_ATTACK
        rows = rows[own[rows["need"]]]
        number, version = (np.cumsum(own) - 1)[rows["need"]], records[rows["version"]]
        found.append(sorted(zip(number.tolist(), *(rows[name].tolist() for name in ("search", "holder", "score")),
                                *(version[name].tolist() for name in ("person", "created", "alert", "errors")),
                                strict=True)))
    assert found[0] == found[1]
    assert len(found[0]) > 20


def test_attackers_go_through_the_same_channels_and_move_no_genuine_case():
    name = "minimal"
    option = load(name).option[0]
    alone, beside = (open_cases(each.world, option, each.needs, each.content.events, each.own_work)
                     for each in (drawn(name), everything()))
    for one, other in zip(genuine(alone), genuine(beside), strict=True):
        assert one == other
    attacks = beside.rows[beside.rows["attack"] != NO_ATTACK]
    assert set(attacks["attack"].tolist()) >= {FORGED, FISHING}
    assert (attacks["priority"][attacks["attack"] == FORGED] == 0).all()
    asked = [beside.addressed.get(row) for row in np.flatnonzero(beside.rows["attack"] == FISHING).tolist()]
    assert {everything(name).world.focus} in map(set, asked)        # others' needs never come to the focus


def test_a_rate_of_nothing_changes_nothing_bit_for_bit():
    alone, switched_off = drawn("minimal"), drawn("minimal", forged=0, fishing=0, notices=0)
    assert switched_off.needs.rows.tobytes() == alone.needs.rows.tobytes()
    assert switched_off.content.records.tobytes() == alone.content.records.tobytes()
    assert switched_off.content.candidates.rows.tobytes() == alone.content.candidates.rows.tobytes()
    assert switched_off.own_work.tobytes() == alone.own_work.tobytes()


@settings(max_examples=12, deadline=None)
@given(forged=st.integers(0, 6), fishing=st.integers(0, 20), replication=st.integers(0, 5))
def test_each_stream_has_its_own_luck(forged, fishing, replication):
    """More of one kind leaves the other kind and the needs as they are; fewer are the first of the more."""
    few, many = (drawn("minimal", replication, forged=rate, fishing=fishing) for rate in (forged, forged + 2))
    for attack in (NO_ATTACK, FISHING):
        one, other = (each.needs.rows[each.needs.rows["attack"] == attack] for each in (few, many))
        assert one.tobytes() == other.tobytes()
    one, other = (set(each.needs.rows["id"][each.needs.rows["attack"] == FORGED].tolist()) for each in (few, many))
    assert one <= other


def test_a_forger_claims_urgency_and_knows_who_holds():
    found = everything("index_first")
    world, needs, truth = found.world, found.needs, found.truth
    forged = np.flatnonzero(needs.rows["attack"] == FORGED)
    assert needs.rows["urgent"][forged].all()
    assert needs.rows["holder_known"][forged].all()
    assert (needs.rows["kind"][forged] == NEEDS.index("content")).all()
    for row in forged.tolist():
        target, = needs.addressed[row]
        assert truth.holder[row, target]
        assert target != needs.rows["opener"][row] != world.focus
    targets = {needs.addressed[row][0] for row in forged.tolist()}
    assert world.focus in targets
    assert len(targets) > 8


def test_the_compromised_member_is_drawn_by_lot_in_every_replication():
    """35 states: under a fair lot of 34, among 40 draws fewer than 15 different ones come up once in a million runs."""
    worlds = [drawn("index_first", k, fishing=1).world for k in range(3)]
    lots = [compromised(replace(worlds[0], replication=k)) for k in range(40)]
    assert worlds[0].focus not in lots
    assert len(set(lots)) >= 15
    for k, world in enumerate(worlds):
        rows = drawn("index_first", k, fishing=1).needs.rows
        assert set(rows["opener"][rows["attack"] == FISHING].tolist()) == {compromised(world)}


def test_warnings_are_of_the_kind_a_channel_can_tell_apart():
    rows = everything("index_first").needs.rows
    notices = rows[rows["attack"] == ABUSIVE]
    assert (notices["kind"] == NEEDS.index("warn")).all()
    assert not notices["urgent"].any()
    assert not notices["bar"].any()          # it shows no political matter, or the sender's own review would stop it


@pytest.mark.parametrize(("kind", "rate"), [(FORGED, 4.0), (FISHING, 9.0), (ABUSIVE, 3.0)])
def test_as_many_arise_as_declared(kind, rate):
    """A Poisson count over 8 replications lies beyond five deviations once in two million; its twin at half the rate
    does not pass."""
    days = sum(everything(replication=k).world.observe_until for k in range(8)) / 86_400_000_000
    seen = sum(int((everything(replication=k).needs.rows["attack"] == kind).sum()) for k in range(8))
    assert abs(seen - rate * days) < 5 * (rate * days) ** 0.5
    assert abs(seen - rate / 2 * days) > 5 * (rate / 2 * days) ** 0.5


def test_more_than_a_run_can_hold_is_refused_and_the_stream_named():
    with pytest.raises(CapacityError, match=r"of the stream .*forged"):
        drawn("minimal", forged=10**12)


def test_check_says_who_attacks_and_names_no_state():
    """In words, of every kind that the file has; nothing of a file that has none."""
    scenario = load("attacks")
    said = " ".join(" ".join(abuse(scenario)).split())
    for word in ("forged", "fishing", "notices", "tampering", "urgency inflation"):
        assert f"{word}:" in said
    assert "None of these requests counts" in said
    assert not [code for code, state in scenario.jurisdiction.items() if state.name in said or f" {code} " in said]
    assert "redress:" in " ".join(abuse(load("redress")))
    assert abuse(load("minimal")) == []


def test_no_key_says_which_state_attacks():
    """Villains are drawn by lot: the tables hold rates and shares, and a place is a fault."""
    amounts = {"per_day": "1 per day", "known": "1 %", "share": "1 %", "noticed": "1 %"}
    for table in (Forged, Fishing, Notices, Tampering):
        own = {key: amounts[key] for key in table.model_fields if key not in ("from_", "because", "sources")}
        assert table.model_validate({**SAID, **own})
        with pytest.raises(ValueError, match="Extra inputs"):
            table.model_validate({**SAID, **own, "at": "AT"})
