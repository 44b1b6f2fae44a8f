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

Further subjects of a request are counted apart: who holds a record on them is not modelled.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.laws import KINDS
from sim.ledger import DUTY_BROKEN, FORBIDDEN, INTERMEDIARY, NO_RULE_KNOWN, RECIPIENT, RULINGS
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.necessary import NECESSARY, Necessary, bits
from sim.metrics.values import Cell, per, share
from sim.metrics.view import View
from sim.transport import ANSWER, PERSON, RECORD, SUBJECT

TESTS = ("no basis", "wrong person", "beyond purpose", "intermediary", "onward", "kept")
Bits = NDArray[np.uint32]


@dataclass(frozen=True)
class Facts:
    """Counts of facts. excess[k] fail TESTS[k] first; their sum is learnt - needed."""

    learnt: int
    needed: int          # learnt and necessary, and rightly given
    necessary: int       # whether learnt or not
    excess: tuple[int, ...]


def facts(view: View, table: dict[str, Necessary] = NECESSARY) -> Facts:
    """Raises AssertionError unless the tests split the excess."""
    joined, rows = view.joined, view.joined.ledger.disclosures
    chosen = np.flatnonzero(view.disclosures & joined.learnt & (rows["subject"] >= 0))
    told, fields = rows[chosen], rows["fields"][chosen]
    need = joined.need_of[joined.told["case"][chosen]]
    group, first = _groups(told, need)
    carrier = told["role"] == INTERMEDIARY
    forbidden = (told["ruling"] == FORBIDDEN) & ~carrier
    onward, kept = _onward(joined, chosen), _kept(joined, chosen)

    def gathered(which: Flags) -> Bits:
        found = np.zeros(len(first), np.uint32)
        np.bitwise_or.at(found, group[which], fields[which])
        return found

    every, lawful = gathered(np.ones(len(told), bool)), gathered(~forbidden)
    sound, passed_on = gathered(~forbidden & ~onward & ~kept), gathered(~forbidden & onward)
    needed = necessary(joined, told[first], need[first], table)
    beyond, spoiled = lawful & ~needed, lawful & needed & ~sound
    wrong = told["subject"][first] != joined.needs["subject"][need[first]]
    no_right = carrier[first] & ~told["may"][first]
    split = (_count(every & ~lawful), _count(beyond[wrong]), _count(beyond[~wrong & ~no_right]),
             _count(beyond[~wrong & no_right]), _count(spoiled & passed_on), _count(spoiled & ~passed_on))
    excess = _count(every & ~(needed & sound))
    assert sum(split) == excess, f"{dict(zip(TESTS, split, strict=True))} does not add to the excess {excess}"
    return Facts(_count(every), _count(every & needed & sound), _all_necessary(view, table), split)


@lru_cache(maxsize=2)      # asker and asked of one run
def found_facts(view: View) -> Facts:
    return facts(view)


def necessary(joined: Joined, told: NDArray[np.void], need: Whole, table: dict[str, Necessary] = NECESSARY) -> Bits:
    """The fields of each DISCLOSURES row that are necessary for its learner; `need`: aligned rows of the needs."""
    asker_bits, query_bits = bits(table)
    needs, holder = joined.needs[need], joined.run.truth.holder[need]
    rows = np.arange(len(told))
    registry = told["learner"] >= joined.world.jurisdictions
    holds = np.where(registry, holder.any(axis=1), holder[rows, told["learner"]])
    asker = (told["learner"] == needs["opener"]) & holder[rows, told["owner"]]
    query = holds & (told["owner"] == needs["opener"])
    due = np.where(asker, asker_bits[needs["kind"]], 0) | np.where(query, query_bits[needs["kind"]], 0)
    right = (told["subject"] == needs["subject"]) & (told["role"] == RECIPIENT)
    found: Bits = np.where(right, due & told["fields"], 0).astype(np.uint32)
    return found


def with_necessary(joined: Joined) -> NDArray[np.void]:
    """The disclosures with the column `necessary` filled in, for whoever keeps them."""
    rows = joined.ledger.disclosures.copy()
    need = joined.need_of[joined.told["case"]]
    ours = need >= 0
    rows["necessary"][ours] = necessary(joined, rows[ours], need[ours])
    return rows


def _groups(told: NDArray[np.void], need: Whole) -> tuple[Whole, Whole]:
    """Group of each row, and the first row of each group: one need, learner, role, subject and owner."""
    key = need
    for name, width in (("learner", 9), ("owner", 9), ("role", 1), ("subject", 24)):
        key = key << width | told[name].astype(np.int64)
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return group, first


def _onward(joined: Joined, chosen: Whole) -> Flags:
    """Records that a state other than the owner passes on, where the law wants the owner's consent."""
    told, sender = joined.ledger.disclosures[chosen], joined.told["sender"][chosen]
    wants = np.array([*("owner_consent" in outcome.duties.flags for outcome in joined.world.law.outcomes), False])
    onward = (joined.told_of[chosen] == RECORD) & (sender != told["owner"]) & (sender < joined.world.jurisdictions)
    found: Flags = onward & wants[told["basis"]]
    return found


def _kept(joined: Joined, chosen: Whole) -> Flags:
    """Held beyond the law's period, as far as the run shows."""
    told, end = joined.ledger.disclosures[chosen], joined.ledger.end
    period = np.array([*(outcome.duties.retention for outcome in joined.world.law.outcomes), end])[told["basis"]]
    found: Flags = np.minimum(told["retain_until"], end) - told["tick"] > period
    return found


def _count(found: Bits) -> int:
    return int(np.bitwise_count(found).sum())


def _all_necessary(view: View, table: dict[str, Necessary]) -> int:
    """For every true holder of a need: the asker's facts from it, and its own of the query."""
    asker_bits, query_bits = bits(table)
    sizes = np.bitwise_count(asker_bits).astype(int) + np.bitwise_count(query_bits)
    holders = view.joined.run.truth.holder[view.counted].sum(axis=1)
    return int((sizes[view.joined.needs["kind"][view.counted]] * holders).sum())


def beyond_need(view: View) -> list[Cell]:
    found = found_facts(view)
    parts = [("", sum(found.excess)), *zip(TESTS, found.excess, strict=True)]
    return [cell for name, amount in parts for cell in per(1, float(amount), view.n, name)]


def disclosure_precision(view: View) -> list[Cell]:
    found = found_facts(view)
    return share(found.needed, found.learnt)


def disclosure_recall(view: View) -> list[Cell]:
    found = found_facts(view)
    return share(found.needed, found.necessary)


def further_subjects(view: View) -> list[Cell]:
    """Disclosures about further subjects of a request (at most 19 a query and learner are written)."""
    rows = view.joined.ledger.disclosures
    return per(100, float((view.disclosures & (rows["subject"] < 0) & rows["can"]).sum()), view.n)


def uninvolved(view: View) -> list[Cell]:
    """Persons a need did not concern, once for each need, whose record or hit crossed a border; by kind of person."""
    joined, rows = view.joined, view.joined.ledger.disclosures
    result = np.isin(joined.told_of, (RECORD, ANSWER)) & (joined.told["version"] >= 0)
    seen = (rows["role"] == RECIPIENT) | rows["can"]
    others = rows["subject"] != joined.subject[joined.told["case"]]
    chosen = np.flatnonzero(view.disclosures & result & seen & others)
    need = joined.need_of[joined.told["case"][chosen]]
    _, first = np.unique(need << 24 | rows["subject"][chosen], return_index=True)
    kind = joined.records["kind"][joined.told["version"][chosen[first]]]
    parts = [("", len(first)), *((name, int((kind == k).sum())) for k, name in enumerate(KINDS[:5]))]
    return [cell for name, amount in parts for cell in per(1000, float(amount), view.n, name)]


def against_rules(view: View) -> list[Cell]:
    """Disclosures (message and learner) outside the modelled rules, and those on which no rule is known."""
    rows = view.joined.ledger.disclosures
    principal = view.disclosures & (rows["subject"] >= -1)
    return [cell for ruling in (FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN)
            for cell in per(100, float((principal & (rows["ruling"] == ruling)).sum()), view.n, RULINGS[ruling])]


def systems(view: View) -> list[Cell]:
    """Places abroad or in between that hold a query and its key, for each need that was asked."""
    joined, rows = view.joined, view.joined.ledger.disclosures
    queries = view.disclosures & (joined.told_of == SUBJECT) & rows["can"]
    need = joined.need_of[joined.told["case"][queries]]
    return per(1, float(len(np.unique(need << 9 | rows["learner"][queries]))), int(view.asked.sum()))


def people(view: View) -> list[Cell]:
    """Queries that a person abroad read, for each need that was asked."""
    joined, rows = view.joined, view.joined.ledger.disclosures
    read = view.disclosures & (joined.told_of == SUBJECT) & (rows["subject"] >= -1) & (rows["seen_by"] == PERSON)
    return per(1, float((read & (rows["role"] == RECIPIENT)).sum()), int(view.asked.sum()))
