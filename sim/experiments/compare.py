"""The main job: every option in every future, and what may be said of their differences."""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from sim.engines import DEFAULT
from sim.errors import Fault, ScenarioError
from sim.experiments import chunks, statistics
from sim.experiments.assumptions import Assumption, Sensitivity, assumptions, sensitivity
from sim.experiments.exchange import EXPOSED, MET, Exchange, exchange
from sim.experiments.ratios import pooled
from sim.experiments.statistics import Line
from sim.metrics import METRICS
from sim.scenario import option
from sim.scenario.files import nearest
from sim.scenario.schema import Scenario

if TYPE_CHECKING:
    import pandas as pd

HEADLINE = MET


@dataclass(frozen=True)
class Comparison:
    """What a comparison found. All but `seconds`, `workers` and `engine` follows from the scenario and the code alone.

    scenario       with the options, futures, replications and seed that ran
    lines          one per metric and part
    assumptions    every range and choice, with its draws
    sensitivities  of the headline: options after the first, each against the first
    exchanges      of the same options: needs met for one uninvolved person
    runs, metrics  the tables of the same names
    seconds        wall time by stage, summed over workers; "all" is what the user waited
    """

    scenario: Scenario
    lines: tuple[Line, ...]
    assumptions: tuple[Assumption, ...]
    sensitivities: tuple[Sensitivity, ...]
    exchanges: tuple[Exchange, ...]
    runs: "pd.DataFrame"
    metrics: "pd.DataFrame"
    seconds: dict[str, float]
    workers: int
    engine: str

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.scenario.option)

    def line(self, metric: str, slice: str = "", group: str = "") -> Line | None:
        """The line of a metric, or None where no run had it."""
        return next((line for line in self.lines if line.key[1:4] == (metric, slice, group)), None)


def compare(scenario: Scenario, workers: int, told: chunks.Told = lambda done, of: None,
            engine: str = DEFAULT) -> Comparison:
    """Run every option of a scenario in all its futures. The same scenario gives the same figures for any `workers`."""
    began = perf_counter()
    parts = chunks.run_all(scenario, workers, told, engine)
    seconds = {**chunks.stages(parts), "all": perf_counter() - began}
    return concluded(scenario, chunks.metrics_table(parts), chunks.runs_table(parts), seconds, workers, engine)


def concluded(scenario: Scenario, rows: "pd.DataFrame", runs: "pd.DataFrame", seconds: dict[str, float],
              workers: int, engine: str = DEFAULT) -> Comparison:
    """What the rows of finished runs say."""
    options = [each.name for each in scenario.option]
    found = statistics.lines(pooled(rows), options, {name: metric.better for name, metric in METRICS.items()},
                             {name for name, metric in METRICS.items() if metric.ratio})
    tried = assumptions(scenario)
    per_option, exposed = values_of(rows, HEADLINE, options), values_of(rows, EXPOSED, options)
    traded = tuple(exchange((per_option[0], per_option[k]), (exposed[0], exposed[k])) for k in range(1, len(options)))
    moved = tuple(sensitivity(tried, statistics.future_differences(per_option[0], other)) for other in per_option[1:])
    return Comparison(scenario, found, tried, moved, traded, runs, rows, seconds, workers, engine)


def values_of(rows: "pd.DataFrame", metric: str, options: list[str]) -> statistics.Values:
    """[option, future, replication] of a metric as a whole."""
    part = rows[(rows["metric"] == metric) & (rows["slice"] == "") & (rows["group"] == "")]
    return statistics.array(part, options, int(rows["future"].max()) + 1, int(rows["replication"].max()) + 1)


def with_run(scenario: Scenario, futures: int | None, replications: int | None, seed: int | None) -> Scenario:
    """The scenario run otherwise than its file says; None leaves what stands there."""
    said = {"futures": futures, "replications": replications, "seed": seed}
    run = scenario.run.model_copy(update={key: value for key, value in said.items() if value is not None})
    return scenario.model_copy(update={"run": run})


def with_chosen(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario with these of its options, in this order; the first is what the others are compared with.

    Raises ScenarioError for an unknown or repeated one.
    """
    chosen = tuple(names)
    if not chosen or len(set(chosen)) < len(chosen):
        got = f"'{', '.join(chosen)}'"
        raise ScenarioError([Fault(scenario.name, None, "option", got, "options, each named once")])
    return scenario.model_copy(update={"option": tuple(option(scenario, name) for name in chosen)})


def with_levers(scenario: Scenario, names: Iterable[str]) -> Scenario:
    """The scenario with one more option for each lever: the first option and that lever.

    Raises ScenarioError for a lever the scenario does not declare.
    """
    first, added = scenario.option[0], []
    for name in names:
        if name not in scenario.lever:
            expected = f"a declared lever{nearest(name, scenario.lever)}"
            raise ScenarioError([Fault(scenario.name, None, "lever", f"{name!r}", expected)])
        added.append(first.model_copy(update={"name": f"{first.name}, {name}", "levers": (*first.levers, name)}))
    return scenario.model_copy(update={"option": (*scenario.option, *added)})
