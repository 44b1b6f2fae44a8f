"""Desks open by the clock on their wall, and statutory periods end on the day a lawyer would say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import calendars
from sim.calendars import NEVER, due, prolong, windows
from sim.errors import CapacityError
from sim.units import DAY, HOUR, MINUTE, SECOND, period

START = date(2026, 12, 1)
UNTIL = 400 * DAY
VIENNA = "Europe/Vienna"
ALWAYS = (("00:00-24:00", 3),)
DAYS = calendars.days(VIENNA, "AT", START, UNTIL)


def tick(local, zone=VIENNA):
    """Ticks of a local time written "2027-02-01 10:20"."""
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    return (moment - datetime(START.year, START.month, START.day, tzinfo=UTC)) // timedelta(microseconds=1)


def office(hours="Mon-Fri 08:00-17:00", shifts=ALWAYS, outages=(), zone=VIENNA, country="AT"):
    return windows(hours, zone, country, shifts, START, UNTIL, outages)


def service_end(desk, begin, work):
    return calendars.service_end(desk.opens, desk.closes, desk.open_before, begin, work)


def clerks_at(desk, local):
    return calendars.clerks_at(desk.opens, desk.closes, desk.clerks, tick(local))


@pytest.mark.parametrize("day", ["2027-01-12", "2027-07-13"])
def test_an_office_opens_by_its_wall_clock_in_winter_and_summer(day):
    desk = office()
    opening, close = tick(f"{day} 08:00"), tick(f"{day} 17:00")
    assert not calendars.clerks_at(desk.opens, desk.closes, desk.clerks, opening - 1)
    assert calendars.clerks_at(desk.opens, desk.closes, desk.clerks, opening)
    assert calendars.clerks_at(desk.opens, desk.closes, desk.clerks, close - 1)
    assert not calendars.clerks_at(desk.opens, desk.closes, desk.clerks, close)


@pytest.mark.parametrize(("at", "opening"), [
    ("2027-01-12 09:00", "2027-01-12 09:00"),
    ("2027-01-12 17:00", "2027-01-13 08:00"),
    ("2027-01-15 17:00", "2027-01-18 08:00"),   # a weekend
    ("2027-03-26 17:00", "2027-03-30 08:00"),   # Easter Monday, and the clocks change
    ("2026-12-24 17:00", "2026-12-28 08:00"),   # Christmas
])
def test_the_next_opening_knows_weekends_and_holidays(at, opening):
    desk = office()
    assert calendars.next_opening(desk.opens, desk.closes, tick(at)) == tick(opening)


def test_no_holiday_shuts_a_desk_that_never_shuts_or_has_no_country():
    round_the_clock = office("24/7")
    assert (round_the_clock.opens.tolist(), round_the_clock.closes.tolist()) == ([0], [UNTIL])
    assert clerks_at(office(country=None), "2026-12-25 10:00") == 3
    assert clerks_at(office(), "2026-12-25 10:00") == 0


def test_several_parts_and_weeks_that_pass_sunday():
    desk = office("Sun-Thu 08:00-12:00; Sun-Thu 13:00-17:00; Fri 10:00-11:00")
    times = ("2027-01-15 10:30", "2027-01-16 10:30", "2027-01-17 10:30", "2027-01-18 12:30", "2027-01-18 13:00")
    assert [clerks_at(desk, at) for at in times] == [3, 0, 3, 0, 3]


def test_clerks_come_by_shift():
    desk = office("24/7", (("07:00-15:00", 14), ("14:00-23:00", 6), ("23:00-07:00", 2)))
    times = ("06:59", "07:00", "14:30", "15:00", "23:00", "00:00")
    assert [clerks_at(desk, f"2027-01-12 {at}") for at in times] == [2, 14, 20, 6, 2, 2]
    change = calendars.next_change(desk.opens, desk.closes, tick("2027-01-12 23:00"))
    assert change == tick("2027-01-13 07:00")


def test_hours_without_a_clerk_are_shut():
    desk = office(shifts=(("08:00-12:00", 2), ("12:00-13:00", 0), ("13:00-15:00", 1)))
    times = ("12:00", "13:00", "15:00")
    assert [clerks_at(desk, f"2027-01-12 {at}") for at in times] == [0, 1, 0]
    assert calendars.next_change(desk.opens, desk.closes, tick("2027-01-12 12:30")) == tick("2027-01-12 13:00")


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 7), ("2027-10-31", 9), ("2027-06-01", 8)])
def test_a_night_shift_is_short_or_long_when_the_clocks_change(day, hours):
    desk = office("24/7", (("00:00-08:00", 1), ("08:00-24:00", 2)))
    row = np.searchsorted(desk.opens, tick(f"{day} 00:00"))
    assert desk.closes[row] - desk.opens[row] == hours * HOUR


def test_shifts_that_change_in_a_skipped_hour_do_not_lap_over():
    desk = office("24/7", (("00:00-02:15", 1), ("02:15-02:30", 4), ("02:30-03:10", 2), ("03:10-24:00", 3)))
    assert np.all(desk.closes[:-1] <= desk.opens[1:])
    assert clerks_at(desk, "2027-03-28 03:12") == 1   # until 02:15, which is 03:15 on this day
    assert clerks_at(desk, "2027-03-28 03:20") == 3


def test_nobody_works_in_an_outage():
    out_from, out_to = tick("2027-01-12 10:00"), tick("2027-01-13 09:00")
    desk = office(outages=((out_from, out_to),))
    assert service_end(desk, out_from - HOUR, 2 * HOUR) == out_to + HOUR
    with pytest.raises(ValueError, match="no length"):
        office(outages=((5, 5),))


@pytest.mark.parametrize(("begin", "work", "end"), [
    ("2027-01-12 09:00", 2 * HOUR, "2027-01-12 11:00"),
    ("2027-01-12 16:00", HOUR, "2027-01-12 17:00"),        # ends exactly at the close
    ("2027-01-12 16:00", HOUR + 1, "2027-01-13 08:00"),
    ("2027-01-15 16:00", 11 * HOUR, "2027-01-19 09:00"),   # Friday to Tuesday
    ("2027-01-16 10:00", HOUR, "2027-01-18 09:00"),        # taken up on a Saturday
    ("2027-01-16 10:00", 0, "2027-01-18 08:00"),
    ("2027-01-12 09:00", 0, "2027-01-12 09:00"),
])
def test_work_pauses_while_the_desk_is_shut(begin, work, end):
    assert service_end(office(), tick(begin), work) == tick(end) + work % HOUR


def test_work_after_the_last_window_never_ends():
    desk = office()
    left = int((desk.closes - desk.opens).sum())
    assert service_end(desk, 0, left) == desk.closes[-1]
    assert service_end(desk, 0, left + 1) == NEVER
    assert service_end(desk, UNTIL, 0) == NEVER
    assert calendars.next_opening(desk.opens, desk.closes, UNTIL) == NEVER
    assert calendars.next_change(desk.opens, desk.closes, UNTIL) == NEVER


SHIFTS = st.lists(st.tuples(
    st.tuples(st.integers(0, 95), st.integers(0, 96)).map(
        lambda ends: "-".join(f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in ends)),
    st.integers(0, 5)), max_size=4).map(tuple)
ZONES = st.sampled_from([VIENNA, "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "America/New_York"])
DESKS = st.builds(
    lambda hours, shifts, outages, zone: windows(hours, zone, "US", shifts, START, 150 * DAY, outages),
    st.sampled_from(["24/7", "Mon-Fri 08:00-17:00", "Sat-Sun 00:00-24:00; Mon-Wed 01:15-02:45"]), SHIFTS,
    st.lists(st.integers(0, 3600).map(lambda hour: (hour * HOUR, (hour + 30) * HOUR)), max_size=3).map(tuple), ZONES)


@given(DESKS)
def test_windows_are_in_order_apart_and_merged(desk):
    assert np.all(desk.opens < desk.closes)
    assert np.all(desk.closes[:-1] <= desk.opens[1:])
    assert np.all(desk.clerks > 0)
    touching = desk.closes[:-1] == desk.opens[1:]
    assert np.all(desk.clerks[:-1][touching] != desk.clerks[1:][touching])
    assert desk.open_before.tolist() == [int((desk.closes - desk.opens)[:w].sum()) for w in range(len(desk.opens))]
    if len(desk.opens):
        assert desk.opens[0] >= 0
        assert desk.closes[-1] <= 150 * DAY


def slow_service_end(desk, begin, work):
    for opening, close in zip(desk.opens.tolist(), desk.closes.tolist(), strict=True):
        start = max(opening, begin)
        if close > begin and work <= close - start:
            return start + work
        work -= max(close - start, 0)
    return NEVER


@given(DESKS, st.integers(0, 149 * 24), st.integers(0, 500))
def test_service_ends_as_counted_window_by_window(desk, begin, work):
    assert service_end(desk, begin * HOUR, work * HOUR) == slow_service_end(desk, begin * HOUR, work * HOUR)


@given(DESKS, st.integers(0, 150 * 96))
def test_the_clerks_change_at_the_next_change_and_not_before(desk, quarter):
    now = quarter * 15 * MINUTE
    then = calendars.next_change(desk.opens, desk.closes, now)
    present = calendars.clerks_at(desk.opens, desk.closes, desk.clerks, now)
    before, after = (calendars.clerks_at(desk.opens, desk.closes, desk.clerks, at) for at in (then - 1, then))
    assert then > now
    assert before == present
    assert then == NEVER or after != present


@pytest.mark.parametrize(("fault", "arguments"), [
    ("opening hours", ("Mon-Fri 8-17", VIENNA, "AT", ALWAYS)),
    ("opening hours", ("Mon-Xyz 08:00-17:00", VIENNA, "AT", ALWAYS)),
    ("opening hours", ("Mon-Fri 22:00-06:00", VIENNA, "AT", ALWAYS)),
    ("time of day", ("Mon-Fri 08:00-25:00", VIENNA, "AT", ALWAYS)),
    ("IANA", ("24/7", "Europe/Nowhere", "AT", ALWAYS)),
    ("country code", ("Mon-Fri 08:00-17:00", VIENNA, "XX", ALWAYS)),
    ("shift", ("24/7", VIENNA, "AT", (("all day", 3),))),
    ("shift", ("24/7", VIENNA, "AT", (("00:00-24:00", -1),))),
])
def test_what_cannot_be_read_is_refused(fault, arguments):
    with pytest.raises(ValueError, match=fault) as refusal:
        windows(*arguments, START, UNTIL)
    assert "expected" in str(refusal.value)


@pytest.mark.parametrize(("length", "event", "end"), [
    ("8 h", "2027-02-01 10:20", "2027-02-01 19:00"),
    ("8 h", "2027-02-01 10:00", "2027-02-01 19:00"),
    ("8 h", "2027-02-05 20:30", "2027-02-06 05:00"),               # hours never roll
    ("8 h", "2027-03-27 22:20", "2027-03-28 08:00"),               # a day of 23 h
    ("8 h", "2027-10-30 22:20", "2027-10-31 06:00"),               # a day of 25 h
    ("3 calendar days", "2027-02-01 10:20", "2027-02-05 00:00"),   # Monday: Tue Wed Thu
    ("3 calendar days", "2027-02-05 10:20", "2027-02-10 00:00"),   # Friday: one working day too few, so Tuesday 24:00
    ("3 calendar days", "2027-02-03 23:59", "2027-02-09 00:00"),   # ends on Saturday, so Monday 24:00
    ("1 calendar days", "2027-02-05 10:20", "2027-02-09 00:00"),
    ("2 calendar days", "2027-03-26 10:20", "2027-04-01 00:00"),   # over Easter: Tuesday and Wednesday
    ("3 calendar days", "2027-03-25 10:20", "2027-03-31 00:00"),   # last day Easter Sunday
    ("7 calendar days", "2027-03-25 10:20", "2027-04-02 00:00"),
    ("3 calendar days", "2026-12-23 10:20", "2026-12-29 00:00"),   # last day 26 December
    ("1 calendar days", "2027-10-29 10:20", "2027-11-03 00:00"),   # 25 h, then All Saints' Day
    ("1 working days", "2027-02-05 10:20", "2027-02-09 00:00"),
    ("10 working days", "2026-12-21 10:20", "2027-01-08 00:00"),   # Christmas, New Year, Epiphany
])
def test_regulation_1182_71_by_hand(length, event, end):
    assert due("eu_1182_71", period(length), tick(event), DAYS) == tick(end)


def test_hours_begin_on_the_hour_of_the_place():
    kathmandu = calendars.days("Asia/Kathmandu", None, START, UNTIL)
    event, end = (tick(f"2027-02-01 {at}", "Asia/Kathmandu") for at in ("10:20", "19:00"))
    assert due("eu_1182_71", period("8 h"), event, kathmandu) == end


@pytest.mark.parametrize(("length", "ticks"), [
    ("72 h", 72 * HOUR), ("3 calendar days", 72 * HOUR), ("5 s", 5 * SECOND),
])
def test_elapsed_time_is_plain(length, ticks):
    assert due("elapsed", period(length), tick("2027-03-27 10:20"), DAYS) == tick("2027-03-27 10:20") + ticks


def test_what_a_calendar_cannot_count_is_refused():
    with pytest.raises(ValueError, match="10 working days"):
        due("elapsed", period("10 working days"), 0, DAYS)
    with pytest.raises(ValueError, match="bare durations"):
        due("eu_1182_71", period("30 min"), 0, DAYS)
    with pytest.raises(ValueError, match="elapsed, eu_1182_71"):
        due("julian", period("8 h"), 0, DAYS)
    for length in ("900 calendar days", "900 working days"):
        with pytest.raises(CapacityError, match="900"):
            due("eu_1182_71", period(length), 0, DAYS)


FREE = {date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 29),
        date(2027, 5, 6), date(2027, 5, 17), date(2027, 5, 27), date(2027, 10, 26), date(2027, 11, 1),
        date(2027, 12, 8)}   # those of Austria, 2026-12 to 2027-12, that fall on Monday to Friday
EVENTS = st.integers(0, 380 * 24 * 60).map(lambda minute: minute * MINUTE)


def works(day):
    return day.weekday() < 5 and day not in FREE


def slow_end(many, unit, event):
    """Day by day, as one counts on a wall calendar."""
    local = datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(microseconds=event)
    day, counted, working = local.astimezone(ZoneInfo(VIENNA)).date(), 0, 0
    while True:
        day += timedelta(days=1)
        working += works(day)
        counted += works(day) if unit == "working" else 1
        if counted >= many and works(day) and (unit == "working" or many == 1 or working >= 2):
            return tick(f"{day + timedelta(days=1)} 00:00")


@given(st.integers(1, 12), st.sampled_from(["calendar", "working"]), EVENTS)
def test_days_end_as_counted_on_a_wall_calendar(many, unit, event):
    assert due("eu_1182_71", period(f"{many} {unit} days"), event, DAYS) == slow_end(many, unit, event)


@given(st.sampled_from(["8 h", "1 calendar days", "3 calendar days", "10 working days"]), EVENTS, EVENTS)
def test_a_later_event_is_never_due_sooner(length, one, other):
    first, second = sorted((one, other))
    ends = [due("eu_1182_71", period(length), event, DAYS) for event in (first, second)]
    assert ends[0] <= ends[1]
    assert ends[0] > first


@given(st.integers(1, 48), EVENTS)
def test_hours_leave_at_least_their_number_and_less_than_one_more(hours, event):
    assert hours * HOUR < due("eu_1182_71", period(f"{hours} h"), event, DAYS) - event <= (hours + 1) * HOUR


@pytest.mark.parametrize(("length", "end", "stopped", "going_on", "new"), [
    ("3 calendar days", "2027-02-05 00:00", "2027-02-02 10:00", "2027-02-02 11:00", "2027-02-06 00:00"),
    ("3 calendar days", "2027-02-05 00:00", "2027-02-02 10:00", "2027-02-03 00:00", "2027-02-06 00:00"),
    ("3 calendar days", "2027-02-05 00:00", "2027-02-02 10:00", "2027-02-03 00:01", "2027-02-09 00:00"),
    ("10 working days", "2027-02-12 00:00", "2027-02-06 10:00", "2027-02-07 10:00", "2027-02-12 00:00"),
    ("10 working days", "2027-02-12 00:00", "2027-02-05 10:00", "2027-02-08 10:00", "2027-02-16 00:00"),
    ("10 working days", "2027-02-12 00:00", "2027-02-05 10:00", "2027-02-05 10:00", "2027-02-12 00:00"),
    ("8 h", "2027-02-01 19:00", "2027-02-01 12:00", "2027-02-01 12:40", "2027-02-01 19:40"),
])
def test_a_stopped_clock_ends_later(length, end, stopped, going_on, new):
    got = prolong("eu_1182_71", period(length), tick(end), tick(stopped), tick(going_on), DAYS)
    assert got == tick(new)


def test_a_stopped_plain_clock_ends_later_by_the_stop():
    assert prolong("elapsed", period("3 calendar days"), 9 * DAY, 5 * DAY, 5 * DAY + HOUR, DAYS) == 9 * DAY + HOUR
