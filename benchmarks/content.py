"""What people, records and searches cost: python -m benchmarks.content JOB ... -> one line of JSON.

once RECORDS               people, and who could be taken for whom, of a store of so many in each state: once per seed
recall RECORDS PLACES      block recall of the name matcher at harsh errors, in the whole stores of so many states
replication RECORDS        seconds by stage of replications with such stores, on one core; people, neighbours and code
                           are warm, the futures new
"""

import json
import sys
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks import memory
from sim.content import people
from sim.content.block_recall import block_recall
from sim.content.neighbours import Near, neighbours
from sim.run import prepare
from sim.run import run as run_one
from sim.scenario import load, settle
from sim.scenario.schema import Scenario
from sim.units import Range

BASELINE, MATCHER = "baseline", "fuzzy"
THRESHOLDS = (0.80, 0.88)
WARM_FUTURES, FUTURES = 2, 8


def stocked(records: int) -> Scenario:
    """The baseline with so many records on other people in each state."""
    scenario = load(BASELINE)
    return scenario.model_copy(update={"people": scenario.people.model_copy(update={"records": records})})


def found(scenario: Scenario) -> Near:
    """The neighbours of all subjects."""
    who = people(scenario, scenario.run.seed)
    near = neighbours(who, scenario.matcher[MATCHER].missing, scenario.people.life is not None)
    return near.of(np.arange(who.persons))


def once(records: str) -> dict[str, Any]:
    """Processor seconds and MB of memory, kept and at most, of what is made once per seed."""
    scenario = stocked(int(records))
    before, began = memory.reset(), process_time()
    who = people(scenario, scenario.run.seed)
    made, held = process_time(), memory.reset()
    near = found(scenario)
    return {"people": len(who), "people_s": made - began, "people_mb": held - before,
            "neighbours_s": process_time() - made, "neighbours_peak_mb": memory.peak() - held,
            "per_subject": len(near.person) / who.persons, "most": int(np.diff(near.first).max())}


def recall(records: str, places: str) -> dict[str, Any]:
    """By threshold: hits of a full search, the share of them that are neighbours; all at harsh errors."""
    scenario = stocked(int(records))
    scenario = settle(scenario, scenario.run.seed, 0)
    who, matcher = people(scenario, scenario.run.seed), scenario.matcher[MATCHER]
    shares = {}
    for threshold in THRESHOLDS:
        setting = matcher.model_copy(update={"threshold": Range(threshold, threshold, "number")})
        measured = block_recall(who, scenario.people, setting, int(places))
        shares[f"{threshold:.2f}"] = {"hits": measured.hits, "recall": measured.share if measured.hits else None}
    return shares


def replication(records: str) -> dict[str, Any]:
    """Seconds by stage of a replication whose seed is known already, mean over futures; the peak of the whole process.
    """
    scenario = stocked(int(records))
    setting, name = prepare(scenario), scenario.option[0].name
    began = perf_counter()
    found(scenario)
    for future in range(WARM_FUTURES):
        run_one(setting, name, future, 0, "compiled")
    warm, cpu = perf_counter(), process_time()
    done = [run_one(setting, name, WARM_FUTURES + future, 0, "compiled") for future in range(FUTURES)]
    stages = {stage: sum(each.seconds[stage] for each in done) / FUTURES for stage in done[0].seconds}
    return {"first_s": warm - began, "stages": stages, "seconds": sum(stages.values()),
            "cpu_s": (process_time() - cpu) / FUTURES, "needs": sum(len(each.needs.rows) for each in done) // FUTURES,
            "people": len(setting.people), "peak_mb": memory.peak()}


JOBS = {"once": once, "recall": recall, "replication": replication}

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
