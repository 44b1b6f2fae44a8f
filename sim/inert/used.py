"""Which rows of a protocol some need can come to: a fact that is never so, or always, cuts off a branch."""

from dataclasses import dataclass
from functools import cached_property

from sim.needs import HOLDER_KNOWN, PRINT_ONLY, attack_kinds
from sim.programs import Program, Protocol, Row
from sim.scenario.options import positive_kinds
from sim.scenario.protocols import protocol
from sim.scenario.schema import Scenario
from sim.script import NO, YES, Chance, ForEach, Is
from sim.units import Range


@dataclass(frozen=True)
class Used:
    """A protocol in a scenario, with the kinds of need that its lines bring it and it serves."""

    scenario: Scenario
    protocol: Protocol
    kinds: frozenset[str]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Of the case as far as some need can come, and of the record script as far as some event can."""
        record = self.protocol.record
        return (*(self._reached(self.protocol.case) if self.kinds else ()), *(self._reached(record) if record else ()))

    @property
    def asks_named(self) -> bool:
        """It goes to the states an asker names, not to all members."""
        audiences = [row.instruction.among for row in self.protocol.case.rows if isinstance(row.instruction, ForEach)
                     and row.instruction.among != "recipients"]
        return not audiences or audiences[0] == "addressed"

    def _reached(self, program: Program) -> list[Row]:
        reached: set[int] = set()
        ahead = [program.entries[0].first]
        while ahead:
            number = ahead.pop()
            if number < 0 or number in reached:
                continue
            reached.add(number)
            row = program.rows[number]
            ahead += [then for answer, then in zip(row.answers, row.then, strict=True) if self._may(row, answer)]
            ahead += [program.entries[row.entry].first] if row.entry >= 0 else []
        return [program.rows[number] for number in sorted(reached)]

    def _may(self, row: Row, answer: str) -> bool:
        share = self._share(row)
        return share is None or (share.high > 0 if answer == YES else share.low < 1 if answer == NO else True)

    def _share(self, row: Row) -> Range | None:
        """How often a question is answered yes, None where that is not known beforehand."""
        scenario, demand = self.scenario, self.scenario.demand
        match row.instruction:
            case Chance(name):
                return scenario.chance[name].share
            case Is("print_only"):
                return _part(self.kinds, PRINT_ONLY)
            case Is("holder_known"):
                return _part(self.kinds, HOLDER_KNOWN)
            case Is("evidence"):
                return _part(self.kinds, ("evidence",))
            case Is("urgent"):
                return said_urgent(scenario)
            case Is("complained"):
                return None if scenario.redress is not None else Range(0, 0, "share")
            case Is("minor_offence"):
                return demand.minor_offence
            case Is(fact) if fact in scenario.fact:
                return scenario.fact[fact].share
        return None


def said_urgent(scenario: Scenario) -> Range | None:
    """How many say that it is urgent; None where not only those do for whom it is."""
    forged = scenario.attack is not None and scenario.attack.forged is not None
    return None if forged or scenario.demand.marking is not None else scenario.demand.urgent


def _part(kinds: frozenset[str], of: tuple[str, ...]) -> Range:
    inside = [kind in of for kind in kinds]
    return Range(float(all(inside)), float(any(inside)), "share")


def used(scenario: Scenario) -> list[Used]:
    """The protocols of all options, by name."""
    positive = frozenset(positive_kinds(scenario)) | attack_kinds(scenario)
    found: dict[str, frozenset[str]] = {}
    for option in scenario.option:
        for line in option.channel:
            brought = positive & {line.need} if line.need else positive
            found[line.use] = found.get(line.use, frozenset()) | brought
    loaded = {name: protocol(name, scenario.folder) for name in sorted(found)}
    return [Used(scenario, each, each.serves & found[name]) for name, each in loaded.items()]
