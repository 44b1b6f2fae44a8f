"""Chance is a function of an address: whatever the order, the worker, the engine or the protocol, the same question
of the same case has the same answer.

The address of a draw (engine rules 56 to 59) fills one call of Philox 4x32-10 (J. K. Salmon et al., "Parallel random
numbers: as easy as 1, 2, 3", SC11, https://doi.org/10.1145/2063384.2063405):

word       bits  meaning
---------  ----  --------------------------------------------------------------------------------
key 0      32    seed, below 2**32
key 1      32    replication: future x 4096 + replication
counter 0  64    case: `identity` of a need, a piece of domestic work, a record, a person, ...
counter 2  32    leg: `leg_key` of the path of (place, round) that led to the leg, 0 in the root
counter 3  20    stream: what is drawn, a hash of words such as ("Work", "responder", "search")
           12    n: how often this leg began that before; below 256, see `address_n`

A law of chance is an int64 table of its inverse distribution function in ticks (engine rule 60), so that a draw is
integer arithmetic and the same on every machine that was given the table. All tables have one layout: knots at u = 0,
then `CELLS` to each octave from 2**-(OCTAVES + 1) up to 1/2, mirrored above 1/2, linear in between. The largest value
is the quantile of 1 - 2**-(OCTAVES + 2). Means are in ticks; a variation is a coefficient of variation.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit, types
from numpy.typing import NDArray
from scipy import special

from sim.errors import CapacityError

Ticks = NDArray[np.int64]
Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]
Whole = Any   # int in Python, int64 or uint64 inside compiled code

# Eight kinds and no more: with a ninth an identity would no longer fit a column of int64.
KINDS = ("need", "domestic", "background", "record", "person", "future", "link", "place")
ROOT_LEG = 0
REPEATS = 256        # n of an address is below this
OCTAVES = 40         # tail cells reach down to u = 2**-41, about 5e-13
CELLS = 64           # of an octave
HALF = OCTAVES * CELLS + 1   # index of the knot at u = 1/2
LONGEST = 2**62      # ticks; leaves room to add a clock time

# Signatures are written out because numba, left to guess, takes the first int it meets for int64 and then refuses
# 2**63 and above. Arrays may be read-only; they must be contiguous.
_INT, _UINT, _FLOAT = types.int64, types.uint64, types.float64
_INTS, _UINTS = (types.Array(kind, 1, "C", readonly=True) for kind in (_INT, _UINT))


def stable_hash(text: str, bits: int) -> int:
    """A whole number below 2**bits (bits <= 64) that depends on the text alone, on every machine: BLAKE2b."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> (64 - bits)


def identity(kind: str, name: str | int) -> int:
    """The stable 64-bit id of a thing: its kind in the top 4 bits, 60 bits of hash. 5 and "5" are the same name.

    Raises ValueError for a kind that is not in KINDS.
    """
    return KINDS.index(kind) << 60 | stable_hash(str(name), 60)


@lru_cache(maxsize=4096)
def stream(*words: str) -> int:
    """The 20-bit name of what is drawn, e.g. ("Work", "responder", "search")."""
    return stable_hash("\x1f".join(words), 20)


def check_streams(streams: dict[tuple[str, ...], int]) -> None:
    """Raises CapacityError when two names share a key, naming both: they would share their luck."""
    owner: dict[int, tuple[str, ...]] = {}
    for name, key in streams.items():
        first = owner.setdefault(key, name)
        if first != name:
            raise CapacityError(f"{' '.join(first)!r} and {' '.join(name)!r} have the same key of chance {key:#x}; "
                                "rename one of them")


def address_n(n: int) -> int:
    """`n` as it may stand in an address; engines call it (or make its comparison) before they draw.

    Raises CapacityError from 256 on: a leg that begins the same instruction so often has no fresh luck left.
    """
    if not 0 <= n < REPEATS:
        raise CapacityError(f"a leg began the same instruction for the {n + 1}th time; at most {REPEATS} times can "
                            "be drawn for; bound the loop in the script")
    return n


@njit(_INT(_UINT, _UINT, _UINT), cache=True)
def leg_key(parent_key: Whole, place_key: Whole, round: Whole) -> Whole:
    """The 32-bit key of the leg that `parent_key` (ROOT_LEG in the root) opens at a place for the round-th time.

    place_key: any stable 64-bit id of the place, so that a new place moves nobody's luck. The mixing is the finaliser
    of SplitMix64 (G. L. Steele et al., OOPSLA 2014), once for the place and once for the round.
    """
    z = np.uint64(parent_key)
    for word in (np.uint64(place_key), np.uint64(round)):
        z = (z ^ word) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return np.int64(z >> np.uint64(32))


@njit(cache=True)
def _philox_round(a: Whole, b: Whole, c: Whole, d: Whole, x: Whole, y: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    low = np.uint64(0xFFFFFFFF)
    high = np.uint64(32)
    # The masks change nothing; they tell the compiler that two products of 32 bits will do.
    first = np.uint64(0xD2511F53) * (a & low)
    second = np.uint64(0xCD9E8D57) * (c & low)
    return (second >> high) ^ b ^ x, second & low, (first >> high) ^ d ^ y, first & low


@njit(cache=True, inline="always")
def philox(c0: Whole, c1: Whole, c2: Whole, c3: Whole, k0: Whole, k1: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Philox 4x32-10: four 32-bit words of chance for four counter words and two key words."""
    low = np.uint64(0xFFFFFFFF)
    a, b, c, d = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    x, y = np.uint64(k0), np.uint64(k1)
    # Written out and inlined: only without an inner loop or call does a loop over many addresses become one over
    # vectors of eight, which makes a draw ten times as cheap.
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    x, y = (x + np.uint64(0x9E3779B9)) & low, (y + np.uint64(0xBB67AE85)) & low
    a, b, c, d = _philox_round(a, b, c, d, x, y)
    return a, b, c, d


@njit(cache=True, inline="always")
def _at(seed: Whole, replication: Whole, case: Whole, leg: Whole, tail: Whole) -> Whole:
    word = np.uint64(case)
    a, b, _, _ = philox(word & np.uint64(0xFFFFFFFF), word >> np.uint64(32), leg, tail, seed, replication)
    return (b << np.uint64(32)) | a


@njit(_UINT(_UINT, _UINT, _UINT, _UINT, _UINT, _UINT), cache=True)
def bits(seed: Whole, replication: Whole, case: Whole, leg: Whole, stream: Whole, n: Whole) -> Whole:
    """The 64 bits (uint64) of chance at an address. `n` must have passed `address_n`."""
    return _at(seed, replication, case, leg, (np.uint64(stream) << np.uint64(12)) | np.uint64(n))


@njit(_UINT[::1](_UINT, _UINT, _UINTS, _UINT, _UINT, _UINT), cache=True)
def bits_many(seed: Whole, replication: Whole, cases: Bits, leg: Whole, stream: Whole, n: Whole) -> Bits:
    """`bits` for each of many cases: uint64[len(cases)]."""
    many = np.empty(len(cases), np.uint64)
    tail = (np.uint64(stream) << np.uint64(12)) | np.uint64(n)
    for i in range(len(cases)):
        many[i] = _at(seed, replication, cases[i], leg, tail)
    return many


@njit(_UINT[::1](_UINT, _UINT, _UINTS, _UINTS, _UINT, _UINT), cache=True)
def bits_of_legs(seed: Whole, replication: Whole, cases: Bits, legs: Bits, stream: Whole, n: Whole) -> Bits:
    """`bits` for each of many legs of cases, aligned: uint64[len(cases)]."""
    many = np.empty(len(cases), np.uint64)
    tail = (np.uint64(stream) << np.uint64(12)) | np.uint64(n)
    for i in range(len(cases)):
        many[i] = _at(seed, replication, cases[i], legs[i], tail)
    return many


@njit(_FLOAT(_UINT), cache=True)
def unit(bits: Whole) -> float:
    """Bits as a number in the open interval (0, 1)."""
    # 52 bits and a half: with 53 the largest would round to 1.
    return (np.float64(np.uint64(bits) >> np.uint64(12)) + 0.5) * 2.0**-52


@njit(_FLOAT[::1](_UINTS), cache=True)
def unit_many(bits: Bits) -> Floats:
    """`unit` for each: float64[len(bits)]."""
    many = np.empty(len(bits))
    for i in range(len(bits)):
        many[i] = unit(bits[i])
    return many


@njit
def draw_at(numbers: Any, first: Whole, bits: Whole) -> Whole:
    """`draw` from the law whose table stands among `numbers` from `first` on."""
    u = np.uint64(bits)
    above = u >> np.uint64(63) == np.uint64(1)
    if above:
        u = ~u
    # Half of all draws stop at the first octave, a quarter at the second: no search is cheaper.
    octave = OCTAVES - 1
    while octave >= 0 and u < np.uint64(1) << np.uint64(octave + 63 - OCTAVES):
        octave -= 1
    if octave >= 0:
        width = np.uint64(octave + 57 - OCTAVES)
        knot = 1 + octave * CELLS + np.int64((u >> width) & np.uint64(CELLS - 1))
    else:
        width = np.uint64(63 - OCTAVES)
        knot = np.int64(0)
    part = u & ((np.uint64(1) << width) - np.uint64(1))
    # 31 bits of the way through the cell, so that neither product below can overflow.
    part = part >> (width - np.uint64(31)) if width > np.uint64(31) else part << (np.uint64(31) - width)
    way = np.int64(part)
    if above:
        last = first + 2 * HALF - knot
        step = numbers[last] - numbers[last - 1]
        return numbers[last] - ((step >> 31) * way + (((step & 0x7FFFFFFF) * way) >> 31))
    knot += first
    step = numbers[knot + 1] - numbers[knot]
    return numbers[knot] + (step >> 31) * way + (((step & 0x7FFFFFFF) * way) >> 31)


@njit(_INT(_INTS, _UINT), cache=True)
def draw(table: Ticks, bits: Whole) -> Whole:
    """The value of a law (int64, in ticks) for some bits; never falls when the bits grow, never below 0."""
    return draw_at(table, 0, bits)


@njit(_INT[::1](_INTS, _UINTS), cache=True)
def draw_many(table: Ticks, bits: Bits) -> Ticks:
    """`draw` for each: int64[len(bits)]."""
    many = np.empty(len(bits), np.int64)
    for i in range(len(bits)):
        many[i] = draw(table, bits[i])
    return many


@njit(_INT(_UINTS, _UINT), cache=True)
def draw_count(table: Bits, bits: Whole) -> Whole:
    """A whole number >= 1 from a table of `count_pareto`; never falls when the bits grow."""
    below, above = 0, len(table)
    while below < above:
        middle = (below + above) // 2
        if table[middle] <= np.uint64(bits):
            below = middle + 1
        else:
            above = middle
    return 1 + below


def constant(mean: float) -> Ticks:
    """Always the mean."""
    return _table(np.full(2 * HALF + 1, float(mean)))


# Cached, as `lognormal` is: every desk of a future asks for the same few laws.
@lru_cache(maxsize=128)
def exponential(mean: float) -> Ticks:
    """The memoryless law."""
    return _table(mean * _exponential_knots())


@lru_cache(maxsize=128)
def lognormal(mean: float, variation: float) -> Ticks:
    """The law whose logarithm is normal; variation 0 is always the mean."""
    _check(variation >= 0, f"a variation of {variation}", "a number >= 0")
    if variation**2 == 0:
        return constant(mean)
    return _table(mean * _lognormal_knots(variation))


def gamma(mean: float, variation: float) -> Ticks:
    """The gamma law (variation 1: exponential; 0: always the mean)."""
    _check(variation >= 0, f"a variation of {variation}", "a number >= 0")
    if variation == 0:
        return constant(mean)
    return _table(mean * _gamma_knots(variation))


def weibull(mean: float, shape: float) -> Ticks:
    """The Weibull law (shape 1: exponential; below 1: heavier tail)."""
    _check(shape > 0, f"a shape of {shape}", "a number > 0")
    scale = mean / special.gamma(1 + 1 / shape)
    below, above = _knots()
    return _table(_joined(scale * (-np.log1p(-below))**(1 / shape), scale * (-np.log(above))**(1 / shape)))


def uniform(low: float, high: float) -> Ticks:
    """Every value from low to high alike."""
    _check(low <= high, f"{low} to {high}", "low <= high")
    below, above = _knots()
    return _table(_joined(low + below * (high - low), high - above * (high - low)))


def triangular(low: float, mode: float, high: float) -> Ticks:
    """Rising from low to mode, falling to high."""
    _check(low <= mode <= high, f"{low}, {mode}, {high}", "low <= mode <= high")
    width = high - low
    if width == 0:
        return constant(low)
    below, above = _knots()
    rise, fall = (mode - low) * width, (high - mode) * width
    left, right = low + np.sqrt(below * rise), high - np.sqrt((1 - below) * fall)
    low_half = np.where(below * width <= mode - low, left, right)
    left, right = low + np.sqrt((1 - above) * rise), high - np.sqrt(above * fall)
    return _table(_joined(low_half, np.where(above * width >= high - mode, left, right)))


def empirical(sample: Sequence[float] | Floats | Ticks) -> Ticks:
    """Values like those of a sample, in between too; Hazen's quantiles, which keep the sample's mean."""
    _check(len(sample) > 0, "an empty sample", "at least one value")
    below, above = _knots()
    values = np.asarray(sample, float)
    return _table(_joined(np.quantile(values, below, method="hazen"), np.quantile(values, 1 - above, method="hazen")))


def count_pareto(tail: float, cap: int) -> Bits:
    """Heavy-tailed whole numbers: k or more with chance k**-tail, and nothing above cap. For `draw_count`.

    uint64[cap - 1]: entry k - 1 is the chance of k or fewer, in 64 bits.
    """
    _check(tail > 0, f"a tail of {tail}", "a number > 0")
    _check(cap >= 1, f"a cap of {cap}", "a whole number >= 1")
    more = (np.arange(2, cap + 1, dtype=float)**-tail * 2.0**64).astype(np.uint64)
    return np.uint64(2**64 - 1) - more


def _joined(below: Floats, above: Floats) -> Floats:
    """Quantiles at the knots of both halves in rising order, that of u = 1/2 taken once."""
    return np.concatenate([below, above[-2::-1]])


def _table(quantiles: Floats) -> Ticks:
    """Quantiles at all knots as a rising table of whole ticks."""
    values = np.floor(quantiles)
    _check(bool(values[0] >= 0), f"a law that begins at {values[0]} ticks", "times of 0 or more")
    if not values[-1] < LONGEST:
        raise CapacityError(f"a law reaches {values[-1]:.3g} ticks; at most {LONGEST:.3g} fit; "
                            "make its mean or its variation smaller")
    # Rounding may turn neighbouring quantiles round by a tick; it seldom does, and looking costs less than mending.
    if (values[1:] < values[:-1]).any():
        values = np.maximum.accumulate(values)
    table = values.astype(np.int64)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=1)
def _knots() -> tuple[Floats, Floats]:
    """u at the knots up to 1/2, and 1 - u at those of the upper half, from the end inwards."""
    first = 2.0 ** -(OCTAVES + 1)
    octaves = first * 2.0 ** np.arange(OCTAVES)[:, None] * (1 + np.arange(CELLS) / CELLS)
    below = np.concatenate([[0.0], octaves.ravel(), [0.5]])
    above = below.copy()
    above[0] = first / 2
    return below, above


@lru_cache(maxsize=1)
def _exponential_knots() -> Floats:
    """Quantiles of the memoryless law of mean 1."""
    below, above = _knots()
    return _joined(-np.log1p(-below), -np.log(above))


@lru_cache(maxsize=64)
def _lognormal_knots(variation: float) -> Floats:
    """Quantiles of the log-normal law of mean 1."""
    below, above = _knots()
    sigma = np.sqrt(np.log1p(variation**2))
    lower, upper = special.ndtri(below), -special.ndtri(above)
    return _joined(np.exp(sigma * lower - sigma**2 / 2), np.exp(sigma * upper - sigma**2 / 2))


@lru_cache(maxsize=256)
def _gamma_knots(variation: float) -> Floats:
    """Quantiles of the gamma law of mean 1."""
    below, above = _knots()
    shape = variation**-2
    return _joined(special.gammaincinv(shape, below) / shape, special.gammainccinv(shape, above) / shape)


def _check(holds: bool, got: str, expected: str) -> None:
    if not holds:
        raise ValueError(f"{got} makes no law of chance; expected {expected}")
