"""What is on record on other people at the start of a run, written once for each set of errors that strikes it.

It hangs on who it is about, which also says who keeps it, and on the errors that strike. A future decides the latter
only, and not even they differ much: of one future's records on people that were met before, most are known.
"""

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import strikes, versions
from sim.content.fields import TEXTS, Column, Fields, Rows
from sim.content.people import People

MOST = 1_000_000      # kept at a time; with their words a hundred megabytes or so


@lru_cache(maxsize=4)
def faces(people: People, fields: frozenset[str]) -> "Faces":
    """Of these people, with these texts."""
    return Faces(people, fields)


class Faces:
    """Records as written, kept by the identity of the person crossed with the number of the strikes."""

    def __init__(self, people: People, fields: Collection[str]):
        self._people, self._fields = people, fields
        self._forget()

    def of(self, person: Rows, rates: NDArray[np.float64]) -> Fields:
        """What is held on distinct background people at rates of errors, float[n, len(ERRORS)]; aligned."""
        place = self._people.home(person)
        key = self._people.id[person] ^ strikes(self._people, person, place, rates, 0, self._fields)
        new = np.flatnonzero(self._row_of(key) < 0)
        if len(self._key) + len(new) > MOST:
            self._forget()
            new = np.arange(len(key))
        if len(new):
            self._add(key[new], versions(self._people, person[new], place[new], rates[new], 0, fields=self._fields)[0])
        row = self._row_of(key)
        text = {name: column.take(row) for name, column in self._text.items()}
        return Fields(text, self._finger[row], self._template[row])

    def _forget(self) -> None:
        self._key, self._row = np.zeros(0, np.uint64), np.zeros(0, np.int32)
        self._text = {name: _Growing() for name in TEXTS if name in self._fields}
        self._finger, self._template = np.zeros(0, np.uint64), np.zeros(0, np.uint64)

    def _row_of(self, key: NDArray[np.uint64]) -> Rows:
        """-1 where it is not known."""
        if not len(self._key):
            return np.full(len(key), -1)
        at = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        return np.where(self._key[at] == key, self._row[at], -1)

    def _add(self, key: NDArray[np.uint64], written: Fields) -> None:
        keys = np.concatenate([self._key, key])
        rows = np.concatenate([self._row, np.arange(len(self._key), len(keys), dtype=np.int32)])
        order = np.argsort(keys)
        self._key, self._row = keys[order], rows[order]
        for name, column in written.text.items():
            self._text[name].add(column)
        self._finger = np.concatenate([self._finger, written.finger])
        self._template = np.concatenate([self._template, written.template])


class _Growing:
    """A column to which rows are added."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._words: list[str] = []
        self._code = np.zeros(0, np.int32)

    def add(self, column: Column) -> None:
        codes = [self._number.setdefault(word, len(self._number)) for word in column.words]
        self._words = list(self._number)
        self._code = np.concatenate([self._code, np.array([*codes, -1], np.int32)[column.code]])

    def take(self, rows: Rows) -> Column:
        """These rows, without the words that none of them has."""
        code = self._code[rows]
        used = np.zeros(len(self._words) + 1, bool)
        used[code] = True
        used[-1] = False      # the missing value
        number = np.where(used, np.cumsum(used, dtype=np.int32) - 1, -1).astype(np.int32)
        return Column(tuple([self._words[k] for k in np.flatnonzero(used).tolist()]), number[code])
