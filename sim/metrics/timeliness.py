"""How long answers take, over every case: one still open, lost or expired is waited for to the end of the run.

Quantiles are of the Kaplan-Meier estimate of the censored distribution, so that no survivor speaks for the lost. A
quantile that the run does not reach is infinite, printed as "never".
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf  # type: ignore[attr-defined]

from sim.metrics.outcome import OPEN, WORDS
from sim.metrics.values import Cell, share
from sim.metrics.view import View
from sim.script import EXPIRED, LOST
from sim.units import HOUR

NO_ANSWER = tuple(WORDS.index(word) for word in (LOST, EXPIRED, OPEN))
GRID = (1, 2, 4, 8, 12, 24, 48, 72, 168, 336, 720)      # hours after asking
URGENCIES = (("urgent", True), ("ordinary", False))

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


@lru_cache(maxsize=4)      # asker and asked of one run, by urgency
def curve(view: View, urgent: bool) -> Curve:
    """(hours, share answered by then) of the cases that count: steps up, last share below 1 where some never were."""
    cases = view.joined.ledger.cases
    ours = view.cases & (view.joined.stream["urgent"] == urgent)
    answered = ~np.isin(view.outcomes.word, NO_ANSWER)[ours]
    until = np.where(answered, cases["closed"][ours], view.joined.ledger.end)
    hours = (until - cases["opened"][ours]) / HOUR
    if not answered.any():
        return np.zeros(0), np.zeros(0)
    sample = CensoredData(uncensored=hours[answered], right=hours[~answered])  # type: ignore[no-untyped-call]
    found = ecdf(sample).cdf
    return found.quantiles, found.probabilities


def quantile(view: View, p: float) -> list[Cell]:
    """By urgency: the time by which a share p of all cases has its answer."""
    cells = []
    for name, urgent in URGENCIES:
        n = int((view.cases & (view.joined.stream["urgent"] == urgent)).sum())
        hours, shares = curve(view, urgent)
        reached = shares >= p - 1e-12                    # 0.5 of ten cases is the fifth, whatever the sum of tenths is
        if n:
            cells.append(Cell(float(hours[np.argmax(reached)]) if reached.any() else np.inf, n, name))
    return cells


def answered_within(view: View) -> list[Cell]:
    """By urgency: the share of all cases answered within each time of GRID that the run is long enough to show."""
    cells, world = [], view.joined.world
    for name, urgent in URGENCIES:
        n = int((view.cases & (view.joined.stream["urgent"] == urgent)).sum())
        hours, shares = curve(view, urgent)
        if n:
            grid = [after for after in GRID if after * HOUR <= world.end - world.observe_from]
            steps = np.concatenate([[0.0], shares])[np.searchsorted(hours, grid, side="right")]
            cells += [Cell(float(100 * step), n, f"{name}, {after} h") for after, step in zip(grid, steps, strict=True)]
    return cells


def limits_kept(view: View) -> list[Cell]:
    """Of the statutory periods that ran out by the end: how many were kept. A period without a source is no statute."""
    legs, world = view.joined.ledger.legs, view.joined.world
    sourced = np.array([[name in protocol.clocks and bool(protocol.clocks[name].source) for name in (*world.clocks, "")]
                        for protocol in world.protocols]).reshape(len(world.protocols), -1)
    timed = view.legs & (legs["due"] >= 0) & (legs["due"] <= view.joined.ledger.end) & (legs["word"] != -2)
    statutory = np.flatnonzero(timed)
    protocol = view.joined.ledger.cases["protocol"][legs["case"][statutory]]
    statutory = statutory[sourced[protocol, legs["clock"][statutory]]]
    return share(int((legs["lateness"][statutory] <= 0).sum()), len(statutory))
