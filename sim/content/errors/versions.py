"""What places hold on persons: the truth as written, and the errors that strike it, each on the rows it strikes only."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.errors.habits import record_ids
from sim.content.errors.kinds import ERRORS, KINDS
from sim.content.errors.strikes import STRIKES, WHOLE
from sim.content.errors.written import Written
from sim.content.fields import TEXTS, Fields, Rows
from sim.content.life import Changes
from sim.content.people import People
from sim.draws import bits_many, stream, unit_many

Floats = NDArray[np.float64]


class LOG(NamedTuple):
    """One value that an error changed: row of the versions, field, type of error, the value before and after it."""

    row: int
    field: str
    error: str
    before: str
    after: str


def versions(people: People, person: Rows, place: Rows, rates: Floats, serial: int, written_at: Rows | None = None,
             changes: Changes | None = None, fields: Collection[str] = TEXTS) -> tuple[Fields, NDArray[np.uint64]]:
    """What places hold on persons, row by row, as written, and the errors in it (bits over ERRORS).

    rates       float[n, len(ERRORS)]: `rates_of` the place's quality
    serial      0 for the first version of a record, 1 once it was entered anew
    written_at  ticks at which the versions were entered, changes `life` of the persons: what changed later is
                written as it was before. None: everything is as it is now
    fields      texts that are wanted: others cost nothing, and their errors are not told

    A bit says that the error struck and that the true value has something for it to change, whatever other errors of
    the row do: so more errors never take a bit away.
    """
    table = _Table(Written(people, person, place, written_at, changes), serial, with_all_names(fields))
    for error in ERRORS:
        table.strike(error, rates)
    text = {name: draft.column() for name, draft in table.drafts.items() if name in fields}
    template = bits_many(people.seed, 0, table.ids, 0, stream("template"), 0)
    return Fields(text, np.where(table.unprinted, np.uint64(0), people.id[person]), template), table.errors


def logged(people: People, person: Rows, place: Rows, rates: Floats, serial: int, written_at: Rows | None = None,
           changes: Changes | None = None) -> list[LOG]:
    """Every value that an error of `versions` changed, in the order in which they struck.

    Where one error undoes what another would have changed, that one has a bit of `versions` and no row here.
    """
    table = _Table(Written(people, person, place, written_at, changes), serial, TEXTS, log=[])
    for error in ERRORS:
        table.strike(error, rates)
    assert table.log is not None
    return table.log


NAMES = ("family_name", "given_name", "native_name")


def with_all_names(fields: Collection[str]) -> Collection[str]:
    """With all names where there is one: some errors change two of them together."""
    return {*fields, *NAMES} if set(fields) & set(NAMES) else fields


class _Table:
    """Versions while they are being written.

    drafts     the texts with the errors so far
    true       the same before any error
    errors     uint64[n]
    unprinted  bool[n]
    touched    per field, where an error has struck already
    """

    def __init__(self, written: Written, serial: int, fields: Collection[str], log: list[LOG] | None = None):
        self.written, self.serial, self.log = written, serial, log
        self.ids = record_ids(written.people, written.person, written.place)
        self.true = written.drafts(fields)
        self.drafts = {name: draft.copy() for name, draft in self.true.items()}
        self.errors = np.zeros(len(self.ids), np.uint64)
        self.unprinted = np.zeros(len(self.ids), bool)
        self.touched = {name: np.zeros(len(self.ids), bool) for name in self.drafts}

    def strike(self, error: str, rates: Floats) -> None:
        """One type of error, on all fields it can make wrong."""
        rate = rates[:, ERRORS.index(error)]
        if not (rate > 0).any():
            return
        fields = KINDS[error].fields
        for together in [fields] if error in WHOLE else [(field,) for field in fields]:
            if together != ("print",) and not self.drafts.keys() >= set(together):
                continue
            u = unit_many(self._bits(self.ids, "error", error, together))
            rows = np.flatnonzero(u < rate)
            if together == ("print",):
                self.unprinted[rows] = True
                self._note(error, rows)
            elif len(rows):
                self._apply(error, together, rows)

    def _apply(self, error: str, fields: tuple[str, ...], rows: Rows) -> None:
        dice = self._bits(self.ids[rows], "dice", error, fields)
        before = [self.drafts[field].at(rows) for field in fields]
        after = STRIKES[error](self.written, rows, before, dice)
        changed = _differ(before, after)
        touched = np.logical_or.reduce([self.touched[field][rows] for field in fields])
        if touched.any():
            again = rows[touched]
            true = [self.true[field].at(again) for field in fields]
            would = changed.copy()
            would[touched] = _differ(true, STRIKES[error](self.written, again, true, dice[touched]))
        else:
            would = changed
        self._note(error, rows[would])
        for field, old, new in zip(fields, before, after, strict=True):
            self.drafts[field].put(rows, new)
            self.touched[field][rows[changed]] = True
            if self.log is not None:
                self.log += [LOG(row, field, error, a, b) for row, a, b in zip(rows.tolist(), old, new, strict=True)
                             if a != b]

    def _note(self, error: str, rows: Rows) -> None:
        self.errors[rows] |= np.uint64(1 << ERRORS.index(error))

    def _bits(self, ids: NDArray[np.uint64], what: str, error: str, fields: tuple[str, ...]) -> NDArray[np.uint64]:
        return bits_many(self.written.people.seed, 0, ids, 0, stream(what, error, *fields), self.serial)


def _differ(before: list[list[str]], after: list[list[str]]) -> NDArray[np.bool_]:
    """Rows in which some field is another."""
    return np.array([a != b for a, b in zip(zip(*before, strict=True), zip(*after, strict=True), strict=True)], bool)
