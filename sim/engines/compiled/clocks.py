"""Clocks in compiled code: how long a period is for these facts, when it ends, who stops it (engine rules 23 to 32)."""

from typing import Any

from sim import calendars
from sim.engines.compiled.compiling import compiled, view
from sim.engines.compiled.facts import holds
from sim.engines.compiled.heap import push, rank
from sim.engines.compiled.layout import *

Words = Any


@compiled
def limit_of(frame: int, clock: int, run: Words, tables: Words, frames: Words, cases: Words) -> int:
    """The first limit of the clock whose facts hold, as an offset into `tables`; -1 where none binds.

    A condition is 2 * fact, or 2 * fact + 1 where the fact must not hold.
    """
    head = tables[CLOCKS] + clock * CLOCK_WIDTH
    for k in range(tables[head + LIMITS_MANY]):
        limit = tables[head + LIMITS] + k * LIMIT_WIDTH
        binds = True
        for at in range(tables[limit + WHEN], tables[limit + WHEN] + tables[limit + WHEN_MANY]):
            if holds(frame, tables[at] >> 1, run, tables, frames, cases) == (tables[at] & 1 == 1):
                binds = False
                break
        if binds:
            return limit
    return -1


@compiled
def place_of(frame: int, clock: int, tables: Words, frames: Words, cases: Words) -> int:
    """The place whose days the clock counts: that of its party, the opener where nobody is bound to it."""
    role = tables[tables[CLOCKS] + clock * CLOCK_WIDTH + AT_ROLE]
    if role >= 0:
        bound = frames[frames[frame + LEG] + BINDINGS + role]
        if bound != UNBOUND:
            return bound
    return cases[frames[frame + CASE_ROW] + CASE_OPENER]


@compiled
def due(unit: int, amount: int, place: int, frame: int, run: Words, tables: Words, frames: Words) -> int:
    """The tick at which a period that starts now ends; sets a fault where it ends past the days known."""
    now = run[NOW]
    if unit == ELAPSED:
        return now + amount
    at = tables[PLACES] + place * PLACE_WIDTH
    if unit == EU_HOURS:
        many = tables[at + CHANGES_MANY]
        changes, offsets = view(tables, tables[at + CHANGES], many), view(tables, tables[at + OFFSETS], many)
        return calendars.end_of_hours(changes, offsets, now, amount)
    midnights = view(tables, tables[at + MIDNIGHTS], tables[at + MIDNIGHTS_MANY])
    worked = view(tables, tables[at + WORKED], tables[at + WORKED_MANY])
    if unit == EU_CALENDAR_DAYS:
        ends = calendars.end_of_calendar_days(midnights, worked, now, amount)
    else:
        ends = calendars.end_of_working_days(midnights, worked, now, amount)
    return known(ends, frame, run, frames)


@compiled
def prolonged(clock: int, run: Words, tables: Words, frames: Words) -> int:
    """The new end of the clock of the frame `clock`, which stood from STOPPED_AT to now."""
    unit = frames[clock + TIMED_UNIT]
    due_tick, stopped_from, now = frames[clock + DUE_AT], frames[clock + STOPPED_AT], run[NOW]
    if unit == ELAPSED or unit == EU_HOURS or now <= stopped_from:
        return due_tick + max(now - stopped_from, 0)
    at = tables[PLACES] + frames[clock + TIMED_AT] * PLACE_WIDTH
    midnights = view(tables, tables[at + MIDNIGHTS], tables[at + MIDNIGHTS_MANY])
    worked = view(tables, tables[at + WORKED], tables[at + WORKED_MANY])
    ends = calendars.end_after_stop(midnights, worked, unit == EU_WORKING_DAYS, due_tick, stopped_from, now)
    return known(ends, clock, run, frames)


@compiled
def known(ends: int, frame: int, run: Words, frames: Words) -> int:
    if ends == NEVER:
        run[FAULT], run[FAULT_CASE] = PERIOD_TOO_LONG, frames[frame + CASE]
    return ends


@compiled
def innermost_clock(frame: int, frames: Words) -> int:
    """The frame whose clock encloses `frame`; -1 for none. Those cut loose have no ancestors (rule 32)."""
    while frame >= 0:
        if frames[frame + TIMED] >= 0 and frames[frame + OVER] == 0:
            return frame
        frame = frames[frame + PARENT]
    return -1


@compiled
def race(clock: int, run: Words, frames: Words, heap: Words, soon: Words) -> None:
    """Put a race's deadline on the calendar; outer deadlines precede inner ones (rule 27)."""
    tick = max(frames[clock + DUE_AT], run[NOW])
    order = rank(DEADLINE, frames[clock + DEPTH], frames[clock + CASE], frames[clock + SERIAL])
    if tick == run[NOW]:
        push(soon, run, SOON_SIZE, tick, order, clock)
    elif tick <= run[END]:
        push(heap, run, HEAP_SIZE, tick, order, clock)


@compiled
def stop(frame: int, clock: int, run: Words, frames: Words) -> None:
    """`frame` stops the clock while it runs; several pauses count (rule 30). One that has run out stands."""
    if clock >= 0 and run[NOW] <= frames[clock + DUE_AT]:
        frames[frame + STOPPED] = clock
        if frames[clock + STOPS] == 0:
            frames[clock + STOPPED_AT] = run[NOW]
        frames[clock + STOPS] += 1


@compiled
def go_on(frame: int, run: Words, tables: Words, frames: Words, heap: Words, soon: Words) -> None:
    """The pause of `frame` has ended, however it did (rule 31)."""
    clock = frames[frame + STOPPED]
    frames[frame + STOPPED] = -1
    if clock < 0 or frames[clock + OVER] == 1:
        return
    frames[clock + STOPS] -= 1
    if frames[clock + STOPS] == 0:
        frames[clock + DUE_AT] = prolonged(clock, run, tables, frames)
        if frames[clock + RACES] == 1:
            race(clock, run, frames, heap, soon)


