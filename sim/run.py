"""The spine: one replication of one option, from a scenario to its ledger. The table of contents of the project."""

from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from sim import conservation, engines, needs, transport, world
from sim.cases import Cases, open_cases
from sim.content import Content, People, content, people
from sim.ledger import Ledger
from sim.metrics import Value, measure
from sim.needs import Needs
from sim.programs import Protocol, find, load
from sim.scenario import apply_levers, option, protocols_of, settle
from sim.scenario.schema import Scenario
from sim.truth import Truth
from sim.world import World


@dataclass(frozen=True)
class Setting:
    """What all runs of a scenario share: its protocols as programs, and its people."""

    scenario: Scenario
    protocols: tuple[Protocol, ...]
    people: People


@dataclass(frozen=True)
class Replication:
    """One run: one option, one future, one index of luck. `seconds`: wall time by stage."""

    option: str
    future: int
    replication: int
    world: World
    needs: Needs
    truth: Truth
    cases: Cases
    content: Content
    ledger: Ledger
    seconds: dict[str, float]


def prepare(scenario: Scenario) -> Setting:
    """Load the protocols of all options and draw the people, once per scenario and seed."""
    names = sorted({name for each in scenario.option for name in protocols_of(scenario, each)})
    protocols = tuple(load(find(name, Path(scenario.folder))) for name in names)
    return Setting(scenario, protocols, people(scenario, scenario.run.seed))


def run(setting: Setting, name: str, future: int, replication: int, engine: str = "reference") -> Replication:
    """One replication. Options of the same (future, replication) meet the same needs, people and luck."""
    seconds: dict[str, float] = {}
    clock = Stopwatch(seconds)
    seed, chosen = setting.scenario.run.seed, option(setting.scenario, name)
    settled = settle(apply_levers(setting.scenario, chosen), seed, future)
    built = world.build(settled, setting.protocols, seed, future * 4096 + replication,
                        settle(setting.scenario, seed, future))
    clock.lap("world")
    needed, truth = needs.draw(built)
    clock.lap("needs")
    held = content(setting.people, settled, needed.rows, truth.holder, needs.searchable(built, needed), built.places,
                   built.matchers, seed, built.end)
    clock.lap("content")
    cases = open_cases(built, chosen, needed, held.events)
    clock.lap("cases")
    ledger = engines.ENGINES[engine](built, cases, held)
    clock.lap("simulate")
    ledger = replace(ledger, disclosures=transport.disclosures(built, cases, needed, held.records, ledger.messages))
    clock.lap("disclosures")
    conservation.check(built, cases, ledger)
    clock.lap("conservation")
    return Replication(name, future, replication, built, needed, truth, cases, held, ledger, seconds)


def measured(setting: Setting, name: str, future: int, replication: int) -> list[Value]:
    """The metrics of one replication, and nothing else of it."""
    return measure(run(setting, name, future, replication))


class Stopwatch:
    """Wall time since the last lap, by stage."""

    def __init__(self, seconds: dict[str, float]):
        self.seconds = seconds
        self.last = perf_counter()

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.seconds[stage] = now - self.last
        self.last = now
