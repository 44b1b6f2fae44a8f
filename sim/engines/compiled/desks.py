"""A desk in compiled code: its queue, its clerks, its own book (engine rules 3, 4, 29).

A queue is one doubly linked list of jobs for each priority class, in the order (tick of joining, case, serial). A
newcomer joins at the end and steps forward only past those of its own tick.
"""

from typing import Any

from sim import calendars
from sim.engines.compiled.compiling import compiled, inlined, view
from sim.engines.compiled.heap import push, rank
from sim.engines.compiled.layout import *

Words = Any


@inlined
def clerks_now(desk: int, desks: Words, tables: Words, now: int) -> int:
    """Clerks present; `now` never goes back, so the window is remembered."""
    many, at = desks[desk + WINDOWS_MANY], desks[desk + WINDOWS]
    window = desks[desk + WINDOW]
    if window < many and tables[at + many + window] <= now:
        while window < many and tables[at + many + window] <= now:
            window += 1
        desks[desk + WINDOW] = window
    if window == many or tables[at + window] > now:
        return 0
    return tables[at + 2 * many + window]


@compiled
def next_change(desk: int, desks: Words, tables: Words, now: int) -> int:
    """The first later tick at which the number of clerks changes; `clerks_now` has been asked in this tick."""
    many, at, window = desks[desk + WINDOWS_MANY], desks[desk + WINDOWS], desks[desk + WINDOW]
    if window == many:
        return NEVER
    opens = tables[at + window]
    return opens if opens > now else tables[at + many + window]


@inlined
def service_end(desk: int, desks: Words, tables: Words, now: int, work: int) -> int:
    """As `calendars.service_end`; within the open window that is remembered there is nothing to look up."""
    many, at, window = desks[desk + WINDOWS_MANY], desks[desk + WINDOWS], desks[desk + WINDOW]
    if now + work <= tables[at + many + window]:
        return now + work
    opens, closes, before = (view(tables, at, many), view(tables, at + many, many), view(tables, at + 3 * many, many))
    return calendars.service_end(opens, closes, before, now, work)


@inlined
def call_hand_out(desk: int, run: Words, tables: Words, desks: Words, heap: Words, soon: Words) -> None:
    """A hand-out in this tick if a clerk is free, else at the next change of staff. The first that one event calls
    for is only noted: most often it is the next event, and the kernel does it at once."""
    now = run[NOW]
    order = rank(HAND_OUT, 0, 0, desks[desk + NUMBER_OF_DESK])
    if desks[desk + BUSY] < clerks_now(desk, desks, tables, now):
        if desks[desk + HANDED_OUT_AT] != now:
            desks[desk + HANDED_OUT_AT] = now
            if run[TO_HAND_OUT] < 0:
                run[TO_HAND_OUT] = desk
            else:
                push(soon, run, SOON_SIZE, now, order, desk)
    elif desks[desk + WAKES_AT] <= now:
        desks[desk + WAKES_AT] = next_change(desk, desks, tables, now)
        if desks[desk + WAKES_AT] <= run[END]:
            push(heap, run, HEAP_SIZE, desks[desk + WAKES_AT], order, desk)


@inlined
def join(frame: int, desk: int, priority: int, now: int, frames: Words, desks: Words) -> None:
    """To the end of its class, past those of the same tick with a higher (case, serial)."""
    desks[desk + CAME] += 1
    desks[desk + WAITS] += 1
    frames[frame + JOB], frames[frame + DESK], frames[frame + CLASS] = IN_QUEUE, desk, priority
    frames[frame + QUEUED], frames[frame + SERVED_FROM] = now, -1
    before = desks[desk + TAILS + priority]
    while before >= 0 and frames[before + QUEUED] == now and (
            frames[before + CASE] > frames[frame + CASE]
            or (frames[before + CASE] == frames[frame + CASE] and frames[before + SERIAL] > frames[frame + SERIAL])):
        before = frames[before + AHEAD]
    after = frames[before + BEHIND] if before >= 0 else desks[desk + HEADS + priority]
    frames[frame + AHEAD], frames[frame + BEHIND] = before, after
    if before >= 0:
        frames[before + BEHIND] = frame
    else:
        desks[desk + HEADS + priority] = frame
    if after >= 0:
        frames[after + AHEAD] = frame
    else:
        desks[desk + TAILS + priority] = frame


@inlined
def unlink(frame: int, desk: int, frames: Words, desks: Words) -> None:
    before, after, priority = frames[frame + AHEAD], frames[frame + BEHIND], frames[frame + CLASS]
    if before >= 0:
        frames[before + BEHIND] = after
    else:
        desks[desk + HEADS + priority] = after
    if after >= 0:
        frames[after + AHEAD] = before
    else:
        desks[desk + TAILS + priority] = before
    desks[desk + WAITS] -= 1


@compiled
def leave(frame: int, desk: int, frames: Words, desks: Words) -> None:
    """Abandoned in the queue: it leaves in that tick."""
    unlink(frame, desk, frames, desks)
    desks[desk + GONE] += 1


@compiled
def first_in_queue(desk: int, desks: Words) -> int:
    for priority in range(CLASSES):
        if desks[desk + HEADS + priority] >= 0:
            return desks[desk + HEADS + priority]
    return -1


@compiled
def hand_out(desk: int, run: Words, tables: Words, frames: Words, desks: Words, heap: Words, soon: Words) -> None:
    """One station gives its free clerks to its queue (rule 3)."""
    now = run[NOW]
    desks[desk + HANDED_OUT_AT] = -1
    clerks = clerks_now(desk, desks, tables, now)
    while desks[desk + WAITS] > 0 and desks[desk + BUSY] < clerks:
        frame = first_in_queue(desk, desks)
        unlink(frame, desk, frames, desks)
        begin(frame, desk, run, tables, frames, desks, heap, soon)
    if desks[desk + WAITS] > 0:
        call_hand_out(desk, run, tables, desks, heap, soon)


@inlined
def begin(frame: int, desk: int, run: Words, tables: Words, frames: Words, desks: Words, heap: Words,
          soon: Words) -> None:
    """A clerk takes a job up; one that ends after the run, or never, has no event."""
    now = run[NOW]
    desks[desk + BUSY] += 1
    desks[desk + BEGUN] += 1
    desks[desk + WAITED_TIME] += now - frames[frame + QUEUED]
    frames[frame + JOB], frames[frame + SERVED_FROM] = IN_SERVICE, now
    frames[frame + HOLDS] += 1
    ends = service_end(desk, desks, tables, now, frames[frame + SERVICE])
    order = rank(READY, 0, frames[frame + CASE], frames[frame + SERIAL])
    if ends == now:
        push(soon, run, SOON_SIZE, now, order, frame)
    elif ends <= run[END]:
        push(heap, run, HEAP_SIZE, ends, order, frame)
