"""Who may hold others' records, of which class, and by which hazard each is broken into.

A slot is one system that can be broken into. An institution is one; a jurisdiction is two, what it was given on request
and the copies laid down with it ahead. Slot p is place p, slot places + j the copies at jurisdiction j.

An institution is a registry where some protocol lays copies down at it, and else a hub.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.leakage.breach import INDEPENDENT, Dependence, stay, with_suppliers
from sim.scenario.hazards import CLASSES, PER_YEAR, Hazards
from sim.script import Store
from sim.units import DAY
from sim.world import World

# Break-ins a year of every holder where none is declared. Ratios of means hardly hang on it; at one in ten years the
# worst year in twenty is one in which something happens, even where all lies in a single store.
EQUAL = 0.1
HUB, REGISTRY, NATIONAL_COPY, MEMBER = range(4)
AT = ("at hubs", "at registries", "at national copies", "at members")
assert CLASSES == ("hub", "registry", "national_copy", "member")


@dataclass(frozen=True)
class Holders:
    """By slot: index into CLASSES, hazard a year with that of its suppliers, accounts (ways in x administrators),
    administrators at the holder itself.

    declared  the scenario says hazards; else they are equal, and only ratios may be told
    days      that an intruder stays and reads what comes in
    insider   misuses a year and administrator; takes: share of what lies there; keys: share of keyed rows undone
    """

    classes: tuple[int, ...]
    hazards: tuple[float, ...]
    accounts: tuple[int, ...]
    administrators: tuple[int, ...]
    dependence: Dependence = INDEPENDENT
    declared: bool = False
    days: float = 0.0
    insider: float = 0.0
    takes: float = 0.0
    keys: float = 0.0


def slots(world: World) -> int:
    return len(world.places) + world.jurisdictions


def slot_of(world: World, place: NDArray[np.int64], copy: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where a row of the disclosures, or a standing copy, lies."""
    found: NDArray[np.int64] = place + np.where(copy & (place < world.jurisdictions), len(world.places), 0)
    return found


def holders(world: World) -> Holders:
    """Of a settled scenario."""
    classes, hazard = _classes(world), world.scenario.hazard
    if hazard is None:
        ones = (1,) * len(classes)
        return Holders(classes, (EQUAL,) * len(classes), ones, ones)
    return _declared(classes, hazard)


def _declared(classes: tuple[int, ...], hazard: Hazards) -> Holders:
    each = [getattr(hazard, name) for name in CLASSES]
    yearly = [one.yearly.value * PER_YEAR for one in each]
    suppliers, administrators = ([int(getattr(one, key).value) for one in each]
                                 for key in ("suppliers", "administrators"))
    contractor = hazard.contractor.yearly.value * PER_YEAR if hazard.contractor is not None else 0.0
    combined = with_suppliers(yearly, [many - 1 for many in suppliers], contractor).tolist()
    noticed = hazard.detection.value if hazard.detection is not None else hazard.dwell.value
    return Holders(classes, tuple(combined[k] for k in classes),
                   tuple(suppliers[k] * administrators[k] for k in classes), tuple(administrators[k] for k in classes),
                   Dependence(hazard.common_cause.value, hazard.dispersion.value), True,
                   stay(hazard.dwell.value, noticed) / DAY, hazard.insider.value * PER_YEAR, hazard.takes.value,
                   hazard.keys.value)


def _classes(world: World) -> tuple[int, ...]:
    stores = {protocol.parties.get(row.instruction.party) for protocol in world.protocols
              for program in (protocol.case, protocol.record) if program
              for row in program.rows if isinstance(row.instruction, Store)}
    institutions = [REGISTRY if place in stores else HUB for place in world.places[world.jurisdictions:]]
    return (*(MEMBER,) * world.jurisdictions, *institutions, *(NATIONAL_COPY,) * world.jurisdictions)
