"""The compiled engine's loop: the next event, the one frame it moves, until that frame blocks (engine rules 1 to 9).

`simulate` may be called again: all state lives in the arrays it is handed, and it stops between two events when rows
must be fetched, an array must grow, or the block of cases is used up.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from sim import calendars, draws, laws
from sim.engines.compiled.answers import answered
from sim.engines.compiled.compiling import compiled, inlined, pointer
from sim.engines.compiled.desks import call_hand_out, hand_out, join
from sim.engines.compiled.frames import (
    end,
    leave_case,
    let_go,
    new_case,
    new_frame,
    new_row,
    own_leg,
    release,
    write_closing,
    write_leg,
    write_step,
)
from sim.engines.compiled.heap import pop, push, rank
from sim.engines.compiled.instructions import BLOCKED, begun
from sim.engines.compiled.layout import *
from sim.needs import KNOWN_PRINT
from sim.needs.rows import NO_ATTACK

Words = Any
START = -2                    # the answer of a frame that is about to begin
STAYS = -1                    # no frame moves


@compiled
def events(run: Words, tables: Words, law: Words, stream: Words, details: Words, pool: Words, frames: Words,
           cases: Words, desks: Words, heap: Words, soon: Words, stores: Words, legs: Words, steps: Words,
           messages: Words, closings: Words) -> int:
    """Handle events up to the end of the run, or until the caller must do something; why it stopped."""
    last = run[END]
    while True:
        if run[SURE] <= 0:
            code = room(run, tables)
            if code != FINISHED:
                return code
        run[SURE] -= 1
        at = run[NEXT_CASE]
        arrival = stream[at * STREAM_WIDTH] if at < run[LAST_CASE] else NEVER
        later = heap[0] if run[HEAP_SIZE] > 0 else NEVER
        tick = run[NOW] if run[SOON_SIZE] > 0 else min(arrival, later)
        if at == run[LAST_CASE] and run[LAST_BLOCK] == 0:
            return MORE_CASES
        if tick > last:
            return FINISHED
        run[NOW] = tick
        frame, answer = STAYS, 0
        if arrival == tick:
            run[NEXT_CASE] = at + 1
            if stream[at * STREAM_WIDTH + STATION] >= 0:
                own_work(at, run, tables, stream, frames, desks, heap, soon)
            else:
                frame, answer = arrive(at, run, tables, stream, details, frames, cases), START
        else:
            if run[SOON_SIZE] == 0 or (later == tick and heap[1] < soon[1]):
                order, row = heap[1], heap[2]
                pop(heap, run, HEAP_SIZE)
            else:
                order, row = soon[1], soon[2]
                pop(soon, run, SOON_SIZE)
            kind = order >> KIND_BITS
            if kind == READY:
                frame, answer = woken(row, run, tables, law, frames, cases, desks, heap, soon, pool, stores, legs,
                                      steps, closings)
            elif kind == HAND_OUT:
                hand_out(row, run, tables, frames, desks, heap, soon)
            elif kind == JOIN:
                frame, answer = joined(row, run, tables, frames, cases, desks, heap, soon, legs, steps, closings)
            else:
                frame, answer = expired(row, order, run, tables, frames, cases, desks, heap, soon, legs, steps,
                                        closings)
        if frame >= 0:
            advance(frame, answer, run, tables, frames, cases, desks, heap, soon, pool, stores, legs, messages,
                    closings)
        if run[TO_HAND_OUT] >= 0:
            hand_out_or_wait(run, tables, stream, frames, desks, heap, soon)
        if run[FAULT] != 0:
            return run[FAULT]


@compiled
def room(run: Words, tables: Words) -> int:
    """Whether one more event fits whatever it does, and for how many more that is sure (`SURE`). One event ends at
    most all frames of a case and begins at most one for each place, which the next may end."""
    most = run[MOST_SERIAL] + tables[MANY_PLACES] + RESERVE
    if (run[LEGS_SIZE] + most > run[LEGS_ROOM] or run[STEPS_SIZE] + most > run[STEPS_ROOM]
            or run[MESSAGES_SIZE] + RESERVE > run[MESSAGES_ROOM] or run[CLOSINGS_SIZE] + RESERVE > run[CLOSINGS_ROOM]):
        return FULL_ROWS
    more = tables[MANY_PLACES] + RESERVE
    if (run[USED_FRAMES] + more > run[FRAMES_ROOM] or run[USED_CASES] + 1 > run[CASES_ROOM]
            or run[HEAP_SIZE] + most + more > run[HEAP_ROOM] or run[SOON_SIZE] + most + more > run[SOON_ROOM]):
        return FULL_STATE
    rows = min(run[LEGS_ROOM] - run[LEGS_SIZE], run[STEPS_ROOM] - run[STEPS_SIZE]) // most
    sent = min(run[MESSAGES_ROOM] - run[MESSAGES_SIZE], run[CLOSINGS_ROOM] - run[CLOSINGS_SIZE]) // RESERVE
    begun_ = min((run[FRAMES_ROOM] - run[USED_FRAMES]) // more, run[CASES_ROOM] - run[USED_CASES])
    heaps = min(run[HEAP_ROOM] - run[HEAP_SIZE], run[SOON_ROOM] - run[SOON_SIZE]) // (most + more)
    run[SURE] = min(min(rows, sent), min(begun_, heaps))
    return FINISHED


@inlined
def hand_out_or_wait(run: Words, tables: Words, stream: Words, frames: Words, desks: Words, heap: Words,
                     soon: Words) -> None:
    """The hand-out an event called for: at once where nothing else is due in this tick, else in its turn."""
    desk, now, at = run[TO_HAND_OUT], run[NOW], run[NEXT_CASE]
    run[TO_HAND_OUT] = -1
    known = at < run[LAST_CASE] or run[LAST_BLOCK] == 1
    if (known and run[SOON_SIZE] == 0 and (run[HEAP_SIZE] == 0 or heap[0] > now)
            and (at == run[LAST_CASE] or stream[at * STREAM_WIDTH] > now)):
        hand_out(desk, run, tables, frames, desks, heap, soon)
    else:
        push(soon, run, SOON_SIZE, now, rank(HAND_OUT, 0, 0, desks[desk + NUMBER_OF_DESK]), desk)


@inlined
def arrive(at: int, run: Words, tables: Words, stream: Words, details: Words, frames: Words, cases: Words) -> int:
    """A case of a script: its row, and its root frame."""
    case, detail = new_case(run, cases), stream[at * STREAM_WIDTH + DETAIL] * DETAIL_WIDTH
    for k in range(DETAIL_WIDTH):
        cases[case + k] = details[detail + k]
    cases[case + CASE_NUMBER], cases[case + NEXT_SERIAL] = run[FIRST_NUMBER] + at, 0
    cases[case + FRAMES_LIVE], cases[case + CLOSED] = 0, -1
    frame = new_frame(case, -1, run, tables, frames, cases)
    own_leg(frame, draws.ROOT_LEG, -1, -1, tables, frames)
    source = tables[SOURCES] + cases[case + CASE_SOURCE] * SOURCE_WIDTH
    frames[frame + NEXT], bind = tables[source + ENTRY], tables[source + BIND]
    for role in range(tables[ROLES]):
        place = tables[bind + role]
        frames[frame + BINDINGS + role] = cases[case + CASE_OPENER] if place == OPENER else place
    return frame


@inlined
def own_work(at: int, run: Words, tables: Words, stream: Words, frames: Words, desks: Words, heap: Words,
             soon: Words) -> None:
    """A desk's own work is a case of one step without a script."""
    here = at * STREAM_WIDTH
    frame, desk = new_row(run, tables, frames), stream[here + STATION]
    law, grain, kind = desks[desk + OWN_LAW], run[GRAIN], stream[here + LAW]
    if kind > 0:
        law = tables[tables[LOOK_UP_LAWS] + kind - 1]
    bits = draws.bits(np.uint64(run[SEED]), np.uint64(run[REPLICATION]), np.uint64(stream[here + ID]), np.uint64(0),
                      np.uint64(tables[OWN_STREAM]), np.uint64(0))
    frames[frame + STATE], frames[frame + CASE], frames[frame + SERIAL] = OWN, run[FIRST_NUMBER] + at, 0
    frames[frame + ROW], frames[frame + STEP], frames[frame + HOLDS] = -1, 0, 0
    frames[frame + SERVICE] = draws.draw_at(tables, law, bits) // grain * grain
    join(frame, desk, stream[here + PRIORITY], run[NOW], frames, desks)
    call_hand_out(desk, run, tables, desks, heap, soon)


@inlined
def woken(frame: int, run: Words, tables: Words, law: Words, frames: Words, cases: Words, desks: Words, heap: Words,
          soon: Words, pool: Words, stores: Words, legs: Words, steps: Words, closings: Words) -> tuple[int, int]:
    """A start, a service, a delivery or a wait ends: (frame that moves, its answer)."""
    job, state, answer, ruling, version = frames[frame + JOB], frames[frame + STATE], 0, -1, -1
    if job == IN_SERVICE:
        served(frame, run, tables, frames, desks, heap, soon)
    if state == OWN:
        write_step(frame, run[NOW], 0, -1, -1, run, tables, frames, desks, steps)
        write_closing(frames[frame + CASE], tables[WORD_DONE], frames[frame + QUEUED], run, closings)
        let_go(frame, run, frames)
        return STAYS, 0
    if job == IN_SERVICE or job == IN_MACHINE:
        row = frames[frame + ROW]
        if state == RUNNING:
            answer, ruling, version = answered(frame, row, run, tables, law, frames, cases, pool, stores)
        else:
            answer = -1
            leave_case(frames[frame + CASE_ROW], run, cases, closings)
        write_step(frame, run[NOW], answer, ruling, version, run, tables, frames, desks, steps)
    frames[frame + JOB] = NO_JOB
    let_go(frame, run, frames)
    if state != RUNNING:
        return STAYS, 0
    if job == LOST_ON_ITS_WAY:
        frames[frame + NEXT] = -1 - tables[WORD_LOST]
        return frame, START
    return frame, START if job == TO_START else answer


@inlined
def served(frame: int, run: Words, tables: Words, frames: Words, desks: Words, heap: Words, soon: Words) -> None:
    """A clerk is free again."""
    desk = frames[frame + DESK]
    desks[desk + BUSY] -= 1
    desks[desk + DONE] += 1
    desks[desk + WORKED_TIME] += frames[frame + SERVICE]
    if desks[desk + WAITS] > 0:
        call_hand_out(desk, run, tables, desks, heap, soon)


@compiled
def joined(parent: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
           soon: Words, legs: Words, steps: Words, closings: Words) -> tuple[int, int]:
    """The parent wakes: every leg that ended in the deciding tick has counted (rule 18)."""
    runs = frames[parent + STATE] == RUNNING and frames[parent + WAITING] == JOINING
    let_go(parent, run, frames)
    if not runs:
        return STAYS, 0
    answer = tables[tables[frames[parent + ROW] + ANSWER_OF] + frames[parent + BEST]]
    release(parent, run, tables, frames, cases, desks, heap, soon, legs, steps, closings)
    return parent, answer


@compiled
def expired(frame: int, order: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
            soon: Words, legs: Words, steps: Words, closings: Words) -> tuple[int, int]:
    """A deadline is stale unless the same frame still runs and its clock stands at this tick (rule 7)."""
    case, serial = (order >> CASE_BITS) & (MOST_CASES - 1), order & (MOST_FRAMES - 1)
    if (frames[frame + STATE] != RUNNING or frames[frame + CASE] != case or frames[frame + SERIAL] != serial
            or frames[frame + TIMED] < 0 or frames[frame + OVER] == 1 or frames[frame + STOPS] > 0
            or frames[frame + DUE_AT] > run[NOW]):
        return STAYS, 0
    parent = frames[frame + PARENT]
    if parent < 0 or frames[parent + WAITING] == NOT_WAITING:
        return STAYS, 0
    frames[frame + OVER] = 1
    release(parent, run, tables, frames, cases, desks, heap, soon, legs, steps, closings)
    return parent, tables[frames[parent + ROW] + ON_EXPIRED]


@inlined
def advance(frame: int, answer: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
            soon: Words, pool: Words, stores: Words, legs: Words, messages: Words, closings: Words) -> None:
    """Hand the frame its answer and perform what follows, until something takes time or the script returns."""
    then = frames[frame + NEXT] if answer == START else tables[tables[frames[frame + ROW] + THEN] + answer]
    while then >= 0:
        frames[frame + ROW] = then
        answer = begun(frame, then, run, tables, frames, cases, desks, heap, soon, pool, stores, messages,
                       closings)
        if answer == BLOCKED:
            return
        then = tables[tables[then + THEN] + answer]
    end(frame, -1 - then, run, tables, frames, cases, pool, heap, soon, stores, legs, closings)


@compiled
def close_books(run: Words, tables: Words, frames: Words, desks: Words, legs: Words, steps: Words, first: int) -> int:
    """Write what still waits, is served or runs as open, from the row of frames `first` on; where it stopped for want
    of room, or -1."""
    width = tables[FRAME_WIDTH]
    for number in range(first, run[USED_FRAMES]):
        if run[LEGS_SIZE] == run[LEGS_ROOM] or run[STEPS_SIZE] == run[STEPS_ROOM]:
            return number
        frame = number * width
        state, job = frames[frame + STATE], frames[frame + JOB]
        if state != FREE and (job == IN_SERVICE or job == IN_MACHINE or (job == IN_QUEUE and state != ENDED)):
            write_step(frame, -1, -1, -1, -1, run, tables, frames, desks, steps)
        if state == RUNNING:
            write_leg(frame, -1, -1, run, frames, legs)
    return -1


# Modules the kernel is made of, beside `sim.draws`, `sim.calendars` and four constants of other rooms.
MADE_OF = ("answers", "clocks", "compiling", "desks", "facts", "frames", "heap", "instructions", "kernel", "layout")


def _sources() -> int:
    """A number that changes with any source the kernel is made of: the compiler's own cache looks at one file only."""
    here = Path(__file__).parent
    files = [*(here / f"{name}.py" for name in MADE_OF), Path(draws.__file__), Path(calendars.__file__)]
    constants = repr((laws.MUST_REFUSE, laws.MAY_REFUSE, KNOWN_PRINT, NO_ATTACK)).encode()
    digest = hashlib.sha256(b"".join([constants, *(file.read_bytes() for file in files)])).digest()
    return int.from_bytes(digest[:7], "little")


def _entry(made_of: int) -> Any:
    @njit(cache=True, error_model="numpy")
    def simulate(run: Words, tables: Words, law: Words, stream: Words, details: Words, pool: Words, frames: Words,
                 cases: Words, desks: Words, heap: Words, soon: Words, stores: Words, legs: Words, steps: Words,
                 messages: Words, closings: Words) -> int:
        """`events`, to be called until it has finished."""
        if made_of < 0:
            return FINISHED
        return events(pointer(run), pointer(tables), pointer(law), pointer(stream), pointer(details), pointer(pool),
                      pointer(frames), pointer(cases), pointer(desks), pointer(heap), pointer(soon), pointer(stores),
                      pointer(legs), pointer(steps), pointer(messages), pointer(closings))
    return simulate


def _closing_entry(made_of: int) -> Any:
    @njit(cache=True, error_model="numpy")
    def write_open(run: Words, tables: Words, frames: Words, desks: Words, legs: Words, steps: Words,
                   first: int) -> int:
        """`close_books`, where the run is over."""
        if made_of < 0:
            return -1
        return close_books(pointer(run), pointer(tables), pointer(frames), pointer(desks), pointer(legs),
                           pointer(steps), first)
    return write_open


simulate = _entry(_sources())
write_open = _closing_entry(_sources())
