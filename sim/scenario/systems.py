"""Formats of records: every name in a scenario means a format that it lists."""

from collections.abc import Iterator
from typing import Any

from sim.scenario.files import nearest
from sim.scenario.names import Wrong, items, table
from sim.scenario.schema import Scenario
from sim.scenario.text import wrapped
from sim.units import as_text

FREE_TEXT = "free_text"
LOOKED_AT = {"family_name", "given_name", "birth_date"}     # other people are scored where they are alike in these


def format_names(tables: dict[str, Any]) -> Iterator[Wrong]:
    """Formats named by systems, links and institutions, and what systems cannot do without."""
    listed = [str(name) for _, name in items(tables.get("formats"))]
    if table(tables, "systems") and FREE_TEXT not in listed:
        yield ("formats",), listed, f"'{FREE_TEXT}' too: what is sent where no structure is shared"
    for path, name in _named(tables):
        if name and name not in listed:
            yield path, name, f"one of the scenario's formats{nearest(name, listed)}"
    if listed and not table(tables, "systems"):
        yield ("systems",), "nothing", "[systems]: which formats records are kept in, since `formats` are listed"


def unlisted(scenario: Scenario) -> Iterator[Wrong]:
    """The same of a scenario that was right before a lever."""
    if scenario.systems is not None and FREE_TEXT not in scenario.formats:
        yield ("formats",), ", ".join(scenario.formats), f"'{FREE_TEXT}' too: what is sent where no structure is shared"
    of_systems = scenario.systems.format if scenario.systems is not None else {}
    named = [(("systems", "format", size), name) for size, names in of_systems.items() for name in names]
    for kind, made in (("links", scenario.links), ("institution", scenario.institution)):
        named += [((kind, name, "format"), each.format) for name, each in made.items() if each.format]
    for path, name in named:
        if name not in scenario.formats:
            yield path, name, f"one of the scenario's formats{nearest(name, scenario.formats)}"


def _named(tables: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for size, names in table(tables, "systems", "format").items():
        for number, name in items([names] if isinstance(names, str) else names):
            yield ("systems", "format", size, number) if not isinstance(names, str) else ("systems", "format",
                                                                                         size), str(name)
    for kind in ("links", "institution"):
        for name, made in table(tables, kind).items():
            if isinstance(made, dict) and isinstance(made.get("format"), str):
                yield (kind, name, "format"), made["format"]


def records(scenario: Scenario) -> list[str]:
    """Who is on record, and how records are written, as sentences."""
    people = scenario.people
    lines = [f"{people.persons:,} persons are asked about; each state keeps records on {people.records:,} others, "
             f"{min(people.alerts, people.records):,} of them alerts. Names follow a law of frequency with exponent "
             f"{people.homonyms:g}.",
             f"Populations overlap as declared, which nobody knows: {_overlap(scenario)}."]
    if people.life is not None:
        lines.append(f"Within a year {as_text(people.life.moves)} of people move, {as_text(people.life.marries)} "
                     f"marry, and {as_text(people.life.document)} are given a new document.")
    if scenario.systems is None:
        lines.append("Records travel as they are written: no formats are declared, so none loses anything.")
    else:
        lines += list(_formats(scenario))
    lines += list(_half_seen(scenario))
    return [wrapped(line, "  ", "- ") for line in lines]


def _half_seen(scenario: Scenario) -> Iterator[str]:
    """Matchers by whom more people would be found than are looked at: false hits are too few then."""
    for name, matcher in scenario.matcher.items():
        loose = matcher.threshold is not None and matcher.threshold.low < 0.8
        if matcher.kind != "biometric" and (loose or matcher.missing == "drop" or not set(matcher.fields) >= LOOKED_AT):
            yield (f"The matcher {name} would find people who are like the subject in less than name and date of "
                   "birth: only those alike in both are looked at, so its false hits are too few here.")


def _overlap(scenario: Scenario) -> str:
    shares = (f"{as_text(share)} of subjects of {kind}" for kind, share in scenario.people.known.items())
    return f"{', '.join(shares)} are on record with {as_text(scenario.people.holders)} states on average"


def _formats(scenario: Scenario) -> Iterator[str]:
    assert scenario.systems is not None, "`records` looks"
    kept = (f"{size} states {' or '.join(names)}" for size, names in scenario.systems.format.items())
    yield f"Records are kept in formats by class, one of which is true: {'; '.join(kept)}."
    wires = [f"{name} in {link.format}" for name, link in scenario.links.items() if link.format]
    if wires:
        yield f"Structured messages travel over {', '.join(wires)}."
    yield ("Other messages are free text, keyed in again by a clerk, who mistypes "
           f"{as_text(scenario.systems.rekeying)} of the fields.")
