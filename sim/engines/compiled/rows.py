"""Programs as rows of whole numbers: what `sim.engines.prepared` looked up by name, the kernel finds by offset."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.cases.parties import bound_by_leg
from sim.engines.compiled import layout as at
from sim.engines.compiled.thresholds import threshold
from sim.engines.prepared import Prepared
from sim.laws import FLAGS
from sim.programs import Program, Protocol
from sim.script import (
    STEPS,
    Batch,
    Chance,
    Close,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Owes,
    Paused,
    Quota,
    Review,
    Send,
    Store,
    Verify,
    Wait,
    Withdraw,
    Within,
    Work,
)

if TYPE_CHECKING:
    from sim.engines.compiled.tables import Tables

OPS: dict[type, int] = {
    Work: at.WORK, Review: at.REVIEW, Match: at.MATCH, Verify: at.VERIFY, Decide: at.DECIDE, Lookup: at.LOOKUP,
    Store: at.STORE, Withdraw: at.WITHDRAW, Send: at.SEND, Wait: at.WAIT, Is: at.IS, Chance: at.CHANCE, Close: at.CLOSE,
    ForEach: at.FOR_EACH, Do: at.DO, Within: at.WITHIN, Due: at.DUE, Paused: at.PAUSED,
    Owes: at.OWES, Quota: at.ASK_QUOTA, Batch: at.BATCH,
}
AMONG = {"addressed": at.ADDRESSED, "members": at.MEMBERS, "found": at.FOUND, "recipients": at.RECIPIENTS,
         "others": at.OTHERS}
UNTIL = {"all": at.ALL, "first": at.FIRST_ONE, "one_by_one": at.ONE_BY_ONE}
LAST_RANK = 1 << 30
Rows = NDArray[np.int64]


def put_programs(made: "Tables", networks: dict[str, int]) -> None:
    """Sources, rows, bindings, and with them how wide a frame is."""
    world, head = made.world, made.head
    sources: list[int] = []
    counters = 0
    for number, protocol in enumerate(world.protocols):
        for program, is_record in ((protocol.case, False), (protocol.record, True)):
            if program is None:
                sources += [-1, -1]
                continue
            written = _Program(made, number, protocol, program, networks)
            sources += [written.position(program.entries[0].first),
                        made.put(_bindings(made, number, is_record))]
            counters = max(counters, len(written.counters))
    head[at.SOURCES] = made.put(sources)
    head[at.ROLES] = len(made.roles)
    programs = world.programs()
    forks = any(isinstance(row.instruction, ForEach) for program in programs for row in program.rows)
    head[at.PAUSES] = int(any(isinstance(row.instruction, Paused) for program in programs for row in program.rows))
    head[at.LUCK_AT] = at.BINDINGS + len(made.roles)
    head[at.ROUNDS_AT] = head[at.LUCK_AT] + (counters + 3) // 4
    if any(isinstance(row.instruction, Owes) for program in programs for row in program.rows):
        head[at.RULING_AT] = head[at.ROUNDS_AT]        # one word more of what a leg begins with at 0
        head[at.ROUNDS_AT] += 1
    width = head[at.ROUNDS_AT] + ((len(world.places) + 3) // 4 if forks else 0)
    head[at.FRAME_WIDTH] = (width + 7) // 8 * 8        # whole lines of the cache


def asks_recipients(protocol: Protocol) -> bool:
    """Some script of it goes to those to whom it has sent something of a record, so a book is kept of them."""
    return any(getattr(row.instruction, "among", "") == "recipients"
               for program in (protocol.case, protocol.record) if program is not None for row in program.rows)


def _bindings(made: "Tables", number: int, is_record: bool) -> list[int]:
    """Where each role stands when a case opens."""
    opener = len(made.world.places)      # a place beyond all: what is bound to the opener shows
    bound = made.prepared.bound_at_opening(number, is_record, opener)
    return [at.OPENER if bound.get(role) == opener else bound.get(role, at.UNBOUND) for role in made.roles]


class _Program:
    """One program while its rows are written."""

    def __init__(self, made: "Tables", number: int, protocol: Protocol, program: Program, networks: dict[str, int]):
        self.made, self.number, self.protocol, self.program = made, number, protocol, program
        self.networks = networks
        self.counters: dict[int, int] = {}
        self.block = np.full((len(program.rows), at.ROW_WIDTH), -1, np.int64)
        self.base = made.put(self.block)
        self.words = [made.world.words.index(word) for word in program.words]
        for k, prepared in enumerate(made.prepared.rows(program)):
            self._write(self.block[k], prepared)

    def position(self, then: int) -> int:
        """Where a row stands; or, below 0, the word a script ends with."""
        return self.base + then * at.ROW_WIDTH if then >= 0 else -1 - self.words[-1 - then]

    def counter(self, stream: int) -> int:
        """Which of a leg's counts is of this use of luck."""
        return self.counters.setdefault(stream, len(self.counters))

    def _write(self, row: Rows, from_: Prepared) -> None:
        made, instruction, kind = self.made, from_.instruction, from_.kind
        row[at.OP], row[at.NUMBER], row[at.PROTOCOL] = OPS[kind], from_.row, self.number
        row[at.THEN] = made.put([self.position(then) for then in from_.then])
        row[at.TASK], row[at.SEARCH] = from_.task, from_.search
        row[at.CONTENT], row[at.CATEGORY], row[at.INSTRUMENT] = from_.content, from_.category, from_.instrument
        row[at.FORM], row[at.MACHINE] = from_.form, int(from_.machine)
        row[at.OF_SUBJECT] = int(from_.content_declared is None or from_.content_declared.of == "subject")
        if kind in STEPS or kind in (Send, Chance):
            row[at.STREAM], row[at.COUNTER] = from_.stream, self.counter(from_.stream)
        if kind in (Verify, Decide, Send):
            row[at.ANSWER_STREAM], row[at.ANSWER_COUNTER] = from_.verdict, self.counter(from_.verdict)
        if kind in STEPS:
            row[at.PARTY] = made.role(instruction.party)
        if from_.entry is not None:
            self._write_frame(row, from_)
        WRITE.get(kind, _nothing)(self, row, instruction)

    def _write_frame(self, row: Rows, from_: Prepared) -> None:
        """What frames share: where the sub-script begins, which answer a word is."""
        assert from_.entry is not None
        row[at.FIRST] = self.position(from_.entry.first)
        answers = {word: k for k, word in enumerate(from_.answers)}
        row[at.ANSWER_OF] = self.made.put([answers.get(word, -1) for word in self.made.world.words])
        row[at.RECALLED] = int(getattr(from_.instruction, "rest", "runs_on") == "recalled")
        row[at.ON_NOBODY], row[at.ON_EXPIRED] = answers.get("nobody", -1), answers.get("expired", -1)
        if isinstance(from_.instruction, Within | Due):
            row[at.CLOCK] = self.made.world.clocks.index(from_.instruction.clock)


def _nothing(program: _Program, row: Rows, instruction: Any) -> None:
    """Instructions that need no more."""


def _review(program: _Program, row: Rows, instruction: Review) -> None:
    made = program.made
    row[at.TO] = made.role(instruction.to)
    streams = [made.prepared.stream("discretion", instruction.party, ground) for ground in made.prepared.grounds()]
    row[at.GROUNDS] = made.put([number for stream in streams for number in (stream, program.counter(stream))])


def _decide(program: _Program, row: Rows, instruction: Decide) -> None:
    if instruction.about:
        row[at.ABOUT_CASE] = 1
        return
    row[at.WORTH] = program.made.prepared.stream("worth", instruction.task)


def _send(program: _Program, row: Rows, instruction: Send) -> None:
    made = program.made
    row[at.PARTY], row[at.TO] = made.role(instruction.sender), made.role(instruction.receiver)
    row[at.VIA] = made.role(instruction.via) if instruction.via is not None else -1
    row[at.NETWORK] = program.networks.get(program.protocol.network, -1)
    row[at.SEALED] = int(instruction.sealed)
    row[at.OF_RECORD] = int(made.world.content[instruction.content].of == "record"
                            and asks_recipients(program.protocol))


def _wait(program: _Program, row: Rows, instruction: Wait) -> None:
    row[at.CLOCK] = program.made.world.clocks.index(instruction.clock)


def _batch(program: _Program, row: Rows, instruction: Batch) -> None:
    made, party = program.made, program.made.world.scenario.window[instruction.window].at
    row[at.WINDOW_OF] = sorted(made.world.openings).index(instruction.window)
    row[at.PARTY] = made.role(party) if party in made.roles else -1


def _owes(program: _Program, row: Rows, instruction: Owes) -> None:
    row[at.DUTY] = FLAGS.index(instruction.duty)


def _quota(program: _Program, row: Rows, instruction: Quota) -> None:
    made = program.made
    row[at.QUOTA] = sorted(made.world.scenario.quota).index(instruction.name)
    row[at.PARTY], row[at.TO] = made.role(instruction.giver), made.role(instruction.taker)


def _is(program: _Program, row: Rows, instruction: Is) -> None:
    row[at.FACT] = program.made.fact(instruction.fact)


def _chance(program: _Program, row: Rows, instruction: Chance) -> None:
    row[at.THRESHOLD] = threshold(program.made.world.scenario.chance[instruction.name].share.value)


def _close(program: _Program, row: Rows, instruction: Close) -> None:
    row[at.WORD] = program.made.world.words.index(instruction.word)


def _for_each(program: _Program, row: Rows, instruction: ForEach) -> None:
    made, world = program.made, program.made.world
    row[at.AMONG] = AMONG.get(instruction.among, at.NAMED)
    if instruction.among not in AMONG:
        named = {world.places.index(code) for code in world.scenario.groups[instruction.among]}
        row[at.GROUP] = made.put([int(place in named) for place in range(len(world.places))])
    row[at.UNTIL] = UNTIL[instruction.until]
    row[at.RANK_OF] = made.put([instruction.best.index(word) if word in instruction.best else LAST_RANK
                                for word in world.words])
    bound = bound_by_leg(made.world.protocols[program.number], instruction.party)
    row[at.BINDS], row[at.BINDS_MANY] = made.put([made.role(role) for role in bound]), len(bound)


WRITE: dict[type, Any] = {Review: _review, Decide: _decide, Send: _send, Wait: _wait, Is: _is, Chance: _chance,
                          Close: _close, ForEach: _for_each, Batch: _batch, Owes: _owes, Quota: _quota}
