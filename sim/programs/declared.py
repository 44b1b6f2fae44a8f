"""The names a protocol declares beside its script, and where each of its parties stands."""

from dataclasses import dataclass, field

from sim.script import BUILT_IN_FACTS, Clock, Content, Daily, Share, Task, Window

IMPLIED_PARTIES = {"investigator": "requester", "requester": "requester",
                   "responder": "responder", "owner": "responder"}


@dataclass(frozen=True)
class Declared:
    """Declarations of one protocol, by name. `parties`: role -> "requester", "responder" or an institution."""

    parties: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    contents: dict[str, Content] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    facts: dict[str, Share] = field(default_factory=dict)
    chances: dict[str, Share] = field(default_factory=dict)
    quotas: dict[str, Daily] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)

    def roles(self) -> dict[str, str]:
        return {**IMPLIED_PARTIES, **self.parties}

    def side(self, side: str) -> frozenset[str]:
        """The roles that stand at one side: all that ForEach(side) binds together."""
        return frozenset(role for role, at in self.roles().items() if at == side)

    def institutions(self) -> frozenset[str]:
        return frozenset(self.roles()) - self.side("requester") - self.side("responder")

    def known_facts(self) -> tuple[str, ...]:
        return (*BUILT_IN_FACTS, *self.facts)
