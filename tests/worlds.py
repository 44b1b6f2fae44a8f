"""Small worlds made by hand: a settled scenario as tables, scripts given as functions, needs given as rows."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from sim import conservation, draws
from sim import world as worlds
from sim.cases import STREAM, Cases, own_work
from sim.content import CANDIDATES, RECORD_EVENTS, RECORDS, Candidates, Content, Search
from sim.engines import compiled, reference
from sim.ledger import NEED, Ledger, StationBook
from sim.programs import Declared, Protocol, trace
from sim.scenario.schema import Scenario
from sim.script import Clock, Daily, Limit, Parameters, Share, Task, Window
from sim.script import Content as ContentDeclared
from sim.units import HOUR
from sim.world import Network, World

OWN = {"from": "own: a test"}
NEVER = 2**63 - 1


def scenario(places: tuple[str, ...] = ("AA", "BB"), desks: dict[str, dict[str, Any]] | None = None,
             **changes: Any) -> Scenario:
    """A settled scenario of synthetic states of one class, each with the given desks; `changes` replace keys."""
    table: dict[str, Any] = {
        "name": "by hand", "folder": ".", "question": "Does it hold?", "as_of": date(2027, 7, 1), "focus": places[0],
        "option": [{"name": "only", "channel": [{"use": "test"}]}],
        "demand": {**OWN, "asked_by_us": "1 per day", "asked_of_us": "0 per day", "urgent": "0 %",
                   "minor_offence": "0 %", "no_offence_there": "0 %",
                   "kinds": {"share": {"known_to_you": "100 %"}},
                   "needed": {"urgent": "1 d", "ordinary": "10 d"}, "partners": {"concentration": 1},
                   "addressed": {"states": 1, "right": "50 %"}, "subjects": {"tail": 2, "most": 1},
                   "asking": {"worth": "1 y", "evidence": "1 y"}},
        "desk": {name: desk(**given) for name, given in (desks or {"clerks": {}}).items()},
        "people": {**OWN, "persons": 50, "records": 0, "known": {"known_to_you": "50 %"}, "holders": 1,
                   "quality": {"small": ["clean"]}, "kinds": {"suspect": "100 %"}, "handling": {"H0": "100 %"},
                   "changed": "0 %", "deleted": "0 %"},
        "matcher": {"fuzzy": {**OWN, "kind": "fuzzy", "fields": {"family_name": 1}, "threshold": 0.9}},
        "law": {**OWN, "refusal": {}, "at_will": {"small": "0 %"}},
        "rules": [],
        "links": {"internal": link(), "net": link()},
        "jurisdiction": {code: state(code) for code in places},
        "institution": {}, "membership": [],
        "run": {"warm_up": "0 s", "observe": "30 d", "drain": "30 d", "futures": 1, "replications": 1, "seed": 1},
    }
    return Scenario.model_validate({**table, **changes})


def state(code: str, zone: str = "UTC", **more: Any) -> dict[str, Any]:
    return {**OWN, "name": code, "zone": zone, "languages": ["en"], "scripts": ["Latn"], "population": 1000,
            "size": "small", "regime": "other", "synthetic": True, **more}


def desk(hours: str = "24/7", clerks: int = 1, domestic: str = "0 %", job: str = "1 h", first: str = "100 %",
         other: str = "0 %", shift: dict[str, str] | None = None) -> dict[str, Any]:
    return {**OWN, "hours": hours, "clerks": {"small": clerks}, "shift": shift or {}, "domestic": domestic,
            "domestic_job": job, "domestic_first": first, "other_foreign": other}


def link(latency: str = "0 s", loss: str = "0 %", **more: Any) -> dict[str, Any]:
    return {**OWN, "latency": latency, "loss": loss, **more}


def protocol(case: Any, record: Any = None, tasks: dict[str, Task] | None = None,
             contents: dict[str, ContentDeclared] | None = None, clocks: dict[str, Clock] | None = None,
             facts: dict[str, Share] | None = None, chances: dict[str, Share] | None = None,
             parties: dict[str, str] | None = None, instrument: str = "", members: str = "", network: str = "net",
             name: str = "test", quotas: dict[str, Daily] | None = None, windows: dict[str, Window] | None = None,
             records: str = "alerts") -> Protocol:
    """A protocol from functions; undeclared tasks are not allowed, as everywhere."""
    declared = Declared(parties or {}, tasks or {}, contents or {}, clocks or {}, facts or {}, chances or {},
                        quotas or {}, windows or {})
    parameters = Parameters()
    return Protocol(
        name=name, file=Path(f"{name}.py"), title=name, docstring=name, serves=frozenset({"known_to_you"}),
        products=frozenset({"intelligence"}), instrument=instrument, members=members, network=network,
        parties=declared.roles(), tasks=declared.tasks, contents=declared.contents, clocks=declared.clocks,
        facts=declared.facts, chances=declared.chances, params={}, case=trace(case, name, parameters, declared),
        record=trace(record, name, parameters, declared, root="record") if record else None,
        case_script=case, record_script=record, parameters=parameters, quotas=declared.quotas,
        windows=declared.windows, records=records)


def settings(made: Protocol) -> dict[str, Any]:
    """`task`, `clock`, `fact` and `chance` tables of a scenario, from what a protocol declares."""
    return {
        "task": {name: {**OWN, "desk": task.desk, "time": task.time, "spread": task.spread, "per": task.per,
                        "miss": task.miss, "false": task.false, "share": task.share,
                        **({"separation": task.separation, "strictness": task.strictness} if task.separation else {})}
                 for name, task in made.tasks.items()},
        "clock": {name: {**OWN, "limits": [_limit(limit.time, limit.when, clock.calendar) for limit in clock.limits],
                         "at": clock.at, "calendar": clock.calendar} for name, clock in made.clocks.items()},
        "fact": {name: {**OWN, "share": fact.share, "of": fact.of} for name, fact in made.facts.items()},
        "chance": {name: {**OWN, "share": chance.share} for name, chance in made.chances.items()},
        "quota": {name: {**OWN, "per_day": daily.per_day} for name, daily in made.quotas.items()},
        "window": {name: {**OWN, "hours": window.hours, "at": window.at} for name, window in made.windows.items()},
    }


def _limit(time: str, when: tuple[str, ...], calendar: str) -> dict[str, Any]:
    return {"when": when, "time" if calendar == "elapsed" else "period": time}


def world(made: Protocol, seed: int = 1, replication: int = 0, **changes: Any) -> World:
    built = scenario(**{**settings(made), **changes})
    return worlds.build(built, (made,), seed, replication, built)


def stream(*cases: dict[str, Any]) -> Cases:
    """Cases of needs, by hand: opened (ticks), id, opener, addressed (places), urgent, priority, subjects ..."""
    rows, addressed, members, needs = np.zeros(len(cases), STREAM), {}, {}, 0
    for k, case in enumerate(sorted(cases, key=lambda case: (case["opened"], case.get("id", 0)))):
        for name in STREAM.names or ():
            default = {"need": needs if case.get("kind", NEED) == NEED else -1, "station": -1, "record": -1,
                       "version": -1, "subjects": 1, "id": k + 1, "priority": 2, "dual_criminality": 1}.get(name, 0)
            rows[k][name] = case.get(name, default)
        needs += int(rows[k]["need"] >= 0)
        addressed[k] = tuple(case.get("addressed", (1,)))
        members[k] = tuple(case.get("members", addressed[k]))
    return Cases(rows, addressed, members, np.zeros(needs, np.int8), np.ones(needs, np.bool_))


def task(time: str = "1 h", desk: str = "clerks", spread: str = "0", **given: Any) -> Task:
    """A task that always takes the same time, unless told otherwise."""
    return Task(desk, time, spread=spread, source="a test", **given)


def clock(time: str, *limits: Limit, **given: Any) -> Clock:
    """A clock of one period, after the limits that hold under conditions."""
    return Clock((*limits, Limit(time)), source="a test", **given)


def told(of: str = "matter", **given: Any) -> ContentDeclared:
    return ContentDeclared(("family_name",), of, "identity", **given)


def linked(world: World, delay: int, loss: float = 0.0, retries: int = 0, retry_after: int = 0) -> World:
    """The same world with links that always take `delay` ticks."""
    return replace(world, networks={name: Network(name, draws.constant(delay), loss, retries, retry_after)
                                    for name in world.networks})


def simulate(world: World, *cases: dict[str, Any], held: Content | None = None, own: bool = False) -> Ledger:
    """The ledger of these cases, its books agreeing; `own`: with all desks' own work beside them."""
    opened = _beside(world, stream(*cases)) if own else stream(*cases)
    ledger = reference.run(world, opened, held or content())
    conservation.check(world, opened, ledger)
    demand_equal(ledger, compiled.run(world, opened, held or content()))
    return ledger


def demand_equal(specified: Ledger, ledger: Ledger) -> None:
    """Both engines write the same rows; else the first that differs is shown, after the twenty before it."""
    for name in ("cases", "legs", "steps", "messages"):
        one, other = getattr(specified, name), getattr(ledger, name)
        assert one.dtype == other.dtype
        if one.tobytes() != other.tobytes():
            many = min(len(one), len(other))
            differ = np.flatnonzero(one[:many] != other[:many])
            first = int(differ[0]) if len(differ) else many
            before = "\n".join(map(str, one[max(first - 20, 0):first]))
            raise AssertionError(f"{name} differ from row {first} on, of {len(one)} and {len(other)}\n"
                                 f"{one.dtype.names}\n{before}\n"
                                 f"reference {one[first:first + 1]}\ncompiled  {other[first:first + 1]}")
    for column in fields(StationBook):
        assert (getattr(specified.stations, column.name) == getattr(ledger.stations, column.name)).all(), column.name


def _beside(world: World, cases: Cases) -> Cases:
    """These cases among the own work of all desks."""
    rows = np.concatenate([cases.rows, own_work(world, frozenset(range(len(world.stations))))])
    order = np.lexsort((rows["id"], rows["opened"]))
    number = np.argsort(order).tolist()
    return replace(cases, rows=rows[order], addressed={number[k]: places for k, places in cases.addressed.items()},
                   members={number[k]: places for k, places in cases.members.items()})


def steps(ledger: Ledger) -> list[tuple[float, ...]]:
    """(case, serial, queued, began, ended) of every step, times in hours; -1: not yet."""
    return [(int(row["case"]), int(row["serial"]), *(hours(row[name]) for name in ("queued", "began", "ended")))
            for row in ledger.steps]


def frames(world: World, ledger: Ledger, case: int = 0) -> list[tuple[Any, ...]]:
    """(serial, parent, began, ended, word) of every frame of a case, times in hours."""
    return [(int(row["serial"]), int(row["parent"]), hours(row["began"]), hours(row["ended"]),
             word_of(world, row["word"])) for row in ledger.legs if row["case"] == case]


def closed(world: World, ledger: Ledger) -> list[tuple[float, str]]:
    """(hours after the start, word) at which each case closed."""
    return [(hours(row["closed"]), word_of(world, row["word"])) for row in ledger.cases]


def word_of(world: World, row: int) -> str:
    return {-2: "recalled", -1: "open"}[row] if row < 0 else world.words[row]


def hours(tick: int) -> float:
    return float(tick / HOUR) if tick >= 0 else -1.0


def content(candidates: list[tuple[Any, ...]] = (), records: list[tuple[Any, ...]] = ()  # type: ignore[assignment]
            ) -> Content:
    """Candidate rows and record rows by hand, in the columns of sim.content."""
    rows = np.array([(*row, row[4], 0) for row in records], RECORDS)      # findable from when they are created
    return Content(Candidates(np.array(list(candidates), CANDIDATES), (Search("fuzzy"),)), rows,
                   np.zeros(0, RECORD_EVENTS))
