"""Ways to ask and to answer, as channels: rows are secrets, columns what is seen (`sim.leakage.channels`).

The secret is stated with each. Location: which one of M members holds the record. Membership: holds it, holds it not.
Identity: which of N persons.
"""

from collections.abc import Hashable, Sequence
from itertools import combinations, product
from math import comb, factorial, log2

import numpy as np

from sim.leakage.channels import Floats, deterministic, distribution, of_views


def buckets(sizes: Sequence[int]) -> Floats:
    """Identity: only the bucket that a person falls into is seen; sizes[b] persons in bucket b."""
    return deterministic([bucket for bucket, size in enumerate(sizes) for _ in range(size)])


def first_equal(persons: Sequence[int]) -> tuple[int, ...]:
    """The equality pattern of pseudonyms: each message names the first message about the same person."""
    first: dict[int, int] = {}
    return tuple(first.setdefault(person, number) for number, person in enumerate(persons))


def keyed_pseudonyms(messages: int, subjects: int) -> Floats:
    """Identity of the subjects of all messages, seen by who has no key: which of them are equal.
    (subjects ** messages, patterns)."""
    return deterministic([first_equal(persons) for persons in product(range(subjects), repeat=messages)])


def fresh_tokens(messages: int, subjects: int) -> Floats:
    """The same with a new random token for each message: nothing repeats."""
    return deterministic([() for _ in product(range(subjects), repeat=messages)])


def stirling(n: int, k: int) -> int:
    """Stirling number of the second kind: ways to part n things into k groups."""
    signed: int = sum((-1) ** j * comb(k, j) * (k - j) ** n for j in range(k + 1))
    return signed // factorial(k)


def pseudonym_bits(messages: int, subjects: int) -> float:
    """Min-entropy leakage of `keyed_pseudonyms` under a uniform prior, without its matrix: log2 of the patterns."""
    if messages < 0 or subjects < min(messages, 1):
        raise ValueError(f"{messages} messages about {subjects} subjects; expected somebody whom they are about")
    return log2(sum(stirling(messages, k) for k in range(1 if messages else 0, min(messages, subjects) + 1)))


def set_intersection(repeats: int = 1) -> Floats:
    """Membership of one element, seen by who asks: the right bit, and the same one if asked again."""
    return deterministic([("hit",) * repeats, ("no hit",) * repeats])


def searched(recall: float, false_rate: float) -> Floats:
    """Membership, seen by who asks a search with errors: hit, no hit."""
    return np.array([_two(recall, "recall"), _two(false_rate, "false_rate")])


def randomised_response(epsilon: float) -> Floats:
    """Membership, seen through a bit that is right with e^eps / (1 + e^eps): eps-differentially private."""
    if epsilon < 0:
        raise ValueError(f"epsilon {epsilon}; expected 0 or more")
    right = 1 / (1 + np.exp(-epsilon))
    return searched(float(right), float(1 - right))


def reply(padded: bool) -> Floats:
    """Membership, seen by an observer of the length of the reply."""
    return deterministic(["long", "long"] if padded else ["long", "short"])


def asked_of(members: int, asked: int) -> Floats:
    """Location, seen by who asks the first so many members: who hit, or none of them."""
    _between(asked, 0, members, "members asked")
    return deterministic([place if place < asked else "nobody" for place in range(members)])


def directed(members: int) -> Floats:
    """Location, seen by an observer of a query that goes to the holder."""
    return deterministic(range(members))


def broadcast(members: int) -> Floats:
    """Location, seen by an observer of a query that goes to all: also of traffic padded to a constant rate."""
    return deterministic([tuple(range(members))] * members)


def decoys(members: int, count: int) -> Floats:
    """Location, seen by an observer of a query to the holder and to `count` others, any set alike."""
    _between(count, 0, members - 1, "decoys")
    views: list[dict[Hashable, float]] = []
    for holder in range(members):
        others = [place for place in range(members) if place != holder]
        sets = [frozenset((holder, *chosen)) for chosen in combinations(others, count)]
        views.append({seen: 1 / len(sets) for seen in sets})
    return of_views(views)


def one_by_one(members: int) -> Floats:
    """Location, seen by an observer of members asked in random order until one hits: who was asked, in order."""
    views: list[dict[Hashable, float]] = [{} for _ in range(members)]
    chance = 1.0
    for many in range(1, members + 1):
        chance /= members - many + 1
        for order in _orders(members, many):
            views[order[-1]][order] = chance
    return of_views(views)


def told_one_by_one(candidates: int, held: bool = True) -> float:
    """Members told on average where candidates are asked in random order until the one holder is met; all if none."""
    if candidates < held:
        raise ValueError(f"{candidates} candidates, one of them the holder: {held}; expected at least {int(held)}")
    return (candidates + 1) / 2 if held else float(candidates)


def innocent_given_hit(prior: float, recall: float, false_rate: float) -> float:
    """P(not held | hit): who is told on by a search with errors. Raises ValueError where no search ever hits."""
    distribution([prior, 1 - prior])
    false_hits = (1 - prior) * _two(false_rate, "false_rate")[0]
    hits = prior * _two(recall, "recall")[0] + false_hits
    if not hits:
        raise ValueError(f"prior {prior}, recall {recall}, false_rate {false_rate}: no search hits; expected some to")
    return false_hits / hits


def _orders(members: int, many: int) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = [()]
    for _ in range(many):
        found = [(*order, place) for order in found for place in range(members) if place not in order]
    return found


def _two(share: float, name: str) -> list[float]:
    if not 0 <= share <= 1:
        raise ValueError(f"{name} {share}; expected 0 to 1")
    return [share, 1 - share]


def _between(value: int, low: int, high: int, name: str) -> None:
    if not low <= value <= high:
        raise ValueError(f"{value} {name}; expected {low} to {high}")
