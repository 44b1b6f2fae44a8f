"""Who could say of whom that somebody asks about them: pairs of person and place, counted once for each need.

Whoever asks knows whom it asks about, so that the opener of a need is not among the places. A person is known where
content names one (`NAMES`) in a form the place can read.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.view import View
from sim.script import BLOOM, FORMS
from sim.transport import MOST_SUBJECTS, PERSON
from sim.world import field_bits

NAMES = field_bits(("family_name", "aliases", "print", "face", "dna", "document", "plate"))


@dataclass(frozen=True)
class Known:
    """Pairs (need, person) that places other than the opener can name.

    at         (places,) by place
    by_people  (places,) of them, those a person there has read, and not a machine only
    members    (jurisdictions,) pairs by the number of member states that can name them, from 0 on
    """

    at: Whole
    by_people: Whole
    members: Whole


def persons(view: View) -> Known:
    """Whoever is named in what a place can read as it stands, further subjects of a request among them."""
    return _known(view, _named(view) & view.joined.learnt)


def subjects(view: View) -> Known:
    """The need's own subject, named to who reads it or holds the key: members of a key group undo it by dictionary."""
    return _known(view, _named(view) & view.once(_of_subject) & view.joined.can)


def subjects_by_filters(view: View) -> Known:
    """The same, at who has but a Bloom filter of the subject, without its key, in an envelope it can open."""
    joined = view.joined
    filters = np.flatnonzero(joined.disclosures["form"] == FORMS.index(BLOOM))
    closed = np.zeros(len(joined.can), bool)
    opens = joined.world.reads[joined.disclosures["learner"][filters]] & ~joined.told["sealed"][filters]
    closed[filters] = opens & ~joined.can[filters]
    if not closed.any():
        return _known(view, closed)
    return _known(view, _named(view) & view.once(_of_subject) & closed, besides=_named(view) & joined.can)


def _of_subject(view: View) -> Flags:
    """(disclosures,) about the need's subject, whom it passes for and whom it is of."""
    joined = view.joined
    found: Flags = joined.disclosures["true_subject"] == joined.subject[joined.told["case"]]
    return found


def _named(view: View) -> Flags:
    """(disclosures,) of a need that counts, to another place than its opener, with a person named."""
    return view.once(_naming)


def _naming(view: View) -> Flags:
    joined = view.joined
    opener = joined.cases["opener"][joined.told["case"]]
    found: Flags = (view.disclosures & (joined.disclosures["learner"] != opener)
                    & ((joined.field_bits & np.uint32(NAMES)) != 0))
    return found


def _known(view: View, which: Flags, besides: Flags | None = None) -> Known:
    """`besides`: a pair that is also among these rows is left out."""
    joined, rows, places = view.joined, view.joined.disclosures, len(view.joined.world.places)
    states = joined.world.jurisdictions
    chosen = np.flatnonzero(which)
    keys, human = _pairs(joined, chosen), rows["seen_by"][chosen] == PERSON
    if besides is not None:
        fresh = ~np.isin(keys, _pairs(joined, np.flatnonzero(besides)))
        keys, human = keys[fresh], human[fresh]
    pairs, read = np.unique(keys), np.unique(keys[human])
    of_states = pairs[pairs % places < states] // places
    _, many = np.unique(of_states, return_counts=True)
    return Known(np.bincount(pairs % places, minlength=places), np.bincount(read % places, minlength=places),
                 np.bincount(many, minlength=states))


def _pairs(joined: Joined, chosen: NDArray[np.intp]) -> Whole:
    """One whole number for each need, person and place of these disclosures."""
    rows, person = joined.disclosures, joined.disclosures["true_subject"]
    people, places = int(person.max(initial=0)) + MOST_SUBJECTS + 1, len(joined.world.places)
    of_need: Whole = joined.told_need[chosen] * people + person[chosen] + MOST_SUBJECTS
    pairs: Whole = of_need * places + rows["learner"][chosen]
    return pairs


def in_a_coalition(members: tuple[int, ...], size: int) -> float:
    """Pairs that a coalition of so many members can name, on average over all coalitions; `members` by number of
    members that can, of len(members) - 1 in all."""
    most = len(members) - 1
    size = min(size, most)
    return sum(many * (1 - comb(most - number, size) / comb(most, size)) for number, many in enumerate(members))
