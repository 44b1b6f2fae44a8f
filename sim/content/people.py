"""The people exist before any future is drawn: who they are depends on the seed and on the cast, on nothing else.

A subject's luck hangs on its number, a background person's on the code of its place and its number there, so that a
further jurisdiction moves nobody. Subjects speak a language of the focus state or one of the fixed mix of
`names.LANGUAGES`; background people speak a language of their place or one of the mix. The mix never depends on which
other jurisdictions take part, for the same reason.

Millions of people are columns of numbers: a name is a rank in the stock of a language, and becomes text for those rows
only that somebody asks about.

Assumptions, none measured: the shares below; the k-th language of a place has weight 1 / k; birthdays are uniform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content import names
from sim.content.names import Spelt, spelt
from sim.draws import bits_many, identity, stream, unit_many
from sim.errors import Fault, ScenarioError
from sim.scenario.schema import Scenario

MAN, WOMAN = range(2)
FOCUS_SPEAKERS = 0.4                   # subjects who speak a language of the focus state
LOCAL_SPEAKERS = 0.85                  # background people who speak a language of their place
WOMEN = 0.2                            # of both
YOUNGEST, OLDEST = 18, 75              # years
SAME_KIND = np.uint64(15 << 60)        # the bits of an identity that say what it is of

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class People:
    """Subjects first, then the background people of each jurisdiction in turn. n = persons + places x per_place.

    seed       seed below 2**32
    year       of the start, from which ages count
    codes      (J,) codes of the jurisdictions, sorted: place j of every other table
    speaks     (J,) languages of each of them, keys of names.LANGUAGES
    writes     (J,) the scripts each of them writes
    persons    number of subjects: person 0 .. persons - 1
    per_place  background people of place j: person persons + j x per_place + k
    homonyms   exponent of the law of family names
    id         uint64[n]  identity of a person's luck, whatever stands around it; also the person's finger
    language   int8[n]    index into names.CODES
    family     int16[n]   rank of the family name in the stock of the language
    given      int16[n]   rank of the given name
    birth      int32[n]   yyyymmdd
    sex        int8[n]    MAN or WOMAN
    """

    seed: int
    year: int
    codes: tuple[str, ...]
    speaks: tuple[tuple[str, ...], ...]
    writes: tuple[tuple[str, ...], ...]
    persons: int
    per_place: int
    homonyms: float
    id: NDArray[np.uint64]
    language: NDArray[np.int8]
    family: NDArray[np.int16]
    given: NDArray[np.int16]
    birth: NDArray[np.int32]
    sex: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.id)

    @property
    def group(self) -> NDArray[np.int8]:
        """int8[n] name group, that is the script of the native spelling: index into names.GROUPS."""
        return self.group_of(slice(None))

    def group_of(self, person: Rows | slice) -> NDArray[np.int8]:
        """The same of some persons: of millions it takes a while."""
        return names.GROUP[self.language[person]]

    @property
    def background(self) -> Rows:
        """The persons that are in some jurisdiction's store whatever the needs are."""
        return np.arange(self.persons, len(self))

    @property
    def background_place(self) -> Rows:
        """The place of each of them."""
        return np.repeat(np.arange(len(self.codes)), self.per_place)

    def home(self, person: Rows) -> Rows:
        """The place in whose store these persons are anyway; -1 for subjects."""
        return np.where(person < self.persons, -1, (person - self.persons) // max(self.per_place, 1))

    def names(self, person: Rows, scheme: NDArray[np.integer]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Family and given name of persons, row by row, by a scheme each (names.NATIVE .. PRESS)."""
        family, given = (self.spelt(kind, person, scheme) for kind in ("family", "given"))
        return family.text(), given.text()

    def spelt(self, kind: str, person: Rows, scheme: NDArray[np.integer], rank: Rows | None = None) -> Spelt:
        """`names` of one kind as distinct words; `rank` in place of the person's own."""
        own = {"family": self.family, "given": self.given}
        return spelt(kind, self.language[person], own[kind][person] if rank is None else rank,
                           self.sex[person] == WOMAN, scheme)

    def earlier_family(self, person: Rows) -> Rows:
        """The ranks of the family names that persons have, or would have, borne before they took the present one."""
        return names.ranks(self.luck(person, "earlier family name"), names.FAMILIES, self.homonyms)

    def luck(self, person: Rows, *words: str) -> NDArray[np.float64]:
        """One uniform of each person for what the words name."""
        return _u(self.seed, self.id[person], *words)


def people(scenario: Scenario, seed: int) -> People:
    """The people of a scenario, settled or not: no range has a say. Made once per seed and cast.

    Raises ScenarioError when a jurisdiction speaks a language without a name model.
    """
    places = sorted(scenario.jurisdiction.items())
    cast = tuple((code, spoken(code, place.languages), tuple(place.scripts)) for code, place in places)
    settings = scenario.people
    return _people(seed, settings.persons, settings.records, settings.homonyms, scenario.as_of.year, scenario.focus,
                   cast)


def spoken(code: str, languages: Sequence[str]) -> tuple[str, ...]:
    """Keys of names.LANGUAGES. Raises ScenarioError for a language without a name model."""
    try:
        return tuple(names.language(each) for each in languages)
    except KeyError as unknown:
        known = " ".join(sorted({*names.LANGUAGES, *names.SAME_LANGUAGE}))
        raise ScenarioError([Fault("scenario", None, f"jurisdiction.{code}.languages", str(unknown),
                                   f"languages with a name model in sim/content/names/stocks.py: {known}")]) from None


Cast = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@lru_cache(maxsize=4)
def _people(seed: int, persons: int, per_place: int, homonyms: float, year: int, focus: str, cast: Cast) -> People:
    own = {code: languages for code, languages, _ in cast}
    crowds = [("", persons, own[focus], FOCUS_SPEAKERS),
              *((code, per_place, languages, LOCAL_SPEAKERS) for code, languages, _ in cast)]
    parts = [_crowd(seed, _ids(code, size), languages, share, homonyms, year)
             for code, size, languages, share in crowds]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    codes, speaks, writes = zip(*cast, strict=True)
    return People(seed, year, codes, speaks, writes, persons, per_place, homonyms, columns["id"], columns["language"],
                  columns["family"], columns["given"], columns["birth"], columns["sex"])


def _ids(name: str, count: int) -> NDArray[np.uint64]:
    """Identities of numbered persons: that of their place's crowd, mixed with the number (SplitMix64's finaliser)."""
    first = np.uint64(identity("person", name))
    z = first + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z & ~SAME_KIND) | (first & SAME_KIND)


def _crowd(seed: int, ids: NDArray[np.uint64], languages: Sequence[str], share: float, homonyms: float,
           year: int) -> dict[str, NDArray[Any]]:
    """The columns of some people of one place, or of the subjects."""
    family = names.ranks(_u(seed, ids, "family name"), names.FAMILIES, homonyms).astype(np.int16)
    given = names.ranks(_u(seed, ids, "given name"), names.GIVENS, names.GIVEN_EXPONENT).astype(np.int16)
    sex = np.where(_u(seed, ids, "sex") < WOMEN, WOMAN, MAN).astype(np.int8)
    return {"id": ids, "language": _languages(seed, ids, languages, share), "family": family, "given": given,
            "birth": _births(seed, ids, year), "sex": sex}


def _u(seed: int, ids: NDArray[np.uint64], *words: str) -> NDArray[np.float64]:
    return unit_many(bits_many(seed, 0, ids, 0, stream("people", *words), 0))


def _languages(seed: int, ids: NDArray[np.uint64], own: Sequence[str], share: float) -> NDArray[np.int8]:
    """One language each: of `own` with chance `share`, else of the mix."""
    weights = np.cumsum([spoken.weight for spoken in names.LANGUAGES.values()])
    mixed = np.searchsorted(weights / weights[-1], _u(seed, ids, "mixed language"))
    ranked = np.cumsum(1 / np.arange(1, len(own) + 1))
    local = np.searchsorted(ranked / ranked[-1], _u(seed, ids, "own language"))
    of_own = np.array([names.CODES.index(code) for code in own])[local]
    return np.where(_u(seed, ids, "speaks") < share, of_own, mixed).astype(np.int8)


def _births(seed: int, ids: NDArray[np.uint64], year: int) -> NDArray[np.int32]:
    first = np.datetime64(f"{year - OLDEST}-01-01")
    days = np.arange(first, np.datetime64(f"{year - YOUNGEST}-01-01"))
    months, years = days.astype("datetime64[M]"), days.astype("datetime64[Y]")
    parts = (years.astype(int) + 1970, (months - years).astype(int) + 1, (days - months).astype(int) + 1)
    written = np.array(parts[0] * 10_000 + parts[1] * 100 + parts[2], np.int32)
    return written[(_u(seed, ids, "birth") * len(days)).astype(np.int64)]
