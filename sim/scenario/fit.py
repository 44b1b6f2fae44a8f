"""Which needs a protocol can serve, and between which states: known before anything runs."""

from collections.abc import Iterator
from itertools import product

from sim.programs import Protocol
from sim.scenario.files import nearest
from sim.scenario.members import group, members
from sim.scenario.options import positive_kinds
from sim.scenario.protocols import protocol, protocols_of
from sim.scenario.schema import ChannelLine, Option, Scenario

URGENCIES = ("urgent", "ordinary")
SERVES_SOMETHING = ("a line that serves some need of the focus with some partner: by a protocol that serves the need, "
                    "and reaches both states on the scenario's day")
Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected


def partners(scenario: Scenario) -> tuple[str, ...]:
    return tuple(sorted(code for code in scenario.jurisdiction if code != scenario.focus))


def reached(scenario: Scenario, through: Protocol) -> frozenset[str]:
    """The partners a protocol's channel reaches from the focus on the scenario's day: all, or its members' club."""
    if not through.members:
        return frozenset(partners(scenario))
    club = members(scenario, through.members, scenario.as_of)
    return frozenset(partners(scenario)) & club if scenario.focus in club else frozenset()


def serves(scenario: Scenario, option: Option) -> bool:
    """Whether anything at all can come of an option."""
    return bool(_used(scenario, option))


def idle_lines(scenario: Scenario, option: Option) -> tuple[ChannelLine, ...]:
    """Lines that no need ever takes, or whose protocol cannot serve any need that takes them."""
    used = _used(scenario, option)
    return tuple(line for line in option.channel if line not in used)


def _used(scenario: Scenario, option: Option) -> set[ChannelLine]:
    """Lines that serve some kind of need with some partner whom their protocol reaches."""
    protocols = {line.use: protocol(line.use, scenario.folder) for line in option.channel}
    reach = {name: reached(scenario, each) for name, each in protocols.items()}
    groups = {line.with_: partners_of(scenario, line) for line in option.channel}
    used = set()
    for kind, partner, urgency in product(positive_kinds(scenario), partners(scenario), URGENCIES):
        line = next((line for line in option.channel if line.need in ("", kind) and line.urgency in ("", urgency)
                     and partner in groups[line.with_]), None)
        if line and kind in protocols[line.use].serves and partner in reach[line.use]:
            used.add(line)
    return used


def partners_of(scenario: Scenario, line: ChannelLine) -> frozenset[str]:
    """The partners a line is for."""
    everybody = frozenset(partners(scenario))
    return everybody & set(group(scenario, line.with_, scenario.as_of)) if line.with_ else everybody


def place_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Links and institutions that a protocol of some option needs and the scenario does not declare."""
    if "internal" not in scenario.links:
        yield ("links",), ", ".join(scenario.links), "a link 'internal' for messages inside one state"
    for number, option in enumerate(scenario.option):
        for name in protocols_of(scenario, option):
            through = protocol(name, scenario.folder)
            if through.network and through.network not in scenario.links:
                yield ("links",), name, f"a link '{through.network}', which the protocol {name} travels on"
            for role, side in through.parties.items():
                if side not in ("requester", "responder") and side not in scenario.institution:
                    yield (("option", number), name, f"an institution '{side}', where the party {role} of {name} stands"
                           + nearest(side, scenario.institution))
