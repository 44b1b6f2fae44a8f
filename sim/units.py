"""Every quantity has one base unit, and only this module reads or prints any other.

kind       base unit                     written
---------  ----------------------------  -----------------------------------------------
duration   tick, a whole microsecond     "500 ms", "72 h", "15 to 40 min", "30 min to 2 d"
share      fraction 0..1                 "11 %", "5 to 20 %"
rate       events per day of 24 h        "88 per day", "20 to 40 per week"
count      whole number, at least 0      3, "3", "3 to 6"
number     non-negative real number      0.8, "0.8", "0.5 to 1.5"
signed     real number of either sign    -0.4, "-0.4", "-0.4 to 0.6"

A month is 30 days and a year 365 days of 24 h, always: these are lengths, not dates. Periods that are counted in
days of a calendar are no durations; `period` reads them and `sim.calendars` counts them.

Every parser raises ValueError with the text as written, what was wrong and an example of what is accepted.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, NoReturn

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY
YEAR = 365 * DAY

DURATIONS = {"us": 1, "ms": 1_000, "s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY, "w": WEEK,
             "month": MONTH, "months": MONTH, "y": YEAR}
# Weeks and months are read but never printed: "21 d" and "180 d" leave no doubt about what they mean.
PRINTED = ("y", "d", "h", "min", "s", "ms", "us")
PER = {"hour": Decimal(DAY) / HOUR, "day": Decimal(1), "week": Decimal(DAY) / WEEK,
       "month": Decimal(DAY) / MONTH, "year": Decimal(DAY) / YEAR}

EXAMPLES = {
    "duration": "a number with its unit (ms s min h d w months y), e.g. '72 h' or '15 to 40 min'",
    "share": "a share with its unit, 0 % to 100 %, e.g. '11 %' or '5 to 20 %'",
    "rate": f"a number per {', '.join(PER)}, e.g. '88 per day' or '20 to 40 per week'",
    "count": "a whole number, at least 0, e.g. 3 or '3 to 6'",
    "number": "a number, at least 0, e.g. 0.8 or '0.5 to 1.5'",
    "signed": "a number, which may be below 0, e.g. -0.4 or '-0.4 to 0.6'",
    "period": "one whole number of hours, calendar days or working days, at least 1, or one duration, "
              "e.g. '8 h', '3 calendar days', '10 working days', '30 min'",
}

_DIGITS = r"\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?"
_NUMBER = re.compile(rf"({_DIGITS})\s*(.*)", re.DOTALL)
_SIGNED = re.compile(rf"(-?{_DIGITS})\s*(.*)", re.DOTALL)
_COUNTED = re.compile(r"(\d+) (calendar|working) days?")


@dataclass(frozen=True)
class Range:
    """What a quantity may be: every value from `low` to `high`, both included, in the base unit of its `kind`."""

    low: float
    high: float
    kind: str

    @property
    def is_point(self) -> bool:
        return self.low == self.high

    @property
    def value(self) -> float:
        """The one value. Raises ValueError for a range, which has to be drawn with `at` first."""
        if not self.is_point:
            raise ValueError(f"'{as_text(self)}' is a range of {self.kind}s where one value is expected")
        return self.low

    def at(self, u: float) -> "Range":
        """The point a share `u` (0..1) of the way through, never falling in `u`.

        A duration is rounded to whole ticks. Each whole number of a count has an equal part of 0..1.
        """
        if self.kind == "count":
            point = self.low + math.floor(u * (self.high - self.low + 1))
        else:
            point = self.low + u * (self.high - self.low)
        if self.kind == "duration":
            point = float(round(point))
        point = min(max(point, self.low), self.high)
        return Range(point, point, self.kind)


class Period(NamedTuple):
    """The length of a statutory clock: `amount` in `unit`.

    unit  "h", "calendar days", "working days", or "elapsed" (amount in ticks)
    """

    amount: int
    unit: str


def duration(text: str) -> Range:
    """Read a duration into whole ticks (rounded to the nearest)."""
    return _read(text, "duration", _ticks)


def share(text: str) -> Range:
    """Read a share in per cent into a fraction of 1."""
    return _read(text, "share", _fraction)


def rate(text: str) -> Range:
    """Read a rate into events per day."""
    return _read(text, "rate", _per_day)


def count(text: str | int | float) -> Range:
    """Read a whole number; a bare int is accepted, and a bare float that is whole."""
    return _read(_bare(text, "count"), "count", _whole)


def number(text: str | int | float) -> Range:
    """Read a real number; a bare int or float is accepted."""
    return _read(_bare(text, "number"), "number", _real)


def signed(text: str | int | float) -> Range:
    """Read a real number that may be below 0; a bare int or float is accepted."""
    return _read(_bare(text, "signed"), "signed", _real, _SIGNED)


def period(text: str) -> Period:
    """Read the length of a clock. Whole hours stay hours; any other duration becomes "elapsed" ticks.

    Raises ValueError for a range: one clock has one length.
    """
    if not isinstance(text, str):
        _refuse(text, "period", "needs its unit")
    counted = _COUNTED.fullmatch(text.strip())
    if counted:
        amount, unit = int(counted[1]), f"{counted[2]} days"
    else:
        length = duration(text)
        if not length.is_point:
            _refuse(text, "period", "is a range")
        amount, unit = int(length.value), "elapsed"
        if amount % HOUR == 0 and text.split()[-1].endswith("h"):
            amount, unit = amount // HOUR, "h"
    if amount < 1:
        _refuse(text, "period", "is no time at all")
    return Period(amount, unit)


def as_text(quantity: Range) -> str:
    """Print a range in its most readable unit, such that the parser of its kind gives the same range back."""
    return _PRINTERS[quantity.kind](quantity)


def _read(text: str, kind: str, convert: Callable[[Decimal, str], Decimal | str],
          written_so: re.Pattern[str] = _NUMBER) -> Range:
    """Both ends of a range; an end without a unit takes that of the other. `convert` answers a str to complain."""
    if not isinstance(text, str):
        _refuse(text, kind, "needs its unit")
    ends = [written_so.fullmatch(end.strip()) for end in text.split(" to ")]
    if len(ends) > 2 or None in ends:
        below = text.strip().startswith("-") and written_so is _NUMBER
        _refuse(text, kind, "is below 0" if below else "cannot be read")
    written = [(Decimal(end[1]), end[2]) for end in ends if end]
    values = []
    for amount, unit in written:
        converted = convert(amount, unit or written[-1][1])
        if isinstance(converted, str):
            _refuse(text, kind, converted)
        values.append(float(converted))
    if not all(map(math.isfinite, values)):
        _refuse(text, kind, "is too large")
    if values[0] > values[-1]:
        _refuse(text, kind, "falls: the lower end comes first")
    return Range(values[0], values[-1], kind)


def _refuse(text: object, kind: str, fault: str) -> NoReturn:
    raise ValueError(f"{text!r} {fault}; expected {EXAMPLES[kind]}")


def _bare(text: str | int | float, kind: str) -> str:
    if isinstance(text, str):
        return text
    if isinstance(text, bool) or not math.isfinite(text):
        _refuse(text, kind, "is no number")
    return format(Decimal(repr(text)), "f")


def _ticks(amount: Decimal, unit: str) -> Decimal | str:
    if unit not in DURATIONS:
        return f"has the unknown unit {unit!r}" if unit else "has no unit"
    ticks = amount * DURATIONS[unit]
    # Ticks are int64 in the engines, and whole in a float only below 2**53: 285 years.
    return Decimal(round(ticks)) if ticks < 2**53 else "is longer than 285 years"


def _fraction(amount: Decimal, unit: str) -> Decimal | str:
    if unit != "%":
        return f"has the unknown unit {unit!r}" if unit else "has no unit"
    return amount / 100 if amount <= 100 else "is above 100 %"


def _per_day(amount: Decimal, unit: str) -> Decimal | str:
    word = unit.removeprefix("per ")
    if not unit.startswith("per ") or word not in PER:
        return f"has the unknown unit {unit!r}" if unit else "has no unit"
    return amount * PER[word]


def _whole(amount: Decimal, unit: str) -> Decimal | str:
    if unit:
        return f"has a unit ({unit!r}) where none belongs"
    return amount if amount == amount.to_integral_value() else "is not whole"


def _real(amount: Decimal, unit: str) -> Decimal | str:
    return f"has a unit ({unit!r}) where none belongs" if unit else amount


def _plain(value: float) -> str:
    """The shortest decimal that reads back as `value`, without exponent and without trailing zeros."""
    text = format(Decimal(repr(float(value))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _span(low: str, high: str, unit: str = "") -> str:
    return (low if low == high else f"{low} to {high}") + unit


def _duration_text(quantity: Range) -> str:
    low, high = int(quantity.low), int(quantity.high)
    together = _largest_unit(math.gcd(low, high))
    if high // DURATIONS[together] < 1_000 or low in (0, high):
        return _span(str(low // DURATIONS[together]), str(high // DURATIONS[together]), f" {together}")
    return f"{_duration_text(Range(low, low, 'duration'))} to {_duration_text(Range(high, high, 'duration'))}"


def _largest_unit(ticks: int) -> str:
    return next(unit for unit in PRINTED if ticks % DURATIONS[unit] == 0) if ticks else "s"


def _share_text(quantity: Range) -> str:
    low, high = (_plain_decimal(Decimal(repr(end)) * 100) for end in (quantity.low, quantity.high))
    return _span(low, high, " %")


def _plain_decimal(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _rate_text(quantity: Range) -> str:
    exact = (text for text in map(lambda per: _rate_in(quantity, per), ("day", "year", "week", "hour", "month"))
             if rate(text) == quantity)
    return min(exact, key=len)


def _rate_in(quantity: Range, per: str) -> str:
    low, high = (_plain(float(Decimal(repr(end)) / PER[per])) for end in (quantity.low, quantity.high))
    return _span(low, high, f" per {per}")


def _number_text(quantity: Range) -> str:
    return _span(_plain(quantity.low), _plain(quantity.high))


_PRINTERS: dict[str, Callable[[Range], str]] = {
    "duration": _duration_text, "share": _share_text, "rate": _rate_text, "count": _number_text, "number": _number_text,
    "signed": _number_text,
}
