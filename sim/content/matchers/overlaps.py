"""Pairs of rows that share enough bits, found by looking at all of them: what matchers that count need of a shortlist.

The Dice coefficient of two sets is 2 x shared / (size of one + size of the other).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Column, Fields, Rows
from sim.content.matchers.scores import MILLION, NO_HIT, least
from sim.content.shortlists import Bools, Pairs, bits_set, by_area, compiled, longer
from sim.scenario.holdings import Matcher

Bits = NDArray[np.uint64]


def dice_scores(setting: Matcher, asked: Fields, held: Fields, shared: Rows, sizes: Rows) -> Rows:
    """Dice coefficients, rounded down, at or above the threshold, in whole numbers throughout.

    sizes  of both sets together; two empty ones are no hit
    """
    score = 2 * MILLION * shared // np.maximum(sizes, 1)
    hit = (sizes > 0) & (score >= least(setting))
    if setting.missing == "no_match":
        hit &= np.logical_and.reduce([asked.has(field) & held.has(field) for field in setting.fields])
    return np.where(hit, score, NO_HIT)


def joined(tables: Sequence[Bits], columns: Sequence[Column]) -> Bits:
    """The bits of every row, uint64[n, words]: those of its words, each with a row in the table of its field.

    tables  uint64[words of the field + 1, words], the last row for the missing value
    """
    bits = tables[0][columns[0].code]
    for table, part in zip(tables[1:], columns[1:], strict=True):
        bits |= table[part.code]
    return bits


def sharing(setting: Matcher, asked: Bits, held: Bits, sizes: tuple[Rows, Rows], allowed: Bools, area: Rows) -> Pairs:
    """The pairs whose Dice coefficient may reach the threshold.

    asked, held  bits that stand for the elements of the sets; two elements may have one bit
    sizes        of the sets, not below the number of their bits
    """
    order, begins = by_area(area, allowed.shape[1])
    spare = [size - np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
             for size, bits in zip(sizes, (asked, held), strict=True)]
    pairs = _sharing(asked, sizes[0], spare[0], held[order], sizes[1][order], spare[1][order], least(setting), allowed,
                     begins)
    query, row = np.divmod(pairs, max(len(held), 1))
    return query, order[row]


@compiled
def _sharing(asked: Any, asked_size: Any, asked_spare: Any, held: Any, held_size: Any, held_spare: Any, least: Any,
             allowed: Any, begins: Any) -> Any:
    """Pairs, as in `sharing`, in the allowed areas: query x rows of the store + row, these area by area.

    Two sets share at most their common bits, and of the elements beyond one for each bit as many as the poorer has.

    asked, held  uint64[n, words]
    spare        int64[n] elements of a set beyond one for each of its bits
    least        millionths
    """
    rows, words = held.shape
    pairs, found = np.empty(1024, np.int64), 0
    for q in range(len(asked)):
        for a in range(allowed.shape[1]):
            if not allowed[q, a]:
                continue
            for row in range(begins[a], begins[a + 1]):
                enough = least * (asked_size[q] + held_size[row])
                if 2 * MILLION * min(asked_size[q], held_size[row]) < enough:
                    continue
                shared = np.uint64(0)
                for k in range(words):
                    shared += bits_set(asked[q, k] & held[row, k])
                if 2 * MILLION * (np.int64(shared) + min(asked_spare[q], held_spare[row])) >= enough:
                    if found == len(pairs):
                        pairs = longer(pairs)
                    pairs[found] = q * rows + row
                    found += 1
    return pairs[:found]


@compiled
def shared_bits(table: Any, asked: Any, held: Any) -> Any:
    """Of aligned rows, how many bits both have, and how many each has, the two added: int64[n], int64[n].

    table        uint64[rows, words] the bits of words of all fields, one field below the other
    asked, held  int64[n, fields] rows of the table: the words of one row
    """
    words = table.shape[1]
    shared, sizes = np.zeros(len(asked), np.int64), np.zeros(len(asked), np.int64)
    for n in range(len(asked)):
        for k in range(words):
            here, there = np.uint64(0), np.uint64(0)
            for f in range(asked.shape[1]):
                here |= table[asked[n, f], k]
                there |= table[held[n, f], k]
            shared[n] += np.int64(bits_set(here & there))
            sizes[n] += np.int64(bits_set(here)) + np.int64(bits_set(there))
    return shared, sizes
