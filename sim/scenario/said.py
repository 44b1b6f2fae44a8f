"""The parts of the prose that carry evidence: protocols, fit, memberships, sources and assumptions."""

from collections.abc import Iterator

from sim import units
from sim.programs import Protocol
from sim.scenario import fit as fitting
from sim.scenario.explained import Explained, explained
from sim.scenario.facts import NOT_RE_READ, facts
from sim.scenario.members import instruments, members, undated
from sim.scenario.options import positive_kinds
from sim.scenario.protocols import protocol, protocols_of
from sim.scenario.schema import Membership, Scenario
from sim.scenario.text import count, day, table, wrapped
from sim.units import Period, Range


def used(scenario: Scenario) -> list[Protocol]:
    """The protocols of all options, by name."""
    names = {name for option in scenario.option for name in protocols_of(scenario, option)}
    return [protocol(name, scenario.folder) for name in sorted(names)]


def protocols(scenario: Scenario) -> list[str]:
    return [wrapped(f"{each.name}: {each.title}", "    ", "  ") for each in used(scenario)]


def fit(scenario: Scenario) -> list[str]:
    """Need kind x protocol, and how many partners each protocol reaches on the day."""
    found = used(scenario)
    rows = [[kind, *("serves" if kind in each.serves else "-" for each in found)] for kind in positive_kinds(scenario)]
    partners = fitting.partners(scenario)
    reach = ["partners reached", *(f"{len(fitting.reached(scenario, each))} of {len(partners)}" for each in found)]
    return table(["need", *(each.name for each in found)], [*rows, reach])


def memberships(scenario: Scenario) -> list[str]:
    """Instruments with their members on the day; the focus's own rows; rows whose day nobody has confirmed."""
    rows = []
    for name in instruments(scenario):
        bound = members(scenario, name, scenario.as_of) & scenario.jurisdiction.keys()
        known = scenario.instrument.get(name)
        rows.append([name, str(len(bound)), "yes" if scenario.focus in bound else "no", known.title if known else ""])
    return [*table(["instrument", "states bound", scenario.focus, ""], rows), f"The rows of {scenario.focus}:",
            *(wrapped(_row(row), "    ", "  ") for row in scenario.membership if row.jurisdiction == scenario.focus),
            *_not_confirmed(scenario)]


def _row(row: Membership) -> str:
    since = f"since {day(row.valid_from)}" if row.valid_from else "date not confirmed"
    until = f" until {day(row.valid_to)}" if row.valid_to else ""
    return f"{row.instrument}: {row.status.replace('_', ' ')}, {since}{until} ({row.confidence.replace('_', ' ')})"


def _not_confirmed(scenario: Scenario) -> Iterator[str]:
    by_instrument: dict[str, list[str]] = {}
    for row in undated(scenario):
        by_instrument.setdefault(row.instrument, []).append(row.jurisdiction)
    if by_instrument:
        yield "Date not confirmed; taken to hold from the first day the instrument can bind anyone:"
    for name, states in sorted(by_instrument.items()):
        known = scenario.instrument[name].earliest
        since = f"from {day(known)}" if known else "no first day known, so it binds nobody"
        yield wrapped(f"{name} ({since}): {', '.join(sorted(states))}", "    ", "  ")


def given(scenario: Scenario) -> list[str]:
    """Numbers that stand, by source."""
    found = [each for each in explained(scenario) if not each.is_assumed]
    return list(_by_source(found)) or ["None."]


def assumed(scenario: Scenario) -> list[str]:
    """Ranges nobody can narrow, by reason; and what is switched off."""
    found = list(explained(scenario))
    ranges = [each for each in found if each.is_assumed and each.is_open]
    nothing = [each.path for each in found if each.is_assumed and isinstance(each.value, Range) and each.value.high == 0
               and not each.path.startswith("task.")]
    lines = [f"{count(len(ranges), 'range')}: in every future each is drawn anew, every value in it equally likely.",
             *_by_source(ranges)]
    return [*lines, wrapped(f"Switched off (0): {', '.join(nothing)}.", "  ", "")] if nothing else lines


def _by_source(found: list[Explained]) -> Iterator[str]:
    by_source: dict[str, list[Explained]] = {}
    for each in found:
        by_source.setdefault(each.said, []).append(each)
    for source, values in by_source.items():
        yield wrapped(_source(source) if not values[0].is_assumed else f"because {source}:", "    ", "* ")
        yield from _values(values)


def _values(values: list[Explained]) -> Iterator[str]:
    width = max(len(each.path) for each in values)
    for each in values:
        yield f"    {each.path.ljust(width)}  {as_text(each.value)}{each.when and f' if {each.when}'}"


def _source(said: str) -> str:
    kind, _, rest = said.partition(":")
    if kind != "fact":
        return f"{said}:"
    fact = facts()[rest.strip()]
    doubt = "; NOT RE-READ" if fact.confidence in NOT_RE_READ else ""
    return f"fact {fact.id}: {fact.says} ({fact.title}, {fact.year}; {fact.confidence}{doubt}):"


def as_text(value: Range | Period | tuple[str, ...]) -> str:
    if isinstance(value, Range):
        return units.as_text(value)
    if isinstance(value, Period):
        return units.as_text(Range(value.amount, value.amount, "duration")) if value.unit == "elapsed" else (
            f"{value.amount} {value.unit}")
    return " or ".join(value)
