"""Every error a person can mend, and the shape of a fault: file, place, value, expectation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input.

    file      path as the user gave it, or the shipped file's name
    line      1-based, or None where the reader cannot tell
    key       dotted key path, e.g. ``desk.spoc.clerks.small``; empty for a fault of the whole file
    got       the value as written, shortened
    expected  what would have been accepted, with an example where that helps
    """

    file: str
    line: int | None
    key: str
    got: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}  {self.key}\n    got       {self.got}\n    expected  {self.expected}"


class ComityError(Exception):
    """An input that cannot be used; the command line prints it and exits with 2."""


class ScenarioError(ComityError):
    """A scenario that cannot be used. Carries every fault found, not the first.

    Common causes: a misspelt key (the nearest known one is named), a number without its unit,
    a bare number where only a range can be known, a jurisdiction that is not declared.
    """

    def __init__(self, faults: list[Fault]):
        self.faults = tuple(faults)
        files = ", ".join(sorted({fault.file for fault in faults}))
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{count} in {files}", *(f"  {fault}" for fault in faults)]))


class ScriptError(ComityError):
    """A protocol that cannot become a table. The message names the script, the answers that led there, the remedy."""


class LawError(ComityError):
    """Rules that contradict each other or name what does not exist."""


class CapacityError(ComityError):
    """A number that does not fit the engine's fields (rank, tick, draws of one leg); never a silent wrap."""


class ConservationError(Exception):
    """A run whose books disagree. Always a bug of Comity, never of the user's input."""
