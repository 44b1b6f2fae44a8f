"""What comes out in a day at the offered load."""

from sim.metrics.cost import answered
from sim.metrics.parts import Part
from sim.metrics.view import View
from sim.units import DAY


def _per_day(view: View, amount: int) -> list[Part]:
    days = (view.joined.world.observe_until - view.joined.world.observe_from) / DAY
    return [Part(amount, view.n, 1, unit=days, of_each=False)]


def needs_met_per_day(view: View) -> list[Part]:
    """Of the needs that arose in the window."""
    return _per_day(view, int((view.counted & view.outcomes.met).sum()))


def answered_per_day(view: View) -> list[Part]:
    """Cases of those needs that told their asker something about the person."""
    return _per_day(view, int(view.once(answered).sum()))
