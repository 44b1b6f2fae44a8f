"""Whether searches find the right person, with "not held at all" among the true answers (an open set).

Every search that ended is one query. A Match looks at one place's own records; a Lookup at copies of everybody's.

hit    right      the record found is of the need's subject
       absent     nobody there holds one: a false hit on an absent subject
       mix-up     there is one, but another person's was found
no hit miss       there is one
       true no    there is none
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.columns import exact_sum
from sim.columns import joined as person
from sim.metrics.joined import Flags, Whole, program_rows
from sim.metrics.parts import Cell, Counts, Part, share
from sim.metrics.view import View
from sim.script import ANSWERS, HIT, REJECTED, Lookup, Match, Verify
from sim.units import HOUR
from sim.world import World

RIGHT, ABSENT, MIX_UP, MISS, TRUE_NO = range(5)
SEARCHED_BY = ("by name", "by print", "by number")
BY_NAME, BY_PRINT, BY_NUMBER = range(3)
NAMES = ("family_name", "given_name", "native_name")
STORES = (1, 2, 10)          # sizes, against the stores that were searched


@dataclass(frozen=True, eq=False)
class Searches:
    """The searches that ended, aligned.

    step     row of the joined steps
    need     row of the needs
    place    whose own records were searched; -1: copies of everybody's
    outcome  RIGHT to TRUE_NO
    """

    step: Whole
    need: Whole
    place: NDArray[np.int16]
    outcome: NDArray[np.int64]

    def are(self, *outcomes: int) -> Flags:
        return np.isin(self.outcome, outcomes)

    def many(self, *outcomes: int) -> int:
        return int(np.count_nonzero(self.are(*outcomes)))

    @property
    def of_holders(self) -> Flags:
        """Searches where a record on the subject is really held."""
        return self.are(RIGHT, MIX_UP, MISS)


def searches(view: View) -> Searches:
    joined, steps = view.joined, view.joined.steps
    done = np.flatnonzero(view.steps & joined.steps_of(Match, Lookup) & (steps["answer"] >= 0))
    case, place = steps["case"][done], joined.step_place[done]
    need = joined.need_of[case]
    everywhere = joined.steps_of(Lookup)[done] | (place < 0)
    held: Flags = np.where(everywhere, joined.anybody[need], joined.run.truth.holder[need, place])
    hit: Flags = steps["answer"][done] == ANSWERS[Match].index(HIT)
    right: Flags = hit & (person(joined.records["person"], steps["version"][done]) == joined.subject[case])
    outcome = np.select([right, hit & ~held, hit, held], [RIGHT, ABSENT, MIX_UP, MISS], TRUE_NO)
    return Searches(done, need, np.where(everywhere, np.int16(-1), place), outcome)


def hit_recall(view: View) -> list[Part]:
    found = view.once(searches)
    return share(found.many(RIGHT), found.many(RIGHT, MIX_UP, MISS))


def found_of_held(view: View) -> list[Part]:
    """Not asked, or asked in the wrong place, is not found."""
    found, needs = view.once(searches), np.zeros(len(view.joined.needs), bool)
    needs[found.need[found.are(RIGHT)]] = True
    return share(np.count_nonzero(needs), np.count_nonzero(view.counted & view.joined.anybody))


def hit_precision(view: View) -> list[Part]:
    found = view.once(searches)
    return share(found.many(RIGHT), found.many(RIGHT, ABSENT, MIX_UP))


def false_hit_rate(view: View) -> list[Part]:
    """On subjects the searched place holds nothing on."""
    found = view.once(searches)
    return share(found.many(ABSENT), found.many(ABSENT, TRUE_NO))


def wrong_persons(view: View) -> list[Part]:
    """Searches that brought up another person."""
    found = view.once(searches)
    return share(found.many(ABSENT, MIX_UP), len(found.outcome))


def false_hit_growth(view: View) -> list[Counts]:
    """The false-hit rate on absent subjects if every store held so many times as many records.

    With f the chance that one record matches another person, a store of n records hits with chance 1 - (1 - f)^n. The
    counted rate p gives (1 - f)^n = 1 - p, whatever n is, so that a store t times as large hits with 1 - (1 - p)^t.
    One f for all makes that an upper bound: where common names bring the false hits, they grow more slowly.
    """
    found = view.once(searches)
    kind = view.joined.of_world(_searched_by)[view.joined.step_row[found.step]]
    false, searched = (np.bincount(kind[which], minlength=len(SEARCHED_BY)).tolist()
                       for which in (found.are(ABSENT), found.are(ABSENT, TRUE_NO)))
    return [Counts((false[k], searched[k]), partial(_grown, times=times), f"{name}, {times}x")
            for k, name in enumerate(SEARCHED_BY) for times in STORES]


def _grown(counts: tuple[int, ...], slice: str, times: int) -> list[Cell]:
    false, searched = counts
    return [Cell(100 * (1 - (1 - false / searched) ** times), searched, slice)] if searched else []


def _searched_by(world: World) -> NDArray[np.int64]:
    """(program rows,) index into SEARCHED_BY, -1 where nothing is searched."""
    return np.array([_kind(world, instruction.by) if isinstance(instruction, Match | Lookup) else -1
                     for instruction in program_rows(world)[0]])


def _kind(world: World, matcher: str) -> int:
    fields = world.scenario.matcher[matcher].fields
    return BY_PRINT if "print" in fields else BY_NAME if any(name in fields for name in NAMES) else BY_NUMBER


def released_wrong_stopped(view: View) -> list[Counts]:
    """Other persons' records that a human look stopped before they were given, for the time all such looks took."""
    joined, steps = view.joined, view.joined.steps
    looked = np.flatnonzero(view.steps & joined.steps_of(Verify) & (steps["station"] >= 0) & (steps["began"] >= 0)
                            & (steps["ended"] >= 0))
    wrong = person(joined.records["person"], steps["version"][looked]) != joined.subject[steps["case"][looked]]
    stopped = wrong & (steps["answer"][looked] == ANSWERS[Verify].index(REJECTED))
    return [Counts((int(np.count_nonzero(stopped)), exact_sum(steps["work"][looked]), len(looked)), _per_100_hours)]


def _per_100_hours(counts: tuple[int, ...], slice: str) -> list[Cell]:
    stopped, ticks, looks = counts
    return [Cell(100 * stopped / (ticks / HOUR), looks, slice)] if ticks else []
