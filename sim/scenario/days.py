"""Zones, public holidays, opening hours and periods of a scenario can all be read by the calendars."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sim import calendars
from sim.scenario.schema import Desk, Scenario
from sim.units import DAY

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected
ALL_DAY = (("00:00-24:00", 1),)


def calendar_faults(scenario: Scenario) -> Iterator[Wrong]:
    for kind, places in (("jurisdiction", scenario.jurisdiction), ("institution", scenario.institution)):
        for code, place in places.items():
            if not _is_zone(place.zone):
                yield (kind, code, "zone"), place.zone, "a time zone of the IANA list, e.g. 'Europe/Vienna'"
    for code, state in scenario.jurisdiction.items():
        if state.holidays and not _has_holidays(state.holidays):
            yield ("jurisdiction", code, "holidays"), state.holidays, "a country code whose public holidays are known"
    for name, desk in scenario.desk.items():
        for key, hours, shifts in _rosters(desk):
            expected = _unreadable(scenario, hours, shifts)
            if expected:
                yield ("desk", name, *key), hours if key[-1] == "hours" else key[-1], expected
    yield from _clock_faults(scenario)


def _clock_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Each limit says how long it is, once, in what its calendar can count."""
    days = calendars.days("Etc/UTC", None, scenario.as_of, DAY)
    for name, clock in scenario.clock.items():
        if clock.calendar not in calendars.CALENDARS:
            yield ("clock", name, "calendar"), clock.calendar, f"one of {', '.join(calendars.CALENDARS)}"
            continue
        for number, limit in enumerate(clock.limits):
            if (limit.time is None) == (limit.period is None):
                got = "nothing" if limit.time is None else "time and period"
                yield ("clock", name, "limits", number), got, "its length: `time` if it is plain, else `period`"
            elif limit.period is not None:
                try:
                    calendars.CALENDARS[clock.calendar](limit.period, 0, days)
                except ValueError as error:
                    got = f"{limit.period.amount} {limit.period.unit}"
                    yield ("clock", name, "limits", number), got, str(error).partition("; expected ")[2]


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (ValueError, LookupError, OSError):
        return False


def _has_holidays(country: str) -> bool:
    import holidays
    try:
        return holidays.country_holidays(country) is not None
    except NotImplementedError:
        return False


def _rosters(desk: Desk) -> Iterator[tuple[tuple[str, ...], str, tuple[tuple[str, int], ...]]]:
    """(key, hours, shifts) of all that a desk says about when it works."""
    yield ("hours",), desk.hours, ALL_DAY
    yield from ((("shift", shift), "24/7", ((shift, 1),)) for shift in desk.shift)
    if desk.focus and desk.focus.hours:
        yield ("focus", "hours"), desk.focus.hours, ALL_DAY


def _unreadable(scenario: Scenario, hours: str, shifts: tuple[tuple[str, int], ...]) -> str:
    try:
        calendars.windows(hours, "Etc/UTC", None, shifts, scenario.as_of, DAY)
    except ValueError as error:
        return str(error).partition("; expected ")[2]
    return ""
