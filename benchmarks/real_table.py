"""The measurements of shipped scenarios and of start-up as data frames."""

from typing import Any

import pandas as pd

from benchmarks.table import _three

STAGES = ("world", "needs", "content", "own work", "cases", "simulate", "disclosures", "conservation", "metrics")


def options(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Seconds of one replication by stage, per option, engine and size of the demand: medians over rounds."""
    rows = [{"demand": run["scale"], "option": name, "engine": run["engine"], **_sizes(option), **option["seconds"],
             "all": sum(option["seconds"].values()), "events/s": option["events"] / option["seconds"]["simulate"]}
            for run in found if "skipped" not in run for name, option in run["options"].items()]
    return _medians(rows, ["demand", "option", "engine"])


def _sizes(option: dict[str, Any]) -> dict[str, int]:
    """Rows of a run; `needs` and `cases` alone are stages."""
    return {f"{name} (rows)": option[name] for name in ("needs", "cases", "steps")}


def comparisons(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Futures per minute of a comparison of all options with one worker, and the share of each stage."""
    rows = []
    for run in found:
        if "skipped" in run:
            continue
        seconds = run["comparison"]
        shares = {stage: seconds[stage] / seconds["all"] for stage in STAGES}
        rows.append({"demand": run["scale"], "engine": run["engine"],
                     "futures/min": 60 * run["futures"] / seconds["all"], **shares,
                     "other": 1 - sum(shares.values()), "peak_mb": run["peak_mb"]})
    return _medians(rows, ["demand", "engine"])


def jobs(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Seconds of whole jobs by stage: medians over rounds."""
    rows = [{"job": job["job"], "size": str(job["size"]), "engine": job["engine"], **job["stages"],
             "seconds": job["seconds"], "peak_mb": job.get("peak_mb", float("nan"))}
            for job in found if "stages" in job]
    return _medians(rows, ["job", "size", "engine"])


def flat(job: dict[str, Any], under: str = "") -> list[tuple[str, str]]:
    """What a job measured, tables within it by their path."""
    found = []
    for key, value in job.items():
        found += flat(value, f"{under}{key} ") if isinstance(value, dict) else [
            (under + key, _three(value) if isinstance(value, float) else str(value))]
    return found


def starts(found: list[dict[str, Any]]) -> pd.DataFrame:
    """Seconds from the shell to the first result: medians."""
    return _medians([{key: row[key] for key in ("what", "state", "seconds")} for row in found], ["what", "state"])


def _medians(rows: list[dict[str, Any]], keys: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows).groupby(keys, sort=False).median().reset_index() if rows else pd.DataFrame(columns=keys)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers as a reader wants them: shares in per cent, three digits else."""
    def cell(column: str, value: Any) -> str:
        if not isinstance(value, int | float):
            return str(value)
        if value != value:
            return "-"
        share = "futures/min" in table and column in (*STAGES, "other")
        return f"{value:.0%}" if share else f"{value:,.0f}" if float(value).is_integer() else _three(value)
    return pd.DataFrame({column: [cell(column, value) for value in table[column].tolist()] for column in table})
