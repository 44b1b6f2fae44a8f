"""A search sees field values only: this table is all that a matcher is given of either side.

Who a row is about, and what is true, is joined after matching (`candidates`). A table is in one of two states. *As
written* it holds what the system of the holder shows: "Müller", "1970-03-12", "1970-03", "1970". `normalised` makes of
it what matchers compare: "muller", "19700312".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from sim.content.names.schemes import ASCII

Rows = NDArray[np.int64]

TEXTS = ("family_name", "given_name", "native_name", "birth_date", "birth_place", "nationality", "sex", "document",
         "plate", "address", "offence")
# What an asker must know to search by a field: bits of a need's column `known` (name 1, print 2, plate 4, number 8).
KNOWN = dict.fromkeys(TEXTS, 1) | {"print": 2, "plate": 4, "document": 8}
# Fields whose normal form is one run of letters and digits; others keep their words apart.
CODED = ("birth_date", "document", "plate", "offence")


@dataclass(frozen=True, eq=False)
class Column:
    """One field of n rows.

    words  distinct values, none of them empty
    code   int32[n] index into words, -1 where the value is missing
    """

    words: tuple[str, ...]
    code: NDArray[np.int32]

    def take(self, rows: Rows) -> "Column":
        """These rows, in this order; where they are few, without the words that none of them has."""
        code = self.code[rows]
        if len(self.words) <= len(code):
            return Column(self.words, code)
        present, number = np.unique(code, return_inverse=True)
        missing = int(len(present) > 0 and present[0] < 0)
        return Column(tuple([self.words[k] for k in present[missing:].tolist()]), (number - missing).astype(np.int32))

    def text(self) -> list[str]:
        """The n values, "" where missing."""
        words = (*self.words, "")
        return [words[code] for code in self.code.tolist()]


@dataclass(frozen=True, eq=False)
class Fields:
    """n rows of field values.

    text      one Column for each of TEXTS
    finger    uint64[n] which finger the print shows, 0 without a print
    template  uint64[n] this taking of it: two takings of one finger differ
    """

    text: dict[str, Column]
    finger: NDArray[np.uint64]
    template: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.finger)

    def take(self, rows: Rows) -> "Fields":
        """These rows, in this order."""
        text = {name: column.take(rows) for name, column in self.text.items()}
        return Fields(text, self.finger[rows], self.template[rows])

    def only(self, names: Iterable[str]) -> "Fields":
        """With these texts only; prints stay."""
        return replace(self, text={name: self.text[name] for name in names if name in self.text})

    @cached_property
    def normal(self) -> "Fields":
        """`normalised`, once."""
        return normalised(self)

    def has(self, field: str) -> NDArray[np.bool_]:
        """Where the field has a value; `field` is one of KNOWN."""
        return self.finger != 0 if field == "print" else self.text[field].code >= 0

    def without_prints(self, where: NDArray[np.bool_]) -> "Fields":
        """The same with no print in some rows."""
        return replace(self, finger=np.where(where, np.uint64(0), self.finger))


def column(values: NDArray[np.str_]) -> Column:
    """A column of these normalised values; the empty text is a missing value."""
    words, code = np.unique(values, return_inverse=True)
    empty = int(words.size > 0 and words[0] == "")
    return Column(tuple(words[empty:].tolist()), (code - empty).astype(np.int32))


def stack(tables: Sequence[Fields]) -> Fields:
    """Tables one below the other; the words of a field are numbered anew."""
    text = {}
    for name in tables[0].text:
        words = sorted({word for table in tables for word in table.text[name].words})
        number = {word: k for k, word in enumerate(words)}
        text[name] = Column(tuple(words), np.concatenate([_renumber(table.text[name], number) for table in tables]))
    return Fields(text, np.concatenate([table.finger for table in tables]),
                  np.concatenate([table.template for table in tables]))


def _renumber(column: Column, number: dict[str, int]) -> NDArray[np.int32]:
    new = np.array([*(number[word] for word in column.words), -1], np.int32)
    return new[column.code]


def spelt_column(words: Sequence[str], code: NDArray[np.integer]) -> Column:
    """A column of words that may be equal or empty, and of the word that each row has."""
    distinct = tuple(dict.fromkeys(filter(None, words)))
    number = dict(zip(distinct, range(len(distinct)), strict=True))
    new = np.array([*map(number.get, words, repeat(-1)), -1], np.int32)
    return Column(distinct, new[code])


def normalised(fields: Fields) -> Fields:
    """The same rows as matchers get them: letters and digits of ASCII in lower case, words one space apart.

    Marks and scripts are folded by anyascii (MIT), which is one more romanisation; the native name alone keeps its
    script. Codes, numbers and dates lose what stands between their characters.
    """
    return replace(fields, text={name: _normal_column(name, column) for name, column in fields.text.items()})


def _normal_column(name: str, column: Column) -> Column:
    return spelt_column(_normal(name, column.words), column.code)


# Words of one replication come again in the next, and in most of its searches.
known_forms: defaultdict[str, dict[str, str]] = defaultdict(dict)
MOST_FORMS = 200_000      # of each kind


def _normal(name: str, words: Sequence[str]) -> list[str]:
    kind = "native" if name == "native_name" else "coded" if name in CODED else "words"
    known = known_forms[kind]
    new = [word for word in words if word not in known]
    if new:
        if len(known) + len(new) > MOST_FORMS:
            known.clear()
            new = list(words)
        known.update(zip(new, _made_normal(kind, new), strict=True))
    return list(map(known.__getitem__, words))


def _made_normal(kind: str, words: Sequence[str]) -> list[str]:
    """Folded one by one, then cleaned as one text with a line for each word, which is many times faster."""
    if kind == "native":
        return [" ".join(word.casefold().split()) for word in words]
    folded = [word if word.isascii() else word.translate(ASCII) for word in words]
    text = "\n".join([" ".join(word.split()) for word in folded]).lower()
    text = re.sub("['\"`]", "", text)
    text = re.sub("[^a-z0-9\n]+", "" if kind == "coded" else " ", text)
    return [line.strip() for line in text.split("\n")]


def differing(some: Fields, other: Fields) -> NDArray[np.uint32]:
    """uint32[n]: bits over TEXTS of the values that a matcher would tell apart, of two aligned tables as written."""
    found = np.zeros(len(some), np.uint32)
    for bit, (name, column) in enumerate(some.normal.text.items()):
        of_other = _normal_column(name, other.text[name])
        words = np.array([*column.words, ""])[column.code]
        found |= (words != np.array([*of_other.words, ""])[of_other.code]).astype(np.uint32) << np.uint32(bit)
    return found


def woven(parts: Sequence[tuple[Rows, Fields]]) -> Fields:
    """Tables put together, each row where its number says."""
    order = np.concatenate([rows for rows, _ in parts])
    return stack([fields for _, fields in parts]).take(np.argsort(order))
