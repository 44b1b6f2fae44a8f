"""One page tells the whole result: the answer on its first screen, below it every figure and what it rests on.

It is one file without script or address, so that it can be handed on and read offline.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from sim.experiments import Comparison
from sim.report import elsewhere, exchange, fit, words
from sim.report.blocks import compared
from sim.scenario.explained import Explained, explained
from sim.scenario.facts import NOT_RE_READ, facts
from sim.scenario.prose import channel_line
from sim.scenario.said import as_text
from sim.scenario.schema import Option, Scenario
from sim.scenario.text import count, day
from sim.units import as_text as quantity

CLASS_ASSUMPTION = "desks: class assumption"
OWN_ROSTER = "desks: own roster"
NOT_SAID = ("whether the exchange is necessary or proportionate", "whether more crimes are solved",
            "how any state or body performs; desks, data quality and willingness are classes")
CAPTIONS = {
    "needs": ("What becomes of 100 needs of each option, cut into nine classes that add to 100",
              "The same numbers stand in the table of figures."),
    "time_to_answer": ("Share of all cases answered against time since asking, urgent and ordinary",
                       "Cases never answered count as such; dashed vertical lines are statutory limits."),
}


@dataclass(frozen=True)
class Source:
    """What stands on one source or reason."""

    text: str
    doubt: str
    values: tuple[tuple[str, str], ...]


def html(comparison: Comparison, drawings: dict[str, str]) -> str:
    """The page as HTML. drawings: name of the figure -> its SVG."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    room = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
                       trim_blocks=True, lstrip_blocks=True)
    scenario = comparison.scenario
    found = list(explained(scenario))
    return room.get_template("page.html.j2").render(
        scenario=scenario, focus=scenario.jurisdiction[scenario.focus].name, day=day(scenario.as_of),
        desks=desks_mark(scenario), answer=[*words.answer(comparison), *exchange.rates(comparison)],
        hangs_on=hangs_on(comparison), flips_if=flips_if(comparison), not_said=NOT_SAID, fit=fit.table(scenario),
        drawings={name: inline(text, name) for name, text in drawings.items()},
        options=[(each.name, described(scenario, each)) for each in scenario.option],
        compared=compared(comparison), note_elsewhere=elsewhere.note(comparison),
        rests=rests(comparison), utilisation=utilisation(comparison),
        assumed=by_source(each for each in found if each.is_assumed and each.is_open),
        given=by_source(each for each in found if not each.is_assumed), metrics=explanations(comparison))


def desks_mark(scenario: Scenario) -> str:
    """Whose desks the figures of the focus rest on."""
    own = sorted(name for name, desk in scenario.desk.items() if desk.focus)
    if len(own) == len(scenario.desk):
        return OWN_ROSTER
    return f"{CLASS_ASSUMPTION}, but for {', '.join(own)} ({OWN_ROSTER})" if own else CLASS_ASSUMPTION


def described(scenario: Scenario, option: Option) -> list[str]:
    """The lines of an option, and its levers with what they cost and lose."""
    levers = [f"lever {name}: {'; '.join(f'{path} {text}' for path, text in scenario.lever[name].change.items())}"
              f"{f' (costs: {scenario.lever[name].cost})' if scenario.lever[name].cost else ''}"
              f"{f' REMOVES A SAFEGUARD: {scenario.lever[name].loses}' if scenario.lever[name].loses else ''}"
              for name in option.levers]
    return [*(channel_line(line) for line in option.channel), *levers]


def hangs_on(comparison: Comparison) -> list[str]:
    """Of the option that does best."""
    k = words.best(comparison)
    if k == 0:
        return ["There is nothing to compare with."]
    found = comparison.sensitivities[k - 1]
    if not found.can_tell:
        return [f"{count(found.futures, 'future')} are too few to tell."]
    if not found.hangs_on:
        return [f"No single assumption stands out among the {found.tried} drawn ({count(found.futures, 'future')}; at "
                "most one such search in a hundred would name one by chance). The strongest signs, none told apart "
                "from chance:", *words.hangs_on(found.strongest)]
    return words.hangs_on(found.hangs_on)


def flips_if(comparison: Comparison) -> list[str]:
    k = words.best(comparison)
    turns = words.flips(comparison.sensitivities[k - 1].flips) if k else []
    return turns or ["No single assumption that was told apart turns the answer round within its range."]


def rests(comparison: Comparison) -> list[tuple[str, str]]:
    """What the figures rest on, one fact each."""
    run, runs = comparison.scenario.run, comparison.runs
    mean = runs.groupby("run")[["needs", "cases", "messages", "disclosures"]].sum().mean()
    reach = comparison.line("reach")
    reached = [f"{name}: {words.number(level.value)} of 100" for name, level in
               zip(comparison.options, reach.levels, strict=True)] if reach else []
    return [
        ("plausible futures", f"{run.futures}; in each every assumption is drawn anew from its range"),
        ("replications of each", f"{run.replications}; all options meet the same needs, people and luck"),
        ("needs in each run", f"{mean['needs']:.0f}, warm-up included; "
                              f"{mean['cases']:.0f} cases with the desks' own work, {mean['messages']:.0f} messages"),
        ("window", f"warm-up {quantity(run.warm_up)}, observed {quantity(run.observe)}, then "
                   f"{quantity(run.drain)} until what is open is counted as open"),
        ("reach", "; ".join(reached) + ": needs that some channel serves between states it binds"),
        ("seed", str(run.seed)),
        ("desks", f"{desks_mark(comparison.scenario)} (class {_class(comparison.scenario)})"),
    ]


def _class(scenario: Scenario) -> str:
    return scenario.jurisdiction[scenario.focus].size


def utilisation(comparison: Comparison) -> list[tuple[str, str, list[str]]]:
    """(desk, whose, figure of each option): clerk time that work of any kind takes."""
    side = {"ours": f"{comparison.scenario.focus} ({desks_mark(comparison.scenario)})", "partners": "partners together"}
    return [(line.key.group, side.get(line.key.slice, line.key.slice),
             [words.number(level.value, line.key.unit) for level in line.levels])
            for line in comparison.lines if line.key.metric == "utilisation" and line.key.group]


def by_source(found: Iterable[Explained]) -> list[Source]:
    """Values by the source they stand on, in the order of the scenario."""
    gathered: dict[str, list[tuple[str, str]]] = {}
    for each in found:
        condition = f" if {each.when}" if each.when else ""
        gathered.setdefault(each.said, []).append((each.path, as_text(each.value) + condition))
    return [Source(*_source(said), tuple(values)) for said, values in gathered.items()]


def _source(said: str) -> tuple[str, str]:
    kind, _, rest = said.partition(":")
    if kind != "fact":
        return said, ""
    fact = facts()[rest.strip()]
    doubt = f"not re-read ({fact.confidence})" if fact.confidence in NOT_RE_READ else ""
    return f"{fact.says} {fact.title}, {fact.year} ({fact.id})", doubt


def explanations(comparison: Comparison) -> list[tuple[str, str]]:
    """What each metric of the tables means."""
    names = dict.fromkeys(line.key.metric for line in comparison.lines)
    return [(name.replace("_", " "), words.says(name)) for name in names]


def inline(svg: str, name: str) -> Markup:
    """An SVG to stand in the page: told in words to those who cannot see it, its ids apart from those of others."""
    title, more = CAPTIONS[name]
    body = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg"):], flags=re.DOTALL)
    body = re.sub(r'\b(id="|xlink:href="#|href="#|url\(#)', rf"\1{name}-", body)
    head = f'<svg role="img" aria-labelledby="{name}-title {name}-desc"'
    told = f'<title id="{name}-title">{title}</title><desc id="{name}-desc">{more}</desc>'
    # The drawing is our own; what names of options stand in it, matplotlib has escaped.
    return Markup(re.sub(r"(<svg[^>]*>)", lambda tag: tag[1] + told, body.replace("<svg", head, 1), count=1))
