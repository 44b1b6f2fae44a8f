"""What content cannot read of a scenario whose every key fits, told before anything runs, with the levers."""

from collections.abc import Callable, Iterator
from functools import partial

from sim.content.errors import check_errors
from sim.content.formats import load_formats
from sim.content.matchers import check
from sim.content.people import spoken
from sim.errors import Fault, ScenarioError
from sim.scenario.options import apply_levers
from sim.scenario.schema import Scenario


def check_content(scenario: Scenario) -> None:
    """Matchers, presets and types of error, languages, packs of formats; of a scenario as loaded.

    Raises ScenarioError with every fault, once each.
    """
    levers = {option.levers: option for option in scenario.option}
    faults = {fault: None for option in levers.values() for fault in _faults(apply_levers(scenario, option))}
    if faults:
        raise ScenarioError(list(faults))


def _faults(scenario: Scenario) -> Iterator[Fault]:
    presets = {preset: None for of_class in scenario.people.quality.values() for preset in of_class}
    yield from _raised(partial(check, scenario.matcher))
    yield from _raised(partial(check_errors, scenario.people, presets))
    yield from _raised(partial(load_formats, scenario.formats, scenario.folder))
    for code, place in scenario.jurisdiction.items():
        yield from _raised(partial(spoken, code, place.languages))


def _raised(read: Callable[[], object]) -> list[Fault]:
    try:
        read()
    except ScenarioError as error:
        return list(error.faults)
    return []
