"""`exact_keys` and `multi_key`: values that are equal, as they stand or as derived keys."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Column, Fields, Rows, column
from sim.content.matchers.scores import MILLION, NO_HIT
from sim.content.shortlists import Bools, Pairs, equal_columns, held_code
from sim.scenario.holdings import Matcher
from sim.scenario.match_keys import Part, parts


def exact_keys(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """All fields equal. A missing one matches nothing, leaves the comparison, or equals a missing one."""
    fields = tuple(setting.fields)
    equal, compared = np.ones(len(asked), bool), np.zeros(len(asked), bool)
    for field in fields:
        here, there = asked.text[field], held.text[field]
        both = asked.has(field) & held.has(field)
        same = both & (held_code(here, there) == there.code)
        if setting.missing == "drop":
            same |= ~both
        elif setting.missing == "value":
            same |= ~asked.has(field) & ~held.has(field)
        equal &= same
        compared |= both
    return np.where(equal & compared, MILLION, NO_HIT)


def multi_key(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """Any key equal; the score is the share of keys that are. A missing part makes its key equal to none."""
    equal = np.zeros(len(asked), np.int64)
    for key in setting.keys:
        both = zip(derived(key, asked), derived(key, held), strict=True)
        equal += np.logical_and.reduce([held_code(here, there) == there.code for here, there in both])
    return np.where(equal > 0, MILLION * equal // len(setting.keys), NO_HIT)


def any_key(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs with some key equal, once each, by query and then row."""
    found = [equal_columns(derived(key, queries), derived(key, store), np.arange(len(queries)), np.arange(len(store)))
             for key in setting.keys]
    pairs = np.unique(np.concatenate([asked * len(store) + held for asked, held in found]))
    asked, held = np.divmod(pairs, len(store))
    open_to = allowed[asked, area[held]]
    return asked[open_to], held[open_to]


def derived(key: str, fields: Fields) -> tuple[Column, ...]:
    """The parts of a key, one column each."""
    return tuple(_column(part, fields) for part in parts(key))


def elements(setting: Matcher, fields: Fields) -> list[list[str]]:
    """The keys of every row as one text, a list for each key of the matcher; "" where a part is missing.

    Equal texts are equal keys, so these are what two sides compare that see no more than hashes of them.
    """
    keys = [derived(key, fields) for key in setting.keys] or [tuple(fields.text[field] for field in setting.fields)]
    return [_joined(columns) for columns in keys]


def _joined(columns: Sequence[Column]) -> list[str]:
    rows = zip(*(part.text() for part in columns), strict=True)
    return ["\x1f".join(row) if all(row) else "" for row in rows]


def _column(part: Part, fields: Fields) -> Column:
    if part.function == "sorted":
        return _sorted([fields.text[field] for field in part.fields])
    values = fields.text[part.fields[0]]
    if not part.function:
        return values
    words, number = _derived(part.function, values.words)
    return Column(words, number[values.code])


@lru_cache(maxsize=32)
def _derived(function: str, words: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """What a function makes of words: the distinct results, and of each word the number of its result; the last, -1,
    is that of the missing value."""
    made = column(np.array([*map(DERIVATIONS[function], words), ""]))
    return made.words, made.code


def _sorted(columns: Sequence[Column]) -> Column:
    """All words of several values in alphabetical order; missing where one of them is."""
    rows, code = np.unique(np.column_stack([part.code for part in columns]), axis=0, return_inverse=True)
    words = [(*part.words, "") for part in columns]
    texts = [[of[k] for of, k in zip(words, row, strict=True)] for row in rows.tolist()]
    made = column(np.array([" ".join(sorted(" ".join(row).split())) if all(row) else "" for row in texts]))
    return Column(made.words, made.code[code.reshape(-1)])


def soundex(word: str) -> str:
    """The American Soundex of a word (Russell 1918; as the US National Archives use it): "robert" -> "r163".

    Letters only are looked at; a word without a letter a to z has none.
    """
    letters = re.sub("[^a-z]", "", word)
    sounds = [SOUNDS.get(letter, "") for letter in letters]
    kept = letters[:1]
    before = sounds[0] if sounds else ""
    for letter, sound in zip(letters[1:], sounds[1:], strict=True):
        if sound and sound != before:
            kept += sound
        if letter not in "hw":      # two of one sound on both sides of them count once
            before = sound
    return (kept + "000")[:4] if kept else ""


ALIKE = ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r")
SOUNDS = {letter: str(number) for number, letters in enumerate(ALIKE, 1) for letter in letters}
DERIVATIONS: dict[str, Callable[[str], str]] = {
    "phonetic": soundex, "year": lambda date: date[:4], "initial": lambda word: word[:1],
}
