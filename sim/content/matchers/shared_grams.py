"""`dice`: the Dice coefficient of the sets of (field, bigram) of two rows, in whole numbers."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Column, Fields, Rows
from sim.content.matchers.grams import Grams, bigrams
from sim.content.matchers.overlaps import Bits, dice_scores, joined, sharing
from sim.content.shortlists import Bools, Pairs, compiled
from sim.draws import stable_hash
from sim.scenario.holdings import Matcher

SIGNATURE = 256                             # bits of a signature
SPREAD = np.uint64(0x9E3779B97F4A7C15)      # an odd number that mixes the bits of an n-gram


def dice(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """2 x shared bigrams / bigrams of both. A missing field has no bigrams, or nothing matches."""
    shared, sizes = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
    for field in setting.fields:
        here, there = asked.text[field], held.text[field]
        mine, others = _ordered(here.words), _ordered(there.words)
        shared += _shared(mine.code, mine.start, others.code, others.start, here.code, there.code)
        sizes += _sizes(here) + _sizes(there)
    return dice_scores(setting, asked, held, shared, sizes)


def sharing_grams(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs that may share enough bigrams, judged by signatures in which several of them have one bit."""
    asked, held = ([table.text[field] for field in setting.fields] for table in (queries, store))
    sizes = [np.sum([_sizes(part) for part in columns], axis=0) for columns in (asked, held)]
    bits = [joined([_signatures(part.words, field) for field, part in zip(setting.fields, columns, strict=True)],
                   columns) for columns in (asked, held)]
    return sharing(setting, bits[0], bits[1], (sizes[0], sizes[1]), allowed, area)


def _sizes(part: Column) -> NDArray[np.int64]:
    """How many bigrams each row of a field has."""
    return np.diff(bigrams(part.words).start)[part.code]


@lru_cache(maxsize=64)
def _ordered(words: tuple[str, ...]) -> Grams:
    """The bigrams of each word in rising order."""
    code, start = bigrams(words)
    word = np.repeat(np.arange(len(start) - 1), np.diff(start))
    return Grams(code[np.lexsort((code, word))], start)


@lru_cache(maxsize=64)
def _signatures(words: tuple[str, ...], field: str) -> Bits:
    """A bit for each bigram, uint64[words + 1, SIGNATURE / 64]; one bigram has another bit in each field."""
    code, start = bigrams(words)
    mixed = (code ^ np.uint64(stable_hash(field, 64))) * SPREAD
    bit = (mixed ^ mixed >> np.uint64(32)) * SPREAD >> np.uint64(56)
    word = np.repeat(np.arange(len(start) - 1), np.diff(start))
    bits = np.zeros((len(start) - 1, SIGNATURE // 64), np.uint64)
    np.bitwise_or.at(bits, (word, (bit // np.uint64(64)).astype(np.int64)), np.uint64(1) << bit % np.uint64(64))
    return bits


@compiled
def _shared(mine: Any, my_start: Any, others: Any, other_start: Any, asked: Any, held: Any) -> Any:
    """How many n-grams the words of aligned rows share: both in rising order, walked along together."""
    shared = np.zeros(len(asked), np.int64)
    for n in range(len(asked)):
        if asked[n] < 0 or held[n] < 0:
            continue
        i, j = my_start[asked[n]], other_start[held[n]]
        last, end = my_start[asked[n] + 1], other_start[held[n] + 1]
        while i < last and j < end:
            if mine[i] == others[j]:
                shared[n] += 1
                i, j = i + 1, j + 1
            elif mine[i] < others[j]:
                i += 1
            else:
                j += 1
    return shared
