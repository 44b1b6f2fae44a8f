"""Where the record scripts of channels lay copies down and take them away, and how long taking away takes.

A script takes away in two ways, which are counted apart: in itself, once for each event (out of a central store), and
in the legs of a ForEach, once for each of them (at everybody who got a copy).
"""

from typing import NamedTuple

import numpy as np

from sim.content.records import DELETED
from sim.ledger import RECORD
from sim.metrics.joined import Flags, Joined, Whole
from sim.programs import Program, Protocol
from sim.script import NO, STEPS, YES, Chance, ForEach, Is, Send, Store, Withdraw
from sim.world import World

EVENTS = {"deleted": YES, "created": NO, "changed": NO, "complained": NO}


ITSELF, IN_LEGS, STAYS = 0, 1, -1
WAYS = (ITSELF, IN_LEGS)


class Stores(NamedTuple):
    """(protocols, places) where each lays copies down, and in which of the WAYS it takes them away there, or STAYS."""

    laid: Flags
    way: Whole


class Planned(NamedTuple):
    """A withdrawal as its script does it with nobody in the way: share that comes about at all, mean ticks."""

    share: float
    ticks: float


def stores(world: World) -> Stores:
    laid = np.zeros((len(world.protocols), len(world.places)), bool)
    way = np.full(laid.shape, STAYS)
    for number, protocol in enumerate(world.protocols):
        for row in protocol.record.rows if protocol.record is not None else ():
            if isinstance(row.instruction, Store | Withdraw):
                places = _places(world, protocol, row.instruction.party)
                if isinstance(row.instruction, Store):
                    laid[number, places] = True
                else:
                    way[number, places] = np.maximum(way[number, places], IN_LEGS if len(places) > 1 else ITSELF)
    return Stores(laid, way)


def _places(world: World, protocol: Protocol, party: str) -> list[int]:
    """Where a party of a record script stands: at an institution, at every state a leg may be bound to, or with the
    owner, whose own copy is none."""
    side = protocol.parties.get(party, party)
    if side in world.places:
        return [world.places.index(side)]
    assert protocol.record is not None
    bound = {row.instruction.party for row in protocol.record.rows if isinstance(row.instruction, ForEach)}
    return list(range(world.jurisdictions)) if {party, side} & bound else []


def withdrawals(joined: Joined, after: Whole) -> tuple[Whole, Whole]:
    """(after, WAYS, protocols) withdrawals of deleted records that took longer than so many ticks from the deletion,
    those not done by the end of the run among them; (WAYS, protocols) all that are due."""
    many, way = len(joined.world.protocols), joined.of_world(stores).way
    protocol = joined.cases["protocol"].astype(np.int64)
    deleted = (joined.cases["kind"] == RECORD) & (joined.stream["event"] == DELETED)
    events, legs = np.flatnonzero(deleted), joined.legs["case"][joined.legs["place"] >= 0]
    due = [each[(way == k).any(axis=1)[each]] for k, each in
           ((ITSELF, protocol[events]), (IN_LEGS, protocol[legs[deleted[legs]]]))]
    case = joined.steps["case"]
    done = np.flatnonzero(joined.steps_of(Withdraw) & deleted[case] & (joined.steps["ended"] >= 0))
    took, in_leg = joined.steps["ended"][done] - joined.cases["opened"][case[done]], joined.step_leg[done] >= 0
    of_all = np.array([np.bincount(each, minlength=many) for each in due])
    in_time = [[np.bincount(protocol[case[done]][(took <= ticks) & (in_leg == (k == IN_LEGS))], minlength=many)
                for k in WAYS] for ticks in after]
    return of_all - np.array(in_time), of_all


def planned(world: World) -> tuple[tuple[Planned, ...], ...]:
    """By protocol, in each of the WAYS."""
    nothing = (Planned(0.0, 0.0),) * len(WAYS)
    return tuple(nothing if protocol.record is None else
                 tuple(_ahead(world, protocol, protocol.record, protocol.record.entries[0].first, way, ITSELF)
                       for way in WAYS) for protocol in world.protocols)


def _ahead(world: World, protocol: Protocol, program: Program, number: int, wanted: int, here: int) -> Planned:
    """From a row of a record script on, the most likely path to a Withdraw of the wanted way once the record is
    deleted. `here`: the way of the frame the row stands in."""
    if number < 0:
        return Planned(0.0, 0.0)
    row = program.rows[number]
    if isinstance(row.instruction, Withdraw) and here == wanted:
        return Planned(1.0, _takes(world, protocol, row.instruction))
    within = IN_LEGS if isinstance(row.instruction, ForEach) else here
    ways = ([_ahead(world, protocol, program, program.entries[row.entry].first, wanted, within)]
            if row.entry >= 0 else [])
    for answer, then in zip(row.answers, row.then, strict=True):
        chance, way = _chance(world, row.instruction, answer), _ahead(world, protocol, program, then, wanted, here)
        ways.append(Planned(chance * way.share, way.ticks))
    best = max(ways)
    took = best.ticks + _takes(world, protocol, row.instruction)
    return Planned(best.share, took) if best.share else Planned(0.0, 0.0)


def _chance(world: World, instruction: object, answer: str) -> float:
    """Of an answer, where the question is of the event or left to chance; any other answer may be the one."""
    if isinstance(instruction, Is) and instruction.fact in EVENTS:
        return float(answer == EVENTS[instruction.fact])
    if isinstance(instruction, Chance):
        share = world.scenario.chance[instruction.name].share.value
        return share if answer == YES else 1 - share
    return 1.0


def _takes(world: World, protocol: Protocol, instruction: object) -> float:
    """Mean ticks."""
    if isinstance(instruction, Send):
        return float(world.networks[protocol.network].delay.mean()) if protocol.network in world.networks else 0.0
    return float(world.tasks[world.task_row[instruction.task]].mean) if isinstance(instruction, STEPS) else 0.0
