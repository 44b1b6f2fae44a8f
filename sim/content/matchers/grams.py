"""The n-grams of words, as numbers: two neighbouring characters, or one character and its place."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

EDGE = "_"


class Grams(NamedTuple):
    """Of each word a set of n-grams, in the order in which they first stand in it.

    code   uint64[total] first character (or place, from 1) in the upper half, second (or only) character in the lower
    start  int64[words + 2] word k has code[start[k]:start[k + 1]]; the last word is the missing value, which has none
    """

    code: NDArray[np.uint64]
    start: NDArray[np.int64]


@lru_cache(maxsize=64)
def bigrams(words: tuple[str, ...]) -> Grams:
    """Neighbouring characters of "_" + word + "_"."""
    letters, start = _letters([f"{EDGE}{word}{EDGE}" for word in words])
    inside = np.ones(len(letters), bool)
    inside[start[1:] - 1] = False      # the last letter of a word has no neighbour
    first = np.flatnonzero(inside)
    return _sets(letters[first] << np.uint64(32) | letters[np.minimum(first + 1, len(letters) - 1)],
                 start - np.arange(len(start)))


@lru_cache(maxsize=64)
def placed(words: tuple[str, ...]) -> Grams:
    """Every character with its place."""
    letters, start = _letters(words)
    place = np.arange(len(letters)) - np.repeat(start[:-1], np.diff(start)) + 1
    return _sets(place.astype(np.uint64) << np.uint64(32) | letters, start)


def _letters(words: list[str] | tuple[str, ...]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The characters of all words one after the other, and where each word begins; int64[words + 1]."""
    letters = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    return letters, np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.int64)


def _sets(code: NDArray[np.uint64], start: NDArray[np.int64]) -> Grams:
    """The first of equal n-grams of each word."""
    word = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.lexsort((code, word))
    code_here, word_here = code[order], word[order]
    again = np.zeros(len(order), bool)
    again[1:] = (code_here[1:] == code_here[:-1]) & (word_here[1:] == word_here[:-1])
    kept = np.sort(order[~again])
    many = np.bincount(word[kept], minlength=len(start) - 1)
    return Grams(code[kept], np.concatenate([[0], np.cumsum(many), [len(kept)]]).astype(np.int64))
