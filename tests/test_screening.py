"""The recursion gives what the reference engine gives, look-up by look-up, and says where it would not."""

from dataclasses import replace

import numpy as np
import pytest
import screening_worlds as s
import worlds as w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import draws, screening
from sim.cases import Cases
from sim.engines import reference
from sim.engines.screening import Recursion, by_recursion, from_ledger, luck, recursion, totals
from sim.errors import CapacityError

WORDS = st.integers(0, 2**64 - 1)

STREAMS = st.fixed_dictionaries({
    "lookups": st.integers(1, 400).map(lambda many: f"{many} per day"),
    "servers": st.integers(1, 40),
    "time": st.sampled_from(["0 s", "3 min", "20 min", "1 h", "3 h", "2 d"]),
    "spread": st.sampled_from(["0", "0.8", "exponential"]),
    "hits": st.sampled_from(["0 %", "20 %", "100 %"]),
})
WINDOWS = st.fixed_dictionaries({
    "seed": st.integers(0, 2**32 - 1), "grain": st.sampled_from(["1 us", "20 min", "2 h"]),
    "warm_up": st.sampled_from(["0 s", "7 h"]), "drain": st.sampled_from(["0 s", "5 h"]),
})


@given(STREAMS, WINDOWS)
@settings(max_examples=400)
def test_recursion_and_reference_agree_on_every_look_up(stream, window):
    """Sums, histograms, and, where all look-ups hit, each one's arrival and answer; ties, empty services, overload and
    look-ups cut off by the end included."""
    made = s.world(**window, stream=s.table(**stream))
    assert not s.differ(made, s.only(made))


def test_a_stream_of_many_blocks_agrees():
    """Some 150,000 look-ups at 7 servers: more than two blocks, a hundred rows."""
    made = s.world(stream=s.table("150000 per day", "3500 ms", "3 %", servers=7), warm_up="1 h", drain="1 h")
    stream = s.only(made)
    assert not s.differ(made, stream)
    assert s.by_recursion(made, stream)[0].came > 2 * 2**16


def test_more_servers_than_are_kept_in_order_agree():
    made = s.world(stream=s.table("3000 per day", "3 h", "100 %", servers=300))
    assert not s.differ(made, s.only(made))


@given(st.integers(1, 40), st.integers(0, 2**32 - 1), st.sampled_from([1, 4, 1000]))
def test_the_heap_begins_what_the_order_begins(servers, seed, coarse):
    chance = np.random.default_rng(seed)
    came = np.sort(chance.integers(0, 5000, 300)) // coarse * coarse
    service = chance.integers(0, 30 * servers, 300) // coarse * coarse
    began = np.full((2, 300), -1)
    for kind, serve in enumerate((recursion.serve_in_order, recursion.serve_by_heap)):
        free = np.append(np.zeros(servers, np.int64), recursion.FAR)
        serve(free, came, service, 300, 4500, began[kind])
    assert np.array_equal(*began)


@given(WORDS, WORDS, WORDS, st.integers(0, 2**20 - 1))
def test_bits_of_a_row_are_those_of_each_address(seed, replication, first, stream):
    row, words = np.empty(luck.ROW, np.uint64), np.empty((4, luck.ROW), np.uint32)
    first = min(first, 2**64 - luck.ROW)
    luck.fill_bits(seed % 2**32, replication % 2**32, first, stream, words, row)
    ids = np.arange(luck.ROW, dtype=np.uint64) + np.uint64(first)
    assert np.array_equal(row, draws.bits_many(seed % 2**32, replication % 2**32, ids, 0, stream, 0))


EDGES = [0, 1, 2**22 - 1, 2**22, 2**23 - 1, 2**23, 2**24 - 1, 2**24, 2**62, 2**63 - 1]


@pytest.mark.parametrize("table", [draws.exponential(1e6), draws.lognormal(1e12, 3), draws.uniform(0, 2**61),
                                   draws.constant(7), draws.gamma(50, 2)])
def test_draws_of_a_row_are_those_of_each(table):
    """Also at both ends of every octave, where the rounding of a float would show."""
    octaves = [edge for k in range(23, 63) for edge in (2**k - 1, 2**k, 2**k + 1)]
    low = np.array([*EDGES, *octaves], np.uint64)
    chance = np.random.default_rng(1).integers(0, 2**64, 4 * luck.ROW, np.uint64)
    deep = chance >> (chance & np.uint64(63))
    bits = np.resize(np.concatenate([low, ~low, chance, deep, ~deep]), 16 * luck.ROW)
    drawn, scratch = np.empty(luck.ROW, np.int64), np.empty((3, luck.ROW), np.int64)
    for row in bits.reshape(16, luck.ROW):
        luck.fill_draws(table, row, scratch, drawn)
        assert np.array_equal(drawn, draws.draw_many(table, row))


@given(st.one_of(st.integers(0, 200), st.integers(0, 2**53 - 1)))
def test_a_time_lies_in_its_bin_and_the_bin_is_narrow(ticks):
    number = recursion.bin_of(ticks)
    largest = totals.largest_of(number)
    assert 0 <= number < recursion.BINS
    assert ticks <= largest <= ticks * (1 + totals.RELATIVE_ERROR)
    assert recursion.bin_of(largest) == number
    assert recursion.bin_of(largest + 1) == number + 1


def test_a_quantile_is_of_the_stated_rank():
    histogram = [0] * recursion.BINS
    for ticks in (5, 7, 100, 10**9):
        histogram[recursion.bin_of(ticks)] += 1
    assert totals.quantile(tuple(histogram), 0.5, 4) == 7
    assert totals.quantile(tuple(histogram), 0.51, 4) == totals.largest_of(recursion.bin_of(100))
    assert totals.quantile(tuple(histogram), 0.5, 9) == np.inf      # five of the nine have no answer yet


def test_nothing_grows_with_the_look_ups_but_the_counts():
    made = s.world(stream=s.table("10000000 per day", "50 ms", servers=8))
    running = Recursion(made, s.only(made), ())
    sizes = [running.free.nbytes, running.waits.nbytes, running._hits.nbytes]
    most = max(len(running.block()) for _ in range(20))
    assert [running.free.nbytes, running.waits.nbytes, running._hits.nbytes] == sizes
    assert most <= 2**16


# Where the recursion is not exact.

OFFICE = {"hours": "Mon-Fri 08:00-17:00"}


def reason(**given):
    made = s.world(stream=s.table(**{"servers": 2, **given}))
    return screening.why_not_exact(made, s.only(made), screening.streams(made))


def test_servers_of_its_own_round_the_clock_are_exact():
    assert reason() == ""


@pytest.mark.parametrize(("given", "why"), [
    (OFFICE, "not always there"), ({"servers": None, "desk": "clerks"}, "also do serve"),
])
def test_where_it_is_not_exact_the_reason_is_named_and_nothing_is_run(given, why):
    assert why in reason(**given)
    made = s.world(stream=s.table(**given))
    with pytest.raises(ValueError, match=why):
        Recursion(made, s.only(made), ())
    assert by_recursion(made, screening.streams(made)) == ()


def test_two_streams_at_one_desk_and_a_desk_with_other_work_are_not_exact():
    """Judged apart from the tasks of the desk, which alone would be reason enough."""
    made = s.world(one=s.table(desk="clerks"), two=s.table(desk="clerks"))
    made = replace(made, station_of=made.station_of * 0 - 1)
    streams = screening.streams(made)
    assert screening.why_not_exact(made, streams[0], streams) == "its clerks also answer two"
    assert screening.why_not_exact(made, streams[0], streams[:1]) == ""
    busy = s.world(one=s.table(desk="clerks"), desks={"clerks": {"domestic": "30 %"}})
    busy = replace(busy, station_of=busy.station_of * 0 - 1)
    assert "other work" in screening.why_not_exact(busy, s.only(busy), ())


@pytest.mark.parametrize("given", [OFFICE, {"servers": None, "desk": "clerks"}])
def test_look_ups_that_cannot_use_the_recursion_go_event_by_event(given):
    """The recursion for servers always there would have been something else, so the events are needed."""
    made = s.world(stream=s.table("200 per day", "8 min", **given), observe="3 d")
    made, streams = screening.placed(made, screening.streams(made))
    rows = screening.by_events(made, streams)
    found, = from_ledger(made, streams, _run(made, rows))
    assert found.reason
    assert found.came == len(rows) == found.began + found.waiting
    always = s.world(stream=s.table("200 per day", "8 min"), observe="3 d")
    assert s.by_recursion(always, s.only(always))[0].came == found.came
    assert s.by_recursion(always, s.only(always))[0].waited < found.waited


def _run(made, rows):
    order = np.lexsort((rows["id"], rows["opened"]))
    return reference.run(made, Cases(rows[order], {}, {}, np.zeros(0, np.int8), np.zeros(0, np.bool_)), w.content())


def test_too_many_for_events_are_refused_with_the_reason():
    made = s.world(stream=s.table("5 per day", **OFFICE))
    stream = replace(s.only(made), per_day=1e7)
    with pytest.raises(CapacityError, match=r"event by event, since its servers are not always there[^$]*24/7"):
        screening.by_events(made, (stream,))


def test_a_rate_that_ticks_cannot_hold_is_refused():
    with pytest.raises(CapacityError, match="look-ups a day"):
        screening.streams(s.world(stream=s.table("1e12 per day", "1 us")))


def test_a_stream_of_no_look_ups_is_none():
    assert screening.streams(s.world(stream=s.table("0 per day"))) == ()


def test_a_stream_of_rare_look_ups_does_not_wrap():
    made = s.world(stream=s.table("1 per year"), observe="300 d")
    assert s.by_recursion(made, s.only(made))[0].came <= 12
