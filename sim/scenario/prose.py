"""What a scenario file is taken to mean, for readers who never write one: `comity check` prints it."""

from collections import Counter
from collections.abc import Iterable

from sim.scenario import said
from sim.scenario.abuse import abuse
from sim.scenario.deciders import deciders
from sim.scenario.fit import idle_lines
from sim.scenario.hazards import hazards
from sim.scenario.restricted import own_law
from sim.scenario.schema import ChannelLine, Desk, Lever, Option, Scenario
from sim.scenario.screening import screening
from sim.scenario.systems import records
from sim.scenario.text import count, day, table, wrapped
from sim.scenario.upkeep import upkeep
from sim.units import Range, as_text

NEEDS = {
    "known_to_you": "to learn whether a partner knows a person", "identify": "to identify a person or a trace",
    "content": "of the content of a partner's file", "evidence": "of evidence for a court",
    "preserve": "to have data preserved", "locate": "to locate a person or thing",
    "convictions": "of earlier convictions", "warn": "to warn a partner", "link": "to find links between cases",
}


def prose(scenario: Scenario) -> str:
    """The whole scenario in plain words: the same text for the same scenario, always."""
    sections = (("", _head(scenario)), ("What is compared", _options(scenario)), ("Needs", _demand(scenario)),
                ("Desks", _desks(scenario)),
                *([("People who judge, and machines that advise", judging)] if (judging := deciders(scenario)) else []),
                *([("Screening", screening(scenario))] if scenario.screening else []),
                *([("Abuse and redress", abused)] if (abused := abuse(scenario)) else []),
                ("Records", [*records(scenario), *upkeep(scenario)]),
                *([("Break-ins", hazards(scenario.hazard))] if scenario.hazard is not None else []),
                *([("Law of its own", own)] if (own := own_law(scenario)) else []),
                ("Protocols", said.protocols(scenario)),
                ("Which protocol serves which need", said.fit(scenario)),
                ("Memberships", said.memberships(scenario)), ("Numbers with a source", said.given(scenario)),
                ("Assumptions", said.assumed(scenario)), ("How it is run", _run(scenario)))
    return "\n\n".join(_section(title, lines) for title, lines in sections) + "\n"


def _section(title: str, lines: Iterable[str]) -> str:
    heading = [title, "-" * len(title)] if title else []
    return "\n".join([*heading, *lines])


def _head(scenario: Scenario) -> list[str]:
    focus = scenario.jurisdiction[scenario.focus]
    invented = [code for code, state in scenario.jurisdiction.items() if state.synthetic]
    lines = [scenario.question, "=" * len(scenario.question),
             wrapped(f"Seen from {focus.name} ({scenario.focus}), under the law, memberships and systems of "
                     f"{day(scenario.as_of)}, among {count(len(scenario.jurisdiction), 'jurisdiction')}"
                     f"{f', {len(invented)} of them invented' if invented else ''}.")]
    return [*lines, wrapped(f"A simulation of invented people under stylised law (rules: {', '.join(scenario.rules)}). "
                            "No legal opinion, and no assessment of any state or body.")]


def _options(scenario: Scenario) -> list[str]:
    lines = []
    for number, option in enumerate(scenario.option):
        role = " (the others are compared with it)" if number == 0 and len(scenario.option) > 1 else ""
        lines += [f"{number + 1}. {option.name}{role}"]
        lines += [wrapped(channel_line(line), "       ", "     - ") for line in option.channel]
        lines += [wrapped(_lever(name, scenario.lever[name]), "       ", "     + ") for name in option.levers]
        lines += _idle(scenario, option)
    unused = [name for name in scenario.lever if not any(name in option.levers for option in scenario.option)]
    if unused:
        lines += [wrapped(f"Levers declared and used by no option: {', '.join(unused)}.")]
    return [*lines, "   Lines are read from the top; for each partner the first that fits a need decides."]


def channel_line(line: ChannelLine) -> str:
    """A channel line as a sentence."""
    urgency = f"{line.urgency} " if line.urgency else ""
    need = f"{urgency}need {NEEDS[line.need]} ({line.need})" if line.need else f"any {urgency}need"
    partners = f"with partners of {line.with_}" if line.with_ else "with any partner"
    return f"{need}, {partners}: {line.use}"


def _lever(name: str, lever: Lever) -> str:
    changes = "; ".join(f"{path} {_change(text)}" for path, text in lever.change.items())
    cost = f" Costs {lever.cost}." if lever.cost else " Its cost is not stated."
    loses = f" REMOVES A SAFEGUARD: {lever.loses}." if lever.loses else ""
    return f"lever {name}: {changes}.{cost}{loses}"


def _change(text: str | int | float) -> str:
    written = str(text)
    if written.startswith(("+", "-")):
        return f"{'raised' if written[0] == '+' else 'lowered'} by {written[1:].strip()}"
    return f"times {written[2:]}" if written.startswith("x ") else f"becomes {written}"


def _idle(scenario: Scenario, option: Option) -> list[str]:
    idle = idle_lines(scenario, option)
    return [wrapped(f"never of use here: {channel_line(line)}", "       ", "     ! ") for line in idle]


def _demand(scenario: Scenario) -> list[str]:
    demand, focus = scenario.demand, scenario.focus
    shares = {kind: share for kind, share in demand.kinds.share.items() if share.high > 0}
    weights = ", ".join(f"{kind} {as_text(share)}" for kind, share in shares.items())
    lines = [f"Needs of {focus} that concern partners: {as_text(demand.asked_by_us)}; needs of partners that concern "
             f"{focus}: {as_text(demand.asked_of_us)}.",
             f"Kinds of need, by weight: {weights}.",
             f"Urgent are {as_text(demand.urgent)}; an urgent answer is needed within {as_text(demand.needed.urgent)}, "
             f"any other within {as_text(demand.needed.ordinary)} (means).",
             f"Offences punishable by at most a year: {as_text(demand.minor_offence)}; no offence in the asked state: "
             f"{as_text(demand.no_offence_there)}.",
             f"Where the holder is not known, {as_text(demand.addressed.states)} states are asked, and a holder is "
             f"among them in {as_text(demand.addressed.right)}.",
             f"An answer is worth {as_text(demand.asking.worth)} of its investigator's time (mean); what costs more to "
             "ask is not asked."]
    if demand.among_others is not None:
        lines.insert(1, f"Needs that all other states bring to each other: {as_text(demand.among_others)}. They are "
                     f"cases too, which no result counts and none of which comes to {focus}; they take the place of "
                     f"other states' requests at all desks but those of {focus}.")
    if demand.bars:
        bars = [f"{kind.replace('_', ' ')} {as_text(share)}" for kind, share in demand.bars
                if isinstance(share, Range) and share.high > 0]
        lines += [f"What may stand against helping, of needs: {', '.join(bars)}."]
    if demand.growth:
        lines += [f"Volumes are those of {demand.growth.from_year}; they grow by {as_text(demand.growth.per_year)} a "
                  "year."]
    return [wrapped(line, "  ", "- ") for line in lines]


def _desks(scenario: Scenario) -> list[str]:
    classes = sorted({state.size for state in scenario.jurisdiction.values()})
    of = Counter(state.size for state in scenario.jurisdiction.values())
    sizes = "; ".join(f"{size}: {count(of[size], 'state')}" for size in classes)
    lines = [wrapped(f"Desks are the same for all states of a class ({sizes}). {scenario.focus} is of the class "
                     f"{scenario.jurisdiction[scenario.focus].size}.")]
    rows = [(name, desk.hours, *(as_text(desk.clerks[size]) for size in classes), as_text(desk.domestic),
             as_text(desk.other_foreign)) for name, desk in scenario.desk.items()]
    lines += table(("desk", "open", *(f"clerks {size}" for size in classes), "own work", "other states"), rows)
    own = (wrapped(_roster(scenario.focus, name, desk)) for name, desk in scenario.desk.items() if desk.focus)
    return [*lines, *own]


def _roster(focus: str, name: str, desk: Desk) -> str:
    assert desk.focus is not None
    clerks = desk.focus.clerks
    people = as_text(clerks) if isinstance(clerks, Range) else ", ".join(
        f"{as_text(number)} by {shift}" for shift, number in clerks.items())
    return f"{focus}'s own {name}: {people} clerks, {desk.focus.hours or desk.hours}."


def _run(scenario: Scenario) -> list[str]:
    run = scenario.run
    marking = f" Marked: {scenario.report.marking}." if scenario.report.marking else ""
    size = f"{count(run.futures, 'future')} with {count(run.replications, 'replication')} each"
    return [f"{size}, seed {run.seed}.",
            wrapped(f"{as_text(run.warm_up)} to warm up; needs that arise in the next {as_text(run.observe)} count; "
                    f"what is still open {as_text(run.drain)} later counts as open."),
            wrapped(f"Counts below {scenario.report.smallest_cell} are not printed.{marking}")]
