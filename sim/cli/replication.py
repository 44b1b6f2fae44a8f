"""One replication told: what happened, how long it took, its main figures, how busy the desks were."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from sim.experiments import new_folder, store, target
from sim.ledger import Ledger
from sim.metrics import SPLIT, Value, measure
from sim.run import Replication, prepare
from sim.run import run as run_one
from sim.scenario import option, write
from sim.scenario.schema import Scenario

TABLES = ("cases", "legs", "steps", "messages", "disclosures")


@dataclass(frozen=True)
class Done:
    """A replication and its metrics."""

    replication: Replication
    values: list[Value]


def done(scenario: Scenario, name: str, future: int, luck: int, out: Path | None,
         engine: str) -> Done:
    """Run it, and write its tables where `out` says so. Raises ScenarioError for an unknown option, ResultError."""
    option(scenario, name)
    if out is None:
        return _run(scenario, name, future, luck, engine)
    with new_folder(target(scenario, out)) as folder:
        found = _run(scenario, name, future, luck, engine)
        _write(found, folder)
    return found


def _run(scenario: Scenario, name: str, future: int, luck: int, engine: str) -> Done:
    began = perf_counter()
    setting = prepare(scenario)
    prepared = perf_counter()
    found = run_one(setting, name, future, luck, engine)
    ran = perf_counter()
    values = measure(found)
    seconds = {"prepare": prepared - began, **found.seconds, "metrics": perf_counter() - ran}
    return Done(replace(found, seconds=seconds), values)


def _write(found: Done, folder: Path) -> None:
    import pandas as pd
    (folder / "scenario.toml").write_text(write(found.replication.world.scenario), encoding="utf-8")
    ledger: Ledger = found.replication.ledger
    for name in TABLES:
        table = pd.DataFrame(getattr(ledger, name))
        store.write_parquet(table, folder / f"{name}.parquet", ", ".join(f'"{column}"' for column in table.columns))
    needs = pd.DataFrame(found.replication.needs.rows)
    store.write_parquet(needs, folder / "needs.parquet", "arises, id")
    values = pd.DataFrame(found.values, columns=list(Value._fields))
    store.write_parquet(values, folder / "metrics.parquet", 'measure, metric, slice, "group"')
    store.write_json(as_json(found), folder / "run.json")


def as_json(found: Done) -> dict[str, Any]:
    """Events, seconds per stage and every metric; "never" for what lies beyond the run."""
    one = found.replication
    simulated = one.seconds["simulate"]
    return {
        "scenario": one.world.scenario.name, "option": one.option, "future": one.future, "replication": one.replication,
        "seed": one.world.seed, "engine": one.engine, "needs": len(one.needs.rows), "cases": len(one.ledger.cases),
        "events": one.ledger.events, "events_per_second": one.ledger.events / simulated if simulated else None,
        "seconds": one.seconds,
        "metrics": [{**value._asdict(), "value": store.number(value.value)} for value in found.values],
    }


def tell(found: Done) -> None:
    from rich.table import Table

    from sim.report import table, words
    console, one = table.console(), found.replication
    stages = ", ".join(f"{stage} {lasted:.2f} s" for stage, lasted in one.seconds.items())
    console.print(f"{one.world.scenario.question}\nOption “{one.option}”, future {one.future}, "
                  f"replication {one.replication}, seed {one.world.seed}.\n{len(one.needs.rows)} needs, "
                  f"{len(one.ledger.cases)} cases with the desks' own work, {len(one.ledger.messages)} messages, "
                  f"{one.ledger.events} events.\nTook: {stages}.\n")
    for title, chosen in (("Of 100 needs", _split), ("Main figures", _main), ("How busy the desks were", _busy),
                          ("Screening look-ups", _screening)):
        if not any(map(chosen, found.values)):
            continue
        shown = Table(title=title, title_justify="left", show_header=False, box=None, pad_edge=False)
        shown.add_column(overflow="fold")
        shown.add_column(justify="right")
        shown.add_column(overflow="fold")
        for value in filter(chosen, found.values):
            unit = "" if value.unit in ("h", "%") else value.unit
            shown.add_row(_name(value), words.number(value.value, value.unit), unit)
        console.print(shown, "")


def _name(value: Value) -> str:
    return ", ".join(filter(None, (value.metric.replace("_", " "), value.slice, value.group)))


def _split(value: Value) -> bool:
    return value.metric in SPLIT and not value.slice


def _main(value: Value) -> bool:
    return value.metric not in SPLIT and value.slice in ("", "urgent", "ordinary") and not value.group


def _screening(value: Value) -> bool:
    return value.metric.startswith("look_up")


def _busy(value: Value) -> bool:
    return value.metric == "utilisation" and not math.isnan(value.value)
