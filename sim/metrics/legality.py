"""What officials decided and what left without them."""

import numpy as np

from sim.metrics.joined import SERIALS, Whole
from sim.metrics.values import Cell, per, share
from sim.metrics.view import View
from sim.script import ANSWERS, FORMS, PLAIN, REFUSE, Review


def without_official(view: View) -> list[Cell]:
    """Records sent in readable form across a border before any person at the giver's had worked, reviewed or decided in
    that leg; the pseudonymous match of an automatic search is no release yet."""
    joined, messages, steps = view.joined, view.joined.ledger.messages, view.joined.ledger.steps
    sent = np.flatnonzero(view.messages & joined.released & (messages["form"] == FORMS.index(PLAIN)))
    done = np.flatnonzero(view.steps & (steps["station"] >= 0) & (steps["answer"] >= 0))
    keys = _keys(steps["case"][done], joined.step_leg[done], joined.step_place[done])
    order = np.lexsort((steps["ended"][done], keys))
    keys, ended = keys[order], steps["ended"][done][order]
    wanted = _keys(messages["case"][sent], joined.message_leg[sent], messages["sender"][sent].astype(np.int64))
    first = np.searchsorted(keys, wanted)
    keys, ended = np.append(keys, -1), np.append(ended, 0)
    decided = (keys[first] == wanted) & (ended[first] <= messages["begun"][sent])
    return share(int((~decided).sum()), len(sent))


def _keys(case: Whole, leg: Whole, place: Whole) -> Whole:
    """One number for (leg or root of a case, place)."""
    return np.where(leg >= 0, leg, -1 - case) * SERIALS + place


def refusals_by_ground(view: View) -> list[Cell]:
    """Reviews that refused, by the law's ground."""
    joined, steps = view.joined, view.joined.ledger.steps
    refused = view.steps & joined.steps_of(Review) & (steps["answer"] == ANSWERS[Review].index(REFUSE))
    grounds = [outcome.ground or "none named" for outcome in joined.world.law.outcomes]
    counts = np.bincount(steps["ruling"][refused], minlength=len(grounds))
    return [cell for ground in sorted(set(grounds))
            for cell in per(100, float(sum(count for name, count in zip(grounds, counts, strict=True)
                                           if name == ground)), view.n, ground)
            if cell.value]
