"""What it costs to keep records right: clerk time of checks at entry, of audits, of comparing counts."""

from sim.metrics.cost import SMALLEST_GROUP
from sim.metrics.parts import Cell
from sim.metrics.view import Desks
from sim.scenario.upkeep import PROCESSES
from sim.units import DAY, HOUR


def hours_per_day(desks: Desks) -> list[Cell]:
    """Clerk hours per day of the work that came in the observed window, by process: at the focus; at all partners
    together where they are three at least. It is asked of the desks whose own work is simulated."""
    world, rows, cells = desks.world, desks.upkeep, []
    days = (world.observe_until - world.observe_from) / DAY
    ours = rows["place"] == world.focus
    for side, there, least in (("ours", ours, 1), ("partners", ~ours, SMALLEST_GROUP)):
        for number, process in enumerate(PROCESSES):
            here = rows[there & (rows["process"] == number)]
            if len(here) >= least:
                cells.append(Cell(float(here["work"].sum()) / HOUR / days, int(here["piles"].sum()), side, process))
    return cells
