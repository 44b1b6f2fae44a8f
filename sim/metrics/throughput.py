"""What comes out in a day at the offered load."""

import numpy as np

from sim.metrics.cost import answered
from sim.metrics.outcome import MET
from sim.metrics.values import Cell
from sim.metrics.view import View
from sim.units import DAY


def _per_day(view: View, amount: int) -> list[Cell]:
    days = (view.joined.world.observe_until - view.joined.world.observe_from) / DAY
    return [Cell(amount / days, view.n)] if view.n else []


def needs_met_per_day(view: View) -> list[Cell]:
    """Of the needs that arose in the window."""
    return _per_day(view, int((view.counted & np.isin(view.outcomes.need_class, MET)).sum()))


def answered_per_day(view: View) -> list[Cell]:
    """Cases of those needs that told their asker something about the person."""
    return _per_day(view, int(answered(view).sum()))
