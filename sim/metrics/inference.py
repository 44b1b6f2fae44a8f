"""What an adversary could infer from a run: in persons, for a page; in bits, for research.

curious hub         the institution that could name most pairs; it looks at all it carries or is sent
one member          a member state picked at random, other than the one that asks
worst member        the one that could name most pairs
coalition of three  member states picked at random that put together what they have; "at most" is the sum of the three
                    that could name most
outside observer    of the lines. It sees no person; it sees who writes to whom: links
asker               the requester itself, what its searches tell it; one that fishes learns that of each query

Secrets of `bits_learnt`, one at a time:

identity    of the need's subject, each person of the model alike beforehand: log2 of their number where content that
            names the subject can be read, or undone with a key the reader holds; nothing where it can not. A Bloom
            filter without its key gives between none and the published share of unhardened filters ("low", "high").
            Several views of one person leak once.
interest    who investigates that person, each member state alike beforehand: log2 of their number, for whoever can name
            the subject of what comes from the opener. A broadcast tells it to every member.
location    which place holds the record, each member state alike beforehand, as an outside observer of the lines can
            guess it; over needs that somebody holds a record for
membership  whether each place searched holds a record, as the asker learns it; and what one hit, one no-hit tells

The last two are counted or estimated from the run (`sim.metrics.guesses`), with an interval for the luck of one run.
The level of identity follows the size of the model: compare options. "greatest" is the most that one view tells, so
that a rare hit is not averaged away.
"""

from collections.abc import Callable
from functools import partial
from math import log2

import numpy as np

from sim.leakage.forms import REIDENTIFIED
from sim.metrics import guesses
from sim.metrics.joined import Whole
from sim.metrics.known import Known, in_a_coalition, persons, subjects, subjects_by_filters
from sim.metrics.parts import BOUNDS, Addable, Cell, Counts, Formula, per
from sim.metrics.view import View

HUB, MEMBER, WORST, COALITION, OBSERVER, ASKER = (
    "curious hub", "one member", "worst member", "coalition of three", "outside observer", "asker")
SIZE = 3                       # members of a coalition
HUMAN, MACHINE = "human view", "machine view"


def persons_known_to(view: View) -> list[Addable]:
    """Persons named in content that an adversary reads as it stands, once for each need, per 100 needs."""
    found, states = view.once(persons), view.joined.world.jurisdictions
    hubs, members = found.at[states:], found.at[:states]
    by_people = found.by_people
    return [
        _counts(view, (*hubs.tolist(), *by_people[states:].tolist()), _of_the_hub, HUB),
        *(per(100, amount.sum(), view.n, name, unit=max(1, states - 1)) for name, amount in (
            (MEMBER, members), (f"{MEMBER}, {HUMAN}", by_people[:states]),
            (f"{MEMBER}, {MACHINE}", members - by_people[:states]))),
        _counts(view, tuple(members.tolist()), _of_the_worst, WORST),
        _counts(view, tuple(found.members.tolist()), _of_a_coalition, COALITION),
        _counts(view, (int(found.members.sum()), *members.tolist()), _of_three_worst, f"{COALITION}, at most"),
        per(100, 0, view.n, OBSERVER),
        per(100, _links(view), view.n, f"{OBSERVER}, links"),
    ]


def _links(view: View) -> int:
    """Links, from place to place, that carry a message of a need; each once for each need."""
    joined, messages, places = view.joined, view.joined.messages, len(view.joined.world.places)
    sent = guesses.abroad(view)
    need, via = joined.need_of[messages["case"][sent]], messages["via"][sent]
    sender, receiver = messages["sender"][sent], messages["receiver"][sent]
    links = [(need * places + np.where(via < 0, sender, via)) * places + receiver,
             ((need * places + sender) * places + via)[via >= 0]]
    return len(np.unique(np.concatenate(links)))


def bits_learnt(view: View) -> list[Addable]:
    """Bits that an adversary learns of a secret, per need; slices "<adversary>, <secret>"."""
    world, found = view.joined.world, view.once(subjects)
    secrets = (("identity", log2(world.scenario.people.persons)), ("interest", log2(max(1, world.jurisdictions))))
    asked = guesses.by_asker(view)
    return [
        *(part for secret, bits in secrets for part in _bits_of(view, found, secret, bits)),
        _filters(view, found, secrets[0][1]),
        per(1, 0, view.n, f"{OBSERVER}, identity"),
        Counts(guesses.by_observer(view), partial(guesses.location, members=max(1, world.jurisdictions - 1)),
               f"{OBSERVER}, location"),
        _counts(view, asked, guesses.membership, f"{ASKER}, membership"),
        Counts(asked, guesses.events, f"{ASKER}, membership"),
    ]


def _bits_of(view: View, found: Known, secret: str, bits: float) -> list[Addable]:
    states = view.joined.world.jurisdictions
    hubs, members = tuple(found.at[states:].tolist()), tuple(found.at[:states].tolist())
    made: tuple[tuple[str, tuple[int, ...], Callable[..., float]], ...] = (
        (HUB, hubs, _most), (MEMBER, members, partial(_mean, others=states - 1)), (WORST, members, _most),
        (COALITION, tuple(found.members.tolist()), _in_three))
    return [_counts(view, counts, partial(_times, bits=bits, of=of), f"{name}, {secret}") for name, counts, of in made]


def _filters(view: View, found: Known, bits: float) -> Addable:
    """The interval that Bloom filters at hubs without their key leave open."""
    states, filters = view.joined.world.jurisdictions, view.once(subjects_by_filters)
    counts: Whole = np.concatenate([found.at[states:], filters.at[states:]])
    return _counts(view, tuple(counts.tolist()), partial(_of_filters, bits=bits), f"{HUB}, identity")


# Formulas: counts are the needs, then what each names; they add up over parts of a run.

Of = Callable[[tuple[int, ...]], float]


def _counts(view: View, counts: tuple[int, ...], formula: Formula, slice: str) -> Counts:
    return Counts((view.n, *counts), formula, slice)


def _most(counts: tuple[int, ...]) -> float:
    return max(counts, default=0)


def _mean(counts: tuple[int, ...], others: int) -> float:
    """Of the members other than the opener."""
    return sum(counts) / others if others else 0.0


def _in_three(counts: tuple[int, ...]) -> float:
    return in_a_coalition(counts, SIZE)


def _per_100(amount: float, needs: int, slice: str) -> list[Cell]:
    return [Cell(100 * amount / needs, needs, slice)] if needs else []


def _of_the_hub(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """Counts: needs, pairs by institution, pairs that people read by institution."""
    needs, pairs = counts[0], counts[1:]
    hubs = len(pairs) // 2
    if not hubs:
        return []
    worst = max(range(hubs), key=lambda hub: pairs[hub])
    human = pairs[hubs + worst]
    return [*_per_100(pairs[worst], needs, slice), *_per_100(human, needs, f"{slice}, {HUMAN}"),
            *_per_100(pairs[worst] - human, needs, f"{slice}, {MACHINE}")]


def _of_the_worst(counts: tuple[int, ...], slice: str) -> list[Cell]:
    return _per_100(_most(counts[1:]), counts[0], slice)


def _of_a_coalition(counts: tuple[int, ...], slice: str) -> list[Cell]:
    return _per_100(_in_three(counts[1:]), counts[0], slice)


def _of_three_worst(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """Counts: needs, pairs that any member can name, pairs by member."""
    return _per_100(min(counts[1], sum(sorted(counts[2:])[-SIZE:])), counts[0], slice)


def _times(counts: tuple[int, ...], slice: str, bits: float, of: Of) -> list[Cell]:
    """So many bits for each need whose subject is known, and the most that one need gives."""
    needs, known = counts[0], of(counts[1:])
    if not needs:
        return []
    return [Cell(bits * known / needs, needs, slice), Cell(bits if known else 0.0, needs, f"{slice}, greatest")]


def _of_filters(counts: tuple[int, ...], slice: str, bits: float) -> list[Cell]:
    """Counts: needs, subjects a hub can name, subjects it has but a filter of, both by hub."""
    needs, hubs = counts[0], len(counts) // 2
    named, filtered = counts[1:1 + hubs], counts[1 + hubs:]
    if not needs or not any(filtered):
        return []
    return [Cell(bits * max(name + share * more for name, more in zip(named, filtered, strict=True)) / needs, needs,
                 f"{slice}, {bound}")
            for share, bound in zip((REIDENTIFIED["hardened"][0], REIDENTIFIED["unhardened"][1]), BOUNDS, strict=True)]


