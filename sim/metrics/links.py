"""Whether cases that share a person find each other.

Two needs opened in different jurisdictions about the same person, at any time within the run, are a pair. It is found
from one side when a search of that side's need brings up the right person's record held by the other's jurisdiction,
there or as a copy elsewhere. Every need counts its own side: the jurisdictions, other than its opener's, that open a
need about its subject, and those of them it found. Who opens which needs is known before the run, so that a part of a
run counts its own needs only, and a pair of two counted needs counts once from each.
"""

import numpy as np

from sim.metrics.accuracy import RIGHT, searches
from sim.metrics.parts import Part
from sim.metrics.view import View

ON_RECORD = "on record there"      # the other side holds a record on the person: no search finds the rest


def links_found(view: View) -> list[Part]:
    """Of all pairs, and of those in which the other side holds a record on the person."""
    joined, found = view.joined, view.once(searches)
    truth, needs = joined.run.truth, joined.needs
    pairs = truth.investigated[needs["subject"]] & view.counted[:, None]
    pairs[np.arange(len(needs)), needs["opener"]] = False
    right = np.flatnonzero(found.are(RIGHT))
    met = np.zeros_like(pairs)
    met[found.need[right], joined.records["place"][joined.steps["version"][found.step[right]]]] = True
    return [Part(int(np.count_nonzero(met & among)), int(np.count_nonzero(among)), 100, name)
            for name, among in (("", pairs), (ON_RECORD, pairs & truth.holder))]
