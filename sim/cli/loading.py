"""A scenario as a command reads it: every fault that can be told before anything runs, with its place."""

from sim.content.usable import check_content
from sim.errors import ScenarioError
from sim.scenario import load, placed
from sim.scenario.schema import Scenario


def loaded(name: str) -> Scenario:
    """Raises ScenarioError with the file and line of each fault, of what content cannot read too."""
    scenario = load(name)
    try:
        check_content(scenario)
    except ScenarioError as error:
        raise placed(name, error) from None
    return scenario
