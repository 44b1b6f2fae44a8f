"""The event list: a binary heap of three words an event (tick, rank, row), behind two functions.

Events of one tick are ordered by rank (engine rule 2), which holds (kind, depth, case, serial) and is never the same
for two events that both matter.
"""

from typing import Any

from sim.engines.compiled.compiling import compiled, inlined
from sim.engines.compiled.layout import CASE_BITS, DEPTH_BITS, EVENT_WIDTH, KIND_BITS

Words = Any


@compiled
def rank(kind: int, depth: int, case: int, serial: int) -> int:
    return kind << KIND_BITS | depth << DEPTH_BITS | case << CASE_BITS | serial


@inlined
def push(heap: Words, run: Words, size: int, tick: int, order: int, row: int) -> None:
    """Add an event; `size` is the word of `run` that counts the heap's events. The caller has seen to the room."""
    run[size] += 1
    _rise(heap, run[size] - 1, tick, order, row)


@compiled
def _rise(heap: Words, at: int, tick: int, order: int, row: int) -> None:
    """Put an event where it belongs on the way from the hole `at` to the top."""
    while at > 0:
        above = (at - 1) >> 1
        there = above * EVENT_WIDTH
        if heap[there] < tick or (heap[there] == tick and heap[there + 1] <= order):
            break
        here = at * EVENT_WIDTH
        heap[here], heap[here + 1], heap[here + 2] = heap[there], heap[there + 1], heap[there + 2]
        at = above
    here = at * EVENT_WIDTH
    heap[here], heap[here + 1], heap[here + 2] = tick, order, row


@compiled
def pop(heap: Words, run: Words, size: int) -> None:
    """Take the first event away; read it at `heap[0:3]` before.

    The hole sinks to the bottom by way of the smaller child, then the last event rises from there: it belongs near the
    bottom, so that it need not be compared on the way down (I. Wegener, Theoretical Computer Science 118, 1993). The
    smaller child is computed, not branched on: which it is nobody could predict.
    """
    last = run[size] - 1
    run[size] = last
    at, below = 0, 1
    while below < last:
        there = below * EVENT_WIDTH
        beside = there + EVENT_WIDTH
        second = (heap[beside] < heap[there]) | ((heap[beside] == heap[there]) & (heap[beside + 1] < heap[there + 1]))
        below += second
        there += second * EVENT_WIDTH
        here = at * EVENT_WIDTH
        heap[here], heap[here + 1], heap[here + 2] = heap[there], heap[there + 1], heap[there + 2]
        at = below
        below = 2 * at + 1
    end = last * EVENT_WIDTH
    _rise(heap, at, heap[end], heap[end + 1], heap[end + 2])
