"""The people exist before any future is drawn: who they are depends on the seed and on the cast, on nothing else.

A subject's luck hangs on its number, a background person's on the code of its place and its number there, so that a
further jurisdiction moves nobody. Subjects speak a language of the focus state or one of the fixed mix of
`names.LANGUAGES`; background people speak a language of their place or one of the mix. The mix never depends on which
other jurisdictions take part, for the same reason.

Assumptions, none measured: the shares below; the k-th language of a place has weight 1 / k; birthdays are uniform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.content import names
from sim.draws import bits_many, identity, stream, unit_many
from sim.errors import Fault, ScenarioError
from sim.scenario.schema import Scenario

NATIVE, PASSPORT, OTHER = range(3)     # columns of a name
MAN, WOMAN = range(2)
FOCUS_SPEAKERS = 0.4                   # subjects who speak a language of the focus state
LOCAL_SPEAKERS = 0.85                  # background people who speak a language of their place
WOMEN = 0.2                            # of both
YOUNGEST, OLDEST = 18, 75              # years


@dataclass(frozen=True, eq=False)
class People:
    """Subjects first, then the background people of each jurisdiction in turn. n = persons + places x per_place.

    seed       seed below 2**32
    codes      (J,) codes of the jurisdictions, sorted: place j of every other table
    writes     (J,) the scripts each of them writes
    persons    number of subjects: person 0 .. persons - 1
    per_place  background people of place j: person persons + j x per_place + k
    id         uint64[n]  identity of a person's luck, whatever stands around it
    family     str[n, 3]  NATIVE spelling, PASSPORT romanisation, OTHER romanisation
    given      str[n, 3]
    birth      int32[n]   yyyymmdd
    sex        int8[n]    MAN or WOMAN
    language   int16[n]   index into the keys of names.LANGUAGES
    group      int8[n]    name group, that is the script of the native spelling: index into names.GROUPS
    print      uint64[n]  the finger of which every template of this person is a taking
    """

    seed: int
    codes: tuple[str, ...]
    writes: tuple[tuple[str, ...], ...]
    persons: int
    per_place: int
    id: NDArray[np.uint64]
    family: NDArray[np.str_]
    given: NDArray[np.str_]
    birth: NDArray[np.int32]
    sex: NDArray[np.int8]
    language: NDArray[np.int16]
    group: NDArray[np.int8]
    print: NDArray[np.uint64]

    @property
    def background(self) -> NDArray[np.int64]:
        """The persons that are in some jurisdiction's store whatever the needs are."""
        return np.arange(self.persons, len(self.id))

    @property
    def background_place(self) -> NDArray[np.int64]:
        """The place of each of them."""
        return np.repeat(np.arange(len(self.codes)), self.per_place)


def people(scenario: Scenario, seed: int) -> People:
    """The people of a scenario, settled or not: no range has a say. Made once per seed and cast.

    Raises ScenarioError when a jurisdiction speaks a language without a name model.
    """
    places = sorted(scenario.jurisdiction.items())
    cast = tuple((code, _spoken(code, place.languages), place.scripts) for code, place in places)
    return _people(seed, scenario.people.persons, scenario.people.records, scenario.as_of.year, scenario.focus, cast)


def _spoken(code: str, languages: Sequence[str]) -> tuple[str, ...]:
    try:
        return tuple(names.language(spoken) for spoken in languages)
    except KeyError as unknown:
        known = " ".join(sorted({*names.LANGUAGES, *names.SAME_LANGUAGE}))
        raise ScenarioError([Fault("scenario", None, f"jurisdiction.{code}.languages", str(unknown),
                                   f"languages with a name model in sim/content/names.py: {known}")]) from None


Cast = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


@lru_cache(maxsize=4)
def _people(seed: int, persons: int, per_place: int, year: int, focus: str, cast: Cast) -> People:
    names_of_luck = [str(k) for k in range(persons)]
    spoken = [dict((code, languages) for code, languages, _ in cast)[focus]]
    sizes, shares = [persons], [FOCUS_SPEAKERS]
    for code, languages, _ in cast:
        names_of_luck += [f"{code} {k}" for k in range(per_place)]
        spoken.append(languages)
        sizes.append(per_place)
        shares.append(LOCAL_SPEAKERS)
    ids = np.array([identity("person", name) for name in names_of_luck], np.uint64)
    ends = np.cumsum(sizes)
    language = np.concatenate([_languages(seed, ids[end - size:end], own, share)
                               for end, size, own, share in zip(ends, sizes, spoken, shares, strict=True)])
    sex = np.where(_u(seed, ids, "sex") < WOMEN, WOMAN, MAN).astype(np.int8)
    family, given = _names(seed, ids, language, sex)
    group = np.array([names.GROUPS.index(names.group_of(code)) for code in names.LANGUAGES], np.int8)[language]
    return People(seed, tuple(row[0] for row in cast), tuple(row[2] for row in cast), persons, per_place, ids,
                  family, given, _births(seed, ids, year), sex, language, group, ids.copy())


def _u(seed: int, ids: NDArray[np.uint64], word: str) -> NDArray[np.float64]:
    return unit_many(bits_many(seed, 0, ids, 0, stream("people", word), 0))


def _languages(seed: int, ids: NDArray[np.uint64], own: Sequence[str], share: float) -> NDArray[np.int16]:
    """One language each: of `own` with chance `share`, else of the mix."""
    codes = list(names.LANGUAGES)
    weights = np.cumsum([names.LANGUAGES[code].weight for code in codes])
    mixed = np.searchsorted(weights / weights[-1], _u(seed, ids, "mixed language"))
    ranked = np.cumsum(1 / np.arange(1, len(own) + 1))
    local = np.searchsorted(ranked / ranked[-1], _u(seed, ids, "own language"))
    of_own = np.array([codes.index(code) for code in own])[local]
    return np.where(_u(seed, ids, "speaks") < share, of_own, mixed).astype(np.int16)


def _names(seed: int, ids: NDArray[np.uint64], language: NDArray[np.int16],
           sex: NDArray[np.int8]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    codes = list(names.LANGUAGES)
    family = names.ranks(_u(seed, ids, "family name"), names.FAMILIES, names.FAMILY_EXPONENT).tolist()
    given = names.ranks(_u(seed, ids, "given name"), names.GIVENS, names.GIVEN_EXPONENT).tolist()
    who = list(zip([codes[k] for k in language.tolist()], (sex == WOMAN).tolist(), family, given, strict=True))
    return (np.array([names.family_name(code, rank, woman) for code, woman, rank, _ in who]),
            np.array([names.given_name(code, rank, woman) for code, woman, _, rank in who]))


def _births(seed: int, ids: NDArray[np.uint64], year: int) -> NDArray[np.int32]:
    first = np.datetime64(f"{year - OLDEST}-01-01").astype(int)
    last = np.datetime64(f"{year - YOUNGEST}-01-01").astype(int)
    days = (first + np.floor(_u(seed, ids, "birth") * (last - first))).astype(np.int64).astype("datetime64[D]")
    months, years = days.astype("datetime64[M]"), days.astype("datetime64[Y]")
    parts = (years.astype(int) + 1970, (months - years).astype(int) + 1, (days - months).astype(int) + 1)
    return np.array(parts[0] * 10_000 + parts[1] * 100 + parts[2], np.int32)
