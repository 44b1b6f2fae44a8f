"""`fuzzy`: the weighted mean of how similar fields are; Jaro-Winkler on names, normalised Levenshtein on other text."""

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler, Levenshtein

from sim.content.fields import Column, Fields, Rows
from sim.content.matchers.scores import MILLION, NO_HIT, least
from sim.content.shortlists import NAMES
from sim.scenario.holdings import Matcher


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
    return np.where(scored & (score >= least(setting)), score, NO_HIT)


def _similarity(field: str, asked: Column, held: Column) -> NDArray[np.float64]:
    """Of aligned rows, 0 to 1; what it says of missing values is not used."""
    scorer = JaroWinkler.normalized_similarity if field in NAMES else Levenshtein.normalized_similarity
    return process.cpdist(asked.text(), held.text(), scorer=scorer, dtype=np.float64)
