"""People move, marry and are given new documents; what was written before is no longer true.

Each person has one latest change of each kind, counted back from the end of the run: an age that is exponential with
the declared rate, so that a run of any length sees a store at rest. What was true before is one earlier value; changes
before the latest are not told apart, and nothing changes before somebody is of age. Assumption: those who take another
family name are nearly all women.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import TEXTS
from sim.content.people import WOMAN, People
from sim.scenario.holdings import Life
from sim.units import YEAR, Range

NEVER = np.iinfo(np.int64).max
LONG_AGO = -10_000 * YEAR            # earlier than any record
ADULT = 18                           # years; nothing changes before
MEN_WHO_TAKE_A_NAME = 0.03           # as many as women, times this
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Changes:
    """The tick of the latest change of each of n persons, LONG_AGO for none; aligned with the persons asked for."""

    address: Rows
    family_name: Rows
    document: Rows

    def take(self, rows: Rows) -> "Changes":
        """These rows, in this order."""
        return Changes(self.address[rows], self.family_name[rows], self.document[rows])


def life(people: People, settings: Life | None, person: Rows, until: int) -> Changes:
    """What happened to persons before tick `until`. `settings`, settled, are shares within a year; None: nothing."""
    if settings is None:
        still = np.full(len(person), LONG_AGO)
        return Changes(still, still, still)
    marries = np.where(people.sex[person] == WOMAN, 1.0, MEN_WHO_TAKE_A_NAME) * _rate(settings.marries)
    return Changes(_latest(people, person, "moved", np.full(len(person), _rate(settings.moves)), until),
                   _latest(people, person, "married", marries, until),
                   _latest(people, person, "document", np.full(len(person), _rate(settings.document)), until))


def of_age_at(people: People, person: Rows) -> Rows:
    """The tick of the year in which each of them is of age."""
    return np.asarray((people.birth[person].astype(np.int64) // 10_000 + ADULT - people.year) * YEAR)


def stale_since(changes: Changes, written_at: Rows) -> Rows:
    """int64[n, len(TEXTS)]: the tick from which what was written then is no longer the truth; NEVER where it stays."""
    since = np.full((len(written_at), len(TEXTS)), NEVER)
    for changed, fields in ((changes.address, ("address",)), (changes.family_name, ("family_name", "native_name")),
                            (changes.document, ("document",))):
        for field in fields:
            since[:, TEXTS.index(field)] = np.where(written_at < changed, changed, NEVER)
    return since


def _rate(share: Range) -> float:
    """Events per tick, of which `share` of people have one or more within a year."""
    return float(-np.log1p(-min(share.value, 1 - 1e-12)) / YEAR)


def _latest(people: People, person: Rows, word: str, rate: NDArray[np.float64], until: int) -> Rows:
    """Counted back from `until`; one before somebody is of age is none."""
    age = -np.log(people.luck(person, word)) / np.maximum(rate, 1e-300)
    tick = until - np.minimum(age, until - LONG_AGO).astype(np.int64)
    return np.where(tick < of_age_at(people, person), LONG_AGO, tick)
