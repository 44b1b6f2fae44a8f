"""A metric is one function from a view of a run to numbers; its name, unit and better side stand beside it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sim.metrics.view import View

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


class Cell(NamedTuple):
    """What a metric's function returns: a number, what it rests on, and which part it is of."""

    value: float
    n: int
    slice: str = ""
    group: str = ""


@dataclass(frozen=True)
class Metric:
    """function  view -> cells; none where there is nothing to measure it on
    better    "higher", "lower" or "" (neither)
    as_asked  measured again, under the slice "as asked", on the needs other states bring to the focus
    """

    function: Callable[[View], list[Cell]]
    measure: str
    unit: str
    better: str
    says: str
    as_asked: bool = False


def share(part: int, whole: int, slice: str = "", group: str = "") -> list[Cell]:
    """A percentage, or nothing where there is nothing to take it of."""
    return [Cell(100.0 * part / whole, whole, slice, group)] if whole else []


def per(number: float, amount: float, needs: int, slice: str = "", group: str = "") -> list[Cell]:
    """`amount` for every `number` needs, or nothing where there is no need."""
    return [Cell(number * amount / needs, needs, slice, group)] if needs else []
