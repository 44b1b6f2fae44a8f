"""Whole jobs, each in a process of its own: python -m benchmarks.whole JOB ... -> one line of JSON.

run ENGINE CLERKS       one replication of the baseline, enlarged; warm
compare ENGINE FUTURES  a comparison of the baseline's options by `sim.experiments`, one worker per processor
year ENGINE             a year of all states' messages, measured block by block; one engine does that
look_ups ENGINE COUNT   so many screening look-ups, and what a year of them would take; one engine does that
"""

import json
import sys
from dataclasses import replace
from time import perf_counter
from typing import Any

from benchmarks import memory
from benchmarks.real import grown
from sim import screening, units
from sim import world as worlds
from sim.engines.screening import by_recursion
from sim.experiments import compare as compared
from sim.experiments import with_run
from sim.experiments.chunks import cores
from sim.run import prepare, run_measured
from sim.run import run as run_one
from sim.scenario import load, settle
from sim.scenario.schema import Scenario

BASELINE, YEAR, SCREENING = "baseline", "siena_year", "screening"
DEMAND = 10                       # needs grow so many times more than clerks: the desks bear it
WARM_FUTURE = 1                   # of the run that loads what is compiled


def run(engine: str, clerks: str) -> dict[str, Any]:
    """Seconds by stage of one replication of the first option; loading scenario and people is start-up."""
    scenario = load(BASELINE)
    small, name = prepare(scenario), scenario.option[0].name
    run_one(small, name, WARM_FUTURE, 0, engine)
    setting = prepare(grown(scenario, DEMAND * int(clerks), int(clerks)))
    memory.reset()
    done = run_one(setting, name, 0, 0, engine)
    ledger = done.ledger
    return {"stages": done.seconds, "seconds": sum(done.seconds.values()), "needs": len(done.needs.rows),
            "cases": len(ledger.cases), "events": ledger.events, "peak_mb": memory.peak(),
            "open": float((ledger.cases["closed"] < 0).mean())}


def compare(engine: str, futures: str) -> dict[str, Any]:
    """Seconds of the whole comparison after loading the scenario; `benchmarks.real` has the share of each stage."""
    scenario = with_run(load(BASELINE), int(futures), 1, None)
    run_one(prepare(scenario), scenario.option[0].name, int(futures) + 1, 0, engine)
    began = perf_counter()
    found = compared(scenario, cores(), engine=engine)
    return {"seconds": perf_counter() - began, "futures": int(futures), "workers": found.workers}


def year(_: str) -> dict[str, Any]:
    """From the scenario's file to its figures, by stage: nothing is warm but what an earlier run left compiled."""
    before, began = memory.reset(), perf_counter()
    scenario = load(YEAR)
    setting = prepare(scenario)
    prepared = perf_counter()
    drawn, found, stages = run_measured(setting, scenario.option[0].name, 0, 0)
    return {"stages": {"load and people": prepared - began, **stages}, "seconds": perf_counter() - began,
            "needs": len(drawn.needs.rows), "messages": found.messages, "events": found.events,
            "days": scenario.run.observe.value / units.DAY, "before_mb": before, "peak_mb": memory.peak()}


def look_ups(_: str, count: str) -> dict[str, Any]:
    """The stream of the shipped scenario for as long as it takes so many to come; a year goes on at the same rate."""
    scenario = load(SCREENING)
    _screened(scenario, 10**5)
    memory.reset()
    found, seconds, per_year = _screened(scenario, int(count))
    return {"seconds": seconds, "look_ups": found, "per_year": per_year, "year_s": seconds / found * per_year,
            "peak_mb": memory.peak()}


def _screened(scenario: Scenario, count: int) -> tuple[int, float, float]:
    """Look-ups that came, seconds they took, look-ups of a year."""
    settled = settle(scenario, scenario.run.seed, 0)
    per_day = sum(table.volume.lookups.value for table in settled.screening.values())
    setting = prepare(scenario)
    world = worlds.build(settled, setting.protocols, scenario.run.seed, 0, settled)
    world = replace(world, end=int(count / per_day * units.DAY))
    world, streams = screening.placed(world, screening.streams(world))
    began = perf_counter()
    totals = by_recursion(world, streams)
    return sum(each.came for each in totals), perf_counter() - began, per_day * units.YEAR / units.DAY


JOBS = {"run": run, "compare": compare, "year": year, "look_ups": look_ups}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
