"""What searches ask of the machines that make them: which can serve a blinded matcher, and how long they take for it.

A blinded matcher is a protocol between two machines, so no clerk can run it, and what reaches it has to be blinded.
"""

from collections.abc import Iterator, Sequence

from sim.content.matchers import cost
from sim.errors import ScriptError
from sim.programs import Program, Protocol
from sim.programs.table import Row
from sim.scenario.schema import Scenario
from sim.script import BLINDED, BY_MACHINE, Lookup, Match, Send


def check_blinded(scenario: Scenario, protocols: Sequence[Protocol]) -> None:
    """Raises ScriptError for a blinded matcher at a person's desk, or one that is given something readable."""
    for protocol, program, row, search in _searches(protocols):
        if not scenario.matcher[search.by].blinded:
            continue
        desk = scenario.task[search.task].desk
        if desk != BY_MACHINE:
            raise ScriptError(f"{protocol.file}: search by {search.by!r}, which is blinded, in task {search.task!r} at "
                              f"the desk {desk!r}\n  expected  a task at the desk {BY_MACHINE!r}")
        for send in _readable(program, search, row.given):
            raise ScriptError(f"{protocol.file}: search by {search.by!r}, which is blinded, with {send.content!r} sent "
                              f"in the form {send.form!r}\n  expected  Send(..., form={BLINDED!r}) on every way to it")


def _readable(program: Program, search: Match | Lookup, given: str) -> Iterator[Send]:
    """The messages that bring the search what it goes by in another form than blinded."""
    for row in program.rows:
        match row.instruction:
            case Send(receiver=search.party, content=content) as send if content == given and send.form != BLINDED:
                yield send


def search_times(scenario: Scenario, protocols: Sequence[Protocol]) -> dict[str, int]:
    """Ticks that the machines of both sides take for a search, by the name of its task at the desk "machine".

    One record is asked about: several persons of one request are several searches. It is compared with all records on
    other people of the place, or with all copies: of alerts, or of all records.

    Raises ScriptError where one task serves matchers that take different times.
    """
    found: dict[str, tuple[int, str]] = {}
    for protocol, _, _, search in _searches(protocols):
        if scenario.machine is None or scenario.task[search.task].desk != BY_MACHINE:
            continue
        copied = scenario.people.records if protocol.records == "all" else scenario.people.alerts
        copies = min(copied, scenario.people.records) * len(scenario.jurisdiction)
        held = copies if isinstance(search, Lookup) else scenario.people.records
        taken = cost(scenario.matcher[search.by], scenario.machine, 1, held)
        time, by = found.setdefault(search.task, (taken.asker + taken.holder, search.by))
        if time != taken.asker + taken.holder:
            raise ScriptError(f"{protocol.file}: search by {search.by!r} in task {search.task!r}, which also serves "
                              f"{by!r}, and that takes the machines another time\n"
                              "  expected  a task of its own for each of them")
    return {task: time for task, (time, _) in found.items()}


def _searches(protocols: Sequence[Protocol]) -> Iterator[tuple[Protocol, Program, Row, Match | Lookup]]:
    for protocol in protocols:
        for program in filter(None, (protocol.case, protocol.record)):
            for row in program.rows:
                if isinstance(row.instruction, Match | Lookup):
                    yield protocol, program, row, row.instruction
