"""What is lost by scoring neighbours only: a full search of whole stores, and the share of its hits that are among them.

Measured for the three-field matcher that drops no hit for a threshold (0.35 family, 0.25 given name, 0.40 date of
birth), 3,000 subjects in six of 35 stores of 100,000, harsh errors on both sides, no field missing:

threshold   hits    among the neighbours
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import versions
from sim.content.fields import Fields, Rows, normalised
from sim.content.matchers import search
from sim.content.neighbours import Neighbours, neighbours
from sim.content.people import People
from sim.draws import bits_many, identity, stream
from sim.scenario.holdings import Matcher


class Recall(NamedTuple):
    """Hits of a full search on other people, and how many of them are neighbours."""

    hits: int
    neighbours: int

    @property
    def share(self) -> float:
        """NaN where there was no hit."""
        return self.neighbours / self.hits if self.hits else float("nan")


def block_recall(people: People, setting: Matcher, rates: NDArray[np.float64], sample: int) -> Recall:
    """Search every subject in the whole stores of some places, and look up who of those found is a neighbour.

    setting  a matcher of names and dates
    rates    float[len(ERRORS)] of errors, in what the askers have and in what is held
    sample   how many places are searched: those whose luck is lowest. A store of 100,000 takes some seconds each

    Subject s is asked about as place s, counted round, holds it, so that every way of writing has its turn.
    """
    near = neighbours(people, setting.missing)
    subject = np.arange(people.persons)
    asked = _held(people, subject, subject % len(people.codes), rates)
    hits = found = 0
    for place in _sampled(people, sample):
        store = people.persons + place * people.per_place + np.arange(people.per_place)
        held = _held(people, store, np.full(len(store), place), rates)
        query, row, _ = search(setting, asked, held, np.ones((len(asked), 1), bool), np.zeros(len(held), np.int64))
        hits += len(query)
        found += int(among(near, query, store[row]).sum())
    return Recall(hits, found)


def among(near: Neighbours, subject: Rows, person: Rows) -> NDArray[np.bool_]:
    """Which of these pairs are neighbours."""
    of = np.repeat(np.arange(len(near.first) - 1), np.diff(near.first))
    return np.isin(subject << 32 | person, of << 32 | near.person)


def _sampled(people: People, sample: int) -> list[int]:
    ids = np.array([identity("place", code) for code in people.codes], np.uint64)
    luck = bits_many(people.seed, 0, ids, 0, stream("block recall"), 0)
    return np.argsort(luck)[:sample].tolist()


def _held(people: People, person: Rows, place: Rows, rates: NDArray[np.float64]) -> Fields:
    return normalised(versions(people, person, place, np.tile(rates, (len(person), 1)), 0)[0])
