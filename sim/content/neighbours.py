"""Who could be taken for whom: the background people near enough in name and date of birth to each subject.

Of millions of other people a search by name and date meets some dozens that matter, and which these are hangs on who
people are, not on a future: they are found once per seed, and a replication scores what is held on these alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import Rows
from sim.content.names import PASSPORT
from sim.content.people import People
from sim.content.shortlists import most_similar, signatures

# Weights in twentieths, of the three-field matcher measured on FEBRL4: 0.35, 0.25 and 0.40.
FAMILY, GIVEN, BIRTH = 7, 5, 8
WHOLE = 200                      # similarities are whole numbers of 200ths: an eighth of a date is 25
NEAR = round(0.75 * WHOLE) * (FAMILY + GIVEN + BIRTH)
TWO = round(0.86 * WHOLE)        # of two attributes, where one may be missing
CLOSE = round(6 / 8 * WHOLE)     # dates of which no more than two digits differ
LIKE = round(0.8 * WHOLE)        # family names

Codes = NDArray[np.integer]      # numbers of words, as narrow as they can be
Gains = NDArray[np.int16]        # weight x similarity


@dataclass(frozen=True, eq=False)
class Neighbours:
    """first: int64[persons + 1]. person[first[s]:first[s + 1]] are those of subject s: rows of People, rising."""

    first: Rows
    person: Codes


# Cached, as people are: every replication of every future asks for them.
@lru_cache(maxsize=4)
def neighbours(people: People, missing: str) -> Neighbours:
    """All background people whose true values are alike a subject's by three quarters or more.

    missing  what the matcher does without a field: "no_match", or "drop", whose hits on what is left are many more

    Alike is the weighted mean of Jaro-Winkler's similarity of family and of given names, as passports spell them, and
    of Levenshtein's of dates of birth, with day and month either way round. Dates must be close, or else family names
    like: two look-ups find these pairs, and none of them hangs on which other places there are.
    """
    family, given, birth = _spelt(people, "family"), _spelt(people, "given"), _dated(people)
    by_family = _sorted(people.persons, family, (given, birth))
    by_birth = _sorted(people.persons, birth, (given, family))
    families, givens, births = _Families(family.words), _names(given, people.persons), _dates(birth, people.persons)
    found = [np.zeros(0, np.int32)] * people.persons
    for subject in np.argsort(family.code[:people.persons], kind="stable").tolist():
        families.turn_to(int(family.code[subject]))
        of_given, of_birth = givens.gains(subject, GIVEN), births.gains(subject, BIRTH)
        found[subject] = np.sort(np.concatenate([_on_names(by_family, families, of_given, of_birth, missing),
                                                 _on_dates(by_birth, families, of_given, of_birth, missing)]))
    return Neighbours(np.cumsum([0, *map(len, found)]), np.concatenate([np.zeros(0, np.int32), *found]))


def _on_names(store: "_Sorted", families: "_Families", of_given: Gains, of_birth: Gains, missing: str) -> Codes:
    """Those whose family name is like the subject's, whatever their date."""
    given, birth = store.code
    row, f = store.rows(families.like, families.gains)
    return store.person[row[_near(f, of_given[given[row]], of_birth[birth[row]], missing)]]


def _on_dates(store: "_Sorted", families: "_Families", of_given: Gains, of_birth: Gains, missing: str) -> Codes:
    """Those whose family name is not like the subject's, which close dates and given names must make up for."""
    given, family = store.code
    close = np.flatnonzero(of_birth >= BIRTH * CLOSE)
    row, b = store.rows(close, of_birth[close])
    g = of_given.take(given.take(row))
    row, g, b = _those(_near(np.int16(FAMILY * LIKE), g, b, missing), row, g, b)
    most = families.most.take(family.take(row))
    row, g, b = _those((most > 0) & _near(most, g, b, missing), row, g, b)
    return store.person[row[_near(families.compared(family[row]), g, b, missing)]]


def _near(family: Any, given: Gains, birth: Gains, missing: str) -> NDArray[np.bool_]:
    """Whether such gains make neighbours; the higher a gain, the rather they do."""
    near = family + given + birth >= NEAR
    if missing == "drop":
        for gains, weight in ((family + given, FAMILY + GIVEN), (family + birth, FAMILY + BIRTH),
                              (given + birth, GIVEN + BIRTH)):
            near |= gains >= TWO * weight
    return near


def _those(which: NDArray[np.bool_], *rows: NDArray[Any]) -> list[NDArray[Any]]:
    some = np.flatnonzero(which)
    return [part.take(some) for part in rows]


@dataclass(frozen=True, eq=False)
class _Values:
    """One attribute of all people: distinct words, and the number of everyone's among them."""

    words: tuple[str, ...]
    code: Codes


def _spelt(people: People, kind: str) -> _Values:
    """Names as passports have them; they hang on language, rank and sex."""
    rank = {"family": people.family, "given": people.given}[kind]
    person, number = _distinct((people.language.astype(np.int32) * (int(rank.max()) + 1) + rank) * 2 + people.sex)
    spelt = people.spelt(kind, person, np.full(len(person), PASSPORT))
    written = [word.lower() for word in spelt.words]
    words = {word: k for k, word in enumerate(dict.fromkeys(written))}
    code = np.array([words[word] for word in written], np.min_scalar_type(len(words)))
    return _Values(tuple(words), code[spelt.code][number])


def _dated(people: People) -> _Values:
    """Dates of birth, yyyymmdd."""
    person, number = _distinct(people.birth - int(people.birth.min()))
    return _Values(tuple(map(str, people.birth[person].tolist())), number.astype(np.min_scalar_type(len(person))))


def _distinct(key: Codes) -> tuple[Rows, Codes]:
    """Some row of each distinct key, in the order of the keys, and the number of every row's key among them."""
    row = np.full(int(key.max()) + 1, -1, np.int32)
    row[key] = np.arange(len(key), dtype=np.int32)
    met = row >= 0
    return row[met].astype(np.int64), (np.cumsum(met, dtype=np.int32) - 1)[key]


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Background people by the words of one attribute.

    person  int32[m] rows of People
    code    their words of two other attributes
    first   int64[words + 1] where those with each word begin
    """

    person: Codes
    code: tuple[Codes, Codes]
    first: Rows

    def rows(self, words: Rows, gains: Gains) -> tuple[Rows, Gains]:
        """Where the people with some of the words stand here, and what each has of the words' gains."""
        first = self.first[words]
        many = self.first[words + 1] - first
        row = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
        return row, np.repeat(gains, many)


def _sorted(persons: int, by: _Values, others: tuple[_Values, _Values]) -> _Sorted:
    code, words = by.code[persons:], len(by.words)
    person = np.argsort(code, kind="stable").astype(np.int32) + np.int32(persons)
    first = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=words))])
    return _Sorted(person, (others[0].code[person], others[1].code[person]), first)


@dataclass(frozen=True, eq=False)
class _Compared:
    """How similar the subjects' words of one attribute are to all its words, uint8[subjects' words, words]."""

    similarity: NDArray[np.uint8]
    row: Rows

    def gains(self, subject: int, weight: int) -> Gains:
        return np.multiply(self.similarity[self.row[subject]], weight, dtype=np.int16)


def _names(values: _Values, persons: int) -> _Compared:
    code, row = np.unique(values.code[:persons], return_inverse=True)
    return _Compared(_similarity([values.words[k] for k in code.tolist()], values.words, JaroWinkler), row)


def _dates(values: _Values, persons: int) -> _Compared:
    """Of two entries of one date, one may have day and month swapped."""
    code, row = np.unique(values.code[:persons], return_inverse=True)
    dates = [values.words[k] for k in code.tolist()]
    similarity = _similarity(dates, values.words, Levenshtein)
    may = [k for k, date in enumerate(dates) if date[6:] <= "12"]
    swapped = [dates[k][:4] + dates[k][6:] + dates[k][4:6] for k in may]
    similarity[may] = np.maximum(similarity[may], _similarity(swapped, values.words, Levenshtein))
    return _Compared(similarity, row)


def _similarity(words: Any, others: Any, scorer: Any) -> NDArray[np.uint8]:
    """In parts of WHOLE, uint8[words, others]."""
    return process.cdist(words, others, scorer=scorer.normalized_similarity, dtype=np.uint8, score_multiplier=WHOLE)


class _Families:
    """How similar family names are to that of one subject after the other. Most of the many are never compared.

    like   the words that are LIKE it, and what they gain
    most   int16[words] the most that any other can gain; 0 for those
    """

    like: Rows
    gains: Gains
    most: Gains

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = np.array(words, object)
        self._signatures = signatures(words)
        self._at = -1

    def turn_to(self, word: int) -> None:
        if word == self._at:
            return
        self._at = word
        bound = most_similar(self._signatures, word)
        some = np.flatnonzero(bound >= (LIKE - 0.5) / WHOLE)
        gains = self.compared(some)
        like = gains >= FAMILY * LIKE
        self.like, self.gains = some[like], gains[like]
        self.most = np.ceil(bound * (FAMILY * WHOLE)).astype(np.int16) + np.int16(FAMILY)    # similarity is rounded
        self.most[self.like] = 0

    def compared(self, words: NDArray[np.integer]) -> Gains:
        """What these words gain."""
        similarity = _similarity([self._words[self._at]], self._words[words], JaroWinkler)[0]
        return np.multiply(similarity, FAMILY, dtype=np.int16)
