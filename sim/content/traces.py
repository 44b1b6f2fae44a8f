"""What persons leave behind: transactions, journeys and calls, and the identifiers by which two cases can be joined.

Scenarios of cybercrime, trafficking and terrorism turn on these categories. Nothing here is measured: counts, shares
and amounts are invented assumptions, and only two properties are meant. How much somebody leaves is heavy-tailed; and
people who know each other (`attributes.links`) show it: they hold accounts together, pay each other, travel on one
booking and call each other. So an investigator who has the traces of one of them, and a colleague elsewhere who has
those of the other, hold the same identifier, which is what link analysis over the cases of two states rests on.
Popular shops, lines and numbers occur in both as well and mean nothing.

No protocol asks for traces yet, so no run reads them: they are for scripts and notebooks.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sim.content.names import ranks
from sim.content.people import People
from sim.draws import bits_many, bits_of_legs, count_pareto, stream, unit_many

Rows = NDArray[np.int64]
Bits = NDArray[np.uint64]

CATEGORIES = ("transaction", "journey", "call")
TRANSACTION, JOURNEY, CALL = range(len(CATEGORIES))
TRACES = np.dtype([
    ("category", "i1"),     # CATEGORIES
    ("person", "i4"),       # row of People
    ("tick", "i8"),
    ("own", "u8"),          # the person's account or number; the booking of a journey
    ("other", "u8"),        # the other account or number; the carrier of a journey
    ("amount", "i8"),       # cents, kilometres, seconds
])
SHARED = np.dtype([
    ("category", "i1"),
    ("identifier", "u8"),
    ("first", "i4"),        # rows of the first table that it occurs in, and of the second
    ("second", "i4"),
])

ALONE_TAIL, ALONE_MOST = 0.8, 200        # k traces or more in each category with chance k ** -tail
TOGETHER_TAIL, TOGETHER_MOST = 1.2, 20   # of each pair that knows each other
HOLD_ACCOUNT = 0.3                       # pairs that hold an account together
POPULAR, POPULAR_EXPONENT = 20_000, 1.0  # shops, carriers, lines: the k-th as likely as 1 / k
MEDIAN_AMOUNT = (8_000, 900, 90)         # of each category, log-normal with the spread below
SPREAD = 1.5


def traces(people: People, person: Rows, links: Rows, category: str, since: int, until: int) -> NDArray[np.void]:
    """TRACES of distinct persons in one category, by (person, tick), at any tick of [since, until) alike.

    links  int64[pairs, 2] who knows whom, for instance `attributes.links`; pairs of other persons are passed over

    What somebody leaves does not depend on who else is asked about.
    """
    kind = CATEGORIES.index(category)
    pairs = links[np.isin(links, person).any(axis=1)]
    rows = np.concatenate([_alone(people, person, pairs, kind, since, until),
                           _together(people, pairs, kind, since, until)])
    rows = rows[np.isin(rows["person"], person)]
    return rows[np.lexsort((rows["other"], rows["own"], rows["tick"], rows["person"]))]


def shared_identifiers(first: NDArray[np.void], second: NDArray[np.void]) -> NDArray[np.void]:
    """SHARED of two tables of TRACES: identifiers of one category that occur in both, rarest first.

    A rare one links two cases; one that half a city uses links nothing.
    """
    counted = [_occurrences(table) for table in (first, second)]
    both, at, there = np.intersect1d(counted[0][0], counted[1][0], assume_unique=True, return_indices=True)
    rows = np.zeros(len(both), SHARED)
    rows["category"], rows["identifier"] = both["category"], both["identifier"]
    rows["first"], rows["second"] = counted[0][1][at], counted[1][1][there]
    return rows[np.argsort(rows["first"].astype(np.int64) + rows["second"], kind="stable")]


def _occurrences(table: NDArray[np.void]) -> tuple[NDArray[np.void], Rows]:
    """Distinct (category, identifier) and the number of rows each stands in."""
    pair = np.zeros((2, len(table)), [("category", "i1"), ("identifier", "u8")])
    pair["category"] = table["category"]
    pair["identifier"] = table["own"], table["other"]
    return np.unique(np.concatenate([pair[0], pair[1][table["own"] != table["other"]]]), return_counts=True)


def _alone(people: People, person: Rows, pairs: Rows, kind: int, since: int, until: int) -> NDArray[np.void]:
    """What each does with the rest of the world, half of it through an account held with somebody, if there is one."""
    who, rows, dice = _events(people, people.id[person], kind, "alone", since, until)
    rows["person"] = person[who]
    rows["own"] = dice if kind == JOURNEY else _mixed(people, people.id[person[who]], kind)
    if kind == TRANSACTION:
        holder, account = _joint_accounts(people, pairs)
        first, last = (np.searchsorted(holder, rows["person"], side) for side in ("left", "right"))
        uses = (last > first) & (dice >> np.uint64(63) == 1)
        which = first + (dice % np.maximum(last - first, 1).astype(np.uint64)).astype(np.int64)
        rows["own"][uses] = account[which[uses]]
    return rows


def _together(people: People, pairs: Rows, kind: int, since: int, until: int) -> NDArray[np.void]:
    """What pairs do with each other: each of the two has a trace of it."""
    which, rows, dice = _events(people, _pair_ids(people, pairs), kind, "together", since, until)
    sides = []
    for side in range(2):
        mine = rows.copy()
        mine["person"] = pairs[which, side]
        if kind == JOURNEY:
            mine["own"] = dice
        else:
            mine["own"], mine["other"] = (_mixed(people, people.id[pairs[which, k]], kind) for k in (side, 1 - side))
        sides.append(mine)
    return np.concatenate(sides)


def _joint_accounts(people: People, pairs: Rows) -> tuple[Rows, Bits]:
    """Who holds an account with another, and which; by holder."""
    ids = _pair_ids(people, pairs)
    held = unit_many(bits_many(people.seed, 0, ids, 0, stream("traces", "joint"), 0)) < HOLD_ACCOUNT
    holder = pairs[held].T.ravel()
    order = np.argsort(holder, kind="stable")
    return holder[order], np.tile(_mixed(people, ids[held], TRANSACTION), 2)[order]


def _pair_ids(people: People, pairs: Rows) -> Bits:
    """The luck of a pair; turned by a bit on one side, so that two pairs seldom meet in one."""
    second = people.id[pairs[:, 1]]
    return people.id[pairs[:, 0]] ^ (second << np.uint64(1) | second >> np.uint64(63))


def _events(people: People, ids: Bits, kind: int, how: str, since: int,
            until: int) -> tuple[Rows, NDArray[np.void], Bits]:
    """As many as each id draws: whose they are (rows of ids), TRACES without person and own, and bits of chance."""
    tail, most = (ALONE_TAIL, ALONE_MOST) if how == "alone" else (TOGETHER_TAIL, TOGETHER_MOST)
    words = ("traces", CATEGORIES[kind], how)
    luck = bits_many(people.seed, 0, ids, 0, stream(*words), 0)
    counts = 1 + np.searchsorted(count_pareto(tail, most), luck, "right")
    whose = np.repeat(np.arange(len(ids)), counts)
    leg = (np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts) + 1).astype(np.uint64)
    chance = {word: bits_of_legs(people.seed, 0, ids[whose], leg, stream(*words, word), 0)
              for word in ("tick", "other", "amount", "which")}
    rows = np.zeros(len(whose), TRACES)
    rows["category"] = kind
    rows["tick"] = since + (unit_many(chance["tick"]) * (until - since)).astype(np.int64)
    rows["other"] = _popular(kind)[ranks(unit_many(chance["other"]), POPULAR, POPULAR_EXPONENT)]
    rows["amount"] = MEDIAN_AMOUNT[kind] * np.exp(SPREAD * special.ndtri(unit_many(chance["amount"])))
    return whose, rows, chance["which"]


@lru_cache(maxsize=len(CATEGORIES))
def _popular(kind: int) -> Bits:
    """Identifiers of shops, carriers and lines, the most popular first: the same in every world."""
    return bits_many(0, 0, np.arange(POPULAR, dtype=np.uint64), 0, stream("traces", "popular", CATEGORIES[kind]), 0)


def _mixed(people: People, ids: Bits, kind: int) -> Bits:
    """The account or number that belongs to an identity."""
    return bits_many(people.seed, 0, ids, 0, stream("traces", "own", CATEGORIES[kind]), 0)
