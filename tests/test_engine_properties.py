"""What holds in every world: books agree, luck stays with its owner, and more clerks help where theory says so."""

from dataclasses import fields

import numpy as np
import pytest
import worlds as w
from hypothesis import given, settings
from hypothesis import strategies as st
from random_worlds import CASES, SETTINGS, TASKS, build, run, trees

from sim.engines.reference import Run
from sim.ledger import DOMESTIC
from sim.script import ANSWERED, DONE, NO, YES, Is, Work
from sim.units import HOUR, MINUTE


def tables(ledger):
    """Every table of a ledger, and every column of the desks' own book."""
    found = [ledger.cases, ledger.legs, ledger.steps, ledger.messages]
    return found + [getattr(ledger.stations, field.name) for field in fields(ledger.stations)]


@settings(max_examples=120)
@given(tree=trees(), setting=SETTINGS, asked=CASES)
def test_the_books_agree_in_random_worlds_and_a_second_run_has_the_same_rows(tree, setting, asked):
    made = build(tree, setting)
    first, second = run(made, asked), run(made, asked)
    for one, other in zip(tables(first), tables(second), strict=True):
        assert one.tobytes() == other.tobytes()


@settings(max_examples=80)
@given(tree=trees(), setting=SETTINGS, asked=CASES)
def test_random_scripts_leave_a_sound_tree_of_frames(tree, setting, asked):
    """Counted here anew, without `sim.conservation`: cases closed or open, parents there, steps one after the other."""
    made = build(tree, setting)
    ledger = run(made, asked)
    assert ((ledger.cases["closed"] >= ledger.cases["opened"]) | (ledger.cases["closed"] == -1)).all()
    began = {(row["case"], row["serial"]): row["began"] for row in ledger.legs}
    for row in ledger.legs:
        assert (row["parent"] == -1) == (row["serial"] == 0)
        assert row["serial"] == 0 or began[row["case"], row["parent"]] <= row["began"]
    last = {}
    for row in ledger.steps[ledger.steps["task"] >= 0]:
        key = (row["case"], row["serial"])
        assert row["queued"] >= last.get(key, began[key])
        last[key] = row["ended"] if row["ended"] >= 0 else np.iinfo(np.int64).max
    grain = made.grain
    assert (ledger.steps["work"] % grain == 0).all()
    assert setting["desk"]["hours"] != "24/7" or (ledger.steps["ended"][ledger.steps["ended"] >= 0] % grain == 0).all()


def by_event(run, desk):
    """A hand-out as an event of its own, always."""
    if desk.waits():
        run._call_hand_out(desk)


@settings(max_examples=60)
@given(tree=trees(), setting=SETTINGS, asked=CASES)
def test_handing_out_at_once_where_nothing_else_is_due_changes_no_row(tree, setting, asked):
    """The engine's one short cut, for own work, against rule 3 to the letter."""
    made = build(tree, setting)
    short = tables(run(made, asked))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Run, "_hand_out_alone", by_event)
        for one, other in zip(short, tables(run(made, asked)), strict=True):
            assert one.tobytes() == other.tobytes()


def named(made, ledger):
    """Rows with places and stations by name and without the cases' numbers, which own work elsewhere would move."""
    stations = [station.name for station in made.stations] + [""]
    places = [*made.places, ""]
    keep = ledger.cases["kind"] < DOMESTIC
    ids = ledger.cases["id"]
    return (
        [(row["id"], row["opened"], row["closed"], row["word"]) for row in ledger.cases[keep]],
        [(ids[row["case"]], *row.tolist()[1:3], places[row["place"]], *row.tolist()[4:]) for row in ledger.legs
         if keep[row["case"]]],
        [(ids[row["case"]], *row.tolist()[1:5], stations[row["station"]], *row.tolist()[6:]) for row in ledger.steps],
        [(ids[row["case"]], *row.tolist()[1:7], *(places[row[end]] for end in ("sender", "receiver", "via")),
          *row.tolist()[10:])
         for row in ledger.messages],
    )


@settings(max_examples=60)
@given(tree=trees(), setting=SETTINGS, asked=CASES)
def test_a_further_jurisdiction_that_does_nothing_changes_nobodys_luck(tree, setting, asked):
    """AB comes between the others in the alphabet, so that all places but AA get other numbers."""
    quiet = {**setting, "desk": {**setting["desk"], "domestic": "0 %"}}
    before, after = (build(tree, quiet, places) for places in (("AA", "BB", "CC"), ("AA", "AB", "BB", "CC")))
    for one, other in zip(named(before, run(before, asked)), named(after, run(after, asked)), strict=True):
        assert sorted(one) == sorted(other)


# More clerks.

def serve(c):
    yield Work("requester", "search")
    return DONE


@settings(max_examples=60)
@given(clerks=st.integers(1, 3), hours=st.sampled_from(["24/7", "Mon-Fri 08:00-16:00"]),
       opened=st.lists(st.integers(0, 60), min_size=2, max_size=14), seed=st.integers(1, 1000))
def test_more_clerks_never_make_a_case_later_where_all_queue_once_in_turn(clerks, hours, opened, seed):
    """One class, one visit, first come first served, the same luck."""
    closed = []
    for number in (clerks, clerks + 1):
        made = w.world(w.protocol(serve, tasks=TASKS), seed=seed, desks={"clerks": {"clerks": number, "hours": hours}})
        ledger = w.simulate(made, *[{"opened": k * 20 * MINUTE, "id": n} for n, k in enumerate(opened)])
        closed.append(ledger.cases["closed"])
    assert (closed[1] <= closed[0]).all()


LONG = {"one": w.task("1 h"), "three": w.task("3 h"), "ten": w.task("10 h")}


def by_fact(c):
    if (yield Is("minor_offence")) == YES:
        yield Work("requester", "ten")
    elif (yield Is("urgent")) == YES:
        yield Work("requester", "three")
    else:
        yield Work("requester", "one")
    return ANSWERED


def some_come_back(c):
    if (yield Is("urgent")) == YES:
        yield Work("requester", "three")
        return ANSWERED
    yield Work("requester", "one")
    if (yield Is("minor_offence")) == NO:
        return ANSWERED
    yield Work("requester", "ten")
    return ANSWERED


def last_closed(script, clerks, *cases):
    made = w.world(w.protocol(script, tasks=LONG), desks={"clerks": {"clerks": clerks}})
    opened = [{**case, "opened": int(case["opened"] * HOUR)} for case in cases]
    return w.closed(made, w.simulate(made, *opened))[-1][0]


@pytest.mark.parametrize(("script", "cases", "closes"), [
    # The second clerk takes up long work of low rank just before a case of high rank comes.
    (by_fact, [{"opened": 0, "urgent": 1, "priority": 0}, {"opened": 1, "urgent": 1, "priority": 0},
               {"opened": 2, "minor_offence": 1, "priority": 3}, {"opened": 2, "minor_offence": 1, "priority": 3},
               {"opened": 5.5, "priority": 0}], [7, 14]),
    # The second clerk lets two cases come back sooner with long work, before a newcomer instead of after it.
    (some_come_back, [{"opened": 0, "urgent": 1}, {"opened": 0.1, "minor_offence": 1},
                      {"opened": 0.1, "minor_offence": 1}, {"opened": 3.5}], [6, 13.1]),
], ids=["priorities", "second visits"])
def test_more_clerks_can_make_a_case_later_with_priorities_or_second_visits(script, cases, closes):
    """Why the property above is not stated for all worlds: with two clerks the last case closes hours later."""
    assert [last_closed(script, clerks, *cases) for clerks in (1, 2)] == pytest.approx(closes)
