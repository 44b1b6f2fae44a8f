"""Rows and entries of a finished program in the order a reader meets them: the root first, each path top down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.programs.table import Entry, Program, Row


def numbered(name: str, root: int, entries: Mapping[tuple[Any, int, tuple[str, ...]], int], rows: Mapping[Row, int],
             words: Mapping[str, int]) -> Program:
    """The program of entry `root`; entries and rows that nothing refers to are left out."""
    starts, table = tuple(entries), tuple(rows)
    entry_order: dict[int, int] = {root: 0}
    row_order: dict[int, int] = {}
    for entry in (waiting := [root]):
        for row in _top_down(starts[entry][1], table):
            row_order.setdefault(row, len(row_order))
            sub = table[row].entry
            if sub >= 0 and sub not in entry_order:
                entry_order[sub] = len(entry_order)
                waiting.append(sub)

    def at(row: int) -> int:
        return row_order.get(row, row)

    return Program(
        name,
        tuple(Entry(label, at(starts[entry][1]), starts[entry][2])
              for entry, label in zip(entry_order, _names([starts[entry][0] for entry in entry_order]), strict=True)),
        tuple(replace(table[row], then=tuple(map(at, table[row].then)),
                      entry=entry_order.get(table[row].entry, -1)) for row in row_order),
        tuple(words),
    )


def _top_down(first: int, table: tuple[Row, ...]) -> list[int]:
    """Rows reachable from `first`, a path before its alternatives."""
    seen: dict[int, None] = {}
    waiting = [first]
    while waiting:
        row = waiting.pop()
        if row >= 0 and row not in seen:
            seen[row] = None
            waiting.extend(reversed(table[row].then))
    return list(seen)


def _names(scripts: list[Any]) -> list[str]:
    """Names of scripts; the second entry of the same name is `name#2`."""
    names: list[str] = []
    for script in scripts:
        again = sum(name.partition("#")[0] == script.__name__ for name in names)
        names.append(f"{script.__name__}#{again + 1}" if again else script.__name__)
    return names
