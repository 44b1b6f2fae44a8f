"""A script is run here by hand: it is given answers in order, and what it yields is written down.

Nothing below knows about time, stations or chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass, is_dataclass
from pathlib import Path
from typing import Any, NoReturn

from sim.errors import ScriptError
from sim.programs.patience import OutOfPatience, patience
from sim.programs.table import show
from sim.script import ANSWERS, FRAMES, Close, ForEach, Instruction, Parameters, Script

SHOWN_ANSWERS = 12


@dataclass(frozen=True)
class Replay:
    """What a script yielded for some answers. Ended: `word` is what it returned; else it waits at the last one."""

    instructions: tuple[Any, ...]
    ended: bool
    word: object
    suspended: Any

    @property
    def line(self) -> int | None:
        """Where the script waits, inside the sub-script that was inlined last; None once it has ended."""
        running, line = self.suspended, None
        while getattr(running, "gi_frame", None) is not None:
            line, running = running.gi_frame.f_lineno, running.gi_yieldfrom
        return line


@dataclass(frozen=True)
class Place:
    """Where in a protocol a refusal arises; `outer`: where the frame stands that runs this script."""

    protocol: str
    script: Script
    answers: tuple[str, ...] = ()
    line: int | None = None
    at: object = None
    outer: "Place | None" = None

    def refuse(self, what: str, expected: str, remedy: str = "") -> NoReturn:
        raise ScriptError("\n".join(self._lines(what, expected, remedy)))

    def led_here(self) -> str:
        last = self.answers[-SHOWN_ANSWERS:]
        skipped = "... -> " if len(last) < len(self.answers) else ""
        return f"{skipped}{' -> '.join(last) or '(none yet)'}"

    def path(self) -> str:
        """The frames around, innermost first, each with the answers before it."""
        script = getattr(self.script, "__name__", self.script)
        frame = f"{type(self.at).__name__} of {script}, answers {self.led_here()}"
        return f"{frame}; within {self.outer.path()}" if self.outer else frame

    def _lines(self, what: str, expected: str, remedy: str) -> list[str]:
        code = getattr(self.script, "__code__", None)
        lines = [f"{self.protocol}.{getattr(self.script, '__name__', self.script)}: {what}"]
        if code is not None:
            lines.append(f"  file      {Path(code.co_filename)}:{self.line or code.co_firstlineno}")
        lines.append(f"  answers   {self.led_here()}")
        if self.outer is not None:
            lines.append(f"  within    {self.outer.path()}")
        if self.at is not None:
            lines.append(f"  at        {shown(self.at)}")
        lines.append(f"  expected  {expected}")
        return [*lines, f"  remedy    {remedy}"] if remedy else lines


def shown(yielded: object) -> str:
    return show(yielded) if is_dataclass(yielded) and not isinstance(yielded, type) else repr(yielded)


def replay(script: Script, parameters: Parameters, answers: Sequence[str], place: Place) -> Replay:
    """Run a script afresh on `answers`. It may end before they are used up.

    Raises ScriptError when the script itself raises.
    """
    running, instructions = script(parameters), []
    try:
        with patience():
            instructions.append(next(running))
            for answer in answers:
                instructions.append(running.send(answer))
    except StopIteration as end:
        return Replay(tuple(instructions), True, end.value, None)
    except OutOfPatience as error:
        place.refuse(str(error), "a script that only asks and answers", "bound the loop: for k in range(3)")
    except (Exception, SystemExit) as error:
        place.refuse(f"raised {type(error).__name__}: {error}", "a script that runs on every answer")
    return Replay(tuple(instructions), False, None, running)


def play(script: Script, answers: Sequence[str],
         parameters: Parameters | None = None) -> tuple[tuple[Instruction, ...], str | None]:
    """Feed a script its answers by hand: the instructions it yields and its word, None while it has not ended.

    Frames are answered like steps, their sub-scripts are not run. The word of a root is what it closed with.
    Raises ScriptError on an answer the instruction cannot receive, and on answers after the end.
    """
    place = Place("play", script, tuple(answers))
    played = replay(script, parameters or Parameters(), answers, place)
    for instruction, answer in zip(played.instructions, answers, strict=False):
        _demand_receivable(instruction, answer, place)
    if played.ended and len(answers) > len(played.instructions):
        place.refuse(f"ended after {len(played.instructions)} answers", "no answers after the end",
                     f"leave out {', '.join(answers[len(played.instructions):])}")
    return played.instructions, word_of(played)


def _demand_receivable(instruction: object, answer: str, place: Place) -> None:
    """The words of a frame's sub-script are not known by hand; only ForEach tells its own, by `best`."""
    if type(instruction) not in ANSWERS:
        place.refuse(f"yielded {instruction!r}", "an instruction of sim.script", "yield Work(...), Send(...), ...")
    known = ANSWERS[type(instruction)]
    if isinstance(instruction, ForEach):
        known = tuple(dict.fromkeys((*instruction.best, *known)))
    elif isinstance(instruction, FRAMES):
        return
    if answer not in known:
        place.refuse(f"{shown(instruction)} cannot be answered {answer!r}", f"one of {', '.join(known)}")


def word_of(played: Replay) -> Any:
    """The word of a script that ended: what it closed with, else what it returned."""
    closed = [yielded.word for yielded in played.instructions if isinstance(yielded, Close)]
    return (closed[0] if closed else played.word) if played.ended else None
