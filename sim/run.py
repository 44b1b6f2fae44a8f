"""The spine: one replication of one option, from a scenario to its ledger. The table of contents of the project."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from sim import conservation, needs, screening, transport, world
from sim.cases import Cases, open_cases, own_work, upkeep_work, used_desks, with_upkeep
from sim.content import Content, People, content, content_again, forget_words, people
from sim.engines import DEFAULT, ENGINES
from sim.engines.screening import Totals, by_recursion, from_ledger
from sim.ledger import Ledger
from sim.measured import Measured, give_back_memory, measured
from sim.needs import Needs
from sim.programs import Protocol
from sim.scenario import of_option, option, protocols_of, settle
from sim.scenario.protocols import protocol
from sim.scenario.schema import Option, Scenario
from sim.screening import Stream
from sim.truth import Truth
from sim.world import World


@dataclass(frozen=True, eq=False)
class Setting:
    """What all runs of a scenario share: its protocols as programs, and its people."""

    scenario: Scenario
    protocols: tuple[Protocol, ...]
    people: People


@dataclass(frozen=True)
class Drawn:
    """What one future and one index of luck hold, whatever the channels: the same for options with the same levers."""

    world: World
    needs: Needs
    truth: Truth
    content: Content
    own_work: NDArray[np.void]       # and look-ups that have to go event by event
    streams: tuple[Stream, ...]      # of screening
    screened: tuple[Totals, ...]     # those that the recursion serves
    seconds: dict[str, float]


@dataclass(frozen=True)
class Replication:
    """One run: one option, one future, one index of luck. `seconds`: wall time by stage."""

    option: str
    engine: str
    future: int
    replication: int
    world: World
    needs: Needs
    truth: Truth
    cases: Cases
    content: Content
    ledger: Ledger
    seconds: dict[str, float]
    screening: tuple[Totals, ...] = ()


def prepare(scenario: Scenario) -> Setting:
    """Load the protocols of all options and draw the people, once per scenario and seed."""
    names = sorted({name for each in scenario.option for name in protocols_of(scenario, each)})
    protocols = tuple(protocol(name, scenario.folder) for name in names)
    return Setting(scenario, protocols, people(scenario, scenario.run.seed))


@lru_cache(maxsize=2)
def draw(setting: Setting, levers: tuple[str, ...], future: int, replication: int) -> Drawn:
    """World, needs, records and own work of one future and index of luck under these levers."""
    return _draw(setting, levers, future, replication, content_again)


def _draw(setting: Setting, levers: tuple[str, ...], future: int, replication: int,
          make: Callable[..., Content]) -> Drawn:
    clock, seed = Stopwatch(), setting.scenario.run.seed
    before = settle(setting.scenario, seed, future)
    option_drawn = Option(name="levers", levers=levers)
    settled = of_option(setting.scenario, option_drawn, seed, future) if levers else before
    built = world.build(settled, setting.protocols, seed, future * 4096 + replication, before)
    clock.lap("world")
    needed, truth = needs.draw(built)
    clock.lap("needs")
    whoever = people(settled, seed) if levers else setting.people      # a lever may be on how many there are
    held = make(people=whoever, scenario=settled, needs=needed.rows, holder=truth.holder,
                searchable=needs.searchable(built, needed), places=built.places, searches=built.searches, seed=seed,
                replication=built.replication, until=built.end)
    clock.lap("content")
    built, streams = screening.placed(built, screening.streams(built))
    built, desks = with_upkeep(built), used_desks(built)
    own = np.concatenate([own_work(built, desks), screening.by_events(built, streams), upkeep_work(built, desks)])
    clock.lap("own work")
    screened = by_recursion(built, streams)
    clock.lap("screening")
    return Drawn(built, needed, truth, held, own, streams, screened, clock.seconds)


def run(setting: Setting, name: str, future: int, replication: int, engine: str = DEFAULT) -> Replication:
    """One replication. Options of the same (future, replication) meet the same needs, people and luck; all engines
    write the same ledger."""
    chosen = option(setting.scenario, name)
    drawn = draw(setting, chosen.levers, future, replication)
    clock = Stopwatch()
    cases = open_cases(drawn.world, chosen, drawn.needs, drawn.content.events, drawn.own_work)
    clock.lap("cases")
    ledger = ENGINES[engine](drawn.world, cases, drawn.content)
    clock.lap("simulate")
    told = transport.disclosures(drawn.world, cases, drawn.needs, drawn.content.records, ledger.messages)
    ledger = replace(ledger, disclosures=told)
    clock.lap("disclosures")
    conservation.check(drawn.world, cases, ledger)
    clock.lap("conservation")
    screened = (*drawn.screened, *from_ledger(drawn.world, drawn.streams, ledger))
    return Replication(name, engine, future, replication, drawn.world, drawn.needs, drawn.truth, cases, drawn.content,
                       ledger, {**drawn.seconds, **clock.seconds}, screened)


def run_measured(setting: Setting, name: str, future: int, replication: int,
                 sampled: bool = False) -> tuple[Drawn, Measured, dict[str, float]]:
    """The same run, measured block by block on the compiled engine, and its seconds by stage: memory follows the cases
    that are live. The figures are those of `run` and `sim.metrics.measure` to the last bit."""
    chosen = option(setting.scenario, name)
    drawn = _draw(setting, chosen.levers, future, replication, content)      # not kept for the next option
    forget_words()
    give_back_memory()
    clock = Stopwatch()
    cases = open_cases(drawn.world, chosen, drawn.needs, drawn.content.events, drawn.own_work)
    drawn = replace(drawn, own_work=drawn.own_work[:0].copy())                 # it stands in the stream now
    give_back_memory()
    clock.lap("cases")
    found = measured(drawn.world, drawn.needs, drawn.truth, cases, drawn.content, drawn.screened, sampled)
    clock.lap("simulate and measure")
    return drawn, found, {**drawn.seconds, **clock.seconds}


class Stopwatch:
    """Wall time since the last lap, by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.last = perf_counter()

    def lap(self, stage: str) -> None:
        now = perf_counter()
        self.seconds[stage] = now - self.last
        self.last = now
