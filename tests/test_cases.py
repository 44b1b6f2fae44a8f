"""Opening cases over all needs at once against the rule read need by need, and the flat form of audiences."""

from functools import cache

import numpy as np
import pytest
import worlds as w

from sim import draws
from sim.cases import ASKED_BY_CASE, NO_CHANNEL, NOT_ASKED, Cases, open_cases
from sim.cases.stream import STREAM, in_order
from sim.ledger import NEED
from sim.needs import Audiences, audiences
from sim.programs import asking_path
from sim.run import Drawn, draw, prepare
from sim.scenario import group, load, option
from sim.script import NEEDS, ForEach

SCENARIO = load("index_first")
OPTIONS = [each.name for each in SCENARIO.option]


@cache
def drawn() -> Drawn:
    return draw(prepare(SCENARIO), (), 1, 0)


def read(name):
    """{(need, line): partners}, {need: opening}: the rule as the docstring of the room says it, one need at a time."""
    world, needs = drawn().world, drawn().needs
    asked, opening = {}, {}
    for n, need in enumerate(needs.rows):
        left = set(range(world.jurisdictions)) - {int(need["opener"])}
        opening[n] = NO_CHANNEL
        for k, line in enumerate(option(SCENARIO, name).channel):
            protocol = next(each for each in world.protocols if each.name == line.use)
            partners = taken(world, need, needs.addressed[n], line, protocol, left)
            left -= set(partners)
            effort = sum(world.tasks[world.task_row[task]].mean for task in asking_path(protocol.case))
            if partners and need["worth"] >= effort:
                asked[n, k] = partners
            if partners:
                opening[n] = ASKED_BY_CASE if (n, k) in asked or opening[n] == ASKED_BY_CASE else NOT_ASKED
    return asked, opening


def taken(world, need, named, line, protocol, left):
    kind, urgency = NEEDS[need["kind"]], "urgent" if need["urgent"] else "ordinary"
    members = world.bound[protocol.members] if protocol.members else set(range(world.jurisdictions))
    if line.need not in ("", kind) or line.urgency not in ("", urgency) or kind not in protocol.serves:
        return ()
    if need["opener"] not in members:
        return ()
    reached = set(members)
    if line.with_:
        reached &= {world.places.index(code) for code in group(SCENARIO, line.with_, SCENARIO.as_of)}
    first = next((row.instruction.among for row in protocol.case.rows if isinstance(row.instruction, ForEach)), "")
    everybody = first not in ("", "addressed") and not need["holder_known"] and need["opener"] == world.focus
    return tuple(place for place in (sorted(left) if everybody else named) if place in left & reached)


@pytest.mark.parametrize("name", OPTIONS)
def test_cases_are_those_that_the_rule_opens_need_by_need(name):
    world, needs = drawn().world, drawn().needs
    cases = open_cases(world, option(SCENARIO, name), needs, drawn().content.events, drawn().own_work)
    asked, opening = read(name)
    of_needs = np.flatnonzero(cases.rows["kind"] == NEED)
    assert {(int(cases.rows["need"][row]), int(cases.rows["line"][row])): cases.addressed.get(row)
            for row in of_needs.tolist()} == asked
    assert cases.opening.tolist() == [opening[n] for n in range(len(needs.rows))]
    assert cases.reached.tolist() == [opening[n] != NO_CHANNEL for n in range(len(needs.rows))]
    assert len(asked) > 50


def test_members_are_asked_in_an_order_keyed_by_case_and_place():
    world = drawn().world
    cases = open_cases(world, SCENARIO.option[1], drawn().needs, drawn().content.events, drawn().own_work)
    stream = draws.stream("audience")
    for row in np.flatnonzero(cases.rows["kind"] == NEED).tolist():
        key = {place: draws.bits(world.seed, world.replication, int(cases.rows["id"][row]), world.place_keys[place],
                                 stream, 0) for place in cases.addressed.get(row)}
        assert cases.members.get(row) == tuple(sorted(key, key=key.__getitem__))
    assert any(cases.members.get(row) != cases.addressed.get(row) for row in range(len(cases.rows)))


def test_audiences_by_hand_and_opened_lie_in_one_pool():
    opened = open_cases(drawn().world, SCENARIO.option[0], drawn().needs, drawn().content.events, drawn().own_work)
    for cases in (opened, w.stream({"opened": 1, "addressed": (2, 1), "members": (1, 2, 3)}, {"opened": 2})):
        pool, first, last, first_member, last_member = cases.audiences()
        for row in range(len(cases.rows)):
            assert tuple(pool[first[row]:last[row]]) == cases.addressed.get(row, ())
            assert tuple(pool[first_member[row]:last_member[row]]) == cases.members.get(row, ())
    nobody = Cases(np.zeros(2, STREAM), {}, {}, np.zeros(0, np.int8), np.zeros(0, np.bool_)).audiences()
    assert [part.tolist() for part in nobody] == [[], [0, 0], [0, 0], [0, 0], [0, 0]]


def test_an_audience_reads_as_a_tuple_by_row_or_in_turn():
    listed = [(3, 1), (), (2,)]
    found = audiences(3, listed)
    assert isinstance(found, Audiences)
    assert list(found) == [found[row] for row in range(len(found))] == listed
    assert [found.get(row, "nobody") for row in range(4)] == [(3, 1), "nobody", (2,), "nobody"]
    assert list(audiences(3, {0: (3, 1), 2: (2,)})) == listed


@pytest.mark.parametrize("grain", [1, 50, 10**6])
def test_the_order_of_a_stream_is_by_tick_then_id_then_line(grain):
    luck = np.random.default_rng(1)
    opened = luck.integers(0, 1000, 500) // grain * grain
    ids, lines = luck.integers(0, 20, 500).astype(np.uint64), luck.integers(-1, 3, 500)
    assert in_order(opened, ids, lines).tolist() == np.lexsort((lines, ids, opened)).tolist()
