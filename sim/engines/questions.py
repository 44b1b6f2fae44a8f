"""Questions: what is so before the run, what came out, what is left (engine rules 42, 43, 46). They cost no time."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sim import calendars, draws
from sim.engines.frames import Frame
from sim.engines.prepared import Prepared
from sim.needs import KNOWN_PRINT
from sim.script import GRANTED, NO, USED_UP, YES

if TYPE_CHECKING:
    from sim.engines.reference import Run


def is_so(run: "Run", frame: Frame, row: Prepared) -> str:
    return YES if holds(run, frame, row.instruction.fact) else NO


def holds(run: "Run", frame: Frame, fact: str) -> bool:
    """A fact of the case in a root, of case and bound place in a leg; the same however often it is asked (rule 42)."""
    case = frame.case.row
    place = frame.leg.place if frame.leg.place >= 0 else case.opener
    if fact in BUILT_IN:
        return BUILT_IN[fact](run, frame)
    setting = run.world.scenario.fact[fact]
    stream = run.prepared.stream("Is", fact)
    if setting.of == "place":
        code = run.world.places[place]
        luck = draws.unit(draws.bits(run.world.seed, run.world.replication // 4096 * 4096,
                                     draws.identity("place", code), 0, stream, 0))
    else:
        luck = fixed_unit(run, case.id, run.world.place_keys[frame.leg.place] if frame.leg.place >= 0 else 0, stream)
    return bool(luck < setting.share.value)


def _bound(run: "Run", frame: Frame) -> bool:
    protocol = run.world.protocols[frame.case.protocol]
    places = run.world.bound[protocol.instrument]
    return frame.case.row.opener in places and (frame.leg.place < 0 or frame.leg.place in places)


BUILT_IN: dict[str, Callable[["Run", Frame], bool]] = {
    "urgent": lambda run, frame: bool(frame.case.row.urgent),
    "evidence": lambda run, frame: bool(frame.case.row.product),
    "holder_known": lambda run, frame: bool(frame.case.row.holder_known),
    "print_only": lambda run, frame: bool(frame.case.row.known == KNOWN_PRINT),
    "minor_offence": lambda run, frame: bool(frame.case.row.minor_offence),
    "created": lambda run, frame: frame.case.row.event == 0,
    "changed": lambda run, frame: frame.case.row.event == 1,
    "deleted": lambda run, frame: frame.case.row.event == 2,
    "complained": lambda run, frame: frame.case.row.event == 3,
    "bound": _bound,
}


def fixed_unit(run: "Run", case: int, leg: int, stream: int) -> float:
    """The uniform of a fact: its address has no count, so asking twice answers alike."""
    return float(draws.unit(draws.bits(run.world.seed, run.world.replication, case, leg, stream, 0)))


def chance(run: "Run", frame: Frame, row: Prepared) -> str:
    share = run.world.scenario.chance[row.instruction.name].share.value
    return YES if draws.unit(run.luck(frame, row.stream)) < share else NO


def owes(run: "Run", frame: Frame, row: Prepared) -> str:
    """Whether the leg's last review came with the duty."""
    ruling = frame.leg.ruling
    return YES if ruling >= 0 and row.instruction.duty in run.world.law.outcomes[ruling].duties.flags else NO


def quota(run: "Run", frame: Frame, row: Prepared) -> str:
    """Counted in the order of events, by the giver's local day (rule 46)."""
    name, giver, taker = row.instruction.name, *(frame.places[party] for party in (row.instruction.giver,
                                                                                   row.instruction.taker))
    day = int(calendars.up_to(run.world.days[giver].midnights, run.now))
    used = run.used.get((name, giver, taker, day), 0)
    if used >= run.world.scenario.quota[name].per_day.value:
        return USED_UP
    run.used[name, giver, taker, day] = used + 1
    return GRANTED
