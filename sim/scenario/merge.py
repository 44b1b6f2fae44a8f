"""Several files become one tree of tables in which every value still knows its file, its line and its source."""

from dataclasses import dataclass, replace
from typing import Any

from sim.errors import Fault
from sim.scenario.files import Text
from sim.scenario.lines import Path

# Two ways to say one thing: what says it whole in one way takes the place of the other.
WAYS = ((("miss", "false"), ("separation", "strictness")), (("share",), ("matcher", "sample", "known")))
SOURCE_KEYS = ("from", "because", "sources")


@dataclass(frozen=True)
class Leaf:
    """A value, or an array, as written. `source` is "from: ...", "because: ..." or empty."""

    value: Any
    text: Text
    path: Path
    source: str

    def fault(self, got: object, expected: str, within: Path = ()) -> Fault:
        return self.text.fault((*self.path, *within), got, expected)


@dataclass(frozen=True)
class Table:
    cells: dict[str, "Leaf | Table"]
    text: Text
    path: Path
    source: str

    def fault(self, got: object, expected: str, key: Path = ()) -> Fault:
        return self.text.fault((*self.path, *key), got, expected)


def tree(raw: dict[str, Any], text: Text, path: Path = (), inherited: str = "",
         exceptions: dict[str, str] | None = None) -> tuple[Table, list[Fault]]:
    """The tables of one file. Faults: a table with both `from` and `because`, or one of them that is no sentence."""
    source, own, faults = _source(raw, text, path)
    source = source or inherited
    exceptions = {**_below(exceptions or {}, path), **own}
    cells: dict[str, Leaf | Table] = {}
    for key, value in raw.items():
        if key in SOURCE_KEYS and (path or key != "sources"):
            continue
        if isinstance(value, dict):
            cells[key], below = tree(value, text, (*path, key), exceptions.get(key, source), exceptions)
            faults += below
        else:
            cells[key] = Leaf(value, text, (*path, key), exceptions.get(key, source))
    return Table(cells, text, path, source), faults


def _below(exceptions: dict[str, str], path: Path) -> dict[str, str]:
    head = f"{path[-1]}." if path else ""
    return {key.removeprefix(head): source for key, source in exceptions.items() if key.startswith(head)}


def _source(raw: dict[str, Any], text: Text, path: Path) -> tuple[str, dict[str, str], list[Fault]]:
    """What a table says of its own source, and of that of single keys."""
    said = {word: raw[word] for word in ("from", "because") if word in raw}
    faults = [text.fault((*path, word), value, "a sentence in quotes") for word, value in said.items()
              if not isinstance(value, str) or not value.strip()]
    if len(said) == 2:
        faults.append(text.fault((*path, "because"), said["because"], "one `from` (numbers stand) or one `because` "
                                 "(numbers are ranges) in a table; put the assumptions into a table of their own"))
    own = raw.get("sources", {}) if path else {}
    if not isinstance(own, dict) or not all(isinstance(value, str) for value in own.values()):
        faults.append(text.fault((*path, "sources"), own, "key = \"from: ...\" or key = \"because: ...\""))
        own = {}
    source = next((f"{word}: {value}" for word, value in said.items()), "")
    return source, own, faults


def merge(lower: Table, upper: Table) -> Table:
    """Both trees as one: the keys of `upper` win, arrays are replaced as a whole.

    What `upper` gives without a source takes that of the table it lands in.
    """
    cells = _giving_way(lower.cells, upper.cells)
    for key, cell in upper.cells.items():
        beneath = lower.cells.get(key)
        if isinstance(cell, Table) and isinstance(beneath, Table):
            cells[key] = merge(beneath, cell)
        else:
            cells[key] = _inheriting(cell, lower.source)
    return Table(cells, upper.text, upper.path, upper.source or lower.source)


def _giving_way(lower: dict[str, Leaf | Table], upper: dict[str, Leaf | Table]) -> dict[str, Leaf | Table]:
    gone: set[str] = set()
    for one, other in (*WAYS, *(ways[::-1] for ways in WAYS)):
        if upper.keys() >= set(one) and not upper.keys() & set(other):
            gone |= set(other)
    return {key: cell for key, cell in lower.items() if key not in gone}


def _inheriting(cell: Leaf | Table, source: str) -> Leaf | Table:
    if cell.source or not source:
        return cell
    if isinstance(cell, Leaf):
        return replace(cell, source=source)
    return replace(cell, source=source, cells={key: _inheriting(below, source) for key, below in cell.cells.items()})


def without(table: Table, keys: tuple[str, ...]) -> Table:
    return replace(table, cells={key: cell for key, cell in table.cells.items() if key not in keys})


def plain(table: Table) -> dict[str, Any]:
    """Values only, sources left out."""
    return {key: plain(cell) if isinstance(cell, Table) else cell.value for key, cell in table.cells.items()}


def fault_at(table: Table, path: Path, got: object, expected: str) -> Fault:
    """A fault at the deepest part of a key path that some file has written."""
    here: Leaf | Table = table
    for depth, key in enumerate(path):
        below = here.cells.get(str(key)) if isinstance(here, Table) else None
        if below is None:
            named = here.fault(got, expected, path[depth:])
            return replace(named, key=".".join(map(str, path)))
        here = below
    return here.fault(got, expected)
