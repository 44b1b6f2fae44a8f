"""What becomes of 100 needs: met in time, and the nine classes that add to 100."""

import numpy as np
from numpy.typing import NDArray

from sim.cases import NO_CHANNEL
from sim.metrics.outcome import MET, SPLIT
from sim.metrics.values import Cell, per
from sim.metrics.view import View
from sim.script import NEEDS


def split(view: View) -> NDArray[np.int64]:
    """(9,) needs that count, by class. Raises AssertionError unless every one is in exactly one class."""
    counts = np.bincount(view.outcomes.need_class[view.counted], minlength=len(SPLIT))
    assert counts.sum() == view.n, f"{counts} does not split {view.n} needs"
    return counts


def in_class(view: View, name: str) -> list[Cell]:
    """Needs in one class of SPLIT."""
    return per(100, float(split(view)[SPLIT.index(name)]), view.n)


def needs_met(view: View) -> list[Cell]:
    """Of all, by urgency, and by kind of need."""
    met, needs = np.isin(view.outcomes.need_class, MET), view.joined.needs
    parts = [("", view.counted), ("urgent", view.counted & needs["urgent"]),
             ("ordinary", view.counted & ~needs["urgent"]),
             *((kind, view.counted & (needs["kind"] == k)) for k, kind in enumerate(NEEDS))]
    return [cell for slice, part in parts for cell in per(100, float((met & part).sum()), int(part.sum()), slice)]


def reach(view: View) -> list[Cell]:
    """Needs that some channel of the option serves between states it binds, asked or not."""
    return per(100, float(view.joined.run.cases.reached[view.counted].sum()), view.n)


def without_channel(view: View) -> list[Cell]:
    return per(100, float((view.joined.run.cases.opening[view.counted] == NO_CHANNEL).sum()), view.n)
