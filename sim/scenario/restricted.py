"""What is wrong with the restrictions of a scenario, and what they say in words."""

from collections.abc import Iterator

from sim.scenario.files import nearest
from sim.scenario.members import instruments
from sim.scenario.protocols import protocol, protocols_of
from sim.scenario.restrictions import Restriction
from sim.scenario.rule_dates import Days, RuleDates, rule_days
from sim.scenario.schema import Scenario
from sim.scenario.text import day, wrapped

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected


def restriction_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Names that mean nothing, owners that keep things from themselves, periods that end before they begin."""
    known, acts = {*scenario.jurisdiction, *scenario.institution}, _acts(scenario)
    for number, each in enumerate(scenario.restriction):
        at = ("restriction", number)
        if not (each.from_ or each.because):
            yield at, f"{each.owner} and {', '.join(each.partners)}", "a source: from = \"...\" or because = \"...\""
        if each.owner not in known:
            yield (*at, "owner"), each.owner, f"a declared state or body{nearest(each.owner, known)}"
        yield from _partners(each, known, at)
        for place, instrument in enumerate(each.instruments):
            if instrument not in acts:
                yield (*at, "instruments", place), instrument, f"an instrument in use{nearest(instrument, acts)}"
        if not each.categories:
            yield (*at, "categories"), "[]", "at least one category; leave the key out where all are kept"
        if each.valid_from and each.valid_to and each.valid_to < each.valid_from:
            yield (*at, "valid_to"), str(each.valid_to), f"a day not before valid_from, {each.valid_from}"
        if each.reciprocal and "reciprocity" not in scenario.law.refusal:
            yield ("law", "refusal"), ", ".join(scenario.law.refusal), (
                "a share for the ground 'reciprocity' too, on which a partner may refuse in turn")


def _acts(scenario: Scenario) -> set[str]:
    used = {name for option in scenario.option for name in protocols_of(scenario, option)}
    return {*instruments(scenario), *(protocol(name, scenario.folder).instrument for name in used)}


def _partners(each: Restriction, known: set[str], at: tuple[str | int, ...]) -> Iterator[Wrong]:
    if not each.partners:
        yield (*at, "partners"), "[]", "at least one state or body"
    for place, partner in enumerate(each.partners):
        if partner not in known or partner == each.owner:
            others = known - {each.owner}
            yield (*at, "partners", place), partner, f"another declared state or body{nearest(partner, others)}"


def own_law(scenario: Scenario) -> list[str]:
    """In words: rules on other days than their packs', and what owners keep from partners."""
    known = rule_days(scenario.rules, scenario.folder) if scenario.law.rule else {}
    lines = [_days(name, dates, known[name]) for name, dates in scenario.law.rule.items()]
    return [wrapped(line, "  ", "- ") for line in (*lines, *map(_said, scenario.restriction))]


def _days(name: str, dates: RuleDates, of_pack: Days) -> str:
    first, last = dates.over(of_pack)
    spans = [f"{word} {day(of)}" for word, of in (("from", first), ("to", last)) if of]
    pack = [f"{word} {day(of)}" for word, of in zip(("from", "to"), of_pack, strict=True) if of]
    return (f"Rule {name} is in force {' '.join(spans) or 'throughout'}, by the scenario's own choice (its pack says "
            f"{' '.join(pack) or 'throughout'}).")


def _said(each: Restriction) -> str:
    kept = f"gives {', '.join(each.partners)} no {', '.join(each.categories)}"
    save = f", save of persons of the kind {', '.join(each.offers)}" if each.offers else ""
    under = f" under {', '.join(each.instruments)}" if each.instruments else ""
    days = "".join(f" {word} {day(of)}" for word, of in (("from", each.valid_from), ("to", each.valid_to)) if of)
    back = " The partner may refuse the same in turn." if each.reciprocal else ""
    return f"{each.owner} {kept}{save}{under}{days}.{back}"
