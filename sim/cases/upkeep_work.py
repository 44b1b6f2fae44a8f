"""The upkeep of records as work: checks at entry, audits and comparisons of counts are further own work of the desks.

Clerks take records in piles of about an hour's work, so that a store of a hundred thousand gives no more jobs than its
clerks have hours. Piles are jobs of one step like a desk's other own work, with ids of their own: a lever that brings
audits in makes a desk busier and moves none of its other jobs.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.cases.own_work import Jobs, jobs_at, rows_of_jobs
from sim.cases.stream import STREAM
from sim.ledger import DOMESTIC
from sim.scenario.upkeep import PROCESSES, Load, loads
from sim.units import DAY, HOUR
from sim.world import OWN_WORK, Station, World

PILE = HOUR              # clerk time of a pile of records, unless a single one takes longer
# Assumption: single records take as unevenly long as the tasks of a case do (script.Task).
VARIATION = 0.8

UPKEEP = np.dtype([      # what came to one desk in the observed window
    ("process", "i1"),   # PROCESSES
    ("place", "i2"),
    ("piles", "i8"),
    ("work", "i8"),      # ticks of clerk time that they take
])


def with_upkeep(world: World) -> World:
    """The world with a law of time for the piles of each process, behind those that are there."""
    laws = tuple(draws.lognormal(_pile(load) * load.time, VARIATION / _pile(load)**0.5) for load in _loads(world))
    return replace(world, look_up_times=(*world.look_up_times, *laws))


def upkeep_work(world: World, desks: frozenset[int]) -> NDArray[np.void]:
    """Piles at these stations: Poisson streams in the desk's own clerk time. Rows of STREAM, process by process.

    world  as `with_upkeep` made it
    """
    found = [np.zeros(0, STREAM)]
    for law, load in _laws(world).items():
        here = [k for k in sorted(desks) if world.stations[k].desk == load.desk]
        rows = rows_of_jobs(world, [(DOMESTIC, k, *_jobs(world, world.stations[k], load)) for k in here])
        rows["law"] = law
        found.append(rows)
    return np.concatenate(found)


def upkeep_book(world: World, stream: NDArray[np.void]) -> NDArray[np.void]:
    """UPKEEP of all own work in a run's stream, by process and place."""
    found = [np.zeros(0, UPKEEP)]
    seen = (stream["opened"] >= world.observe_from) & (stream["opened"] < world.observe_until)
    for law, load in _laws(world).items():
        rows = np.flatnonzero((stream["law"] == law) & seen)
        piles, work = np.zeros((2, len(world.places)), np.int64)
        np.add.at(piles, stream["opener"][rows], 1)
        np.add.at(work, stream["opener"][rows], _times(world, stream["id"][rows], law))
        places = np.flatnonzero(piles)
        book = np.zeros(len(places), UPKEEP)
        book["process"], book["place"] = PROCESSES.index(load.process), places
        book["piles"], book["work"] = piles[places], work[places]
        found.append(book)
    return np.concatenate(found)


def _times(world: World, ids: NDArray[np.uint64], law: int) -> NDArray[np.int64]:
    """The clerk time of each pile, as the engine draws it."""
    luck = draws.bits_many(world.seed, world.replication, np.ascontiguousarray(ids), 0,
                           draws.stream("Work", "owner", OWN_WORK), 0)
    return np.asarray(draws.draw_many(world.look_up_times[law - 1], luck) // world.grain * world.grain)


def _loads(world: World) -> tuple[Load, ...]:
    """Processes that take any time."""
    return tuple(load for load in loads(world.scenario) if load.clerk_time > 0)


def _laws(world: World) -> dict[int, Load]:
    """STREAM.law of each process: the last ones."""
    declared = _loads(world)
    return dict(enumerate(declared, len(world.look_up_times) - len(declared) + 1))


def _pile(load: Load) -> int:
    """Records, or comparisons, in one pile."""
    return max(int(PILE // load.time), 1)


def _jobs(world: World, station: Station, load: Load) -> Jobs:
    windows = station.own_windows
    presence = int(((windows.closes - windows.opens) * windows.clerks).sum())
    piles = load.per_day / _pile(load) * world.end / DAY
    if not presence:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return jobs_at(world, station, "domestic", f"{station.name} {load.process}", presence / piles)
