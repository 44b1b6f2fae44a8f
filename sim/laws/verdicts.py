"""Every verdict a run can need stands in one table before the run begins.

The table is a row of blocks, one for each instrument and each state of the law. A block has no axis for what no rule of
its instrument asks about, and epochs in which the law of an instrument is the same share one.
"""

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, LawError, ScenarioError
from sim.laws.compiling import asked_axes, block
from sim.laws.profiles import Periods, Profile
from sim.laws.rules import CLOSED, MAY_REFUSE, Outcome, Rule, beats
from sim.scenario.schema import Scenario

AXES = (*CLOSED, "giver", "receiver")         # of a block
AT_A_TIME = 1 << 14                           # questions, whose steps then stay in the processor's cache
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Verdicts:
    """The law of a world, by epoch.

    epochs       int64[E]    ticks at which the law changes; epochs[0] is the least int64. The epoch of a tick is
                             searchsorted(epochs, tick, side="right") - 1
    profile      int16[E, P] of each place, in the order given
    instruments  as given
    table        int16[...]  rows of `outcomes`, block after block
    first        int64[E, I] where the block of an instrument begins
    strides      int64[I, AXES] words of the table between two values of an axis; 0: nothing hangs on it
    profiles     how many there are
    outcomes     each once
    """

    epochs: Numbers
    profile: NDArray[np.int16]
    instruments: tuple[str, ...]
    table: NDArray[np.int16]
    first: Numbers
    strides: Numbers
    profiles: int
    outcomes: tuple[Outcome, ...]

    def look(self, epoch: Any, instrument: Any, category: Any, product: Any, urgent: Any, dual: Any, minor: Any,
             kind: Any, handling: Any, bar: Any, giver: Any, receiver: Any) -> Any:
        """Rows of `outcomes`; giver and receiver are places, the rest indices of the axes. Scalars or equal shapes."""
        asked = (epoch, instrument, category, product, urgent, dual, minor, kind, handling, bar, giver, receiver)
        shape = np.broadcast_shapes(*map(np.shape, asked))
        if len(shape) != 1 or shape[0] <= AT_A_TIME:
            return np.broadcast_to(self._look(*asked), shape)
        found = np.empty(shape, np.int16)
        for start in range(0, shape[0], AT_A_TIME):
            now = slice(start, start + AT_A_TIME)
            found[now] = self._look(*(each[now] if np.ndim(each) else each for each in asked))
        return found

    def _look(self, epoch: Any, instrument: Any, *rest: Any) -> Any:
        """Without an axis on which nothing hangs; so the result may lack dimensions that only such an axis has."""
        *facts, giver, receiver = rest
        of_epoch = np.int64(len(self.profile[0])) * epoch
        sides = self._profiles.take(of_epoch + giver), self._profiles.take(of_epoch + receiver)
        at = self._firsts.take(np.int64(len(self.instruments)) * epoch + instrument)
        for (least, strides), index in zip(self._steps, (*facts, *sides), strict=True):
            if least is not None:
                at = at + index * least
            elif strides is not None:
                at = at + index * strides.take(instrument)
        return self.table.take(at)

    @cached_property
    def _profiles(self) -> Numbers:
        return self.profile.ravel().astype(np.int64)

    @cached_property
    def _firsts(self) -> Numbers:
        return self.first.ravel()

    @cached_property
    def _steps(self) -> list[tuple[Any, Any]]:
        """By axis: the stride, where all instruments have the same; else that of each; neither, where all are 0."""
        return [(None, None) if not column.any() else (column[0], None) if (column == column[0]).all()
                else (None, np.ascontiguousarray(column)) for column in self.strides.T]

    def block(self, epoch: int, instrument: int) -> NDArray[np.int16]:
        """int16[category, product, urgent, dual, minor, kind, handling, bar, giver profile, receiver profile]: a view
        of every verdict of an instrument, however few of them are stored."""
        shape = (*map(len, CLOSED.values()), self.profiles, self.profiles)
        strides = [int(words) * self.table.itemsize for words in self.strides[instrument]]
        return np.lib.stride_tricks.as_strided(self.table[int(self.first[epoch, instrument]):], shape, strides,
                                               writeable=False)

    @classmethod
    def dense(cls, epochs: Numbers, profile: NDArray[np.int16], instruments: tuple[str, ...],
              blocks: NDArray[np.int16], outcomes: tuple[Outcome, ...]) -> "Verdicts":
        """From every verdict there is: blocks int16[E, I, category ... bar, giver profile, receiver profile]."""
        lengths = blocks.shape[2:]
        first = np.arange(len(epochs) * len(instruments)).reshape(len(epochs), len(instruments)) * math.prod(lengths)
        return cls(epochs, profile, instruments, blocks.ravel(), first,
                   np.array([_strides(lengths)] * len(instruments), np.int64), lengths[-1], outcomes)


def verdicts(rules: tuple[Rule, ...], scenario: Scenario, places: tuple[str, ...], instruments: tuple[str, ...],
             start: date, until_ticks: int) -> Verdicts:
    """Compile the rules for the places (jurisdictions, institutions) and the instruments that protocols declare.

    Raises LawError where two rules of a layer contradict each other and neither is an exception to the other or more
    specific; ScenarioError where a desk may refuse on a ground for which `law.refusal` gives no share.
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.id))
    _acyclic(ordered)
    ordered = tuple(rule for rule in ordered if any(_can_apply(rule, name) for name in instruments))
    periods = Periods(ordered, scenario, places, start, until_ticks)
    profiles = [[periods.profile(place, int(epoch)) for place in places] for epoch in periods.epochs]
    # Where no need has a bar, nothing stands against helping.
    blocks = _Blocks(ordered, instruments, sorted({each for row in profiles for each in row}, key=_in_order),
                     frozenset({"bar"} if scenario.demand.bars is None else ()))
    first = [[blocks.of(name, periods.valid(int(epoch)), periods.moment(int(epoch)).date()) for name in instruments]
             for epoch in periods.epochs]
    _grounds_known(blocks.outcomes, scenario)
    profile = np.array([[blocks.profiles.index(each) for each in row] for row in profiles], np.int16)
    return Verdicts(periods.epochs, profile, instruments, np.concatenate([np.zeros(0, np.int16), *blocks.made]),
                    np.array(first, np.int64).reshape(-1, len(instruments)), blocks.strides(), len(blocks.profiles),
                    tuple(blocks.outcomes))


class _Blocks:
    """The blocks of all instruments as they are made, each once, and where each begins."""

    def __init__(self, rules: tuple[Rule, ...], instruments: tuple[str, ...], profiles: list[Profile],
                 fixed: frozenset[str]):
        self.profiles = profiles
        self.outcomes: dict[Outcome, int] = {}
        self.made: list[NDArray[np.int16]] = []
        self._size, self._first = 0, dict[tuple[str, tuple[str, ...]], int]()
        self._axes = {name: asked_axes([rule for rule in rules if _can_apply(rule, name)], fixed)
                      for name in instruments}

    def of(self, instrument: str, valid: tuple[Rule, ...], day: date) -> int:
        """Where the block of an instrument begins while these rules are in force."""
        rules = [rule for rule in valid if _can_apply(rule, instrument)]
        key = instrument, tuple(rule.id for rule in rules)
        if key not in self._first:
            made = block(rules, self._axes[instrument], self.profiles, self.outcomes,
                         f"instrument '{instrument}', on {day}")
            self.made.append(made.ravel())
            self._first[key], self._size = self._size, self._size + made.size
        return self._first[key]

    def strides(self) -> Numbers:
        lengths = [(*map(len, axes.values()), len(self.profiles), len(self.profiles)) for axes in self._axes.values()]
        return np.array(list(map(_strides, lengths)), np.int64).reshape(-1, len(AXES))


def _strides(lengths: tuple[int, ...]) -> list[int]:
    return [math.prod(lengths[at + 1:]) if length > 1 else 0 for at, length in enumerate(lengths)]


def _in_order(profile: Profile) -> tuple[str, list[str], str]:
    regime, bound, place = profile
    return regime, sorted(bound), place


def _can_apply(rule: Rule, instrument: str) -> bool:
    return instrument in rule.when.named.get("instrument", {instrument})


def _acyclic(rules: tuple[Rule, ...]) -> None:
    """Raises LawError where exceptions go round in a circle, so that no rule of it could ever stand."""
    left = list(rules)
    while left:
        free = [rule for rule in left if not any(beats(other, rule) for other in left)]
        if not free:
            raise LawError(f"rules {', '.join(repr(rule.id) for rule in left)} set each other aside in a circle; "
                           "expected exceptions that lead to a rule with none")
        left = [rule for rule in left if rule not in free]


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
