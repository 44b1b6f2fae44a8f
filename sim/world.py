"""A settled scenario as what engines read: places, stations, tables of times, links, law. Built once, never changed.

Row *p* is place *p* everywhere: jurisdictions in the order of their codes, then institutions. A place's luck hangs on
its code, never on its row, so adding one moves nobody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim import calendars, draws, laws
from sim.calendars import Days, Windows
from sim.content.machines import check_blinded, search_times
from sim.content.searches import Search, searches
from sim.errors import ScriptError
from sim.programs import Program, Protocol
from sim.scenario import members
from sim.scenario.schema import Desk, Link, Scenario
from sim.scenario.tasks import advised
from sim.script import DESKLESS, FIELDS, Content, ForEach, Owes
from sim.units import DAY

MACHINE = -1                     # "station" of tasks for which nobody queues, always open: a machine's, or on the spot
OWN_WORK = "own work"            # the task word of domestic and background jobs
SHIFT_HOURS = {"day": "07:00-15:00", "evening": "15:00-23:00", "night": "23:00-07:00"}


@dataclass(frozen=True)
class Station:
    """A desk at a place: clerks by shift, opening windows, its own work.

    domestic, other_foreign  share of the clerks' present time that other work takes
    first                    share of domestic jobs that go before plain foreign requests
    """

    name: str                    # "AT owner"
    place: int
    desk: str
    windows: Windows
    own_windows: Windows         # when its own work comes: the roster before any lever, so that a lever adds no work
    own_job: NDArray[np.int64]   # inverse CDF of one piece of own work, ticks
    own_mean: float              # ticks
    domestic: float
    first: float
    other_foreign: float


@dataclass(frozen=True)
class Task:
    """Inverse CDF of the time in ticks; `miss`, `false` and `share` as in script.Task, a machine's advice included."""

    name: str
    desk: str
    time: NDArray[np.int64]
    mean: float
    per_subject: bool
    miss: float
    false: float
    share: float


@dataclass(frozen=True)
class Network:
    """A link: inverse CDF of the delay in ticks, loss of one try, further tries and the ticks between them."""

    name: str
    delay: NDArray[np.int64]
    loss: float
    retries: int
    retry_after: int


@dataclass(frozen=True)
class World:
    """Everything a run needs but needs, cases and records."""

    scenario: Scenario           # settled
    seed: int
    replication: int             # future * 4096 + replication
    start: date
    observe_from: int
    observe_until: int
    end: int
    grain: int
    places: tuple[str, ...]
    place_keys: tuple[int, ...]  # 32-bit stable hashes
    jurisdictions: int           # the first so many places are jurisdictions
    focus: int
    stations: tuple[Station, ...]
    tasks: tuple[Task, ...]
    task_row: Mapping[str, int]
    station_of: NDArray[np.int32]           # (places, tasks) -> station or MACHINE
    contents: tuple[str, ...]
    content: Mapping[str, Content]
    field_sets: NDArray[np.uint32]          # (contents,) bit sets over FIELDS
    purposes: tuple[str, ...]
    clocks: tuple[str, ...]
    words: tuple[str, ...]
    networks: Mapping[str, Network]
    days: tuple[Days, ...]                  # per place
    protocols: tuple[Protocol, ...]
    bound: Mapping[str, frozenset[int]]     # instrument -> places bound at the scenario's day
    reads: NDArray[np.bool_]                # (places,) an intermediary there has the keys to what passes
    may_read: NDArray[np.bool_]
    searches: tuple[Search, ...]
    law: laws.Verdicts
    openings: Mapping[str, tuple[Windows, ...]] = field(default_factory=dict)   # window -> when it is open, per place
    look_up_times: tuple[NDArray[np.int64], ...] = ()     # inverse CDFs of `sim.screening` streams, by STREAM.law - 1

    def programs(self) -> list[Program]:
        found = [protocol.case for protocol in self.protocols]
        return found + [protocol.record for protocol in self.protocols if protocol.record is not None]


def build(scenario: Scenario, protocols: tuple[Protocol, ...], seed: int, replication: int,
          before_levers: Scenario) -> World:
    """World of one settled scenario for the given protocols (those of all options, so that options share it).

    before_levers  the same future without the option's levers: it sets how much own work a desk has

    Raises ScriptError where two protocols disagree on a content, a search's content lacks the matcher's fields, or a
    blinded matcher is where it cannot work.
    """
    start, end = scenario.as_of, _length(scenario)
    codes = tuple(sorted(scenario.jurisdiction))
    places = codes + tuple(sorted(scenario.institution))
    contents = _contents(protocols)
    _check_searches(scenario, protocols, contents)
    check_blinded(scenario, protocols)
    _check_audiences(scenario, protocols)
    _check_duties(protocols)
    by_machine = search_times(scenario, protocols)
    tasks = tuple(_task(name, scenario, by_machine.get(name, 0)) for name in _task_names(protocols))
    stations, station_of = _stations(scenario, before_levers, places, len(codes), tasks, start, end)
    clocks = tuple(sorted({name for protocol in protocols for name in protocol.clocks}))
    instruments = tuple(sorted({protocol.instrument for protocol in protocols}))
    named = sorted(set(instruments) | {protocol.members for protocol in protocols if protocol.members})
    return World(
        scenario=scenario, seed=seed, replication=replication, start=start,
        observe_from=int(scenario.run.warm_up.value),
        observe_until=int(scenario.run.warm_up.value + scenario.run.observe.value),
        end=end, grain=int(scenario.run.grain.value), places=places,
        place_keys=tuple(draws.stable_hash(place, 32) for place in places),
        jurisdictions=len(codes), focus=places.index(scenario.focus),
        stations=stations, tasks=tasks, task_row={task.name: row for row, task in enumerate(tasks)},
        station_of=station_of, contents=tuple(contents), content=contents,
        field_sets=np.array([field_bits(content.fields) for content in contents.values()], np.uint32),
        purposes=tuple(sorted({content.purpose for content in contents.values()})),
        clocks=clocks, words=_words(protocols),
        networks={name: _network(name, link) for name, link in scenario.links.items()},
        days=tuple(_days(scenario, place, end) for place in places), protocols=protocols,
        bound={name: frozenset(places.index(code) for code in _members(scenario, name, codes)) for name in named},
        reads=np.array([place in scenario.institution and scenario.institution[place].reads for place in places]),
        may_read=np.array([place in scenario.institution and scenario.institution[place].may_read
                           for place in places]),
        searches=searches(protocols), openings=_openings(scenario, places, start, end),
        law=_law(scenario, places, instruments, end))


_LAWS: dict[tuple[object, ...], laws.Verdicts] = {}


def _law(scenario: Scenario, places: tuple[str, ...], instruments: tuple[str, ...], end: int) -> laws.Verdicts:
    """The compiled law. It hangs on no assumption, so all futures of a scenario share one table."""
    about = tuple((scenario.jurisdiction[place].regime, scenario.jurisdiction[place].zone)
                  if place in scenario.jurisdiction else scenario.institution[place].regime for place in places)
    earliest = tuple((name, instrument.earliest) for name, instrument in scenario.instrument.items())
    key = (scenario.rules, scenario.folder, places, instruments, about, earliest, scenario.membership, scenario.as_of,
           end, tuple(scenario.law.refusal), _own_law(scenario), scenario.demand.bars is None)
    if key not in _LAWS:
        rules = laws.rules_of(scenario)
        _LAWS[key] = laws.verdicts(rules, scenario, places, instruments, scenario.as_of, end)
    return _LAWS[key]


def _own_law(scenario: Scenario) -> tuple[object, ...]:
    """What a scenario adds to its packs, as a key."""
    return (tuple((name, dates.valid_from, dates.valid_to) for name, dates in scenario.law.rule.items()),
            tuple(each.model_dump_json() for each in scenario.restriction))


def reached_places(world: World, protocol: Protocol) -> frozenset[int]:
    """The jurisdictions that a protocol can ask."""
    return world.bound[protocol.members] if protocol.members else frozenset(range(world.jurisdictions))


def asks_everybody(protocol: Protocol) -> bool:
    """It goes to all members (or to whoever is found), not to the states that an asker names."""
    audiences = [row.instruction.among for row in protocol.case.rows if isinstance(row.instruction, ForEach)
                 and row.instruction.among != "recipients"]
    return bool(audiences) and audiences[0] not in ("addressed", "others")


def goes_to_others(protocol: Protocol) -> bool:
    """It also goes to members that the asker does not name, without asking them."""
    audiences = [row.instruction.among for row in protocol.case.rows if isinstance(row.instruction, ForEach)]
    return not asks_everybody(protocol) and "others" in audiences


def field_bits(fields: tuple[str, ...]) -> int:
    """Bit set over script.FIELDS."""
    return sum(1 << FIELDS.index(field) for field in fields)


def _length(scenario: Scenario) -> int:
    run = scenario.run
    return int(run.warm_up.value + run.observe.value + run.drain.value)


def _members(scenario: Scenario, instrument: str, codes: tuple[str, ...]) -> frozenset[str]:
    """Members of an instrument at the scenario's day; an instrument without any row binds nobody."""
    return frozenset(members(scenario, instrument, scenario.as_of)) & frozenset(codes)


def _contents(protocols: tuple[Protocol, ...]) -> dict[str, Content]:
    found: dict[str, Content] = {}
    for protocol in protocols:
        for name, content in protocol.contents.items():
            if found.setdefault(name, content) != content:
                raise ScriptError(f"{protocol.file}: content {name!r} is declared otherwise by another protocol\n"
                                  f"  got       {content}\n  expected  {found[name]}, or another name")
    return dict(sorted(found.items()))


def _check_searches(scenario: Scenario, protocols: tuple[Protocol, ...], contents: dict[str, Content]) -> None:
    for protocol in protocols:
        for row in (*protocol.case.rows, *(protocol.record.rows if protocol.record is not None else ())):
            matcher = getattr(row.instruction, "by", None)
            if matcher is None:
                continue
            if matcher not in scenario.matcher:
                raise ScriptError(f"{protocol.file}: search by {matcher!r}\n"
                                  f"  expected  one of {', '.join(sorted(scenario.matcher))}")
            missing = set(scenario.matcher[matcher].fields) - set(FIELDS if row.given == "need"
                                                                  else contents[row.given].fields)
            if missing:
                raise ScriptError(f"{protocol.file}: search by {matcher!r} with content {row.given!r}\n"
                                  f"  expected  a content that carries {', '.join(sorted(missing))} too")


def _check_audiences(scenario: Scenario, protocols: tuple[Protocol, ...]) -> None:
    known = ("addressed", "members", "others", "found", "recipients", *sorted(scenario.groups))
    for protocol in protocols:
        for row in (*protocol.case.rows, *(protocol.record.rows if protocol.record is not None else ())):
            if isinstance(row.instruction, ForEach) and row.instruction.among not in known:
                raise ScriptError(f"{protocol.file}: ForEach(among={row.instruction.among!r})\n"
                                  f"  expected  one of {', '.join(known)}")


def _check_duties(protocols: tuple[Protocol, ...]) -> None:
    for protocol in protocols:
        asked = [("Owes", row.instruction.duty) for program in (protocol.case, protocol.record) if program is not None
                 for row in program.rows if isinstance(row.instruction, Owes)]
        asked += [(f"TASKS[{name!r}].discharges", duty) for name, task in protocol.tasks.items()
                  for duty in task.discharges]
        for place, duty in asked:
            if duty not in laws.FLAGS:
                raise ScriptError(f"{protocol.file}: {place}: no law knows the duty {duty!r}\n"
                                  f"  expected  one of {', '.join(laws.FLAGS)}")


def _task_names(protocols: tuple[Protocol, ...]) -> list[str]:
    return sorted({name for protocol in protocols for name in protocol.tasks})


def _task(name: str, scenario: Scenario, more: int) -> Task:
    """more: ticks that each performance takes besides"""
    setting = scenario.task[name]
    mean, miss, false = advised(setting, scenario.advice.get(name))
    table = draws.exponential(mean) if setting.spread == "exponential" else draws.lognormal(mean, float(setting.spread))
    return Task(name, setting.desk, table + more, mean + more, setting.per == "subject", miss, false,
                setting.share.value)


def _network(name: str, link: Link) -> Network:
    return Network(name, draws.exponential(link.latency.value), link.loss.value, link.retries,
                   int(link.retry_after.value))


def _stations(scenario: Scenario, before: Scenario, places: tuple[str, ...], jurisdictions: int,
              tasks: tuple[Task, ...], start: date, end: int) -> tuple[tuple[Station, ...], NDArray[np.int32]]:
    """Stations at jurisdictions, for desks that some task names; institutions are machines."""
    desks = sorted({task.desk for task in tasks} - set(DESKLESS))
    stations = tuple(_station(scenario, before, code, row, desk, start, end)
                     for row, code in enumerate(places[:jurisdictions]) for desk in desks)
    station_of = np.full((len(places), len(tasks)), MACHINE, np.int32)
    for column, task in enumerate(tasks):
        if task.desk not in DESKLESS:
            station_of[:jurisdictions, column] = np.arange(jurisdictions) * len(desks) + desks.index(task.desk)
    return stations, station_of


def _station(scenario: Scenario, before: Scenario, code: str, row: int, name: str, start: date, end: int) -> Station:
    desk = scenario.desk[name]
    windows = _staffed(scenario, code, name, start, end)
    own_windows = windows if before is scenario else _staffed(before, code, name, start, end)
    return Station(f"{code} {name}", row, name, windows, own_windows, draws.lognormal(desk.domestic_job.value, 1.0),
                   desk.domestic_job.value, desk.domestic.value, desk.domestic_first.value, desk.other_foreign.value)


@lru_cache(maxsize=8192)
def _windows(hours: str, zone: str, holidays: str | None, shifts: tuple[tuple[str, int], ...], start: date,
             end: int) -> Windows:
    """Futures and options share most rosters, and a year of windows costs more than a day of simulation."""
    if len(shifts) == 1 and shifts[0][1] > 1:
        (shift, clerks), = shifts      # as with one clerk, but for the number
        alone = _windows(hours, zone, holidays, ((shift, 1),), start, end)
        return replace(alone, clerks=alone.clerks * clerks)
    return calendars.windows(hours, zone, holidays, shifts, start, end)


def _staffed(scenario: Scenario, code: str, name: str, start: date, end: int) -> Windows:
    jurisdiction = scenario.jurisdiction[code]
    hours, shifts = _roster(scenario.desk[name], jurisdiction.size, code == scenario.focus)
    return _windows(hours, jurisdiction.zone, jurisdiction.holidays or None, shifts, start, end)


def _roster(desk: Desk, size: str, own: bool) -> tuple[str, tuple[tuple[str, int], ...]]:
    if own and desk.focus is not None:
        clerks = desk.focus.clerks
        hours = desk.focus.hours or desk.hours
        if isinstance(clerks, dict):
            return hours, tuple((SHIFT_HOURS[shift], int(number.value)) for shift, number in clerks.items())
        number = int(clerks.value)
    else:
        hours, number = desk.hours, int(desk.clerks[size].value)
    if not desk.shift:
        return hours, (("00:00-24:00", number),)
    return hours, tuple((part, max(1, round(number * share.value))) for part, share in desk.shift.items())


def _days(scenario: Scenario, place: str, end: int) -> Days:
    if place in scenario.jurisdiction:
        jurisdiction = scenario.jurisdiction[place]
        return calendars.days(jurisdiction.zone, jurisdiction.holidays or None, scenario.as_of, end)
    return calendars.days(scenario.institution[place].zone, None, scenario.as_of, end)


def _openings(scenario: Scenario, places: tuple[str, ...], start: date, end: int) -> dict[str, tuple[Windows, ...]]:
    """When each declared window is open on the wall of each place; it knows no holidays, as a machine does not."""
    zones = [(scenario.jurisdiction if place in scenario.jurisdiction else scenario.institution)[place].zone
             for place in places]
    return {name: tuple(_windows("24/7", zone, None, ((window.hours, 1),), start, end + DAY) for zone in zones)
            for name, window in sorted(scenario.window.items())}


def _words(protocols: tuple[Protocol, ...]) -> tuple[str, ...]:
    found = {word for protocol in protocols for program in (protocol.case, protocol.record) if program
             for word in program.words}
    return tuple(sorted(found | {"lost", "done", "expired", "nobody"}))
