"""Copies that lay in stores before the run opened: no message of it laid them down, yet they can be broken into.

They are those the engines lay (engine rule 41): of every record that stands at the start and that the protocol follows
(alerts, or all), where its record script puts it. One lies until its version ends, which by the
same script brings the next one, or takes it away; where nothing takes it away, a copy of a deleted record stays to the
end. How long a desk takes for that is left out here.

They are of no need and no case, so no part of a run may count them: every part knows them all, the same ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.cases.before_start import BeforeStart
from sim.columns import exact_sum
from sim.content.records import followed
from sim.leakage.breach import Numbers, reached
from sim.metrics.holders import Holders, holders, slot_of, slots
from sim.metrics.joined import READABLE, Joined
from sim.metrics.once import once
from sim.programs import Program, Protocol
from sim.scenario.hazards import CLASSES
from sim.script import FORMS, PLAIN, Send, Store, Withdraw
from sim.transport import KEYED
from sim.world import World, reached_places

UNIT = 1 << 40           # chances are added as whole numbers of this part of 1, so that parts of a run add up exactly

Rows = NDArray[np.void]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Standing:
    """Copies laid down by one protocol, from when needs begin to count to the end.

    records  that have some copy abroad              ticks, copies  by slot: record-ticks; copies
    chance   in UNITs, summed over records: that some copy is broken into; then by CLASSES, some copy of that class
    keyed    record-ticks of copies in a form that the protocol's key undoes; all else is then 0, but
    keys     by slot: such copies, of those who have the key
    """

    records: int
    ticks: tuple[int, ...]
    copies: tuple[int, ...]
    chance: tuple[int, ...]
    keyed: int
    keys: tuple[int, ...]


def standing(joined: Joined) -> tuple[Standing, ...]:
    """By protocol, made once a run: parts of a run share its world and its records."""
    return once(joined.of_world.kept, _standing, joined)


def _standing(joined: Joined) -> tuple[Standing, ...]:
    world, found, before_start = joined.world, [], BeforeStart(joined.world)
    for number, protocol in enumerate(world.protocols):
        lying = _lying(joined, protocol)
        if len(lying):
            laid = _of(world, number, lying, before_start)
            found.append(_in_keyed_form(laid) if _form(protocol) in KEYED else laid)
        else:
            found.append(_nothing(world))
    return tuple(found)


def _nothing(world: World) -> Standing:
    none = (0,) * slots(world)
    return Standing(0, none, none, (0,) * (1 + len(CLASSES)), 0, none)


def _in_keyed_form(found: Standing) -> Standing:
    """Unreadable as they lie."""
    return replace(found, records=0, ticks=found.keys, copies=found.keys, chance=(0,) * (1 + len(CLASSES)),
                   keyed=sum(found.ticks), keys=found.copies)


def _lying(joined: Joined, protocol: Protocol) -> Rows:
    """The versions that stand at the start and that the protocol follows, where it lays down what can be read."""
    records = joined.records
    if _form(protocol) not in (*READABLE, *KEYED):
        return records[:0]
    stands = (records["created"] < 0) & (records["superseded"] > 0)
    held = records[stands & followed(records, protocol.records)]
    found: Rows = held[np.isin(held["place"], list(reached_places(joined.world, protocol)))]
    return found


def _of(world: World, number: int, lying: Rows, before_start: BeforeStart) -> Standing:
    ticks, copies, records = [0] * slots(world), [0] * slots(world), 0
    chance = [0] * (1 + len(CLASSES))
    program = world.protocols[number].record
    assert program is not None
    about = holders(world)
    for place in np.unique(lying["place"]).tolist():
        here = lying[lying["place"] == place]
        there = _laid(world, before_start.laid(number, place), place)
        held = exact_sum(_held(world, here, _takes_away(program)))
        for slot in there:
            ticks[slot] += held
            copies[slot] += len(here)
        records += len(here) if there else 0
        of_one = units(about, np.zeros(len(there), np.int64), np.array(there, np.int64), 1)
        chance = [before + len(here) * one for before, one in zip(chance, of_one, strict=True)]
    return Standing(records, tuple(ticks), tuple(copies), tuple(chance), 0, _nothing(world).keys)


def _laid(world: World, done: list[tuple[int, bool]], home: int) -> list[int]:
    """Slots abroad in which a copy lies when the script is through."""
    places = [place for place, laid in dict(done).items() if laid and place != home]
    found: list[int] = slot_of(world, np.array(places, np.int64), np.ones(len(places), bool)).tolist()
    return found


def _held(world: World, rows: Rows, takes_away: bool) -> Whole:
    """(records,) ticks from when needs begin to count."""
    ends = np.where(rows["deleted"] & (not takes_away), world.end, np.minimum(rows["superseded"], world.end))
    return np.asarray(np.maximum(ends - world.observe_from, 0), np.int64)


def _takes_away(program: Program) -> bool:
    return any(isinstance(row.instruction, Withdraw) for row in program.rows)


def _form(protocol: Protocol) -> int:
    """In which form what it stores was sent there, an index into FORMS, the least readable where there are several; -1
    where it stores nothing."""
    steps = [*_steps(protocol.record)] if protocol.record else []
    stored = {(step.party, step.content) for step in steps if isinstance(step, Store)}
    forms = {step.form for step in steps if isinstance(step, Send) and (step.receiver, step.content) in stored}
    found = sorted(map(FORMS.index, forms or {PLAIN}), key=lambda form: (form not in READABLE, form not in KEYED))
    return found[-1] if stored else -1


def _steps(program: Program) -> Iterator[object]:
    return (row.instruction for row in program.rows)


def units(about: Holders, person: Whole, slot: Whole, persons: int) -> list[int]:
    """In UNITs, summed over persons: the chance that some place that holds them is broken into; then by class of place.

    person, slot  a row for each place that holds a person
    """
    hazards, classes = np.array(about.hazards)[slot], np.array(about.classes)[slot]
    return [_summed(about, person[which], hazards[which], persons)
            for which in (np.ones(len(slot), bool), *(classes == k for k in range(len(CLASSES))))]


def _summed(about: Holders, person: Whole, hazards: Numbers, persons: int) -> int:
    chance = reached(person, hazards, persons, about.dependence.common_cause, about.dependence.dispersion)
    return exact_sum(np.rint(chance * UNIT).astype(np.int64))
