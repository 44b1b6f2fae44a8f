"""Quantities are read once, in whole base units, and what is unclear is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import units
from sim.units import DAY, HOUR, MINUTE, SECOND, Period, Range, as_text

PARSERS = {"duration": units.duration, "share": units.share, "rate": units.rate, "count": units.count,
           "number": units.number, "signed": units.signed}


@pytest.mark.parametrize(("kind", "text", "low", "high"), [
    ("duration", "72 h", 72 * HOUR, 72 * HOUR),
    ("duration", "15 to 40 min", 15 * MINUTE, 40 * MINUTE),
    ("duration", "30 min to 2 d", 30 * MINUTE, 2 * DAY),
    ("duration", "5 s", 5 * SECOND, 5 * SECOND),
    ("duration", "500 ms", SECOND // 2, SECOND // 2),
    ("duration", "3 w", 21 * DAY, 21 * DAY),
    ("duration", "6 months", 180 * DAY, 180 * DAY),
    ("duration", "1 y", 365 * DAY, 365 * DAY),
    ("duration", "1.5 h", 90 * MINUTE, 90 * MINUTE),
    ("duration", "0 s", 0, 0),
    ("share", "11 %", 0.11, 0.11),
    ("share", "5 to 20 %", 0.05, 0.2),
    ("share", "0.1 % to 100 %", 0.001, 1),
    ("rate", "88 per day", 88, 88),
    ("rate", "20 to 40 per day", 20, 40),
    ("rate", "2 per hour", 48, 48),
    ("rate", "14 per week", 2, 2),
    ("rate", "730 per year", 2, 2),
    ("count", "3 to 6", 3, 6),
    ("count", 4, 4, 4),
    ("number", 0.8, 0.8, 0.8),
    ("number", "0.5 to 1.5", 0.5, 1.5),
    ("signed", -0.4, -0.4, -0.4),
    ("signed", "-0.4 to 0.6", -0.4, 0.6),
])
def test_a_quantity_is_read_in_its_base_unit(kind, text, low, high):
    assert PARSERS[kind](text) == Range(low, high, kind)


@pytest.mark.parametrize(("kind", "text", "fault"), [
    ("duration", "5", "no unit"), ("duration", 5, "needs its unit"), ("duration", "-5 s", "below 0"),
    ("duration", "40 to 15 min", "falls"), ("duration", "5 parsecs", "'parsecs'"), ("duration", "", "cannot be read"),
    ("duration", "1 to 2 to 3 h", "cannot be read"), ("duration", "900 y", "285 years"),
    ("share", 0.2, "needs its unit"), ("share", "0.2", "no unit"), ("share", "101 %", "above 100 %"),
    ("share", "-1 %", "below 0"), ("rate", "88", "no unit"), ("rate", "88 per fortnight", "'per fortnight'"),
    ("count", 2.5, "not whole"), ("count", -1, "below 0"), ("count", True, "no number"), ("count", "3 h", "'h'"),
    ("number", math.nan, "no number"), ("number", math.inf, "no number"), ("number", "nan", "cannot be read"),
    ("number", "1e999", "too large"), ("number", -0.5, "below 0"),
    ("signed", "0.6 to -0.4", "falls"), ("signed", "--1", "cannot be read"), ("signed", "-1 h", "'h'"),
])
def test_a_refusal_shows_the_value_the_fault_and_an_example(kind, text, fault):
    with pytest.raises(ValueError, match="expected") as refusal:
        PARSERS[kind](text)
    message = str(refusal.value)
    assert str(text) in message
    assert fault in message
    assert units.EXAMPLES[kind] in message


@pytest.mark.parametrize(("text", "expected"), [
    ("8 h", Period(8, "h")),
    ("3 calendar days", Period(3, "calendar days")),
    ("1 calendar day", Period(1, "calendar days")),
    ("10 working days", Period(10, "working days")),
    ("30 min", Period(30 * MINUTE, "elapsed")),
    ("3 d", Period(3 * DAY, "elapsed")),
    ("1.5 h", Period(90 * MINUTE, "elapsed")),
])
def test_a_period_keeps_what_it_is_counted_in(text, expected):
    assert units.period(text) == expected


@pytest.mark.parametrize("text", ["0 working days", "0 h", "8 to 9 h", "2.5 calendar days", "10 bank days", 8])
def test_a_period_that_is_no_single_length_is_refused(text):
    with pytest.raises(ValueError, match="expected"):
        units.period(text)


@pytest.mark.parametrize(("kind", "text"), [
    ("duration", "15 to 40 min"), ("duration", "30 min to 3 d"), ("duration", "0 to 90 s"), ("duration", "36 h"),
    ("share", "5 to 20 %"), ("share", "0.1 %"), ("rate", "20 to 40 per week"), ("rate", "7 per year"),
    ("rate", "88 per day"), ("count", "3 to 6"), ("number", "0.8"), ("signed", "-0.4 to 0.6"),
])
def test_a_readable_text_is_printed_as_it_was_written(kind, text):
    assert as_text(PARSERS[kind](text)) == text


TOP = {"duration": 2**52, "share": 1, "rate": 1e6, "count": 10**9, "number": 1e12, "signed": 1e12}


@st.composite
def ranges(draw):
    kind = draw(st.sampled_from(list(PARSERS)))
    whole = kind in ("duration", "count")
    ends = st.integers(0, TOP[kind]) if whole else st.floats(0, TOP[kind], allow_subnormal=False)
    sign = draw(st.sampled_from([-1, 1])) if kind == "signed" else 1
    low, high = sorted((sign * draw(ends), draw(ends)))
    return Range(float(low), float(high), kind)


@given(ranges())
def test_what_is_printed_reads_back_the_same(quantity):
    assert PARSERS[quantity.kind](as_text(quantity)) == quantity


@given(ranges(), st.floats(0, 1), st.floats(0, 1))
def test_a_point_of_a_range_lies_in_it_and_never_falls_in_u(quantity, u, v):
    low, high = (quantity.at(share).value for share in sorted((u, v)))
    assert quantity.low <= low <= high <= quantity.high
    if quantity.kind in ("duration", "count"):
        assert low == int(low)


def test_each_whole_number_of_a_count_has_an_equal_part():
    points = [units.count("3 to 6").at((i + 0.5) / 400).value for i in range(400)]
    assert [points.count(k) for k in range(2, 8)] == [0, 100, 100, 100, 100, 0]


def test_a_range_has_no_single_value():
    assert units.count("3").is_point
    with pytest.raises(ValueError, match="3 to 6"):
        _ = units.count("3 to 6").value
