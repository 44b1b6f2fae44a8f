"""After every run the books agree, or the run is refused: nothing is lost, counted twice or out of order.

`check` recomputes each figure from the rows and raises ConservationError with both numbers and the first place where
they part. It needs no knowledge of what a protocol does.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.cases import ASKED_BY_CASE, NO_CHANNEL, Cases
from sim.columns import Columns, Table, frame_rows, per_row
from sim.errors import ConservationError
from sim.ledger import NEED, NEVER, RECORD, Ledger, StationBook
from sim.world import World

RECALLED = -2

Rows = NDArray[np.void]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class AtDesks:
    """What the cases' steps say of each desk, int64 (stations,): the columns of `StationBook` that can be counted from
    steps, and jobs still waiting or in service. Those of parts of a run, or of a desk's own work, may be added."""

    came: Whole
    began: Whole
    ended: Whole
    left: Whole
    work: Whole
    waited: Whole
    waiting: Whole
    serving: Whole

    def __add__(self, other: "AtDesks") -> "AtDesks":
        return AtDesks(*(getattr(self, column.name) + getattr(other, column.name) for column in fields(self)))


def check(world: World, cases: Cases, ledger: Ledger) -> None:
    """The books of a whole run. Raises ConservationError at the first disagreement."""
    steps = Columns(ledger.steps)
    _rows(world, cases, ledger, steps)
    check_desks(world, ledger.stations, at_desks(world, steps))


def check_rows(world: World, cases: Cases, ledger: Ledger) -> None:
    """All but the desks, whose book is of the whole run: also for a part of a run that holds all cases of its needs.
    Raises ConservationError."""
    _rows(world, cases, ledger, Columns(ledger.steps))


def _rows(world: World, cases: Cases, ledger: Ledger, steps: Columns) -> None:
    legs = Columns(ledger.legs)
    _cases(cases, ledger)
    _needs(cases)
    _frames(ledger, legs)
    _steps(steps, legs)
    _messages(world, ledger, legs)


def _refuse(wrong: Flags, table: Table, what: str) -> None:
    """`wrong`: which rows of the table, or how many of its first rows, break the rule `what`."""
    if wrong.any():
        rows: Rows = table.rows if isinstance(table, Columns) else table
        first = int(np.argmax(wrong))
        shown = ", ".join(f"{name} {rows[name][first]}" for name in rows.dtype.names or ())
        raise ConservationError(f"{what}: {int(wrong.sum())} of {len(rows)} rows do not; the first is row {first}: "
                                f"{shown}")


def _equal(what: str, got: int, expected: int) -> None:
    if got != expected:
        raise ConservationError(f"{what}: got {got}, expected {expected}")


def _cases(cases: Cases, ledger: Ledger) -> None:
    """Every case of the stream is there once, and either closed with a word or open without."""
    rows = Columns(ledger.cases)
    _equal("cases in the ledger against cases that open before the end", len(rows),
           int((cases.rows["opened"] <= ledger.end).sum()))
    _refuse(rows["case"] != np.arange(len(rows)), rows, "cases are numbered in order, each once")
    _refuse(rows["id"] != cases.rows["id"][:len(rows)], rows, "a case bears the id of the stream's row")
    closed, worded = rows["closed"] >= 0, rows["word"] >= 0
    _refuse(closed != worded, rows, "a closed case has a word, an open one has none")
    _refuse(closed & ((rows["closed"] < rows["opened"]) | (rows["closed"] > ledger.end)), rows,
            f"a case closes between its opening and the end of the run ({ledger.end})")


def _needs(cases: Cases) -> None:
    """Every need was asked by at least one case, or not asked, or had no channel; and cases are of asked needs only."""
    asked = np.zeros(len(cases.opening), bool)
    of_need = np.flatnonzero(cases.rows["kind"] == NEED)
    asked[cases.rows["need"][of_need]] = True
    _equal("needs asked, not asked or without a channel, against needs",
           int(np.bincount(cases.opening, minlength=3).sum()), len(cases.opening))
    table = np.zeros(len(asked), [("need", "i4"), ("opening", "i1"), ("has_case", "?"), ("reached", "?")])
    table["need"], table["opening"] = np.arange(len(asked)), cases.opening
    table["has_case"], table["reached"] = asked, cases.reached
    _refuse(asked != (cases.opening == ASKED_BY_CASE), table, "a need has a case exactly where it was asked")
    _refuse(cases.reached != (cases.opening != NO_CHANNEL), table, "a need is reached unless it has no channel")


def _frames(ledger: Ledger, legs: Columns) -> None:
    """One root per case with a script, parents older than their children, ends after beginnings."""
    case, serial = legs["case"], legs["serial"]
    _refuse(~_increasing(case, serial), legs, "frames are sorted by (case, serial), each once")
    scripted = int(((ledger.cases["kind"] == NEED) | (ledger.cases["kind"] == RECORD)).sum())
    _equal("cases with a root frame against cases with a script", int((serial == 0).sum()), scripted)
    children = np.flatnonzero(legs["parent"] >= 0)
    wrong = np.zeros(len(legs), bool)
    wrong[children] = ((frame_rows(legs, case[children], legs["parent"][children]) < 0)
                       | (legs["parent"][children] >= serial[children]))
    _refuse(wrong, legs, "the parent of a frame exists and is older")
    ended = legs["ended"] >= 0
    _refuse(ended & (legs["ended"] < legs["began"]), legs, "a frame ends after it began")
    _refuse(ended != ((legs["word"] >= 0) | (legs["word"] == RECALLED)), legs,
            "a frame that ended has a word or was recalled, a running one has none")
    stands = np.where(ended, legs["ended"], ledger.end) - legs["due"]
    _refuse((legs["due"] >= 0) & (legs["lateness"] != stands), legs,
            "lateness is the end of the frame, or of the run, less the due tick")


def _increasing(*keys: NDArray[np.signedinteger]) -> Flags:
    """(rows - 1,) each row comes after the one before it, by the first key in which they differ."""
    *outer, last = keys
    after: Flags = last[1:] > last[:-1]
    for key in reversed(outer):
        after = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & after)
    return after


def _steps(steps: Columns, legs: Columns) -> None:
    """Steps of a frame are numbered and follow each other in time."""
    framed = np.flatnonzero(steps["task"] >= 0)        # a desk's own work has no frame
    wrong = np.zeros(len(steps), bool)
    wrong[framed] = frame_rows(legs, steps["case"][framed], steps["serial"][framed]) < 0
    _refuse(wrong, steps, "every step belongs to a frame")
    queued, began, ended = steps["queued"], steps["began"], steps["ended"]
    has_begun, has_ended = began >= 0, ended >= 0
    _refuse((has_begun & (began < queued)) | (has_ended & (ended < queued)) | (has_begun & has_ended & (ended < began)),
            steps, "a step is queued, then begins, then ends")
    _refuse((steps["answer"] >= 0) & ~(has_begun & has_ended), steps, "only a step that ended has an answer")
    case, serial, step = steps["case"], steps["serial"], steps["step"]
    same = (case[1:] == case[:-1]) & (serial[1:] == serial[:-1])
    _refuse(same & (step[1:] <= step[:-1]), steps, "steps are sorted by (case, serial, step)")
    _refuse(same & (~has_ended[:-1] | (queued[1:] < ended[:-1])), steps,
            "a frame's next step comes after its last one ended")


def _messages(world: World, ledger: Ledger, legs: Columns) -> None:
    """Messages sent = arrived by the end + lost + on the way, and disclosures are of messages that arrived."""
    messages, told = Columns(ledger.messages), Columns(ledger.disclosures)
    _refuse(frame_rows(legs, messages["case"], messages["serial"]) < 0, messages, "every message belongs to a frame")
    arrives = messages["arrives"]
    _refuse((arrives < messages["begun"]) | (messages["begun"] > ledger.end), messages,
            "a message arrives after it was sent, and is sent before the end")
    arrived = arrives <= ledger.end
    on_the_way = ~arrived & (arrives < NEVER)
    _equal("messages arrived, lost or on their way, against messages sent",
           int(arrived.sum()) + int(messages["lost"].sum()) + int(on_the_way.sum()), len(messages))
    of_message = arrives[told["message"]]
    _refuse((of_message > ledger.end) | (told["tick"] != of_message), told,
            "a disclosure is dated with the arrival of a message that arrived")
    _equal("places named by messages beyond those of the world",
           int((messages["receiver"] >= len(world.places)).sum()), 0)


def at_desks(world: World, steps: Table) -> AtDesks:
    """What these steps say of each desk."""
    rows, station = len(world.stations) + 1, steps["station"].astype(np.int64) + 1       # 0: no desk
    began, has_begun, has_ended = steps["began"], steps["began"] >= 0, steps["ended"] >= 0
    counts = np.bincount(station << 2 | has_begun << 1 | has_ended, minlength=4 * rows).reshape(rows, 4)
    waiting, left, serving, ended = counts[1:].T
    waited = per_row(station, rows, np.where(has_begun, began - steps["queued"], 0))
    worked = per_row(station, rows, np.where(has_begun & has_ended, steps["work"], 0))
    return AtDesks(counts[1:].sum(axis=1), serving + ended, ended, left, worked[1:], waited[1:], waiting, serving)


def check_desks(world: World, book: StationBook, steps: AtDesks) -> None:
    """The desks' own book against the counts made from the steps of all cases. Raises ConservationError."""
    names = [station.name for station in world.stations]
    for name in ("came", "began", "ended", "left"):
        _same(f"jobs that {name}", names, getattr(book, name), getattr(steps, name))
    _same("jobs that came = began + left + still queued", names, book.came, book.began + book.left + steps.waiting)
    _same("jobs that began = ended + in service", names, book.began, book.ended + steps.serving)
    _same("clerk time of ended jobs", names, book.work, steps.work)
    _same("time between joining and beginning", names, book.waited, steps.waited)


def _same(what: str, names: list[str], book: Whole, steps: Whole) -> None:
    wrong = book != steps
    if wrong.any():
        desk = int(np.argmax(wrong))
        raise ConservationError(f"{what}: at {int(wrong.sum())} of {len(names)} desks the two books differ; at "
                                f"{names[desk]!r} the desk says {book[desk]}, the cases say {steps[desk]}")
