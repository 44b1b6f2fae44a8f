"""Five adversaries, each a function from the rows of a ledger to what it sees: views are equal where it cannot tell.

curious hub         an institution or intermediary that keeps to the protocol and looks at all it carries or is sent
compromised member  its own rows, with the keys it holds
outside observer    of the lines: who sends to whom, and how long it is; no content
coalition           some members that put their rows and keys together
fishing requester   its own queries beyond any need, as many as its budget lets it

The secrets they are after are taken one at a time, each with a prior that is stated: a world is run for every value of
the secret, and the views make a channel (`sim.leakage.channels.of_views`).

identity    who the request is about                      location  which member holds the record
membership  whether a member holds a record on the person  interest  who investigates the person

A view holds for each row, in the order of arrival: the ends of the message, its length (that of its content; nothing
where traffic is padded), and what the adversary makes of it. Content in a keyed form without its key shows which rows
are equal, and no more. Times are seen as an order only.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.leakage.forms import BIT, FORMS, KEYED, Means, readability

IDENTITY, MEMBERSHIP, LOCATION, INTEREST = "identity", "membership", "location", "interest"

View = tuple[Hashable, ...]
NOTHING = Means()


class Rows(Protocol):
    """A table by the names of its columns."""

    def __getitem__(self, name: str) -> NDArray[Any]: ...


@dataclass(frozen=True)
class Traffic:
    """What happened, as the ledger has it.

    messages     case, sender, receiver, via (-1 for none), content, arrives, lost, version (-1: none found)
    disclosures  message (row of the messages), learner, form, key_group, true_subject; by message
    can          (disclosures,) the learner has the keys
    opens        (disclosures,) the learner can open the envelope: it is what a hit bit takes
    """

    messages: Rows
    disclosures: Rows
    can: NDArray[np.bool_]
    opens: NDArray[np.bool_]


def curious_hub(traffic: Traffic, hub: int, means: Means = NOTHING) -> View:
    return _seen(traffic, (hub,), means)


def compromised_member(traffic: Traffic, member: int, means: Means = NOTHING) -> View:
    return _seen(traffic, (member,), means)


def coalition(traffic: Traffic, members: Sequence[int], means: Means = NOTHING) -> View:
    """Rows of all of them in one order; a pseudonym that two of them hold is one pseudonym."""
    return _seen(traffic, tuple(members), means)


def outside_observer(traffic: Traffic, length: bool = True) -> View:
    """Every link that a message takes, in the order in which messages arrive; `length` False where it is padded."""
    messages = traffic.messages
    view: list[Hashable] = []
    for row in _in_order(messages):
        sender, receiver, via, size = (int(messages[name][row]) for name in ("sender", "receiver", "via", "content"))
        view += [(link, size if length else None) for link in _links(sender, receiver, via)]
    return tuple(view)


def fishing_requester(traffic: Traffic, requester: int, budget: int, means: Means = NOTHING) -> View:
    """What comes back for the first so many of its own cases."""
    case = traffic.messages["case"][traffic.disclosures["message"]]
    own = np.unique(traffic.messages["case"][traffic.messages["sender"] == requester])[:budget]
    return _seen(traffic, (requester,), means, np.isin(case, own))


def _seen(traffic: Traffic, learners: tuple[int, ...], means: Means,
          among: NDArray[np.bool_] | None = None) -> View:
    told, messages = traffic.disclosures, traffic.messages
    ours = np.isin(told["learner"], learners)
    rows = np.flatnonzero(ours if among is None else ours & among)
    rows = rows[np.argsort(messages["arrives"][told["message"][rows]], kind="stable")]
    tokens: dict[Hashable, int] = {}
    view: list[Hashable] = []
    for row in rows.tolist():
        message = int(told["message"][row])
        ends = tuple(int(messages[name][message]) for name in ("sender", "receiver", "content"))
        view.append((ends, int(told["learner"][row]), _made_of(traffic, row, message, means, tokens)))
    return tuple(view)


def _made_of(traffic: Traffic, row: int, message: int, means: Means, tokens: dict[Hashable, int]) -> Hashable:
    """What a row tells its learner: a person, which rows are equal, a bit, or nothing."""
    told, form = traffic.disclosures, FORMS[int(traffic.disclosures["form"][row])]
    group, person = int(told["key_group"][row]), int(told["true_subject"][row])
    if form == BIT:
        return ("bit", bool(traffic.messages["version"][message] >= 0)) if traffic.opens[row] else None
    if traffic.can[row] or (traffic.opens[row] and readability(form, group, means) == 1):
        return "person", person
    if form in KEYED and traffic.opens[row]:
        return "pseudonym", tokens.setdefault((group, form, person), len(tokens))
    return None


def _in_order(messages: Rows) -> list[int]:
    """Rows of the messages that arrived, by arrival."""
    arrived = np.flatnonzero(~messages["lost"])
    found: list[int] = arrived[np.argsort(messages["arrives"][arrived], kind="stable")].tolist()
    return found


def _links(sender: int, receiver: int, via: int) -> list[tuple[int, int]]:
    return [(sender, receiver)] if via < 0 else [(sender, via), (via, receiver)]
