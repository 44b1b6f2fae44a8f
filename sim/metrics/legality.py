"""What officials decided and what left without them."""

import numpy as np

from sim.metrics.joined import Flags, Whole
from sim.metrics.parts import Part, per, share
from sim.metrics.view import View
from sim.script import ANSWERS, FORMS, PLAIN, REFUSE, Review


def without_official(view: View) -> list[Part]:
    """Records sent in readable form across a border before any person at the giver's had worked, reviewed or decided in
    that leg; the pseudonymous match of an automatic search is no release yet."""
    joined, messages = view.joined, view.joined.messages
    sent = np.flatnonzero(view.messages & joined.released & (messages["form"] == FORMS.index(PLAIN)))
    where = _room(messages["case"][sent], joined.message_leg[sent], len(joined.legs))
    places = len(joined.world.places)
    keys, of_key = np.unique(where * places + messages["sender"][sent], return_inverse=True)
    first = _first_decision(view, keys, np.bincount(where) > 0)
    return share(int((first[of_key] > messages["begun"][sent]).sum()), len(sent))


def _first_decision(view: View, keys: Whole, asked: Flags) -> Whole:
    """Tick at which a person's first step ended, by key (room * places + place); the last tick there is without one.
    `asked`: the rooms that any key is of, up to the last of them."""
    joined, steps = view.joined, view.joined.steps
    first = np.full(len(keys) + 1, np.iinfo(np.int64).max)
    done = np.flatnonzero(view.steps & joined.by_person & (steps["answer"] >= 0))
    where = _room(steps["case"][done], joined.step_leg[done], len(joined.legs))
    there = np.flatnonzero(where < len(asked))
    there = there[asked[where[there]]]
    wanted = where[there] * len(joined.world.places) + joined.step_place[done[there]]
    found = np.searchsorted(keys, wanted)
    known = np.append(keys, -1)[found] == wanted
    np.minimum.at(first, found[known], steps["ended"][done[there[known]]].astype(np.int64))
    return first[:-1]


def _room(case: Whole, leg: Whole, legs: int) -> Whole:
    """One number for the leg, or the root of the case."""
    return np.where(leg >= 0, leg, legs + case)


def refusals_by_ground(view: View) -> list[Part]:
    """Reviews that refused, by the law's ground."""
    joined, steps = view.joined, view.joined.steps
    refused = view.steps & joined.steps_of(Review) & (steps["answer"] == ANSWERS[Review].index(REFUSE))
    grounds = [outcome.ground or "none named" for outcome in joined.world.law.outcomes]
    counts = dict.fromkeys(sorted(set(grounds)), 0)
    for ground, count in zip(grounds, np.bincount(steps["ruling"][refused], minlength=len(grounds)), strict=True):
        counts[ground] += int(count)
    return [per(100, count, view.n, ground, stands=count) for ground, count in counts.items()]
