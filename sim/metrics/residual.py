"""Copies that stay elsewhere after the owner of a record has deleted it, and how long.

Counted are places other than the owner that can read what was given: those that got it in a message, and a store that
passed on what was laid there, before the run or in it. What was given is counted once for each need and channel, or
record event of the window; the copies of a query, whose owner is the asker, apart.

Few deletions fall into a run, so the owner is taken to delete the record at the end of the observed window, or when
the copy comes where that is later; where a run does show that the version was deleted or entered anew, then. From that
moment a copy goes

- when its retention ends: as its content states, or the law of its transfer; a copy in a store has none;
- where the channel's record script takes copies away at that place (`Withdraw`), after as long as that took. That is no
  mean: of the withdrawals which the run shows, from the deletion to the step's end, the share that took longer holds
  the same share of copies. One that was not done by the end of the run, or whose message was lost, took longer than
  anything. A run without a deletion shows by the copies it laid down how news of a record travel there; a run without
  either says nothing of a channel that withdraws.

All other copies stay. Where a script leaves it to chance whether a holder is told (`Chance` beside `Withdraw`), all are
counted as staying, an upper bound: a run rarely shows enough such notices to say more.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.records import DELETED
from sim.ledger import NEVER, RECIPIENT
from sim.ledger import RECORD as RECORD_EVENT
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.parts import Cell, Counts
from sim.metrics.view import View
from sim.programs import Protocol
from sim.script import Chance, ForEach, Store, Withdraw
from sim.transport import RECORD, SUBJECT
from sim.units import DAY, YEAR
from sim.world import World

AFTER = {"0 d": 0, "1 d": DAY, "7 d": 7 * DAY, "30 d": 30 * DAY, "180 d": 180 * DAY, "1 y": YEAR, "5 y": 5 * YEAR}
WHAT = ("", "queries")                    # records that were given; what was asked
OF = (RECORD, SUBJECT)                    # the same as contents
_TICKS = np.array(list(AFTER.values()))


class Held(NamedTuple):
    """Copies, aligned: what is held (WHAT), by which protocol it came, for which need or record event, whose data on
    whom, where it is, for how many ticks from the deletion on, and whether it is taken away."""

    what: Whole
    protocol: Whole
    unit: Whole
    owner: Whole
    person: Whole
    place: Whole
    lasts: Whole
    goes: Flags


def residual_copies(view: View) -> list[Counts]:
    """Mean number of copies of what was given, by time since its deletion: of records, of queries, by channel."""
    given, stays, goes = _counted(view)
    travels = _travels(view.joined)
    names = [protocol.name for protocol in view.joined.world.protocols]
    chosen = [("", list(range(len(names)))), *((name, [row]) for row, name in enumerate(names))]
    return [Counts(_counts(what, rows, after, given, stays, goes, travels), mean_copies, _slice(name, word, label))
            for what, word in enumerate(WHAT) for name, rows in chosen for after, label in enumerate(AFTER)]


def mean_copies(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """Counts: what was given, copies that stay; then for each channel copies that go, withdrawals that took longer and
    all of them, layings down that took longer and all of them."""
    given, held = counts[0], float(counts[1])
    for first in range(2, len(counts), 5):
        going, longer, withdrawn, laid_longer, laid = counts[first:first + 5]
        if going and not withdrawn and not laid:
            return []
        if going:
            held += going * (longer / withdrawn if withdrawn else laid_longer / laid)
    return [Cell(held / given, given, slice)] if given else []


def _slice(*words: str) -> str:
    *whose, label = filter(None, words)
    return ", ".join(filter(None, (" ".join(whose), label)))


def _counts(what: int, protocols: list[int], after: int, given: Whole, stays: Whole, goes: Whole,
            travels: tuple[Whole, Whole]) -> tuple[int, ...]:
    found = [given[what, protocols].sum(), stays[after, what, protocols].sum()]
    for row in protocols:
        found += [goes[after, what, row], *(each[at, row] for each in travels for at in (after, -1))]
    return tuple(map(int, found))


def _counted(view: View) -> tuple[Whole, Whole, Whole]:
    """(WHAT, protocols) what was given; (AFTER, WHAT, protocols) copies that stay as long, and those that go."""
    held, protocols = _held(view), len(view.joined.world.protocols)
    if not len(held.what):
        none = np.zeros((len(AFTER), len(WHAT), protocols), np.int64)
        return none[0], none, none
    key = held.what * protocols + held.protocol
    for column in (held.unit, held.owner, held.person):
        key = key * (int(column.max()) + 1) + column
    of_given, first = np.unique(key, return_index=True)
    where = (held.what * protocols + held.protocol).astype(np.int64)
    given = np.bincount(where[first], minlength=len(WHAT) * protocols).reshape(len(WHAT), protocols)
    copy = np.searchsorted(of_given, key) * (int(held.place.max()) + 1) + held.place
    order = np.argsort(copy, kind="stable")
    begins = np.flatnonzero(np.diff(copy[order], prepend=-1))
    lasts, goes = np.maximum.reduceat(held.lasts[order], begins), held.goes[order[begins]]
    where = where[order[begins]]
    left = [[_by_channel(where, which & (lasts > ticks), protocols) for ticks in _TICKS] for which in (~goes, goes)]
    return given, np.array(left[0]), np.array(left[1])


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
    taken = joined.of_world(stores)[1][protocol, place] & record & _announced(joined, both)
    return Held((~record).astype(np.int64), protocol, np.where(need >= 0, need, len(joined.needs) + case),
                rows["owner"][both].astype(np.int64), rows["true_subject"][both].astype(np.int64), place,
                until - _deleted(joined, both, record), taken)


def _from_store(joined: Joined, chosen: Whole) -> Flags:
    """Records that somebody else than their owner gives, out of a store where the channel lays them down."""
    sender, protocol = joined.told["sender"][chosen], joined.told["protocol"][chosen]
    given = (joined.told_of[chosen] == RECORD) & (joined.disclosures["role"][chosen] == RECIPIENT)
    laid = joined.of_world(stores)[0][protocol, sender]
    found: Flags = given & laid & (sender != joined.disclosures["owner"][chosen])
    return found


def _announced(joined: Joined, chosen: Whole) -> Flags:
    """Records whose deletion is an event: a record script runs for alerts."""
    found: Flags = np.append(joined.records["alert"], False)[joined.told["version"][chosen]]
    return found


def _deleted(joined: Joined, chosen: Whole, record: Flags) -> Whole:
    """When the owner deletes it, or enters it anew."""
    superseded = np.append(joined.records["superseded"], NEVER)[joined.told["version"][chosen]]
    shown = record & (superseded <= joined.ledger.end)
    found: Whole = np.maximum(joined.disclosures["tick"][chosen],
                              np.where(shown, superseded, joined.world.observe_until))
    return found


def _travels(joined: Joined) -> tuple[Whole, Whole]:
    """(AFTER + 1, protocols) of withdrawals, and of copies laid down: how many took longer, and how many there were."""
    case, event = joined.steps["case"], joined.stream["event"]
    of_records = joined.cases["kind"] == RECORD_EVENT
    lost = joined.messages["case"][np.flatnonzero(joined.messages["lost"])]
    found = []
    for kind, deletes in ((Withdraw, True), (Store, False)):
        events = of_records & ((event == DELETED) == deletes)
        done = np.flatnonzero(joined.steps_of(kind) & events[case])
        took = joined.steps["ended"][done] - joined.cases["opened"][case[done]]
        took = np.where(joined.steps["ended"][done] >= 0, took, NEVER)
        gone = lost[events[lost]]
        found.append(_longer(np.append(took, np.full(len(gone), NEVER)),
                             joined.cases["protocol"][np.append(case[done], gone)], len(joined.world.protocols)))
    return found[0], found[1]


def _longer(took: Whole, protocol: NDArray[np.int16], protocols: int) -> Whole:
    counted = [np.bincount(protocol[took > ticks], minlength=protocols) for ticks in _TICKS]
    return np.array([*counted, np.bincount(protocol, minlength=protocols)])


def stores(world: World) -> tuple[Flags, Flags]:
    """(protocols, places) where the record script of each lays copies down, and where it surely takes them away."""
    laid, taken = np.zeros((2, len(world.protocols), len(world.places)), bool)
    for number, protocol in enumerate(world.protocols):
        rows = protocol.record.rows if protocol.record is not None else ()
        certain = not any(isinstance(row.instruction, Chance) for row in rows)
        for row in rows:
            if isinstance(row.instruction, Store) or (certain and isinstance(row.instruction, Withdraw)):
                table = laid if isinstance(row.instruction, Store) else taken
                table[number, _places(world, protocol, row.instruction.party)] = True
    return laid, taken


def _places(world: World, protocol: Protocol, party: str) -> list[int]:
    """Where a party of a record script stands: at an institution, at every place a leg is bound to, or with the owner,
    whose own copy is none."""
    side = protocol.parties.get(party, party)
    if side in world.places:
        return [world.places.index(side)]
    assert protocol.record is not None
    bound = {row.instruction.party for row in protocol.record.rows if isinstance(row.instruction, ForEach)}
    return list(range(len(world.places))) if {party, side} & bound else []
