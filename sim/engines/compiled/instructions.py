"""What each instruction does when it begins: it answers at once, or its frame now waits for an event (engine rules).

`begun` returns the index of the answer, or BLOCKED.
"""

from typing import Any

from sim import calendars
from sim.draws import draw_at
from sim.engines.compiled.answers import in_hand, version_in_hand
from sim.engines.compiled.clocks import due, innermost_clock, limit_of, place_of, race, stop
from sim.engines.compiled.compiling import compiled, inlined, view
from sim.engines.compiled.desks import call_hand_out, join
from sim.engines.compiled.facts import below_one, holds, luck
from sim.engines.compiled.frames import closed, next_leg, next_place, scope
from sim.engines.compiled.heap import push, rank
from sim.engines.compiled.layout import *

Words = Any
BLOCKED = -1
YES, NO = 0, 1
GRANTED, USED_UP = 0, 1


@inlined
def ready(frame: int, tick: int, run: Words, frames: Words, heap: Words, soon: Words) -> None:
    """The frame's one pending event (rule 8). One that lies after the run is held for and never comes."""
    frames[frame + HOLDS] += 1
    order = rank(READY, 0, frames[frame + CASE], frames[frame + SERIAL])
    if tick == run[NOW]:
        push(soon, run, SOON_SIZE, tick, order, frame)
    elif tick <= run[END]:
        push(heap, run, HEAP_SIZE, tick, order, frame)


@inlined
def begun(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
          soon: Words, pool: Words, stores: Words, messages: Words, closings: Words) -> int:
    op = tables[row + OP]
    if op <= WITHDRAW:
        step(frame, row, run, tables, frames, cases, desks, heap, soon)
        return BLOCKED
    if op == SEND:
        send(frame, row, run, tables, frames, cases, heap, soon, pool, stores, messages)
        return BLOCKED
    if op == IS:
        return YES if holds(frame, tables[row + FACT], run, tables, frames, cases) else NO
    if op == CHANCE:
        bits = luck(frame, tables[row + STREAM], tables[row + COUNTER], run, tables, frames, cases)
        return YES if below_one(bits) < tables[row + THRESHOLD] else NO
    if op == CLOSE:
        closed(frame, tables[row + WORD], run, frames, cases, closings)
        return 0
    if op == FOR_EACH:
        return for_each(frame, row, run, tables, frames, cases, soon, pool, stores)
    if op == WAIT:
        return wait(frame, row, run, tables, frames, cases, heap, soon)
    if op == OWES:
        return YES if owes(frame, tables[row + DUTY], tables, frames) else NO
    if op == ASK_QUOTA:
        return GRANTED if granted(frame, row, run, tables, frames, stores) else USED_UP
    if op == BATCH:
        batch(frame, row, run, tables, frames, cases, heap, soon)
        return BLOCKED
    clock = innermost_clock(frame, frames) if op == PAUSED else -1
    child = scope(frame, row, run, tables, frames, cases, soon)
    if op == PAUSED:
        stop(child, clock, run, frames)
    elif op != DO:
        timed(frame, child, row, run, tables, frames, cases, heap, soon)
    return BLOCKED


@inlined
def step(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, desks: Words, heap: Words,
         soon: Words) -> None:
    """The duration is drawn when the instruction begins (rule 10); a machine never queues."""
    task = tables[TASKS] + tables[row + TASK] * TASK_WIDTH
    case, now = frames[frame + CASE_ROW], run[NOW]
    bits = luck(frame, tables[row + STREAM], tables[row + COUNTER], run, tables, frames, cases)
    law = tables[task + TIME]
    work = draw_at(tables, law, bits)
    if tables[task + PER_SUBJECT] == 1:
        if work > LONGEST // max(cases[case + SUBJECTS], 1):
            run[FAULT], run[FAULT_CASE] = TOO_LONG, frames[frame + CASE]
        work *= cases[case + SUBJECTS]
    work = work // run[GRAIN] * run[GRAIN]
    op = tables[row + OP]
    if op == VERIFY or op == DECIDE:
        frames[frame + LUCK] = below_one(luck(frame, tables[row + ANSWER_STREAM], tables[row + ANSWER_COUNTER], run,
                                              tables, frames, cases))
    frames[frame + SERVICE], frames[frame + STEP] = work, frames[frame + STEPS]
    frames[frame + STEPS] += 1
    place = frames[frames[frame + LEG] + BINDINGS + tables[row + PARTY]]
    desk = tables[tables[STATION_OF] + place * tables[MANY_TASKS] + tables[row + TASK]]
    if desk < 0:
        frames[frame + JOB], frames[frame + DESK] = IN_MACHINE, -1
        frames[frame + QUEUED], frames[frame + SERVED_FROM] = now, now
        ready(frame, now + work, run, frames, heap, soon)
    else:
        join(frame, desk, cases[case + CASE_PRIORITY], now, frames, desks)
        call_hand_out(desk, run, tables, desks, heap, soon)


@inlined
def send(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, heap: Words, soon: Words,
         pool: Words, stores: Words, messages: Words) -> None:
    """The message is written when it begins, dated with its arrival, lost or not (rule 44); `via` adds a link (45)."""
    bindings, now = frames[frame + LEG] + BINDINGS, run[NOW]
    sender, receiver = frames[bindings + tables[row + PARTY]], frames[bindings + tables[row + TO]]
    via = frames[bindings + tables[row + VIA]] if tables[row + VIA] >= 0 else -1
    network = tables[INTERNAL] if sender == receiver else tables[row + NETWORK]
    law = tables[network + DELAY]
    delay = 0
    for _ in range(1 if via < 0 else 2):
        delay += draw_at(tables, law,
                      luck(frame, tables[row + STREAM], tables[row + COUNTER], run, tables, frames, cases))
        if delay > LONGEST:
            run[FAULT], run[FAULT_CASE] = TOO_LONG, frames[frame + CASE]
            delay = 0
    bits = below_one(luck(frame, tables[row + ANSWER_STREAM], tables[row + ANSWER_COUNTER], run, tables, frames, cases))
    tries, retries = 0, tables[network + RETRIES]
    while tries <= retries and bits < tables[tables[network + LOSS] + tries]:
        tries += 1
    lost = tries > retries
    delay += min(tries, retries) * tables[network + RETRY_AFTER]
    arrives = now + delay // run[GRAIN] * run[GRAIN]
    if tables[row + OF_RECORD] == 1 and not lost:
        sent(version_in_hand(frame, frames, cases, pool), receiver, tables[row + PROTOCOL], now, tables, stores)
    if run[KEEP] != 0:
        at = run[MESSAGES_SIZE] * MESSAGE_WIDTH
        messages[at], messages[at + 1], messages[at + 2] = frames[frame + CASE], frames[frame + SERIAL], frames[
            frame + STEPS]
        messages[at + 3], messages[at + 4], messages[at + 5] = tables[row + PROTOCOL], now, NEVER if lost else arrives
        messages[at + 6], messages[at + 7], messages[at + 8], messages[at + 9] = lost, sender, receiver, via
        messages[at + 10], messages[at + 11] = tables[row + CONTENT], tables[row + FORM]
        messages[at + 12], messages[at + 13] = version_in_hand(frame, frames, cases, pool), tables[row + MACHINE]
        messages[at + 14] = tables[row + SEALED]
        run[MESSAGES_SIZE] += 1
    frames[frame + STEPS] += 1
    frames[frame + JOB] = LOST_ON_ITS_WAY if lost else ON_ITS_WAY
    ready(frame, arrives, run, frames, heap, soon)


@compiled
def sent(version: int, receiver: int, protocol: int, now: int, tables: Words, stores: Words) -> None:
    """Something of a record goes to a place: it is entered in the protocol's book, unless it was before."""
    if version >= 0:
        record = tables[tables[RECORD_OF] + version]
        at = tables[tables[SENT_BOOKS] + protocol] + record * tables[MANY_PLACES] + receiver
        stores[at] = min(stores[at], now)


@compiled
def owes(frame: int, duty: int, tables: Words, frames: Words) -> bool:
    """Whether the leg's last review came with the duty; 0 stands for none, k for outcome k - 1 of the law."""
    ruling = frames[frames[frame + LEG] + tables[RULING_AT]] - 1
    return ruling >= 0 and (tables[tables[OUTCOMES] + ruling * OUTCOME_WIDTH + DUTIES] >> duty) & 1 == 1


@compiled
def granted(frame: int, row: int, run: Words, tables: Words, frames: Words, stores: Words) -> bool:
    """Counted in the order of events, by the giver's local day (rule 46)."""
    bindings, many = frames[frame + LEG] + BINDINGS, tables[MANY_PLACES]
    giver, taker = frames[bindings + tables[row + PARTY]], frames[bindings + tables[row + TO]]
    at = tables[QUOTA_BOOK] + ((tables[row + QUOTA] * many + giver) * many + taker) * QUOTA_WIDTH
    place = tables[PLACES] + giver * PLACE_WIDTH
    day = calendars.up_to(view(tables, tables[place + MIDNIGHTS], tables[place + MIDNIGHTS_MANY]), run[NOW])
    if stores[at + DAY_OF] != day:
        stores[at + DAY_OF], stores[at + USED] = day, 0
    if stores[at + USED] >= tables[tables[QUOTAS] + tables[row + QUOTA]]:
        return False
    stores[at + USED] += 1
    return True


@compiled
def batch(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, heap: Words,
          soon: Words) -> None:
    """The next opening of the window at the place of its party, now included (rule 46)."""
    place = cases[frames[frame + CASE_ROW] + CASE_OPENER]
    if tables[row + PARTY] >= 0:
        bound = frames[frames[frame + LEG] + BINDINGS + tables[row + PARTY]]
        place = bound if bound != UNBOUND else place
    at = tables[OPENINGS] + (tables[row + WINDOW_OF] * tables[MANY_PLACES] + place) * OPENING_WIDTH
    many = tables[at + OPENINGS_MANY]
    opens, closes = view(tables, tables[at + OPENS], many), view(tables, tables[at + CLOSES], many)
    frames[frame + STEPS] += 1
    frames[frame + JOB] = PASSING_TIME
    ready(frame, calendars.next_opening(opens, closes, run[NOW]), run, frames, heap, soon)


@compiled
def wait(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, heap: Words,
         soon: Words) -> int:
    limit = limit_of(frame, tables[row + CLOCK], run, tables, frames, cases)
    if limit < 0:
        return 0
    place = place_of(frame, tables[row + CLOCK], tables, frames, cases)
    tick = due(tables[limit + UNIT], tables[limit + AMOUNT], place, frame, run, tables, frames)
    frames[frame + STEPS] += 1
    frames[frame + JOB] = PASSING_TIME
    ready(frame, tick, run, frames, heap, soon)
    return BLOCKED


@compiled
def for_each(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, soon: Words,
             pool: Words, stores: Words) -> int:
    """Legs start in audience order; an empty audience answers in the same tick (rules 16 to 21)."""
    case, among = frames[frame + CASE_ROW], tables[row + AMONG]
    if among == FOUND:
        frames[frame + AUDIENCE] = frames[frame + AUDIENCE_END] = 0
        found = in_hand(frame, frames, cases)
        place = pool[found + HOLDER] if found >= 0 else -1
    else:
        if among == RECIPIENTS:
            open_book(frame, run, tables, frames, cases, pool)
        first = ADDRESSED_FROM if among == ADDRESSED else MEMBERS_FROM
        frames[frame + AUDIENCE], frames[frame + AUDIENCE_END] = 0, cases[case + first + 1] - cases[case + first]
        place = next_place(frame, tables, frames, cases, pool, stores)
    if place < 0:
        return tables[row + ON_NOBODY]
    frames[frame + WAITING], frames[frame + LEFT], frames[frame + BEST] = CHILDREN, 0, -1
    while place >= 0:
        next_leg(frame, place, run, tables, frames, cases, soon)
        place = next_place(frame, tables, frames, cases, pool, stores) if tables[row + UNTIL] != ONE_BY_ONE else -1
    return BLOCKED


@compiled
def open_book(frame: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words) -> None:
    """Who has received something of the record in hand: the record, its holder and the tick stand until all are asked,
    whatever the leg finds meanwhile."""
    case, found = frames[frame + CASE_ROW], in_hand(frame, frames, cases)
    record, holder = cases[case + CASE_RECORD], cases[case + CASE_OPENER]
    if record < 0 and found >= 0:
        record, holder = tables[tables[RECORD_OF] + pool[found + VERSION]], pool[found + HOLDER]
    book = tables[tables[SENT_BOOKS] + cases[case + CASE_PROTOCOL]] + record * tables[MANY_PLACES]
    frames[frame + BOOK_OF_RECORD] = book if record >= 0 else -1
    frames[frame + ASKED_AT], frames[frame + HELD_AT] = run[NOW], holder


@compiled
def timed(frame: int, child: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, heap: Words,
          soon: Words) -> None:
    """Due measures, Within races; the clock starts in this tick (rules 23, 24)."""
    clock = tables[row + CLOCK]
    limit = limit_of(frame, clock, run, tables, frames, cases)
    if limit < 0:
        return
    unit, amount = tables[limit + UNIT], tables[limit + AMOUNT]
    place = place_of(frame, clock, tables, frames, cases)
    frames[child + TIMED], frames[child + TIMED_UNIT], frames[child + TIMED_AT] = clock, unit, place
    frames[child + STOPS], frames[child + STOPPED_AT] = 0, 0
    frames[child + OVER] = 0
    frames[child + DUE_AT] = due(unit, amount, place, frame, run, tables, frames)
    frames[child + RACES] = 1 if tables[row + OP] == WITHIN else 0
    if frames[child + RACES] == 1:
        race(child, run, frames, heap, soon)


