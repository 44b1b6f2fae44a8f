"""What becomes of a date of birth, "yyyy-mm-dd" or less: a date and some bits of chance give another one.

Each finds nothing to do in a date that has lost the part it would spoil, and gives it back.
"""

import calendar
from collections.abc import Callable


def _split(date: str) -> tuple[int, int, int] | None:
    """Year, month and day; None of a partial date."""
    parts = date.split("-")
    return (int(parts[0]), int(parts[1]), int(parts[2])) if len(parts) == 3 else None


def _date(year: int, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{min(day, calendar.monthrange(year, month)[1]):02}"


def day_month_swap(date: str, die: int) -> str:
    """Where the day can be a month and is not this one."""
    parts = _split(date)
    return f"{parts[0]:04}-{parts[2]:02}-{parts[1]:02}" if parts and parts[2] <= 12 else date


def placeholder_date(date: str, die: int) -> str:
    return f"{date[:4]}-01-01"


def year_off(date: str, die: int) -> str:
    return _in_year(date, int(date[:4]) + (1 if die % 2 else -1))


def decade_digit(date: str, die: int) -> str:
    year = int(date[:4])
    digit = (year // 10 + 1 + die % 9) % 10
    return _in_year(date, year // 100 * 100 + digit * 10 + year % 10)


def two_digit_year(date: str, die: int) -> str:
    """The century was not written and is guessed wrong."""
    year = int(date[:4])
    return _in_year(date, year - 100 if year >= 2000 else year + 100)


def date_digit(date: str, die: int) -> str:
    """One digit of the day, so that a day is left."""
    parts = _split(date)
    if not parts:
        return date
    year, month, day = parts
    days = [d for d in range(1, 29) if (d // 10 == day // 10) != (d % 10 == day % 10)]
    return _date(year, month, days[die % len(days)])


def partial_date(date: str, die: int) -> str:
    """Month and year only, or the year only."""
    return date[:7] if die % 2 and len(date) > 7 else date[:4]


def _in_year(date: str, year: int) -> str:
    parts = _split(date)
    return _date(year, *parts[1:]) if parts else f"{year:04}{date[4:]}"


SLIPS: dict[str, Callable[[str, int], str]] = {
    "day_month_swap": day_month_swap, "placeholder_date": placeholder_date, "year_off": year_off,
    "decade_digit": decade_digit, "two_digit_year": two_digit_year, "date_digit": date_digit,
    "partial_date": partial_date,
}
