"""A program is a script as a finite table: any engine, drawing or check can follow it without running the script.

Row *r* is an instruction; `then[i]` is the row that follows its answer `answers[i]`. A value below 0 ends the script
with word -1 - value of `Program.words`. Equal futures share their rows, also between entries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from sim.script import Instruction, Lookup, Send, Work

ASKER = ("investigator", "requester")


@dataclass(frozen=True)
class Row:
    """One instruction with its futures.

    answers   what the instruction may be answered; a fact asked again keeps both answers, and both lead to one row
    then      per answer the next row, or -1 - word
    given     Match and Lookup: the name of the content it searches with, "need" for what the asker always knows
    entry     frames: index of the sub-script's entry; -1 otherwise
    """

    instruction: Instruction
    answers: tuple[str, ...]
    then: tuple[int, ...]
    given: str = ""
    entry: int = -1


@dataclass(frozen=True)
class Entry:
    """A script or sub-script: its first row (or -1 - word), and every word it can return, LOST last."""

    name: str
    first: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """A root (entry 0) with all its sub-scripts."""

    name: str
    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]
    words: tuple[str, ...]

    def word(self, then: int) -> str:
        """The word of a negative `then`."""
        return self.words[-1 - then]


def show(instruction: object) -> str:
    """An instruction as its script writes it, without the arguments left at their defaults."""
    shown = []
    for field in fields(instruction):  # type: ignore[arg-type]
        value = getattr(instruction, field.name)
        if value != field.default:
            text = getattr(value, "__name__", repr(value))
            shown.append(text if field.default is field.default_factory else f"{field.name}={text}")
    return f"{type(instruction).__name__}({', '.join(shown)})"


def parties_of(instruction: Instruction) -> tuple[str, ...]:
    """The parties an instruction names: of a Send the sender, what it goes through, the receiver."""
    named = (getattr(instruction, name, None) for name in ("sender", "via", "receiver", "party", "to",
                                                                  "giver", "taker"))
    return tuple(party for party in named if party)


def main_path(program: Program, entry: int = 0) -> Iterator[Row]:
    """Rows of an entry along first answers, those of a frame's sub-script after the frame's own."""
    row = program.entries[entry].first
    while row >= 0:
        yield program.rows[row]
        if program.rows[row].entry >= 0:
            yield from main_path(program, program.rows[row].entry)
        row = program.rows[row].then[0]


def asking_path(program: Program) -> tuple[str, ...]:
    """Tasks of Work at investigator or requester before the first Send to anybody else, or the first search of copies
    that lie with them, along first answers."""
    tasks = []
    for row in main_path(program):
        match row.instruction:
            case Work(party, task) if party in ASKER:
                tasks.append(task)
            case Send(_, receiver) if receiver not in ASKER:
                break
            case Lookup(party) if party in ASKER:
                break
    return tuple(tasks)
