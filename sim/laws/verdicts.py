"""Every verdict a run can need stands in one table before the run begins.

The table is made by laying the mask of each rule over all situations at once. Places with the same law (regime, and
what binds them on the day) share a profile, and time is cut into epochs at the moments at which the law changes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from itertools import combinations
from operator import and_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, LawError, ScenarioError
from sim.laws.duties import FREE
from sim.laws.rules import (
    BODY,
    BY_AGREEMENT,
    CLOSED,
    DEMANDS_BASIS,
    LAYERS,
    MAY_REFUSE,
    MUST_REFUSE,
    NO_RULE,
    OWNER,
    STATE,
    Outcome,
    Rule,
    beats,
    midnight,
)
from sim.scenario.schema import Membership, Scenario

FIRST = int(np.iinfo(np.int64).min)
LAST = int(np.iinfo(np.int64).max)
STRENGTH = (2, 3, 4, 1, 0)          # of must give, may refuse, must refuse, not governed, no rule known
AXES = ("instrument", *CLOSED, "giver", "receiver")
TOGETHER = 6                        # masks between two renumberings of the codes
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
Profile = tuple[str, frozenset[str]]          # regime, and what binds the place


@dataclass(frozen=True)
class Verdicts:
    """The law of a world, by epoch.

    epochs       int64[E]    ticks at which the law changes; epochs[0] is the least int64. The epoch of a tick is
                             searchsorted(epochs, tick, side="right") - 1
    profile      int16[E, P] of each place, in the order given
    instruments  as given
    table        int16[E, instrument, category, product, urgent, dual, minor, kind, handling, giver profile, receiver
                 profile]: row of `outcomes`
    outcomes     each once
    """

    epochs: Numbers
    profile: NDArray[np.int16]
    instruments: tuple[str, ...]
    table: NDArray[np.int16]
    outcomes: tuple[Outcome, ...]

    def look(self, epoch: Any, instrument: Any, category: Any, product: Any, urgent: Any, dual: Any, minor: Any,
             kind: Any, handling: Any, giver: Any, receiver: Any) -> Any:
        """Rows of `outcomes`; giver and receiver are places, the rest indices of the axes. Scalars or equal shapes."""
        sides = self.profile[epoch, giver], self.profile[epoch, receiver]
        return self.table[epoch, instrument, category, product, urgent, dual, minor, kind, handling, *sides]


def verdicts(rules: tuple[Rule, ...], scenario: Scenario, places: tuple[str, ...], instruments: tuple[str, ...],
             start: date, until_ticks: int) -> Verdicts:
    """Compile the rules for the places (jurisdictions, institutions) and the instruments that protocols declare.

    Raises LawError where two rules of a layer contradict each other and neither is an exception to the other or more
    specific; ScenarioError where a desk may refuse on a ground for which `law.refusal` gives no share.
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    _acyclic(ordered)
    origin = datetime.combine(start, time(), UTC)
    periods = _periods(scenario, _words(ordered), places, origin)
    epochs = _epochs([*(span for _, span in periods), *(_span(rule, origin) for rule in ordered)], until_ticks)
    profiles = [[_profile(scenario, place, periods, max(int(epoch), 0)) for place in places] for epoch in epochs]
    kinds = sorted({profile for row in profiles for profile in row}, key=lambda p: (p[0], sorted(p[1])))
    tables, outcomes = [], dict[Outcome, int]()
    for epoch in epochs:
        now = max(int(epoch), 0)
        valid = [rule for rule in ordered if _covers(_span(rule, origin), now)]
        tables.append(_epoch_table(valid, instruments, kinds, outcomes, origin + timedelta(microseconds=now)))
    _grounds_known(outcomes, scenario)
    return Verdicts(epochs, np.array([[kinds.index(p) for p in row] for row in profiles], np.int16), instruments,
                    np.stack(tables), tuple(outcomes))


def _epoch_table(rules: list[Rule], instruments: tuple[str, ...], profiles: list[Profile],
                 outcomes: dict[Outcome, int], day: datetime) -> NDArray[np.int16]:
    """The table of one epoch; new outcomes are added to `outcomes`."""
    shape = (len(instruments), *(len(values) for values in CLOSED.values()), len(profiles), len(profiles))
    applies = [_mask(rule, instruments, profiles) for rule in rules]
    stands = [_standing(row, rules, applies) for row in range(len(rules))]
    _no_conflict(rules, stands, shape, instruments, profiles, day)
    demands = np.array([regime in DEMANDS_BASIS for regime, _ in profiles])[:, None]
    code, deciding = _signatures([*stands, demands], shape)
    index = [outcomes.setdefault(_outcome([rule for rule, on in zip(rules, bits, strict=False) if on], bool(bits[-1])),
                                 len(outcomes)) for bits in deciding]
    return np.array(index, np.int16)[code]


def _mask(rule: Rule, instruments: tuple[str, ...], profiles: list[Profile]) -> Mask:
    """Where a rule applies, with length 1 along every axis it does not ask about."""
    asked = rule.when.named
    on = [_axis([{value} for value in values], asked.get(key)) for key, values in
          (("instrument", instruments), *CLOSED.items())]
    for side in ("giver", "receiver"):
        on.append(_axis([{regime} for regime, _ in profiles], asked.get(f"{side}_regime"))
                  & _axis([bound for _, bound in profiles], asked.get(f"{side}_bound")))
    return reduce(and_, (axis.reshape([-1 if at == row else 1 for at in range(len(on))])
                         for row, axis in enumerate(on)))


def _axis(facts: list[Any], wanted: frozenset[Any] | None) -> Mask:
    return np.array([True] if wanted is None else [bool(wanted & fact) for fact in facts])


def _standing(row: int, rules: list[Rule], applies: list[Mask]) -> Mask:
    """Where a rule applies and no rule that beats it does."""
    stands = applies[row]
    for other, mask in zip(rules, applies, strict=True):
        if beats(other, rules[row]):
            stands = stands & ~mask
    return stands


def _no_conflict(rules: list[Rule], stands: list[Mask], shape: tuple[int, ...], instruments: tuple[str, ...],
                 profiles: list[Profile], day: datetime) -> None:
    for (one, here), (other, there) in combinations(zip(rules, stands, strict=True), 2):
        if one.layer == other.layer and one.effect != other.effect:
            both = here & there
            if both.any():
                cell = np.unravel_index(int(np.argmax(np.broadcast_to(both, shape))), shape)
                raise LawError(
                    f"rules '{one.id}' ({one.effect}) and '{other.id}' ({other.effect}) of layer '{one.layer}' "
                    f"contradict each other, e.g. {_situation(cell, instruments, profiles)}, on {day.date()}\n"
                    f"  expected  exception_to in one of them, or conditions strictly narrower than the other's")


def _situation(cell: tuple[Any, ...], instruments: tuple[str, ...], profiles: list[Profile]) -> str:
    names = (instruments, *CLOSED.values(), *[[regime for regime, _ in profiles]] * 2)
    return ", ".join(f"{axis} {values[at]}" for axis, values, at in zip(AXES, names, cell, strict=True))


def _signatures(masks: list[Mask], shape: tuple[int, ...]) -> tuple[Numbers, Mask]:
    """Which masks are set in each cell: a code per cell, and the masks (columns) of each code (rows)."""
    code: Numbers = np.zeros((1,) * len(shape), np.int64)
    deciding = np.zeros((1, 0), bool)
    order = sorted(range(len(masks)), key=lambda row: masks[row].size)       # small ones first: the code grows late
    for some in range(0, len(order), TOGETHER):
        together = order[some:some + TOGETHER]
        for row in together:
            code = code * 2 + masks[row]
        # Codes are renumbered again and again, so that they stay few and can never overflow.
        many = len(deciding) << len(together)
        present = np.flatnonzero(np.bincount(code.ravel(), minlength=many))
        rename = np.zeros(many, np.int64)
        rename[present] = np.arange(len(present))
        code = rename[code]
        bits = present[:, None] >> np.arange(len(together) - 1, -1, -1) & 1 == 1
        deciding = np.column_stack([deciding[present >> len(together)], bits])
    return np.broadcast_to(code, shape), deciding[:, np.argsort(order)]


def _outcome(standing: list[Rule], demands_basis: bool) -> Outcome:
    """Across layers the strongest verdict stands; duties of all of them combine. An owner's code restricts what
    another layer allows: alone it is no basis."""
    duties = reduce(and_, (rule.duties for rule in standing), FREE)
    first = min(standing, key=lambda rule: (-STRENGTH[rule.verdict], LAYERS.index(rule.layer), rule.id), default=None)
    has_basis = any(rule.layer != OWNER for rule in standing)
    if demands_basis and not has_basis and (first is None or first.verdict != MUST_REFUSE):
        return Outcome(MUST_REFUSE, "", "no_basis", duties)
    return Outcome(NO_RULE, "", "", FREE) if first is None else Outcome(first.verdict, first.id, first.ground, duties)


def _acyclic(rules: tuple[Rule, ...]) -> None:
    """Raises LawError where exceptions go round in a circle, so that no rule of it could ever stand."""
    left = list(rules)
    while left:
        free = [rule for rule in left if not any(beats(other, rule) for other in left)]
        if not free:
            raise LawError(f"rules {', '.join(repr(rule.id) for rule in left)} set each other aside in a circle; "
                           "expected exceptions that lead to a rule with none")
        left = [rule for rule in left if rule not in free]


def _words(rules: tuple[Rule, ...]) -> frozenset[str]:
    """What some rule asks a place to be bound by. What no rule asks about neither parts places nor makes epochs."""
    asked = [rule.when.named for rule in rules]
    return frozenset().union(*(names.get(side, frozenset()) for names in asked
                               for side in ("giver_bound", "receiver_bound")))


Span = tuple[int, int]                        # ticks, half-open


def _periods(scenario: Scenario, words: frozenset[str], places: tuple[str, ...],
             origin: datetime) -> list[tuple[Membership, Span]]:
    """The memberships that matter, each with its period in ticks."""
    periods = []
    for row in scenario.membership:
        if row.jurisdiction in places and {row.instrument, row.instrument + BY_AGREEMENT} & words:
            zone, known = scenario.jurisdiction[row.jurisdiction].zone, scenario.instrument.get(row.instrument)
            first = row.valid_from or (known.earliest if known else None)
            # A row without a day holds from the instrument's earliest day; without one it binds nobody.
            begins = LAST if first is None else _tick(midnight(first, zone), origin)
            ends = LAST if row.valid_to is None else _tick(midnight(row.valid_to + timedelta(days=1), zone), origin)
            periods.append((row, (begins, ends)))
    return periods


def _profile(scenario: Scenario, place: str, periods: list[tuple[Membership, Span]], now: int) -> Profile:
    if place in scenario.institution:
        regime = scenario.institution[place].regime
        return regime, frozenset({regime + BODY})
    rows = [row for row, span in periods if row.jurisdiction == place and _covers(span, now)]
    by_status = {status: {row.instrument for row in rows if row.status == status} for status in
                 ("bound", "associated", "opted_in", "agreement", "suspended")}
    member = by_status["bound"] | by_status["associated"] | by_status["opted_in"]
    joined = {name + BY_AGREEMENT for name in by_status["agreement"] - by_status["suspended"]}
    return scenario.jurisdiction[place].regime, frozenset({STATE} | (member - by_status["suspended"]) | joined)


def _span(rule: Rule, origin: datetime) -> Span:
    begins, ends = rule.begins(), rule.ends()
    return FIRST if begins is None else _tick(begins, origin), LAST if ends is None else _tick(ends, origin)


def _covers(span: Span, now: int) -> bool:
    return span[0] <= now < span[1]


def _tick(moment: datetime, origin: datetime) -> int:
    return (moment - origin) // timedelta(microseconds=1)


def _epochs(spans: list[Span], until_ticks: int) -> Numbers:
    changes = sorted({tick for span in spans for tick in span if 0 < tick <= until_ticks})
    return np.array([FIRST, *changes], np.int64)


def _grounds_known(outcomes: dict[Outcome, int], scenario: Scenario) -> None:
    """Raises ScenarioError for grounds on which a desk may refuse and whose share the scenario does not give."""
    known = scenario.law.refusal
    used = {outcome.ground: outcome.rule for outcome in outcomes if outcome.verdict == MAY_REFUSE}
    faults = [Fault(scenario.name, None, f"law.refusal.{ground}", "nothing",
                    f"the share refused on the ground of rule '{used[ground]}', e.g. \"1 to 5 %\"; "
                    f"known grounds: {', '.join(sorted(known)) or 'none'}")
              for ground in sorted(used) if ground != "at_will" and ground not in known]
    if faults:
        raise ScenarioError(faults)

