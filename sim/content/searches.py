"""The ways of searching that protocols use: by which matcher, over which network, in whose records.

What the asked side sees of a query hangs on the way it came, so one need may be searched for in several ways.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sim.programs import Program, Protocol
from sim.script import Lookup, Match

SIDES = ("requester", "responder")
STRUCTURED = "structured"      # the fact of a protocol: this leg's messages are structured, not free text


class Search(NamedTuple):
    """One way.

    matcher    key of the scenario's matchers
    network    link that the query travels on
    copies_at  role's place code of the institution whose copies are searched; "": the asked place's own records, or
               copies of them that lie with whoever asks, in the form in which their holder keeps them
    by_fact    people read the query and the protocol has the fact STRUCTURED; what a machine reads is structured
    serves     kinds of need for which it is used
    of_all     among copies, not only alerts but all that is held on anybody
    """

    matcher: str
    network: str = ""
    copies_at: str = ""
    by_fact: bool = False
    serves: tuple[str, ...] = ()
    of_all: bool = False


def search_of(protocol: Protocol, instruction: Match | Lookup) -> Search:
    copies = isinstance(instruction, Lookup)
    at = protocol.parties.get(instruction.party, "") if copies else ""
    by_people = protocol.tasks[instruction.task].desk != "machine"
    return Search(instruction.by, protocol.network, "" if at in SIDES else at,
                  by_people and STRUCTURED in protocol.facts, tuple(sorted(protocol.serves)),
                  copies and protocol.records == "all")


def searches(protocols: Iterable[Protocol]) -> tuple[Search, ...]:
    """All ways of these protocols, sorted."""
    return tuple(sorted({search_of(protocol, instruction) for protocol in protocols
                         for program in (protocol.case, protocol.record) if program is not None
                         for instruction in _searching(program)}))


def _searching(program: Program) -> list[Match | Lookup]:
    return [row.instruction for row in program.rows if isinstance(row.instruction, Match | Lookup)]
