"""Screening streams as what engines read: look-ups that come by themselves, at a station, one step each.

A look-up is a case of one step, like a desk's own work: look-up k of a stream has the id `first + k`, its arrival, its
service and its hit are drawn for at that id. Most stations of this kind do nothing else, and then the recursion of
`sim.engines.screening` is exact. Where it would not be, `why_not_exact` says why, and the same look-ups go through the
engine event by event.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import calendars, draws
from sim.cases import PLAIN, STREAM
from sim.content.sampled import hit_share
from sim.draws import Bits, Ticks
from sim.errors import CapacityError
from sim.ledger import BACKGROUND
from sim.scenario.futures import REPLICATIONS
from sim.scenario.schema import Screening
from sim.units import DAY
from sim.world import OWN_WORK, Station, World

FINE = 1024              # gaps are drawn in 1024ths of a tick
NUMBERS = 1 << 36        # look-ups of a stream in one run, at most
LEAST_GAP = 1000.0       # mean gap in 1024ths of a tick, at least: it is rounded down to whole ones
MOST_EVENTS = 2_000_000  # look-ups that may go event by event
GAP, TIME, HIT = (draws.stream("screening", "gap"), draws.stream("Work", "owner", OWN_WORK),
                  draws.stream("screening", "hit"))


@dataclass(frozen=True)
class Stream:
    """Look-ups of one kind.

    station    whose windows and clerks serve them
    row        of the station in `World.stations`; -1: servers that exist for this stream alone
    gap, time  tables of `sim.draws`: between two look-ups in 1024ths of a tick, of a service in ticks
    per_day    mean look-ups in 24 h
    hit_below  2**52 times the share of hits
    first      id of look-up 0
    """

    name: str
    place: int
    station: Station
    row: int
    gap: Ticks
    time: Ticks
    per_day: float
    hit_below: int
    first: int

    @property
    def is_own(self) -> bool:
        return self.row < 0


def streams(world: World) -> tuple[Stream, ...]:
    """The streams of a world's scenario, by name; one of no look-ups is none.

    Raises CapacityError where a stream's rate or number does not fit.
    """
    found = tuple(_stream(world, name, table) for name, table in sorted(world.scenario.screening.items())
                  if table.volume.lookups.value > 0)
    draws.check_streams({("screening", stream.name): stream.first for stream in found})
    return found


def first_id(name: str) -> int:
    """Id of look-up 0: the top bits of a hash, so that all others follow by counting."""
    return draws.identity("background", f"screening {name}") & ~(NUMBERS - 1)


def _stream(world: World, name: str, table: Screening) -> Stream:
    place, per_day, time = world.places.index(table.at), table.volume.lookups.value, _time(table)
    gap = FINE * DAY / per_day
    if gap < LEAST_GAP or per_day * world.end / DAY > NUMBERS // 2:
        raise CapacityError(f"screening.{name}: {per_day:.3g} look-ups a day for {world.end / DAY:.3g} days; at most "
                            f"{FINE * DAY / LEAST_GAP:.3g} a day and {NUMBERS // 2:.3g} in a run fit")
    row, station = -1, _station(world, name, place, table, time)
    if table.desk:
        row = next(k for k, each in enumerate(world.stations) if (each.place, each.desk) == (place, table.desk))
        station = world.stations[row]
    share = hit_share(world.scenario, name, world.seed, world.replication // REPLICATIONS)
    return Stream(name, place, station, row, draws.exponential(gap), time, per_day, round(share * 2**52),
                  first_id(name))


def _time(table: Screening) -> Ticks:
    mean = table.time.value
    return draws.exponential(mean) if table.spread == "exponential" else draws.lognormal(mean, float(table.spread))


def _station(world: World, name: str, place: int, table: Screening, time: Ticks) -> Station:
    """Servers of the stream's own."""
    code = world.places[place]
    state = world.scenario.jurisdiction.get(code)
    zone = state.zone if state else world.scenario.institution[code].zone
    servers = int(table.servers.value) if table.servers else 0
    open_ = calendars.windows(table.hours, zone, state.holidays or None if state else None,
                              (("00:00-24:00", servers),), world.start, world.end)
    return Station(f"{code} {name}", place, name, open_, open_, time, table.time.value, 0.0, 0.0, 0.0)


def why_not_exact(world: World, stream: Stream, among: tuple[Stream, ...]) -> str:
    """Why the recursion would not give what the engine gives; "" where it does.

    It does for one class of work, first come, first served, at a station with the same number of servers all the time
    that serves nothing else, so that nothing else can wait for it either.
    """
    station, windows = stream.station, stream.station.windows
    if not stream.is_own:
        here = np.flatnonzero(world.station_of[stream.place] == stream.row)
        if len(here):
            return f"its clerks also do {', '.join(world.tasks[column].name for column in here)}"
    if station.domestic or station.other_foreign:
        return "its clerks have other work of the desk to do"
    others = [each.name for each in among if each is not stream and not each.is_own and each.row == stream.row]
    if others:
        return f"its clerks also answer {', '.join(others)}"
    if [windows.opens.tolist(), windows.closes.tolist()] != [[0], [world.end]]:
        return "its servers are not always there, or not always as many"
    return ""


def placed(world: World, among: tuple[Stream, ...]) -> tuple[World, tuple[Stream, ...]]:
    """The world with a station for each stream that needs events and has servers of its own, and the streams there.

    STREAM.law of a look-up is 1 + the row of its stream here.
    """
    stations, found = list(world.stations), []
    for stream in among:
        if stream.is_own and why_not_exact(world, stream, among):
            found.append(replace(stream, row=len(stations)))
            stations.append(stream.station)
        else:
            found.append(stream)
    return replace(world, stations=tuple(stations), look_up_times=tuple(stream.time for stream in found)), tuple(found)


def by_events(world: World, among: tuple[Stream, ...]) -> NDArray[np.void]:
    """Rows of STREAM for the look-ups that have to go through the engine event by event.

    Raises CapacityError, which says why they have to, where they are too many for that.
    """
    found = [np.zeros(0, STREAM)]
    for number, stream in enumerate(among):
        reason = why_not_exact(world, stream, among)
        if reason:
            _check_events(world, stream, reason)
            found.append(rows(world, stream, stream.row, number + 1))
    return np.concatenate(found)


def _check_events(world: World, stream: Stream, reason: str) -> None:
    many = stream.per_day * world.end / DAY
    if many > MOST_EVENTS:
        raise CapacityError(f"screening.{stream.name}: some {many:,.0f} look-ups would have to go event by event, "
                            f"since {reason}\n  expected  at most {MOST_EVENTS:,}, or `servers` of its own, open 24/7")


def rows(world: World, stream: Stream, station: int, law: int) -> NDArray[np.void]:
    """The look-ups of a stream that come by the end, as cases of one step at a station."""
    ids, ticks = arrivals(world, stream)
    found = np.zeros(len(ids), STREAM)
    found["id"], found["kind"], found["need"], found["protocol"], found["line"] = ids, BACKGROUND, -1, -1, -1
    found["opener"], found["opened"], found["station"], found["law"] = stream.place, ticks, station, law
    found["subjects"], found["priority"], found["record"], found["version"] = 1, PLAIN, -1, -1
    return found


def arrivals(world: World, stream: Stream) -> tuple[Bits, Ticks]:
    """(ids, ticks) of all look-ups that come by the end: the plain twin of the recursion's arrivals."""
    mean = stream.per_day * world.end / DAY
    most = int(mean + 10 * mean**0.5 + 20)
    while True:
        ids = np.arange(most, dtype=np.uint64) + np.uint64(stream.first)
        gaps = draws.draw_many(stream.gap, draws.bits_many(world.seed, world.replication, ids, 0, GAP, 0))
        ticks = np.cumsum(gaps) // FINE // world.grain * world.grain
        if ticks[-1] > world.end:
            return ids[ticks <= world.end], ticks[ticks <= world.end]
        most *= 2          # another law of gaps than the exponential may bring more


def hits(world: World, stream: Stream, ids: Bits) -> NDArray[np.bool_]:
    """Which of these look-ups hit, once they are answered."""
    luck = draws.bits_many(world.seed, world.replication, np.ascontiguousarray(ids), 0, HIT, 0)
    found: NDArray[np.bool_] = (luck >> np.uint64(12)) < np.uint64(stream.hit_below)
    return found
