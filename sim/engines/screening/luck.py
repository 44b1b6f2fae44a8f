"""The draws of consecutive look-ups, to the bit those of `sim.draws` at each address, but a row of them at a time.

`draws.bits` works through one address after another, and `draws.draw` searches and branches on what cannot be foreseen.
Here the steps stand outside and the look-ups inside, so that a compiler does several at once: a quarter of the time or
less. A test holds both to `sim.draws`.
"""

from typing import Any

import numpy as np
from numba import njit

from sim.draws import CELLS, OCTAVES, Bits, Ticks

Whole = Any   # int in Python, int64 or uint64 inside compiled code
ROW = 1024    # look-ups drawn for at a time: all that is known of them stays in the nearest caches

_LOW, _HIGH = np.uint64(0xFFFFFFFF), np.uint64(32)
_TIMES_A, _TIMES_C = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_STEP_X, _STEP_Y = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_SIGN, _BELOW, _WAY, _WIDTH = np.uint64(63), np.uint64(62 - OCTAVES), np.uint64(33), np.uint64(64)


@njit(cache=True)
def fill_bits(seed: Whole, replication: Whole, first: Whole, stream: Whole, words: Any, bits: Bits) -> None:
    """bits[i] becomes `draws.bits(seed, replication, first + i, 0, stream, 0)`.

    words  uint32[4, ROW] scratch: a word of 32 bits is multiplied at the price of one, four or eight at once
    bits   uint64[ROW]; all of it is filled
    """
    a, b, c, d = words[0], words[1], words[2], words[3]
    x, y, tail = np.uint64(seed), np.uint64(replication), np.uint64(stream) << np.uint64(12)
    for i in range(ROW):
        case = np.uint64(first) + np.uint64(i)
        a[i], b[i], c[i], d[i] = np.uint32(case), np.uint32(case >> _HIGH), np.uint32(0), np.uint32(tail)
    for _ in range(10):
        for i in range(ROW):
            one, two = _TIMES_A * np.uint64(a[i]), _TIMES_C * np.uint64(c[i])
            a[i] = np.uint32((two >> _HIGH) ^ np.uint64(b[i]) ^ x)
            b[i] = np.uint32(two)
            c[i] = np.uint32((one >> _HIGH) ^ np.uint64(d[i]) ^ y)
            d[i] = np.uint32(one)
        x, y = (x + _STEP_X) & _LOW, (y + _STEP_Y) & _LOW
    for i in range(ROW):
        bits[i] = (np.uint64(b[i]) << _HIGH) | np.uint64(a[i])


@njit(cache=True)
def whole_log2(value: Whole) -> Whole:
    """The place of the highest bit set in a value of 1 to 2**53 - 1: the exponent of the same number as a float."""
    return (np.float64(value).view(np.int64) >> 52) - 1023


@njit(cache=True)
def fill_draws(table: Ticks, bits: Bits, scratch: Ticks, drawn: Ticks) -> None:
    """drawn[i] becomes `draws.draw(table, bits[i])`.

    scratch  int64[3, ROW]: the nearer knot, the way through the cell in 31 bits, 1 below u = 1/2 and -1 above it
    """
    knots, ways, turns = scratch[0], scratch[1], scratch[2]
    size = np.int64(len(table))
    for i in range(ROW):
        above = bits[i] >> _SIGN
        u = bits[i] ^ (np.uint64(0) - above)
        # The 41 bits that decide about the octave fit a float; 0 and 1 are both the cell at the very end.
        octave = whole_log2(np.int64(u >> _BELOW) | 1) - 1
        end = octave < 0
        width = np.uint64(octave + 57 - OCTAVES + 7 * end)
        knot = 1 + octave * CELLS + (CELLS - 1) * end + np.int64((u >> width) & np.uint64(CELLS - 1))
        turns[i] = 1 - 2 * np.int64(above)
        knots[i] = knot + np.int64(above) * (size - 1 - 2 * knot)
        ways[i] = np.int64((u << (_WIDTH - width)) >> _WAY)
    for i in range(ROW):
        turn, near, far = turns[i], np.uint64(knots[i]), np.uint64(knots[i] + turns[i])
        step = turn * (table[far] - table[near])
        drawn[i] = table[near] + turn * ((step >> 31) * ways[i] + (((step & 0x7FFFFFFF) * ways[i]) >> 31))
