"""A metric is one function; its name, unit and better side stand beside it, once.

Most are sums: a function from a view of a run to parts (`parts.Addable`), which add up over parts of a run that hold
all cases of their needs. The others read all waits together (`OfWaits`) or the desks' own book (`OfDesks`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sim.metrics.parts import Addable, Cell
from sim.metrics.view import Desks, View
from sim.metrics.waits import Waits
from sim.world import World

THROUGHPUT, LEAKAGE, ACCURACY, LEGALITY = "throughput", "leakage risk", "accuracy", "legality"
TIMELINESS, EQUITY, COST, RESILIENCE = "timeliness", "equity", "cost", "resilience"
MEASURES = (THROUGHPUT, LEAKAGE, ACCURACY, LEGALITY, TIMELINESS, EQUITY, COST, RESILIENCE)
HIGHER, LOWER, NEITHER = "higher", "lower", ""
PER_100, PER_1000, PERCENT, HOURS, PER_DAY = "per 100 needs", "per 1,000 needs", "%", "h", "per day"


class Value(NamedTuple):
    """One number of one run. `slice`: which part ("" all); `group`: whose ("" the focus state's needs, all partners);
    n: what it rests on (needs, cases, searches, ...)."""

    measure: str
    metric: str
    slice: str
    group: str
    unit: str
    value: float
    n: int


@dataclass(frozen=True)
class OfWaits:
    """Of all waits of a run for one urgency, and its name."""

    function: Callable[[World, str, Waits], list[Cell]]


@dataclass(frozen=True)
class OfDesks:
    """Of the desks' own book of a whole run."""

    function: Callable[[Desks], list[Cell]]


@dataclass(frozen=True)
class Metric:
    """function  view -> parts, the same ones for every part of a run; or of all waits, or of the desks
    better    "higher", "lower" or "" (neither)
    as_asked  measured again, under the slice "as asked", on the needs other states bring to the focus
    ratio     its level says nothing: a comparison tells every slice as a ratio to the first option's whole (slice "")
    """

    function: Callable[[View], Sequence[Addable]] | OfWaits | OfDesks
    measure: str
    unit: str
    better: str
    says: str
    as_asked: bool = False
    ratio: bool = False
