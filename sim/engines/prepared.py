"""Programs with their names looked up once for a world: what the engine reads at each row."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

from sim import draws, laws
from sim.cases import STREAM
from sim.cases.before_start import BeforeStart
from sim.cases.parties import record_places, root_places
from sim.content.searches import search_of
from sim.ledger import RECORD
from sim.programs import Entry, Program, Protocol
from sim.script import (
    DONE,
    FORMS,
    STEPS,
    Content,
    Decide,
    Parameters,
    Review,
    Script,
    Send,
    Store,
    Work,
)
from sim.world import OWN_WORK, World

StreamRow = namedtuple("StreamRow", STREAM.names or ())  # type: ignore[misc]


@dataclass(slots=True)
class Prepared:
    """One row of a program in one world. Fields that its instruction does not have are at their defaults.

    stream    address of the luck of its duration or delay        verdict  of its answer
    content   index into World.contents                           instrument  index into the law's instruments
    machine   Send: a machine receives it
    """

    kind: type
    instruction: Any
    row: int
    answers: tuple[str, ...]
    then: tuple[int, ...]
    entry: Entry | None
    protocol: int
    stream: int = 0
    verdict: int = 0
    task: int = -1
    content: int = -1
    content_declared: Content | None = None
    category: int = -1
    instrument: int = -1
    form: int = -1
    search: int = -1
    machine: bool = False


@dataclass(frozen=True)
class Source:
    """Where a case's frames come from."""

    script: Script
    program: Program
    parameters: Parameters


class Preparation:
    """All rows and sources of one world."""

    def __init__(self, world: World):
        self.world = world
        self.stream_row = StreamRow
        self._rows: dict[int, list[Prepared]] = {}
        self.before_start = BeforeStart(world)
        self._sources: dict[tuple[int, bool], Source] = {}
        self.streams: dict[tuple[str, ...], int] = {}
        for number, protocol in enumerate(world.protocols):
            self._add(number, False, protocol.case_script, protocol.case, protocol)
            if protocol.record is not None and protocol.record_script is not None:
                self._add(number, True, protocol.record_script, protocol.record, protocol)
        self._list_streams_of_answers()
        self.own_stream = self.stream("Work", "owner", OWN_WORK)
        self.own = Prepared(Work, Work("owner", OWN_WORK), 0, (DONE,), (-1,), None, -1)
        draws.check_streams(self.streams)

    def rows(self, program: Program) -> list[Prepared]:
        return self._rows[id(program)]

    def source(self, row: Any) -> Source:
        return self._sources[row.protocol, row.kind == RECORD]

    def stream(self, *words: str) -> int:
        """20-bit address of one use of luck, kept for the test that no two words collide (rules 57, 59)."""
        return self.streams.setdefault(words, draws.stream(*words))

    def grounds(self) -> tuple[str, ...]:
        """Grounds on which somebody may refuse, in order: each is a use of luck for every Review of a party."""
        outcomes = self.world.law.outcomes
        return tuple(sorted({outcome.ground for outcome in outcomes if outcome.verdict == laws.MAY_REFUSE}))

    def _list_streams_of_answers(self) -> None:
        """Uses of luck that hang on what happens: listed beforehand, so that all engines know the same."""
        for rows in self._rows.values():
            for row in rows:
                if row.kind is Review:
                    for ground in self.grounds():
                        self.stream("discretion", row.instruction.party, ground)
                elif row.kind is Decide and not row.instruction.about:
                    self.stream("worth", row.instruction.task)
        for name in self.world.clocks:
            for limit in self.world.scenario.clock[name].limits:
                for fact in limit.when:
                    self.stream("Is", fact.removeprefix("not "))

    def bound_at_opening(self, protocol: int, is_record: bool, opener: int) -> dict[str, int]:
        """Where each role stands when a case, or a record's event, opens."""
        made = self.world.protocols[protocol]
        return record_places(self.world, made, opener) if is_record else root_places(self.world, made, opener)

    def _add(self, number: int, record: bool, script: Script, program: Program, protocol: Protocol) -> None:
        self._rows[id(program)] = [self._prepare(number, protocol, program, k) for k in range(len(program.rows))]
        self._sources[number, record] = Source(script, program, protocol.parameters)

    def _prepare(self, number: int, protocol: Protocol, program: Program, k: int) -> Prepared:
        row, world = program.rows[k], self.world
        instruction, kind = row.instruction, type(row.instruction)
        found = Prepared(kind, instruction, k, row.answers, row.then,
                         program.entries[row.entry] if row.entry >= 0 else None, number)
        if kind in STEPS:
            self._prepare_step(found, protocol, instruction)
        if isinstance(instruction, (Send, Review, Store)):
            found.content = world.contents.index(instruction.content)
            found.content_declared = world.content[instruction.content]
            found.category = laws.CATEGORIES.index(found.content_declared.category)
            found.instrument = world.law.instruments.index(protocol.instrument)
        if isinstance(instruction, Send):
            found.form = FORMS.index(instruction.form)
            found.stream = self.stream("Send", instruction.sender, instruction.content)
            found.verdict = self.stream("loss", instruction.sender, instruction.content)
            found.machine = received_by_machine(program, k, world)
        elif kind.__name__ in ("Is", "Chance"):
            word = getattr(instruction, "fact", "") or getattr(instruction, "name", "")
            found.stream = self.stream(kind.__name__, word)
        return found

    def _prepare_step(self, found: Prepared, protocol: Protocol, instruction: Any) -> None:
        name = found.kind.__name__
        found.task = self.world.task_row[instruction.task]
        found.stream = self.stream(name, instruction.party, instruction.task)
        found.verdict = self.stream(name + " answer", instruction.party, instruction.task)
        if hasattr(instruction, "by"):
            found.search = self.world.searches.index(search_of(protocol, instruction))


def received_by_machine(program: Program, sent: int, world: World) -> bool:
    """Whether the receiver's next step after a Send, along first answers, is a machine's."""
    receiver = program.rows[sent].instruction.receiver  # type: ignore[union-attr]
    number = program.rows[sent].then[0]
    while number >= 0:
        row = program.rows[number]
        if isinstance(row.instruction, STEPS) and row.instruction.party == receiver:
            return world.tasks[world.task_row[row.instruction.task]].desk == "machine"
        number = program.entries[row.entry].first if row.entry >= 0 else row.then[0]
    return False


def refusal_share(world: World, giver: int, ground: str) -> float:
    """How often the giver refuses on this ground where the law leaves it the choice; an institution serves its members
    and refuses nobody at will."""
    law, place = world.scenario.law, world.places[giver]
    if ground != "at_will":
        return law.refusal[ground].value
    jurisdiction = world.scenario.jurisdiction.get(place)
    return law.at_will[jurisdiction.size].value if jurisdiction is not None else 0.0


def prepare(world: World) -> Preparation:
    return Preparation(world)

