"""A screening station without an event list: each look-up begins when it has come and a server is free, no sooner.

Exact for first come, first served with servers that are always there and do nothing else (J. Kiefer and J. Wolfowitz,
On the theory of queues with many servers, Transactions of the AMS 78, 1955); `sim.screening.why_not_exact` says where
it would not be. Whole numbers only: ticks are int64 microseconds, and arrivals are added up in 1024ths of a tick, lest
rounding each of many short gaps down bring too many look-ups. Memory is constant: nothing is kept of a look-up but
what is counted, and the hits of one block.
"""

from typing import Any

import numpy as np
from numba import njit

from sim.draws import Bits, Ticks
from sim.engines.screening.luck import ROW, fill_bits, fill_draws, whole_log2

Whole = Any         # int in Python, int64 or uint64 inside compiled code
FINE_BITS = 10      # gaps are drawn in 2**-FINE_BITS ticks
FAR = 2**62         # later than anything
IN_ORDER = 256      # servers up to which all free times are kept in order; above, in a heap

PER_OCTAVE_BITS = 5
PER_OCTAVE = 1 << PER_OCTAVE_BITS
BINS = (53 - PER_OCTAVE_BITS + 1) * PER_OCTAVE     # of a histogram, see `bin_of`

# Columns of `counts`. SEEN and later: of look-ups that come in the observed window.
CAME, BEGAN, ENDED, HITS, WAITED, LONGEST, WORK, BUSY, SEEN, SEEN_BEGAN, SEEN_ENDED, SEEN_HITS = range(12)
# Columns of `state`, from which the next block goes on: look-ups made, arrival of the last in 1024ths of a tick, and
# 1 when the stream has come to the end of the run.
NUMBER, MOMENT, OVER = range(3)


@njit(cache=True)
def bin_of(ticks: Whole) -> Whole:
    """The bin of a time below 2**53 ticks: its own up to 63 ticks, then 32 to an octave."""
    shift = max(whole_log2(ticks | 1) - PER_OCTAVE_BITS, 0)
    return (shift << PER_OCTAVE_BITS) + (ticks >> shift)


@njit(cache=True)
def round_down(ticks: Ticks, grain: Whole) -> None:
    if grain > 1:
        for i in range(ROW):
            ticks[i] -= ticks[i] % grain


@njit(cache=True)
def serve_in_order(free: Ticks, came: Ticks, service: Ticks, many: Whole, end: Whole, began: Ticks) -> Whole:
    """Begin `many` look-ups; the number of those begun before the end.

    free  int64[c + 1] when each server is free again, rising, then FAR. The earliest leaves and the new time is put in
          its place by looking at all: without a branch that costs less than a search up to a few hundred servers.
    """
    servers = len(free) - 1
    for i in range(many):
        began[i] = max(came[i], free[0])
        if began[i] >= end:
            return i
        until = began[i] + service[i]
        for k in range(servers):
            free[k] = min(free[k + 1], max(until, free[k]))
    return many


@njit(cache=True)
def serve_by_heap(free: Ticks, came: Ticks, service: Ticks, many: Whole, end: Whole, began: Ticks) -> Whole:
    """As `serve_in_order`, with free[:c] a binary heap: the new time takes the place of the earliest and sinks."""
    servers = len(free) - 1
    for i in range(many):
        began[i] = max(came[i], free[0])
        if began[i] >= end:
            return i
        until = began[i] + service[i]
        here, child = 0, 1
        while child < servers:
            if free[child + 1] < free[child]:      # of the last one FAR stands there
                child += 1
            if free[child] >= until:
                break
            free[here] = free[child]
            here, child = child, 2 * child + 1
        free[here] = until
    return many


@njit(cache=True)
def count_all(came: Ticks, began: Ticks, service: Ticks, begun: Whole, end: Whole, counts: Ticks, ended: Ticks) -> None:
    """Count the look-ups of a row that were begun; when they end goes to `ended`."""
    done, waited, longest, work, busy = 0, 0, counts[LONGEST], 0, 0
    for i in range(begun):
        ended[i] = began[i] + service[i]
        waited += began[i] - came[i]
        longest = max(longest, began[i] - came[i])
        busy += min(ended[i], end) - began[i]
        if ended[i] <= end:
            done += 1
            work += service[i]
    counts[BEGAN] += begun
    counts[ENDED] += done
    counts[WAITED] += waited
    counts[LONGEST] = longest
    counts[WORK] += work
    counts[BUSY] += busy


@njit(cache=True)
def count_seen(came: Ticks, began: Ticks, ended: Ticks, low: Whole, high: Whole, end: Whole, limits: Ticks,
               counts: Ticks, within: Ticks, waits: Ticks, answers: Ticks) -> None:
    """Count look-ups low to high - 1 of a row: those that came in the observed window and were begun."""
    for i in range(low, high):
        waits[bin_of(began[i] - came[i])] += 1
    for i in range(low, high):
        if ended[i] <= end:
            counts[SEEN_ENDED] += 1
            answers[bin_of(ended[i] - came[i])] += 1
            limit = 0
            while ended[i] - came[i] > limits[limit]:
                limit += 1
            within[limit] += 1
    counts[SEEN_BEGAN] += max(high - low, 0)


@njit(cache=True)
def keep_hits(bits: Bits, below: Whole, number: Whole, came: Ticks, ended: Ticks, begun: Whole, low: Whole, high: Whole,
              end: Whole, counts: Ticks, hits: Any, found: Whole) -> Whole:
    """Write the hits of a row behind the `found` ones of the block; how many there are then."""
    for i in range(begun):
        if np.int64(bits[i] >> np.uint64(12)) < below and ended[i] <= end:
            hits[found, 0], hits[found, 1], hits[found, 2] = number + i, came[i], ended[i]
            found += 1
            counts[HITS] += 1
            counts[SEEN_HITS] += low <= i < high
    return found


@njit(cache=True)
def advance(seed: Whole, replication: Whole, first: Whole, many: Whole, streams: Bits, gap: Ticks, time: Ticks,
            hit_below: Whole, grain: Whole, observe_from: Whole, observe_until: Whole, end: Whole, limits: Ticks,
            state: Ticks, free: Ticks, counts: Ticks, within: Ticks, waits: Ticks, answers: Ticks, hits: Any) -> Whole:
    """Serve up to `many` look-ups more (a multiple of ROW); how many hits were written.

    first      id of look-up 0: look-up k is drawn for at the case first + k, leg 0
    streams    uint64[3] of the gap before a look-up, of its service, of its hit
    gap, time  tables of `sim.draws`: of gaps in 1024ths of a tick, of services in ticks
    hit_below  a look-up hits when the upper 52 of its 64 bits are below it: 2**52 times the share
    grain      arrivals and services are rounded down to a multiple of so many ticks
    limits     int64[L] ticks, rising, the last FAR
    state      int64[3], see NUMBER
    free       int64[c + 1], see `serve_in_order`; all servers free at tick 0: c zeros, then FAR
    counts     int64[12], see CAME; added to, LONGEST excepted
    within     int64[L] observed look-ups answered within limits[l] and not within limits[l - 1]
    waits      int64[BINS] from arrival to begin, of observed look-ups that began
    answers    int64[BINS] from arrival to end, of observed look-ups that ended
    hits       int64[>= many, 3] number, arrival and answer of each hit answered by the end, by number

    A look-up comes by `end` or not at all, begins before it, and ends by it or is in service: a desk's windows are
    half-open, and a service may end exactly at the close.
    """
    words, bits = np.empty((4, ROW), np.uint32), np.empty(ROW, np.uint64)
    scratch, rows = np.empty((3, ROW), np.int64), np.empty((4, ROW), np.int64)
    came, service, began, ended = rows[0], rows[1], rows[2], rows[3]
    found = 0
    for _ in range(0, many, ROW):
        case = np.uint64(first) + np.uint64(state[NUMBER])
        fill_bits(seed, replication, case, streams[0], words, bits)
        fill_draws(gap, bits, scratch, came)
        moment = state[MOMENT]
        for i in range(ROW):
            moment = min(moment + came[i], FAR)     # rare look-ups: a row of them may last for centuries
            came[i] = moment >> FINE_BITS
        state[MOMENT] = moment
        round_down(came, grain)
        fill_bits(seed, replication, case, streams[1], words, bits)
        fill_draws(time, bits, scratch, service)
        round_down(service, grain)
        arrived = np.searchsorted(came, end, side="right")
        low = min(np.searchsorted(came, observe_from, side="left"), arrived)
        high = min(np.searchsorted(came, observe_until, side="left"), arrived)
        counts[CAME] += arrived
        counts[SEEN] += max(high - low, 0)
        if len(free) <= IN_ORDER + 1:
            begun = serve_in_order(free, came, service, arrived, end, began)
        else:
            begun = serve_by_heap(free, came, service, arrived, end, began)
        high = min(high, begun)
        count_all(came, began, service, begun, end, counts, ended)
        count_seen(came, began, ended, low, high, end, limits, counts, within, waits, answers)
        if hit_below > 0:
            fill_bits(seed, replication, case, streams[2], words, bits)
            found = keep_hits(bits, hit_below, state[NUMBER], came, ended, begun, low, high, end, counts, hits, found)
        state[NUMBER] += ROW
        if arrived < ROW:
            state[OVER] = 1
            break
    return found
