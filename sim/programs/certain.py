"""What is certain at a point of a path, whatever led there: it decides what a search has to go by.

Certainty only shrinks where paths meet. A refusal that names it is thus never about a case that cannot happen
on the path shown.
"""

from dataclasses import dataclass, replace

from sim.programs.declared import Declared
from sim.script import HIT, Instruction, Is, Lookup, Match, Send

NEED = "need"


@dataclass(frozen=True)
class Certain:
    """What holds on every way to a point.

    arrived   (party, content that reached it last)
    facts     (fact, its answer)
    found     a search has found a record
    closed    the requester has its answer (roots only)
    """

    arrived: frozenset[tuple[str, str]] = frozenset()
    facts: frozenset[tuple[str, str]] = frozenset()
    found: bool = False
    closed: bool = False

    def meet(self, other: "Certain") -> "Certain":
        return Certain(self.arrived & other.arrived, self.facts & other.facts, self.found and other.found,
                       self.closed and other.closed)

    def answer(self, fact: str) -> str | None:
        return dict(self.facts).get(fact)

    def after(self, instruction: Instruction, answer: str) -> "Certain":
        """What an instruction that is no frame adds once it is answered."""
        match instruction:
            case Send(receiver=receiver, content=content):
                return replace(self, arrived=self.without({receiver}).arrived | {(receiver, content)})
            case Is(fact=fact):
                return replace(self, facts=self.facts | {(fact, answer)})
            case Match() | Lookup():
                return replace(self, found=answer == HIT)
        return self

    def without(self, parties: frozenset[str] | set[str]) -> "Certain":
        """The same after these parties were bound to somebody whom nothing has reached."""
        return replace(self, arrived=frozenset(pair for pair in self.arrived if pair[0] not in parties))


@dataclass(frozen=True)
class Surroundings:
    """What a script has from the frames around it.

    root    "case" or "record": the kind of root at the top
    own     this is that root itself
    bound   parties that stand for somebody here
    clock   a Within or Due is running
    """

    root: str
    own: bool
    bound: frozenset[str]
    clock: bool = False

    def given(self, party: str, certain: Certain, declared: Declared) -> str | None:
        """The content a search at `party` goes by, None when nothing is certain to have reached it."""
        asker = declared.side("requester") if self.root == "case" else frozenset()
        return dict(certain.arrived).get(party, NEED if party in asker else None)


def at_root(root: str, declared: Declared) -> Surroundings:
    """A case knows its asker, a record its holder; institutions are known to both."""
    side = "requester" if root == "case" else "responder"
    return Surroundings(root, True, declared.side(side) | declared.institutions())


def bound_by(party: str, declared: Declared) -> frozenset[str]:
    """Parties that ForEach(party) binds: the roles that stand at the same place move along with their contact point."""
    return declared.side(party) | {party} if party in ("requester", "responder") else frozenset({party})
