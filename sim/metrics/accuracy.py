"""Whether searches find the right person, with "not held at all" among the true answers (an open set).

Every search that ended is one query. A Match looks at one place's own records; a Lookup at copies of everybody's.

hit    right      the record found is of the need's subject
       absent     nobody there holds one: a false hit on an absent subject
       mix-up     there is one, but another person's was found
no hit miss       there is one
       true no    there is none
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.metrics.joined import Flags
from sim.metrics.values import Cell, share
from sim.metrics.view import View
from sim.script import ANSWERS, HIT, Lookup, Match


@dataclass(frozen=True)
class Searches:
    """How often each came out; and of the needs whose subject somebody holds a record on, how many were found."""

    right: int
    absent: int
    mix_up: int
    miss: int
    true_no: int
    needs_found: int
    needs_held: int

    @property
    def queries(self) -> int:
        return self.right + self.absent + self.mix_up + self.miss + self.true_no


@lru_cache(maxsize=2)      # asker and asked of one run
def searches(view: View) -> Searches:
    joined, steps = view.joined, view.joined.ledger.steps
    done = view.steps & joined.steps_of(Match, Lookup) & (steps["answer"] >= 0)
    found, case = steps[done], steps["case"][done]
    need, place = joined.need_of[case], joined.step_place[done]
    everywhere = joined.steps_of(Lookup)[done] | (place < 0)
    holder = joined.run.truth.holder
    anybody: Flags = np.any(holder, axis=1)
    held: Flags = np.where(everywhere, anybody[need], holder[need, place])
    hit: Flags = found["answer"] == ANSWERS[Match].index(HIT)
    right: Flags = hit & (np.append(joined.records["person"], -1)[found["version"]] == joined.subject[case])
    return Searches(int(right.sum()), int((hit & ~held & ~right).sum()), int((hit & held & ~right).sum()),
                    int((~hit & held).sum()), int((~hit & ~held).sum()),
                    len(np.unique(need[right])), int((view.counted & anybody).sum()))


def hit_recall(view: View) -> list[Cell]:
    found = searches(view)
    return share(found.right, found.right + found.mix_up + found.miss)


def found_of_held(view: View) -> list[Cell]:
    """Not asked, or asked in the wrong place, is not found."""
    found = searches(view)
    return share(found.needs_found, found.needs_held)


def hit_precision(view: View) -> list[Cell]:
    found = searches(view)
    return share(found.right, found.right + found.absent + found.mix_up)


def false_hit_rate(view: View) -> list[Cell]:
    """On subjects the searched place holds nothing on."""
    found = searches(view)
    return share(found.absent, found.absent + found.true_no)


def wrong_persons(view: View) -> list[Cell]:
    """Searches that brought up another person."""
    found = searches(view)
    return share(found.absent + found.mix_up, found.queries)
