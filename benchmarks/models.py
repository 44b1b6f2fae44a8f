"""The models that everybody runs: how many states and desks, how far apart the cases, and what one case does.

A model is built for any number of cases at the same load, so that only the horizon grows. Times are ticks of 1 us.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import settled
from sim import draws, programs
from sim import world as worlds
from sim.cases import ASKED_BY_CASE, OWN_FIRST, PLAIN, STREAM, Cases
from sim.content import CANDIDATES, RECORD_EVENTS, RECORDS, Candidates, Content, Search
from sim.content.records import NEVER
from sim.ledger import DOMESTIC, NEED
from sim.needs import Audiences
from sim.units import SECOND
from sim.world import World

PROTOCOLS = Path(__file__).parent / "protocols"
SEED = 1
STATES = 27
ZONES = ("America/New_York", "Europe/Vienna", "Asia/Tokyo")
OFFICE = "Mon-Fri 08:00-17:00"
MOST = 10**7                      # cases; stable ids of a model have 24 bits of their own
BLOCK = 1 << 14                   # cases drawn at a time where they come block by block
CERTAIN = 10**6                   # score of a match, millionths


@dataclass(frozen=True)
class Model:
    """What is simulated. `build` answers it for a number of cases.

    events  timed events of one case: its arrival, and every end of a service or a delivery
    gap     mean seconds between cases (exponential); the load follows from it
    own     cases are the desk's own work, of one step and without a script
    hits    of every case one state has a record
    """

    title: str
    protocol: str
    events: int
    gap: float
    desks: dict[str, dict[str, Any]]
    states: int = 1
    zones: tuple[str, ...] = ("UTC",)
    time: str = ""                # of every task, where it is not the protocol file's
    drain: str = "1 d"
    own: bool = False
    calendars: bool = False
    hits: bool = False

    @property
    def clerks(self) -> int:
        return int(next(iter(self.desks.values()))["clerks"])


@dataclass(frozen=True)
class Built:
    """The whole input of an engine, for `count` cases."""

    model: Model
    count: int
    world: World
    cases: Cases
    content: Content


def _fan_out(title: str, clerks: int, hours: str, zones: tuple[str, ...], **given: Any) -> Model:
    desks = {name: {"clerks": clerks, "hours": hours} for name in ("desk", "intake", "review")}
    return Model(title, "fan_out", 3 + 6 * (STATES - 1), 60, desks, STATES, zones, drain="60 d", **given)


# Loads: 0.9 in the queues; 0.77 to 0.83 at the desks of the fan-out, also in office hours (45 of 168 a week).
MODELS = {
    "mm1": Model("M/M/1, one Work", "one_desk", 2, 1 / 0.9, {"desk": {"clerks": 1}}),
    "mm1_own": Model("M/M/1, desk's own work", "one_desk", 2, 1 / 0.9, {"desk": {"clerks": 1}}, own=True),
    "mm10": Model("M/M/10, one Work", "one_desk", 2, 1 / 0.9, {"desk": {"clerks": 10}}, time="10 s"),
    "tandem": Model("ten desks in a row", "tandem", 11, 1 / 0.9, {f"desk_{k}": {"clerks": 1} for k in range(10)}),
    "fan_out": _fan_out("26-leg fan-out", 10, "24/7", ("UTC",)),
    "hit_fan_out": Model("26-leg hit/no-hit, a record sent", "hit_fan_out", 2 + 3 * (STATES - 1) + 1, 60,
                         {"desk": {"clerks": 1}}, STATES, hits=True),
    "fan_out_hours": _fan_out("26-leg fan-out, office hours in three zones", 37, OFFICE, ZONES, calendars=True),
}


def build(name: str, count: int) -> Built:
    """The model with `count` cases. Raises ValueError above MOST."""
    model, world = _model(name, count)
    cases = next(_blocks(model, world, count, count))
    return Built(model, count, world, cases, _one_record_each(cases, model.states) if model.hits else nothing_held())


def by_block(name: str, count: int) -> tuple[World, Callable[[], Iterator[Cases]]]:
    """The same world, and how to have the same cases drawn BLOCK at a time as they are asked for. Raises ValueError
    above MOST, and for a model whose cases find records."""
    model, world = _model(name, count)
    if model.hits:
        raise ValueError(f"{name}: what cases may find is not drawn by block")
    return world, partial(_blocks, model, world, count, BLOCK)


def _model(name: str, count: int) -> tuple[Model, World]:
    if not 0 < count <= MOST:
        raise ValueError(f"{count} cases; expected 1 to {MOST}")
    return MODELS[name], _world(MODELS[name], count)


def _world(model: Model, count: int) -> World:
    made = programs.load(PROTOCOLS / f"{model.protocol}.py")
    if model.time:
        made = replace(made, tasks={name: replace(task, time=model.time) for name, task in made.tasks.items()})
    places = {f"S{k:02}": model.zones[k % len(model.zones)] for k in range(model.states)}
    # Arrivals are random: a horizon of ten standard deviations more than the mean holds them all.
    seconds = int(model.gap * (count + 10 * count**0.5 + 10))
    scenario = settled.scenario(made, places, model.desks, seconds, model.drain)
    world = worlds.build(scenario, (made,), SEED, 0, scenario)
    if model.own:
        law = draws.exponential(SECOND)
        world = replace(world, stations=tuple(replace(station, own_job=law) for station in world.stations))
    return world


def _blocks(model: Model, world: World, count: int, size: int) -> Iterator[Cases]:
    """All cases in their order, `size` at a time."""
    opened = 0
    for first in range(0, count, size):
        rows = _rows(model, first, min(first + size, count), opened)
        opened = int(rows["opened"][-1])
        asked = _audiences(rows["opener"], model.states)
        needs = 0 if model.own else len(rows)
        yield Cases(rows, asked, asked, np.full(needs, ASKED_BY_CASE, np.int8), np.ones(needs, np.bool_))


def _rows(model: Model, first: int, end: int, opened: int) -> NDArray[np.void]:
    """Cases `first` to `end` - 1; the one before them was opened at `opened`."""
    rows = np.zeros(end - first, STREAM)
    rows["id"] = case_ids(first, end)
    luck = partial(draws.bits_many, SEED, 0, np.ascontiguousarray(rows["id"]), 0)
    gaps = draws.draw_many(draws.exponential(model.gap * SECOND), luck(draws.stream("benchmark", "gap"), 0))
    rows["opened"] = opened + np.cumsum(gaps)
    rows["opener"] = luck(draws.stream("benchmark", "opener"), 0) % np.uint64(model.states)
    rows["subjects"], rows["dual_criminality"], rows["record"], rows["version"] = 1, True, -1, -1
    if model.own:
        rows["kind"], rows["need"], rows["protocol"], rows["line"] = DOMESTIC, -1, -1, -1
        rows["priority"] = OWN_FIRST
    else:
        rows["kind"], rows["need"], rows["station"], rows["priority"] = NEED, np.arange(first, end), -1, PLAIN
    return rows


def case_ids(first: int, end: int) -> NDArray[np.uint64]:
    return np.arange(first, end, dtype=np.uint64) + np.uint64(draws.identity("need", "benchmark") & ~0xFFFFFF)


def _audiences(openers: NDArray[np.int16], states: int) -> Audiences:
    """Every case asks all other states; cases of one opener share one list."""
    others = np.array([[place for place in range(states) if place != opener] for opener in range(states)], np.int16)
    begins = openers.astype(np.int64) * (states - 1)
    return Audiences(others.ravel(), begins, begins + (states - 1))


def nothing_held() -> Content:
    return _holding(np.zeros(0, CANDIDATES), np.zeros(0, RECORDS))


def _one_record_each(cases: Cases, states: int) -> Content:
    """Of every case one of the states that are asked has a record, each state as often; a state has one for all."""
    records = np.zeros(states, RECORDS)
    for name in ("version", "record", "person", "place"):
        records[name] = np.arange(states)
    records["created"], records["superseded"] = -1, NEVER
    rows = np.zeros(len(cases.rows), CANDIDATES)
    rows["need"], rows["score"], rows["genuine"] = cases.rows["need"], CERTAIN, True
    rows["created"], rows["superseded"] = -1, NEVER
    rows["holder"] = (cases.rows["opener"] + 1 + np.arange(len(rows)) % (states - 1)) % states
    rows["version"] = rows["holder"]
    return _holding(rows, records)


def _holding(candidates: NDArray[np.void], records: NDArray[np.void]) -> Content:
    return Content(Candidates(candidates, (Search("fuzzy"),)), records, np.zeros(0, RECORD_EVENTS))


Run = Callable[[], "Outcome"]


@dataclass(frozen=True)
class Outcome:
    """What a run is checked by.

    closed  (count,) tick at which each case ended, or None where the contestant does not keep it in case order
    mean    mean sojourn time of the cases, s
    """

    mean: float
    closed: NDArray[np.int64] | None = None


def outcome(built: Built, closed: NDArray[np.int64]) -> Outcome:
    """Raises ValueError where some case never ended: no contestant may stop early."""
    if (closed < 0).any():
        raise ValueError(f"{int((closed < 0).sum())} of {built.count} cases have not ended")
    return Outcome(float((closed - built.cases.rows["opened"]).mean() / SECOND), closed)
