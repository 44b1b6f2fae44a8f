"""How much lies open if a holder is broken into: readable records held abroad, times the days they are held.

Copies laid into stores before the start of the run are no messages of it: they have a slice of their own.
"""

from functools import partial

import numpy as np

from sim.columns import exact_sum
from sim.metrics.holders import AT
from sim.metrics.holdings import Account, account, given, held, kept
from sim.metrics.parts import Addable, Cell, Counts, per
from sim.metrics.view import View
from sim.units import DAY

STANDING = "standing copies"


def record_days(view: View) -> list[Addable]:
    """Days within the run; of records given on request, and of copies laid down by record events of the window.

    Slices: both apart; by class of holder; and, not in the total, copies that lay there before the run, from when
    needs begin to count.
    """
    on_request, laid_down = (np.flatnonzero(which & view.joined.learnt) for which in view.once(given))
    any_copy = np.count_nonzero(view.records)
    found: list[Addable] = [
        per(100, exact_sum(kept(view, on_request)) + exact_sum(kept(view, laid_down)), view.n, unit=DAY),
        per(100, exact_sum(kept(view, on_request)), view.n, "on request", unit=DAY, stands=any_copy),
        per(100, exact_sum(kept(view, laid_down)), view.n, "copies", unit=DAY, stands=any_copy)]
    about, counts = view.once(account), view.once(held)
    by_class = about.held(counts).ticks
    for number, name in enumerate(AT):
        ticks = [many for many, of in zip(by_class, about.holders.classes, strict=True) if of == number]
        found.append(per(100, sum(ticks), view.n, name, unit=DAY, stands=sum(ticks)))
    return [*found, Counts(counts, partial(_standing, about), STANDING)]


def _standing(about: Account, counts: tuple[int, ...], slice: str) -> list[Cell]:
    found = about.held(counts)
    ticks, (needs,) = sum(sum(one.ticks) for one in about.laid(found)), found.needs
    return [Cell(100 * ticks / DAY / needs, needs, slice)] if ticks and needs else []
