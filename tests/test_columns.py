"""Columns, frames and sums of a ledger's tables, against the plain way to read them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.columns import Columns, exact_sum, frame_rows, joined, per_row
from sim.ledger import LEGS, MESSAGES

FRAMES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 5)), unique=True, max_size=25).map(sorted)


def legs_of(frames):
    legs = np.zeros(len(frames), LEGS)
    for row, (case, serial) in enumerate(frames):
        legs["case"][row], legs["serial"][row] = case, serial
    return legs


@given(FRAMES, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 7)), max_size=25))
def test_a_frame_is_found_where_it_stands_with_gaps_or_without(frames, wanted):
    case, serial = (np.array([pair[k] for pair in wanted], np.int64) for k in (0, 1))
    expected = [frames.index(pair) if pair in frames else -1 for pair in wanted]
    legs = legs_of(frames)
    assert frame_rows(legs, case, serial).tolist() == expected
    assert frame_rows(Columns(legs), case, serial).tolist() == expected


def test_a_column_is_of_the_chosen_rows_in_their_order():
    messages = np.zeros(3, MESSAGES)
    messages["receiver"], messages["lost"] = [4, 5, 6], [True, False, True]
    chosen = Columns(messages, np.array([2, 0, 2]))
    assert (len(chosen), chosen["receiver"].tolist(), chosen["lost"].tolist()) == (3, [6, 4, 6], [True] * 3)
    whole = Columns(messages)["receiver"]
    assert whole.flags.c_contiguous
    assert whole.tolist() == [4, 5, 6]


def test_a_row_of_minus_one_joins_to_minus_one():
    assert joined(np.array([7, 8], np.int32), np.array([1, -1, 0])).tolist() == [8, -1, 7]
    assert joined(np.zeros(0, np.int32), np.array([-1, -1])).tolist() == [-1, -1]


@given(st.lists(st.integers(-2**62, 2**62), max_size=40))
def test_a_sum_beyond_64_bits_is_exact(ticks):
    assert exact_sum(np.array(ticks, np.int64)) == sum(ticks)


def test_sums_per_row_are_whole_beyond_what_a_float_holds():
    most = 2**60
    assert per_row(np.array([1, 0, 1], np.int32), 3, np.array([most, 3, 1])).tolist() == [3, most + 1, 0]
