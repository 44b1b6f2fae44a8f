"""Frames in compiled code: how a running script begins, waits for others, ends, is cut loose or abandoned.

A row of `frames` is kept while something holds it: the frame itself while it runs, its one pending event (engine rule
8), and the scopes that share its leg. `HOLDS` counts them; at none the row is free for the next.
"""

from typing import Any

from sim.draws import leg_key
from sim.engines.compiled.clocks import go_on
from sim.engines.compiled.compiling import compiled, inlined
from sim.engines.compiled.desks import leave
from sim.engines.compiled.heap import push, rank
from sim.engines.compiled.layout import *

Words = Any
RECALLED_WORD = -2


@inlined
def new_row(run: Words, tables: Words, frames: Words) -> int:
    """A free row of `frames`; the kernel has seen to it that there is one."""
    row = run[FREE_FRAME]
    if row >= 0:
        run[FREE_FRAME] = frames[row + NEXT]
        return row
    row = run[USED_FRAMES] * tables[FRAME_WIDTH]
    run[USED_FRAMES] += 1
    return row


@inlined
def let_go(frame: int, run: Words, frames: Words) -> None:
    """One thing less holds the row."""
    frames[frame + HOLDS] -= 1
    if frames[frame + HOLDS] == 0:
        frames[frame + STATE] = FREE
        frames[frame + NEXT] = run[FREE_FRAME]
        run[FREE_FRAME] = frame


@inlined
def new_case(run: Words, cases: Words) -> int:
    row = run[FREE_CASE]
    if row >= 0:
        run[FREE_CASE] = cases[row + CASE_NUMBER]
        return row
    row = run[USED_CASES] * CASE_WIDTH
    run[USED_CASES] += 1
    return row


@inlined
def new_frame(case: int, parent: int, run: Words, tables: Words, frames: Words, cases: Words) -> int:
    """A frame of a case with the next serial, which waits for nothing; its leg is the caller's to set."""
    frame, serial = new_row(run, tables, frames), cases[case + NEXT_SERIAL]
    if serial >= MOST_FRAMES:
        run[FAULT], run[FAULT_CASE] = TOO_MANY_FRAMES, cases[case + CASE_NUMBER]
    cases[case + NEXT_SERIAL] = serial + 1
    run[MOST_SERIAL] = max(run[MOST_SERIAL], serial + 1)
    cases[case + FRAMES_LIVE] += 1
    frames[frame + STATE], frames[frame + CASE], frames[frame + SERIAL] = RUNNING, cases[case + CASE_NUMBER], serial
    frames[frame + CASE_ROW], frames[frame + PARENT], frames[frame + BEGAN] = case, parent, run[NOW]
    frames[frame + HOLDS], frames[frame + STEPS], frames[frame + JOB] = 1, 0, NO_JOB
    frames[frame + CHILD], frames[frame + WAITING], frames[frame + TIMED] = -1, NOT_WAITING, -1
    frames[frame + STOPPED], frames[frame + PLACE], frames[frame + ROUND] = -1, -1, 0
    frames[frame + DEPTH], frames[frame + STARTED_BY] = 0, -1
    return frame


@inlined
def own_leg(frame: int, key: int, place: int, found: int, tables: Words, frames: Words) -> None:
    """The frame begins a leg of its own: fresh luck, no rounds."""
    frames[frame + LEG], frames[frame + KEY], frames[frame + LEG_PLACE] = frame, key, place
    frames[frame + IN_HAND], frames[frame + FORKED] = found, 0
    for at in range(frame + tables[LUCK_AT], frame + tables[ROUNDS_AT]):
        frames[at] = 0


@inlined
def child(parent: int, first: int, run: Words, tables: Words, frames: Words, cases: Words, soon: Words) -> int:
    """A child starts by a READY event of its own in the same tick (rules 1, 18)."""
    frame = new_frame(frames[parent + CASE_ROW], parent, run, tables, frames, cases)
    depth = frames[parent + DEPTH] + 1
    if depth >= MOST_DEPTH:
        run[FAULT], run[FAULT_CASE] = TOO_DEEP, frames[parent + CASE]
    frames[frame + DEPTH], frames[frame + STARTED_BY], frames[frame + NEXT] = depth, frames[parent + SERIAL], first
    eldest = frames[parent + CHILD]
    frames[frame + OLDER], frames[frame + YOUNGER] = eldest, -1
    if eldest >= 0:
        frames[eldest + YOUNGER] = frame
    frames[parent + CHILD] = frame
    frames[parent + LEFT] += 1
    frames[frame + HOLDS], frames[frame + JOB] = 2, TO_START
    push(soon, run, SOON_SIZE, run[NOW], rank(READY, 0, frames[frame + CASE], frames[frame + SERIAL]), frame)
    return frame


@compiled
def scope(parent: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, soon: Words) -> int:
    """One child that shares the leg; the parent waits for it."""
    frames[parent + WAITING], frames[parent + LEFT], frames[parent + BEST] = CHILDREN, 0, -1
    frame = child(parent, tables[row + FIRST], run, tables, frames, cases, soon)
    leg = frames[parent + LEG]
    frames[frame + LEG] = leg
    frames[leg + HOLDS] += 1
    return frame


@compiled
def next_leg(parent: int, place: int, run: Words, tables: Words, frames: Words, cases: Words, soon: Words) -> None:
    """Start a leg with a key of its own: the path of places and rounds (rule 58)."""
    row, leg = frames[parent + ROW], frames[parent + LEG]
    if frames[leg + FORKED] == 0:
        frames[leg + FORKED] = 1
        for at in range(leg + tables[ROUNDS_AT], leg + tables[ROUNDS_AT] + (tables[MANY_PLACES] + 3) // 4):
            frames[at] = 0
    word, lane = leg + tables[ROUNDS_AT] + (place >> 2), (place & 3) << 4
    again = (frames[word] >> lane) & LANE
    if again + 1 >= MOST_ROUNDS:
        run[FAULT], run[FAULT_CASE] = TOO_MANY_ROUNDS, frames[parent + CASE]
    frames[word] += 1 << lane
    key = leg_key(frames[leg + KEY], tables[tables[PLACES] + place * PLACE_WIDTH + PLACE_KEY], again)
    frame = child(parent, tables[row + FIRST], run, tables, frames, cases, soon)
    own_leg(frame, key, place, frames[leg + IN_HAND], tables, frames)
    frames[frame + PLACE], frames[frame + ROUND] = place, again
    for at in range(BINDINGS, tables[LUCK_AT]):
        frames[frame + at] = frames[leg + at]
    for k in range(tables[row + BINDS_MANY]):
        frames[frame + BINDINGS + tables[tables[row + BINDS] + k]] = place


@inlined
def write_closing(case: int, word: int, opened: int, run: Words, closings: Words) -> None:
    at = run[CLOSINGS_SIZE] * CLOSING_WIDTH
    run[CLOSINGS_SIZE] += 1
    closings[at], closings[at + 1], closings[at + 2], closings[at + 3] = case, run[NOW], word, opened


@inlined
def closed(root: int, word: int, run: Words, frames: Words, cases: Words, closings: Words) -> None:
    """The requester has its answer: `root` is the frame that says so."""
    cases[frames[root + CASE_ROW] + CLOSED] = run[NOW]
    write_closing(frames[root + CASE], word, frames[root + BEGAN], run, closings)


@inlined
def leave_case(case: int, run: Words, cases: Words, closings: Words) -> None:
    """One frame less that may yet write a row of the case; after the last the case's own row is free."""
    cases[case + FRAMES_LIVE] -= 1
    if cases[case + FRAMES_LIVE] == 0:
        if run[KEEP] != 0:
            write_closing(cases[case + CASE_NUMBER], ALL_WRITTEN, -1, run, closings)
        cases[case + CASE_NUMBER] = run[FREE_CASE]
        run[FREE_CASE] = case


@compiled
def write_leg(frame: int, ended: int, word: int, run: Words, frames: Words, legs: Words) -> None:
    """A row of `ledger.LEGS`; an open frame's lateness is reckoned to now, the end of the run."""
    if run[KEEP] == 0:
        return
    at = run[LEGS_SIZE] * LEG_WIDTH
    run[LEGS_SIZE] += 1
    legs[at], legs[at + 1], legs[at + 2] = frames[frame + CASE], frames[frame + SERIAL], frames[frame + STARTED_BY]
    legs[at + 3], legs[at + 4], legs[at + 5] = frames[frame + PLACE], frames[frame + ROUND], frames[frame + BEGAN]
    legs[at + 6], legs[at + 7], legs[at + 8] = ended, word, frames[frame + TIMED]
    legs[at + 9], legs[at + 10] = -1, -1
    if frames[frame + TIMED] >= 0:
        legs[at + 9], legs[at + 10] = frames[frame + DUE_AT], run[NOW] - frames[frame + DUE_AT]


@inlined
def write_step(frame: int, ended: int, answer: int, ruling: int, version: int, run: Words, tables: Words,
               frames: Words, desks: Words, steps: Words) -> None:
    """A row of `ledger.STEPS` of the frame's job."""
    if run[KEEP] == 0:
        return
    at, row, desk = run[STEPS_SIZE] * STEP_WIDTH, frames[frame + ROW], frames[frame + DESK]
    run[STEPS_SIZE] += 1
    steps[at], steps[at + 1], steps[at + 2] = frames[frame + CASE], frames[frame + SERIAL], frames[frame + STEP]
    steps[at + 3], steps[at + 4] = (tables[row + NUMBER], tables[row + TASK]) if row >= 0 else (0, -1)
    steps[at + 5] = desks[desk + NUMBER_OF_DESK] if desk >= 0 else -1
    steps[at + 6], steps[at + 7], steps[at + 8] = frames[frame + QUEUED], frames[frame + SERVED_FROM], ended
    steps[at + 9], steps[at + 10], steps[at + 11], steps[at + 12] = frames[frame + SERVICE], answer, ruling, version


@inlined
def end(frame: int, word: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words, heap: Words,
        soon: Words, stores: Words, legs: Words, closings: Words) -> None:
    """A script returned, or lost its message. A root that has not closed closes with its word (rule 50)."""
    case, parent, is_root = frames[frame + CASE_ROW], frames[frame + PARENT], frames[frame + SERIAL] == 0
    if is_root and cases[case + CLOSED] < 0:
        closed(frame, word, run, frames, cases, closings)
    if parent >= 0 and frames[parent + WAITING] != NOT_WAITING:
        remove_child(parent, frame, frames)
        finish(frame, word, run, tables, frames, cases, heap, soon, legs, closings)
        child_ended(parent, word, run, tables, frames, cases, pool, soon, stores)
    else:
        finish(frame, word, run, tables, frames, cases, heap, soon, legs, closings)


@compiled
def finish(frame: int, word: int, run: Words, tables: Words, frames: Words, cases: Words, heap: Words, soon: Words,
           legs: Words, closings: Words) -> None:
    """The frame no longer runs; its row, its leg's row and its case's row are freed where nothing holds them."""
    write_leg(frame, run[NOW], word, run, frames, legs)
    in_service = frames[frame + JOB] == IN_SERVICE or frames[frame + JOB] == IN_MACHINE
    frames[frame + STATE] = ENDED
    frames[frame + OVER] = 1
    go_on(frame, run, tables, frames, heap, soon)
    case, leg = frames[frame + CASE_ROW], frames[frame + LEG]
    if leg != frame:
        let_go(leg, run, frames)
    let_go(frame, run, frames)
    if not in_service:           # the clerk of an abandoned frame works on, and its step is still to be written
        leave_case(case, run, cases, closings)


@compiled
def remove_child(parent: int, frame: int, frames: Words) -> None:
    older, younger = frames[frame + OLDER], frames[frame + YOUNGER]
    if younger >= 0:
        frames[younger + OLDER] = older
    else:
        frames[parent + CHILD] = older
    if older >= 0:
        frames[older + YOUNGER] = younger
    frames[parent + LEFT] -= 1


@compiled
def next_place(parent: int, tables: Words, frames: Words, cases: Words, pool: Words, stores: Words) -> int:
    """The next place of the audience a ForEach has not yet asked, -1 for none; of a named group its members only, of
    others those whom the case does not name, of recipients those whom the book of the record in hand names before the
    ForEach began.

    AUDIENCE counts from the start of the case's audience, which moves within the pool between two calls.
    """
    row = frames[parent + ROW]
    group, first = tables[row + GROUP], ADDRESSED_FROM if tables[row + AMONG] == ADDRESSED else MEMBERS_FROM
    start = cases[frames[parent + CASE_ROW] + first]
    while frames[parent + AUDIENCE] < frames[parent + AUDIENCE_END]:
        place = pool[start + frames[parent + AUDIENCE]]
        frames[parent + AUDIENCE] += 1
        if tables[row + AMONG] == RECIPIENTS:
            book = frames[parent + BOOK_OF_RECORD]
            if book >= 0 and place != frames[parent + HELD_AT] and stores[book + place] < frames[parent + ASKED_AT]:
                return place
        elif tables[row + AMONG] == OTHERS:
            if not is_named(place, cases[frames[parent + CASE_ROW] + ADDRESSED_FROM],
                            cases[frames[parent + CASE_ROW] + ADDRESSED_TO], pool):
                return place
        elif group < 0 or tables[group + place] == 1:
            return place
    return -1


@compiled
def is_named(place: int, first: int, end: int, pool: Words) -> bool:
    """The asker names the place."""
    named = False
    for at in range(first, end):
        named = named or pool[at] == place
    return named


@compiled
def child_ended(parent: int, word: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words,
                soon: Words, stores: Words) -> None:
    """Whether the parent wakes now, or the next leg starts (rules 15 to 18)."""
    row, best = frames[parent + ROW], frames[parent + BEST]
    decided = False
    if tables[row + OP] != FOR_EACH:
        frames[parent + BEST] = word
    else:
        order = tables[row + RANK_OF]
        if best < 0 or tables[order + word] < tables[order + best]:
            frames[parent + BEST] = word
        decided = tables[order + word] == 0 and tables[row + UNTIL] != ALL
        if tables[row + UNTIL] == ONE_BY_ONE and not decided:
            place = next_place(parent, tables, frames, cases, pool, stores)
            if place >= 0:
                next_leg(parent, place, run, tables, frames, cases, soon)
                return
    if (decided or frames[parent + LEFT] == 0) and frames[parent + WAITING] == CHILDREN:
        frames[parent + WAITING] = JOINING
        frames[parent + HOLDS] += 1
        push(soon, run, SOON_SIZE, run[NOW], rank(JOIN, 0, frames[parent + CASE], frames[parent + SERIAL]), parent)


@compiled
def release(parent: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
            soon: Words, legs: Words, steps: Words, closings: Words) -> None:
    """Children nobody waits for any more run on, or are recalled (rules 21, 28)."""
    recalled, kid = tables[frames[parent + ROW] + RECALLED], frames[parent + CHILD]
    frames[parent + CHILD], frames[parent + LEFT], frames[parent + WAITING] = -1, 0, NOT_WAITING
    while kid >= 0:
        older = frames[kid + OLDER]
        if recalled == 1:
            abandon(kid, run, tables, frames, cases, desks, heap, soon, legs, steps, closings)
        else:
            cut_loose(kid, run, tables, frames, heap, soon)
        kid = older


@compiled
def cut_loose(top: int, run: Words, tables: Words, frames: Words, heap: Words, soon: Words) -> None:
    """It runs on without the clocks of its former ancestors, and no longer stops them (rules 31, 32)."""
    frames[top + PARENT] = -1
    if tables[PAUSES] == 0:
        return
    frame = top
    while True:
        stopped = frames[frame + STOPPED]
        if stopped >= 0 and not is_within(stopped, top, frames):
            go_on(frame, run, tables, frames, heap, soon)
        if frames[frame + CHILD] >= 0:
            frame = frames[frame + CHILD]
            continue
        while frame != top and frames[frame + OLDER] < 0:
            frame = frames[frame + PARENT]
        if frame == top:
            return
        frame = frames[frame + OLDER]


@compiled
def is_within(frame: int, top: int, frames: Words) -> bool:
    while frame >= 0 and frame != top:
        frame = frames[frame + PARENT]
    return frame == top


@compiled
def abandon(top: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words, soon: Words,
            legs: Words, steps: Words, closings: Words) -> None:
    """Children first. In a queue it leaves; in service the clerk works on; a message still arrives (rule 29)."""
    frame = top
    while True:
        while frames[frame + CHILD] >= 0:
            frame = frames[frame + CHILD]
        parent = frames[frame + PARENT]
        if frame != top:
            remove_child(parent, frame, frames)
        if frames[frame + JOB] == IN_QUEUE:
            leave(frame, frames[frame + DESK], frames, desks)
            write_step(frame, run[NOW], -1, -1, -1, run, tables, frames, desks, steps)
        finish(frame, RECALLED_WORD, run, tables, frames, cases, heap, soon, legs, closings)
        if frame == top:
            return
        frame = parent
