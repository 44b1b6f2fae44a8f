"""After every run the books agree, or the run is refused: nothing is lost, counted twice or out of order.

`check` recomputes each figure from the rows and raises ConservationError with both numbers and the first place where
they part. It needs no knowledge of what a protocol does.
"""

import numpy as np
from numpy.typing import NDArray

from sim.cases import ASKED_BY_CASE, NO_CHANNEL, Cases
from sim.errors import ConservationError
from sim.ledger import NEED, NEVER, RECORD, Ledger
from sim.world import World

RECALLED = -2
SERIALS = 1 << 16                 # frames of a case (engine rule 6)

Rows = NDArray[np.void]
Flags = NDArray[np.bool_]


def check(world: World, cases: Cases, ledger: Ledger) -> None:
    """Raises ConservationError at the first disagreement."""
    _cases(cases, ledger)
    _needs(cases)
    _frames(ledger)
    _steps(ledger)
    _messages(world, ledger)
    _desks(world, ledger)


def _refuse(wrong: Flags, rows: Rows, what: str) -> None:
    """`wrong`: which of `rows` break the rule `what`."""
    if wrong.any():
        first = int(np.argmax(wrong))
        named = rows.dtype.names or ()
        shown = ", ".join(f"{name} {rows[name][first]}" for name in named)
        raise ConservationError(f"{what}: {int(wrong.sum())} of {len(rows)} rows do not; the first is row {first}: "
                                f"{shown}")


def _equal(what: str, got: int, expected: int) -> None:
    if got != expected:
        raise ConservationError(f"{what}: got {got}, expected {expected}")


def _cases(cases: Cases, ledger: Ledger) -> None:
    """Every case of the stream is there once, and either closed with a word or open without."""
    rows = ledger.cases
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
    asked[cases.rows["need"][cases.rows["kind"] == NEED]] = True
    _equal("needs asked, not asked or without a channel, against needs",
           int(np.bincount(cases.opening, minlength=3).sum()), len(cases.opening))
    table = np.array(list(zip(range(len(asked)), cases.opening, asked, cases.reached, strict=True)),
                     [("need", "i4"), ("opening", "i1"), ("has_case", "?"), ("reached", "?")])
    _refuse(asked != (cases.opening == ASKED_BY_CASE), table, "a need has a case exactly where it was asked")
    _refuse(cases.reached != (cases.opening != NO_CHANNEL), table, "a need is reached unless it has no channel")


def _frames(ledger: Ledger) -> None:
    """One root per case with a script, parents older than their children, ends after beginnings."""
    legs = ledger.legs
    keys = _keys(legs["case"], legs["serial"])
    _refuse(np.append(np.diff(keys) <= 0, False), legs, "frames are sorted by (case, serial), each once")
    roots = legs["case"][legs["serial"] == 0]
    scripted = np.isin(ledger.cases["kind"], (NEED, RECORD))
    _equal("cases with a root frame against cases with a script", len(np.unique(roots)), int(scripted.sum()))
    has_parent = legs["parent"] >= 0
    parents = _among(_keys(legs["case"], legs["parent"]), keys)
    _refuse(has_parent & (~parents | (legs["parent"] >= legs["serial"])), legs,
            "the parent of a frame exists and is older")
    ended = legs["ended"] >= 0
    _refuse(ended & (legs["ended"] < legs["began"]), legs, "a frame ends after it began")
    _refuse(ended != ((legs["word"] >= 0) | (legs["word"] == RECALLED)), legs,
            "a frame that ended has a word or was recalled, a running one has none")
    timed = legs["due"] >= 0
    stands = np.where(ended, legs["ended"], ledger.end) - legs["due"]
    _refuse(timed & (legs["lateness"] != stands), legs,
            "lateness is the end of the frame, or of the run, less the due tick")


def _steps(ledger: Ledger) -> None:
    """Steps of a frame are numbered and follow each other in time."""
    steps = ledger.steps
    own = steps["task"] < 0        # a desk's own work has no frame
    framed = _among(_keys(steps["case"], steps["serial"]), _keys(ledger.legs["case"], ledger.legs["serial"]))
    _refuse(~own & ~framed, steps, "every step belongs to a frame")
    began, ended = steps["began"] >= 0, steps["ended"] >= 0
    _refuse((began & (steps["began"] < steps["queued"])) | (ended & (steps["ended"] < steps["queued"]))
            | (began & ended & (steps["ended"] < steps["began"])), steps, "a step is queued, then begins, then ends")
    _refuse((steps["answer"] >= 0) & ~(began & ended), steps, "only a step that ended has an answer")
    same = (np.diff(steps["case"]) == 0) & (np.diff(steps["serial"]) == 0)
    _refuse(np.append(same & (np.diff(steps["step"]) <= 0), False), steps, "steps are sorted by (case, serial, step)")
    early = steps["queued"][1:] < steps["ended"][:-1]
    _refuse(np.append(same & (~ended[:-1] | early), False), steps, "a frame's next step comes after its last one ended")


def _messages(world: World, ledger: Ledger) -> None:
    """Messages sent = arrived by the end + lost + on the way, and disclosures are of messages that arrived."""
    messages, told = ledger.messages, ledger.disclosures
    framed = _among(_keys(messages["case"], messages["serial"]), _keys(ledger.legs["case"], ledger.legs["serial"]))
    _refuse(~framed, messages, "every message belongs to a frame")
    _refuse((messages["arrives"] < messages["begun"]) | (messages["begun"] > ledger.end), messages,
            "a message arrives after it was sent, and is sent before the end")
    arrived = messages["arrives"] <= ledger.end
    on_the_way = (messages["arrives"] > ledger.end) & (messages["arrives"] < NEVER)
    _equal("messages arrived, lost or on their way, against messages sent",
           int(arrived.sum()) + int(messages["lost"].sum()) + int(on_the_way.sum()), len(messages))
    _refuse(~arrived[told["message"]] | (told["tick"] != messages["arrives"][told["message"]]), told,
            "a disclosure is dated with the arrival of a message that arrived")
    _equal("places named by messages beyond those of the world",
           int((messages["receiver"] >= len(world.places)).sum()), 0)


def _desks(world: World, ledger: Ledger) -> None:
    """The desks' own book against the counts made from the steps of all cases."""
    book, at_desk = ledger.stations, ledger.steps[ledger.steps["station"] >= 0]
    began, ended = at_desk["began"] >= 0, at_desk["ended"] >= 0
    queued = ~began & ~ended
    counts = {
        "came": np.ones(len(at_desk), bool), "began": began, "ended": began & ended, "left": ~began & ended,
    }
    names = [station.name for station in world.stations]
    for name, which in counts.items():
        _same(f"jobs that {name}", names, getattr(book, name), _per_desk(at_desk, which, len(names)))
    waiting, serving = _per_desk(at_desk, queued, len(names)), _per_desk(at_desk, began & ~ended, len(names))
    _same("jobs that came = began + left + still queued", names, book.came, book.began + book.left + waiting)
    _same("jobs that began = ended + in service", names, book.began, book.ended + serving)
    waited = at_desk["began"] - at_desk["queued"]
    _same("clerk time of ended jobs", names, book.work, _per_desk(at_desk, began & ended, len(names), at_desk["work"]))
    _same("time between joining and beginning", names, book.waited, _per_desk(at_desk, began, len(names), waited))


def _per_desk(steps: Rows, which: Flags, desks: int, amount: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Count, or sum of `amount`, per station; whole numbers throughout, since ticks exceed what a float holds."""
    total = np.zeros(desks, np.int64)
    np.add.at(total, steps["station"][which], 1 if amount is None else amount[which])
    return total


def _same(what: str, names: list[str], book: NDArray[np.int64], steps: NDArray[np.int64]) -> None:
    wrong = book != steps
    if wrong.any():
        desk = int(np.argmax(wrong))
        raise ConservationError(f"{what}: at {int(wrong.sum())} of {len(names)} desks the two books differ; at "
                                f"{names[desk]!r} the desk says {book[desk]}, the cases say {steps[desk]}")


def _among(wanted: NDArray[np.int64], keys: NDArray[np.int64]) -> Flags:
    """Which of the wanted are among these sorted keys."""
    if len(keys) == 0:
        return np.zeros(len(wanted), bool)
    found: Flags = keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted
    return found


def _keys(case: NDArray[np.int64], serial: NDArray[np.int32]) -> NDArray[np.int64]:
    return case * SERIALS + serial
