"""The real thing: a shipped scenario under each of its options, end to end, by stage, and as a comparison.

python -m benchmarks.real SCENARIO ENGINE SCALE FUTURES -> one line of JSON. SCALE multiplies the demand of the focus
and of those who ask it (desks stay as they are). One process, one worker; the first run is not counted.
"""

import json
import sys
from time import perf_counter
from typing import Any

from benchmarks import memory
from sim.experiments.chunks import added
from sim.metrics import measure
from sim.run import Replication, draw, prepare, run
from sim.scenario import load
from sim.scenario.schema import Desk, Scenario
from sim.units import Range

RATES = ("asked_by_us", "asked_of_us")


def enlarged(scenario: Scenario, scale: float) -> Scenario:
    """The scenario with so many times as many needs."""
    rates = {name: _times(getattr(scenario.demand, name), scale) for name in RATES}
    return scenario.model_copy(update={"demand": scenario.demand.model_copy(update=rates)})


def grown(scenario: Scenario, demand: float, clerks: int) -> Scenario:
    """So many times as many needs, and as many times the clerks: the desks' own work grows with these."""
    larger = enlarged(scenario, demand)
    return larger.model_copy(update={"desk": {name: _staffed(desk, clerks) for name, desk in larger.desk.items()}})


def _staffed(desk: Desk, scale: int) -> Desk:
    clerks = {size: _times(number, scale) for size, number in desk.clerks.items()}
    if desk.focus is None:
        return desk.model_copy(update={"clerks": clerks})
    here = desk.focus.clerks
    at_focus = {shift: _times(number, scale) for shift, number in here.items()} if isinstance(here, dict) else (
        _times(here, scale))
    return desk.model_copy(update={"clerks": clerks, "focus": desk.focus.model_copy(update={"clerks": at_focus})})


def _times(rate: Range, scale: float) -> Range:
    return Range(rate.low * scale, rate.high * scale, rate.kind)


def measured(name: str, engine: str, scale: float, futures: int) -> dict[str, Any]:
    """Each option in the first future, then all options in further futures as a comparison runs them."""
    scenario = enlarged(load(name), scale)
    setting = prepare(scenario)
    run(setting, scenario.option[0].name, futures + 1, 0, engine)     # loads what is compiled; no roster of the others
    memory.reset()
    options = {}
    for option in scenario.option:
        done = run(setting, option.name, 0, 0, engine)
        options[option.name] = {"seconds": done.seconds, **_size(done)}
    return {"options": options, "comparison": _comparison(setting, engine, futures), "futures": futures,
            "peak_mb": memory.peak()}


def _size(done: Replication) -> dict[str, int]:
    ledger = done.ledger
    return {"needs": len(done.needs.rows), "cases": len(ledger.cases), "steps": len(ledger.steps),
            "events": ledger.events}


def _comparison(setting: Any, engine: str, futures: int) -> dict[str, float]:
    """Seconds by stage of `futures` futures under every option with one index of luck; "all": what one waits."""
    seconds: dict[str, float] = {}
    began = perf_counter()
    for future in range(1, futures + 1):
        drawn: dict[tuple[str, ...], dict[str, float]] = {}
        for option in setting.scenario.option:
            done = run(setting, option.name, future, 0, engine)
            at = perf_counter()
            measure(done)
            measured_in = perf_counter() - at
            # Options of the same levers share what was drawn for a future; its seconds stand in each of them.
            drawn[option.levers] = shared = draw(setting, option.levers, future, 0).seconds
            own = {stage: took for stage, took in done.seconds.items() if stage not in shared}
            seconds = added(seconds, {**own, "metrics": measured_in})
        for once in drawn.values():
            seconds = added(seconds, once)
    return {**seconds, "all": perf_counter() - began}


def first_result(engine: str) -> None:
    """From nothing to the ledger of the smallest shipped scenario."""
    scenario = load("minimal")
    run(prepare(scenario), scenario.option[0].name, 0, 0, engine)


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))))
