"""The answer to every Match, made before the run: which version at which place scores how high for which need.

Matchers are given field values only; whose they are is joined here, after they have answered.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.content.finding import Found
from sim.content.searches import Search

CANDIDATES = np.dtype([
    ("need", "i4"),          # row of the needs
    ("holder", "i2"),        # place
    ("search", "i1"),        # index into Candidates.searches
    ("version", "i4"),       # row of the records
    ("score", "i4"),         # millionths
    ("created", "i8"),       # from when the search can find it: the record's `created`, or `findable` where later
    ("superseded", "i8"),    # these, kind and handling: as in the record
    ("genuine", "?"),        # the need's subject, as an expert's close look would find
    ("kind", "i1"),
    ("handling", "i1"),
])


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows by (need, holder, search), the best first: higher score, then lower version."""

    rows: NDArray[np.void]
    searches: tuple[Search, ...]

    def of(self, need: int, holder: int, search: int) -> list[tuple[int, ...]]:
        """The rows of CANDIDATES, as tuples, that one search finds whatever the time; best first."""
        return self._slices.get((need, holder, search), [])

    @cached_property
    def _slices(self) -> dict[tuple[int, int, int], list[tuple[int, ...]]]:
        slices: dict[tuple[int, int, int], list[tuple[int, ...]]] = {}
        for row in self.rows.tolist():
            slices.setdefault(row[:3], []).append(row)
        return slices


def candidates(needs: NDArray[np.void], records: NDArray[np.void], found: list[Found],
               searches: tuple[Search, ...]) -> Candidates:
    """Matches joined with whose they are, in their order."""
    rows = np.concatenate([np.zeros(0, CANDIDATES), *(_rows(needs, records, each) for each in found)])
    rows = rows[rows["created"] < rows["superseded"]]
    order = np.lexsort((rows["version"], -rows["score"], rows["search"], rows["holder"], rows["need"]))
    return Candidates(rows[order], searches)


def _rows(needs: NDArray[np.void], records: NDArray[np.void], found: Found) -> NDArray[np.void]:
    rows = np.zeros(len(found.need), CANDIDATES)
    held = records[found.found]
    rows["need"], rows["search"], rows["version"], rows["score"] = found.need, found.search, found.found, found.score
    rows["holder"] = held["place"]
    for name in ("superseded", "kind", "handling"):
        rows[name] = held[name]
    rows["created"] = np.maximum(held["created"], held["findable"])
    rows["genuine"] = held["person"] == needs["subject"][found.need]
    return rows
