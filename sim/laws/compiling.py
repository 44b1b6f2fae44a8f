"""The rules of one instrument in one epoch become a block of outcomes: the mask of each rule laid over all situations.

A block has length 1 along every axis that no rule of its instrument ever asks about.
"""

from functools import reduce
from itertools import combinations
from operator import and_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import LawError
from sim.laws.duties import FREE
from sim.laws.profiles import Profile
from sim.laws.rules import (
    CLOSED,
    DEMANDS_BASIS,
    LAYERS,
    MUST_GIVE,
    MUST_REFUSE,
    NO_RULE,
    OWNER,
    Outcome,
    Rule,
    beats,
)

STRENGTH = (2, 3, 4, 1, 0)          # of must give, may refuse, must refuse, not governed, no rule known
TOGETHER = 6                        # masks between two renumberings of the codes
Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


def block(rules: list[Rule], axes: dict[str, tuple[Any, ...]], profiles: list[Profile],
          outcomes: dict[Outcome, int], where: str) -> NDArray[np.int16]:
    """int16[*axes, giver profile, receiver profile]: rows of `outcomes`, to which new ones are added.

    rules  those in force that can apply to the instrument; `axes`: their values, by axis; `where`: told of conflicts
    """
    shape = (*map(len, axes.values()), len(profiles), len(profiles))
    applies = [_mask(rule, axes, profiles) for rule in rules]
    stands = [_standing(row, rules, applies) for row in range(len(rules))]
    _no_conflict(rules, stands, axes, profiles, where)
    demands = np.array([regime in DEMANDS_BASIS for regime, *_ in profiles])[:, None]
    code, deciding = _signatures([*stands, demands], shape)
    index = [outcomes.setdefault(_outcome([rule for rule, on in zip(rules, bits, strict=False) if on], bool(bits[-1])),
                                 len(outcomes)) for bits in deciding]
    found: NDArray[np.int16] = np.array(index, np.int16)[code]
    return found


def _mask(rule: Rule, axes: dict[str, tuple[Any, ...]], profiles: list[Profile]) -> Mask:
    """Where a rule applies, with length 1 along every axis it does not ask about."""
    asked = rule.when.named
    on = [_axis([{value} for value in values], asked.get(key)) for key, values in axes.items()]
    for side in ("giver", "receiver"):
        on.append(_axis([{regime} for regime, *_ in profiles], asked.get(f"{side}_regime"))
                  & _axis([bound for _, bound, _ in profiles], asked.get(f"{side}_bound"))
                  & _axis([{place} for *_, place in profiles], asked.get(f"{side}_place")))
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


def _no_conflict(rules: list[Rule], stands: list[Mask], axes: dict[str, tuple[Any, ...]], profiles: list[Profile],
                 where: str) -> None:
    for (one, here), (other, there) in combinations(zip(rules, stands, strict=True), 2):
        if one.layer == other.layer and one.effect != other.effect:
            both = here & there
            if both.any():
                cell = np.unravel_index(int(np.argmax(both)), both.shape)
                raise LawError(
                    f"rules '{one.id}' ({one.effect}) and '{other.id}' ({other.effect}) of layer '{one.layer}' "
                    f"contradict each other, e.g. {_situation(cell, axes, profiles)}, {where}\n"
                    f"  expected  exception_to in one of them, or conditions strictly narrower than the other's")


def _situation(cell: tuple[Any, ...], axes: dict[str, tuple[Any, ...]], profiles: list[Profile]) -> str:
    """An axis along which both masks have length 1 is at its first value, as good as any."""
    regimes = tuple(regime for regime, *_ in profiles)
    named = {**axes, "giver": regimes, "receiver": regimes}
    asked = ((key, values) for key, values in named.items() if key not in axes or len(values) > 1)
    at = dict(zip(named, cell, strict=True))
    return ", ".join(f"{key} {values[at[key]]}" for key, values in asked)


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
    if first is None:
        return Outcome(NO_RULE, "", "", FREE)
    torn = {MUST_GIVE, MUST_REFUSE} <= {rule.verdict for rule in standing}
    return Outcome(first.verdict, first.id, first.ground, duties, torn)


def asked_axes(rules: list[Rule], fixed: frozenset[str]) -> dict[str, tuple[Any, ...]]:
    """The closed axes with the values that some of these rules tells apart; `fixed`: at their first value always."""
    asked = {key for rule in rules for key in rule.when.named} - fixed
    return {key: values if key in asked else values[:1] for key, values in CLOSED.items()}
