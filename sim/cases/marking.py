"""Urgency inflation: whose asker marks an ordinary need as urgent because the plain lane would come too late.

Decided before the run, of what an asker knows then: the means of the work on the main path of the protocol that takes
the need, and what a plain request is known to wait at each desk on it. So an option with fewer or quicker desks is
marked less, whatever happens in the run, and no option moves another's luck: each need has one uniform, and is marked
where it lies below the share of askers who would.

What it leaves out: askers do not see the queue of the day, nor learn that the urgent lane has grown slow.
"""

import numpy as np
from numpy.typing import NDArray

from sim.needs import NO_ATTACK
from sim.needs.matter import uniforms_of
from sim.programs import Protocol, main_path
from sim.scenario.attacks import Marking
from sim.script import DESKLESS, STEPS
from sim.world import World


def plain_time(world: World, protocol: Protocol, setting: Marking) -> float:
    """Ticks that a plain request is known to take: work and waits at desks along the main path of the protocol."""
    tasks = [world.tasks[world.task_row[row.instruction.task]] for row in main_path(protocol.case)
             if isinstance(row.instruction, STEPS)]
    return sum(task.mean + (setting.wait.value if task.desk not in DESKLESS else 0.0) for task in tasks)


def marked(world: World, protocol: Protocol, needs: NDArray[np.void]) -> NDArray[np.bool_]:
    """(needs,) rows of NEEDS that go by this protocol as urgent and are not."""
    setting = world.scenario.demand.marking
    if setting is None:
        return np.zeros(len(needs), np.bool_)
    would = uniforms_of(world, np.ascontiguousarray(needs["id"]))("marks it urgent") < setting.share.value
    too_late = needs["needed_by"] - needs["arises"] < plain_time(world, protocol, setting)
    found: NDArray[np.bool_] = would & too_late & ~needs["urgent"] & (needs["attack"] == NO_ATTACK)
    return found
