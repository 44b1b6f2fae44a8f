"""Names are drawn as ranks and put together in bulk: syllables of all languages at once, one scheme for many names.

A name is an address (kind, language, rank, sex); how it is written depends on that and on the scheme alone, never on a
seed. Two ranks of a language may be written alike, as names of different origin are; a test holds their share down.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.names.schemes import BY_LANGUAGE, GROUPS, NATIVE, SCHEMES, romanise
from sim.content.names.stocks import CODES, GROUP, LANGUAGES, STOCKS, group_of
from sim.draws import bits_many, stable_hash, stream

KINDS = ("family", "given", "patronymic", "town", "street")
FAMILIES, GIVENS, TOWNS = 5_000, 300, 400      # names in the stock of a language (given: of each sex)
SIZES = {"family": FAMILIES, "given": GIVENS, "patronymic": GIVENS, "town": TOWNS, "street": TOWNS}
GIVEN_EXPONENT = 0.9                           # that of family names is the scenario's
ARAB = GROUPS.index("Arab")
SYLLABLES = 3                                  # of the longest names
SHAPES = np.array([1, 2, 2, 2, 2, 2, 2, 3])    # syllables of a name, each as likely as the next
VOWELS = "аеёиоуыэюяіїєйь"

Whole = NDArray[np.int64]
Bits = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Strings = NDArray[np.str_]


class Spelt(NamedTuple):
    """Names of n rows: distinct addresses once each, and which of them each row has. Two words may be equal."""

    words: list[str]
    code: NDArray[np.int64]

    def text(self) -> Strings:
        """str[n]"""
        return np.array([*self.words, ""])[self.code]

    def list(self) -> list[str]:
        """The same as a list."""
        return list(map(self.words.__getitem__, self.code.tolist()))


def ranks(u: NDArray[np.float64], size: int, exponent: float) -> Whole:
    """Zipf's law on 0 .. size - 1 by inversion, one rank for each u in (0, 1)."""
    return np.searchsorted(_cumulated(size, exponent), u)


@lru_cache(maxsize=16)
def _cumulated(size: int, exponent: float) -> NDArray[np.float64]:
    weights = np.cumsum(np.arange(1, size + 1, dtype=float)**-exponent)
    return np.asarray(weights / weights[-1])


def spelt(kind: str, language: NDArray[np.integer], rank: NDArray[np.integer], woman: Bools,
          scheme: NDArray[np.integer]) -> Spelt:
    """How the names of n rows are written.

    kind      one of KINDS
    language  index into CODES
    rank      below SIZES[kind]
    woman     has a say where endings differ by sex
    scheme    NATIVE .. PRESS
    """
    key = ((language.astype(np.int64) * SIZES[kind] + rank) * 2 + woman) * len(SCHEMES) + scheme
    distinct, code = np.unique(key, return_inverse=True)
    rest, manner = np.divmod(distinct, len(SCHEMES))
    rest, female = np.divmod(rest, 2)
    tongue, number = np.divmod(rest, SIZES[kind])
    return Spelt(words(kind, tongue, number, female == 1, manner), code)


def words(kind: str, language: Whole, rank: Whole, woman: Bools, scheme: Whole) -> list[str]:
    """As `spelt`, without looking for what is asked twice."""
    written = _native(kind, language, rank, woman, scheme)
    if kind == "family":
        _add_mothers(written, language, rank, woman, scheme)
    _romanise(written, language, scheme)
    return [" ".join([part.capitalize() for part in word.split(" ")]) for word in written]


def _native(kind: str, language: Whole, rank: Whole, woman: Bools, scheme: Whole) -> list[str]:
    """In lower case and in the native script; names in Arabic script by their scheme already."""
    if kind == "patronymic":
        father = _native("given", language, rank, np.zeros_like(woman), scheme)
        return [_patronymic(name, LANGUAGES[CODES[k]].patronymic, female)
                for name, k, female in zip(father, language.tolist(), woman.tolist(), strict=True)]
    table = _parts(kind)
    dice = _dice(kind, language, rank, woman & (kind == "given"))
    dice, shape = np.divmod(dice, np.uint64(len(SHAPES)))
    syllables = SHAPES[shape.astype(np.int64)]
    picked = []
    for k in range(SYLLABLES):
        for slot in range(3):
            dice, part = _pick(dice, table, slot, language)
            picked.append(np.where(syllables > k, part, 0))
    dice, part = _pick(dice, table, 3, language)
    picked.append(part + np.where(woman, table.women, 0))
    return ["".join(parts) for parts in table.text[np.column_stack(picked), scheme[:, None]].tolist()]


def _pick(dice: Bits, table: "_Parts", slot: int, language: Whole) -> tuple[Bits, Whole]:
    """The dice that are left, and a row of the table for each language."""
    dice, part = np.divmod(dice, table.size[slot, language].astype(np.uint64))
    return dice, table.first[slot, language] + part.astype(np.int64)


class _Parts(NamedTuple):
    """All syllables and endings that names of a kind are made of.

    text   str[rows, schemes]; row 0 is empty, and endings of women's names stand `women` rows below those of men's
    first  int64[4, languages] where the onsets, nuclei, codas and endings of a language begin
    size   int64[4, languages] how many it has of each
    """

    text: Strings
    first: Whole
    size: Whole
    women: int


@lru_cache(maxsize=8)
def _parts(kind: str) -> _Parts:
    rows: list[tuple[str, ...]] = [_by_scheme("")]
    first, size = np.zeros((4, len(CODES)), np.int64), np.zeros((4, len(CODES)), np.int64)
    endings = [_endings(kind, code) for code in CODES]
    for k, code in enumerate(CODES):
        stock = STOCKS[LANGUAGES[code].stock]
        for slot, parts in enumerate((stock.onsets, stock.nuclei, stock.codas)):
            first[slot, k], size[slot, k] = len(rows), len(parts)
            rows += [_by_scheme(part) for part in parts]
    women = sum(len(ends) for ends in endings)
    for k, ends in enumerate(endings):
        first[3, k], size[3, k] = len(rows), len(ends)
        rows += [_by_scheme(end.split("|")[0]) for end in ends]
    rows += [_by_scheme(end.split("|")[-1]) for ends in endings for end in ends]
    return _Parts(np.array(rows), first, size, women)


def _by_scheme(part: str) -> tuple[str, ...]:
    """A part in each scheme. Only parts in Arabic script, "letters:passport:iso:bgn:press", differ already here."""
    spellings = part.replace("_", " ").split(":")
    return tuple(spellings) if len(spellings) == len(SCHEMES) else tuple(spellings) * len(SCHEMES)


def _endings(kind: str, code: str) -> tuple[str, ...]:
    spoken = LANGUAGES[code]
    stock = STOCKS[spoken.stock]
    return {"family": spoken.families, "given": spoken.givens, "town": stock.towns, "street": stock.streets}[kind]


def _patronymic(father: str, endings: tuple[str, ...], woman: bool) -> str:
    """The father's name with its ending; nothing in a language that has none."""
    return father.rstrip(VOWELS) + endings[woman] if endings else ""


def _add_mothers(written: list[str], language: Whole, rank: Whole, woman: Bools, scheme: Whole) -> None:
    """Where people bear two family names, the second, in place: always the same for one rank, which stays one name."""
    two = np.flatnonzero(_TWO_NAMES[language])
    other = (_dice("mother", language[two], rank[two], woman[two] & False) % np.uint64(FAMILIES)).astype(np.int64)
    second = _native("family", language[two], other, woman[two], scheme[two]) if len(two) else []
    for row, word in zip(two.tolist(), second, strict=True):
        written[row] += f" {word}"


def _dice(kind: str, language: Whole, rank: Whole, woman: Bools) -> Bits:
    return bits_many(0, 0, _first_case(kind)[woman.astype(np.int64), language] + rank.astype(np.uint64), 0,
                     stream("name"), 0)


@lru_cache(maxsize=8)
def _first_case(kind: str) -> Bits:
    """uint64[2, languages]: the case of rank 0, of men and of women."""
    return np.array([[stable_hash(f"{kind} {code} {sex}", 64) for code in CODES] for sex in ("man", "woman")],
                    np.uint64)


def _romanise(written: list[str], language: Whole, scheme: Whole) -> None:
    """In place, all names of a language group and a scheme as one text: letters are replaced once for all of them."""
    manner = _MANNER[language] * len(SCHEMES) + scheme
    for key in np.unique(manner[(scheme != NATIVE) & (GROUP[language] != ARAB)]).tolist():
        rows = np.flatnonzero(manner == key).tolist()
        code = CODES[int(language[rows[0]])]
        text = romanise("\n".join([written[row] for row in rows]), group_of(code), key % len(SCHEMES), code)
        for row, word in zip(rows, text.split("\n"), strict=True):
            written[row] = word


_TWO_NAMES = np.array([spoken.two_names for spoken in LANGUAGES.values()])
# Languages that are romanised alike: those of a script, but for the ones with letters of their own.
_MANNER = np.where(np.isin(CODES, list(BY_LANGUAGE)), len(GROUPS) + np.arange(len(CODES)), GROUP).astype(np.int64)
