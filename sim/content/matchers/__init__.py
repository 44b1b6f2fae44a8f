"""A matcher says which rows of a store are hits for a query, from two tables of field values and nothing else.

Each kind is a function that scores aligned rows, MATCHERS, and one that names the pairs worth scoring, SHORTLISTS.
Scores are millionths; NO_HIT where the pair is below the threshold or lacks what the matcher needs. Results on FEBRL4,
a public set of 5,000 pairs, stand in the tests of every kind but `biometric`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import KNOWN, Fields, Rows
from sim.content.matchers.bloom import clk, sharing_bits
from sim.content.matchers.checks import check
from sim.content.matchers.costs import Cost, cost, steps
from sim.content.matchers.keys import any_key, exact_keys, multi_key
from sim.content.matchers.scores import MILLION, NO_HIT
from sim.content.matchers.shared_grams import dice, sharing_grams
from sim.content.matchers.similarity import fuzzy
from sim.content.matchers.templates import biometric, false_match
from sim.content.shortlists import Bools, Pairs, near_texts, passing_templates, same_keys
from sim.scenario.holdings import Matcher

__all__ = ["MATCHERS", "MILLION", "NO_HIT", "SHORTLISTS", "Cost", "check", "cost", "false_match", "needs_known",
           "search", "steps"]

AT_ONCE = 2**18     # pairs scored at a time, so that many candidates take little memory

MATCHERS: dict[str, Callable[[Matcher, Fields, Fields], Rows]] = {
    "exact_keys": exact_keys, "multi_key": multi_key, "fuzzy": fuzzy, "dice": dice, "clk": clk, "biometric": biometric,
}
SHORTLISTS: dict[str, Callable[[Matcher, Fields, Fields, Bools, Rows], Pairs]] = {
    "exact_keys": same_keys, "multi_key": any_key, "fuzzy": near_texts, "dice": sharing_grams, "clk": sharing_bits,
    "biometric": passing_templates,
}


def needs_known(setting: Matcher) -> int:
    """What an asker must know to be searched by this matcher: bits of a need's `known`."""
    return int(np.bitwise_or.reduce([KNOWN[field] for field in setting.fields]))


def search(setting: Matcher, queries: Fields, store: Fields, allowed: NDArray[np.bool_],
           area: Rows) -> tuple[Rows, Rows, Rows]:
    """The hits of every query in the parts of the store it may search: row of the queries, of the store, and score.

    allowed  bool[len(queries), areas]
    area     the area each row of the store belongs to
    """
    found = [(np.zeros(0, np.int64),) * 3]
    if len(queries) and len(store):
        asked, held = SHORTLISTS[setting.kind](setting, queries, store, allowed, area)
        for k in range(0, len(asked), AT_ONCE):
            here, there = asked[k:k + AT_ONCE], held[k:k + AT_ONCE]
            score = MATCHERS[setting.kind](setting, queries.take(here), store.take(there))
            hit = score != NO_HIT
            found.append((here[hit], there[hit], score[hit]))
    asked, held, score = (np.concatenate(part) for part in zip(*found, strict=True))
    return asked, held, score
