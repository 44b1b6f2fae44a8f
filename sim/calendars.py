"""When a desk is open and when a statutory period ends; nobody else reads a wall clock.

Tick 0 is the start date, 00:00 UTC. Local time is that of an IANA zone, daylight saving included: a desk open from
08:00 opens at 08:00 on the wall in winter and summer. A wall time that a change of clocks skips counts on from
the change (02:30 becomes 03:30); one that comes twice is the first. Public holidays: the `holidays` package.

Opening hours are `Windows`, half-open [open, close). Days are counted with `Days` by a named calendar:

elapsed      plain ticks; a calendar day is 24 h
eu_1182_71   Regulation (EEC, Euratom) No 1182/71 art. 3: the hour or the day of the event does not count; days end at
             local midnight; a last day that is a holiday, Saturday or Sunday rolls on to the end of the next working
             day; two days or more hold at least two working days; hours never roll
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.errors import CapacityError
from sim.units import DAY, HOUR, SECOND, Period

Ticks = NDArray[np.int64]
Flags = NDArray[np.bool_]
Whole = Any                           # int in Python, int64 inside compiled code
NEVER = int(np.iinfo(np.int64).max)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEAD, TAIL = 30, 400                  # days that Days covers before the start and after the end

Function = TypeVar("Function", bound=Callable[..., Any])
_compiled = cast("Callable[[Function], Function]", njit(cache=True))
_PART = re.compile(r"(\w{3})(?:-(\w{3}))? (\d\d:\d\d)-(\d\d:\d\d)")
_HOURS = "'24/7' or e.g. 'Mon-Fri 08:00-17:00; Sat 09:00-12:00', each part ending after it begins"
_SHIFT = "a shift such as ('07:00-15:00', 14), its clerks 0 or more"


@dataclass(frozen=True)
class Windows:
    """When a desk is open: row w is one window with one number of clerks, in order of time, never overlapping.

    opens, closes  int64[W] ticks, half-open
    clerks         int64[W] at least 1
    open_before    int64[W] ticks the desk was open before the window
    """

    opens: Ticks
    closes: Ticks
    clerks: Ticks
    open_before: Ticks

    def presence(self, end: int) -> int:
        """Clerk ticks present within [0, end)."""
        inside = np.minimum(self.closes, end) - np.maximum(self.opens, 0)
        return int((np.maximum(inside, 0) * self.clerks).sum())


@dataclass(frozen=True)
class Days:
    """The local days of one place, from 30 days before the start to 400 days after the end.

    midnights  int64[D + 1] ticks; day d is [midnights[d], midnights[d + 1])
    working    bool[D]      neither Saturday nor Sunday nor public holiday, wherever the place is
    worked     int64[D]     working days up to and with day d
    changes    int64[C]     ticks from which an offset holds; the first is before every day
    offsets    int64[C]     local time less UTC, in ticks
    """

    midnights: Ticks
    working: Flags
    worked: Ticks
    changes: Ticks
    offsets: Ticks


def windows(hours: str, zone: str, holidays_of: str | None, shifts: tuple[tuple[str, int], ...], start: date,
            until_ticks: int, outages: tuple[tuple[int, int], ...] = ()) -> Windows:
    """The windows of a desk from tick 0 to `until_ticks`.

    hours        "24/7", which knows no holidays, or parts such as "Mon-Fri 08:00-17:00" joined by ";"
    holidays_of  country code whose public holidays shut all but "24/7"; None for none
    shifts       (local "07:00-15:00", clerks), every day; may pass midnight; clerks of overlapping shifts add up, and
                 a desk without clerks is shut
    outages      half-open (from, to) in ticks, when nobody works

    Raises ValueError for hours, a shift, a zone or a country that cannot be read.
    """
    rows = _weekly(hours, zone, holidays_of, shifts, start, until_ticks // DAY + 5)
    for shut in ((-NEVER, 0), *outages, (until_ticks, NEVER)):
        rows = _without(rows, *shut)
    return _merged(rows)


def _weekly(hours: str, zone: str, holidays_of: str | None, shifts: tuple[tuple[str, int], ...], start: date,
            many: int) -> Ticks:
    """Opens, closes and clerks, int64[3, W] in no order, for `many` local days from two before the start."""
    first = start - timedelta(days=2)
    parts, staffed = _parts(hours), _staffed(shifts)
    shut = _holidays(None if hours.strip() == "24/7" else holidays_of, first, many)
    weekday = (np.arange(many) + first.weekday()) % 7
    works = ~shut
    rows = [np.empty((3, 0), np.int64)]
    # Between two neighbouring cuts neither the opening nor the clerks change.
    for begin, end in pairwise(sorted({minute for _, *ends in [*parts, *staffed] for minute in ends})):
        clerks = sum(number for number, low, high in staffed if low <= begin < high)
        if not clerks:
            continue
        open_on = np.zeros(7, bool)
        open_on[[day for on, low, high in parts if low <= begin < high for day in on]] = True
        dates = open_on[weekday] & works
        opens, closes = (_instants(zone, first, many, minute, start)[dates] for minute in (begin, end))
        rows.append(np.stack([opens, closes, np.full(len(opens), clerks)]))
    return np.hstack(rows)


def _without(rows: Ticks, low: int, high: int) -> Ticks:
    """The windows less what lies in [low, high)."""
    if low >= high:
        raise ValueError(f"an outage from tick {low} to tick {high} has no length; expected one that ends later")
    before, after = rows.copy(), rows.copy()
    before[1] = np.minimum(rows[1], low)
    after[0] = np.maximum(rows[0], high)
    rows = np.hstack([before, after])
    return rows[:, rows[0] < rows[1]]


def _merged(rows: Ticks) -> Windows:
    """Windows in order, those that touch and have the same clerks made one."""
    opens, closes, clerks = rows[:, np.argsort(rows[0], kind="stable")]
    # A cut within the hour that a change of clocks skips can lap over the next one.
    opens[1:] = np.maximum(opens[1:], np.maximum.accumulate(closes)[:-1])
    opens, closes, clerks = (column[opens < closes] for column in (opens, closes, clerks))
    begins = np.ones(len(opens), bool)
    begins[1:] = (opens[1:] != closes[:-1]) | (clerks[1:] != clerks[:-1])
    opens, closes, clerks = opens[begins], closes[np.roll(begins, -1)], clerks[begins]
    length = closes - opens
    return Windows(opens, closes, clerks, np.cumsum(length) - length)


def _parts(hours: str) -> list[tuple[tuple[int, ...], int, int]]:
    """(weekdays, first minute, end minute) of each part of opening hours."""
    if hours.strip() == "24/7":
        return [(tuple(range(7)), 0, 1440)]
    parts = []
    for part in hours.split(";"):
        read = _PART.fullmatch(part.strip())
        if not read or not {read[1], read[2] or read[1]} <= set(WEEKDAYS):
            raise ValueError(f"{hours!r} are no opening hours; expected {_HOURS}")
        low, high = WEEKDAYS.index(read[1]), WEEKDAYS.index(read[2] or read[1])
        begin, end = _minute(read[3], hours), _minute(read[4], hours)
        if end <= begin:
            raise ValueError(f"{hours!r} are no opening hours; expected {_HOURS}")
        parts.append((tuple((low + i) % 7 for i in range((high - low) % 7 + 1)), begin, end))
    return parts


def _staffed(shifts: tuple[tuple[str, int], ...]) -> list[tuple[int, int, int]]:
    """(clerks, first minute, end minute) of each shift; one that passes midnight becomes two."""
    staffed = []
    for text, clerks in shifts:
        if not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d", text) or clerks < 0:
            raise ValueError(f"{(text, clerks)!r} is no shift; expected {_SHIFT}")
        begin, end = (_minute(clock, text) for clock in text.split("-"))
        halves = [(begin, end)] if begin < end else [(begin, 1440), (0, end)]
        staffed += [(clerks, low, high) for low, high in halves]
    return staffed


def _minute(clock: str, text: str) -> int:
    hour, minute = int(clock[:2]), int(clock[3:])
    if minute > 59 or hour * 60 + minute > 1440:
        raise ValueError(f"{clock!r} in {text!r} is no time of day; expected 00:00 to 24:00")
    return hour * 60 + minute


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as cause:
        raise ValueError(f"{name!r} is no IANA time zone; expected e.g. 'Europe/Vienna'") from cause


# Cached: every desk of a place and every future asks for the same few wall times.
@lru_cache(maxsize=4096)
def _instants(zone: str, first: date, many: int, minute: int, start: date) -> Ticks:
    """The ticks of one wall time on `many` days from `first` on; minute 1440 is the next midnight."""
    place, origin = _zone(zone), datetime.combine(start, time(), UTC)
    later, clock = divmod(minute, 1440)
    wall = time(clock // 60, clock % 60, tzinfo=place)
    seconds = [(datetime.combine(first + timedelta(days=day + later), wall) - origin) // timedelta(seconds=1)
               for day in range(many)]
    return np.array(seconds, np.int64) * SECOND


@lru_cache(maxsize=4096)
def _holidays(country: str | None, first: date, many: int) -> Flags:
    """Which of `many` days from `first` on are public holidays."""
    if country is None:
        return np.zeros(many, bool)
    # Here, because invented states have none and start without it.
    import holidays
    try:
        free = holidays.country_holidays(country, years=range(first.year, (first + timedelta(days=many)).year + 1))
    except NotImplementedError as cause:
        raise ValueError(f"the public holidays of {country!r} are not known; expected a country code such as 'AT'") \
            from cause
    return np.array([first + timedelta(days=day) in free for day in range(many)])


# A bisection by hand: numpy's takes a second to compile, since it is ready for numbers of every kind.
@_compiled
def up_to(rising: Ticks, value: Whole) -> Whole:
    """How many of the rising whole numbers are at most `value`."""
    first, last = 0, len(rising)
    while first < last:
        middle = (first + last) >> 1
        first, last = (middle + 1, last) if rising[middle] <= value else (first, middle)
    return first


@_compiled
def service_end(opens: Ticks, closes: Ticks, open_before: Ticks, begin: Whole, work: Whole) -> Whole:
    """When work taken up at `begin` is done: it pauses while the desk is shut and may end exactly at a close.

    NEVER when the windows end first. Work of 0 begun while shut ends at the next opening.
    """
    here = up_to(closes, begin)
    if here == len(opens):
        return NEVER
    done = open_before[here] + max(begin - opens[here], 0) + work
    last = max(here, up_to(open_before, done - 1) - 1)
    end = opens[last] + done - open_before[last]
    return end if end <= closes[last] else NEVER


@_compiled
def next_opening(opens: Ticks, closes: Ticks, tick: Whole) -> Whole:
    """The first tick from `tick` on at which the desk is open, `tick` included; NEVER if there is none."""
    here = up_to(closes, tick)
    return max(opens[here], tick) if here < len(opens) else NEVER


@_compiled
def clerks_at(opens: Ticks, closes: Ticks, clerks: Ticks, tick: Whole) -> Whole:
    """The clerks at the desk at a tick; 0 while it is shut."""
    here = up_to(closes, tick)
    return clerks[here] if here < len(opens) and opens[here] <= tick else 0


@_compiled
def next_change(opens: Ticks, closes: Ticks, tick: Whole) -> Whole:
    """The first tick after `tick` at which the number of clerks changes; NEVER if there is none."""
    here = up_to(closes, tick)
    if here == len(opens):
        return NEVER
    return opens[here] if opens[here] > tick else closes[here]


@lru_cache(maxsize=1024)
def days(zone: str, holidays_of: str | None, start: date, until_ticks: int) -> Days:
    """The local days of a place. Raises ValueError for a zone or country that cannot be read."""
    first, many = start - timedelta(days=LEAD), LEAD + until_ticks // DAY + TAIL
    midnights = _instants(zone, first, many + 1, 0, start)
    weekday = (np.arange(many) + first.weekday()) % 7
    working = (weekday < 5) & ~_holidays(holidays_of, first, many)
    changes, offsets = _offsets(zone, start, int(midnights[0]), int(midnights[-1]))
    return Days(midnights, working, np.cumsum(working), changes, offsets)


def _offsets(zone: str, start: date, low: int, high: int) -> tuple[Ticks, Ticks]:
    """Every change of the local offset between two ticks, found to the second."""
    place, origin = _zone(zone), datetime.combine(start, time(), UTC)

    def offset(tick: int) -> int:
        local = (origin + timedelta(microseconds=tick)).astimezone(place)
        return cast(timedelta, local.utcoffset()) // timedelta(microseconds=1)

    today = offset(low - DAY)
    changes, offsets = [low - DAY], [today]
    for day in range(low - DAY, high + DAY, DAY):
        tomorrow = offset(day + DAY)
        if tomorrow != today:
            before, after = day, day + DAY
            while after - before > SECOND:
                middle = (before + after) // (2 * SECOND) * SECOND
                before, after = (middle, after) if offset(middle) == today else (before, middle)
            changes.append(after)
            offsets.append(offset(after))
        today = tomorrow
    return np.array(changes, np.int64), np.array(offsets, np.int64)


@_compiled
def end_of_hours(changes: Ticks, offsets: Ticks, tick: Whole, hours: Whole) -> Whole:
    """The end of the hours-th whole local hour after the one in which `tick` lies; hours run through a clock change."""
    offset = offsets[up_to(changes, tick) - 1]
    return tick - (tick + offset) % HOUR + (hours + 1) * HOUR


@_compiled
def end_of_calendar_days(midnights: Ticks, worked: Ticks, tick: Whole, many: Whole) -> Whole:
    """The end of a period of calendar days under Regulation 1182/71; NEVER past the days known."""
    today = up_to(midnights, tick) - 1
    last = today + many
    if many >= 2:
        last = max(last, up_to(worked, worked[today] + 1))
    return end_of_working_day(midnights, worked, last)


@_compiled
def end_of_working_days(midnights: Ticks, worked: Ticks, tick: Whole, many: Whole) -> Whole:
    """The end of the many-th working day after the day of `tick`; NEVER past the days known."""
    today = up_to(midnights, tick) - 1
    return end_of_working_day(midnights, worked, up_to(worked, worked[today] + many - 1))


@_compiled
def end_of_working_day(midnights: Ticks, worked: Ticks, day: Whole) -> Whole:
    """The end of the first working day from row `day` (at least 1) on; NEVER past the days known."""
    if day >= len(worked):
        return NEVER
    last = up_to(worked, worked[day - 1])
    return midnights[last + 1] if last < len(worked) else NEVER


def elapsed(period: Period, tick: int, days: Days) -> int:
    """Plain time. Raises ValueError for working days, which it cannot count."""
    if period.unit == "working days":
        raise ValueError(f"the calendar 'elapsed' cannot count {period.amount} working days; expected hours, calendar "
                         "days or a duration, or the calendar 'eu_1182_71'")
    return tick + period.amount * {"h": HOUR, "calendar days": DAY, "elapsed": 1}[period.unit]


def eu_1182_71(period: Period, tick: int, days: Days) -> int:
    """Regulation 1182/71. Raises ValueError for a bare duration: an act says hours, calendar days or working days."""
    if period.unit == "h":
        return int(end_of_hours(days.changes, days.offsets, tick, period.amount))
    if period.unit == "elapsed":
        raise ValueError("the calendar 'eu_1182_71' counts no bare durations; expected e.g. '8 h', '3 calendar days' "
                         "or '10 working days', or the calendar 'elapsed'")
    count = end_of_calendar_days if period.unit == "calendar days" else end_of_working_days
    return int(count(days.midnights, days.worked, tick, period.amount))


CALENDARS: dict[str, Callable[[Period, int, Days], int]] = {"elapsed": elapsed, "eu_1182_71": eu_1182_71}


def due(calendar: str, period: Period, tick: int, days: Days) -> int:
    """The tick at which a period that starts with an event at `tick` ends.

    Raises ValueError for a calendar that is not in CALENDARS or cannot count the period's unit (refuse it at load by
    counting once), CapacityError for an end past the last day of `days`.
    """
    if calendar not in CALENDARS:
        raise ValueError(f"{calendar!r} is no calendar; expected one of {', '.join(CALENDARS)}")
    return _known(CALENDARS[calendar](period, tick, days), period)


def prolong(calendar: str, period: Period, due_tick: int, stopped_from: int, stopped_to: int, days: Days) -> int:
    """The new end of a period whose clock stood from `stopped_from` to `stopped_to`.

    Hours and elapsed time: later by the length of the stop. Day clocks: later by each local day (working day, where
    those are counted) in which the clock stood, however shortly, and on to the end of a working day again.
    """
    if calendar == "elapsed" or period.unit == "h" or stopped_to <= stopped_from:
        return due_tick + max(stopped_to - stopped_from, 0)
    return _known(int(end_after_stop(days.midnights, days.worked, period.unit == "working days", due_tick, stopped_from,
                                     stopped_to)), period)


@_compiled
def end_after_stop(midnights: Ticks, worked: Ticks, working_days: bool, due_tick: Whole, stopped_from: Whole,
                   stopped_to: Whole) -> Whole:
    """The new end of a day clock that stood from `stopped_from` to a later `stopped_to`; NEVER past the days known."""
    first = up_to(midnights, stopped_from) - 1
    after = up_to(midnights, stopped_to - 1)
    last = up_to(midnights, due_tick - 1) - 1
    if working_days:
        stood = worked[after - 1] - (worked[first - 1] if first > 0 else 0)
        day = up_to(worked, worked[last] + stood - 1)
    else:
        day = last + after - first
    return end_of_working_day(midnights, worked, day)


def _known(end: int, period: Period) -> int:
    if end == NEVER:
        raise CapacityError(f"{period.amount} {period.unit} end more than {TAIL} days after the end of the run; "
                            "shorten the period")
    return end
