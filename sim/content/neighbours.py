"""Who could be taken for whom: the background people near enough in name and date of birth to each subject.

Of millions of other people a search by name and date meets some dozens that matter, and which these are hangs on who
people are, not on a future: they are found once per seed, and a replication scores what is held on these alone. What
that loses is measured by `block_recall`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import Rows
from sim.content.names import PASSPORT, SIZES
from sim.content.people import WOMAN, People
from sim.content.shortlists import most_similar, signatures

# Weights in twentieths, of the three-field matcher measured on FEBRL4: 0.35, 0.25 and 0.40.
FAMILY, GIVEN, BIRTH = 7, 5, 8
WHOLE = 200                      # similarities are whole numbers of 200ths: an eighth of a date is 25
NEAR = round(0.75 * WHOLE) * (FAMILY + GIVEN + BIRTH)
TWO = round(0.86 * WHOLE)        # of two attributes, where the third may be missing
CLOSE = round(6 / 8 * WHOLE)     # dates of which no more than two digits differ
LIKE = round(0.8 * WHOLE)        # family names
NAMES, DATES = 30_000, 300       # that are spelt, or compared, in one go, for the memory that takes

Codes = NDArray[np.integer]      # numbers of words, as narrow as they can be
Persons = NDArray[np.int32]      # rows of People
Gains = NDArray[np.int16]        # weight x similarity


class Near(NamedTuple):
    """first: int64[n + 1]. person[first[k]:first[k + 1]] are those of the k-th subject asked about: rows of People,
    rising."""

    first: Rows
    person: Persons


# Cached, as people are: every replication of every future asks for them.
@lru_cache(maxsize=4)
def neighbours(people: People, missing: str, earlier: bool) -> "Neighbours":
    """Of these people.

    missing  what the matcher does without a field: "no_match", or "drop", whose hits on what is left are many more
    earlier  the family names that women had before a marriage count too, of subjects and of others
    """
    return Neighbours(people, missing, earlier)


class Neighbours:
    """All background people whose true values are alike a subject's by three quarters or more.

    Alike is the weighted mean of Jaro-Winkler's similarity of family and of given names, as passports spell them, and
    of Levenshtein's of dates of birth, with day and month either way round. Dates must be close, or else family names
    like: two look-ups find these pairs, and none of them hangs on which other places there are.

    Those of a subject are found when it is first asked about: a replication asks about some subjects only.
    """

    def __init__(self, people: People, missing: str, earlier: bool):
        self._persons, self._missing = people.persons, missing
        self._found: dict[int, Persons] = {}
        self._store: _Store | None = _store(people, earlier)

    def of(self, subjects: Rows) -> Near:
        """Those of each of these subjects, in their order."""
        asked = subjects.tolist()
        new = {subject for subject in asked if subject not in self._found}
        if new:
            self._find(new)
        found = [self._found[subject] for subject in asked]
        return Near(np.cumsum([0, *map(len, found)]), np.concatenate([np.zeros(0, np.int32), *found]))

    def _find(self, subjects: set[int]) -> None:
        assert self._store is not None, "it is kept while a subject is left to ask about"
        store, families = self._store, self._store.families
        asked = np.flatnonzero(np.isin(store.subject, list(subjects)))
        asked = asked[np.argsort(store.family.code[asked], kind="stable")]
        givens, births = _names(store.given.of(asked)), _dates(store.birth.of(asked))
        found = {subject: [np.zeros(0, np.int32)] for subject in subjects}
        for k, bearer in enumerate(asked.tolist()):
            families.turn_to(int(store.family.code[bearer]))
            of_given, of_birth = givens.gains(k, GIVEN), births.gains(k, BIRTH)
            found[int(store.subject[bearer])] += [
                _on_names(store.by_family, families, of_given, of_birth, self._missing),
                _on_dates(store.by_birth, families, of_given, of_birth, self._missing)]
        self._found |= {subject: np.unique(np.concatenate(parts)) for subject, parts in found.items()}
        if len(self._found) == self._persons:
            self._store = None      # a hundred megabytes


@dataclass(frozen=True, eq=False)
class _Store:
    """Everybody, ready to be looked up.

    subject               int32[a] of those who are asked about, under the present name or an earlier one
    family, given, birth  their values, among those of all
    """

    subject: Persons
    family: "_Values"
    given: "_Values"
    birth: "_Values"
    by_family: "_Sorted"
    by_birth: "_Sorted"
    families: "_Families"


def _store(people: People, earlier: bool) -> _Store:
    bearers = _bearers(people, earlier)
    family, given, birth = (_spelt(people, "family", bearers), _spelt(people, "given", bearers),
                            _dated(people, bearers))
    asking = np.arange(bearers.asking)
    return _Store(bearers.person[asking], family.of(asking), given.of(asking), birth.of(asking),
                  _sorted(bearers, family, (given, birth)), _sorted(bearers, birth, (given, family)),
                  _Families(family.words))


def _on_names(store: "_Sorted", families: "_Families", of_given: Gains, of_birth: Gains, missing: str) -> Persons:
    """Those whose family name is like the subject's, whatever their date."""
    given, birth = store.code
    row, f = store.rows(families.like, families.gains)
    return store.person[row[_near(f, of_given[given[row]], of_birth[birth[row]], missing)]]


def _on_dates(store: "_Sorted", families: "_Families", of_given: Gains, of_birth: Gains, missing: str) -> Persons:
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
    near: NDArray[np.bool_] = family + given + birth >= NEAR
    if missing == "drop":
        for gains, weight in ((family + given, FAMILY + GIVEN), (family + birth, FAMILY + BIRTH),
                              (given + birth, GIVEN + BIRTH)):
            near |= gains >= TWO * weight
    return near


def _those(which: NDArray[np.bool_], *columns: NDArray[Any]) -> list[NDArray[Any]]:
    some = np.flatnonzero(which)
    return [column.take(some) for column in columns]


@dataclass(frozen=True, eq=False)
class _Bearers:
    """Everyone under the present name and, where earlier ones count, women under the name before: subjects first.

    person  int32[n] rows of People
    family  int16[n] rank of the family name
    asking  how many of them are subjects
    """

    person: Persons
    family: NDArray[np.int16]
    asking: int


def _bearers(people: People, earlier: bool) -> _Bearers:
    women = np.flatnonzero(people.sex == WOMAN) if earlier else np.zeros(0, np.int64)
    subjects = int(np.searchsorted(women, people.persons))
    everyone = np.arange(len(people), dtype=np.int32)
    person = (everyone[:people.persons], women[:subjects], everyone[people.persons:], women[subjects:])
    before = people.earlier_family(women).astype(np.int16)
    family = (people.family[:people.persons], before[:subjects], people.family[people.persons:], before[subjects:])
    return _Bearers(np.concatenate(person, dtype=np.int32), np.concatenate(family), people.persons + subjects)


@dataclass(frozen=True, eq=False)
class _Values:
    """One attribute: distinct words, and the number of each bearer's among them."""

    words: tuple[str, ...]
    code: Codes

    def of(self, bearers: Rows) -> "_Values":
        """Of some of them."""
        return _Values(self.words, self.code[bearers])


def _spelt(people: People, kind: str, bearers: _Bearers) -> _Values:
    """Names as passports have them; they hang on language, rank and sex."""
    rank = bearers.family if kind == "family" else people.given[bearers.person]
    key = people.language[bearers.person].astype(np.int32) * SIZES[kind] + rank
    row, number = _distinct(key * 2 + people.sex[bearers.person])
    number_of: dict[str, int] = {}
    code = []
    for start in range(0, len(row), NAMES):
        some = row[start:start + NAMES]
        person, of_rank = bearers.person[some].astype(np.int64), rank[some].astype(np.int64)
        spelt = people.spelt(kind, person, np.full(len(some), PASSPORT), of_rank)
        of_word = [number_of.setdefault(word.lower(), len(number_of)) for word in spelt.words]
        code.append(np.array(of_word)[spelt.code])
    return _Values(tuple(number_of), np.concatenate(code).astype(np.min_scalar_type(len(number_of)))[number])


def _dated(people: People, bearers: _Bearers) -> _Values:
    """Dates of birth, yyyymmdd."""
    birth = people.birth[bearers.person]
    row, number = _distinct(birth - birth.min())
    return _Values(tuple(map(str, birth[row].tolist())), number.astype(np.min_scalar_type(len(row))))


def _distinct(key: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
    """Some row of each distinct key, in the order of the keys, and the number of every row's key among them."""
    row = np.full(int(key.max()) + 1, -1, np.int32)
    row[key] = np.arange(len(key), dtype=np.int32)
    met = row >= 0
    return row[met].astype(np.int64), (np.cumsum(met, dtype=np.int32) - 1)[key]


@dataclass(frozen=True, eq=False)
class _Sorted:
    """Those who are no subjects by the words of one attribute.

    person  int32[m] rows of People
    code    their words of two other attributes
    first   int64[words + 1] where those with each word begin
    """

    person: Persons
    code: tuple[Codes, Codes]
    first: Rows

    def rows(self, words: Rows, gains: Gains) -> tuple[Rows, Gains]:
        """Where the people with some of the words stand here, and what each has of the words' gains."""
        first = self.first[words]
        many = self.first[words + 1] - first
        row = np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)
        return row, np.repeat(gains, many)


def _sorted(bearers: _Bearers, by: _Values, others: tuple[_Values, _Values]) -> _Sorted:
    code = by.code[bearers.asking:]
    order = np.argsort(code, kind="stable").astype(np.int32) + np.int32(bearers.asking)
    first = np.concatenate([[0], np.cumsum(np.bincount(code, minlength=len(by.words)))])
    return _Sorted(bearers.person[order], (others[0].code[order], others[1].code[order]), first)


@dataclass(frozen=True, eq=False)
class _Compared:
    """How similar the subjects' words of one attribute are to all its words, uint8[subjects' words, words]."""

    similarity: NDArray[np.uint8]
    row: Rows

    def gains(self, bearer: int, weight: int) -> Gains:
        gains: Gains = self.similarity[self.row[bearer]] * np.int16(weight)
        return gains


def _names(values: _Values) -> _Compared:
    code, row = np.unique(values.code, return_inverse=True)
    return _Compared(_similarity([values.words[k] for k in code.tolist()], values.words, JaroWinkler), row)


def _dates(values: _Values) -> _Compared:
    """Of two entries of one date, one may have day and month swapped."""
    code, row = np.unique(values.code, return_inverse=True)
    dates = [values.words[k] for k in code.tolist()]
    swapped = [date[:4] + date[6:] + date[4:6] if date[6:] <= "12" else date for date in dates]
    similarity = np.empty((len(dates), len(values.words)), np.uint8)
    for start in range(0, len(dates), DATES):
        some = slice(start, start + DATES)
        similarity[some] = np.maximum(_similarity(dates[some], values.words, Levenshtein),
                                      _similarity(swapped[some], values.words, Levenshtein))
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

    def compared(self, words: Codes) -> Gains:
        """What these words gain."""
        gains: Gains = _similarity([self._words[self._at]], self._words[words], JaroWinkler)[0] * np.int16(FAMILY)
        return gains
