"""`clk`: cryptographic linkage keys, Bloom filters into which all fields of a row are written, compared by Dice.

R. Schnell, T. Bachteler, J. Reiher, "Privacy-preserving record linkage using Bloom filters", BMC Medical Informatics
and Decision Making 9:41 (2009), and "A novel error-tolerant anonymous linking code" (2011): an n-gram x of a field sets
the bits (h1(x) + i h2(x)) mod L for i = 0 .. k - 1. Here h1 and h2 are the first and the second eight bytes of
HMAC-SHA1(key, field, x).
"""

import hmac
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Fields, Rows
from sim.content.matchers.grams import bigrams, placed
from sim.content.matchers.overlaps import Bits, dice_scores, joined, shared_bits, sharing
from sim.content.shortlists import Bools, Pairs, compiled
from sim.scenario.holdings import Matcher


def clk(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """2 x common bits / bits of both filters. A missing field sets no bits, or nothing matches."""
    tables: list[Bits] = []
    mine: list[Rows] = []
    others: list[Rows] = []
    begins = 0
    for field in setting.fields:
        for part, rows in ((asked.text[field], mine), (held.text[field], others)):
            table = filters(setting, field, part.words)
            rows.append(begins + np.where(part.code < 0, len(part.words), part.code))
            tables.append(table)
            begins += len(table)
    shared, sizes = shared_bits(np.concatenate(tables), np.stack(mine, axis=1), np.stack(others, axis=1))
    return dice_scores(setting, asked, held, shared, sizes)


def sharing_bits(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs whose filters reach the threshold."""
    asked, held = (_of_rows(setting, table) for table in (queries, store))
    sizes = tuple(np.bitwise_count(bits).sum(axis=1, dtype=np.int64) for bits in (asked, held))
    return sharing(setting, asked, held, (sizes[0], sizes[1]), allowed, area)


def _of_rows(setting: Matcher, table: Fields) -> Bits:
    """The filter of each row: uint64[n, bits / 64]."""
    return joined([filters(setting, field, table.text[field].words) for field in setting.fields],
                  [table.text[field] for field in setting.fields])


def filters(setting: Matcher, field: str, words: tuple[str, ...]) -> Bits:
    """The bits that each word of a field sets, uint64[words + 1, bits / 64]; the missing value, the last, sets none."""
    assert setting.bits is not None, "`check` lets no matcher pass without it"
    weight = setting.fields[field].value
    return _filters(words, field, field in setting.positional, setting.bits, round((setting.hashes or 0) * weight),
                    round((setting.budget or 0) * weight), setting.key)


@lru_cache(maxsize=128)
def _filters(words: tuple[str, ...], field: str, positional: bool, bits: int, hashes: int, budget: int,
             key: str) -> Bits:
    code, start = (placed if positional else bigrams)(words)
    grams, number = np.unique(code, return_inverse=True)
    first, step = _hashes(grams, field, key, bits)
    many, place = np.diff(start), np.arange(len(code)) - np.repeat(start[:-1], np.diff(start))
    whole, rest = np.divmod(budget, np.maximum(np.repeat(many, many), 1))
    count = whole + (place < rest) if budget else np.full(len(code), hashes)
    written: Bits = _written(start, first[number], step[number], count, bits)
    return written


def _hashes(grams: NDArray[np.uint64], field: str, key: str, bits: int) -> tuple[Rows, Rows]:
    """h1 and h2 of every n-gram, below `bits`."""
    secret, name = key.encode(), field.encode()
    digests = [hmac.digest(secret, name + gram.tobytes(), "sha1")[:16] for gram in grams.astype("<u8")]
    both = np.frombuffer(b"".join(digests), ">u8").reshape(-1, 2) % np.uint64(bits)
    return both[:, 0].astype(np.int64), both[:, 1].astype(np.int64)


@compiled
def _written(start: Any, first: Any, step: Any, count: Any, bits: Any) -> Any:
    """uint64[words, bits / 64]: of each word, the bits first, first + step, ... of its n-grams, `count` of them."""
    filters = np.zeros((len(start) - 1, bits // 64), np.uint64)
    for word in range(len(start) - 1):
        for gram in range(start[word], start[word + 1]):
            for i in range(count[gram]):
                bit = (first[gram] + i * step[gram]) % bits
                filters[word, bit // 64] |= np.uint64(1) << np.uint64(bit % 64)
    return filters
