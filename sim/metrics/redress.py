"""What a complaint of a wrong record brings: when it is right where it is held, and when wherever it was told.

Of the complaints of the observed window, by the cases of the record scripts alone. A record is right once its owner has
mended it, after the body found the complaint right; its last copy, once everybody who was ever sent it by the same
channel has taken it away. One turned away, undecided or left with somebody at the end is waited for to the end of the
run. Copies that recipients passed on, and what was concluded from them, are not known.
"""

from typing import NamedTuple

import numpy as np

from sim.content.records import COMPLAINED
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.parts import Part
from sim.metrics.view import View
from sim.script import DONE, REFUSED, Work
from sim.units import DAY

FROM_CORRECTION = "from the correction"


class Complaints(NamedTuple):
    """(complaints,) ticks: opened; when the owner mended it and when the last copy went, -1 where not. Copies there
    were, and those taken away; turned: the body turned it away."""

    opened: Whole
    mended: Whole
    right: Whole
    copies: Whole
    taken: Whole
    turned: Flags


def last_copy_right(view: View) -> list[Part]:
    """Mean days from the complaint, and from the owner's correction where others had it, until the last copy is right;
    to the end of the run where it is not."""
    found = view.once(complaints)
    until = np.where(found.right >= 0, found.right, view.joined.ledger.end)
    told = (found.mended >= 0) & (found.copies > 0)
    return [Part(int((until - found.opened).sum()), len(until), 1, unit=DAY),
            Part(int((until - found.mended)[told].sum()), int(np.count_nonzero(told)), 1, FROM_CORRECTION, unit=DAY)]


def complaints_unmet(view: View) -> list[Part]:
    """Complaints whose record, or a copy of it, is as wrong as before at the end of the run; by why."""
    found = view.once(complaints)
    undecided, left = (found.mended < 0) & ~found.turned, (found.mended >= 0) & (found.right < 0)
    return [Part(int(np.count_nonzero(which)), len(found.opened), 100, slice) for slice, which in
            (("", found.right < 0), ("turned away", found.turned), ("undecided", undecided), ("a copy is left", left))]


def copies_corrected(view: View) -> list[Part]:
    """Of the copies of records that were mended, those taken away."""
    found = view.once(complaints)
    mended = found.mended >= 0
    return [Part(int(found.taken[mended].sum()), int(found.copies[mended].sum()), 100)]


def complaints(view: View) -> Complaints:
    """By case."""
    joined = view.joined
    ours = np.flatnonzero(view.records & (joined.stream["event"] == COMPLAINED))
    legs, words = joined.legs, np.array([*joined.world.words, "recalled", "open"])
    word, many = words[legs["word"]], len(joined.cases)
    to_others, roots = legs["place"] >= 0, legs["serial"] == 0
    case, taken = legs["case"], to_others & (word == DONE)
    copies, gone = (np.bincount(case[which], minlength=many)[ours] for which in (to_others, taken))
    last, mended = _latest(case[taken], legs["ended"][taken], many)[ours], _mended(joined)[ours]
    turned = np.zeros(many, np.bool_)
    turned[case[roots & (word == REFUSED)]] = True
    right = np.where((mended >= 0) & (copies == gone) & ~_waiting(joined)[ours], np.maximum(mended, last), -1)
    return Complaints(joined.cases["opened"][ours].astype(np.int64), mended, right, copies, gone, turned[ours])


def _waiting(joined: Joined) -> Flags:
    """(cases,) the root still runs."""
    legs, found = joined.legs, np.zeros(len(joined.cases), np.bool_)
    found[legs["case"][(legs["serial"] == 0) & (legs["ended"] < 0)]] = True
    return found


def _mended(joined: Joined) -> Whole:
    """(cases,) the tick at which the last work outside legs ended, -1 where there was none: the owner's correction."""
    steps = joined.steps
    done = np.flatnonzero(joined.steps_of(Work) & (joined.step_leg < 0) & (steps["answer"] >= 0))
    return _latest(steps["case"][done], steps["ended"][done], len(joined.cases))


def _latest(case: Whole, tick: Whole, many: int) -> Whole:
    """(cases,) the last of these ticks, -1 without any."""
    found = np.full(many, -1, np.int64)
    np.maximum.at(found, case, tick)
    return found
