"""What the answers cost: officer hours, messages, searches, and where the time goes."""

import numpy as np
from numpy.typing import NDArray

from sim.calendars import Windows
from sim.columns import exact_sum
from sim.metrics.joined import Flags, Whole, desk_places
from sim.metrics.outcome import INFORMS, SAYS_NOTHING_HELD
from sim.metrics.parts import Cell, Part, per
from sim.metrics.view import Desks, View
from sim.script import Match
from sim.units import HOUR
from sim.world import World

SMALLEST_GROUP = 3            # partners; never another single state


def hours_ours(view: View) -> list[Part]:
    """Hours of people at the focus state, at desks and on the spot, for needs and for records laid down where others
    look them up."""
    return _hours(view, view.joined.step_place == view.joined.world.focus)


def hours_theirs(view: View) -> list[Part]:
    """Hours of people at all partners together."""
    return _hours(view, view.joined.step_place != view.joined.world.focus)


def _hours(view: View, there: Flags) -> list[Part]:
    steps, served = view.joined.steps, there & view.joined.by_person & view.once(_served)
    needs, records = (exact_sum(steps["work"][np.flatnonzero(served & cases)])
                      for cases in (view.steps, view.records[steps["case"]]))
    events = np.count_nonzero(view.records)
    return [per(100, needs + records, view.n, unit=HOUR),
            per(100, needs, view.n, "needs", unit=HOUR, stands=events),
            per(100, records, view.n, "records", unit=HOUR, stands=events)]


def _served(view: View) -> Flags:
    """(steps,) that were begun and ended."""
    steps = view.joined.steps
    found: Flags = (steps["ended"] >= 0) & (steps["began"] >= 0)
    return found


def answered(view: View) -> Flags:
    """(cases,) that told their asker something about the person."""
    return view.cases & view.outcomes.says((*INFORMS, *SAYS_NOTHING_HELD))


def messages_per_answer(view: View) -> list[Part]:
    told = view.once(answered)
    return [per(1, np.count_nonzero(told[view.joined.messages["case"]]), told.sum())]


def record_messages(view: View) -> list[Part]:
    """Messages of record events: copies laid down, refreshed and taken away. Of records on other people only those are
    followed that some search can find, so compare protocols that follow the same records, not levels."""
    sent = np.count_nonzero(view.records[view.joined.messages["case"]])
    return [per(100, sent, view.n, stands=np.count_nonzero(view.records))]


def searched_places(view: View) -> list[Part]:
    """Places whose own records were searched, for each need that was asked."""
    joined, steps = view.joined, view.joined.steps
    searched = np.flatnonzero(view.steps & joined.steps_of(Match) & (steps["answer"] >= 0))
    return [per(1, distinct(view, joined.need_of[steps["case"][searched]], joined.step_place[searched]), view.asked)]


def distinct(view: View, need: Whole, place: NDArray[np.int16]) -> int:
    """Different pairs of need and place, -1 for none."""
    places = len(view.joined.world.places) + 1
    met = np.zeros(len(view.joined.needs) * places, bool)
    met[need * places + place + 1] = True
    return int(np.count_nonzero(met))


def time_at_desks(view: View) -> list[Part]:
    """Hours per case spent at desks: waiting while the desk is open, while it is shut, and being worked on."""
    steps = view.joined.steps
    done = np.flatnonzero(view.steps & (steps["station"] >= 0) & view.once(_served))
    queued, began = steps["queued"][done], steps["began"][done]
    waited = np.flatnonzero(began > queued)
    hours, shift = view.joined.of_world(_end_to_end)
    moved = shift[steps["station"][done[waited]]]
    queue = exact_sum(open_before(hours, began[waited] + moved) - open_before(hours, queued[waited] + moved))
    work, lasted = exact_sum(steps["work"][done]), exact_sum(steps["ended"][done] - queued)
    n = np.count_nonzero(view.cases)
    return [per(1, ticks, n, name, unit=HOUR)
            for name, ticks in (("queue", queue), ("closed hours", lasted - queue - work), ("work", work))]


def _end_to_end(world: World) -> tuple[Windows, Whole]:
    """The opening hours of all desks laid end to end, so that one search finds any of them; (stations,) where each
    desk's tick 0 lies."""
    windows = [station.windows for station in world.stations]
    opens, closes, clerks = (np.concatenate([np.zeros(0, np.int64), *columns]) for columns in (
        [one.opens for one in windows], [one.closes for one in windows], [one.clerks for one in windows]))
    first, last = min(0, opens.min(initial=0)), max(world.end, closes.max(initial=0))
    shift = np.arange(len(windows)) * (last - first + 1) - first
    moved = np.repeat(shift, [len(one.opens) for one in windows])
    lengths = closes - opens
    return Windows(opens + moved, closes + moved, clerks, np.cumsum(lengths) - lengths), shift


def open_before(windows: Windows, ticks: Whole) -> Whole:
    """Ticks a desk has been open before each of these."""
    if not len(windows.opens):
        return np.zeros(len(ticks), np.int64)
    window = np.maximum(np.searchsorted(windows.opens, ticks, side="right") - 1, 0)
    inside = np.clip(ticks - windows.opens[window], 0, windows.closes[window] - windows.opens[window])
    found: Whole = windows.open_before[window] + inside
    return found


def utilisation(desks: Desks) -> list[Cell]:
    """Clerk time spent on all work, own work included, by kind of desk: at the focus; at all partners where they are
    three at least. A partner's desk whose own work is not simulated would look idle, so it
    is left out."""
    world, book = desks.world, desks.book
    place, kind = desk_places(world), np.array([station.desk for station in world.stations])
    used = (desks.own_work | (place == world.focus)) & (book.came > 0) & (book.open_clerk_time > 0)
    cells = []
    for side, there, least in (("ours", place == world.focus, 1), ("partners", place != world.focus, SMALLEST_GROUP)):
        for desk in np.unique(kind[used]):
            here = used & there & (kind == desk)
            if here.sum() >= least:
                worked = 100 * float(book.work[here].sum() / book.open_clerk_time[here].sum())
                cells.append(Cell(worked, int(here.sum()), side, str(desk)))
    return cells
