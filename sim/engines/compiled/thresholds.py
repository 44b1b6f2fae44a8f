"""A probability as a whole number, so that the kernel compares bits and never rounds."""

from fractions import Fraction
from functools import lru_cache
from math import ceil


@lru_cache(maxsize=4096)
def threshold(share: float) -> int:
    """How many of the numbers below 2**52 stand for a uniform below `share`: `draws.unit(bits) < share` holds exactly
    where the first 52 of the bits are below it."""
    return min(max(ceil(Fraction(share) * 2**52 - Fraction(1, 2)), 0), 2**52)
