"""What each holder has of others' records, as whole numbers that add up over parts of a run.

Holdings are readable records given across a border, from arrival until they may no longer be kept or the run ends:
record-ticks from when needs begin to count, which over the length of that time are a mean number of records. Persons
are counted once for each need, or event of a record, that made a place learn of them.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.columns import exact_sum
from sim.ledger import INTERMEDIARY, NEED, RECIPIENT
from sim.metrics.holders import Holders, holders, slot_of, slots
from sim.metrics.joined import Flags
from sim.metrics.standing import Standing, standing, units
from sim.metrics.view import View
from sim.scenario.hazards import CLASSES
from sim.transport import KEYED, RECORD
from sim.units import DAY

Whole = NDArray[np.int64]
BY_MESSAGE = (RECIPIENT, INTERMEDIARY)


class Held(NamedTuple):
    """Of a part of a run. Each entry is a tuple of whole numbers, and all of them add up.

    needs     one number: needs that count
    persons   one number: persons, once for each need or event of a record
    chance    in UNITs, summed over these persons, as in Standing
    used      by protocol: cases of needs that it serves, whoever's: the engines lay copies for these
    ticks, records, copies  by slot: record-ticks; records that came; (need or event, person) that lie there
    keyed     by protocol: record-ticks in a form that whoever has the protocol's key can undo
    keys      by protocol and slot: such rows of those who have it
    """

    needs: tuple[int, ...]
    persons: tuple[int, ...]
    chance: tuple[int, ...]
    used: tuple[int, ...]
    ticks: tuple[int, ...]
    records: tuple[int, ...]
    copies: tuple[int, ...]
    keyed: tuple[int, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True)
class Account:
    """What all parts of a run share: its holders, the copies from before it, how long it counts (ticks)."""

    holders: Holders
    standing: tuple[Standing, ...]
    length: int

    def held(self, counts: tuple[int, ...]) -> Held:
        """The flat counts of all parts together."""
        protocols, many = len(self.standing), len(self.holders.classes)
        lengths = (1, 1, 1 + len(CLASSES), protocols, many, many, many, protocols, protocols * many)
        ends = np.cumsum(lengths).tolist()
        return Held(*(counts[end - length:end] for end, length in zip(ends, lengths, strict=True)))

    def laid(self, held: Held) -> list[Standing]:
        """Of the protocols that serve some need, where they lay anything: those of others are not in use."""
        return [one for one, cases in zip(self.standing, held.used, strict=True)
                if cases and (one.records or one.keyed)]

    def keyed(self, held: Held, protocol: int) -> tuple[int, Flags]:
        """Record-ticks in a form that the protocol's key undoes; (slots,) who has that key."""
        of, standing = np.array(held.keys).reshape(len(self.standing), -1)[protocol] > 0, self.standing[protocol]
        if not held.used[protocol]:
            return held.keyed[protocol], of
        return held.keyed[protocol] + standing.keyed, of | (np.array(standing.keys) > 0)

    @property
    def days(self) -> float:
        return self.length / DAY


def account(view: View) -> Account:
    world = view.joined.world
    return Account(view.joined.of_world(holders), standing(view.joined), world.end - world.observe_from)


def given(view: View) -> tuple[Flags, Flags]:
    """(disclosures,) records given on request for the needs that count; copies laid down by record events. By whom a
    message brought them, recipient or intermediary."""
    told = view.joined.disclosures
    records = (view.joined.told_of == RECORD) & (told["true_subject"] >= 0) & np.isin(told["role"], BY_MESSAGE)
    return records & view.disclosures, records & view.records[view.joined.told["case"]]


def held(view: View) -> tuple[int, ...]:
    """The counts of a part, flat."""
    joined, world = view.joined, view.joined.world
    on_request, laid_down = view.once(given)
    readable, keyed = (np.flatnonzero((on_request | laid_down) & which) for which in (joined.learnt, _keyed(view)))
    slot, ticks = _slots(view, readable), kept(view, readable)
    lies, person, persons = _persons(view, readable, slot)
    key, protocol = _slots(view, keyed), joined.told["protocol"].astype(np.int64)
    served = joined.cases["protocol"][joined.cases["kind"] == NEED].astype(np.int64)
    of = Held(
        needs=(view.n,), persons=(persons,), chance=tuple(units(joined.of_world(holders), person, lies, persons)),
        used=_many(served, len(world.protocols)), ticks=sums(slot, slots(world), ticks),
        records=_many(slot, slots(world)), copies=_many(lies, slots(world)),
        keyed=sums(protocol[keyed], len(world.protocols), kept(view, keyed)),
        keys=_many((protocol[keyed] * slots(world) + key)[joined.can[keyed]], len(world.protocols) * slots(world)))
    return sum(of, ())


def kept(view: View, rows: Whole) -> Whole:
    """(rows,) ticks that each of these disclosures is kept within the run."""
    told = view.joined.disclosures
    return np.asarray(np.minimum(told["retain_until"][rows], view.joined.ledger.end) - told["tick"][rows], np.int64)


def sums(index: Whole, many: int, amount: Whole) -> tuple[int, ...]:
    """(many,) sums by index, exact: a year's ticks exceed what an int64 holds."""
    order = np.argsort(index, kind="stable")
    ends = np.searchsorted(index[order], np.arange(many + 1))
    return tuple(exact_sum(amount[order[ends[k]:ends[k + 1]]]) for k in range(many))


def _keyed(view: View) -> Flags:
    return np.asarray(np.isin(view.joined.disclosures["form"], KEYED))


def _slots(view: View, rows: Whole) -> Whole:
    laid_down = view.once(given)[1]
    return slot_of(view.joined.world, view.joined.disclosures["learner"][rows].astype(np.int64), laid_down[rows])


def _persons(view: View, rows: Whole, slot: Whole) -> tuple[Whole, Whole, int]:
    """Each place of each person once: its slot, the number of the person, and how many persons there are."""
    told = view.joined
    case = told.told["case"][rows].astype(np.int64)
    need = told.need_of[case]
    of = np.where(need >= 0, need, len(told.needs) + case)          # the need, or the event of a record
    places = np.unique(np.column_stack([of, told.disclosures["true_subject"][rows], slot]), axis=0)
    _, person = np.unique(places[:, :2], axis=0, return_inverse=True)
    person = person.reshape(-1).astype(np.int64)
    return places[:, 2], person, int(person.max(initial=-1)) + 1


def _many(index: Whole, many: int) -> tuple[int, ...]:
    return tuple(np.bincount(index, minlength=many).tolist())
