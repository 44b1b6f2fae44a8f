"""Each way in which the books of a run can disagree is planted once, and refused."""

from dataclasses import replace

import numpy as np
import pytest
from hand_made import END, Made

from sim import conservation
from sim.cases import NO_CHANNEL, NOT_ASKED
from sim.errors import ConservationError
from sim.ledger import NEVER
from sim.script import Match, Work
from sim.units import HOUR


@pytest.fixture
def books():
    """Three needs, two cases; a job served, one in service, one queued, one left; a message there, lost, on its way."""
    made = Made()
    made.need()
    made.need()
    made.need(opening=NOT_ASKED)
    made.case(0, "answered", 20)
    made.case(1)
    made.leg(0, 1, 1, "answered", 1, 19)
    made.leg(0, 2, -1, "answered", 2, 18, parent=1, clock=1, due=10)
    made.leg(1, 1, 1, began=1)
    made.step(0, 1, 0, Match, 0, 3, 4, 5, station=1)
    made.step(0, 1, 1, Work, 0, 6, 8, 9, station=1)
    made.step(0, 2, 0, Work, -1, 3, -1, 4, station=1)              # left the queue
    made.step(1, 0, 0, Work, -1, 3, 5, -1, station=1)              # in service
    made.step(1, 1, 0, Work, -1, 3, -1, -1, station=2)             # queued
    made.message(0, 0, 1, "query", serial=1)
    made.message(0, 1, 0, "query", serial=1, step=2, lost=True)
    made.message(1, 0, 1, "query", serial=1, step=1, begun=99, arrives=120)
    run = made.replication()
    return run.world, run.cases, run.ledger


def test_books_that_agree_pass(books):
    conservation.check(*books)


def changed(ledger, table, row, **columns):
    rows = getattr(ledger, table).copy()
    for name, value in columns.items():
        rows[name][row] = value
    return replace(ledger, **{table: rows})


@pytest.mark.parametrize(("table", "row", "columns", "says"), [
    ("cases", 1, {"case": 0}, "numbered in order"),
    ("cases", 1, {"id": 99}, "id of the stream"),
    ("cases", 0, {"closed": -1}, "a closed case has a word"),
    ("cases", 1, {"word": 1}, "a closed case has a word"),
    ("cases", 0, {"closed": END + 1}, "closes between"),
    ("legs", 1, {"serial": 2}, "each once"),
    ("legs", 0, {"serial": 1}, "each once"),
    ("legs", 2, {"parent": 7}, "the parent of a frame exists"),
    ("legs", 1, {"parent": 2}, "the parent of a frame exists"),
    ("legs", 1, {"ended": 0}, "ends after it began"),
    ("legs", 1, {"word": -1}, "has a word or was recalled"),
    ("legs", 4, {"word": 2}, "has a word or was recalled"),
    ("legs", 2, {"lateness": 5}, "lateness"),
    ("steps", 0, {"serial": 9}, "belongs to a frame"),
    ("steps", 0, {"began": HOUR}, "queued, then begins"),
    ("steps", 0, {"ended": 3 * HOUR}, "queued, then begins"),
    ("steps", 4, {"answer": 0}, "only a step that ended"),
    ("steps", 1, {"step": 0}, "sorted by"),
    ("steps", 1, {"queued": 4 * HOUR}, "after its last one ended"),
    ("steps", 0, {"ended": -1, "answer": -1}, "after its last one ended"),
    ("steps", 4, {"station": 3}, "jobs that came"),
    ("steps", 4, {"began": 4 * HOUR}, "jobs that began"),
    ("steps", 1, {"work": 1}, "clerk time of ended jobs"),
    ("steps", 1, {"queued": 7 * HOUR}, "time between joining and beginning"),
    ("messages", 0, {"serial": 9}, "every message belongs to a frame"),
    ("messages", 0, {"arrives": NEVER}, "messages arrived, lost or on their way"),
    ("messages", 1, {"lost": False}, "messages arrived, lost or on their way"),
    ("messages", 0, {"arrives": 0}, "arrives after it was sent"),
    ("messages", 2, {"begun": END + 1}, "sent before the end"),
    ("disclosures", 0, {"tick": 1}, "dated with the arrival"),
    ("disclosures", 0, {"message": 2}, "dated with the arrival"),
])
def test_a_planted_inconsistency_is_refused(books, table, row, columns, says):
    world, cases, ledger = books
    with pytest.raises(ConservationError, match=says):
        conservation.check(world, cases, changed(ledger, table, row, **columns))


@pytest.mark.parametrize(("column", "says"), [
    ("came", "jobs that came"), ("began", "jobs that began"), ("ended", "jobs that ended"), ("left", "jobs that left"),
    ("work", "clerk time"), ("waited", "time between joining and beginning")])
def test_the_desks_book_must_agree_with_the_cases(books, column, says):
    world, cases, ledger = books
    book = replace(ledger.stations, **{column: getattr(ledger.stations, column) + np.array([0, 1, 0, 0, 0])})
    with pytest.raises(ConservationError, match=f"{says}.*'S1 desk' the desk says"):
        conservation.check(world, cases, replace(ledger, stations=book))


def test_no_case_is_lost(books):
    world, cases, ledger = books
    with pytest.raises(ConservationError, match="got 1, expected 2"):
        conservation.check(world, cases, replace(ledger, cases=ledger.cases[:1]))


def test_every_case_has_a_root(books):
    world, cases, ledger = books
    legs = ledger.legs[ledger.legs["case"] == 0]
    with pytest.raises(ConservationError, match="root frame"):
        conservation.check(world, cases, replace(ledger, legs=legs))


@pytest.mark.parametrize(("need", "opening", "says"), [
    (0, NOT_ASKED, "a need has a case exactly where it was asked"),
    (2, 0, "a need has a case exactly where it was asked"),
    (2, NO_CHANNEL, "a need is reached unless it has no channel")])
def test_every_need_is_accounted_for(books, need, opening, says):
    world, cases, ledger = books
    openings = cases.opening.copy()
    openings[need] = opening
    with pytest.raises(ConservationError, match=says):
        conservation.check(world, replace(cases, opening=openings), ledger)
