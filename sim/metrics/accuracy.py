"""Whether searches find the right person, with "not held at all" among the true answers (an open set).

Every search that ended is one query. A Match looks at one place's own records; a Lookup at copies of everybody's.

hit    right      the record found is of the need's subject
       absent     nobody there holds one: a false hit on an absent subject
       mix-up     there is one, but another person's was found
no hit miss       there is one
       true no    there is none
"""

from dataclasses import dataclass

import numpy as np

from sim.columns import joined as person
from sim.metrics.joined import Flags
from sim.metrics.parts import Part, share
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


def searches(view: View) -> Searches:
    joined, steps = view.joined, view.joined.steps
    done = np.flatnonzero(view.steps & joined.steps_of(Match, Lookup) & (steps["answer"] >= 0))
    case, place = steps["case"][done], joined.step_place[done]
    need = joined.need_of[case]
    everywhere = joined.steps_of(Lookup)[done] | (place < 0)
    held: Flags = np.where(everywhere, joined.anybody[need], joined.run.truth.holder[need, place])
    hit: Flags = steps["answer"][done] == ANSWERS[Match].index(HIT)
    right: Flags = hit & (person(joined.records["person"], steps["version"][done]) == joined.subject[case])
    found = np.zeros(len(joined.needs), bool)
    found[need[right]] = True
    return Searches(_count(right), _count(hit & ~held & ~right), _count(hit & held & ~right), _count(~hit & held),
                    _count(~hit & ~held), _count(found), _count(view.counted & joined.anybody))


def _count(which: Flags) -> int:
    return int(np.count_nonzero(which))


def hit_recall(view: View) -> list[Part]:
    found = view.once(searches)
    return share(found.right, found.right + found.mix_up + found.miss)


def found_of_held(view: View) -> list[Part]:
    """Not asked, or asked in the wrong place, is not found."""
    found = view.once(searches)
    return share(found.needs_found, found.needs_held)


def hit_precision(view: View) -> list[Part]:
    found = view.once(searches)
    return share(found.right, found.right + found.absent + found.mix_up)


def false_hit_rate(view: View) -> list[Part]:
    """On subjects the searched place holds nothing on."""
    found = view.once(searches)
    return share(found.absent, found.absent + found.true_no)


def wrong_persons(view: View) -> list[Part]:
    """Searches that brought up another person."""
    found = view.once(searches)
    return share(found.absent + found.mix_up, found.queries)
