"""Which protocol can serve which need, shown before anything is ranked: none is compared on what it does not serve."""

from sim.programs import Protocol
from sim.scenario import fit, protocols_of
from sim.scenario.options import positive_kinds
from sim.scenario.protocols import protocol
from sim.scenario.schema import Scenario

SERVES, SERVES_NOT = "serves", "-"


def protocols(scenario: Scenario) -> list[Protocol]:
    """The protocols of all options, by name."""
    names = {name for option in scenario.option for name in protocols_of(scenario, option)}
    return [protocol(name, scenario.folder) for name in sorted(names)]


def table(scenario: Scenario) -> tuple[list[str], list[list[str]]]:
    """Head and rows: a protocol a row, need kinds as columns, and at last how many partners its channel reaches."""
    kinds, partners = positive_kinds(scenario), fit.partners(scenario)
    rows = [[each.name, *(SERVES if kind in each.serves else SERVES_NOT for kind in kinds),
             f"{len(fit.reached(scenario, each))} of {len(partners)}"] for each in protocols(scenario)]
    return ["protocol", *(kind.replace("_", " ") for kind in kinds), "partners reached"], rows
