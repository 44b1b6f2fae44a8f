"""What a protocol's record script did before the run opened, without desks: every step is done, every message arrives.

Engines lay the copies of records that stand at the start by it (engine rule 41), and whoever counts such copies asks
the same.
"""

from dataclasses import dataclass

from sim.cases.parties import bind_leg, record_places
from sim.programs import Entry, Program, Row
from sim.script import DELIVERED, DONE, GIVE, NO, NOBODY, YES, ForEach, Is, Send, Store, Withdraw
from sim.world import World, reached_places


class BeforeStart:
    """Of all protocols of a world; each script is followed once for each place."""

    def __init__(self, world: World):
        self.world = world
        self._walked: dict[tuple[int, int], list[tuple[type, int]]] = {}

    def laid(self, protocol: int, place: int) -> list[tuple[int, bool]]:
        """What the record script of a protocol does with the copies of a record that `place` held before the start, in
        order: (place of the copy, whether it is laid down there or taken away)."""
        return [(at, kind is Store) for kind, at in self._walk(protocol, place) if kind is not Send]

    def sent(self, protocol: int, place: int) -> list[int]:
        """Where that script sent something of the record."""
        return [at for kind, at in self._walk(protocol, place) if kind is Send]

    def _walk(self, protocol: int, place: int) -> list[tuple[type, int]]:
        made = self.world.protocols[protocol]
        found = self._walked.setdefault((protocol, place), [])
        if made.record is not None and not found:
            others = sorted(reached_places(self.world, made) - {place})
            walk = _Walk(self.world, protocol, made.record, others, found)
            walk.through(made.record.entries[0], record_places(self.world, made, place))
        return found


@dataclass(frozen=True)
class _Walk:
    """A record script followed by itself.

    others  places of the channel but the record's own
    found   what was laid down, taken away or sent of the record so far, and where
    """

    world: World
    protocol: int
    program: Program
    others: list[int]
    found: list[tuple[type, int]]

    def through(self, entry: Entry, places: dict[str, int]) -> str:
        """The word of an entry."""
        number = entry.first
        while number >= 0:
            row = self.program.rows[number]
            if isinstance(row.instruction, Store | Withdraw):
                self.found.append((type(row.instruction), places[row.instruction.party]))
            elif isinstance(row.instruction, Send) and self.world.content[row.instruction.content].of == "record":
                self.found.append((Send, places[row.instruction.receiver]))
            number = row.then[row.answers.index(self._answer(row, places))]
        return self.program.word(number)

    def _answer(self, row: Row, places: dict[str, int]) -> str:
        if row.entry < 0:
            return _answer_before_start(row)
        entry = self.program.entries[row.entry]
        if not isinstance(row.instruction, ForEach):
            return self.through(entry, places)
        bound = (bind_leg(self.world.protocols[self.protocol], row.instruction.party, places, place)
                 for place in self._audience(row.instruction.among))
        words = [self.through(entry, leg) for leg in bound]
        return min(words, key=row.instruction.best.index) if words else NOBODY

    def _audience(self, among: str) -> list[int]:
        """Nobody is addressed by a record's event, and what is found or received begins with the run."""
        if among in ("addressed", "found", "recipients"):
            return []
        named = self.world.scenario.groups.get(among, ())
        return [at for at in self.others if among == "members" or self.world.places[at] in named]


def _answer_before_start(row: Row) -> str:
    if isinstance(row.instruction, Is):
        return YES if row.instruction.fact == "created" else NO
    for answer in (DONE, DELIVERED, GIVE):
        if answer in row.answers:
            return answer
    return row.answers[0]
