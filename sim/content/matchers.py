"""A matcher says which rows of a store are hits for a query, from two tables of field values and nothing else.

Each kind is a function that scores aligned rows, MATCHERS, and one that names the pairs worth scoring, SHORTLISTS.
Scores are millionths; NO_HIT where the pair is below the threshold or lacks what the matcher needs. Formulas: weighted
similarity of fields, Jaro-Winkler on names and normalised Levenshtein on all other text (rapidfuzz), as measured on
FEBRL4.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import KNOWN, TEXTS, Column, Fields, Rows
from sim.content.shortlists import NAMES, SHORTLISTS, TEMPLATE_FACTOR, held_code
from sim.draws import bits_many, stream, unit_many
from sim.errors import Fault, ScenarioError
from sim.scenario.holdings import Matcher
from sim.units import Range

MILLION = 1_000_000
NO_HIT = -1


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
        equal &= held_code(asked.text[field], held.text[field]) == held.text[field].code
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


MATCHERS: dict[str, Callable[[Matcher, Fields, Fields], Rows]] = {
    "exact_keys": exact_keys, "fuzzy": fuzzy, "biometric": biometric,
}


def search(setting: Matcher, queries: Fields, store: Fields, allowed: NDArray[np.bool_],
           area: Rows) -> tuple[Rows, Rows, Rows]:
    """The hits of every query in the parts of the store it may search: row of the queries, of the store, and score.

    allowed  bool[len(queries), areas]
    area     the area each row of the store belongs to
    """
    if not len(queries) or not len(store):
        return (np.zeros(0, np.int64),) * 3
    asked, held = SHORTLISTS[setting.kind](setting, queries, store, allowed, area)
    score = MATCHERS[setting.kind](setting, queries.take(asked), store.take(held))
    hit = score != NO_HIT
    return asked[hit], held[hit], score[hit]


def _share(value: Range | None) -> float:
    assert value is not None, "`check` lets no matcher pass without it"
    return value.value


def _least(setting: Matcher) -> int:
    """The threshold in millionths."""
    return round(MILLION * _share(setting.threshold))


def _similarity(field: str, asked: Column, held: Column) -> NDArray[np.float64]:
    """Of aligned rows, 0 to 1; what it says of missing values is not used."""
    scorer = JaroWinkler.normalized_similarity if field in NAMES else Levenshtein.normalized_similarity
    return process.cpdist(asked.text(), held.text(), scorer=scorer, dtype=np.float64)


def _of_templates(asked: NDArray[np.uint64], held: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The uniform of each pair. Seed and replication are in the templates already."""
    return unit_many(bits_many(0, 0, asked ^ (held * TEMPLATE_FACTOR), 0, stream("templates"), 0))

