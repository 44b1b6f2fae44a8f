"""How long answers take, over every case: one still open, lost or expired is waited for to the end of the run.

Quantiles are of the Kaplan-Meier estimate of the censored distribution, so that no survivor speaks for the lost. A
quantile that the run does not reach is infinite, printed as "never".
"""

import numpy as np

from sim.metrics.joined import Flags
from sim.metrics.outcome import OPEN
from sim.metrics.parts import Cell, Part, share
from sim.metrics.view import View
from sim.metrics.waits import Waits
from sim.script import EXPIRED, LOST
from sim.units import HOUR
from sim.world import World

NO_ANSWER = (LOST, EXPIRED, OPEN)
GRID = (1, 2, 4, 8, 12, 24, 48, 72, 168, 336, 720)      # hours after asking
URGENCIES = ("urgent", "ordinary")


def waits(view: View) -> dict[str, Waits]:
    """The waits of the cases that count, by urgency."""
    cases, urgent = view.joined.cases, view.joined.stream["urgent"]
    answered = ~view.outcomes.says(NO_ANSWER)
    found = {}
    for name, of_urgency in zip(URGENCIES, (urgent, ~urgent), strict=True):
        ours = view.cases & of_urgency
        told, waiting = np.flatnonzero(ours & answered), np.flatnonzero(ours & ~answered)
        found[name] = Waits(cases["closed"][told] - cases["opened"][told],
                            view.joined.ledger.end - cases["opened"][waiting])
    return found


def quantile(world: World, urgency: str, waits: Waits, p: float) -> list[Cell]:
    """The time by which a share p of all cases has its answer."""
    hours, shares = waits.curve
    reached = shares >= p - 1e-12                        # 0.5 of ten cases is the fifth, whatever the sum of tenths is
    return [Cell(float(hours[np.argmax(reached)]) if reached.any() else np.inf, waits.n, urgency)]


def answered_within(world: World, urgency: str, waits: Waits) -> list[Cell]:
    """The share of all cases answered within each time of GRID that the run is long enough to show."""
    hours, shares = waits.curve
    grid = [after for after in GRID if after * HOUR <= world.end - world.observe_from]
    steps = np.concatenate([[0.0], shares])[np.searchsorted(hours, grid, side="right")]
    return [Cell(float(100 * step), waits.n, f"{urgency}, {after} h") for after, step in zip(grid, steps, strict=True)]


def limits_kept(view: View) -> list[Part]:
    """Of the statutory periods that ran out by the end: how many were kept. A period without a source is no statute."""
    legs, due = view.joined.legs, view.joined.legs["due"]
    timed = view.legs & (due >= 0) & (due <= view.joined.ledger.end) & (legs["word"] != -2)
    statutory = np.flatnonzero(timed)
    protocol = view.joined.cases["protocol"][legs["case"][statutory]]
    statutory = statutory[view.joined.of_world(_sourced)[protocol, legs["clock"][statutory]]]
    return share(int((legs["lateness"][statutory] <= 0).sum()), len(statutory))


def _sourced(world: World) -> Flags:
    """(protocols, clocks and none) the protocol's clock is of a statute that has a source."""
    return np.array([[name in protocol.clocks and bool(protocol.clocks[name].source) for name in (*world.clocks, "")]
                     for protocol in world.protocols]).reshape(len(world.protocols), -1)
