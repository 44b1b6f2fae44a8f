"""python -m benchmarks: every engine beside its peers in one run, interleaved; a table, a figure, the raw points."""

import json
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.console import Console

from benchmarks import bars, contestants, figure, ledger, real_table, table
from benchmarks.machine import load, machine
from benchmarks.measure import Plan, one, points
from benchmarks.models import MODELS, MOST
from benchmarks.start import starts
from sim.engines import ENGINES

SIZES = (10**3, 10**4, 10**5, 10**6, 10**7)
LONG = 50                         # timed events of a case from which a model begins with fewer cases
GROWTH = {"mm1": (10**4, 10**5, 10**6, 10**7), "fan_out": (10**3, 10**4, 10**5)}
GROWTH_BUDGET = 30.0              # s of the processor one of these runs may take
CLERKS, FUTURES, LOOK_UPS = 15, 30, 10**8     # of whole jobs; with these clerks the reference needs some 50 s
QUICK_CLERKS, QUICK_FUTURES, QUICK_LOOK_UPS = 4, 2, 10**7
RECORDS, PLACES = 100_000, 3      # on other people in each state; whole stores in which block recall is measured
QUICK_RECORDS = 5_000
QUICK = {"models": ("mm1", "fan_out"), "sizes": (100, 1000), "rounds": 1, "budget": 1.0}
SMOKE = "A smoke run: models and jobs are too small, and rounds too few, to say whether a bar is reached."
err = Console(stderr=True)


def main(
    models: Annotated[str, typer.Option(help=f"Out of {', '.join(MODELS)} [all].")] = "",
    who: Annotated[str, typer.Option(help="Contestants, e.g. reference,SimPy,C++ [all].")] = "",
    largest: Annotated[int, typer.Option(min=1000, max=MOST, help="Cases at most; sizes are powers of ten.")] = 10**5,
    rounds: Annotated[int, typer.Option(min=1, help="Of the round robin.")] = 3,
    budget: Annotated[float, typer.Option(min=0.01, help="Seconds of the processor one run may take.")] = 2.0,
    scenario: Annotated[str, typer.Option(help="Measured end to end under each option; empty: none.")] = "baseline",
    enlarge: Annotated[float, typer.Option(min=1, help="How many times the scenario's demand, besides once.")] = 1.0,
    futures: Annotated[int, typer.Option(min=1, help="Of the comparison that is timed.")] = 4,
    start: Annotated[bool, typer.Option(help="Measure start-up, cold and cached.")] = True,
    whole: Annotated[bool, typer.Option(help="Growth, an enlarged run, a comparison, a year, look-ups.")] = True,
    out: Annotated[Path | None, typer.Option(help="A new folder [results/benchmark-<date>].")] = None,
    quick: Annotated[bool, typer.Option(help="A smoke run: two models, tiny sizes, small jobs, no start-up.")] = False,
) -> None:
    """Measure speed, memory and start-up, and write them to a new folder."""
    chosen = tuple(_names(models)) or (QUICK["models"] if quick else tuple(MODELS))
    plan = Plan(_known(chosen, tuple(MODELS)), _known(tuple(_names(who)), contestants.names()) or contestants.names(),
                _sizes(chosen, largest, quick), QUICK["rounds"] if quick else rounds,
                QUICK["budget"] if quick else budget)
    folder = _new(out)
    about = machine()
    write_points([plan, *(_growing(plan, quick) if whole else [])], folder)
    if whole:
        write_whole(plan.rounds, quick, folder)
        write_content(plan.rounds, quick, folder)
        write_ledger(quick, folder)
    if scenario and not quick:
        write_scenario(scenario, (1.0, enlarge) if enlarge > 1 else (1.0,), futures, plan.rounds, folder)
    if start and not quick:
        pd.DataFrame(starts(1, err.print)).to_csv(folder / "start.csv", index=False)
    (folder / "machine.json").write_text(json.dumps({**about, "load after": load()}, indent=1))
    text = told(folder, plan, quick)
    (folder / "benchmark.md").write_text(text, encoding="utf-8")
    print(text)
    print(f"The result lies in {folder}")


def _sizes(models: tuple[str, ...], largest: int, quick: bool) -> dict[str, tuple[int, ...]]:
    """Cases by model."""
    if quick:
        return dict.fromkeys(models, QUICK["sizes"])
    return {name: tuple(size for size in SIZES if (10**3 if MODELS[name].events >= LONG else 10**4) <= size <= largest)
            for name in models}


def _growing(plan: Plan, quick: bool) -> list[Plan]:
    """Totals with cases drawn block by block, far beyond what others can."""
    chosen = tuple(name for name in GROWTH if name in plan.models)
    sizes = {name: QUICK["sizes"] if quick else GROWTH[name] for name in chosen}
    return [Plan(chosen, (contestants.BY_BLOCK,), sizes, plan.rounds, GROWTH_BUDGET)]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _known(names: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [name for name in names if name not in known]
    if wrong:
        raise typer.BadParameter(f"{', '.join(wrong)}: expected names out of {', '.join(known)}")
    return names


def _new(out: Path | None) -> Path:
    """A new folder; nothing is ever overwritten."""
    day = f"benchmark-{datetime.now(UTC):%Y-%m-%d}"
    free = (Path("results") / f"{day}{suffix}" for suffix in ("", *(f"-{k}" for k in range(2, 1000))))
    folder = out or next(folder for folder in free if not folder.exists())
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise typer.BadParameter(f"{folder} exists; expected a new folder") from None
    return folder


def write_points(plans: list[Plan], folder: Path) -> None:
    """points.csv, written as it grows: what was measured is kept whatever happens later."""
    rows = []
    for point in chain.from_iterable(points(plan, err.print) for plan in plans):
        rows.append(point)
        pd.DataFrame(rows).to_csv(folder / "points.csv", index=False)


def write_scenario(name: str, scales: tuple[float, ...], futures: int, rounds: int, folder: Path) -> None:
    """scenario.json: every engine in turn, `rounds` times."""
    found = []
    for scale in scales:
        for number in range(rounds):
            for engine in ENGINES:
                err.print(f"{name}, {scale:g} x demand, round {number + 1}: {engine}")
                run = one(["benchmarks.real", name, engine, str(scale), str(futures)], 3600)
                found.append({"scenario": name, "scale": scale, "engine": engine, "round": number, **run})
                (folder / "scenario.json").write_text(json.dumps(found, indent=1))


def write_whole(rounds: int, quick: bool, folder: Path) -> None:
    """whole.json: jobs of `benchmarks.whole`, engine after engine, `rounds` times; those of one engine once."""
    clerks, futures, look_ups = (QUICK_CLERKS, QUICK_FUTURES, QUICK_LOOK_UPS) if quick else (CLERKS, FUTURES, LOOK_UPS)
    jobs = [(number, "run", engine, clerks) for number in range(rounds) for engine in ENGINES]
    jobs += [(number, "compare", engine, futures) for number in range(rounds) for engine in ENGINES]
    jobs += [(number, "year", bars.ROWS, "") for number in range(min(rounds, 2))]
    jobs += [(number, "look_ups", bars.ROWS, look_ups) for number in range(rounds)]
    found = []
    for number, job, engine, size in jobs:
        err.print(f"{job} {size}, round {number + 1}: {engine}")
        done = one(["benchmarks.whole", job, engine, *([str(size)] if size else [])], 3600)
        found.append({"job": job, "engine": engine, "size": size, "round": number, **done})
        (folder / "whole.json").write_text(json.dumps(found, indent=1))


def write_content(rounds: int, quick: bool, folder: Path) -> None:
    """content.json: jobs of `benchmarks.content`; what is made once per seed, and block recall, are measured once."""
    records, places = (str(size) for size in ((QUICK_RECORDS, 1) if quick else (RECORDS, PLACES)))
    found = []
    for number, job in [(0, ["once", records]), (0, ["recall", records, places]),
                        *((number, ["replication", records]) for number in range(rounds))]:
        err.print(f"content: {' '.join(job)}, round {number + 1}")
        found.append({"job": job[0], "round": number, **one(["benchmarks.content", *job], 3600)})
        (folder / "content.json").write_text(json.dumps(found, indent=1))


def write_ledger(quick: bool, folder: Path) -> None:
    """ledger.json: the disclosures of two runs; the rounds are those of one process."""
    rounds, clerks = (ledger.QUICK_ROUNDS, QUICK_CLERKS) if quick else (ledger.ROUNDS, ledger.CLERKS)
    err.print(f"ledger: {rounds} rounds")
    found = one(["benchmarks.ledger", str(rounds), str(clerks)], 3600)
    (folder / "ledger.json").write_text(json.dumps([found], indent=1))


def told(folder: Path, plan: Plan, quick: bool) -> str:
    """All that was found, as Markdown; tables also as CSV, growth also as a figure."""
    rows = pd.read_csv(folder / "points.csv", keep_default_na=True, dtype={"ticks": str})
    rows = rows.assign(ticks=rows["ticks"].fillna("")) if "ticks" in rows else rows
    about = json.loads((folder / "machine.json").read_text())
    parts = ["# Speed beside public simulators", ", ".join(f"{key} {value}" for key, value in about.items()),
             f"Medians of interleaved rounds ({plan.rounds}), each run in a process of its own. A timed event is an "
             "arrival or the end of a service or a delivery; a ratio is how many times as fast."]
    found = table.medians(rows) if "seconds" in rows and rows["seconds"].notna().any() else pd.DataFrame()
    parts += [SMOKE] if quick else []
    parts += _told_bars(found, folder)
    if len(found):
        speed = table.speed(found)
        speed.to_csv(folder / "speed.csv", index=False)
        figure.draw(found, folder)
        ours = tuple(name for name in (*ENGINES, contestants.TOTALS, contestants.BY_BLOCK))
        parts += ["## Models", table.markdown(speed), "## Growth", _bullets(table.growth(found, ours)),
                  "![Time and memory against the number of cases](growth.png)"]
    parts += ["## Not measured", _bullets(table.skipped(rows))] if table.skipped(rows) else []
    parts += [*_told_whole(folder), *_told_content(folder), *_told_scenario(folder), *_told_start(folder)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _told_bars(found: pd.DataFrame, folder: Path) -> list[str]:
    starts = pd.read_csv(folder / "start.csv") if (folder / "start.csv").exists() else pd.DataFrame()
    listed = bars.as_frame(bars.bars(found, _jobs(folder, "whole"), _jobs(folder, "content"), starts,
                                       _jobs(folder, "ledger")))
    listed.to_csv(folder / "bars.csv", index=False)
    return ["## Bars", table.markdown(listed)]


def _jobs(folder: Path, name: str) -> bars.Jobs:
    file = folder / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else []


def _told_whole(folder: Path) -> list[str]:
    jobs = _jobs(folder, "whole")
    if not jobs:
        return []
    failed = [f"{job['job']}, {job['engine']}: {job['skipped']}" for job in jobs if "skipped" in job]
    return ["## Whole jobs: seconds by stage", table.markdown(real_table.shown(real_table.jobs(jobs))),
            "A run: the baseline with so many times the clerks, and ten times that of the needs.",
            _bullets(failed)]


def _told_content(folder: Path) -> list[str]:
    """Everything that was measured, as it is: a line for each job."""
    jobs = _jobs(folder, "content")
    lines = [", ".join(f"{key} {value}" for key, value in real_table.flat(job)) for job in jobs]
    return ["## People, records and searches", _bullets(lines)] if jobs else []


def _told_scenario(folder: Path) -> list[str]:
    file = folder / "scenario.json"
    if not file.exists():
        return []
    found = json.loads(file.read_text())
    options, comparisons = real_table.options(found), real_table.comparisons(found)
    options.to_csv(folder / "scenario.csv", index=False)
    comparisons.to_csv(folder / "comparison.csv", index=False)
    failed = [f"{run['engine']}: {run['skipped']}" for run in found if "skipped" in run]
    return [f"## Scenario {found[0]['scenario']}: seconds of one replication by stage",
            table.markdown(real_table.shown(options)),
            "## A comparison of its options, one worker: share of each stage",
            table.markdown(real_table.shown(comparisons)), _bullets(failed)]


def _told_start(folder: Path) -> list[str]:
    file = folder / "start.csv"
    if not file.exists():
        return []
    found = real_table.starts(pd.read_csv(file).to_dict("records"))
    return ["## From the shell to the first result, s", table.markdown(real_table.shown(found))]


if __name__ == "__main__":
    typer.run(main)
