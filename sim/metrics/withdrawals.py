"""Where the record scripts of channels lay copies down and take them away, and how long taking away takes."""

from typing import NamedTuple

import numpy as np

from sim.content.records import DELETED
from sim.ledger import RECORD
from sim.metrics.joined import Flags, Joined, Whole
from sim.programs import Program, Protocol
from sim.script import NO, STEPS, YES, Chance, ForEach, Is, Send, Store, Withdraw
from sim.world import World

EVENTS = {"deleted": YES, "created": NO, "changed": NO, "complained": NO}


class Stores(NamedTuple):
    """(protocols, places) where each lays copies down, and takes them away; (protocols,) it does so leg by leg."""

    laid: Flags
    taken: Flags
    by_leg: Flags


class Planned(NamedTuple):
    """A withdrawal as its script does it with nobody in the way: share that comes about at all, mean ticks."""

    share: float
    ticks: float


def stores(world: World) -> Stores:
    laid, taken = np.zeros((2, len(world.protocols), len(world.places)), bool)
    for number, protocol in enumerate(world.protocols):
        for row in protocol.record.rows if protocol.record is not None else ():
            if isinstance(row.instruction, Store | Withdraw):
                table = laid if isinstance(row.instruction, Store) else taken
                table[number, _places(world, protocol, row.instruction.party)] = True
    return Stores(laid, taken, taken.sum(axis=1) > 1)


def _places(world: World, protocol: Protocol, party: str) -> list[int]:
    """Where a party of a record script stands: at an institution, at every place a leg is bound to, or with the owner,
    whose own copy is none."""
    side = protocol.parties.get(party, party)
    if side in world.places:
        return [world.places.index(side)]
    assert protocol.record is not None
    bound = {row.instruction.party for row in protocol.record.rows if isinstance(row.instruction, ForEach)}
    return list(range(len(world.places))) if {party, side} & bound else []


def withdrawals(joined: Joined, after: Whole) -> tuple[Whole, Whole]:
    """(after, protocols) withdrawals of deleted records that took longer than so many ticks from the deletion, those
    not done by the end of the run among them; (protocols,) all that are due: one in each leg, or in each event."""
    many, by_leg = len(joined.world.protocols), joined.of_world(stores).by_leg
    protocol = joined.cases["protocol"].astype(np.int64)
    deleted = (joined.cases["kind"] == RECORD) & (joined.stream["event"] == DELETED)
    legs = joined.legs["case"][joined.legs["place"] >= 0]
    due = np.append(protocol[deleted & ~by_leg[protocol]], protocol[legs[deleted[legs] & by_leg[protocol[legs]]]])
    case = joined.steps["case"]
    done = np.flatnonzero(joined.steps_of(Withdraw) & deleted[case] & (joined.steps["ended"] >= 0))
    took = joined.steps["ended"][done] - joined.cases["opened"][case[done]]
    of_all = np.bincount(due, minlength=many)
    in_time = [np.bincount(protocol[case[done]][took <= ticks], minlength=many) for ticks in after]
    return of_all - np.array(in_time), of_all


def planned(world: World) -> tuple[Planned, ...]:
    """By protocol."""
    return tuple(Planned(0.0, 0.0) if protocol.record is None else
                 _ahead(world, protocol, protocol.record, protocol.record.entries[0].first)
                 for protocol in world.protocols)


def _ahead(world: World, protocol: Protocol, program: Program, number: int) -> Planned:
    """From a row of a record script on, the most likely way to a Withdraw once the record is deleted."""
    if number < 0:
        return Planned(0.0, 0.0)
    row = program.rows[number]
    if isinstance(row.instruction, Withdraw):
        return Planned(1.0, _takes(world, protocol, row.instruction))
    ways = [_ahead(world, protocol, program, program.entries[row.entry].first)] if row.entry >= 0 else []
    for answer, then in zip(row.answers, row.then, strict=True):
        chance, way = _chance(world, row.instruction, answer), _ahead(world, protocol, program, then)
        ways.append(Planned(chance * way.share, way.ticks))
    best = max(ways)
    return Planned(best.share, best.ticks + _takes(world, protocol, row.instruction))


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
