"""What the kernel wrote, as the tables of `sim.ledger`: sorted by (case, serial, step), in their own columns."""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.engines.compiled import layout as at
from sim.engines.compiled.state import State
from sim.ledger import CASES, StationBook
from sim.world import World

Numbers = NDArray[np.int64]
AT_A_TIME = 2048


class Rows:
    """Rows of one kind as they came, call by call."""

    def __init__(self, width: int):
        self.width = width
        self._parts: list[Numbers] = []

    def add(self, array: Numbers, many: int) -> None:
        if many:
            self._parts.append(array[:many * self.width].copy())

    def taken(self) -> Numbers:
        """[rows, width], in the order written; they are not kept."""
        found = self._parts[0] if len(self._parts) == 1 else np.concatenate([np.zeros(0, np.int64), *self._parts])
        self._parts = []
        return found.reshape(-1, self.width)


@njit(cache=True)
def order(rows: Any) -> Any:
    """The order by (case, serial) of rows whose first two columns these are; rows of one frame stay as they came.

    Two stable passes of counting, over the serial and then over the case: cases are numbered without gaps.
    """
    many = len(rows)
    first, keys = np.arange(many), np.empty(many, np.int64)
    for column in (1, 0):
        # Out of the rows and side by side: looking them up in any order stays within the cache.
        for k in range(many):
            keys[k] = rows[k, column]
        least, most = (keys.min(), keys.max()) if many else (0, 0)
        begins = np.zeros(most - least + 2, np.int64)
        for k in range(many):
            begins[keys[k] - least + 1] += 1
        for value in range(most - least + 1):
            begins[value + 1] += begins[value]
        then = np.empty(many, np.int64)
        for k in range(many):
            value = keys[first[k]] - least
            then[begins[value]] = first[k]
            begins[value] += 1
        first = then
    return first


def table(rows: Numbers, columns: np.dtype[Any]) -> NDArray[np.void]:
    """Rows in a table's own columns, in its order; some thousands at a time, which the cache holds for all columns."""
    found, sequence = np.empty(len(rows), columns), order(rows)
    for first in range(0, len(rows), AT_A_TIME):
        ordered = rows.take(sequence[first:first + AT_A_TIME], axis=0)
        part = found[first:first + AT_A_TIME]
        for k, name in enumerate(columns.names or ()):
            part[name] = ordered[:, k]
    return found


def cases_table(stream: NDArray[np.void], closed: Numbers, word: NDArray[np.int16]) -> NDArray[np.void]:
    """CASES of these rows of cases.STREAM; when each closed and with which word, -1 where it has not."""
    found = np.empty(len(stream), CASES)
    found["case"] = np.arange(len(stream))
    for name in ("id", "kind", "need", "protocol", "line", "opener", "opened"):
        found[name] = stream[name]
    found["closed"], found["word"] = closed, word
    return found


def closings_of(many: int, closings: Numbers) -> tuple[Numbers, NDArray[np.int16]]:
    """By case: the tick at which it closed, and its word; -1 where it has not."""
    closed, word = np.full(many, -1, np.int64), np.full(many, -1, np.int16)
    said = closings[closings[:, 2] != at.ALL_WRITTEN]
    closed[said[:, 0]], word[said[:, 0]] = said[:, 1], said[:, 2]
    return closed, word


def station_book(world: World, now: State) -> StationBook:
    desks = now.desks.reshape(-1, at.DESK_WIDTH)
    came, began, ended, left, work, waited = (desks[:, column].copy() for column in (
        at.CAME, at.BEGUN, at.DONE, at.GONE, at.WORKED_TIME, at.WAITED_TIME))
    rosters = {id(station.windows): station.windows for station in world.stations}      # many desks share one
    presence = {key: windows.presence(world.end) for key, windows in rosters.items()}
    present = np.array([presence[id(station.windows)] for station in world.stations], np.int64)
    return StationBook(came, began, ended, left, work, waited, present)
