"""What a metric says of a part of a run: whole numbers that add up over parts, and the number they come to."""

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Any, NamedTuple, Protocol, SupportsInt

BOUNDS = ("low", "high")                        # the interval of a value of one run, as slices of their own
CONFIDENCE = 0.95


class Cell(NamedTuple):
    """A number, what it rests on, and which part of a run, or whose, it is of."""

    value: float
    n: int
    slice: str = ""
    group: str = ""


class Part(NamedTuple):
    """One number of a part of a run, not yet concluded. `amount`, `n` and `stands` add up over parts, exactly.

    amount  what is counted: cases, bits, ticks
    n       what it rests on
    scale   value = scale * (amount / unit) / n, or without n where it is not `of_each`
    stands  without anything of this kind in the whole run there is no such number; nor is there one where n is 0
    """

    amount: int
    n: int
    scale: float
    slice: str = ""
    group: str = ""
    unit: float = 1.0
    of_each: bool = True
    stands: int = 1

    def plus(self, other: "Part") -> "Part":
        return self._replace(amount=self.amount + other.amount, n=self.n + other.n, stands=self.stands + other.stands)

    def cells(self) -> list[Cell]:
        if not self.n or not self.stands:
            return []
        value = self.scale * (float(self.amount) / self.unit)
        return [Cell(value / self.n if self.of_each else value, self.n, self.slice, self.group)]


Formula = Callable[[tuple[int, ...], str], list[Cell]]      # counts, slice -> cells


class Counts(NamedTuple):
    """Counts of a part of a run that add up, exactly, and the formula that says what all of them come to, where that is
    no share: a ratio of two, a power of one."""

    counts: tuple[int, ...]
    formula: Formula
    slice: str = ""
    group: str = ""

    def plus(self, other: "Counts") -> "Counts":
        return self._replace(counts=tuple(one + more for one, more in zip(self.counts, other.counts, strict=True)))

    def cells(self) -> list[Cell]:
        return self.formula(self.counts, self.slice)


class Addable(Protocol):
    """Part and Counts: what a metric says of a part of a run."""

    @property
    def slice(self) -> str: ...
    @property
    def group(self) -> str: ...
    def plus(self, other: Any) -> "Addable": ...
    def cells(self) -> list[Cell]: ...


def ratio(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """A share against that of a reference, counts (part, whole, reference part, reference whole), and its interval
    after Katz, log-normal: it stands for the luck of one run. Nothing where the reference has no part to divide by;
    no interval where the share is 0."""
    part, whole, reference, of = counts
    if not whole or not reference:
        return []
    value, n = part / whole / (reference / of), min(whole, of)
    if not part:
        return [Cell(value, n, slice)]
    error = math.sqrt(1 / part - 1 / whole + 1 / reference - 1 / of)
    width = math.exp(NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * error)
    head = f"{slice}, " if slice else ""
    return [Cell(value, n, slice), *(Cell(bound, n, head + name) for name, bound in
                                     zip(BOUNDS, (value / width, value * width), strict=True))]


def merged(some: Sequence[Addable], more: Sequence[Addable]) -> list[Addable]:
    """The parts of one metric over two parts of a run. Raises ValueError unless both list the same numbers."""
    if [(part.slice, part.group) for part in some] != [(part.slice, part.group) for part in more]:
        raise ValueError(f"parts of one metric that list other numbers: {some} and {more}")
    return [part.plus(other) for part, other in zip(some, more, strict=True)]


def share(part: SupportsInt, whole: SupportsInt) -> list[Part]:
    """A percentage."""
    return [Part(int(part), int(whole), 100)]


def per(number: int, amount: SupportsInt, needs: SupportsInt, slice: str = "", group: str = "", unit: float = 1.0,
        stands: SupportsInt = 1) -> Part:
    """`amount`, counted in `unit`, for every `number` needs."""
    return Part(int(amount), int(needs), number, slice, group, unit, stands=int(stands))
