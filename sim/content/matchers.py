"""A matcher says which rows of a store are hits for a query, from two tables of field values and nothing else.

Each kind is a function that scores aligned rows, MATCHERS, and one that names the pairs worth scoring, SHORTLISTS:
it may name too many, never too few. Scores are millionths; NO_HIT where the pair is below the threshold or lacks what
the matcher needs. Formulas: weighted similarity of fields, Jaro-Winkler on names and normalised Levenshtein on all
other text (rapidfuzz), as measured on FEBRL4.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import KNOWN, TEXTS, Column, Fields, Rows
from sim.draws import bits_many, stream, unit_many
from sim.errors import Fault, ScenarioError
from sim.scenario.schema import Matcher
from sim.units import Range

MILLION = 1_000_000
NO_HIT = -1
NAMES = ("family_name", "given_name")
ROUNDING = 1e-5          # more than float32 loses in a weighted mean
KEPT_WORDS = 4_000       # rows of similarities kept for each store; 10 kB each in a store of 10,000 records
BLOCK = 64               # queries at a time: keeps a block of scores in the processor's cache

Pairs = tuple[Rows, Rows]    # rows of the queries, rows of the store


def check(matcher: dict[str, Matcher]) -> None:
    """Raises ScenarioError, with every fault, for a matcher that lacks what its kind needs."""
    faults = []
    for name, setting in matcher.items():
        allowed = ("print",) if setting.kind == "biometric" else TEXTS
        needed = {"exact_keys": (), "fuzzy": ("threshold",), "biometric": ("miss", "false")}[setting.kind]
        wrong = [field for field in setting.fields if field not in allowed]
        if wrong or not setting.fields:
            faults.append(Fault("scenario", None, f"matcher.{name}.fields", str(wrong or "none"),
                                f"some of {' '.join(allowed)} for kind {setting.kind!r}"))
        if sum(weight.high for weight in setting.fields.values()) == 0 and setting.kind == "fuzzy":
            faults.append(Fault("scenario", None, f"matcher.{name}.fields", "all 0", "a weight above 0"))
        faults += [Fault("scenario", None, f"matcher.{name}.{key}", "nothing", f"a value for kind {setting.kind!r}")
                   for key in needed if getattr(setting, key) is None]
    if faults:
        raise ScenarioError(faults)


def needs_known(setting: Matcher) -> int:
    """What an asker must know to be searched by this matcher: bits of a need's `known`."""
    return int(np.bitwise_or.reduce([KNOWN[field] for field in setting.fields]))


def exact_keys(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """All fields equal; a missing part matches nothing."""
    equal = np.ones(len(asked), bool)
    for field in setting.fields:
        equal &= _held_code(asked.text[field], held.text[field]) == held.text[field].code
    return np.where(equal, MILLION, NO_HIT)


def fuzzy(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """Weighted mean similarity at or above the threshold. A missing field leaves the sum, or nothing matches."""
    total, weights = np.zeros(len(asked)), np.zeros(len(asked))
    complete = np.ones(len(asked), bool)
    for field, weight in setting.fields.items():
        both = asked.has(field) & held.has(field)
        complete &= both
        total += np.where(both, weight.value * _similarity(field, asked.text[field], held.text[field]), 0)
        weights += np.where(both, weight.value, 0)
    scored = complete if setting.missing == "no_match" else weights > 0
    score = np.rint(MILLION * total / np.where(weights > 0, weights, 1)).astype(np.int64)
    return np.where(scored & (score >= _least(setting)), score, NO_HIT)


def biometric(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """Two templates of one finger are missed with chance `miss`, those of two fingers pass with chance `false`.

    The uniform of the pair of templates decides, so another threshold lets the same pairs pass, more or fewer. The
    score only ranks: a pair at the threshold has half a million, other fingers pile up in the quarter above it.
    """
    u = _of_templates(asked.template, held.template)
    same, prints = asked.finger == held.finger, asked.has("print") & held.has("print")
    passes = prints & np.where(same, u >= _share(setting.miss), u < _share(setting.false))
    above = np.where(same, u / 2, (1 - u / max(_share(setting.false), 1e-300)) / 4)
    return np.where(passes, np.rint(MILLION * (0.5 + above)), NO_HIT).astype(np.int64)


def same_keys(setting: Matcher, queries: Fields, store: Fields) -> Pairs:
    """The pairs with all fields equal."""
    equal = np.ones((len(queries), len(store)), bool)
    for field in setting.fields:
        code = _held_code(queries.text[field], store.text[field])
        equal &= code[:, None] == store.text[field].code
    return _where(equal)


def near_names(setting: Matcher, queries: Fields, store: Fields) -> Pairs:
    """The pairs that would reach the threshold if every field but the names agreed.

    A weighted mean reaches the threshold t when the sum of weight x (similarity - t) reaches 0; a missing field adds
    nothing to it, and a field that is no name at most weight x (1 - t).
    """
    names = [field for field in setting.fields if field in NAMES]
    others = sum(weight.value for field, weight in setting.fields.items() if field not in NAMES)
    slack = np.float32(others * (1 - _least(setting) / MILLION) + ROUNDING)
    gains = [(*_name_gains(setting, field, queries.text[field], store.text[field]), store.text[field].code)
             for field in names]
    found = []
    for block in np.split(np.arange(len(queries)), range(BLOCK, len(queries), BLOCK)):
        total = np.full((len(block), len(store)), slack)
        for gain, row, code in gains:
            total += np.take(gain[row[block]], code, axis=1)
        asked, held = _where(total >= 0)
        found.append((block[asked], held))
    return _joined(found)


def passing_templates(setting: Matcher, queries: Fields, store: Fields) -> Pairs:
    """The pairs of the same finger, and those whose uniform lets another finger pass."""
    asked, held = np.flatnonzero(queries.has("print")), np.flatnonzero(store.has("print"))
    found = []
    for block in np.split(asked, range(BLOCK, len(asked), BLOCK)):
        first, second = np.repeat(block, len(held)), np.tile(held, len(block))
        passes = _of_templates(queries.template[first], store.template[second]) < _share(setting.false)
        passes |= queries.finger[first] == store.finger[second]
        found.append((first[passes], second[passes]))
    return _joined(found)


MATCHERS: dict[str, Callable[[Matcher, Fields, Fields], Rows]] = {
    "exact_keys": exact_keys, "fuzzy": fuzzy, "biometric": biometric,
}
SHORTLISTS: dict[str, Callable[[Matcher, Fields, Fields], Pairs]] = {
    "exact_keys": same_keys, "fuzzy": near_names, "biometric": passing_templates,
}


def search(setting: Matcher, queries: Fields, store: Fields, allowed: NDArray[np.bool_],
           area: Rows) -> tuple[Rows, Rows, Rows]:
    """The hits of every query in the parts of the store it may search: row of the queries, of the store, and score.

    allowed  bool[len(queries), areas]
    area     the area each row of the store belongs to
    """
    if not len(queries) or not len(store):
        return (np.zeros(0, np.int64),) * 3
    asked, held = SHORTLISTS[setting.kind](setting, queries, store)
    open_to = allowed[asked, area[held]]
    asked, held = asked[open_to], held[open_to]
    score = MATCHERS[setting.kind](setting, queries.take(asked), store.take(held))
    hit = score != NO_HIT
    return asked[hit], held[hit], score[hit]


def _share(value: Range | None) -> float:
    assert value is not None, "`check` lets no matcher pass without it"
    return value.value


def _least(setting: Matcher) -> int:
    """The threshold in millionths."""
    return round(MILLION * _share(setting.threshold))


def _held_code(asked: Column, held: Column) -> Rows:
    """The code that each asked value has among the held words; -2, which equals no code, where it has none."""
    number = {word: k for k, word in enumerate(held.words)}
    return np.array([*(number.get(word, -2) for word in asked.words), -2])[asked.code]


def _similarity(field: str, asked: Column, held: Column) -> NDArray[np.float64]:
    """Of aligned rows, 0 to 1; what it says of missing values is not used."""
    scorer = JaroWinkler.normalized_similarity if field in NAMES else Levenshtein.normalized_similarity
    return process.cpdist(asked.text(), held.text(), scorer=scorer, dtype=np.float64)


def _name_gains(setting: Matcher, field: str, asked: Column, held: Column) -> tuple[NDArray[np.float32], Rows]:
    """At most weight x (similarity - threshold): a row for each word asked, a column for each held word and a last
    one for the missing value; and the row of each query."""
    weight, least = setting.fields[field].value, _least(setting) / MILLION
    used, row = np.unique(asked.code, return_inverse=True)
    words = [asked.words[code] if code >= 0 else "" for code in used.tolist()]
    gain_of = (weight * (np.arange(256) / 255 - least)).astype(np.float32)
    gain = gain_of[_at_most_similar(words, held.words)]
    gain[:, -1] = gain[used < 0] = 0 if setting.missing == "drop" else -np.inf
    return gain, row


def _at_most_similar(words: list[str], held: tuple[str, ...]) -> NDArray[np.uint8]:
    """Jaro-Winkler similarity of words to all held words and to "", rounded up to 255ths."""
    rows = _similar_rows(held)
    new = [word for word in words if word not in rows]
    if len(rows) + len(new) > KEPT_WORDS:
        rows.clear()
        new = words
    similar = process.cdist(new, [*held, ""], scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
    rows.update(zip(new, np.ceil(similar * 255).astype(np.uint8), strict=True))
    return np.stack([rows[word] for word in words])


@lru_cache(maxsize=4)
def _similar_rows(held: tuple[str, ...]) -> dict[str, NDArray[np.uint8]]:
    """Rows made so far against one store: most of a search is this, and the next replication asks many names again."""
    return {}


def _of_templates(asked: NDArray[np.uint64], held: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The uniform of each pair. Seed and replication are in the templates already."""
    # An odd factor, so that the two takings of one finger do not cancel.
    pair = asked ^ (held * np.uint64(0x9E3779B97F4A7C15))
    return unit_many(bits_many(0, 0, pair, 0, stream("templates"), 0))


def _where(matrix: NDArray[np.bool_]) -> Pairs:
    """np.nonzero of a matrix, several times as fast."""
    asked, held = np.divmod(np.flatnonzero(matrix), matrix.shape[1])
    return asked, held


def _joined(found: list[Pairs]) -> Pairs:
    asked, held = zip((np.zeros(0, np.int64),) * 2, *found, strict=True)
    return np.concatenate(asked), np.concatenate(held)
