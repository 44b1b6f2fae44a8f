"""What `check` says of a protocol beside refusals: things that may be meant, and should not go unseen."""

from collections.abc import Iterator

from sim.programs.protocol import Protocol
from sim.programs.table import Program, Row, parties_of, show
from sim.script import EXPIRED, GIVE, LOST, NOBODY, Content, Is, Review, Send

NO_ANSWER = (LOST, EXPIRED, NOBODY)


def check_notes(protocol: Protocol) -> list[str]:
    """Parties, words, answers never read, ends without an answer, disclosures of a record without a review."""
    programs = [protocol.case, *([protocol.record] if protocol.record else [])]
    notes = [_parties(protocol, programs)]
    for program in programs:
        notes += [*_words(program), *_never_read(program), *_unreviewed(program, protocol.contents)]
    return [*notes, *_unanswered(protocol.case)]


def _parties(protocol: Protocol, programs: list[Program]) -> str:
    used = dict.fromkeys(party for program in programs for row in program.rows for party in parties_of(row.instruction))
    sides = {"requester": "at the asker", "responder": "at the asked"}
    told = []
    for party in used:
        at = protocol.parties.get(party)
        told.append(f"{party} ({sides.get(at, f'at {at}') if at else 'one of many'})")
    return f"parties: {', '.join(told)}"


def _words(program: Program) -> Iterator[str]:
    root, *subs = program.entries
    yield f"{root.name} may end with {', '.join(root.words)}"
    yield from (f"{sub.name} may return {', '.join(sub.words)}" for sub in subs)


def _never_read(program: Program) -> Iterator[str]:
    """A fact asked again is read where it was asked first, so its later rows are no fault."""
    read = {row.instruction for row in program.rows if len(set(row.then)) > 1}
    for number, row in enumerate(program.rows):
        asked_before = isinstance(row.instruction, Is) and row.instruction in read
        if len(row.answers) > 1 and len(set(row.then)) == 1 and not asked_before:
            yield f"row {number}: {show(row.instruction)} goes on alike after {', '.join(row.answers)}"


def _unanswered(program: Program) -> Iterator[str]:
    """Ends of the case at which the requester has no answer: a word that is none, or a message lost in the root."""
    words = [word for word in program.entries[0].words if word in NO_ANSWER]
    if words:
        yield f"{program.entries[0].name} may close without an answer: {', '.join(words)}"


def _unreviewed(program: Program, contents: dict[str, Content]) -> Iterator[str]:
    walk = _Reviews(program, contents)
    walk.ends(0, frozenset())
    for number in sorted(walk.missing):
        yield f"reviews missing before a disclosure: row {number}, {show(program.rows[number].instruction)}"


class _Reviews:
    """Follows every path with the contents that some Review on it has let go; `missing`: rows that send others."""

    def __init__(self, program: Program, contents: dict[str, Content]):
        self.program, self.contents = program, contents
        self.missing: set[int] = set()
        self.known: dict[tuple[int, frozenset[str]], dict[str, frozenset[str]]] = {}

    def ends(self, entry: int, given: frozenset[str]) -> dict[str, frozenset[str]]:
        """Per word of an entry the contents reviewed on every way to it."""
        return self._from(self.program.entries[entry].first, given)

    def _from(self, at: int, given: frozenset[str]) -> dict[str, frozenset[str]]:
        if at < 0:
            return {self.program.word(at): given}
        if (at, given) not in self.known:
            self.known[at, given] = self._through(at, self.program.rows[at], given)
        return self.known[at, given]

    def _through(self, at: int, row: Row, given: frozenset[str]) -> dict[str, frozenset[str]]:
        step, ends = row.instruction, {}
        sub = self.ends(row.entry, given) if row.entry >= 0 else {}
        if isinstance(step, Send):
            ends[LOST] = given
            if self.contents[step.content].of == "record" and step.content not in given:
                self.missing.add(at)
        for answer, then in zip(row.answers, row.then, strict=True):
            reviewed = sub.get(answer, given)
            if isinstance(step, Review) and answer == GIVE:
                reviewed = given | {step.content}
            for word, end in self._from(then, reviewed).items():
                ends[word] = ends.get(word, end) & end
        return ends
