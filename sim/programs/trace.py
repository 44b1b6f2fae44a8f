"""The only place where a script becomes a table: it is given every answer it could receive, over and over.

Each path is replayed twice; what comes out otherwise the second time is no function of its answers and is refused.
Every sub-script of a frame is traced once for what is certain where it starts; equal results share one entry.
Limits: 200 answers on a path, 100,000 replays for a program.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from sim.programs.certain import Certain, Surroundings, at_root, bound_by
from sim.programs.declared import Declared
from sim.programs.demands import (
    Here,
    demand_closing,
    demand_instruction,
    demand_known,
    demand_ranked,
    demand_word,
)
from sim.programs.numbering import numbered
from sim.programs.patience import watched
from sim.programs.replay import Place, Replay, replay, word_of
from sim.programs.table import Program, Row
from sim.script import (
    ANSWERS,
    EXPIRED,
    FRAMES,
    LOST,
    NOBODY,
    Close,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Parameters,
    Script,
    Send,
    Within,
)

MOST_ANSWERS, MOST_REPLAYS = 200, 100_000
FEWER_PATHS = "`yield Do(sub)` for a block of questions (traced once), a bounded loop for asking again"


@dataclass(frozen=True)
class Traced:
    """A sub-script as its frame sees it. `ends`: what is certain per word; `anywhere`: whenever it is cut off."""

    entry: int
    words: tuple[str, ...]
    ends: dict[str, Certain]
    anywhere: Certain


@dataclass
class _Script:
    """One script while it is traced: what its paths have shown so far."""

    script: Script
    around: Surroundings
    anywhere: Certain
    outer: Place | None
    ends: dict[str, Certain] = field(default_factory=dict)

    def end(self, word: str, certain: Certain) -> None:
        self.ends[word] = self.ends[word].meet(certain) if word in self.ends else certain

    def words(self) -> tuple[str, ...]:
        """In order of appearance, LOST last."""
        return tuple(sorted(self.ends, key=lambda word: word == LOST))


def trace(script: Script, name: str, parameters: Parameters | None = None, declared: Declared | None = None,
          root: str = "case") -> Program:
    """The program of the root `script` of the protocol `name`; `root` is "case" or "record".

    Raises ScriptError where the script cannot become a table, with the answers that led there and the remedy.
    """
    tracer = _Tracer(name, parameters or Parameters(), declared or Declared())
    around = at_root(root, tracer.declared)
    place = Place(name, script)
    try:
        with watched():
            traced = tracer.enter(script, around, Certain(found=root == "record"), place)
    except RecursionError:
        place.refuse("frames within frames, each at the end of a long path, go too deep to be followed",
                     "shorter paths before the inner frames", "start the inner frame after the outer one has ended")
    return numbered(name, traced.entry, tracer.entries, tracer.rows, tracer.words)


class _Tracer:
    """Rows, entries and words found so far; rows in the order their futures were known, last instruction first."""

    def __init__(self, name: str, parameters: Parameters, declared: Declared):
        self.name, self.parameters, self.declared = name, parameters, declared
        self.rows: dict[Row, int] = {}
        self.entries: dict[tuple[Script, int, tuple[str, ...]], int] = {}
        self.words: dict[str, int] = {}
        self.traced: dict[tuple[Script, Surroundings, Certain], Traced] = {}
        self.running: list[Script] = []
        self.replays = 0

    def enter(self, script: Script, around: Surroundings, certain: Certain, place: Place) -> Traced:
        """A script from its first instruction to all its ends."""
        key = (script, around, certain)
        if key not in self.traced:
            self._demand_no_fork_of_itself(script, place)
            self.running.append(script)
            found = _Script(script, around, certain, None if around.own else place)
            first = self._explore(found, (), (), certain)
            self.running.pop()
            entry = self.entries.setdefault((script, first, found.words()), len(self.entries))
            self.traced[key] = Traced(entry, found.words(), found.ends, found.anywhere)
        return self.traced[key]

    def _explore(self, found: _Script, yielded: tuple[Any, ...], answers: tuple[str, ...], certain: Certain) -> int:
        """The row that stands after `answers`, or -1 - word where the script ends there."""
        played = self._replay_twice(found, yielded, answers)
        found.anywhere = found.anywhere.meet(certain)
        if played.ended:
            return self._end(found, played, answers, certain)
        here = self._here(found, played, answers, certain)
        instruction = played.instructions[-1]
        sub = self._sub(here, instruction)
        if isinstance(instruction, Send):
            found.end(LOST, certain)
        possible, then = _answers(instruction, sub), {}
        told = certain.answer(instruction.fact) if isinstance(instruction, Is) else None
        for answer in possible if told is None else (told,):
            after = _after(instruction, answer, certain, sub, self.declared)
            then[answer] = self._explore(found, played.instructions, (*answers, answer), after)
        row = Row(instruction, possible, tuple(then[told or answer] for answer in possible),
                  self._given(here, instruction), sub.entry if sub else -1)
        return self.rows.setdefault(row, len(self.rows))

    def _here(self, found: _Script, played: Replay, answers: tuple[str, ...], certain: Certain) -> Here:
        """The place of the instruction a script waits at, which may stand there."""
        instruction = played.instructions[-1]
        place = Place(self.name, found.script, answers, played.line, instruction, found.outer)
        here = Here(place, found.around, certain, self.declared)
        _demand_an_end(place)
        demand_instruction(instruction, place)
        demand_known(here, instruction)
        return here

    def _replay_twice(self, found: _Script, yielded: tuple[Any, ...], answers: tuple[str, ...]) -> Replay:
        place = Place(self.name, found.script, answers, outer=found.outer)
        if self.replays >= MOST_REPLAYS:
            place.refuse(f"has more paths than {MOST_REPLAYS:,} replays can follow", "fewer paths", FEWER_PATHS)
        first = replay(found.script, self.parameters, answers, place)
        second = replay(found.script, self.parameters, answers, place)
        self.replays += 2
        ended_early = first.ended and len(first.instructions) < len(answers)
        same = (first.instructions, first.ended, first.word) == (second.instructions, second.ended, second.word)
        if ended_early or not same or first.instructions[:len(yielded)] != yielded:
            _refuse_impure(place, first, second, yielded)
        return first

    def _demand_no_fork_of_itself(self, script: Script, place: Place) -> None:
        if script in self.running:
            names = [running.__name__ for running in self.running[self.running.index(script):]]
            place.refuse(f"{script.__name__} forks itself: {' -> '.join([*names, script.__name__])}",
                         "a sub-script that ends without starting itself again",
                         "a bounded loop, `for attempt in range(3): yield Do(sub)`")

    def _end(self, found: _Script, played: Replay, answers: tuple[str, ...], certain: Certain) -> int:
        place = Place(self.name, found.script, answers, outer=found.outer)
        word: Any = word_of(played) if found.around.own else played.word
        demand_word(word, place)
        if found.around.own:
            demand_closing(word, place)
        found.end(word, certain)
        return -1 - self.words.setdefault(word, len(self.words))

    def _sub(self, here: Here, instruction: Any) -> Traced | None:
        if not isinstance(instruction, FRAMES):
            return None
        around, certain = replace(here.around, own=False), replace(here.certain, closed=False)
        if isinstance(instruction, ForEach):
            bound = bound_by(instruction.party, self.declared)
            around = replace(around, bound=around.bound | bound)
            traced = self.enter(instruction.leg, around, replace(certain, facts=frozenset()).without(bound), here.place)
            demand_ranked(instruction, traced.words, here.place)
            return traced
        clock = here.around.clock or isinstance(instruction, Within | Due)
        return self.enter(instruction.sub, replace(around, clock=clock), certain, here.place)

    def _given(self, here: Here, instruction: Any) -> str:
        if not isinstance(instruction, Match | Lookup):
            return ""
        return here.around.given(instruction.party, here.certain, self.declared) or ""


def _demand_an_end(place: Place) -> None:
    if len(place.answers) >= MOST_ANSWERS:
        place.refuse(f"still not ended after {MOST_ANSWERS} answers", "an end on every path",
                     "a bounded loop, e.g. `for attempt in range(c.retries)`")


def _answers(instruction: Any, sub: Traced | None) -> tuple[str, ...]:
    """Of a frame: words of the sub-script, LOST last, then the frame's own."""
    if sub is None:
        return ANSWERS[type(instruction)]
    if isinstance(instruction, ForEach):
        return tuple(dict.fromkeys((*(word for word in instruction.best if word in sub.words), NOBODY)))
    own = (EXPIRED,) if isinstance(instruction, Within) else ()
    return tuple(dict.fromkeys((*sub.words, *own)))


def _after(instruction: Any, answer: str, certain: Certain, sub: Traced | None, declared: Declared) -> Certain:
    """What is certain once an instruction is answered; after a frame, what all its ways to that answer share."""
    if sub is None:
        after = certain.after(instruction, answer)
        return replace(after, closed=True) if isinstance(instruction, Close) else after
    ways = [sub.ends[answer]] if answer in sub.ends else []
    if isinstance(instruction, Within) and answer == EXPIRED:
        ways.append(sub.anywhere)
    if isinstance(instruction, ForEach):
        return _after_legs(instruction, answer, certain, ways, declared)
    first, *others = ways
    for other in others:
        first = first.meet(other)
    return replace(first, closed=certain.closed)


def _after_legs(each: ForEach, answer: str, certain: Certain, ways: list[Certain], declared: Declared) -> Certain:
    """The parties a ForEach bound are again whom they were before, the facts those of the parent."""
    bound = bound_by(each.party, declared)
    before = frozenset(pair for pair in certain.arrived if pair[0] in bound)
    ends = [replace(way, arrived=way.without(bound).arrived | before) for way in ways]
    if answer == NOBODY:
        ends.append(certain)
    after = ends[0] if len(ends) == 1 else ends[0].meet(ends[1])
    return replace(after, facts=certain.facts, closed=certain.closed)


def _refuse_impure(place: Place, first: Replay, second: Replay, yielded: tuple[Any, ...]) -> None:
    earlier, later = (yielded, first) if first.instructions[:len(yielded)] != yielded else (first.instructions, second)
    step = next((n for n, pair in enumerate(zip(earlier, later.instructions, strict=False)) if pair[0] != pair[1]),
                min(len(earlier), len(later.instructions)))
    pair = [repr(path[step]) if step < len(path) else "(the end)" for path in (earlier, later.instructions)]
    replace(place, answers=place.answers[:step]).refuse(
        f"is not a function of its answers: it yielded {pair[0]}, and {pair[1]} when run again",
        "the same instructions for the same answers, every time",
        "`Chance` for a draw, `Is` for a fact, a module-level function for a sub-script made anew on each run")
