"""The event list: a binary heap of three words an event (tick, rank, row), behind two functions.

Events of one tick are ordered by rank (engine rule 2), which holds (kind, depth, case, serial) and is never the same
for two events that both matter.
"""

from typing import Any

from sim.engines.compiled.compiling import compiled
from sim.engines.compiled.layout import CASE_BITS, DEPTH_BITS, EVENT_WIDTH, KIND_BITS

Words = Any


@compiled
def rank(kind: int, depth: int, case: int, serial: int) -> int:
    return kind << KIND_BITS | depth << DEPTH_BITS | case << CASE_BITS | serial


@compiled
def push(heap: Words, run: Words, size: int, tick: int, order: int, row: int) -> None:
    """Add an event; `size` is the word of `run` that counts the heap's events. The caller has seen to the room."""
    at = run[size]
    run[size] = at + 1
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
    """Take the first event away; read it at `heap[0:3]` before."""
    last = run[size] - 1
    run[size] = last
    end = last * EVENT_WIDTH
    tick, order, row = heap[end], heap[end + 1], heap[end + 2]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= last:
            break
        there = below * EVENT_WIDTH
        if below + 1 < last:
            beside = there + EVENT_WIDTH
            if heap[beside] < heap[there] or (heap[beside] == heap[there] and heap[beside + 1] < heap[there + 1]):
                below, there = below + 1, beside
        if tick < heap[there] or (tick == heap[there] and order <= heap[there + 1]):
            break
        here = at * EVENT_WIDTH
        heap[here], heap[here + 1], heap[here + 2] = heap[there], heap[there + 1], heap[there + 2]
        at = below
    here = at * EVENT_WIDTH
    heap[here], heap[here + 1], heap[here + 2] = tick, order, row
