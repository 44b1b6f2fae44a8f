"""Who could be taken for whom: the background people near enough in name and date of birth to each subject.

Of millions of other people a search by name and date meets some dozens that matter, and which these are hangs on who
people are, not on a future: they are found once per seed, and a replication scores what is held on these alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import Rows
from sim.content.names import PASSPORT
from sim.content.people import People

FAMILY, GIVEN, BIRTH = range(3)
WEIGHTS = (7, 5, 8)      # in twentieths, of the three-field matcher measured on FEBRL4: 0.35, 0.25 and 0.40
WHOLE = 200              # similarities are whole numbers of 200ths: an eighth of a date is one
MOST = 20 * WHOLE        # two people alike in all
NEAR = round(0.75 * MOST)
CLOSE = round(6 / 8 * WHOLE)     # dates of which no more than two digits differ
TOGETHER = 128           # subjects whose family names are compared in one go
NEVER = -MOST

Codes = NDArray[np.int32]
Gains = NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """first: int64[persons + 1]. person[first[s]:first[s + 1]] are those of subject s: rows of People, rising."""

    first: Rows
    person: Codes


# Cached, as people are: every replication of every future asks for them.
@lru_cache(maxsize=4)
def neighbours(people: People) -> Neighbours:
    """All background people whose true values are alike a subject's by three quarters or more.

    Alike is the weighted mean of Jaro-Winkler's similarity of family and of given names, as passports spell them, and
    Levenshtein's of dates of birth. Either the dates are close, or the family names must be near: two look-ups find
    every such pair, and none of it hangs on which other places there are.
    """
    values = (_spelled(people, FAMILY), _spelled(people, GIVEN), _dated(people))
    by_date, by_name = (_sorted(people, values, by) for by in (BIRTH, FAMILY))
    found: list[Codes] = [np.zeros(0, np.int32)] * people.persons
    for subject, gains in _compared(people, values):
        close = gains[BIRTH] >= WEIGHTS[BIRTH] * CLOSE
        on_dates = _found(by_date, close, (FAMILY, GIVEN), gains)
        gains[BIRTH][close] = NEVER      # these pairs are known
        best = WEIGHTS[GIVEN] * WHOLE + max(int(gains[BIRTH].max()), 0)
        on_names = _found(by_name, gains[FAMILY] + best >= NEAR, (BIRTH, GIVEN), gains)
        found[subject] = np.sort(np.concatenate([on_dates, on_names]))
    return Neighbours(np.cumsum([0, *map(len, found)]), np.concatenate([np.zeros(0, np.int32), *found]))


@dataclass(frozen=True, eq=False)
class _Values:
    """One attribute of all people: distinct words, and the number of everyone's among them."""

    words: list[str]
    code: Codes


def _spelled(people: People, part: int) -> _Values:
    """FAMILY or GIVEN as passports have it. A name hangs on language, rank and sex."""
    rank = (people.family, people.given)[part]
    key = (people.language.astype(np.int64) * (int(rank.max()) + 1) + rank) * 2 + people.sex
    person, number = _distinct(key)
    names = people.names(person, np.full(len(person), PASSPORT))[part]
    words, code = np.unique(np.strings.lower(names), return_inverse=True)
    return _Values(words.tolist(), code.astype(np.int32)[number])


def _dated(people: People) -> _Values:
    """Dates of birth, yyyymmdd."""
    person, number = _distinct(people.birth - int(people.birth.min()))
    return _Values(people.birth[person].astype("U8").tolist(), number)


def _distinct(key: NDArray[np.signedinteger]) -> tuple[Rows, Codes]:
    """Some row of each distinct key, in the order of the keys, and the number of every row's key among them."""
    row = np.full(int(key.max()) + 1, -1, np.int32)
    row[key] = np.arange(len(key), dtype=np.int32)
    met = row >= 0
    return row[met].astype(np.int64), (np.cumsum(met, dtype=np.int32) - 1)[key]


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Background people by one attribute.

    person  int32[m] rows of People
    code    of each of them, by the attributes they are not sorted by
    first   int64[words + 1] where those with each word of the attribute begin
    """

    by: int
    person: Codes
    code: dict[int, Codes]
    first: Rows


def _sorted(people: People, values: tuple[_Values, ...], by: int) -> _Sorted:
    code = values[by].code[people.persons:]
    words = len(values[by].words)
    person = np.argsort(code.astype(np.min_scalar_type(words)), kind="stable").astype(np.int32)
    person += np.int32(people.persons)
    first = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=words))])
    return _Sorted(by, person, {part: values[part].code[person] for part in range(3) if part != by}, first)


def _compared(people: People, values: tuple[_Values, ...]) -> Iterator[tuple[int, tuple[Gains, ...]]]:
    """Every subject with what it gains from each word of each attribute: weight x similarity."""
    code = [value.code[:people.persons] for value in values]
    asked = {part: np.unique(code[part], return_inverse=True) for part in (GIVEN, BIRTH)}
    table = {part: _similarity(values[part], asked[part][0], part) for part in asked}
    order = np.argsort(code[FAMILY], kind="stable")
    for start in range(0, len(order), TOGETHER):
        some = order[start:start + TOGETHER]
        asked[FAMILY] = np.unique(code[FAMILY][some], return_inverse=True)
        table[FAMILY] = _similarity(values[FAMILY], asked[FAMILY][0], FAMILY)
        for k, subject in enumerate(some.tolist()):
            row = {FAMILY: asked[FAMILY][1][k], GIVEN: asked[GIVEN][1][subject], BIRTH: asked[BIRTH][1][subject]}
            yield subject, tuple(np.multiply(table[part][row[part]], WEIGHTS[part], dtype=np.int16)
                                 for part in (FAMILY, GIVEN, BIRTH))


def _similarity(values: _Values, codes: Codes, part: int) -> NDArray[np.uint8]:
    """Of some words with all words, in parts of WHOLE: uint8[codes, words]."""
    scorer = Levenshtein if part == BIRTH else JaroWinkler
    return process.cdist([values.words[code] for code in codes.tolist()], values.words, dtype=np.uint8,
                         scorer=scorer.normalized_similarity, score_multiplier=WHOLE)


def _found(people: _Sorted, words: NDArray[np.bool_], then: tuple[int, ...], gains: tuple[Gains, ...]) -> Codes:
    """Those with one of these words of the attribute they are sorted by who gain NEAR.

    then  the other attributes in turn: who cannot gain enough any more is let go at once
    """
    some = np.flatnonzero(words)
    first = people.first[some]
    many = people.first[some + 1] - first
    row = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
    total = np.repeat(gains[people.by][some], many)
    rest = (sum(WEIGHTS) - WEIGHTS[people.by]) * WHOLE
    for part in then:
        rest -= WEIGHTS[part] * WHOLE
        total += gains[part].take(people.code[part].take(row))
        going = np.flatnonzero(total >= NEAR - rest)
        row, total = row.take(going), total.take(going)
    found: Codes = people.person[row]
    return found
