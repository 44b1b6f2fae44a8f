"""Which needs a protocol can serve, and between which states: known before anything runs."""

from collections.abc import Iterator

from sim.programs import Protocol
from sim.scenario.members import group, members
from sim.scenario.options import line_for, positive_kinds
from sim.scenario.protocols import protocol
from sim.scenario.schema import ChannelLine, Option, Scenario

URGENCIES = ("urgent", "ordinary")


def partners(scenario: Scenario) -> tuple[str, ...]:
    return tuple(sorted(code for code in scenario.jurisdiction if code != scenario.focus))


def reached(scenario: Scenario, through: Protocol) -> frozenset[str]:
    """The partners a protocol's channel reaches from the focus on the scenario's day: all, or its members' club."""
    if not through.members:
        return frozenset(partners(scenario))
    club = members(scenario, through.members, scenario.as_of)
    return frozenset(partners(scenario)) & club if scenario.focus in club else frozenset()


def served(scenario: Scenario, option: Option) -> Iterator[tuple[str, str, str]]:
    """(need kind, partner, urgency) that some line of an option serves between states it reaches."""
    protocols = {line.use: protocol(line.use, scenario.folder) for line in option.channel}
    reach = {name: reached(scenario, each) for name, each in protocols.items()}
    for kind in positive_kinds(scenario):
        for partner in partners(scenario):
            for urgency in URGENCIES:
                line = line_for(scenario, option, kind, partner, urgency)
                if line and kind in protocols[line.use].serves and partner in reach[line.use]:
                    yield kind, partner, urgency


def idle_lines(scenario: Scenario, option: Option) -> tuple[ChannelLine, ...]:
    """Lines that no need ever takes, or whose protocol cannot serve any need that takes them."""
    used = set()
    for kind in positive_kinds(scenario):
        for partner in partners(scenario):
            for urgency in URGENCIES:
                line = line_for(scenario, option, kind, partner, urgency)
                through = protocol(line.use, scenario.folder) if line else None
                if through and kind in through.serves and partner in reached(scenario, through):
                    used.add(line)
    return tuple(line for line in option.channel if line not in used)


def line_reach(scenario: Scenario, line: ChannelLine) -> int:
    """How many partners of a line its protocol reaches."""
    among = group(scenario, line.with_, scenario.as_of) if line.with_ else partners(scenario)
    return len(reached(scenario, protocol(line.use, scenario.folder)) & set(among))
