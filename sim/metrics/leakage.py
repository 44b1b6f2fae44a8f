"""What was learnt beyond need: facts (subject, field, whose data) counted once for each need and learner.

K are the facts learnt in readable form, N those that need, truth and law make necessary (`necessary.NECESSARY`): of the
need's own subject, the asker's answer from a true holder, and a true holder's share of the query; a registry that is
itself asked holds what any state holds there. Excess is K without N, split by the first test it fails, in this order:

no basis           the transfer was forbidden
wrong person       another person than the need's subject: a false hit is a leak
beyond purpose     a field, or a learner, that the need does not make necessary
intermediary       it can read and has no right to (its right to read is its basis)
onward             passed on by another state than the owner, whose consent the law asks for
kept               held longer than the law of the transfer lets it

Weighted, a fact counts as the scenario says its field weighs, in whole thousandths, so that causes add up exactly.

Further subjects of a request are counted apart: who holds a record on them is not modelled.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.columns import Columns, per_row
from sim.content.records import SPECIAL
from sim.laws import KINDS
from sim.ledger import DUTY_BROKEN, FORBIDDEN, INTERMEDIARY, NO_RULE_KNOWN, RECIPIENT, RULINGS
from sim.metrics.cost import distinct
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.necessary import NECESSARY, Necessary, bits
from sim.metrics.parts import Part, per, share
from sim.metrics.view import View
from sim.script import FIELDS
from sim.transport import ANSWER, PERSON, RECORD, SUBJECT
from sim.world import World

BY_HIT = "by a hit alone"
TESTS = ("no basis", "wrong person", "beyond purpose", "intermediary", "onward", "kept")
WHOLE = 1000        # thousandths of a weight
Bits = NDArray[np.uint32]


@dataclass(frozen=True)
class Facts:
    """Counts of facts.

    needed     learnt and necessary, and rightly given
    necessary  whether learnt or not
    beyond     (FIELDS,) excess facts: all of them are learnt - needed
    by_test    (TESTS, FIELDS) the same by the test they fail first
    by_kind    (KINDS,) the same by kind of person
    """

    learnt: int
    needed: int
    necessary: int
    beyond: Whole
    by_test: Whole
    by_kind: Whole

    @cached_property
    def excess(self) -> tuple[int, ...]:
        """By TESTS."""
        return tuple(self.by_test.sum(axis=1).tolist())


def facts(view: View, table: dict[str, Necessary] = NECESSARY) -> Facts:
    """Raises AssertionError unless the tests split the excess."""
    joined = view.joined
    chosen = np.flatnonzero(view.disclosures & joined.learnt & (joined.disclosures["subject"] >= 0))
    told, need = Columns(joined.ledger.disclosures, chosen), joined.told_need[chosen]
    order, begins, first = _groups(told, need, len(joined.world.places))
    told_bits, carrier = joined.field_bits[chosen], told["role"] == INTERMEDIARY
    forbidden = (told["ruling"] == FORBIDDEN) & ~carrier
    onward, kept = _onward(joined, told, chosen), _kept(joined, told)

    def gathered(which: Flags) -> Bits:
        fields: Bits = np.where(which, told_bits, np.uint32(0))[order]
        return np.bitwise_or.reduceat(fields, begins) if len(begins) else fields

    lawful, sound, passed_on = (gathered(~forbidden), gathered(~forbidden & ~onward & ~kept),
                                gathered(~forbidden & onward))
    every = lawful | gathered(forbidden)
    needed = _due(joined, chosen[first], table)
    beyond, spoiled = lawful & ~needed, lawful & needed & ~sound
    wrong = (told["true_subject"] != told["subject"])[first]
    no_right = carrier[first] & ~joined.may[chosen[first]]
    excess = every & ~(needed & sound)
    beyond_need = _by_field(excess)
    split = np.array([_by_field(found) for found in (
        every & ~lawful, beyond[wrong], beyond[~wrong & ~no_right], beyond[~wrong & no_right], spoiled & passed_on,
        spoiled & ~passed_on)])
    assert (split.sum(axis=0) == beyond_need).all(), f"{dict(zip(TESTS, split, strict=True))} do not add up"
    by_kind = per_row(told["kind"][first], len(KINDS), np.bitwise_count(excess).astype(np.int64))
    return Facts(_count(every), _count(every & needed & sound), _all_necessary(view, table), beyond_need, split,
                 by_kind)


def necessary(joined: Joined, chosen: Whole, table: dict[str, Necessary] = NECESSARY) -> Bits:
    """The fields of each of these disclosures, all of needs, that are necessary for its learner."""
    found: Bits = _due(joined, chosen, table) & joined.field_bits[chosen]
    return found


def _due(joined: Joined, chosen: Whole, table: dict[str, Necessary]) -> Bits:
    """What the learner of each of these has to learn of its person from its owner, whether or not it is told here."""
    asker_bits, query_bits = bits(table)
    told, need = Columns(joined.ledger.disclosures, chosen), joined.told_need[chosen]
    holder, learner, owner = joined.run.truth.holder, told["learner"], told["owner"]
    opener, kind = joined.needs["opener"][need], joined.needs["kind"][need]
    registry = learner >= joined.world.jurisdictions
    holds = np.where(registry, joined.anybody[need], holder[need, learner])
    asker = (learner == opener) & holder[need, owner]
    query = holds & (owner == opener)
    due = np.where(asker, asker_bits[kind], np.uint32(0)) | np.where(query, query_bits[kind], np.uint32(0))
    right = (told["true_subject"] == told["subject"]) & (told["role"] == RECIPIENT)
    found: Bits = np.where(right, due, np.uint32(0))
    return found


def with_necessary(joined: Joined) -> NDArray[np.void]:
    """The disclosures with the column `necessary` filled in where they are of needs, for whoever keeps them."""
    rows = joined.ledger.disclosures.copy()
    ours = np.flatnonzero(joined.told_need >= 0)
    rows["necessary"][ours] = np.bitwise_count(necessary(joined, ours))
    return rows


def _groups(told: Columns, need: Whole, places: int) -> tuple[Whole, Whole, Whole]:
    """One need, learner, role, subject and owner make a group: an order of the rows that puts groups together, where
    each begins in it, and the first row of each."""
    key, persons = need, int(told["true_subject"].max(initial=0)) + 1
    for name, count in (("learner", places), ("owner", places), ("role", 2), ("true_subject", persons)):
        key = key * count + told[name]
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    begins = np.flatnonzero(np.append(True, sorted_key[1:] != sorted_key[:-1])[:len(key)])
    return order, begins, order[begins]


def _onward(joined: Joined, told: Columns, chosen: Whole) -> Flags:
    """Records that a state other than the owner passes on, where the law wants the owner's consent."""
    sender = joined.told["sender"][chosen]
    wants = np.array([*("owner_consent" in outcome.duties.flags for outcome in joined.world.law.outcomes), False])
    found: Flags = ((joined.told_of[chosen] == RECORD) & (sender != told["owner"])
                    & (sender < joined.world.jurisdictions) & wants[told["basis"]])
    return found


def _kept(joined: Joined, told: Columns) -> Flags:
    """Held beyond the law's period, as far as the run shows."""
    end = joined.ledger.end
    period = np.array([*(outcome.duties.retention for outcome in joined.world.law.outcomes), end])[told["basis"]]
    found: Flags = np.minimum(told["retain_until"], end) - told["tick"] > period
    return found


def _count(found: Bits) -> int:
    return int(np.bitwise_count(found).sum())


def _by_field(found: Bits) -> Whole:
    """(FIELDS,) in how many of these bit sets each field is."""
    bit = np.unpackbits(found.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1, bitorder="little")
    counts: Whole = bit.sum(axis=0, dtype=np.int64)[:len(FIELDS)]
    return counts


def _all_necessary(view: View, table: dict[str, Necessary]) -> int:
    """For every true holder of a need: the asker's facts from it, and its own of the query."""
    asker_bits, query_bits = bits(table)
    sizes = np.bitwise_count(asker_bits).astype(int) + np.bitwise_count(query_bits)
    holders = view.joined.run.truth.holder[view.counted].sum(axis=1)
    return int((sizes[view.joined.needs["kind"][view.counted]] * holders).sum())


def beyond_need(view: View) -> list[Part]:
    found = view.once(facts)
    parts = [("", int(found.beyond.sum())), *zip(TESTS, found.excess, strict=True)]
    return [per(1, amount, view.n, name) for name, amount in parts]


def beyond_need_by_kind(view: View) -> list[Part]:
    found = view.once(facts)
    return [per(1, amount, view.n, name) for name, amount in zip(KINDS, found.by_kind.tolist(), strict=True)]


def weights(world: World) -> Whole:
    """(FIELDS,) thousandths that a fact of each field counts; without a table of sensitivity none."""
    of = {field: each.weight.value for each in world.scenario.sensitivity.values() for field in each.fields}
    return np.array([round(WHOLE * of[field]) for field in FIELDS if of], np.int64)


def beyond_need_weighted(view: View) -> list[Part]:
    weight, found = view.joined.of_world(weights), view.once(facts)
    if not len(weight):
        return []
    by_test, total = (found.by_test @ weight).tolist(), int(found.beyond @ weight)
    assert sum(by_test) == total, f"{dict(zip(TESTS, by_test, strict=True))} does not add to the excess {total}"
    return [per(1, amount, view.n, name, unit=WHOLE)
            for name, amount in [("", total), *zip(TESTS, by_test, strict=True)]]


def disclosure_precision(view: View) -> list[Part]:
    found = view.once(facts)
    return share(found.needed, found.learnt)


def disclosure_recall(view: View) -> list[Part]:
    found = view.once(facts)
    return share(found.needed, found.necessary)


def further_subjects(view: View) -> list[Part]:
    """Disclosures about further subjects of a request (at most 19 a query and learner are written)."""
    joined, rows = view.joined, view.joined.disclosures
    return [per(100, np.count_nonzero(view.disclosures & (rows["subject"] < 0) & joined.can), view.n)]


def uninvolved(view: View) -> list[Part]:
    """Persons a need did not concern, once for each need, whose record, or a hit that refers to it, crossed a border;
    by kind of person, and those of whom no more than a hit did. A bit says something of the person asked about and of
    nobody else: it is told in bits learnt."""
    joined, rows, of = view.joined, view.joined.disclosures, view.joined.told_of
    result = view.disclosures & ((of == RECORD) | (of == ANSWER)) & joined.can
    chosen = np.flatnonzero(result & (joined.told["version"] >= 0)
                            & (rows["true_subject"] != rows["subject"]))
    key = joined.told_need[chosen] << 32 | rows["true_subject"][chosen].astype(np.int64)
    persons, first = np.unique(key, return_index=True)
    kind = joined.records["kind"][joined.told["version"][chosen[first]]]
    by_hit = len(persons) - len(np.unique(key[of[chosen] == RECORD]))
    parts = [("", len(first)), *((name, int((kind == k).sum())) for k, name in enumerate(KINDS[:5])), (BY_HIT, by_hit)]
    return [per(1000, amount, view.n, name) for name, amount in parts]


def special(view: View) -> list[Part]:
    """Records with special categories of data, once for each need and person, that crossed a border; by category."""
    joined, rows = view.joined, view.joined.disclosures
    given = view.disclosures & (joined.told_of == RECORD) & ((rows["role"] == RECIPIENT) | joined.can)
    chosen = np.flatnonzero(given & (joined.told["version"] >= 0))
    person = rows["true_subject"][chosen].astype(np.int64)
    _, first = np.unique(joined.told_need[chosen] << 32 | person, return_index=True)
    held = joined.records["special"][joined.told["version"][chosen[first]]]
    parts = [("", np.count_nonzero(held)),
             *((name, np.count_nonzero(held & (1 << bit))) for bit, name in enumerate(SPECIAL))]
    return [per(1000, amount, view.n, name) for name, amount in parts]


def against_rules(view: View) -> list[Part]:
    """Disclosures (message and learner) outside the modelled rules, and those on which no rule is known."""
    rows = view.joined.disclosures
    principal = view.disclosures & (rows["subject"] >= -1)
    counts = np.bincount(rows["ruling"][principal], minlength=len(RULINGS))
    return [per(100, counts[ruling], view.n, RULINGS[ruling]) for ruling in (FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN)]


def systems(view: View) -> list[Part]:
    """Places abroad or in between that hold a query and its key, for each need that was asked."""
    joined, rows = view.joined, view.joined.disclosures
    queries = np.flatnonzero(view.disclosures & (joined.told_of == SUBJECT) & joined.can)
    return [per(1, distinct(view, joined.told_need[queries], rows["learner"][queries]), view.asked)]


def people(view: View) -> list[Part]:
    """Queries that a person abroad read, for each need that was asked."""
    joined, rows = view.joined, view.joined.disclosures
    read = view.disclosures & (joined.told_of == SUBJECT) & (rows["subject"] >= -1) & (rows["seen_by"] == PERSON)
    return [per(1, np.count_nonzero(read & (rows["role"] == RECIPIENT)), view.asked)]
