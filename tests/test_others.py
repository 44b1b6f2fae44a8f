"""Whose traffic: where others' needs are cases they never come to the focus, never to their own opener, and leave all
else as it was."""

from functools import cache

import numpy as np
import pytest

from sim.cases import OPENINGS, open_cases
from sim.cases.stream import NO_CHANNEL, STREAM
from sim.inert import inert
from sim.ledger import BACKGROUND, NEED
from sim.metrics import measure
from sim.needs import ASKED, ASKER, HOLDER_KNOWN, OTHER, SIDES, drawing
from sim.programs import find
from sim.programs import load as load_protocol
from sim.run import Drawn, draw, prepare, run
from sim.scenario import load, option, prose
from sim.scenario.schema import Scenario
from sim.script import NEEDS
from sim.units import Range
from sim.world import asks_everybody

PER_DAY = 120.0
ALL = "router first, index first"      # of its lines three ask everybody


@cache
def scenario(others: str = "cases", without: str = "") -> Scenario:
    """The scenario with three of its options, over some days; with one state fewer if named."""
    whole = load("index_first")
    given = {"others": others, "among_others": Range(PER_DAY, PER_DAY, "rate") if others == "cases" else None}
    days = {name: Range(length * 86_400e6, length * 86_400e6, "duration")
            for name, length in (("warm_up", 1), ("observe", 5), ("drain", 3))}
    left = {code: state for code, state in whole.jurisdiction.items() if code != without}
    return whole.model_copy(update={"demand": whole.demand.model_copy(update=given), "jurisdiction": left,
                                    "run": whole.run.model_copy(update=days)})


@cache
def drawn(others: str = "cases", without: str = "") -> Drawn:
    return draw(prepare(scenario(others, without)), (), 1, 0)


def opened(name: str):
    return open_cases(drawn().world, option(scenario(), name), drawn().needs, drawn().content.events, drawn().own_work)


def of_focus(one: Drawn):
    return one.needs.rows["side"] != OTHER


def test_the_third_side_is_there_and_never_counts():
    rows = drawn().needs.rows
    assert SIDES[OTHER] == "others"
    assert 900 < (rows["side"] == OTHER).sum() < 1400
    assert not rows["counts"][rows["side"] == OTHER].any()
    assert rows["counts"][rows["side"] == ASKER].any()


def test_others_are_opened_by_partners_the_larger_the_more():
    world, rows = drawn().world, drawn().needs.rows
    by = np.bincount(rows["opener"][rows["side"] == OTHER], minlength=world.jurisdictions)
    assert by[world.focus] == 0
    size = [scenario().jurisdiction[world.places[place]].population for place in range(world.jurisdictions)]
    largest = sorted(range(world.jurisdictions), key=lambda place: -size[place])
    assert by[largest[:8]].sum() > 2 * by[largest[-8:]].sum()


def test_nobody_asks_itself_and_others_hold_and_name_neither_themselves_nor_the_focus():
    world, needs, holder = drawn().world, drawn().needs, drawn().truth.holder
    for n in np.flatnonzero(needs.rows["side"] == OTHER).tolist():
        beside = {int(needs.rows["opener"][n]), world.focus}
        assert not beside & set(needs.addressed[n])
        assert not beside & set(np.flatnonzero(holder[n]).tolist())
        assert needs.addressed[n], "every asker has somebody to ask"


@pytest.mark.parametrize("name", ["as today", ALL])
def test_no_case_of_others_asks_the_focus_or_its_opener(name):
    world, needs, cases = drawn().world, drawn().needs, opened(name)
    everybody = 0
    for row in np.flatnonzero(cases.rows["kind"] == NEED).tolist():
        case, need = cases.rows[row], needs.rows[cases.rows["need"][row]]
        assert case["opener"] not in cases.addressed[row]
        if need["side"] != OTHER:
            continue
        assert world.focus not in cases.addressed[row]
        asks = asks_everybody(world.protocols[case["protocol"]]) and NEEDS[need["kind"]] not in HOLDER_KNOWN
        everybody += asks
        assert asks or set(cases.addressed[row]) <= set(needs.addressed[cases.rows["need"][row]])
    assert everybody > 20
    assert (cases.opening[needs.rows["side"] == OTHER] != NO_CHANNEL).any()
    assert len(OPENINGS) == 3


def test_no_search_of_others_finds_anything_at_the_focus():
    rows, side = drawn().content.candidates.rows, drawn().needs.rows["side"]
    of_others = side[rows["need"]] == OTHER
    assert of_others.sum() > 100
    assert not (rows["holder"][of_others] == drawn().world.focus).any()


def test_the_places_a_case_asks_may_be_searched():
    may = drawing.searchable(drawn().world, drawn().needs)
    for name in ("as today", ALL):
        cases = opened(name)
        for row in np.flatnonzero(cases.rows["kind"] == NEED).tolist():
            need = int(cases.rows["need"][row])
            if drawn().needs.rows["side"][need] == OTHER:
                assert may[need, list(cases.addressed[row])].all()


def test_needs_of_the_focus_are_the_same_to_the_byte():
    cases, background = drawn(), drawn("background")
    assert (background.needs.rows["side"] != OTHER).all()
    here = of_focus(cases)
    assert cases.needs.rows[here].tobytes() == background.needs.rows.tobytes()
    assert cases.truth.holder[here].tobytes() == background.truth.holder.tobytes()
    assert [cases.needs.addressed[n] for n in np.flatnonzero(here).tolist()] == list(background.needs.addressed)


def test_other_foreign_work_stays_at_the_focus_and_domestic_work_everywhere():
    focus = drawn().world.focus
    cases, background = ([one.own_work[one.own_work["kind"] == BACKGROUND] for one in (drawn(), drawn("background"))])
    assert (cases["opener"] == focus).all()
    assert cases.tobytes() == background[background["opener"] == focus].tobytes()
    domestic = [one.own_work[one.own_work["kind"] != BACKGROUND].tobytes() for one in (drawn(), drawn("background"))]
    assert domestic[0] == domestic[1]


def test_one_state_more_moves_nobody_elses_luck():
    """The smallest, so that no other changes its rank. A need that the new state neither opens nor is named in, nor
    holds a record for, is the same with it and without."""
    new = min(scenario().jurisdiction, key=lambda code: scenario().jurisdiction[code].population)
    after, before = drawn(), drawn("cases", new)
    assert after.needs.rows["id"].tolist() == before.needs.rows["id"].tolist()
    place, same = after.world.places.index(new), 0
    for n, (now, then) in enumerate(zip(after.needs.rows, before.needs.rows, strict=True)):
        named = {after.world.places[other] for other in after.needs.addressed[n]}
        holders = {after.world.places[other] for other in np.flatnonzero(after.truth.holder[n])}
        if now["opener"] == place or new in named | holders:
            continue
        assert after.world.places[now["opener"]] == before.world.places[then["opener"]]
        assert named == {before.world.places[other] for other in before.needs.addressed[n]}
        assert holders == {before.world.places[other] for other in np.flatnonzero(before.truth.holder[n])}
        same += 1
    assert same > 0.8 * len(after.needs.rows)


def test_needs_and_cases_are_the_same_whatever_the_size_of_a_chunk(monkeypatch):
    whole, cases = drawn(), opened(ALL)
    monkeypatch.setattr(drawing, "CHUNK", 100)
    monkeypatch.setattr("sim.cases.opening.CHUNK", 77)
    needs, truth = drawing.draw(whole.world)
    assert needs.rows.tobytes() == whole.needs.rows.tobytes()
    assert truth.holder.tobytes() == whole.truth.holder.tobytes()
    assert list(needs.addressed) == list(whole.needs.addressed)
    again = opened(ALL)
    assert again.rows.astype(STREAM).tobytes() == cases.rows.tobytes()
    assert list(again.addressed) == list(cases.addressed)
    assert list(again.members) == list(cases.members)
    assert again.opening.tolist() == cases.opening.tolist()
    assert again.reached.tolist() == cases.reached.tolist()


def test_a_run_counts_the_focus_only_and_both_engines_agree():
    setting = prepare(scenario())
    by_engine = [run(setting, ALL, 1, 0, engine) for engine in ("reference", "compiled")]
    assert by_engine[0].ledger.messages.tobytes() == by_engine[1].ledger.messages.tobytes()
    assert by_engine[0].ledger.steps.tobytes() == by_engine[1].ledger.steps.tobytes()
    rows = by_engine[0].needs.rows
    asked = {value.n for value in measure(by_engine[1]) if value.metric == "met_with_information"}
    assert asked <= {int((rows["counts"] & (rows["side"] == side)).sum()) for side in (ASKER, ASKED)}


def test_prose_and_the_list_of_what_nobody_feels_know_of_the_others():
    said = " ".join(prose(load("siena_year")).split())
    assert "Needs that all other states bring to each other: 740 to 840 per day. They are cases too" in said
    assert "bring to each other" not in prose(scenario("background"))
    assert set(inert(scenario())) <= set(inert(scenario("background")))


def test_the_year_asks_by_the_shipped_channels():
    """It is read and checked here and never run: a year takes ten seconds and gigabytes."""
    year = load("siena_year")
    assert year.demand.others == "cases"
    assert year.run.observe.value == 365 * 86_400e6
    assert {line.use for each in year.option for line in each.channel} >= {"siena", "pruem_router"}
    assert asks_everybody(load_protocol(find("pruem_router", None)))
    assert not asks_everybody(load_protocol(find("siena", None)))
