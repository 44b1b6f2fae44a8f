"""Four answers that look alike to who asks, told apart by the truth; and how long an omission stays unnoticed.

Which exports leave records out hangs on the world alone (`sim.content.omissions`), so the rows are made again here.
"""

import numpy as np
from numpy.typing import NDArray

from sim.content import omissions
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.parts import Cell, Part
from sim.metrics.view import Desks, View
from sim.script import LOST, MAY_NOT_SAY, NOT_SEARCHED, NOTHING_HELD, Match
from sim.units import YEAR
from sim.world import World

# What a place that was asked and from which nothing came really was.
TRUTHS = ("nothing held", "missed", "left out", "not searched", "may not say", "lost")
_WORDS = (NOTHING_HELD, NOT_SEARCHED, MAY_NOT_SAY, LOST)


def no_answers(view: View) -> list[Part]:
    """Of the places asked one by one that gave nothing and no reason, what it really was, in per cent.

    nothing held  searched, and the place holds nothing on the subject
    missed        it holds a record, and a search that could find it did not (errors, or entered later)
    left out      it holds a record that its export left out at the time of the search
    not searched, may not say, lost   as the place's own leg ended

    Places whose records somebody else looked up among copies are not among them.
    """
    joined, legs = view.joined, view.joined.legs
    word = joined.of_world(_silent_words)[legs["word"]]
    silent = np.flatnonzero(view.legs & (legs["place"] >= 0) & (word >= 0))
    need, place, word = joined.need_of[legs["case"][silent]], legs["place"][silent], word[silent]
    said = word == _WORDS.index(NOTHING_HELD)
    held: Flags = said & joined.run.truth.holder[need, place]
    left_out = held & (_findable_from(joined, need, place) > _searched_at(joined)[silent])
    counts = [said & ~held, held & ~left_out, left_out,
              *(word == _WORDS.index(other) for other in (NOT_SEARCHED, MAY_NOT_SAY, LOST))]
    return [Part(int(np.count_nonzero(which)), len(silent), 100, truth)
            for truth, which in zip(TRUTHS, counts, strict=True)]


def _silent_words(world: World) -> NDArray[np.int8]:
    """(words + 2,) index into _WORDS; -1 for any other word of a leg, and for the last two: recalled, and open."""
    return np.array([*(_WORDS.index(word) if word in _WORDS else -1 for word in world.words), -1, -1], np.int8)


def _searched_at(joined: Joined) -> Whole:
    """(legs,) the tick of its last search; where there was none, when it ended."""
    steps, ended = joined.steps, joined.legs["ended"].astype(np.int64)
    found = np.full(len(ended), -1)
    search = np.flatnonzero(joined.steps_of(Match) & (joined.step_leg >= 0) & (steps["answer"] >= 0))
    np.maximum.at(found, joined.step_leg[search], steps["ended"][search])
    return np.where(found >= 0, found, ended)


def _findable_from(joined: Joined, need: Whole, place: NDArray[np.int16]) -> Whole:
    """The tick from which a search at a place can find the record on a need's subject; 0 where it always could."""
    records, places = joined.records, len(joined.world.places)
    found = np.zeros(len(need), np.int64)
    if "findable" not in (records.dtype.names or ()):
        return found
    late = records[records["findable"] > 0]
    if not len(late):
        return found
    keys = late["person"].astype(np.int64) * places + late["place"]
    keys, first = np.unique(keys, return_index=True)
    wanted = joined.needs["subject"][need].astype(np.int64) * places + place
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, late["findable"][first[at]], 0)


def _defective(desks: Desks) -> NDArray[np.void]:
    world = desks.world
    rows = omissions(world.seed, world.places[:world.jurisdictions], world.scenario.silence,
                     world.scenario.upkeep.reconciliation, world.end)
    found: NDArray[np.void] = rows[rows["defective"]]
    return found


def noticed(desks: Desks) -> list[Cell]:
    """Of the states whose export leaves records out, or did, those where it was noticed by the end of the run."""
    rows = _defective(desks)
    return [Cell(100 * float((rows["noticed"] < desks.world.end).mean()), len(rows))] if len(rows) else []


def age(desks: Desks) -> list[Cell]:
    """Mean years from the start of an omission until it was noticed; until the end of the run where it was not."""
    rows = _defective(desks)
    lasted = np.minimum(rows["noticed"], desks.world.end) - rows["since"]
    return [Cell(float(lasted.mean()) / YEAR, len(rows))] if len(rows) else []
