"""What one search returns: the best first, no more than its matcher's limit, and at every moment the best there is."""

import numpy as np
import pytest
from content_scenarios import CODES_OF_FIVE, all_kinds, made, needs, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.content import RECORDS
from sim.content.candidates import candidates
from sim.content.finding import Found
from sim.content.searches import Search

OWN, COPIES = Search("m"), Search("m", copies_at="hub")


def joined(rows, limits, searches=(OWN,)):
    """Candidates of rows (need, holder, search, score, created, superseded), each a version of its own."""
    records = np.zeros(len(rows), RECORDS)
    needs = np.zeros(9, [("subject", "i4")])
    for version, (_, holder, _, _, created, superseded) in enumerate(rows):
        records[version]["version"] = records[version]["person"] = version
        records[version]["place"], records[version]["created"] = holder, created
        records[version]["superseded"] = superseded
    columns = np.array(rows, np.int64).reshape(-1, 6)
    found = [Found(number, columns[at, 0], np.flatnonzero(at), columns[at, 3])
             for number in range(len(searches)) for at in [columns[:, 2] == number]]
    return candidates(needs, records, found, searches, limits)


ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.integers(0, 4),
                          st.integers(0, 6), st.integers(0, 9)), max_size=25)


@given(ROWS, st.integers(1, 3))
def test_at_every_moment_the_best_so_many_are_there(rows, limit):
    searches = (OWN, Search("other"))
    some, every = (joined(rows, limits, searches) for limits in ((limit, None), (None, None)))
    assert set(some.rows.tolist()) <= set(every.rows.tolist())
    for need in range(2):
        for holder in range(2):
            assert some.of(need, holder, 1) == every.of(need, holder, 1)
            for tick in range(10):
                here, there = ([row for row in each.of(need, holder, 0) if row[5] <= tick < row[6]]
                               for each in (some, every))
                assert here[:limit] == there[:limit]


@pytest.mark.parametrize(("limit", "kept"), [(1, [3]), (2, [3, 1]), (3, [3, 1, 0]), (None, [3, 1, 0, 2])])
def test_of_those_that_stand_together_no_more_than_the_limit_are_returned(limit, kept):
    rows = [(0, 0, 0, score, 0, 9) for score in (5, 7, 5, 9)]
    assert [row[3] for row in joined(rows, [limit]).of(0, 0, 0)] == kept


def test_one_that_stands_where_a_better_one_has_gone_is_returned():
    rows = [(0, 0, 0, 9, 0, 5), (0, 0, 0, 7, 5, 9), (0, 0, 0, 6, 2, 4)]
    assert [row[3] for row in joined(rows, [1]).of(0, 0, 0)] == [0, 1]


def test_of_copies_all_are_kept_for_the_run_to_choose():
    rows = [(0, place, 0, score, 0, 9) for place, score in ((0, 5), (0, 7), (1, 9))]
    assert len(joined(rows, [1], (COPIES,)).rows) == 3


def test_own_and_other_records_share_one_limit():
    """A fuzzy search finds many, of which one is the subject's: with a limit of 1 the best alone, whoever it is."""
    setting = scenario(CODES_OF_FIVE, persons=400, records=1_500, changed="0 %", deleted="0 %", threshold=0.76)
    one = setting.matcher["fuzzy"].model_copy(update={"limit": 1})
    every, best = (made(setting.model_copy(update={"matcher": {"m": matcher}}), needs(400, 5, 400), all_kinds())
                   .candidates for matcher in (setting.matcher["fuzzy"], one))
    groups = {tuple(row)[:2] for row in every.rows[["need", "holder"]].tolist()}
    assert any(len({row[7] for row in every.of(*group, 0)}) == 2 for group in groups), "own and others at once"
    several = [group for group in groups if len(every.of(*group, 0)) > 1]
    assert len(several) > 8
    for group in groups:
        assert [row[4] for row in best.of(*group, 0)] == [every.of(*group, 0)[0][4]]
        assert best.of(*group, 0)[0][7] == every.of(*group, 0)[0][7]
