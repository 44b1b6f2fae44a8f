"""Protocols compared by themselves: the same scenario, its only options one protocol each."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from sim.errors import Fault, ScenarioError
from sim.scenario import fit, protocols
from sim.scenario.deciders import machine_alone
from sim.scenario.files import nearest
from sim.scenario.quotas import QuotaSetting, WindowSetting
from sim.scenario.schema import ChannelLine, ClockSetting, Option, Scenario, ShareSetting
from sim.scenario.sources import source_faults, with_sources
from sim.scenario.tasks import TaskSetting
from sim.script import DESKLESS

SETTINGS: dict[str, TypeAdapter[Any]] = {
    "task": TypeAdapter(dict[str, TaskSetting]), "clock": TypeAdapter(dict[str, ClockSetting]),
    "fact": TypeAdapter(dict[str, ShareSetting]), "chance": TypeAdapter(dict[str, ShareSetting]),
    "quota": TypeAdapter(dict[str, QuotaSetting]), "window": TypeAdapter(dict[str, WindowSetting]),
}


def with_protocol(scenario: Scenario, protocol: str) -> Scenario:
    """The scenario whose only option is one protocol for every need with every partner."""
    return with_options(scenario, [protocol])


def with_options(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario whose options are these protocols, each alone for every need with every partner.

    Tasks, clocks, facts and the like are those the protocols declare, as the scenario overrides them.
    Raises ScriptError for a protocol that is unknown or cannot become a table; ScenarioError where one serves nothing
    here, or names a desk, a link or an institution that the scenario does not declare.
    """
    chosen = tuple(names)
    if not chosen or len(set(chosen)) < len(chosen):
        raise ScenarioError([Fault(scenario.name, None, "protocols", f"'{','.join(chosen)}'",
                                   "protocols, each named once")])
    options = tuple(Option(name=name, channel=(ChannelLine(use=name),)) for name in chosen)
    declared, faults = protocols.layer(protocols.protocol(option.name, scenario.folder) for option in options)
    faults += source_faults(declared)
    tables: dict[str, Any] = with_sources(declared)
    protocols.limits_by_calendar(tables)
    settings = {kind: _overridden(adapter.validate_python(tables.get(kind, {})), getattr(scenario, kind))
                for kind, adapter in SETTINGS.items()}
    alone = scenario.model_copy(update={"option": options, **settings})
    faults += [*_desks(alone), *_serving(alone)]
    if faults:
        raise ScenarioError(faults)
    return alone


def _overridden(declared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    return {name: own.get(name, setting) for name, setting in declared.items()}


def _desks(scenario: Scenario) -> list[Fault]:
    known = [*scenario.desk, *DESKLESS]
    return [Fault(scenario.name, None, f"task.{name}.desk", task.desk, f"a declared desk{nearest(task.desk, known)}")
            for name, task in scenario.task.items() if task.desk not in known]


def _serving(scenario: Scenario) -> list[Fault]:
    faults = [Fault(scenario.name, None, ".".join(map(str, path)), str(got), expected)
              for path, got, expected in (*fit.place_faults(scenario), *machine_alone(scenario))]
    return faults + [Fault(scenario.name, None, "option", f"'{option.name}'", fit.SERVES_SOMETHING)
                     for option in scenario.option if not fit.serves(scenario, option)]
