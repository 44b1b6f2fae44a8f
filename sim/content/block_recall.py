"""What is lost by scoring neighbours only: a full search of whole stores, and the share of its hits on neighbours.

Measured for the weights 0.35, 0.25 and 0.40 of family name, given name and date of birth: 3,000 subjects in stores of
100,000 out of 35, harsh errors on both sides, none or 3 % of women marrying within a year:

threshold  missing   marrying  stores      hits  neighbours  share
---------  --------  --------  ----------  ----  ----------  -----
0.88       no_match  none      12           126         125   0.99
0.88       no_match  3 %       35 (all)     413         409   0.99
0.84       no_match  none       6           162         161   0.99
0.84       no_match  3 %        6           157         156   0.99
0.80       no_match  none       6          1043        1000   0.96
0.80       no_match  3 %        6          1034         984   0.95

What is missed at 0.80 is mostly names entered the wrong way round. A matcher that drops missing fields hits everybody
who shares the one field that is left: at 0.88 some 0.15 of its hits are neighbours with harsh errors, 0.4 with typical
and 0.6 with clean ones. No list of neighbours can be short and hold these.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import rates_of, record_ids, versions
from sim.content.fields import Fields, Rows, normalised
from sim.content.life import life
from sim.content.matchers import search
from sim.content.neighbours import Near, neighbours
from sim.content.people import People
from sim.draws import bits_many, identity, stream, unit_many
from sim.scenario.holdings import Matcher
from sim.scenario.holdings import People as Settings
from sim.units import YEAR

QUALITY = "harsh"
OLDEST = 10 * YEAR       # records of every age up to this are alike


class Recall(NamedTuple):
    """Hits of a full search on other people, and how many of them are on neighbours."""

    hits: int
    neighbours: int

    @property
    def share(self) -> float:
        """NaN where there was no hit."""
        return self.neighbours / self.hits if self.hits else float("nan")


def block_recall(people: People, settings: Settings, matcher: Matcher, sample: int) -> Recall:
    """Search every subject in the whole stores of some places, and count who of those found is a neighbour.

    settings, matcher  settled; the errors on both sides are those of the worst quality. The matcher compares names
                       and dates of birth
    sample             so many places, those whose luck is lowest. One of 100,000 records takes some five seconds

    Subject s is asked about as place s holds it, counted round, so that every way of writing has its turn.
    """
    subject = np.arange(people.persons)
    near = neighbours(people, matcher.missing, settings.life is not None).of(subject)
    asked = _held(people, settings, subject, subject % len(people.codes))
    hits = found = 0
    for place in _sampled(people, sample):
        store = people.persons + place * people.per_place + np.arange(people.per_place)
        held = _held(people, settings, store, np.full(len(store), place))
        query, row, _ = search(matcher, asked, held, np.ones((len(asked), 1), bool), np.zeros(len(held), np.int64))
        hits += len(query)
        found += int(among(near, query, store[row]).sum())
    return Recall(hits, found)


def among(near: Near, subject: Rows, person: Rows) -> NDArray[np.bool_]:
    """Which of these pairs are neighbours."""
    of = np.repeat(np.arange(len(near.first) - 1), np.diff(near.first))
    return np.isin(subject << 32 | person, of << 32 | near.person)


def _sampled(people: People, sample: int) -> list[int]:
    ids = np.array([identity("place", code) for code in people.codes], np.uint64)
    places: list[int] = np.argsort(bits_many(people.seed, 0, ids, 0, stream("block recall", "place"), 0)).tolist()
    return places[:sample]


def _held(people: People, settings: Settings, person: Rows, place: Rows) -> Fields:
    u = unit_many(bits_many(people.seed, 0, record_ids(people, person, place), 0, stream("block recall", "age"), 0))
    rates = np.tile(rates_of(settings, QUALITY), (len(person), 1))
    changes = life(people, settings.life, person, 0)
    return normalised(versions(people, person, place, rates, 0, (-u * OLDEST).astype(np.int64), changes)[0])
