"""Every name in a scenario means something: states, classes, groups, levers, desks, protocols, law packs."""

from collections.abc import Iterable, Iterator
from typing import Any

from sim.errors import Fault
from sim.scenario.files import nearest
from sim.scenario.lines import Path
from sim.scenario.merge import SOURCE_KEYS, Table, fault_at
from sim.script import BY_MACHINE, DESKLESS, ON_THE_SPOT

CLASSES = ("small", "medium", "large")
Wrong = tuple[Path, object, str]     # key path, got, expected
OF_PROTOCOLS = ("task", "clock", "fact", "chance", "quota", "window")


def name_faults(tables: dict[str, Any], tree: Table, instruments: Iterable[str], declared: Table) -> list[Fault]:
    """Names that mean nothing, in tables whose types may still be wrong; each with the nearest known name.

    declared  what the protocols of the options declare
    """
    checks: tuple[Iterator[Wrong], ...] = (
        _focus(tables), _groups(tables), _lines(tables, instruments), _levers(tables), _classes(tables),
        _weights(tables), _overrides(tables, declared), _desks(tables), _windows(tables),
    )
    return [fault_at(tree, path, got, expected) for check in checks for path, got, expected in check]


def table(tables: Any, *path: str) -> dict[str, Any]:
    """A table by its key path; empty where there is none, or something else stands there."""
    for key in path:
        tables = tables.get(key, {}) if isinstance(tables, dict) else {}
    return tables if isinstance(tables, dict) else {}


def items(value: Any) -> Iterable[tuple[int, Any]]:
    return enumerate(value) if isinstance(value, list | tuple) else ()


def _focus(tables: dict[str, Any]) -> Iterator[Wrong]:
    known, focus = table(tables, "jurisdiction"), tables.get("focus")
    if isinstance(focus, str) and focus not in known:
        yield ("focus",), focus, f"a declared jurisdiction{nearest(focus, known)}"


def _groups(tables: dict[str, Any]) -> Iterator[Wrong]:
    known = table(tables, "jurisdiction")
    for name, codes in table(tables, "groups").items():
        for number, code in items(codes):
            if str(code) not in known:
                yield ("groups", name, number), code, f"a declared jurisdiction{nearest(str(code), known)}"


def _lines(tables: dict[str, Any], instruments: Iterable[str]) -> Iterator[Wrong]:
    """Partner groups of channel lines."""
    known = {*table(tables, "groups"), *table(tables, "jurisdiction"), *instruments}
    for path, line in channel_lines(tables):
        partners = line.get("with", "")
        if isinstance(partners, str) and partners and partners not in known:
            expected = f"a group, an instrument or a declared jurisdiction{nearest(partners, known)}"
            yield (*path, "with"), partners, expected


def channel_lines(tables: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every line of every option with its key path, those of `change` too."""
    for number, option in items(tables.get("option")):
        for key in ("channel", "change"):
            for line, written in items(table({"o": option}, "o").get(key)):
                if isinstance(written, dict):
                    yield ("option", number, key, line), written


def _levers(tables: dict[str, Any]) -> Iterator[Wrong]:
    known = table(tables, "lever")
    for number, option in items(tables.get("option")):
        for place, lever in items(table({"o": option}, "o").get("levers")):
            if str(lever) not in known:
                yield ("option", number, "levers", place), lever, f"a declared lever{nearest(str(lever), known)}"


def _classes(tables: dict[str, Any]) -> Iterator[Wrong]:
    """Everything given by class is given for each class that some jurisdiction has, and for no unknown one."""
    used = {str(state["size"]) for state in table(tables, "jurisdiction").values()
            if isinstance(state, dict) and isinstance(state.get("size"), str)}
    paths = [*(("desk", name, "clerks") for name in table(tables, "desk")), ("people", "quality"), ("law", "at_will"),
             *([("systems", "format")] if "systems" in tables else [])]
    for path in paths:
        given = table(tables, *path)
        written = {key for key in given if key not in SOURCE_KEYS}
        if not written:
            continue      # missing as a whole: told by the types
        for size in sorted(used - written):
            yield path, ", ".join(sorted(written)), f"an entry for the class '{size}', which some jurisdiction has"
        for size in sorted(written - used - set(CLASSES)):
            yield (*path, size), size, f"a class that some jurisdiction has{nearest(size, used)}"


def _weights(tables: dict[str, Any]) -> Iterator[Wrong]:
    for path, of in ((("demand", "kinds", "share"), "kind of need"), (("people", "kinds"), "kind of person"),
                     (("people", "handling"), "handling code")):
        shares = [share for key, share in table(tables, *path).items() if key not in SOURCE_KEYS]
        if shares and all("".join(str(share).split()) == "0%" for share in shares):
            yield path, "0 % of every kind", f"at least one {of} with a share above 0 %"


def _overrides(tables: dict[str, Any], declared: Table) -> Iterator[Wrong]:
    """A scenario may override what a protocol declares, and nothing else."""
    for kind in OF_PROTOCOLS:
        known = declared.cells.get(kind)
        names = known.cells if isinstance(known, Table) else {}
        for name in table(tables, kind):
            if name not in names:
                yield (kind, name), name, f"a {kind} that a protocol of some option declares{nearest(name, names)}"


def _desks(tables: dict[str, Any]) -> Iterator[Wrong]:
    known = table(tables, "desk")
    for name, task in table(tables, "task").items():
        desk = task.get("desk") if isinstance(task, dict) else None
        if isinstance(desk, str) and desk not in DESKLESS and desk not in known:
            yield (("task", name, "desk"), desk,
                   f"a declared desk, \"{BY_MACHINE}\" or \"{ON_THE_SPOT}\"{nearest(desk, known)}")
    for name in known.keys() & set(DESKLESS):
        yield ("desk", name), name, "another name: at this one nobody queues"


def _windows(tables: dict[str, Any]) -> Iterator[Wrong]:
    """The window of a run is a plain length, and there is something to observe in it."""
    for key in ("warm_up", "observe", "drain"):
        text = table(tables, "run").get(key)
        if isinstance(text, str) and (" to " in text or (key == "observe" and text.split()[:1] == ["0"])):
            yield ("run", key), text, "one length above 0, e.g. '14 d'; the window is chosen, not unknown"
