"""Ledger tables read column by column: a packed table's column is strided, and every reading of it costs several
times what a contiguous one costs. Copying a column once pays from its second use on.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.void]
Whole = NDArray[np.int64]
LOW_BITS = 31


class Columns:
    """Contiguous columns of a table, each copied when first read and kept; `chosen`: of these rows, in this order."""

    def __init__(self, rows: Rows, chosen: Whole | None = None):
        self.rows, self.chosen = rows, chosen
        self.kept: dict[str, NDArray[Any]] = {}

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self.kept.get(name)
        if found is None:
            column = self.rows[name]
            # `take`: an index into a column of a packed table, which is not aligned, takes four times as long.
            found = np.ascontiguousarray(column) if self.chosen is None else column.take(self.chosen)
            self.kept[name] = found
        return found

    def __len__(self) -> int:
        return len(self.rows) if self.chosen is None else len(self.chosen)


Table = Rows | Columns


def rows_of(table: Rows, chosen: Whole) -> Rows:
    """A copy of these rows; `take` copies packed rows whole, an index field by field and twenty times as slowly."""
    found: Rows = table.take(chosen)
    return found


def joined(column: NDArray[Any], row: NDArray[Any]) -> NDArray[Any]:
    """The column at these rows; -1 at row -1."""
    if not len(column):
        return np.full(len(row), -1, column.dtype)
    found: NDArray[Any] = column.take(row)      # the last one where the row is -1
    found[row < 0] = -1
    return found


def frame_rows(legs: Table, case: NDArray[Any], serial: NDArray[Any]) -> Whole:
    """Rows of the legs that are these frames, -1 where there is none; the legs are sorted by (case, serial).

    Engines number the frames of a case from 0 without a gap, so that adding the serial to the case's first row finds
    nearly all; what it does not find is searched for.
    """
    if not len(legs):
        return np.full(len(case), -1)
    cases, serials = legs["case"], legs["serial"]
    most = int(max(cases.max(), case.max())) if len(case) else 0
    first = np.cumsum(np.bincount(cases + 1, minlength=most + 2))
    found: Whole = np.minimum(first[case] + serial, len(legs) - 1)
    missed = np.flatnonzero((cases[found] != case) | (serials[found] != serial))
    if len(missed):
        found[missed] = _searched(cases, serials, case[missed], serial[missed])
    return found


def _searched(cases: NDArray[Any], serials: NDArray[Any], case: NDArray[Any], serial: NDArray[Any]) -> Whole:
    width = int(max(serials.max(), serial.max())) + 1
    keys, wanted = cases * width + serials, case * width + serial
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def exact_sum(ticks: NDArray[np.int64]) -> int:
    """The sum as a Python integer: ticks of a year over a million rows exceed what an int64 holds."""
    high, low = ticks >> LOW_BITS, ticks & ((1 << LOW_BITS) - 1)
    return (int(high.sum()) << LOW_BITS) + int(low.sum())


def per_row(index: NDArray[Any], rows: int, amount: NDArray[np.int64]) -> Whole:
    """(rows,) sums of `amount` by index, in whole numbers throughout."""
    total = np.zeros(rows, np.int64)
    # Only with numpy's own type object does `at` take its fast path; a column of a stored table carries another.
    np.add.at(total, index.astype(np.int64), amount.astype(np.int64))
    return total
