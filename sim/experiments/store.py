"""A result is a folder that is either complete or not there: written beside its place, and moved into it at the end."""

import hashlib
import json
import math
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scenarios
import sim
from sim.errors import ComityError
from sim.experiments.assumptions import Sensitivity
from sim.experiments.compare import Comparison
from sim.experiments.statistics import Difference, Line
from sim.ledger import LEDGER_VERSION
from sim.scenario import protocols_of
from sim.scenario.protocols import protocol
from sim.scenario.schema import Scenario
from sim.scenario.write import write as as_toml

if TYPE_CHECKING:
    import pandas as pd

PARTS_OF_RESULT = ("duckdb", "numba", "numpy", "pandas", "rapidfuzz", "scipy", "simpy", "holidays", "tzdata")
ORDER = "run, measure, metric, slice, \"group\""


class ResultError(ComityError):
    """A result folder that exists already, or cannot be written."""


def target(scenario: Scenario, out: Path | None) -> Path:
    """Where a result goes: `out`, or the first free of results/<scenario>-<hash8>, -2, -3.

    Raises ResultError where `out` exists.
    """
    if out is not None:
        if out.exists() or out.is_symlink():
            raise ResultError(f"--out {out}\n  got       a place that exists already\n  expected  a new folder: "
                              "a result is never overwritten")
        return out
    name = f"{scenario.name}-{result_hash(scenario)[:8]}"
    tried = (Path("results") / (f"{name}-{k}" if k > 1 else name) for k in range(1, sys.maxsize))
    return next(path for path in tried if not path.exists())


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder to write in, which stands at `place` once the block ends well and leaves nothing behind if it does not.

    Raises ResultError at once where `place` cannot be written.
    """
    draft = place.parent / f".{place.name}.{os.getpid()}.part"
    made = [parent for parent in place.parents if not parent.exists()]
    try:
        draft.mkdir(parents=True)
    except OSError as error:
        _remove_empty(made)
        raise ResultError(f"{place}\n  got       {error.strerror} ({error.filename})\n"
                          "  expected  a place where a folder can be written") from None
    try:
        yield draft
        _move(draft, place)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        _remove_empty(made)
        raise


def _move(draft: Path, place: Path) -> None:
    try:
        draft.rename(place)
    except OSError as error:
        raise ResultError(f"{place}\n  got       {error.strerror}\n  expected  a place that stays free during the run"
                          ) from None


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def write(comparison: Comparison, folder: Path) -> None:
    """All files of a result but figures and page."""
    (folder / "scenario.toml").write_text(as_toml(comparison.scenario), encoding="utf-8")
    write_parquet(comparison.runs, folder / "runs.parquet", "run")
    write_parquet(comparison.metrics, folder / "metrics.parquet", ORDER)
    write_json(summary(comparison), folder / "comparison.json")
    csv = as_csv(comparison)
    (folder / "comparison.csv").write_text(csv, encoding="utf-8", newline="")
    write_json(manifest(comparison), folder / "manifest.json")


def write_parquet(table: "pd.DataFrame", file: Path, order: str) -> None:
    """The table sorted by `order`. One thread: the same rows give the same bytes."""
    import duckdb
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("rows", table)
        place = str(file).replace("'", "''")
        sorted_rows = f"SELECT * FROM rows ORDER BY {order}"
        connection.execute(f"COPY ({sorted_rows}) TO '{place}' (FORMAT parquet, COMPRESSION zstd)")


def write_json(value: Any, file: Path) -> None:
    file.write_text(json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def summary(comparison: Comparison) -> dict[str, Any]:
    """comparison.json: what ran, every line, what the headline hangs on."""
    scenario = comparison.scenario
    return {
        "question": scenario.question, "focus": scenario.focus, "as_of": scenario.as_of.isoformat(),
        "options": list(comparison.options), "futures": scenario.run.futures,
        "replications": scenario.run.replications, "seed": scenario.run.seed,
        "own_rosters": sorted(name for name, desk in scenario.desk.items() if desk.focus),
        "note": "simulation on invented people; stylised law; no advice",
        "lines": [_line(line, comparison.options) for line in comparison.lines],
        "headline": [{"option": name, **_sensitivity(found)}
                     for name, found in zip(comparison.options[1:], comparison.sensitivities, strict=True)],
        "exchange": [{"option": name, **_plain(asdict(found))}
                     for name, found in zip(comparison.options[1:], comparison.exchanges, strict=True)],
    }


def _line(line: Line, options: tuple[str, ...]) -> dict[str, Any]:
    levels = [{"option": name, **_plain(asdict(level))} for name, level in zip(options, line.levels, strict=True)]
    for level, each in zip(levels[1:], line.differences, strict=True):
        level["difference"] = _difference(each)
    return {**line.key._asdict(), "ratio": line.ratio, "options": levels}


def _difference(each: Difference) -> dict[str, Any]:
    return {**_plain(asdict(each)), "exact": each.is_exact}


def _sensitivity(found: Sensitivity) -> dict[str, Any]:
    hangs = [{"assumption": one.assumption.path, "range": one.assumption.text,
              "rank_correlation": one.rank_correlation, "chance": one.chance} for one in found.hangs_on]
    turns = [{"assumption": one.assumption.path, "side": one.side, "turns_at": one.assumption.at(one.turns_at),
              "futures_with_it": one.with_it, "futures_there": one.of} for one in found.flips]
    return {"hangs_on": hangs, "flips": turns, "assumptions_tried": found.tried, "futures": found.futures}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: number(value) if isinstance(value, float) else value for key, value in values.items()}


def number(value: float) -> float | str | None:
    """As JSON can say it: "never" for infinity, null for nothing."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else "never" if value > 0 else "-never"


def as_csv(comparison: Comparison) -> str:
    """comparison.csv: a row per line and option; columns of the difference are empty for the first option."""
    import pandas as pd
    rows = []
    for line in comparison.lines:
        for number, (name, level) in enumerate(zip(comparison.options, line.levels, strict=True)):
            row = {**line.key._asdict(), "ratio": line.ratio, "option": name, **asdict(level)}
            if number:
                each = asdict(line.differences[number - 1])
                row |= {"difference" if key == "mean" else key: value for key, value in each.items()}
            rows.append(row)
    # Counts beside empty cells would otherwise become fractions.
    table = pd.DataFrame(rows).astype({key: "Int64" for key in ("better", "worse", "tied", "futures") if len(rows) > 1
                                       and key in rows[-1]})
    return str(table.to_csv(index=False, lineterminator="\n"))


def result_hash(scenario: Scenario) -> str:
    """Hash of all that determines a result: the effective scenario, its options and run, and the code."""
    return hashlib.sha256((as_toml(scenario) + code_hash(scenario)).encode()).hexdigest()


def code_hash(scenario: Scenario) -> str:
    """Hash of the package, of the law packs the scenario names, and of its protocols."""
    names = {name for each in scenario.option for name in protocols_of(scenario, each)}
    files = [*sorted(Path(sim.__file__).parent.rglob("*.py")),
             *sorted((Path(scenarios.__file__).parent / "packs").rglob("*.toml")),
             *sorted((Path(scenario.folder) / "packs" / "laws").glob("*.toml")),
             *(protocol(name, scenario.folder).file for name in sorted(names))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def manifest(comparison: Comparison) -> dict[str, Any]:
    """manifest.json: what is needed to get the same result again, and what it took. The one file that may differ."""
    scenario = comparison.scenario
    return {
        "comity": version("comity"), "ledger_version": LEDGER_VERSION, "code_sha256": code_hash(scenario),
        "scenario_sha256": hashlib.sha256(as_toml(scenario).encode()).hexdigest(),
        "result_sha256": result_hash(scenario), "seed": scenario.run.seed, "futures": scenario.run.futures,
        "replications": scenario.run.replications, "options": list(comparison.options), "engine": comparison.engine,
        "versions": {name: version(name) for name in PARTS_OF_RESULT}, "python": platform.python_version(),
        "host": {"system": platform.system(), "machine": platform.machine(), "processors": os.cpu_count()},
        "workers": comparison.workers, "events": int(comparison.runs["events"].sum()),
        "seconds": comparison.seconds, "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }
