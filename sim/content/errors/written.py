"""What is true of persons, as each place writes it when it makes no error."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content import attributes, names
from sim.content.errors.draft import Draft
from sim.content.errors.habits import from_the_page, habits
from sim.content.fields import TEXTS, Rows
from sim.content.life import LONG_AGO, Changes
from sim.content.people import WOMAN, People

Bools = NDArray[np.bool_]
LATN = names.GROUPS.index("Latn")
MANNERS = 5                 # more than code lists, and as many as schemes


@dataclass(frozen=True, eq=False)
class Written:
    """Rows of (person, place) before errors.

    written_at  int64[n] ticks at which the rows were entered; None: now, after everything that ever changed
    changes     what happened to the persons, aligned with the rows
    """

    people: People
    person: Rows
    place: Rows
    written_at: Rows | None = None
    changes: Changes | None = None

    @cached_property
    def scheme(self) -> Rows:
        """The one by which each row's place writes this person's language."""
        return habits(self.people)[self.place, self.people.language[self.person]]

    @cached_property
    def code_list(self) -> Rows:
        """The list in which offences are shown: the international one. A national list is a matter of the format in
        which a place keeps its records, which maps it."""
        return np.full(len(self.person), attributes.LISTS.index("iccs"))

    def before(self, change: str) -> Bools:
        """Rows entered before the person's latest "address", "family_name" or "document"."""
        if self.written_at is None or self.changes is None:
            return np.zeros(len(self.person), bool)
        changed: Rows = getattr(self.changes, change)
        return self.written_at < changed

    def changed(self, change: str) -> Bools:
        """Rows entered after it: an earlier value may still be about."""
        if self.changes is None:
            return np.zeros(len(self.person), bool)
        changed: Rows = getattr(self.changes, change)
        return (changed > LONG_AGO) & ~self.before(change)

    @cached_property
    def visual(self) -> Bools:
        """Rows whose place copies documents from the page."""
        return from_the_page(self.people)[self.place]

    def drafts(self, fields: Collection[str]) -> dict[str, Draft]:
        """One for each of these fields, in the order of TEXTS. A value is said once for each person and each manner in
        which it is written."""
        drafts: dict[str, Callable[[], Draft]] = {
            "family_name": lambda: self._draft(self.family_name, self.scheme, self.before("family_name")),
            "given_name": lambda: self._draft(self.given_name, self.scheme),
            "native_name": lambda: self._draft(self.native_name, self.writes_natively, self.before("family_name")),
            "birth_date": lambda: self._draft(self.birth_date),
            "birth_place": lambda: self._draft(self.birth_place, self.scheme),
            "nationality": lambda: self._draft(lambda rows: attributes.nationality(self.people, self.person[rows])),
            "sex": lambda: Draft(("m", "f"), self.people.sex[self.person]),
            "document": lambda: self._draft(self.document, self.visual, self.before("document")),
            "plate": lambda: self._draft(lambda rows: attributes.plate(self.people, self.person[rows])),
            "address": lambda: self._draft(self.address, self.scheme, self.before("address")),
            "offence": lambda: self._draft(self.offence, self.code_list),
        }
        return {name: drafts[name]() for name in TEXTS if name in fields}

    def _draft(self, make: Callable[..., list[str]], *manners: NDArray[Any]) -> Draft:
        """What `make` says of one row for each person and manner (whole numbers below MANNERS)."""
        key, keys = self._who, int(self._who.max(initial=0)) + 1
        for manner in manners:
            key, keys = key * MANNERS + manner, keys * MANNERS
        row = np.full(keys, -1)
        row[key] = np.arange(len(key))
        used = np.flatnonzero(row >= 0)
        number = np.empty(keys, np.int32)
        number[used] = np.arange(len(used))
        some = row[used]
        return Draft(make(some, *(manner[some] for manner in manners)), number[key])

    @cached_property
    def _who(self) -> Rows:
        """The persons of the rows, numbered without gaps."""
        return np.unique(self.person, return_inverse=True)[1]

    # Values of some rows, in the manner of each.

    def family_name(self, rows: Rows, scheme: Rows, before: Bools) -> list[str]:
        """before: that before the marriage"""
        person = self.person[rows]
        earlier = names.ranks(self.people.luck(person, "earlier family name"), names.FAMILIES, self.people.homonyms)
        return self.people.spelt("family", person, scheme, np.where(before, earlier, self.people.family[person])).list()

    def given_name(self, rows: Rows, scheme: Rows) -> list[str]:
        return self.people.spelt("given", self.person[rows], scheme).list()

    def birth_date(self, rows: Rows) -> list[str]:
        return [f"{date // 10_000:04}-{date // 100 % 100:02}-{date % 100:02}"
                for date in self.people.birth[self.person[rows]].tolist()]

    @cached_property
    def writes_natively(self) -> Bools:
        """Rows whose place writes the script of the person's name, if that is not Latin."""
        writes = np.array([[script in scripts for script in names.GROUPS] for scripts in self.people.writes], bool)
        writes[:, LATN] = False
        return writes[self.place, self.people.group_of(self.person)]

    def native_name(self, rows: Rows, natively: Bools, before: Bools) -> list[str]:
        """Family and given name in the native script; nothing where it is not written."""
        found = np.full(len(rows), "", object)
        some = rows[natively]
        scheme = np.full(len(some), names.NATIVE)
        found[natively] = [f"{family} {given}" for family, given in zip(
            self.family_name(some, scheme, before[natively]), self.given_name(some, scheme), strict=True)]
        return found.tolist()

    def patronymic(self, rows: Rows) -> list[str]:
        """In the scheme of the place; nothing where the language has none."""
        person = self.person[rows]
        father = names.ranks(self.people.luck(person, "father"), names.GIVENS, names.GIVEN_EXPONENT)
        return names.spelt("patronymic", self.people.language[person], father, self.people.sex[person] == WOMAN,
                           self.scheme[rows]).list()

    def birth_place(self, rows: Rows, scheme: Rows) -> list[str]:
        return attributes.birth_place(self.people, self.person[rows], scheme)

    def document(self, rows: Rows, visual: Bools, before: Bools) -> list[str]:
        """before: the one before the present one"""
        return self._before_or_after(rows, before, lambda some, which: attributes.document(
            self.people, self.person[rows[some]], visual[some], which))

    def address(self, rows: Rows, scheme: Rows, before: Bools) -> list[str]:
        """before: the one before the latest move"""
        return self._before_or_after(rows, before, lambda some, which: attributes.address(
            self.people, self.person[rows[some]], scheme[some], which))

    @staticmethod
    def _before_or_after(rows: Rows, before: Bools, make: Callable[[Bools, bool], list[str]]) -> list[str]:
        """`make` says the values of some of the rows, before the change or after it."""
        found = np.full(len(rows), "", object)
        for which in (False, True):
            some = before == which
            if some.any():
                found[some] = make(some, which)
        return found.tolist()

    def offence(self, rows: Rows, code_list: Rows) -> list[str]:
        person = self.person[rows]
        return attributes.offence_code(self.people, person, attributes.offence(self.people, person), code_list)
