"""What the answers cost: officer hours, messages, searches, and where the time goes."""

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Windows
from sim.metrics.joined import Flags, Whole
from sim.metrics.outcome import INFORMS, SAYS_NOTHING_HELD, WORDS
from sim.metrics.values import Cell, per
from sim.metrics.view import View
from sim.script import Match
from sim.units import HOUR

SMALLEST_GROUP = 3            # partners; never another single state
TELLS = tuple(WORDS.index(word) for word in (*INFORMS, *SAYS_NOTHING_HELD))


def hours_ours(view: View) -> list[Cell]:
    """Clerk hours at the focus state, for needs and for records laid down where others look them up."""
    return _hours(view, view.joined.step_place == view.joined.world.focus)


def hours_theirs(view: View) -> list[Cell]:
    """Clerk hours at all partners together."""
    return _hours(view, view.joined.step_place != view.joined.world.focus)


def _hours(view: View, there: Flags) -> list[Cell]:
    steps = view.joined.ledger.steps
    served = there & (steps["station"] >= 0) & (steps["ended"] >= 0) & (steps["began"] >= 0)
    parts = [("", view.cases | view.records)]
    if view.records.any():
        parts += [("needs", view.cases), ("records", view.records)]
    return [cell for name, cases in parts
            for cell in per(100, float(steps["work"][served & cases[steps["case"]]].sum()) / HOUR, view.n, name)]


def answered(view: View) -> Flags:
    """(cases,) that told their asker something about the person."""
    return view.cases & np.isin(view.outcomes.word, TELLS)


def messages_per_answer(view: View) -> list[Cell]:
    told = answered(view)
    return per(1, float(told[view.joined.ledger.messages["case"]].sum()), int(told.sum()))


def searched_places(view: View) -> list[Cell]:
    """Places whose own records were searched, for each need that was asked."""
    joined, steps = view.joined, view.joined.ledger.steps
    searched = view.steps & joined.steps_of(Match) & (steps["answer"] >= 0)
    need = joined.need_of[steps["case"][searched]]
    return per(1, float(len(np.unique(need << 9 | joined.step_place[searched]))), int(view.asked.sum()))


def time_at_desks(view: View) -> list[Cell]:
    """Hours per case spent at desks: waiting while the desk is open, while it is shut, and being worked on."""
    joined, steps = view.joined, view.joined.ledger.steps
    done = steps[view.steps & (steps["station"] >= 0) & (steps["ended"] >= 0) & (steps["began"] >= 0)]
    queue, work = np.zeros(len(done), np.int64), done["work"]
    for number in np.unique(done["station"]):
        here = done["station"] == number
        windows = joined.world.stations[number].windows
        queue[here] = open_before(windows, done["began"][here]) - open_before(windows, done["queued"][here])
    parts = {"queue": queue, "closed hours": done["ended"] - done["queued"] - queue - work, "work": work}
    n = int(view.cases.sum())
    return [cell for name, ticks in parts.items() for cell in per(1, float(ticks.sum()) / HOUR, n, name)]


def open_before(windows: Windows, ticks: Whole) -> NDArray[np.int64]:
    """Ticks a desk has been open before each of these."""
    if not len(windows.opens):
        return np.zeros(len(ticks), np.int64)
    window = np.maximum(np.searchsorted(windows.opens, ticks, side="right") - 1, 0)
    inside = np.clip(ticks - windows.opens[window], 0, windows.closes[window] - windows.opens[window])
    found: NDArray[np.int64] = windows.open_before[window] + inside
    return found


def utilisation(view: View) -> list[Cell]:
    """Clerk time spent on all work, own work included, by kind of desk: at the focus; at all partners where they are
    three at least. A partner's desk whose own work is not simulated would look idle, so it
    is left out."""
    world, book = view.joined.world, view.joined.ledger.stations
    place = np.array([station.place for station in world.stations], np.int64)
    desks = np.array([station.desk for station in world.stations])
    busy = np.isin(np.arange(len(desks)), view.joined.run.cases.rows["station"]) | (place == world.focus)
    used = busy & (book.came > 0) & (book.open_clerk_time > 0)
    cells = []
    for side, there, least in (("ours", place == world.focus, 1), ("partners", place != world.focus, SMALLEST_GROUP)):
        for desk in np.unique(desks[used]):
            here = used & there & (desks == desk)
            if here.sum() >= least:
                worked = 100 * float(book.work[here].sum() / book.open_clerk_time[here].sum())
                cells.append(Cell(worked, int(here.sum()), side, str(desk)))
    return cells
