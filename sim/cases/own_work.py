"""The desks' other work: domestic jobs and other states' requests, the same for every option."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim import draws
from sim.cases.stream import OWN_FIRST, OWN_LATER, PLAIN, STREAM, in_order
from sim.ledger import BACKGROUND, DOMESTIC
from sim.programs import Protocol
from sim.world import Station, World, reached_places

Function = TypeVar("Function", bound=Callable[..., Any])
_compiled = cast("Callable[[Function], Function]", njit(cache=True))

Jobs = tuple[NDArray[np.uint64], NDArray[np.int64]]      # ids and ticks


def used_desks(world: World) -> frozenset[int]:
    """Stations whose own work is simulated: every desk of the focus, and elsewhere those at which some protocol that
    reaches the place serves its asked side."""
    asked = {(desk, place) for protocol in world.protocols for desk in _asked_desks(world, protocol)
             for place in reached_places(world, protocol)}
    return frozenset(k for k, station in enumerate(world.stations)
                     if station.place == world.focus or (station.desk, station.place) in asked)


def _asked_desks(world: World, protocol: Protocol) -> set[str]:
    tasks = {task for program in (protocol.case, protocol.record) if program
             for row in program.rows for task in [getattr(row.instruction, "task", None)]
             if task and _asked_side(protocol, row.instruction.party)}  # type: ignore[union-attr]
    return {world.tasks[world.task_row[name]].desk for name in tasks}


def _asked_side(protocol: Protocol, party: str) -> bool:
    return party in ("responder", "owner") or protocol.parties.get(party) == "responder"


def own_work(world: World, desks: frozenset[int]) -> NDArray[np.void]:
    """Domestic jobs and other states' requests: Poisson streams in the desk's own clerk time, so that they come while
    it is staffed. A job is a case of one step. Rows of STREAM in its order.

    Where all others' needs are cases, they are the other states' requests at the others' desks, and no stream stands
    for them there. At the focus it stays: those cases never come to the focus, and `asked_of_us` is only a part of
    what it is asked.
    """
    stations = [(k, world.stations[k]) for k in sorted(desks)]
    among_others = world.scenario.demand.others == "cases"
    jobs = [(DOMESTIC, k, *_jobs(world, station, "domestic", station.domestic)) for k, station in stations]
    jobs += [(BACKGROUND, k, *_jobs(world, station, "background", station.other_foreign)) for k, station in stations
             if station.place == world.focus or not among_others]
    return rows_of_jobs(world, jobs)


def rows_of_jobs(world: World, jobs: list[tuple[int, int, NDArray[np.uint64], NDArray[np.int64]]]) -> NDArray[np.void]:
    """Rows of STREAM, in its order, of streams of jobs: (kind of case, station, ids, ticks) of each."""
    many = [len(ids) for _, _, ids, _ in jobs]
    kind, station = (np.repeat(np.array([job[column] for job in jobs], np.int64), many) for column in (0, 1))
    ids = np.concatenate([np.zeros(0, np.uint64), *(ids for _, _, ids, _ in jobs)])
    ticks = np.concatenate([np.zeros(0, np.int64), *(ticks for _, _, _, ticks in jobs)])
    ticks = ticks // world.grain * world.grain
    order = in_order(ticks, ids, np.full(len(ids), -1))
    return _rows(world, kind[order], station[order], ids[order], ticks[order])


def _jobs(world: World, station: Station, word: str, load: float) -> Jobs:
    if load == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return jobs_at(world, station, word, station.name, station.own_mean / load)


def jobs_at(world: World, station: Station, word: str, name: str, mean: float) -> Jobs:
    """One stream of jobs at a desk, `mean` ticks of clerk time apart; ids are of the kind `word` and hang on `name`."""
    windows = station.own_windows
    jobs: Jobs = _arrivals(draws.exponential(mean), mean, world.seed, world.replication, _first_id(word, name),
                           _gap(word), windows.opens, windows.closes, windows.clerks, world.end)
    return jobs


@lru_cache(maxsize=2)
def _gap(word: str) -> int:
    return draws.stream(word, "gap")


@lru_cache(maxsize=4096)
def _first_id(word: str, name: str) -> np.uint64:
    return np.uint64(draws.identity(word, name) & ~0xFFFFFF)


@_compiled
def _arrivals(law: Any, mean: Any, seed: Any, replication: Any, first_id: Any, stream: Any, opens: Any, closes: Any,
              clerks: Any, end: Any) -> Any:
    """Ids and ticks of a Poisson stream that runs while clerks are present, as fast as there are clerks.

    law      table of the gaps, in ticks of clerk time
    mean     theirs; it bounds how many are drawn, ten standard deviations above what will come
    """
    presence = 0
    for window in range(len(opens)):
        presence += (closes[window] - opens[window]) * clerks[window]
    most = int(presence / mean + 10 * (presence / mean) ** 0.5 + 20)
    ids, ticks = np.empty(most, np.uint64), np.empty(most, np.int64)
    found, moment, window, before = 0, 0, 0, 0
    for k in range(most):
        job = first_id + np.uint64(k)
        moment += draws.draw(law, draws.bits(seed, replication, job, 0, stream, 0))
        if moment >= presence:
            break
        here = (closes[window] - opens[window]) * clerks[window]
        while before + here <= moment:
            before += here
            window += 1
            here = (closes[window] - opens[window]) * clerks[window]
        tick = opens[window] + (moment - before) // clerks[window]
        if 0 <= tick <= end:
            ids[found], ticks[found] = job, tick
            found += 1
    return ids[:found], ticks[:found]


def _rows(world: World, kind: NDArray[np.int64], station: NDArray[np.int64], ids: NDArray[np.uint64],
          ticks: NDArray[np.int64]) -> NDArray[np.void]:
    rows = np.zeros(len(ids), STREAM)
    rows["id"], rows["opened"], rows["kind"], rows["station"] = ids, ticks, kind, station
    rows["opener"] = np.array([each.place for each in world.stations], np.int64)[station]
    rows["priority"] = np.where(kind == BACKGROUND, PLAIN, _domestic_priority(world, station, ids))
    rows["subjects"] = 1
    for name in ("need", "protocol", "line", "record", "version"):
        rows[name] = -1
    return rows


def _domestic_priority(world: World, station: NDArray[np.int64], ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Some domestic jobs go before plain foreign requests."""
    share = np.array([each.first for each in world.stations])[station]
    luck = draws.unit_many(draws.bits_many(world.seed, world.replication, ids, 0, draws.stream("domestic", "first"), 0))
    return np.where(luck < share, OWN_FIRST, OWN_LATER)
