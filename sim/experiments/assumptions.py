"""Which assumptions an answer hangs on, and which of them would turn it round: read off the futures that were run.

Every future is one draw of all assumptions, so over the futures each can be held against the difference two options
make. Rank correlation asks for no straight line. Many are tried at once, so each has to pass a stricter test.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import units
from sim.scenario.explained import Explained, explained
from sim.scenario.futures import settle
from sim.scenario.schema import Scenario
from sim.units import Range

FALSE_ALARM = 0.01       # that any assumption is named although none matters (Bonferroni over all tried)
FEWEST = 10              # futures; below it nothing is said
MOST = 3                 # assumptions named
SIDE = 5                 # futures at least on each side of a turning point

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Assumption:
    """One range or choice, with its value in each future that ran.

    text     as written, e.g. "5 to 20 %"
    reason   the `because` or `from` it stands on
    kind     of quantity (sim.units), or "choice": `drawn` is then a position in `choices`
    drawn    (futures,) in base units
    """

    path: str
    text: str
    reason: str
    kind: str
    choices: tuple[str, ...]
    drawn: tuple[float, ...]

    def at(self, value: float) -> str:
        """A value of it in words, rounded to what a reader needs."""
        if self.choices:
            return self.choices[min(int(value), len(self.choices) - 1)]
        return _rounded(value, self.kind)


@dataclass(frozen=True)
class HangsOn:
    """An assumption that moves with the difference between two options. rank_correlation: Spearman's, -1 to 1."""

    assumption: Assumption
    rank_correlation: float
    chance: float           # of one at least as strong if it did not matter, this one alone


@dataclass(frozen=True)
class Flips:
    """Beyond `turns_at`, on the side `below` or "above", the answer's sign is mostly the other one.

    with_it, of  futures on that side with the other sign, futures on that side
    """

    assumption: Assumption
    side: str
    turns_at: float
    with_it: int
    of: int


@dataclass(frozen=True)
class Sensitivity:
    """What the difference between an option and the first hangs on. tried: assumptions; futures: that had a value.

    strongest  the first few by rank correlation, told apart from chance or not
    """

    hangs_on: tuple[HangsOn, ...]
    flips: tuple[Flips, ...]
    tried: int
    futures: int
    strongest: tuple[HangsOn, ...] = ()

    @property
    def can_tell(self) -> bool:
        return self.futures >= FEWEST


def assumptions(scenario: Scenario) -> tuple[Assumption, ...]:
    """Every range and choice of a scenario, with its draws in the scenario's futures."""
    opened = [each for each in explained(scenario) if each.is_open]
    settled = [settle(scenario, scenario.run.seed, future) for future in range(scenario.run.futures)]
    values = [{each.path: each.value for each in explained(one)} for one in settled]
    return tuple(_assumption(each, [drawn[each.path] for drawn in values]) for each in opened)


def _assumption(each: Explained, values: Sequence[object]) -> Assumption:
    if isinstance(each.value, Range):
        drawn = tuple(value.value for value in values if isinstance(value, Range))
        return Assumption(each.path, units.as_text(each.value), each.said, each.value.kind, (), drawn)
    choices = tuple(map(str, each.value))
    drawn = tuple(float(choices.index(value[0])) for value in values if isinstance(value, tuple))
    return Assumption(each.path, " or ".join(choices), each.said, "choice", choices, drawn)


def sensitivity(tried: Sequence[Assumption], differences: Values) -> Sensitivity:
    """differences  (futures,) of the headline, NaN where a future has none; infinite ones are left out."""
    kept = np.isfinite(differences)
    each = differences[kept]
    tried = [replace(one, drawn=tuple(np.array(one.drawn)[kept])) for one in tried]
    if len(each) < FEWEST or np.ptp(each) == 0:
        return Sensitivity((), (), len(tried), len(each))
    found = [_hangs(one, each) for one in tried if len(set(one.drawn)) > 1]
    found.sort(key=lambda one: (one.chance, -abs(one.rank_correlation), one.assumption.path))
    named = tuple(one for one in found if one.chance < FALSE_ALARM / len(found))[:MOST]
    turns = (flips(one.assumption, each) for one in named)
    return Sensitivity(named, tuple(turn for turn in turns if turn), len(tried), len(each), tuple(found[:MOST]))


def _hangs(one: Assumption, each: Values) -> HangsOn:
    from scipy import stats
    found = stats.spearmanr(one.drawn, each)
    return HangsOn(one, float(found.statistic), float(found.pvalue))


def flips(one: Assumption, differences: Values) -> Flips | None:
    """Where the median difference changes its sign, if cutting the futures at one value of an assumption shows it.

    The cut is the one that leaves the fewest futures on the wrong side; both sides have at least SIDE futures.
    """
    overall = math.copysign(1.0, float(np.median(differences)))
    order = np.argsort(one.drawn, kind="stable")
    values, other = np.array(one.drawn)[order], (np.sign(differences) == -overall)[order]
    best: tuple[int, Flips] | None = None
    for cut in range(SIDE, len(values) - SIDE + 1):
        if values[cut - 1] == values[cut]:
            continue
        for side, inside in (("below", slice(0, cut)), ("above", slice(cut, None))):
            with_it, of = int(other[inside].sum()), len(other[inside])
            wrong = of - with_it + int(other.sum()) - with_it
            if 2 * with_it > of and (best is None or wrong < best[0]):
                # A position among choices belongs to the side it turns; a quantity turns between two draws.
                between = (values[cut - 1] + values[cut]) / 2
                at = values[inside][-1 if side == "below" else 0] if one.choices else between
                best = wrong, Flips(one, side, float(at), with_it, of)
    return best[1] if best else None


def _rounded(value: float, kind: str) -> str:
    """Two significant digits, in the unit a reader would choose."""
    if kind == "duration":
        unit = next(unit for unit in units.PRINTED if value >= units.DURATIONS[unit] or unit == units.PRINTED[-1])
        return f"{_digits(value / units.DURATIONS[unit])} {unit}"
    if kind == "share":
        return f"{_digits(100 * value)} %"
    return f"{_digits(value)} per day" if kind == "rate" else _digits(value)


def _digits(value: float) -> str:
    text = f"{value:.2g}"
    return text if "e" not in text else f"{float(text):.6f}".rstrip("0").rstrip(".")
