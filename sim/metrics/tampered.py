"""What answers are worth of which something was altered on the way.

An answer is as bad as what was asked: it is altered where a query or an answer of its leg was. One that nobody noticed
is not true. One that somebody noticed is known to be bad, and so is as one that was lost: with records, where nothing
else was given; with "nothing held", where any place's answer is bad.
"""

from typing import NamedTuple

import numpy as np

from sim.metrics.joined import Flags, Joined, Whole
from sim.tampering import Tampered, tampered
from sim.transport import ANSWER, MATTER, RECORD


class Spoilt(NamedTuple):
    """(cases,) an answer was altered unseen; the answers are known to be bad."""

    unnoticed: Flags
    noticed: Flags


def altered(joined: Joined) -> Tampered:
    """(messages,)"""
    world, messages = joined.world, joined.messages
    attack = world.scenario.attack
    ids = joined.stream["id"][messages["case"]]
    return tampered(attack.tampering if attack else None, world.seed, world.replication, np.ascontiguousarray(ids),
                    messages)


def nothing_spoilt(cases: int) -> Spoilt:
    return Spoilt(*np.zeros((2, cases), np.bool_))


def spoilt(joined: Joined, found: Tampered, asker: Flags, closed: Whole, nothing: Flags) -> Spoilt:
    """Of cases, by the answers that came before they closed.

    found    (messages,) as `altered`
    asker    (messages,) it went to whom the answer is for
    closed   (cases,) ticks
    nothing  (cases,) it closed with "nothing held"
    """
    messages, case, cases = joined.messages, joined.messages["case"], len(closed)
    came = ~messages["lost"] & (messages["arrives"] <= closed[case])
    room = np.where(joined.message_leg >= 0, joined.message_leg, len(joined.legs) + case)
    unseen, seen = (_rooms(room, came & which & (joined.content_of != MATTER), len(joined.legs) + cases)
                    for which in found)
    gives = np.isin(joined.content_of, (RECORD, ANSWER)) & (nothing[case] | (messages["version"] >= 0))
    decides = np.flatnonzero(came & asker & gives)
    of, bad, known = case[decides], unseen[room[decides]], seen[room[decides]]
    untrue, doubted, all_of_it = (np.bincount(of[which], minlength=cases) for which in (bad, known & ~bad, slice(None)))
    lost = np.where(nothing, doubted > 0, (doubted == all_of_it) & (all_of_it > 0))
    return Spoilt(untrue > 0, lost & (untrue == 0))


def _rooms(room: Whole, which: Flags, many: int) -> Flags:
    """(many,) rooms in which something of this kind passed."""
    found = np.zeros(many, np.bool_)
    found[room[which]] = True
    return found
