"""Whose name is of which group: what errors of a search are told apart by, so that unequal error can be seen.

Groups are of the subjects, who are invented; their shares say nothing of any real population, and of no crime.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content import names
from sim.content.people import People

SEXES = ("man", "woman")                             # in the order of people.MAN, people.WOMAN
FREQUENCIES = ("rare", "middling", "frequent")
ORIGINS = ("of the focus", "another in Latin letters", "another in other letters")

GROUPS = np.dtype([          # of the subjects, in their order
    ("script", "i1"),        # that the name is written in at home: names.GROUPS
    ("sex", "i1"),           # SEXES
    ("frequency", "i1"),     # of the family name: FREQUENCIES
    ("origin", "i1"),        # by language: ORIGINS
])


class Grouping(NamedTuple):
    """One way to part people: a column of GROUPS, the word for it, its groups, and that which others are held to."""

    column: str
    word: str
    names: tuple[str, ...]
    reference: str


GROUPINGS = (
    Grouping("script", "script", names.GROUPS, "Latn"),
    Grouping("frequency", "name", FREQUENCIES, "middling"),
    Grouping("sex", "sex", SEXES, "man"),
    Grouping("origin", "origin", ORIGINS, "of the focus"),
)


def groups(people: People, focus: Iterable[str]) -> NDArray[np.void]:
    """GROUPS of all subjects; `focus`: the languages of the focus state.

    Raises KeyError for a language without a name model.
    """
    return _groups(people, frozenset(names.language(code) for code in focus))


@lru_cache(maxsize=4)
def _groups(people: People, own: frozenset[str]) -> NDArray[np.void]:
    of_focus = np.array([code in own for code in names.LANGUAGES])
    rows = np.zeros(people.persons, GROUPS)
    rows["script"], rows["sex"] = people.group[:people.persons], people.sex[:people.persons]
    rows["frequency"] = frequency(people.family[:people.persons])
    latin = rows["script"] == names.GROUPS.index("Latn")
    rows["origin"] = np.select([of_focus[people.language[:people.persons]], latin], [0, 1], 2)
    return rows


def frequency(rank: NDArray[Any]) -> NDArray[np.int8]:
    """Thirds of these people, as near as may be, by the rank of the family name in its language, 0 the most frequent:
    index into FREQUENCIES. Whoever bears a name of one rank is in one third."""
    if not len(rank):
        return np.zeros(0, np.int8)
    ordered = np.sort(rank)
    frequent, middling = ordered[[(len(rank) - 1) // 3, 2 * (len(rank) - 1) // 3]]
    return np.select([rank <= frequent, rank <= middling], [2, 1], 0).astype(np.int8)
