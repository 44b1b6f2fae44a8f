"""The durations our engines would draw, as arrays: peers are handed the same luck, drawn beforehand.

Addresses are those of the engine rules (56 to 59); a test holds peers' completion ticks to the reference engine's, so
an address that differed here would be seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.models import SEED, Built
from sim import draws
from sim.engines.prepared import prepare
from sim.script import Send
from sim.world import OWN_WORK

Ticks = NDArray[np.int64]
LEG = ("question", "register", "look_up", "review", "reply", "check")


@dataclass(frozen=True)
class FanOut:
    """Ticks: `prepare`, `conclude` (count,); `legs` (count, states, 6), in the order of LEG."""

    prepare: Ticks
    conclude: Ticks
    legs: Ticks


def services(built: Built) -> Ticks:
    """(count, desks) service ticks of every desk in the order of visits."""
    ids = np.ascontiguousarray(built.cases.rows["id"])
    if built.model.own:
        bits = draws.bits_many(SEED, 0, ids, 0, draws.stream("Work", "owner", OWN_WORK), 0)
        return draws.draw_many(built.world.stations[0].own_job, bits)[:, None]
    return np.stack([_drawn(built, row, ids, draws.ROOT_LEG) for row in _rows(built)], axis=1)


def fan_out(built: Built) -> FanOut:
    ids = np.ascontiguousarray(built.cases.rows["id"])
    rows = {getattr(row.instruction, "task", "") or getattr(row.instruction, "content", ""): row
            for row in _rows(built)}
    legs = np.empty((built.count, built.model.states, 6), np.int64)
    for place, key in enumerate(built.world.place_keys):
        leg = int(draws.leg_key(draws.ROOT_LEG, key, 0))
        for k, name in enumerate(LEG):
            legs[:, place, k] = _drawn(built, rows[name], ids, leg)
    return FanOut(_drawn(built, rows["prepare"], ids, 0), _drawn(built, rows["conclude"], ids, 0), legs)


def _rows(built: Built) -> list:
    return prepare(built.world).rows(built.world.protocols[0].case)


def _drawn(built: Built, row, ids: NDArray[np.uint64], leg: int) -> Ticks:
    law = built.world.networks["net"].delay if row.kind is Send else built.world.tasks[row.task].time
    return draws.draw_many(law, draws.bits_many(SEED, 0, ids, leg, row.stream, 0))
