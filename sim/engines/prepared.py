"""Programs with their names looked up once for a world: what the engine reads at each row."""

from collections import namedtuple
from dataclasses import dataclass
from typing import Any

from sim import draws, laws
from sim.cases import STREAM
from sim.content.searches import search_of
from sim.ledger import RECORD
from sim.programs import Entry, Program, Protocol
from sim.script import (
    DELIVERED,
    DONE,
    FORMS,
    GIVE,
    NO,
    NOBODY,
    STEPS,
    YES,
    Content,
    Decide,
    ForEach,
    Is,
    Parameters,
    Review,
    Script,
    Send,
    Store,
    Withdraw,
    Work,
)
from sim.world import OWN_WORK, World, reached_places

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
        self._walked: dict[tuple[int, int], list[tuple[type, int]]] = {}
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

    def bind_leg(self, protocol: int, party: str, places: dict[str, int], place: int) -> dict[str, int]:
        """ForEach binds the party it names; a contact point brings every role of its side with it (rule 12)."""
        return {**places, **dict.fromkeys(self.bound_by_leg(protocol, party), place)}

    def bound_by_leg(self, protocol: int, party: str) -> tuple[str, ...]:
        """The roles that stand at a leg's place: the party the ForEach names, and every role of its side."""
        sides = self.world.protocols[protocol].parties if party in ("requester", "responder") else {}
        return tuple(dict.fromkeys([party, *(role for role, side in sides.items() if side == party)]))

    def bound_at_opening(self, protocol: int, is_record: bool, opener: int) -> dict[str, int]:
        """Where each role stands when a case, or a record's event, opens."""
        made = self.world.protocols[protocol]
        return self._record_places(made, opener) if is_record else self._root_places(made, opener)

    def laid_before_start(self, protocol: int, place: int) -> list[tuple[int, bool]]:
        """What the record script of a protocol does with the copies of a record that `place` held before the start, in
        order: (place of the copy, whether it is laid down there or taken away)."""
        return [(at, kind is Store) for kind, at in self._before_start(protocol, place) if kind is not Send]

    def sent_before_start(self, protocol: int, place: int) -> list[int]:
        """Where that script sent something of the record."""
        return [at for kind, at in self._before_start(protocol, place) if kind is Send]

    def _before_start(self, protocol: int, place: int) -> list[tuple[type, int]]:
        made, program = self.world.protocols[protocol], self.world.protocols[protocol].record
        found = self._walked.setdefault((protocol, place), [])
        if program is not None and not found:
            walk = _Walk(self, protocol, program, sorted(reached_places(self.world, made) - {place}), found)
            walk.through(program.entries[0], self._record_places(made, place))
        return found

    def _add(self, number: int, record: bool, script: Script, program: Program, protocol: Protocol) -> None:
        self._rows[id(program)] = [self._prepare(number, protocol, program, k) for k in range(len(program.rows))]
        self._sources[number, record] = Source(script, program, protocol.parameters)

    def _root_places(self, protocol: Protocol, place: int) -> dict[str, int]:
        asker = [role for role, side in protocol.parties.items() if side == "requester"]
        return {**self._institutions(protocol), **dict.fromkeys(["investigator", "requester", *asker], place)}

    def _record_places(self, protocol: Protocol, place: int) -> dict[str, int]:
        """In a record script everybody but the institutions stands where the record is held."""
        roles = ["investigator", "requester", "responder", "owner",
                 *(role for role, side in protocol.parties.items() if side in ("requester", "responder"))]
        return {**dict.fromkeys(roles, place), **self._institutions(protocol)}

    def _institutions(self, protocol: Protocol) -> dict[str, int]:
        return {role: self.world.places.index(at) for role, at in protocol.parties.items()
                if at not in ("requester", "responder")}

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


def _answer_before_start(row: Prepared) -> str:
    if isinstance(row.instruction, Is):
        return YES if row.instruction.fact == "created" else NO
    for answer in (DONE, DELIVERED, GIVE):
        if answer in row.answers:
            return answer
    return row.answers[0]


@dataclass(frozen=True)
class _Walk:
    """A record script followed by itself where every step is done and every message arrives, without a desk.

    others  places of the channel but the record's own
    found   what was laid down, taken away or sent of the record so far, and where
    """

    prepared: Preparation
    protocol: int
    program: Program
    others: list[int]
    found: list[tuple[type, int]]

    def through(self, entry: Entry, places: dict[str, int]) -> str:
        """The word of an entry."""
        number = entry.first
        while number >= 0:
            row = self.prepared.rows(self.program)[number]
            if row.kind in (Store, Withdraw):
                self.found.append((row.kind, places[row.instruction.party]))
            elif row.kind is Send and row.content_declared is not None and row.content_declared.of == "record":
                self.found.append((Send, places[row.instruction.receiver]))
            number = row.then[row.answers.index(self._answer(row, places))]
        return self.program.word(number)

    def _answer(self, row: Prepared, places: dict[str, int]) -> str:
        if row.entry is None:
            return _answer_before_start(row)
        if row.kind is not ForEach:
            return self.through(row.entry, places)
        bound = (self.prepared.bind_leg(self.protocol, row.instruction.party, places, place)
                 for place in self._audience(row.instruction.among))
        words = [self.through(row.entry, leg) for leg in bound]
        return min(words, key=row.instruction.best.index) if words else NOBODY

    def _audience(self, among: str) -> list[int]:
        """Nobody is addressed by a record's event, and what is found or received begins with the run."""
        if among in ("addressed", "found", "recipients"):
            return []
        named = self.prepared.world.scenario.groups.get(among, ())
        return [at for at in self.others if among == "members" or self.prepared.world.places[at] in named]


def prepare(world: World) -> Preparation:
    return Preparation(world)

