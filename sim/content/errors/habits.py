"""How each place writes what it knows: which scheme, which zone of a document. A habit is no error."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Rows
from sim.content.names import CODES, GROUP, GROUPS, NATIVE, PASSPORT, SCHEMES
from sim.content.people import People
from sim.draws import bits_many, identity, stream, unit_many

# Assumptions. Most systems copy the machine-readable zone of a passport where they do not write the script themselves.
FOREIGN_SCRIPT = np.cumsum((0.0, 0.70, 0.05, 0.10, 0.15))      # shares of NATIVE .. PRESS
FOREIGN_MARKS = np.cumsum((0.4, 0.3, 0.0, 0.0, 0.3))           # of the marks of languages not spoken here
VISUAL_ZONE = 0.5                                              # copy documents from the page, not from the lines


# All cached for the people that are in use: they are asked for with every table of versions.
@lru_cache(maxsize=4)
def place_ids(people: People) -> NDArray[np.uint64]:
    """uint64[J] identities of the places."""
    return np.array([identity("place", code) for code in people.codes], np.uint64)


def record_ids(people: People, person: Rows, place: Rows) -> NDArray[np.uint64]:
    """The identity of the luck of what a place holds on a person: two 60-bit hashes, crossed.

    The kinds "person" and "place" cross to "record", so no other identity is met.
    """
    return people.id[person] ^ place_ids(people)[place]


@lru_cache(maxsize=4)
def habits(people: People) -> NDArray[np.int64]:
    """The scheme by which each place writes names of each language: int64[J, len(CODES)].

    A place that writes a script issues the passports of its speakers and uses their spelling. Letters with marks are
    kept by a place that speaks the language; of those of other languages each place has its own way: it keeps them,
    expands them as passports do, or strips them. A place that does not write Latin letters keeps no marks.
    """
    table = np.empty((len(people.codes), len(CODES)), np.int64)
    for group, script in enumerate(GROUPS):
        shares = FOREIGN_MARKS if script == "Latn" else FOREIGN_SCRIPT
        usual = np.searchsorted(shares / shares[-1], _luck(people, "habit", script))
        writes = np.array([script in scripts for scripts in people.writes], bool)
        if script == "Latn":
            usual = np.where((usual == NATIVE) & ~writes, SCHEMES.index("press"), usual)
        else:
            usual = np.where(writes, PASSPORT, usual)
        table[:, group == GROUP] = usual[:, None]
    spoken = np.array([[code in speaks for code in CODES] for speaks in people.speaks], bool)
    table[spoken & (GROUPS.index("Latn") == GROUP)] = NATIVE
    return table


@lru_cache(maxsize=4)
def from_the_page(people: People) -> NDArray[np.bool_]:
    """bool[J] where document numbers are copied from the visual zone."""
    return np.asarray(_luck(people, "zone") < VISUAL_ZONE)


def _luck(people: People, *words: str) -> NDArray[np.float64]:
    return unit_many(bits_many(people.seed, 0, place_ids(people), 0, stream("place", *words), 0))
