"""The border between a file and the model: behind it a scenario is complete, checked and cannot be wrong any more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim import programs
from sim.errors import Fault, ScenarioError, ScriptError
from sim.programs import Protocol
from sim.scenario import fit, protocols
from sim.scenario.bars import bar_faults
from sim.scenario.days import calendar_faults
from sim.scenario.deciders import decider_faults
from sim.scenario.files import SHIPPED, beside_or_shipped, nearest, open_scenario
from sim.scenario.hazards import hazard_faults
from sim.scenario.layers import Layers, layers
from sim.scenario.lines import Path as KeyPath
from sim.scenario.members import undated
from sim.scenario.merge import Table, fault_at, merge, plain, without
from sim.scenario.names import OF_PROTOCOLS, channel_lines, items, name_faults, table
from sim.scenario.options import apply_levers, complete, option_faults, positive_kinds
from sim.scenario.restricted import restriction_faults
from sim.scenario.rule_dates import rule_date_faults
from sim.scenario.schema import Scenario
from sim.scenario.screening import screening_faults
from sim.scenario.sensitivity import sensitivity_faults
from sim.scenario.sources import source_faults, with_sources
from sim.scenario.systems import format_names
from sim.scenario.typed import typed
from sim.scenario.unused import without_unused
from sim.scenario.upkeep import upkeep_faults
from sim.units import as_text

Wrong = tuple[KeyPath, object, str]


def load(name: str | Path) -> Scenario:
    """The scenario of a name or a path. Raises ScenarioError with every fault that can be told."""
    gathered = layers(open_scenario(name))
    if not gathered.complete:
        # What a missing file says would otherwise be told as missing, key by key.
        raise ScenarioError(list(gathered.faults))
    scenario, tree, faults = _parse(gathered)
    if scenario is None or faults:
        raise ScenarioError(faults)
    faults = [fault_at(tree, path, got, expected) for path, got, expected in _late(scenario)]
    if faults:
        raise ScenarioError(faults)
    return scenario


def placed(name: str | Path, error: ScenarioError) -> ScenarioError:
    """Faults that were told of a loaded scenario by their keys alone, with the file and line that set each key."""
    tree = _parse(layers(open_scenario(name)))[1]
    return ScenarioError([fault_at(tree, tuple(fault.key.split(".")), fault.got, fault.expected)
                          if fault.file == "scenario" else fault for fault in error.faults])


def _parse(gathered: Layers) -> tuple[Scenario | None, Table, list[Fault]]:
    """All that can be told of the tables by themselves, whichever of them are wrong."""
    used, faults = _protocols(gathered)
    declared, contradictions = protocols.layer(used)
    # What cannot be read declares nothing, so overrides of it could not be judged.
    own = without(gathered.tree, OF_PROTOCOLS) if faults else gathered.tree
    tree = merge(declared, own if faults else without_unused(own, declared))
    tables = with_sources(tree)
    protocols.limits_by_calendar(tables)
    rows = tuple(row for row in gathered.memberships if row.jurisdiction in table(tables, "jurisdiction"))
    about = {"name": gathered.name, "folder": gathered.folder, "membership": rows}
    scenario, wrong_types = typed({**tables, **about}, tree)
    instruments = {*table(tables, "instrument"), *(row.instrument for row in gathered.memberships)}
    faults = [*gathered.faults, *faults, *contradictions, *wrong_types,
              *(fault_at(tree, *wrong) for wrong in option_faults(tables.get("option"))),
              *(fault_at(tree, *wrong) for wrong in _packs(tables, gathered)),
              *(fault_at(tree, *wrong) for wrong in format_names(tables)),
              *name_faults(tables, tree, instruments, declared), *source_faults(tree)]
    if scenario is not None and not faults:
        scenario = scenario.model_copy(update={"option": complete(scenario.option)})
    return scenario, tree, _once(faults)


def _once(faults: list[Fault]) -> list[Fault]:
    """One fault for a key, the first told; those of whole files first."""
    found: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        found.setdefault((fault.file, fault.key), fault)
    return list(found.values())


def _protocols(gathered: Layers) -> tuple[list[Protocol], list[Fault]]:
    """The protocols the options name; a fault for each that is unknown or cannot become a table."""
    found: dict[str, Protocol] = {}
    faults = []
    for path, line in channel_lines(plain(gathered.tree)):
        name = line.get("use")
        if not isinstance(name, str) or name in found:
            continue
        try:
            found[name] = protocols.protocol(name, gathered.folder)
        except ScriptError as error:
            faults.append(fault_at(gathered.tree, (*path, "use"), name, _instead(name, str(error))))
    return list(found.values()), faults


def _instead(name: str, refusal: str) -> str:
    if refusal.startswith("no protocol is named"):
        return f"a protocol{nearest(name, programs.names())}"
    return refusal.replace("\n", "\n          ")


def _packs(tables: dict[str, Any], gathered: Layers) -> Iterator[Wrong]:
    """Packs of laws and of formats that stand nowhere."""
    for key, folder in (("rules", "packs/laws"), ("formats", "packs/formats")):
        for number, name in items(tables.get(key)):
            try:
                beside_or_shipped(str(name), ".toml", Path(gathered.folder or SHIPPED), folder)
            except ScenarioError as error:
                yield (key, number), name, error.faults[0].expected


def _late(scenario: Scenario) -> Iterator[Wrong]:
    """What can only be told of a scenario whose every part is right by itself."""
    yield from _undated(scenario)
    yield from calendar_faults(scenario)
    yield from _known(scenario)
    yield from _overfull(scenario)
    yield from screening_faults(scenario)
    yield from upkeep_faults(scenario)
    yield from hazard_faults(scenario.hazard)
    yield from _others(scenario)
    yield from decider_faults(scenario)
    yield from bar_faults(scenario)
    yield from restriction_faults(scenario)
    yield from rule_date_faults(scenario)
    yield from sensitivity_faults(scenario.sensitivity)
    yield from fit.place_faults(scenario)
    yield from _lever_paths(scenario) or _lever_sets(scenario)
    for number, option in enumerate(scenario.option):
        if not fit.serves(scenario, option):
            yield ("option", number), option.name, fit.SERVES_SOMETHING


def _undated(scenario: Scenario) -> Iterator[Wrong]:
    """A row without a day needs an instrument that says from when it can bind."""
    for instrument in sorted({row.instrument for row in undated(scenario)} - scenario.instrument.keys()):
        yield (("membership",), instrument, f"valid_from in each row of {instrument}, or its earliest day in a table "
               f"[instrument.{instrument}]")


def _known(scenario: Scenario) -> Iterator[Wrong]:
    for kind in positive_kinds(scenario):
        if kind not in scenario.people.known:
            yield ("people", "known"), ", ".join(scenario.people.known), f"a share for needs of the kind '{kind}' too"


def _lever_paths(scenario: Scenario) -> list[Wrong]:
    """What each change of a lever would do by itself."""
    found: list[Wrong] = []
    for name, lever in scenario.lever.items():
        for path, text in lever.change.items():
            one = {name: lever.model_copy(update={"change": {path: text}})}
            refused = _refused(scenario.model_copy(update={"lever": one}), (name,))
            found += [(("lever", name, "change", path), text, refused.expected)] if refused else []
    return found


def _lever_sets(scenario: Scenario) -> list[Wrong]:
    """What all changes of a lever, and all levers of an option, would do together."""
    sets: list[tuple[KeyPath, tuple[str, ...]]] = [(("lever", name, "change"), (name,)) for name in scenario.lever]
    sets += [(("option", number, "levers"), option.levers) for number, option in enumerate(scenario.option)]
    refused = [(path, _refused(scenario, levers)) for path, levers in sets]
    return [(path, fault.got, f"{fault.key}: {fault.expected}") for path, fault in refused if fault]


def _refused(scenario: Scenario, levers: tuple[str, ...]) -> Fault | None:
    try:
        apply_levers(scenario, scenario.option[0].model_copy(update={"levers": levers}))
    except ScenarioError as error:
        return error.faults[0]
    return None


def _overfull(scenario: Scenario) -> Iterator[Wrong]:
    """A desk whose own work fills it even at the low ends never comes to a request."""
    for name, desk in scenario.desk.items():
        low = desk.domestic.low + desk.other_foreign.low
        if low >= 1:
            yield (("desk", name, "domestic"), f"{low:.0%} with other_foreign",
                   "below 100 % of the clerks' time together")


def _others(scenario: Scenario) -> Iterator[Wrong]:
    """Cases among others have a rate, and two states at least between which they arise; a background has none."""
    demand, others = scenario.demand, len(scenario.jurisdiction) - 1
    if demand.others == "background" and demand.among_others is not None:
        yield (("demand", "among_others"), as_text(demand.among_others), "no rate while others = \"background\", where "
               "their traffic is the other_foreign of the desks")
    if demand.others == "cases" and demand.among_others is None:
        yield (("demand", "among_others"), "nothing", "with others = \"cases\" what all other states bring to "
               "each other, e.g. '380 to 420 per day'")
    if demand.others == "cases" and others < 2:
        yield (("demand", "others"), "cases", f"\"background\": cases among others arise between two of them at least, "
               f"and beside the focus there is {others}")
