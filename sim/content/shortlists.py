"""Which pairs of a query and a row of a store are worth scoring, found without scoring them: too many, never too few.

Like a matcher, a shortlist is given field values only, and beside them where each query may look: `allowed`,
bool[len(queries), areas], and `area`, that of each row of the store.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim import draws
from sim.content.fields import Column, Fields, Rows
from sim.content.roc import working_point
from sim.scenario.holdings import Matcher

NAMES = ("family_name", "given_name", "native_name")     # compared by Jaro-Winkler
ROUNDING = 1e-5          # of the weights: more than a sum of a few products loses and a score is rounded up
CLASSES = 32             # of characters that a signature tells apart
MOST_KEYS = 2**62

Bools = NDArray[np.bool_]
Pairs = tuple[Rows, Rows]    # rows of the queries, rows of the store
Function = TypeVar("Function", bound=Callable[..., Any])
compiled = cast("Callable[[Function], Function]", njit(cache=True))


class Signatures(NamedTuple):
    """Of words, what bounds their similarity to others. Aligned; the last row is that of the missing value.

    letters  uint64[n] bit c: has a character of class c; bit CLASSES + c: has two of them
    more     float64[n] characters beyond the second of their class
    share    float64[n] what one character is of the word: 1 / length
    start    uint32[n] the first four characters
    """

    letters: NDArray[np.uint64]
    more: NDArray[np.float64]
    share: NDArray[np.float64]
    start: NDArray[np.uint32]


def same_keys(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs with all fields equal; with `missing = "drop"`, all of those that both have, and they have one."""
    if setting.missing == "drop":
        asked, held = _same_where_given(tuple(setting.fields), queries, store)
    else:
        asked, held = equal_columns([queries.text[field] for field in setting.fields],
                                    [store.text[field] for field in setting.fields],
                                    np.arange(len(queries)), np.arange(len(store)), setting.missing == "value")
    open_to = allowed[asked, area[held]]
    return asked[open_to], held[open_to]


def _same_where_given(fields: Sequence[str], queries: Fields, store: Fields) -> Pairs:
    """Rows that have the same fields are joined with rows that have the same fields, by those that both have."""
    found = [(np.zeros(0, np.int64),) * 2]
    held_groups = list(_by_given(fields, store))
    for has, asked in _by_given(fields, queries):
        for there, held in held_groups:
            both = [field for field, here in zip(fields, has & there, strict=True) if here]
            if both:
                found.append(equal_columns([queries.text[field] for field in both],
                                           [store.text[field] for field in both], asked, held))
    asked, held = (np.concatenate(part) for part in zip(*found, strict=True))
    return asked, held


def _by_given(fields: Sequence[str], table: Fields) -> Iterator[tuple[Bools, Rows]]:
    """Which fields are there, and the rows in which it is just these."""
    has, number = np.unique(np.column_stack([table.has(field) for field in fields]), axis=0, return_inverse=True)
    for k, one in enumerate(has):
        yield one, np.flatnonzero(number.reshape(-1) == k)


def equal_columns(asked: Sequence[Column], held: Sequence[Column], queries: Rows, rows: Rows,
                  missing: bool = False) -> Pairs:
    """The pairs of these rows with the values of all columns equal; whether two missing values are is `missing`."""
    asked_key, held_key, keys = np.zeros(len(queries), np.int64), np.zeros(len(rows), np.int64), 1
    for here, there in zip(asked, held, strict=True):
        words = len(there.words) + 2
        if keys * words > MOST_KEYS:
            both = np.unique(np.concatenate([asked_key, held_key]), return_inverse=True)[1]
            asked_key, held_key, keys = both[:len(queries)], both[len(queries):], len(both)
        code = held_code(here, there)[queries]
        code = np.where(here.code[queries] < 0, -1, code) if missing else code
        asked_key = asked_key * words + code + 2
        held_key = held_key * words + there.code[rows] + 2
        keys *= words
    order = np.argsort(held_key, kind="stable")
    low = np.searchsorted(held_key[order], asked_key, "left")
    high = np.searchsorted(held_key[order], asked_key, "right")
    many = high - low
    found = np.repeat(np.arange(len(queries)), many)
    return queries[found], rows[order[np.arange(len(found)) + np.repeat(low - np.cumsum(many) + many, many)]]


def near_texts(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs that would reach the threshold if words of the same characters were as similar as they can be.

    A weighted mean reaches the threshold t when the sum of weight x (similarity - t) reaches 0. A missing field adds
    nothing to it and is let pass; with `missing = "no_match"` there is no pair, whatever it adds.
    """
    assert setting.threshold is not None, "`check` lets no matcher pass without it"
    fields = sorted(setting.fields, key=lambda field: -setting.fields[field].value)
    order, begins = by_area(area, allowed.shape[1])
    drop = setting.missing == "drop"
    asked = [_of_rows(queries.text[field], np.arange(len(queries)), drop) for field in fields]
    held = [_of_rows(store.text[field], order, drop) for field in fields]
    weights = np.array([setting.fields[field].value for field in fields])
    names = np.array([field in NAMES for field in fields])
    pairs = _near(weights, names, setting.threshold.value, ROUNDING * weights.sum(), _stacked(asked), _stacked(held),
                  allowed, begins)
    query, row = np.divmod(pairs, max(len(store), 1))
    return query, order[row]


def passing_templates(setting: Matcher, queries: Fields, store: Fields, allowed: Bools, area: Rows) -> Pairs:
    """The pairs of the same finger, and those whose uniform lets another finger pass."""
    false = working_point(setting)[1]
    asked, printed = np.flatnonzero(queries.has("print")), np.flatnonzero(store.has("print"))
    order, begins = by_area(area[printed], allowed.shape[1])
    held = printed[order]
    # A uniform is (the first 52 bits + 1/2) / 2**52: it is below the share when these bits are below this bound.
    bound = np.uint64(max(0, np.ceil(false * 2.0**52 - 0.5)))
    pairs = _passing(queries.finger[asked], queries.template[asked], store.finger[held],
                     store.template[held] * TEMPLATE_FACTOR, draws.stream("templates"), bound, allowed[asked], begins)
    query, row = np.divmod(pairs, max(len(held), 1))
    return asked[query], held[row]


# The uniform of a pair of templates: an odd factor, so that the two takings of one finger do not cancel.
TEMPLATE_FACTOR = np.uint64(0x9E3779B97F4A7C15)


def held_code(asked: Column, held: Column) -> Rows:
    """The code that each asked value has among the held words; -2, which equals no code, where it has none."""
    number = _numbers(held.words)
    return np.array([*(number.get(word, -2) for word in asked.words), -2])[asked.code]


# Cached, as `_signatures` is: the stores of all futures share their words.
@lru_cache(maxsize=16)
def _numbers(words: tuple[str, ...]) -> dict[str, int]:
    return {word: k for k, word in enumerate(words)}


def by_area(area: Rows, areas: int) -> tuple[Rows, Rows]:
    """Rows area by area, and where each begins; int64[areas + 1]."""
    order = np.argsort(area, kind="stable")
    return order, np.searchsorted(area[order], np.arange(areas + 1))


def _of_rows(column: Column, rows: Rows, wild: bool) -> Signatures:
    code = column.code[rows]
    letters, more, share, start = _signatures(column.words, wild)
    return Signatures(letters[code], more[code], share[code], start[code])


def _stacked(fields: list[Signatures]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Every part of the signatures with a row for each field."""
    letters, more, share, start = (np.stack(part) for part in zip(*fields, strict=True))
    return letters, more, share, start


@lru_cache(maxsize=16)
def _signatures(words: tuple[str, ...], wild: bool) -> Signatures:
    """wild: the missing value is as similar to every word as can be; otherwise to none."""
    texts = np.array([*words, ""])
    letters, more, share, start = _signed(texts.view(np.uint32).reshape(len(texts), -1))
    if wild:
        letters[-1], more[-1], share[-1] = ~np.uint64(0), 1e6, 1
    return Signatures(letters, more, share, start)


def signatures(words: tuple[str, ...]) -> Signatures:
    """Of these words, the missing value last."""
    return _signatures(words, False)


def most_similar(words: Signatures, of: int) -> NDArray[np.float64]:
    """The most that Jaro-Winkler's similarity of one of the words with each of them can be."""
    most = np.empty(len(words.share))
    letters, more, share, start = words
    _first_gains(most, 1.0, 0.0, True, letters[of], more[of], share[of], start[of], letters, more, share, start)
    return most


@compiled
def _signed(texts: Any) -> Any:
    """The parts of `Signatures` of texts, uint32[n, longest], filled up with 0."""
    many = len(texts)
    letters, more = np.zeros(many, np.uint64), np.zeros(many)
    share, start = np.zeros(many), np.zeros(many, np.uint32)
    for k in range(many):
        length = 0
        while length < texts.shape[1] and texts[k, length]:
            letter = texts[k, length]
            once = np.uint64(1) << np.uint64(letter % CLASSES)
            twice = once << np.uint64(CLASSES)
            if not letters[k] & once:
                letters[k] |= once
            elif not letters[k] & twice:
                letters[k] |= twice
            else:
                more[k] += 1
            if length < 4:
                start[k] |= np.uint32(letter & 0xFF) << np.uint32(8 * length)
            length += 1
        if length:
            share[k] = 1 / length
    return letters, more, share, start


@compiled
def bits_set(x: Any) -> Any:
    """How many; in this form compilers know it for one instruction."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (x * np.uint64(0x0101010101010101)) >> np.uint64(56)


@compiled
def _gain(weight: Any, threshold: Any, name: Any, letters: Any, more: Any, share: Any, start: Any, held_letters: Any,
          held_more: Any, held_share: Any, held_start: Any) -> Any:
    """The most that a field of a pair can add to the sum in `near_texts`, from the signatures of its two words.

    They share at most the characters of both, c. The Levenshtein similarity is at most c / longer length, Jaro's
    (c / length + c / other length + 1) / 3, and Winkler's adds a tenth of what is missing to 1 for each of up to four
    characters of a common start, where Jaro's is above 0.7. No branches: over many rows it becomes vector code.
    """
    shared = bits_set(letters & held_letters) + min(more, held_more)
    if name:
        similar = (shared * (share + held_share) + 1) / 3
        differ = start ^ held_start
        common = ((differ == 0) * 0.1 + (differ & np.uint32(0xFFFFFF) == 0) * 0.1
                  + (differ & np.uint32(0xFFFF) == 0) * 0.1 + (differ & np.uint32(0xFF) == 0) * 0.1)
        similar += common * (1 - similar) if similar > 0.7 - ROUNDING else 0.0
    else:
        similar = shared * min(share, held_share)
    return weight * (similar - threshold)


@compiled
def _first_gains(gains: Any, weight: Any, threshold: Any, name: Any, letters: Any, more: Any, share: Any, start: Any,
                 held_letters: Any, held_more: Any, held_share: Any, held_start: Any) -> None:
    """`_gain` of one query with each of many rows."""
    for row in range(len(gains)):
        gains[row] = _gain(weight, threshold, name, letters, more, share, start, held_letters[row], held_more[row],
                           held_share[row], held_start[row])


@compiled
def _near(weights: Any, names: Any, threshold: Any, slack: Any, asked: Any, held: Any, allowed: Any,
          begins: Any) -> Any:
    """Pairs, as in `near_texts`, in the allowed areas: query x rows of the store + row, these area by area.

    The first field is judged for all rows of an area, the others for the few rows that are left.

    weights, names  [fields] the heaviest first; whether Jaro-Winkler compares it
    slack           what rounding may have cost
    asked, held     the parts of Signatures, each [fields, queries] and [fields, rows of the store by area]
    """
    asked_letters, asked_more, asked_share, asked_start = asked
    held_letters, held_more, held_share, held_start = held
    fields, queries = asked_letters.shape
    rest = np.zeros(fields)      # what the fields after each can still add
    for f in range(fields - 1, 0, -1):
        rest[f - 1] = rest[f] + weights[f] * (1 - threshold)
    rows = held_letters.shape[1]
    gains, left = np.empty(rows), np.empty(rows, np.int64)
    pairs, found = np.empty(1024, np.int64), 0
    for q in range(queries):
        many, a = 0, 0
        while a < allowed.shape[1]:
            first = begins[a]
            while a < allowed.shape[1] and allowed[q, a]:
                a += 1
            last = begins[a]
            a += 1
            _first_gains(gains[first:last], weights[0], threshold, names[0], asked_letters[0, q], asked_more[0, q],
                         asked_share[0, q], asked_start[0, q], held_letters[0, first:last], held_more[0, first:last],
                         held_share[0, first:last], held_start[0, first:last])
            for row in range(first, last):
                left[many] = row
                many += gains[row] + slack + rest[0] >= 0
        for k in range(many):
            row = left[k]
            total, f = gains[row] + slack, 1
            while f < fields and total + rest[f - 1] >= 0:
                total += _gain(weights[f], threshold, names[f], asked_letters[f, q], asked_more[f, q],
                               asked_share[f, q], asked_start[f, q], held_letters[f, row], held_more[f, row],
                               held_share[f, row], held_start[f, row])
                f += 1
            if total + rest[f - 1] >= 0:
                if found == len(pairs):
                    pairs = longer(pairs)
                pairs[found] = q * rows + row
                found += 1
    return pairs[:found]


@compiled
def longer(pairs: Any) -> Any:
    """With room for as many again."""
    more = np.empty(2 * len(pairs), np.int64)
    more[:len(pairs)] = pairs
    return more


@compiled
def _passing(asked_finger: Any, asked_template: Any, held_finger: Any, held_template: Any, stream: Any, bound: Any,
             allowed: Any, begins: Any) -> Any:
    """Pairs, as in `passing_templates`, in the allowed areas: query x rows of the store + row, these area by area.

    held_template  times TEMPLATE_FACTOR
    bound          on the first 52 bits of chance of a pair that passes
    """
    both = np.empty_like(held_template)
    pairs, found = np.empty(64, np.int64), 0
    for q in range(len(asked_finger)):
        a = 0
        while a < allowed.shape[1]:
            first = begins[a]
            while a < allowed.shape[1] and allowed[q, a]:
                a += 1
            last = begins[a]
            a += 1
            for row in range(first, last):
                both[row] = asked_template[q] ^ held_template[row]
            luck = draws.bits_many(0, 0, both[first:last], 0, stream, 0)
            for row in range(first, last):
                if luck[row - first] >> np.uint64(12) < bound or held_finger[row] == asked_finger[q]:
                    if found == len(pairs):
                        pairs = longer(pairs)
                    pairs[found] = q * len(held_finger) + row
                    found += 1
    return pairs[:found]
