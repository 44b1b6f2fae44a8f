"""A scenario as a command reads it: every fault that can be told before anything runs, with its place."""

from sim import world
from sim.content.usable import check_content
from sim.errors import ScenarioError
from sim.scenario import load, placed, protocols_of, settle
from sim.scenario.protocols import protocol
from sim.scenario.schema import Scenario


def loaded(name: str) -> Scenario:
    """Raises ScenarioError with the file and line of each fault, of what content cannot read too."""
    scenario = load(name)
    try:
        check_content(scenario)
    except ScenarioError as error:
        raise placed(name, error) from None
    return scenario


def build_once(scenario: Scenario) -> None:
    """What protocols demand of the scenario's law, groups and matchers is judged where a world is made of them.

    Raises ScriptError as a run would.
    """
    names = sorted({name for each in scenario.option for name in protocols_of(scenario, each)})
    settled = settle(scenario, scenario.run.seed, 0)
    world.build(settled, tuple(protocol(name, scenario.folder) for name in names), scenario.run.seed, 0, settled)
