"""What the protocols of the options declare is the lowest layer of a scenario, for its file to override."""

from collections.abc import Iterable
from dataclasses import MISSING, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from sim import programs
from sim.errors import Fault
from sim.programs import Protocol
from sim.scenario.files import Text
from sim.scenario.merge import Table, merge, tree
from sim.scenario.schema import Option, Scenario
from sim.script import Clock, Daily, Share, Task, Window

KINDS = {"task": "tasks", "clock": "clocks", "fact": "facts", "chance": "chances", "quota": "quotas",
         "window": "windows"}


def protocol(name: str, folder: str) -> Protocol:
    """A protocol by name, found beside the scenario or shipped. Raises ScriptError."""
    path = programs.find(name, Path(folder) if folder else None)
    return _loaded(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _loaded(path: Path, _changed: int) -> Protocol:
    return programs.load(path)


def protocols_of(scenario: Scenario, option: Option) -> tuple[str, ...]:
    """The protocols an option uses, in the order of its lines."""
    return tuple(dict.fromkeys(line.use for line in option.channel))


def layer(protocols: Iterable[Protocol]) -> tuple[Table, list[Fault]]:
    """The declarations of all as tables named as in KINDS.

    Faults: two protocols that declare a name differently, a source without a form.
    """
    merged = Table({}, Text("protocols"), (), "")
    faults: list[Fault] = []
    owner: dict[tuple[str, str], Any] = {}
    for each in protocols:
        table, found = declarations(each)
        faults += found
        for kind, attribute in KINDS.items():
            for name, declared in getattr(each, attribute).items():
                first = owner.setdefault((kind, name), (each, declared))
                if first[1] != declared:
                    faults.append(_contradiction(kind, name, first, (each, declared)))
        merged = merge(merged, table)
    return merged, faults


def declarations(protocol: Protocol) -> tuple[Table, list[Fault]]:
    """What one protocol declares, as if a scenario file had said it."""
    raw: dict[str, Any] = {kind: {name: _table(declared) for name, declared in getattr(protocol, attribute).items()}
                           for kind, attribute in KINDS.items()}
    table, faults = tree(raw, Text(f"protocols/{protocol.file.name}"))
    return table, faults


def _table(declared: Task | Clock | Share | Daily | Window) -> dict[str, Any]:
    """The keys of a declaration that are not at their defaults, and its source.

    A declaration may have both: `source` is then that of its points, `because` that of its ranges.
    """
    table = {field.name: getattr(declared, field.name) for field in fields(declared)
             if field.name not in ("source", "because")
             and (field.default is MISSING or getattr(declared, field.name) != field.default)}
    if isinstance(declared, Clock):
        table["limits"] = [{"when": list(limit.when), "time": limit.time} for limit in declared.limits]
    if table.get("discharges"):
        table["discharges"] = list(table["discharges"])
    source, because = _formed(declared.source), declared.because
    if source and because:
        points = {key: f"from: {source}" for key, value in table.items() if " to " not in str(value)}
        return {**table, "because": because, "sources": points}
    return {**table, **({"from": source} if source else {}), **({"because": because} if because else {})}


def _formed(source: str) -> str:
    """A citation alone is a public source."""
    known = source.startswith(("fact:", "own:", "public:"))
    return source if known or not source else f"public: {source}"


def _contradiction(kind: str, name: str, one: Any, other: Any) -> Fault:
    files = [f"protocols/{each[0].file.name}" for each in (one, other)]
    return Fault(files[1], None, f"{kind}.{name}", str(other[1]),
                 f"what {files[0]} declares under this name ({one[1]}), or another name")


def limits_by_calendar(tables: dict[str, Any]) -> None:
    """Move the length of each limit, written as `time`, to where its calendar wants it: plain time or a period."""
    clocks = tables.get("clock")
    for clock in clocks.values() if isinstance(clocks, dict) else ():
        if isinstance(clock, dict) and clock.get("calendar") == "eu_1182_71" and isinstance(clock.get("limits"), list):
            clock["limits"] = [_counted(limit) for limit in clock["limits"]]


def _counted(limit: Any) -> Any:
    if isinstance(limit, dict) and "time" in limit and "period" not in limit:
        return {"period" if key == "time" else key: value for key, value in limit.items()}
    return limit
