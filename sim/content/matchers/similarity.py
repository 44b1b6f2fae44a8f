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
    weight = {field: share.value for field, share in setting.fields.items()}
    present = {field: asked.has(field) & held.has(field) for field in weight}
    similar = {field: np.ones(len(asked)) for field in weight}      # until it is compared
    weights = np.sum([np.where(present[field], weight[field], 0) for field in weight], axis=0)
    scored = np.logical_and.reduce([*present.values()]) if setting.missing == "no_match" else weights > 0
    rows, score = np.flatnonzero(scored), np.full(len(asked), NO_HIT)
    for field in sorted(weight, key=lambda name: -weight[name]):
        some = rows[present[field][rows]]
        similar[field][some] = _similarity(field, asked.text[field], held.text[field], some)
        # Most pairs miss the threshold whatever the lighter fields say: they are compared no further.
        total = np.sum([np.where(present[name], weight[name] * similar[name], 0)[rows] for name in weight], axis=0)
        score[rows] = np.rint(MILLION * total / np.where(weights[rows] > 0, weights[rows], 1)).astype(np.int64)
        rows = rows[score[rows] >= least(setting)]
    return np.where(score >= least(setting), score, NO_HIT)


def _similarity(field: str, asked: Column, held: Column, rows: Rows) -> NDArray[np.float64]:
    """Of some aligned rows, 0 to 1."""
    scorer = JaroWinkler.normalized_similarity if field in NAMES else Levenshtein.normalized_similarity
    return process.cpdist(*(Column(column.words, column.code[rows]).text() for column in (asked, held)), scorer=scorer,
                          dtype=np.float64)
