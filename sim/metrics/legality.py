"""What officials decided, what left without them, and which duties nobody discharged."""

import numpy as np
from numpy.typing import NDArray

from sim.ledger import NEVER, RECIPIENT
from sim.metrics.joined import Flags, Joined, Whole, program_rows
from sim.metrics.parts import Part, per, share
from sim.metrics.view import View
from sim.script import ANSWERS, DONE, FORMS, GIVE, PLAIN, REFUSE, YES, Review
from sim.transport import OF
from sim.world import World

# Duties that ask a person for an act before the transfer. Others bind afterwards (log, inform, delete) or are met by
# a content itself (fact told from opinion): no step shows them.
BEFORE = ("judge", "owner_consent", "use_consent", "human_decision", "strict_necessity", "document", "assurance",
          "publisher_review")


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
    first = np.full(len(keys) + 1, NEVER)
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


def ordered_and_forbidden(view: View) -> list[Part]:
    """Reviews, and transfers that took place, in which one layer of law orders what another forbids."""
    joined = view.joined
    torn = np.array([outcome.ordered_and_forbidden for outcome in joined.world.law.outcomes] + [False])
    reviews = int((view.steps & joined.steps_of(Review) & torn[joined.steps["ruling"]]).sum())
    sent = int((view.disclosures & torn[joined.disclosures["basis"]]).sum())
    return [per(100, reviews, view.n, "reviews"), per(100, sent, view.n, "disclosures")]


def duties_open(view: View) -> list[Part]:
    """Record disclosures that came with a duty to do something first, by duty: those before which nobody had done it in
    that leg. A duty is discharged by a person's step whose task declares it, ended with yes, give or done before the
    Send began; at the end of the run what is open is violated. The first number is of disclosures with any open duty.
    """
    joined, disclosed = view.joined, view.joined.disclosures
    of_record = (disclosed["role"] == RECIPIENT) & (joined.told_of == OF.index("record")) & (disclosed["basis"] >= 0)
    chosen = np.flatnonzero(view.disclosures & of_record)
    message, basis = disclosed["message"][chosen], disclosed["basis"][chosen]
    room = _room(joined.messages["case"][message], joined.message_leg[message], len(joined.legs))
    begun = joined.messages["begun"][message]
    owed = joined.of_world(_owed)[:, basis]
    still = np.array([duty & (_discharged(view, row, room) > begun) for row, duty in enumerate(owed)])
    parts = [share(duty_open.sum(), duty.sum())[0]._replace(slice=name)
             for name, duty, duty_open in zip(BEFORE, owed, still, strict=True)]
    return [*share(still.any(axis=0).sum(), owed.any(axis=0).sum()), *parts]


def _owed(world: World) -> Flags:
    """(BEFORE, outcomes of the law) which come with the duty."""
    return np.array([[name in outcome.duties.flags for outcome in world.law.outcomes] for name in BEFORE])


def _discharging(world: World) -> Flags:
    """(BEFORE, program rows) whose task says that it discharges the duty."""
    said = [set[str]()]                   # as `program_rows`: the first row is none
    for protocol in world.protocols:
        for program in (protocol.case, protocol.record):
            said += [_says(protocol.tasks.get(getattr(row.instruction, "task", None) or "")) for row in program.rows
                     ] if program else []
    return np.array([[name in each for each in said] for name in BEFORE])


def _says(task: object) -> set[str]:
    return set(getattr(task, "discharges", ()))


def _agrees(world: World) -> NDArray[np.int64]:
    """(program rows,) number of the answer by which a step does what it is there for; -1 for none."""
    answers = [ANSWERS.get(type(instruction), ()) for instruction in program_rows(world)[0]]
    return np.array([next((known.index(word) for word in (YES, GIVE, DONE) if word in known), -1) for known in answers])


def _discharged(view: View, duty: int, rooms: Whole) -> Whole:
    """(rooms,) tick at which the duty was first discharged there; the last tick where it never was."""
    joined: Joined = view.joined
    steps = joined.steps
    agreed = (steps["answer"] >= 0) & (steps["answer"] == joined.of_world(_agrees)[joined.step_row])
    done = np.flatnonzero(view.steps & joined.by_person & agreed & joined.of_world(_discharging)[duty][joined.step_row])
    where = _room(steps["case"][done], joined.step_leg[done], len(joined.legs))
    known, of = np.unique(where, return_inverse=True)
    first = np.full(len(known) + 1, NEVER)
    np.minimum.at(first, of, steps["ended"][done].astype(np.int64))
    at = np.searchsorted(known, rooms)
    at = np.where(np.append(known, -1)[at] == rooms, at, -1)
    found: Whole = first[at]
    return found
