"""What each type of error does to the rows it strikes: from the values as they stand to other values.

STRIKES takes the table before errors, the rows, the values of the fields of the type as they stand, and bits of chance
for each row; it gives the fields' new values. A value that has nothing for it to change comes back as it is.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.content import attributes, names
from sim.content.errors import dates, letters
from sim.content.errors.kinds import KINDS
from sim.content.errors.written import Written
from sim.content.fields import Rows

Bits = NDArray[np.uint64]
Values = list[list[str]]             # one list for each field
Strike = Callable[[Written, Rows, Values, Bits], Values]

# Languages in which the family name comes first; a place follows the custom of its first language.
FAMILY_FIRST = ("hu", "ru", "uk")


def _slip(change: Callable[[str, int], str]) -> Strike:
    """A type that looks at one value only."""
    def strike(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
        return [[change(word, die) if word else word for word, die in zip(values[0], dice.tolist(), strict=True)]]
    return strike


def _diacritic_fold(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return [list(map(letters.folded, values[0]))]


def _missing(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return [[""] * len(rows)]


def _transliteration(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    usual = written.scheme[rows]
    other = (usual + 1 + (dice % np.uint64(names.PRESS)).astype(np.int64)) % (names.PRESS + 1)
    latin = names.GROUP[written.people.language[written.person[rows]]] == names.GROUPS.index("Latn")
    # Other scripts are not written in Latin fields.
    other = np.where((other == names.NATIVE) & ~latin, np.where(usual == names.PASSPORT, names.PRESS, names.PASSPORT),
                     other)
    return [written.family_name(rows, other, written.before("family_name")[rows]), written.given_name(rows, other)]


def _extra_patronymic(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return [[f"{given} {father}" if father and given else given
             for given, father in zip(values[0], written.patronymic(rows), strict=True)]]


def _double_surname(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    """One of two family names is left out, or the first is taken for a given name."""
    families, givens = [], []
    for family, given, die in zip(*values, dice.tolist(), strict=True):
        first, _, second = family.partition(" ")
        way = die % 3 if second else 0
        families.append(second if way else first)
        givens.append(f"{given} {first}" if way == 2 else given)
    return [families, givens]


def _name_swap(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return values[::-1]


def _name_order(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    """Swapped where the custom of the person's language is not that of the place."""
    first = np.isin(names.CODES, FAMILY_FIRST)
    here = np.array([speaks[0] in FAMILY_FIRST for speaks in written.people.speaks], bool)
    differ = first[written.people.language[written.person[rows]]] != here[written.place[rows]]
    families, givens = (column.copy() for column in values)
    for k in np.flatnonzero(differ).tolist():
        families[k], givens[k] = givens[k], families[k]
    return [families, givens]


def _stale(change: str, earlier: Callable[[Written, Rows, NDArray[np.bool_]], Values]) -> Strike:
    """Entered as before a change of the person, where there was one: from another system, or by hand from a file."""
    def strike(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
        some = np.flatnonzero(written.changed(change)[rows])
        old = earlier(written, rows[some], np.ones(len(some), bool))
        stale = [list(column) for column in values]
        for column, found in zip(stale, old, strict=True):
            for k, value in zip(some.tolist(), found, strict=True):
                column[k] = value
        return stale
    return strike


def _earlier_name(written: Written, rows: Rows, before: NDArray[np.bool_]) -> Values:
    return [written.family_name(rows, written.scheme[rows], before),
            written.native_name(rows, written.writes_natively[rows], before)]


def _earlier_address(written: Written, rows: Rows, before: NDArray[np.bool_]) -> Values:
    return [written.address(rows, written.scheme[rows], before)]


def _earlier_document(written: Written, rows: Rows, before: NDArray[np.bool_]) -> Values:
    return [written.document(rows, written.visual[rows], before)]


def _document_digit(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return [[_wrong_digit(word, die) if word else word for word, die in zip(values[0], dice.tolist(), strict=True)]]


def _wrong_digit(word: str, die: int) -> str:
    """A digit of the number becomes another one. Weights 7, 3 and 1 are prime to 10, so the check digit never fits."""
    digits = [k for k, letter in enumerate(word[:-1]) if letter.isdigit()]
    if not digits:
        return word
    rest, at = divmod(die, len(digits))
    new = (int(word[digits[at]]) + 1 + rest % 9) % 10
    return word[:digits[at]] + str(new) + word[digits[at] + 1:]


def _wrong_code(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    lists = len(attributes.LISTS)
    other = written.code_list[rows] + 1 + (dice % np.uint64(lists - 1)).astype(np.int64)
    return [written.offence(rows, other % lists)]


def _wrong_option(written: Written, rows: Rows, values: Values, dice: Bits) -> Values:
    return [[_other(word, OPTIONS["sex" if word in OPTIONS["sex"] else "country"], die)
             for word, die in zip(values[0], dice.tolist(), strict=True)]]


OPTIONS = {"sex": ("m", "f"), "country": tuple(sorted({spoken.country for spoken in names.LANGUAGES.values()}))}


def _other(word: str, options: Sequence[str], die: int) -> str:
    """One of the options that the word is not."""
    left = [option for option in options if option != word]
    return left[die % len(left)] if word else word


STRIKES: dict[str, Strike] = {
    **{name: _slip(change) for name, change in {**letters.SLIPS, **dates.SLIPS}.items()},
    **{name: _missing for name in KINDS if name.endswith("_missing")},
    "diacritic_fold": _diacritic_fold, "transliteration": _transliteration, "extra_patronymic": _extra_patronymic,
    "double_surname": _double_surname, "name_swap": _name_swap, "name_order": _name_order,
    "stale_name": _stale("family_name", _earlier_name), "stale_address": _stale("address", _earlier_address),
    "stale_document": _stale("document", _earlier_document), "document_digit": _document_digit,
    "wrong_code": _wrong_code, "wrong_option": _wrong_option,
}
# Types that look at all their fields at once strike a row as a whole; others strike each field by luck of its own.
WHOLE = ("transliteration", "double_surname", "name_swap", "name_order", "stale_name")
