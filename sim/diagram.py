"""A program drawn as text: who does what, in which order, and what each answer leads to.

Both drawings show the table and nothing else, so they cannot differ from what the engines run.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.programs import Entry, Program, Protocol, Row, show
from sim.programs.table import parties_of
from sim.script import (
    PLAIN,
    Batch,
    Close,
    Decide,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Owes,
    Quota,
    Review,
    Send,
    Store,
    Wait,
    Within,
)

ROOM = 4        # columns between the names of two lifelines


@dataclass(frozen=True)
class Line:
    """One line of a drawing: an instruction of the table (`number` >= 0), or only words; `depth` blocks enclose it."""

    depth: int
    text: str
    number: int = -1
    opens: bool = False


def sequence(protocol: Protocol) -> str:
    """A sequence diagram: a lifeline per party in order of first use, a line per instruction, alternatives as blocks.

    The number before an instruction is its row in `table`. A row that several answers lead to is drawn once.
    """
    programs = [protocol.case, *([protocol.record] if protocol.record else [])]
    drawn = "\n\n".join(_program(program) for program in programs)
    return f"{protocol.name}: {protocol.title}\n\n{drawn}\n"


def table(program: Program) -> str:
    """Every row with its number, instruction, and where each answer leads; `=> word` ends the script."""
    starts = {entry.first: f"{entry.name}: {', '.join(entry.words)}" for entry in program.entries}
    shown = [f"{show(row.instruction)}{f'  given {row.given}' if row.given else ''}" for row in program.rows]
    width = max(map(len, shown), default=0)
    lines = [f"{text}" for first, text in starts.items() if first < 0]
    for number, (row, text) in enumerate(zip(program.rows, shown, strict=True)):
        if number in starts:
            lines.append(starts[number])
        ways = zip(row.answers, row.then, strict=True)
        leads = ", ".join(f"{answer} {_leads(program, then)}" for answer, then in ways)
        lines.append(f"{number:4}  {text:<{width}}  {leads}")
    return "\n".join(lines) + "\n"


def _leads(program: Program, then: int) -> str:
    return f"-> {then}" if then >= 0 else f"=> {program.word(then)}"


def _program(program: Program) -> str:
    # Who a ForEach is about stands where its leg first uses it: the party that addresses it comes before it.
    steps = sorted((row.instruction for row in program.rows), key=lambda step: isinstance(step, ForEach))
    parties = tuple(dict.fromkeys(party for step in steps for party in parties_of(step)))
    drawn: set[int] = set()
    entries = [(entry, list(_entry(program, entry, drawn))) for entry in program.entries]
    gutter = 2 * max(line.depth for _, lines in entries for line in lines) + 2
    return "\n\n".join(_framed(program, entry, lines, _Lifelines(parties, gutter)) for entry, lines in entries)


def _framed(program: Program, entry: Entry, lines: list[Line], lifelines: "_Lifelines") -> str:
    head = f"=== {entry.name} ".ljust(lifelines.width, "=")
    body = (lifelines.line(line, program.rows[line.number] if line.number >= 0 else None) for line in lines)
    return "\n".join([head, lifelines.names(), *body])


def _entry(program: Program, entry: Entry, drawn: set[int]) -> Iterator[Line]:
    yield from _from(program, entry.first, 0, frozenset(), drawn)


def _from(program: Program, first: int, depth: int, ahead: frozenset[int], drawn: set[int]) -> Iterator[Line]:
    """The path of first answers from `first`, its alternatives before it goes on.

    `ahead` are the rows of enclosing paths, still to be drawn: an alternative that joins one of them says so and ends.
    """
    path, at = [], first
    while at >= 0 and at not in ahead and at not in drawn:
        path.append(at)
        drawn.add(at)
        at = program.rows[at].then[0]
    for number in path:
        yield Line(depth, _told(program, number), number)
        yield from _alternatives(program, program.rows[number], depth, ahead | set(path), drawn)
    if at >= 0:
        yield Line(depth, f"goes on at {at}")
    elif not path or not isinstance(program.rows[path[-1]].instruction, Close):
        yield Line(depth, f"=> {program.word(at)}")


def _alternatives(program: Program, row: Row, depth: int, ahead: frozenset[int], drawn: set[int]) -> Iterator[Line]:
    leads: dict[int, list[str]] = {}
    for answer, then in zip(row.answers, row.then, strict=True):
        leads.setdefault(then, []).append(answer)
    (_, main), *others = leads.items()
    for place, (then, answers) in enumerate(others):
        label = f"{'else' if place else 'alt'} {', '.join(answers)}"
        if then < 0:
            yield Line(depth + 1, f"{label} => {program.word(then)}", opens=True)
        else:
            yield Line(depth + 1, label, opens=True)
            yield from _from(program, then, depth + 1, ahead, drawn)
    if others:
        yield Line(depth + 1, f"else {', '.join(main)}", opens=True)


def _told(program: Program, number: int) -> str:
    """What an instruction says beside its lifelines."""
    row = program.rows[number]
    match row.instruction:
        case Send(_, _, content, form, via, sealed):
            words = [content, *([f"as {form}"] if form != PLAIN else []), *([f"via {via}"] if via else []),
                     *(["sealed"] if sealed else [])]
        case Match(by=by) | Lookup(by=by):
            words = [type(row.instruction).__name__, f"by {by}, given {row.given}"]
        case Review(_, content, to):
            words = ["Review", content, f"for {to}"]
        case Store(_, content):
            words = ["Store", content]
        case ForEach(party, _, _, until, rest, among):
            words = [f"ForEach {party} of {among}, {until}, {rest}:", program.entries[row.entry].name]
        case Within(clock) | Due(clock):
            words = [type(row.instruction).__name__, f"{clock}:", program.entries[row.entry].name]
        case Wait(name) | Batch(name):
            words = [type(row.instruction).__name__, name]
        case Owes(duty):
            words = ["Owes", f"{duty}?"]
        case Quota(name, _, taker):
            words = ["Quota", f"{name} for {taker}"]
        case Decide(_, task, about):
            words = ["Decide", task, *([f"about {about}"] if about else [])]
        case Is(fact):
            words = ["Is", f"{fact}?"]
        case Close(word):
            words = ["Close", word]
        case _:
            words = [type(row.instruction).__name__, _object(program, row)]
    return " ".join(words)


def _object(program: Program, row: Row) -> str:
    """Of Do and Paused the sub-script, of a Chance its name, of other steps the task."""
    if row.entry >= 0:
        return program.entries[row.entry].name
    return str(getattr(row.instruction, "task", getattr(row.instruction, "name", "")))


class _Lifelines:
    """Places of the parties on a line; `gutter` columns on the left belong to the blocks."""

    def __init__(self, parties: tuple[str, ...], gutter: int):
        self.parties, self.gutter = parties, gutter
        self.at: dict[str, int] = {}
        self.width = gutter
        for party in parties:
            self.at[party] = self.width + len(party) // 2
            self.width += len(party) + ROOM

    def names(self) -> str:
        return " " * self.gutter + (" " * ROOM).join(self.parties)

    def line(self, line: Line, row: Row | None) -> str:
        blocks = "| " * line.depth if not line.opens else "| " * (line.depth - 1) + "+-"
        if line.opens:
            return f"{blocks} {line.text}"
        cells = [*blocks.ljust(self.width)]
        for at in self.at.values():
            cells[at] = "|"
        if row is not None:
            self._mark(cells, row)
        number = f"{line.number:4}" if row is not None else "    "
        return f"{''.join(cells)}{number}  {line.text}"

    def _mark(self, cells: list[str], row: Row) -> None:
        step = row.instruction
        if isinstance(step, Send) and step.sender != step.receiver:
            self._arrow(cells, self.at[step.sender], self.at[step.receiver])
            if step.via:
                cells[self.at[step.via]] = "o"
        else:
            for party in parties_of(step)[:1]:
                cells[self.at[party]] = "*"

    def _arrow(self, cells: list[str], start: int, end: int) -> None:
        low, high = sorted((start, end))
        cells[low + 1:high] = "-" * (high - low - 1)
        cells[end + (-1 if end > start else 1)] = ">" if end > start else "<"
