"""A clerk keys in again what came as free text, and slips: on the key beside, twice, too early or not at all."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")    # of a keyboard; neighbours are taken within a row
_BESIDE = {key: row[max(at - 1, 0):at] + row[at + 1:at + 2] for row in _ROWS for at, key in enumerate(row)}
SLIPS = ("neighbour", "left_out", "twice", "too_early")


def rekeyed(words: Sequence[str], uniforms: NDArray[np.float64], rate: float, dice: NDArray[np.uint64]) -> list[str]:
    """The words as keyed in again; one with a uniform below `rate` has one slip, so that a lower rate has a subset of
    the slips of a higher one, and the same ones.

    words     values of one field
    uniforms  float64[n] in (0, 1)
    rate      chance of a slip in a field
    dice      uint64[n], which slip and where
    """
    keyed = list(words)
    for row in np.flatnonzero(np.asarray(uniforms) < rate).tolist():
        keyed[row] = slip(keyed[row], int(dice[row]))
    return keyed


def slip(word: str, die: int) -> str:
    """The word with one slip, always another word; a word without a letter or digit stays as it is.

    A digit is only replaced by a neighbour: a number of the wrong length is noticed.
    """
    spots = [at for at, mark in enumerate(word) if mark.isalnum()]
    if not spots:
        return word
    die, kind = divmod(die, len(SLIPS))
    die, spot = divmod(die, len(spots))
    at = spots[spot]
    key, following = word[at], word[at + 1:at + 2]
    if key.lower() in _BESIDE and (SLIPS[kind] == "neighbour" or key.isdigit()):
        return word[:at] + _beside(key, die) + word[at + 1:]
    if SLIPS[kind] == "left_out" and len(spots) > 1:
        return word[:at] + word[at + 1:]
    if SLIPS[kind] == "too_early" and following.isalpha() and following != key:
        return word[:at] + following + key + word[at + 2:]
    return word[:at] + key + word[at:]


def _beside(key: str, die: int) -> str:
    beside = _BESIDE[key.lower()]
    other = beside[die % len(beside)]
    return other.upper() if key.isupper() else other
