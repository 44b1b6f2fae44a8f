"""Whom many rows go to, kept flat: a list of places for each row, in one pool."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Audiences:
    """For each row the places it goes to, in the order they are asked; row r has pool[begins[r]:ends[r]].

    pool          whole numbers [any length]: rows of World.places
    begins, ends  whole numbers [rows]
    """

    pool: NDArray[np.integer[Any]]
    begins: NDArray[np.integer[Any]]
    ends: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        return len(self.begins)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        pool = self.pool.tolist()
        return (tuple(pool[begin:end]) for begin, end in zip(self.begins.tolist(), self.ends.tolist(), strict=True))

    def __getitem__(self, row: int) -> tuple[int, ...]:
        return tuple(self.pool[self.begins[row]:self.ends[row]].tolist())

    def part(self, first: int, end: int) -> "Audiences":
        """Rows from `first` to `end`, where rows lie one behind the other; with the pool of these only."""
        begins, ends = self.begins[first:end], self.ends[first:end]
        if not len(begins):
            return self
        return Audiences(self.pool[begins[0]:ends[-1]], begins - begins[0], ends - begins[0])

    def chosen(self, rows: NDArray[np.int64]) -> "Audiences":
        """These rows, with a pool of their own."""
        begins = self.begins[rows].astype(np.int64)
        many = self.ends[rows] - begins
        ends = np.cumsum(many)
        places = self.pool[np.repeat(begins - ends + many, many) + np.arange(int(many.sum()))]
        return Audiences(places, ends - many, ends)

    def get(self, row: int, otherwise: tuple[int, ...] = ()) -> tuple[int, ...]:
        """As of a dict that holds the rows with an audience."""
        return self._asked.get(row, otherwise)

    @cached_property
    def _asked(self) -> dict[int, tuple[int, ...]]:
        return {row: places for row, places in enumerate(self) if places}


def audiences(rows: int, given: Mapping[int, Sequence[int]] | Sequence[Sequence[int]] | Audiences) -> Audiences:
    """The same written by hand: by row, or for every row."""
    if isinstance(given, Audiences):
        return given
    if not given:
        return Audiences(np.zeros(0, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.int64))
    listed = [given.get(row, ()) for row in range(rows)] if isinstance(given, Mapping) else list(given)
    ends = np.cumsum([len(places) for places in listed], dtype=np.int64)
    pool = np.array([place for places in listed for place in places], np.int64)
    return Audiences(pool, np.concatenate([np.zeros(1, np.int64), ends])[:len(listed)], ends)


def joined(parts: Sequence[Audiences], order: NDArray[np.int64]) -> Audiences:
    """Parts one below the other, their rows then in this order; the pool too, so that rows lie one behind the other."""
    pool = np.concatenate([part.pool for part in parts])
    many = np.concatenate([part.ends - part.begins for part in parts])
    first = (np.cumsum(many) - many)[order]
    many = many[order]
    ends = np.cumsum(many)
    begins = ends - many
    return Audiences(pool[np.arange(len(pool)) + np.repeat(first - begins, many)], begins, ends)
