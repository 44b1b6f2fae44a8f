"""The law, read the slow way: one situation, rule by rule. What the compiled table says is held to this.

It shares with the compiler the form of a rule and the ranking of two rules, nothing else.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sim.errors import LawError
from sim.laws.duties import FREE
from sim.laws.rules import (
    BODY,
    BY_AGREEMENT,
    DEMANDS_BASIS,
    LAYERS,
    MAY_REFUSE,
    MUST_GIVE,
    MUST_REFUSE,
    NO_RULE,
    NOT_GOVERNED,
    OWNER,
    STATE,
    Outcome,
    Rule,
    beats,
    midnight,
)
from sim.scenario.schema import Membership, Scenario


@dataclass(frozen=True)
class Situation:
    """One transfer at one moment. `giver_bound`, `receiver_bound`: all that binds the place, as the rules name it."""

    moment: datetime
    instrument: str
    category: str
    product: str
    urgent: bool
    dual: bool
    minor: bool
    kind: str
    handling: str
    bar: str
    giver_place: str
    receiver_place: str
    giver_regime: str
    receiver_regime: str
    giver_bound: frozenset[str]
    receiver_bound: frozenset[str]


def situation(scenario: Scenario, giver: str, receiver: str, moment: datetime, **rest: Any) -> Situation:
    """The situation of two places of a scenario; `rest`: the other fields of `Situation`."""
    return Situation(moment=moment, giver_place=giver, receiver_place=receiver,
                     giver_regime=_regime(scenario, giver), receiver_regime=_regime(scenario, receiver),
                     giver_bound=bound(scenario, giver, moment), receiver_bound=bound(scenario, receiver, moment),
                     **rest)


def interpret(rules: tuple[Rule, ...], case: Situation) -> Outcome:
    """What the rules say of one situation. Raises LawError where two unranked rules contradict each other."""
    standing, duties = standing_rules(rules, case), FREE
    for rule in standing:
        for other in standing:
            if rule.layer == other.layer and rule.effect != other.effect:
                raise LawError(f"rules '{rule.id}' and '{other.id}' contradict each other in {case}")
        duties = duties & rule.duties
    torn = {MUST_GIVE, MUST_REFUSE} <= {rule.verdict for rule in standing}
    without_basis = case.giver_regime in DEMANDS_BASIS and all(rule.layer == OWNER for rule in standing)
    for verdict in (MUST_REFUSE,) if without_basis else (MUST_REFUSE, MAY_REFUSE, MUST_GIVE, NOT_GOVERNED):
        for layer in LAYERS:
            for rule in standing:
                if rule.layer == layer and rule.verdict == verdict:
                    return Outcome(verdict, rule.id, rule.ground, duties, torn)
    if without_basis:
        return Outcome(MUST_REFUSE, "", "no_basis", duties)
    return Outcome(NO_RULE, "", "", duties)


def standing_rules(rules: tuple[Rule, ...], case: Situation) -> list[Rule]:
    """The rules that apply and that no other sets aside, by id."""
    applying = [rule for rule in sorted(rules, key=lambda rule: rule.id) if applies(rule, case)]
    return [rule for rule in applying if not any(beats(other, rule) for other in applying)]


def applies(rule: Rule, case: Situation) -> bool:
    """Whether a rule is in force at the moment and every condition it names holds."""
    for key, values in rule.when.named.items():
        fact = getattr(case, key)
        if not (values & fact if isinstance(fact, frozenset) else fact in values):
            return False
    begins, ends = rule.begins(), rule.ends()
    return not ((begins and case.moment < begins) or (ends and case.moment >= ends))


def bound(scenario: Scenario, place: str, moment: datetime) -> frozenset[str]:
    """Everything that binds a place at a moment, in the words of the rules."""
    if place in scenario.institution:
        return frozenset({scenario.institution[place].regime + BODY})
    zone, words, suspended = scenario.jurisdiction[place].zone, {STATE}, set()
    for row in scenario.membership:
        if row.jurisdiction != place or not _in_force(row, zone, scenario, moment):
            continue
        if row.status in ("bound", "associated", "opted_in"):
            words.add(row.instrument)
        elif row.status == "agreement":
            words.add(row.instrument + BY_AGREEMENT)
        elif row.status == "suspended":
            suspended |= {row.instrument, row.instrument + BY_AGREEMENT}
    return frozenset(words - suspended)


def _in_force(row: Membership, zone: str, scenario: Scenario, moment: datetime) -> bool:
    """A row without a day holds from the instrument's earliest day; without one it binds nobody."""
    known = scenario.instrument.get(row.instrument)
    first = row.valid_from or (known.earliest if known else None)
    if first is None or moment < midnight(first, zone):
        return False
    return row.valid_to is None or moment < midnight(row.valid_to + timedelta(days=1), zone)


def _regime(scenario: Scenario, place: str) -> str:
    if place in scenario.jurisdiction:
        return scenario.jurisdiction[place].regime
    return scenario.institution[place].regime


def moment(start: date, tick: int) -> datetime:
    """The moment of a tick (microseconds from the start date, 00:00 UTC)."""
    return datetime.combine(start, time(), UTC) + timedelta(microseconds=tick)
