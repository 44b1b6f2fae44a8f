"""What an option makes of the needs: cases to open, and the other work the desks have. The engine's whole input stream.

Each need's partners are read against the option's channel lines from the top; the first line that fits takes the
partner. One case is opened per line used.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.ledger import BACKGROUND, DOMESTIC, NEED, RECORD
from sim.needs import Needs
from sim.programs import Protocol, asking_path
from sim.scenario import group
from sim.scenario.schema import ChannelLine, Option
from sim.script import NEEDS as NEED_KINDS
from sim.script import ForEach
from sim.world import Station, World

ASKED_BY_CASE, NOT_ASKED, NO_CHANNEL = range(3)
OPENINGS = ("asked", "not asked", "no channel")

URGENT_FIRST, OWN_FIRST, PLAIN, OWN_LATER = range(4)       # priority classes at every desk

STREAM = np.dtype([              # sorted by (opened, id, line)
    ("id", "u8"), ("kind", "i1"), ("need", "i4"), ("protocol", "i2"), ("line", "i2"), ("opener", "i2"),
    ("opened", "i8"), ("priority", "i1"), ("urgent", "?"), ("product", "i1"), ("minor_offence", "?"),
    ("dual_criminality", "?"), ("holder_known", "?"), ("kind_of_person", "i1"), ("subjects", "i4"), ("known", "u1"),
    ("station", "i4"),           # own work: the desk; else -1
    ("law", "i2"),               # own work: 0 takes as long as the desk's own jobs, k as World.look_up_times[k - 1]
    ("event", "i1"), ("record", "i4"), ("version", "i4"),     # record events: what happened, to which version
])


@dataclass(frozen=True)
class Cases:
    """rows of STREAM; `addressed` and `members` by row: the audiences of a need's case, in the order they are asked.

    opening  (needs,) OPENINGS: what became of the need before any engine ran
    reached  (needs,) some channel serves it, whether or not anybody asked
    """

    rows: NDArray[np.void]
    addressed: dict[int, tuple[int, ...]]
    members: dict[int, tuple[int, ...]]
    opening: NDArray[np.int8]
    reached: NDArray[np.bool_]


@dataclass(frozen=True)
class _Channel:
    """One line of an option, ready to be tried: its protocol's row, whom it reaches, what asking by it costs."""

    line: ChannelLine
    row: int
    serves: frozenset[str]
    partners: frozenset[int]
    everybody: bool              # goes to all members, not to the states the asker names
    effort: float                # ticks of officer time before anything is sent


def open_cases(world: World, option: Option, needs: Needs, events: NDArray[np.void], own: NDArray[np.void]) -> Cases:
    """The stream of one option: needs, record events, and the desks' own work. Sorted; ties by id, then line.

    events  content.RECORD_EVENTS
    own     rows of `own_work`: the same for every option whose levers leave the desks alone
    """
    channels = [_channel(world, line) for line in option.channel]
    opening = np.full(len(needs.rows), NO_CHANNEL, np.int8)
    reached = np.zeros(len(needs.rows), np.bool_)
    opened: list[tuple[NDArray[np.void], tuple[int, ...], tuple[int, ...]]] = []
    for n, need in enumerate(needs.rows):
        taken = _lines_of(channels, need, needs.addressed[n], world)
        reached[n] = bool(taken)
        asked = [(k, partners) for k, partners in taken if need["worth"] >= channels[k].effort]
        if taken:
            opening[n] = ASKED_BY_CASE if asked else NOT_ASKED
        opened += [_need_case(world, n, need, k, channels[k], partners) for k, partners in asked]
    records = _record_cases(world, option, events)
    rows = np.concatenate([np.array([row for row, _, _ in opened], STREAM), records, own])
    order = np.lexsort((rows["line"], rows["id"], rows["opened"]))
    place_of = np.argsort(order)
    return Cases(rows[order], {int(place_of[k]): audience for k, (_, audience, _) in enumerate(opened)},
                 {int(place_of[k]): audience for k, (_, _, audience) in enumerate(opened)}, opening, reached)


def _channel(world: World, line: ChannelLine) -> _Channel:
    row = next(k for k, protocol in enumerate(world.protocols) if protocol.name == line.use)
    protocol = world.protocols[row]
    reachable = _reached_places(world, protocol)
    if line.with_:
        codes = group(world.scenario, line.with_, world.scenario.as_of)
        reachable &= {world.places.index(code) for code in codes}
    effort = sum(world.tasks[world.task_row[name]].mean for name in asking_path(protocol.case))
    return _Channel(line, row, protocol.serves, reachable, _to_everybody(protocol), effort)


def _to_everybody(protocol: Protocol) -> bool:
    audiences = [row.instruction.among for row in protocol.case.rows if isinstance(row.instruction, ForEach)]
    return bool(audiences) and audiences[0] != "addressed"


def _lines_of(channels: list[_Channel], need: np.void, addressed: tuple[int, ...],
              world: World) -> list[tuple[int, tuple[int, ...]]]:
    """[(line, partners it takes)] of one need; each partner is taken by the first line that fits it."""
    kind = NEED_KINDS[need["kind"]]
    urgency = "urgent" if need["urgent"] else "ordinary"
    left = set(range(world.jurisdictions)) - {int(need["opener"])}
    found = []
    for k, channel in enumerate(channels):
        line = channel.line
        if line.need not in ("", kind) or line.urgency not in ("", urgency) or kind not in channel.serves:
            continue
        if not _may_open(world, channel, int(need["opener"])):
            continue
        everybody = channel.everybody and not need["holder_known"] and int(need["opener"]) == world.focus
        wanted = sorted(left) if everybody else [place for place in addressed if place in left]
        partners = tuple(place for place in wanted if place in channel.partners)
        if partners:
            found.append((k, partners))
            left -= set(partners)
    return found


def _may_open(world: World, channel: _Channel, opener: int) -> bool:
    members = world.protocols[channel.row].members
    return not members or opener in world.bound[members]


def _need_case(world: World, n: int, need: np.void, k: int, channel: _Channel, partners: tuple[int, ...],
               ) -> tuple[NDArray[np.void], tuple[int, ...], tuple[int, ...]]:
    row = np.zeros((), STREAM)
    for name in ("id", "opener", "urgent", "product", "minor_offence", "dual_criminality", "holder_known",
                 "kind_of_person", "subjects", "known"):
        row[name] = need[name]
    row["kind"], row["need"], row["protocol"], row["line"], row["station"] = NEED, n, channel.row, k, -1
    row["opened"], row["priority"] = need["arises"], URGENT_FIRST if need["urgent"] else PLAIN
    row["record"] = row["version"] = -1
    return row, partners, _shuffled(world, int(need["id"]), partners)


def _shuffled(world: World, case: int, places: tuple[int, ...]) -> tuple[int, ...]:
    """A keyed order of an audience: alphabetical order would favour some states at every turn."""
    stream = draws.stream("audience")
    return tuple(sorted(places, key=lambda place: draws.bits(world.seed, world.replication, case,
                                                             world.place_keys[place], stream, 0)))


def _record_cases(world: World, option: Option, events: NDArray[np.void]) -> NDArray[np.void]:
    """Record events of every used protocol that has a `record` script and whose members include the record's place."""
    used = {line.use for line in option.channel}
    found = []
    for k, protocol in enumerate(world.protocols):
        if protocol.name not in used or protocol.record is None:
            continue
        found.append(_record_rows(events[np.isin(events["place"], list(_reached_places(world, protocol)))], k))
    return np.concatenate(found) if found else np.zeros(0, STREAM)


def _record_rows(events: NDArray[np.void], protocol: int) -> NDArray[np.void]:
    rows = np.zeros(len(events), STREAM)
    rows["id"] = [draws.identity("record", f"{event['record']}/{event['version']}/{event['event']}/{protocol}")
                  for event in events]
    rows["kind"], rows["need"], rows["protocol"], rows["line"], rows["station"] = RECORD, -1, protocol, -1, -1
    rows["opener"], rows["opened"], rows["priority"] = events["place"], events["tick"], PLAIN
    rows["subjects"] = 1
    rows["event"], rows["record"], rows["version"] = events["event"], events["record"], events["version"]
    return rows


def used_desks(world: World) -> frozenset[int]:
    """Stations whose own work is simulated: every desk of the focus, and elsewhere those at which some protocol that
    reaches the place serves its asked side."""
    asked = {(desk, place) for protocol in world.protocols for desk in _asked_desks(world, protocol)
             for place in _reached_places(world, protocol)}
    return frozenset(k for k, station in enumerate(world.stations)
                     if station.place == world.focus or (station.desk, station.place) in asked)


def _asked_desks(world: World, protocol: Protocol) -> set[str]:
    tasks = {task for program in (protocol.case, protocol.record) if program
             for row in program.rows for task in [getattr(row.instruction, "task", None)]
             if task and _asked_side(protocol, row.instruction.party)}  # type: ignore[union-attr]
    return {world.tasks[world.task_row[name]].desk for name in tasks}


def _reached_places(world: World, protocol: Protocol) -> frozenset[int]:
    return world.bound[protocol.members] if protocol.members else frozenset(range(world.jurisdictions))


def _asked_side(protocol: Protocol, party: str) -> bool:
    return party in ("responder", "owner") or protocol.parties.get(party) == "responder"


def own_work(world: World, desks: frozenset[int]) -> NDArray[np.void]:
    """Domestic jobs and other states' requests: Poisson streams in the desk's own clerk time, so that they come while
    it is staffed. A job is a case of one step."""
    found = [np.zeros(0, STREAM)]
    for k in sorted(desks):
        station = world.stations[k]
        found.append(_jobs(world, k, station, DOMESTIC, "domestic", station.domestic))
        found.append(_jobs(world, k, station, BACKGROUND, "background", station.other_foreign))
    return np.concatenate(found)


def _jobs(world: World, k: int, station: Station, kind: int, word: str, load: float) -> NDArray[np.void]:
    windows = station.own_windows
    presence = (windows.closes - windows.opens) * windows.clerks
    before = np.concatenate([[0], np.cumsum(presence)])
    if load == 0 or before[-1] == 0:
        return np.zeros(0, STREAM)
    mean = station.own_mean / load
    most = int(before[-1] / mean + 10 * (before[-1] / mean) ** 0.5 + 20)
    base = draws.identity(word, station.name)
    ids = np.arange(most, dtype=np.uint64) + np.uint64(base & ~0xFFFFFF)
    gaps = draws.draw_many(draws.exponential(mean), draws.bits_many(world.seed, world.replication, ids, 0,
                                                                    draws.stream(word, "gap"), 0))
    moment = np.cumsum(gaps)
    ids, moment = ids[moment < before[-1]], moment[moment < before[-1]]
    window = np.searchsorted(before, moment, side="right") - 1
    tick = windows.opens[window] + (moment - before[window]) // windows.clerks[window]
    inside = (tick >= 0) & (tick <= world.end)
    return _job_rows(world, k, station, kind, ids[inside], tick[inside] // world.grain * world.grain)


def _job_rows(world: World, k: int, station: Station, kind: int, ids: NDArray[np.uint64],
              tick: NDArray[np.int64]) -> NDArray[np.void]:
    rows = np.zeros(len(ids), STREAM)
    rows["id"], rows["kind"], rows["need"], rows["protocol"], rows["line"] = ids, kind, -1, -1, -1
    rows["opener"], rows["opened"], rows["station"], rows["subjects"] = station.place, tick, k, 1
    rows["record"] = rows["version"] = -1
    if kind == BACKGROUND:
        rows["priority"] = PLAIN
    else:
        first = draws.unit_many(draws.bits_many(world.seed, world.replication, ids, 0,
                                                draws.stream("domestic", "first"), 0)) < station.first
        rows["priority"] = np.where(first, OWN_FIRST, OWN_LATER)
    return rows


