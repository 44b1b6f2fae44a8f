"""Copies that stay elsewhere after the owner of a record has deleted it, and how long.

Counted are places other than the owner that can read what was given: those that got it in a message, and a store that
passed on what was laid there, before the run or in it. What was given is counted once for each need and channel, or
record event of the window; the copies of a query, whose owner is the asker, apart.

Few deletions fall into a run, so the owner is taken to delete the record at the end of the observed window, or when
the copy comes where that is later; where a run does show that the version was deleted or entered anew, then. From that
moment a copy goes

- when its retention ends: as its content states, or the law of its transfer; a copy in a store has none;
- where the channel's record script takes copies away at that place (`Withdraw`), as late as that comes. Of the
  withdrawals that the run shows, the share that took longer holds the same share of copies; one that was left, lost,
  or not done by the end of the run took longer than anything. A run that shows none in a channel takes its script's
  word: as often as the chances on the way let it come about, after mean times, with nobody in the way.

All other copies stay, those of a query always.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from sim.ledger import NEVER, RECIPIENT
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.parts import Cell, Counts
from sim.metrics.view import View
from sim.metrics.withdrawals import STAYS, WAYS, Planned, planned, stores, withdrawals
from sim.transport import RECORD, SUBJECT
from sim.units import DAY, YEAR

AFTER = {"0 d": 0, "1 d": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY, "180 d": 180 * DAY, "1 y": YEAR, "5 y": 5 * YEAR}
WHAT = ("", "queries")                    # records that were given; what was asked
OF = (RECORD, SUBJECT)                    # the same as contents
_TICKS = np.array(list(AFTER.values()))


class Held(NamedTuple):
    """Copies, aligned: what is held (WHAT), by which protocol it came, for which need or record event, whose data on
    whom, where it is, for how many ticks from the deletion on, and which way it is taken away, or STAYS."""

    what: Whole
    protocol: Whole
    unit: Whole
    owner: Whole
    person: Whole
    place: Whole
    lasts: Whole
    way: Whole


def residual_copies(view: View) -> list[Counts]:
    """Mean number of copies of what was given, by time since its deletion: of records, of queries, by channel."""
    joined = view.joined
    counted, seen, script = _counted(view), withdrawals(joined, _TICKS), joined.of_world(planned)
    names = [protocol.name for protocol in joined.world.protocols]
    chosen = [("", list(range(len(names)))), *((name, [row]) for row, name in enumerate(names))]
    return [Counts(_counts(what, rows, after, counted, seen),
                   partial(mean_copies, ticks=AFTER[label], script=tuple(way for row in rows for way in script[row])),
                   _slice(name, word, label))
            for what, word in enumerate(WHAT) for name, rows in chosen for after, label in enumerate(AFTER)]


def mean_copies(counts: tuple[int, ...], slice: str, ticks: int, script: tuple[Planned, ...]) -> list[Cell]:
    """Counts: what was given, copies that stay; then for each channel and way of withdrawal copies that go, withdrawals
    that took longer than `ticks`, and all of them."""
    given, held = counts[0], float(counts[1])
    for going, longer, of_all, plan in zip(counts[2::3], counts[3::3], counts[4::3], script, strict=True):
        held += going * (longer / of_all if of_all else 1 - plan.share * (plan.ticks <= ticks))
    return [Cell(held / given, given, slice)] if given else []


def _slice(*words: str) -> str:
    *whose, label = filter(None, words)
    return ", ".join(filter(None, (" ".join(whose), label)))


def _counts(what: int, protocols: list[int], after: int, counted: tuple[Whole, Whole, Whole],
            seen: tuple[Whole, Whole]) -> tuple[int, ...]:
    (given, stays, goes), (longer, of_all) = counted, seen
    found = [given[what, protocols].sum(), stays[after, what, protocols].sum()]
    for row in protocols:
        for way in WAYS:
            found += [goes[after, way, what, row], longer[after, way, row], of_all[way, row]]
    return tuple(map(int, found))


def _counted(view: View) -> tuple[Whole, Whole, Whole]:
    """(WHAT, protocols) what was given; (AFTER, WHAT, protocols) copies that stay as long; (AFTER, WAYS, WHAT,
    protocols) those that go."""
    held, protocols = _held(view), len(view.joined.world.protocols)
    if not len(held.what):
        none = np.zeros((len(AFTER), len(WAYS), len(WHAT), protocols), np.int64)
        return none[0, 0], none[:, 0], none
    key = held.what * protocols + held.protocol
    for column in (held.unit, held.owner, held.person):
        key = key * (int(column.max()) + 1) + column
    of_given, first = np.unique(key, return_index=True)
    where = (held.what * protocols + held.protocol).astype(np.int64)
    given = np.bincount(where[first], minlength=len(WHAT) * protocols).reshape(len(WHAT), protocols)
    copy = np.searchsorted(of_given, key) * (int(held.place.max()) + 1) + held.place
    order = np.argsort(copy, kind="stable")
    begins = np.flatnonzero(np.diff(copy[order], prepend=-1))
    lasts, way = np.maximum.reduceat(held.lasts[order], begins), held.way[order[begins]]
    where = where[order[begins]]
    left = np.array([[_by_channel(where, (way == each) & (lasts > ticks), protocols) for each in (STAYS, *WAYS)]
                     for ticks in _TICKS])
    return given, left[:, 0], left[:, 1:]


def _by_channel(where: Whole, which: Flags, protocols: int) -> Whole:
    return np.bincount(where[which], minlength=len(WHAT) * protocols).reshape(len(WHAT), protocols)


def _held(view: View) -> Held:
    joined, rows = view.joined, view.joined.disclosures
    ours = view.disclosures | view.records[joined.told["case"]]
    known = (joined.told_of == SUBJECT) | ((joined.told_of == RECORD) & (joined.told["version"] >= 0))
    chosen = np.flatnonzero(ours & known & joined.learnt & (rows["true_subject"] >= 0))
    got = chosen[rows["learner"][chosen] != rows["owner"][chosen]]
    passed = chosen[_from_store(joined, chosen)]
    both = np.concatenate([got, passed])
    place = np.concatenate([rows["learner"][got], joined.told["sender"][passed]]).astype(np.int64)
    until = np.concatenate([rows["retain_until"][got], np.full(len(passed), NEVER)])
    case, need = joined.told["case"][both], joined.told_need[both]
    protocol = joined.told["protocol"][both].astype(np.int64)
    record = joined.told_of[both] == RECORD
    taken = record & _announced(joined, both)
    way = np.where(taken, joined.of_world(stores).way[protocol, place], STAYS)
    return Held((~record).astype(np.int64), protocol, np.where(need >= 0, need, len(joined.needs) + case),
                rows["owner"][both].astype(np.int64), rows["true_subject"][both].astype(np.int64), place,
                until - _deleted(joined, both, record), way)


def _from_store(joined: Joined, chosen: Whole) -> Flags:
    """Records that somebody else than their owner gives, out of a store where the channel lays them down."""
    sender, protocol = joined.told["sender"][chosen], joined.told["protocol"][chosen]
    given = (joined.told_of[chosen] == RECORD) & (joined.disclosures["role"][chosen] == RECIPIENT)
    laid = joined.of_world(stores).laid[protocol, sender]
    found: Flags = given & laid & (sender != joined.disclosures["owner"][chosen])
    return found


def _announced(joined: Joined, chosen: Whole) -> Flags:
    """Records whose deletion the channel's record script runs for: alerts, or all."""
    every = np.array([protocol.records == "all" for protocol in joined.world.protocols])
    alert = np.append(joined.records["alert"], False)[joined.told["version"][chosen]]
    found: Flags = every[joined.told["protocol"][chosen]] | alert
    return found


def _deleted(joined: Joined, chosen: Whole, record: Flags) -> Whole:
    """When the owner deletes it, or enters it anew."""
    superseded = np.append(joined.records["superseded"], NEVER)[joined.told["version"][chosen]]
    shown = record & (superseded <= joined.ledger.end)
    found: Whole = np.maximum(joined.disclosures["tick"][chosen],
                              np.where(shown, superseded, joined.world.observe_until))
    return found
