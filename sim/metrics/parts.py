"""What a metric says of a part of a run: whole numbers that add up over parts, and the number they come to."""

from collections.abc import Sequence
from typing import NamedTuple, SupportsInt


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


def merged(some: Sequence[Part], more: Sequence[Part]) -> list[Part]:
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
