"""What becomes of 100 needs: met in time, and the nine classes that add to 100."""

import numpy as np
from numpy.typing import NDArray

from sim.cases import NO_CHANNEL
from sim.metrics.outcome import SPLIT
from sim.metrics.parts import Part, per
from sim.metrics.view import View
from sim.script import NEEDS


def split(view: View) -> NDArray[np.int64]:
    """(9,) needs that count, by class. Raises AssertionError unless every one is in exactly one class."""
    counts = np.bincount(view.outcomes.need_class[view.counted], minlength=len(SPLIT))
    assert counts.sum() == view.n, f"{counts} does not split {view.n} needs"
    return counts


def in_class(view: View, name: str) -> list[Part]:
    """Needs in one class of SPLIT."""
    return [per(100, view.once(split)[SPLIT.index(name)], view.n)]


def needs_met(view: View) -> list[Part]:
    """Of all, by urgency, and by kind of need."""
    met, urgent, kind = view.outcomes.met, view.joined.needs["urgent"], view.joined.needs["kind"]
    parts = [("", view.counted), ("urgent", view.counted & urgent), ("ordinary", view.counted & ~urgent),
             *((name, view.counted & (kind == k)) for k, name in enumerate(NEEDS))]
    return [per(100, (met & part).sum(), part.sum(), slice) for slice, part in parts]


def reach(view: View) -> list[Part]:
    """Needs that some channel of the option serves between states it binds, asked or not."""
    return [per(100, view.joined.run.cases.reached[view.counted].sum(), view.n)]


def without_channel(view: View) -> list[Part]:
    return [per(100, (view.joined.run.cases.opening[view.counted] == NO_CHANNEL).sum(), view.n)]
