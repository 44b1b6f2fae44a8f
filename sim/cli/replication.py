"""One replication told: what happened, how long it took, its main figures, how busy the desks were."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from sim.engines import DEFAULT
from sim.errors import ComityError
from sim.experiments import new_folder, store, target
from sim.ledger import Ledger
from sim.metrics import METRICS, SPLIT, Value, measure
from sim.metrics.joined import Joined
from sim.metrics.leakage import with_necessary
from sim.needs import Needs
from sim.run import Setting, prepare, run_measured
from sim.run import run as run_one
from sim.scenario import option, write
from sim.scenario.schema import Scenario
from sim.world import World

KEPT = ("full", "sampled", "totals")
TABLES = ("cases", "legs", "steps", "messages", "disclosures")


@dataclass(frozen=True)
class Done:
    """A replication and its metrics.

    kept    what `--ledger` said: full, sampled, totals
    ledger  the rows that were kept, None where none were
    """

    option: str
    engine: str
    kept: str
    future: int
    replication: int
    world: World
    needs: Needs
    cases: int
    messages: int
    events: int
    ledger: Ledger | None
    values: list[Value]
    seconds: dict[str, float]


def done(scenario: Scenario, name: str, future: int, luck: int, out: Path | None, engine: str, kept: str) -> Done:
    """Run it, and write its tables where `out` says so. Raises ScenarioError for an unknown option, ResultError, and
    ComityError for a ledger that this engine cannot keep."""
    option(scenario, name)
    if kept not in KEPT:
        raise ComityError(f"--ledger {kept!r}\n  expected  one of {', '.join(KEPT)}")
    if kept != "full" and engine != DEFAULT:
        raise ComityError(f"--ledger {kept} with --engine {engine}\n  expected  --engine {DEFAULT}: the others keep "
                          "every row")
    if out is None:
        return _run(scenario, name, future, luck, engine, kept)
    with new_folder(target(scenario, out)) as folder:
        found = _run(scenario, name, future, luck, engine, kept)
        _write(found, folder)
    return found


def _run(scenario: Scenario, name: str, future: int, luck: int, engine: str, kept: str) -> Done:
    began = perf_counter()
    setting = prepare(scenario)
    seconds = {"prepare": perf_counter() - began}
    if kept != "full":
        return _measured(setting, name, future, luck, kept, seconds)
    found = run_one(setting, name, future, luck, engine)
    ran = perf_counter()
    values = measure(found)
    seconds |= {**found.seconds, "metrics": perf_counter() - ran}
    # Whether a fact was necessary hangs on the truth, which the transport does not know.
    ledger = replace(found.ledger, disclosures=with_necessary(Joined(found)))
    return Done(name, engine, kept, future, luck, found.world, found.needs, len(ledger.cases), len(ledger.messages),
                ledger.events, ledger, values, seconds)


def _measured(setting: Setting, name: str, future: int, luck: int, kept: str, seconds: dict[str, float]) -> Done:
    drawn, found, spent = run_measured(setting, name, future, luck, sampled=kept == "sampled")
    return Done(name, DEFAULT, kept, future, luck, drawn.world, drawn.needs, found.cases, found.messages, found.events,
                found.sample, found.values, {**seconds, **spent})


def _write(found: Done, folder: Path) -> None:
    import pandas as pd
    (folder / "scenario.toml").write_text(write(found.world.scenario), encoding="utf-8")
    if found.ledger is not None:
        for name in TABLES:
            table = pd.DataFrame(getattr(found.ledger, name))
            columns = ", ".join(f'"{column}"' for column in table.columns)
            store.write_parquet(table, folder / f"{name}.parquet", columns)
        store.write_parquet(pd.DataFrame(found.needs.rows), folder / "needs.parquet", "arises, id")
    values = pd.DataFrame(found.values, columns=list(Value._fields))
    store.write_parquet(values, folder / "metrics.parquet", 'measure, metric, slice, "group"')
    store.write_json(as_json(found), folder / "run.json")


def as_json(found: Done) -> dict[str, Any]:
    """Events, seconds per stage and every metric; "never" for what lies beyond the run."""
    simulated = found.seconds.get("simulate", found.seconds.get("simulate and measure", 0.0))
    return {
        "scenario": found.world.scenario.name, "option": found.option, "future": found.future,
        "replication": found.replication, "seed": found.world.seed, "engine": found.engine, "ledger": found.kept,
        "needs": len(found.needs.rows), "cases": found.cases, "messages": found.messages, "events": found.events,
        "events_per_second": found.events / simulated if simulated else None, "seconds": found.seconds,
        "metrics": [{**value._asdict(), "value": store.number(value.value)} for value in found.values],
    }


def tell(found: Done) -> None:
    from rich.table import Table

    from sim.report import table, words
    console = table.console()
    stages = ", ".join(f"{stage} {lasted:.2f} s" for stage, lasted in found.seconds.items())
    console.print(f"{found.world.scenario.question}\nOption “{found.option}”, future {found.future}, "
                  f"replication {found.replication}, seed {found.world.seed}.\n{len(found.needs.rows)} needs, "
                  f"{found.cases} cases with the desks' own work, {found.messages} messages, "
                  f"{found.events} events.\nTook: {stages}.\n")
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


def written(found: Done) -> str:
    """What a result's folder holds."""
    whose = {"full": "Cases, legs, steps, messages and disclosures", "totals": "Figures",
             "sampled": "Figures, and the rows of one need in a hundred,"}
    return whose[found.kept]


def _name(value: Value) -> str:
    return ", ".join(filter(None, (value.metric.replace("_", " "), value.slice, value.group)))


def _split(value: Value) -> bool:
    return value.metric in SPLIT and not value.slice


def _main(value: Value) -> bool:
    """What may be told as a ratio between options only is not told of one."""
    shown = value.metric not in SPLIT and not METRICS[value.metric].ratio
    return shown and value.slice in ("", "urgent", "ordinary") and not value.group


def _screening(value: Value) -> bool:
    return value.metric.startswith("look_up")


def _busy(value: Value) -> bool:
    return value.metric == "utilisation" and not math.isnan(value.value)
