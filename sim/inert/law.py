"""Which grounds of refusal a review can come to, and which facts of a case the law of its transfers asks about."""

from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from sim import laws
from sim.inert.used import Used, said_urgent
from sim.laws.rules import CLOSED
from sim.programs import Protocol
from sim.scenario import members
from sim.scenario.bars import Bars
from sim.scenario.fit import partners
from sim.scenario.schema import Scenario
from sim.script import Is, Review, Send
from sim.units import Range

Cut = tuple[str, str]
ASKS = {"people.handling": "handling", "demand.no_offence_there": "dual", "demand.minor_offence": "minor",
        "demand.bars": "bar"}


def cut(scenario: Scenario, used: list[Used]) -> Iterator[Cut]:
    """Key paths of shares of refusal, and of facts of a case, that nothing hangs on."""
    places = (*sorted(scenario.jurisdiction), *sorted(scenario.institution))
    law = _verdicts(scenario, used, places)
    grounds = {found for each in used for found in _grounds(each, law, places)}
    for ground in scenario.law.refusal.keys() - {ground for ground, _ in grounds}:
        yield f"law.refusal.{ground}", "no review can come to this ground"
    willing = {scenario.jurisdiction[code].size for ground, code in grounds if ground == "at_will"}
    for size in scenario.law.at_will.keys() - willing:
        yield f"law.at_will.{size}", "no review leaves a state of this class its will"
    told = {_cell(law, each.protocol, row.instruction.content) for each in used for row in each.rows
            if isinstance(row.instruction, (Send, Review))}
    asked = {row.instruction.fact for each in used for row in each.rows if isinstance(row.instruction, Is)}
    for path, fact in ASKS.items():
        if fact == "bar" and scenario.demand.bars is None:
            continue
        if path.rpartition(".")[2] not in asked and not any(_varies(law, cell, fact) for cell in told):
            yield path, "no law that applies asks about it"


def _verdicts(scenario: Scenario, used: list[Used], places: tuple[str, ...]) -> laws.Verdicts:
    run = scenario.run
    end = int(run.warm_up.value + run.observe.value + run.drain.value)
    instruments = tuple(sorted({each.protocol.instrument for each in used}))
    return laws.verdicts(laws.rules_of(scenario), scenario, places, instruments, scenario.as_of, end)


def _cell(law: laws.Verdicts, through: Protocol, content: str) -> tuple[int, int]:
    """Where a content sent by a protocol stands in the table: rows of its instrument and category."""
    return law.instruments.index(through.instrument), laws.CATEGORIES.index(through.contents[content].category)


def _varies(law: laws.Verdicts, cell: tuple[int, int], fact: str) -> bool:
    axis = list(CLOSED).index(fact) - 1       # the category is chosen
    tables = (law.block(epoch, cell[0])[cell[1]] for epoch in range(len(law.epochs)))
    return any(bool((table.max(axis=axis) != table.min(axis=axis)).any()) for table in tables)


def _grounds(used: Used, law: laws.Verdicts, places: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(ground, state) on which a review of this protocol may refuse there: by anybody it reaches, for any case."""
    contents = {row.instruction.content for row in used.rows if isinstance(row.instruction, Review)}
    cases = _possible(used)
    for content in contents:
        instrument, category = _cell(law, used.protocol, content)
        for one, other in _pairs(used):
            for giver, receiver in ((one, other), (other, one)):
                sides = law.profile[:, places.index(giver)], law.profile[:, places.index(receiver)]
                for epoch in range(len(law.epochs)):
                    table = law.block(epoch, instrument)[category, ..., sides[0][epoch], sides[1][epoch]]
                    for row in np.unique(table[np.ix_(*cases)]):
                        if law.outcomes[row].verdict == laws.MAY_REFUSE:
                            yield law.outcomes[row].ground, giver


def _pairs(used: Used) -> Iterable[tuple[str, str]]:
    """The focus with every partner the protocol reaches; any two states where others' needs are cases."""
    scenario, club = used.scenario, used.protocol.members
    bound = members(scenario, club, scenario.as_of) if club else scenario.jurisdiction.keys()
    if scenario.demand.others == "cases":
        return list(combinations(sorted(bound & scenario.jurisdiction.keys()), 2))
    return [(scenario.focus, code) for code in partners(scenario) if {scenario.focus, code} <= bound]


def _possible(used: Used) -> list[list[int]]:
    """The values of the table's axes that cases of this protocol can have: product, urgent, dual, minor, kind,
    handling, bar."""
    demand, people = used.scenario.demand, used.scenario.people
    evidence = "evidence" in used.kinds
    products = [number for number, there in enumerate((bool(used.kinds - {"evidence"}), evidence)) if there]
    codes = [number for number, code in enumerate(laws.HANDLING) if code in people.handling
             and people.handling[code].high > 0]
    kinds = [number for number, kind in enumerate(laws.KINDS) if kind in people.kinds
             and people.kinds[kind].high > 0]
    return [products, _either(said_urgent(used.scenario)), [1 - no for no in _either(demand.no_offence_there)],
            _either(demand.minor_offence), kinds, sorted({0, *codes}), _bars(demand.bars)]


def _bars(bars: Bars | None) -> list[int]:
    return [0, *(number for number, share in enumerate(bars.shares(), 1) if share.high > 0)] if bars else [0]


def _either(share: Range | None) -> list[int]:
    if share is None:
        return [0, 1]
    return [number for number, there in enumerate((share.low < 1, share.high > 0)) if there]
