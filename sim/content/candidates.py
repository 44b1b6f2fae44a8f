"""The answer to every Match, made before the run: which version at which place scores how high for which need.

Matchers are given field values only; whose they are is joined here, after they have answered.
"""

from collections.abc import Sequence
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


def candidates(needs: NDArray[np.void], records: NDArray[np.void], found: list[Found], searches: tuple[Search, ...],
               limits: Sequence[int | None]) -> Candidates:
    """Matches joined with whose they are, in their order.

    limits  most candidates that each of the searches returns at a time; None: all
    """
    assert len(searches) <= np.iinfo(CANDIDATES["search"]).max, f"{len(searches)} ways of searching: widen the column"
    rows = np.concatenate([np.zeros(0, CANDIDATES), *(_rows(needs, records, each) for each in found)])
    rows = rows[rows["created"] < rows["superseded"]]
    rows = rows[np.lexsort((rows["version"], -rows["score"], rows["search"], rows["holder"], rows["need"]))]
    return Candidates(_within_limits(rows, searches, limits), searches)


def _within_limits(rows: NDArray[np.void], searches: tuple[Search, ...],
                   limits: Sequence[int | None]) -> NDArray[np.void]:
    """Without those that at no time are among the best so many: as many better ones stand as long as they do.

    Among copies none is left out: which of them stand is known to the run alone, and it takes the best.
    """
    most = np.array([len(rows) if limit is None or search.copies_at else limit
                     for search, limit in zip(searches, limits, strict=True)], np.int64)[rows["search"]]
    if (most == len(rows)).all():
        return rows
    better = np.zeros(len(rows), np.int64)
    for k in range(1, len(rows)):
        this, above = rows[k:], rows[:-k]
        same = np.logical_and.reduce([this[name] == above[name] for name in ("need", "holder", "search")])
        if not same.any():
            break
        better[k:] += same & (above["created"] <= this["created"]) & (this["superseded"] <= above["superseded"])
    kept: NDArray[np.void] = rows[better < most]
    return kept


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
