"""What places hold on persons: the truth as written and the errors that strike it, each on the rows it strikes only."""

from collections.abc import Collection
from operator import ne
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.errors.draft import Draft
from sim.content.errors.habits import record_ids
from sim.content.errors.kinds import ERRORS, KINDS
from sim.content.errors.strikes import STRIKES, WHOLE, Values
from sim.content.errors.written import Written
from sim.content.fields import TEXTS, Fields, Rows
from sim.content.life import Changes
from sim.content.people import People
from sim.draws import bits_many, stable_hash, stream, unit_many

Bits = NDArray[np.uint64]
Bools = NDArray[np.bool_]
NAMES = ("family_name", "given_name")

Floats = NDArray[np.float64]


class LOG(NamedTuple):
    """One value that an error changed: row of the versions, field, type of error, the value before and after it."""

    row: int
    field: str
    error: str
    before: str
    after: str


def versions(people: People, person: Rows, place: Rows, rates: Floats, serial: Rows | int,
             written_at: Rows | None = None, changes: Changes | None = None,
             fields: Collection[str] = TEXTS) -> tuple[Fields, NDArray[np.uint64]]:
    """What places hold on persons, row by row, as written, and the errors in it (bits over ERRORS).

    rates       float[n, len(ERRORS)]: `rates_of` the place's quality
    serial      of each row or of all: 0 for the first version of a record, 1 once it was entered anew
    written_at  ticks at which the versions were entered, changes `life` of the persons: what changed later is
                written as it was before. None: everything is as it is now
    fields      texts that are wanted: others cost nothing, and their errors are not told

    A bit says that the error struck and that the true value has something for it to change, whatever other errors of
    the row do: so more errors never take a bit away.
    """
    table = _Table(Written(people, person, place, written_at, changes), serial, _with_both_names(fields))
    table.strike_all(rates)
    text = {name: draft.column() for name, draft in table.drafts.items() if name in fields}
    template = bits_many(people.seed, 0, table.ids, 0, stream("template"), 0)
    return Fields(text, np.where(table.unprinted, np.uint64(0), people.id[person]), template), table.errors


def strikes(people: People, person: Rows, place: Rows, rates: Floats, serial: Rows | int,
            fields: Collection[str]) -> Bits:
    """Which errors strike which of these fields, and whether one strikes the print, as a number: uint64[n].

    What `versions` says of one person, place and serial differs only where this does, two hashes of 64 bits aside.
    """
    ids, found = record_ids(people, person, place), np.zeros(len(person), np.uint64)
    serial = np.broadcast_to(serial, len(ids))
    wanted = {*_with_both_names(fields), "print"}
    for error, rate in zip(ERRORS, np.asfortranarray(rates).T, strict=True):
        if not (rate > 0).any():
            continue
        for together in _together(error):
            if wanted & set(together):
                struck = _chance(people, ids, error, together, serial) < rate
                found[struck] ^= np.uint64(stable_hash(" ".join((error, *together)), 64))
    return found


def _together(error: str) -> list[tuple[str, ...]]:
    """The fields that a type of error strikes, in groups that one luck decides about."""
    fields = KINDS[error].fields
    return [fields] if error in WHOLE else [(field,) for field in fields]


def _chance(people: People, ids: Bits, error: str, together: tuple[str, ...], serial: Rows) -> Floats:
    return unit_many(_bits(people, ids, stream("error", error, *together), serial))


def _bits(people: People, ids: Bits, of: int, serial: Rows) -> Bits:
    bits, anew = bits_many(people.seed, 0, ids, 0, of, 0), np.flatnonzero(serial)
    if len(anew):
        bits[anew] = bits_many(people.seed, 0, ids[anew], 0, of, 1)
    return bits


def logged(people: People, person: Rows, place: Rows, rates: Floats, serial: Rows | int, written_at: Rows | None = None,
           changes: Changes | None = None) -> list[LOG]:
    """Every value that an error of `versions` changed, in the order in which they struck.

    Where one error undoes what another would have changed, that one has a bit of `versions` and no row here.
    """
    table = _Table(Written(people, person, place, written_at, changes), serial, TEXTS, log=[])
    table.strike_all(rates)
    assert table.log is not None
    return table.log


def _with_both_names(fields: Collection[str]) -> Collection[str]:
    """With both names where there is one: some errors move one into the other."""
    return {*fields, *NAMES} if set(fields) & set(NAMES) else fields


class _Table:
    """Versions while they are being written.

    drafts     the texts with the errors so far
    true       the same before any error
    errors     uint64[n]
    unprinted  bool[n]
    touched    per field, where an error has struck already
    """

    def __init__(self, written: Written, serial: Rows | int, fields: Collection[str], log: list[LOG] | None = None):
        self.written, self.log = written, log
        self.serial = np.broadcast_to(serial, len(written.person))
        self.ids = record_ids(written.people, written.person, written.place)
        self.true = written.drafts(fields)
        self.drafts = {name: draft.copy() for name, draft in self.true.items()}
        self.errors = np.zeros(len(self.ids), np.uint64)
        self.unprinted = np.zeros(len(self.ids), bool)
        self.touched = {name: np.zeros(len(self.ids), bool) for name in self.drafts}

    def strike_all(self, rates: Floats) -> None:
        """All types in their order."""
        for error, rate in zip(ERRORS, np.asfortranarray(rates).T, strict=True):
            self.strike(error, rate)

    def strike(self, error: str, rates: Floats) -> None:
        """One type of error, on all fields it can make wrong; rates: float[n] of this type."""
        if not (rates > 0).any():
            return
        for together in _together(error):
            if together != ("print",) and not self.drafts.keys() & set(together):
                continue
            rows = np.flatnonzero(_chance(self.written.people, self.ids, error, together, self.serial) < rates)
            if together == ("print",):
                self.unprinted[rows] = True
                self._note(error, rows)
            elif len(rows):
                self._apply(error, together, rows)

    def _apply(self, error: str, fields: tuple[str, ...], rows: Rows) -> None:
        # 30 bits suffice for every choice, and Python reckons with them twice as fast as with 64.
        dice = _bits(self.written.people, self.ids[rows], stream("dice", error, *fields), self.serial[rows])
        dice >>= np.uint64(34)
        before = self._values(self.drafts, fields, rows)
        after = STRIKES[error](self.written, rows, before, dice)
        differ = self._differing(fields, before, after)
        self._note(error, rows[self._would(error, fields, rows, dice, np.logical_or.reduce(differ))])
        for field, old, new, changed in zip(fields, before, after, differ, strict=True):
            if field not in self.drafts:
                continue
            here = np.flatnonzero(changed).tolist()
            self.drafts[field].put(rows[here], [new[k] for k in here])
            self.touched[field][rows[here]] = True
            if self.log is not None:
                self.log += [LOG(int(rows[k]), field, error, old[k], new[k]) for k in here]

    def _would(self, error: str, fields: tuple[str, ...], rows: Rows, dice: Bits, changed: Bools) -> Bools:
        """Of struck rows, where the error changes the true value; `changed`: where it changed the present one."""
        touched = np.flatnonzero(np.logical_or.reduce([self.touched[field][rows] for field in fields
                                                       if field in self.touched]))
        if not len(touched):
            return changed
        true = self._values(self.true, fields, rows[touched])
        after = STRIKES[error](self.written, rows[touched], true, dice[touched])
        would = changed.copy()
        would[touched] = np.logical_or.reduce(self._differing(fields, true, after))
        return would

    def _values(self, drafts: dict[str, Draft], fields: tuple[str, ...], rows: Rows) -> Values:
        """Of fields that are not wanted none."""
        return [drafts[field].at(rows) if field in drafts else [""] * len(rows) for field in fields]

    def _differing(self, fields: tuple[str, ...], before: Values, after: Values) -> list[Bools]:
        return [np.fromiter(map(ne, old, new), bool, len(old)) if field in self.drafts else np.zeros(len(old), bool)
                for field, old, new in zip(fields, before, after, strict=True)]

    def _note(self, error: str, rows: Rows) -> None:
        self.errors[rows] |= np.uint64(1 << ERRORS.index(error))
