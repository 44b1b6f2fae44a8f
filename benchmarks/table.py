"""Medians, ratios and growth from the measurements, as data frames; and a data frame as Markdown.

A ratio is how many times as fast, taken at the largest number of cases that both were measured at. Ratios and growth
are those of processor time, which another job on the machine hardly moves; every contestant has one thread.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.contestants import BY_BLOCK, PORT, PORT_TOTALS, TOTALS
from benchmarks.models import MODELS

LINEAR, FLAT = 0.2, 0.2           # how far time per case, or memory, may grow
FROM, FLAT_FROM = 10**4, 10**6    # cases from which growth is looked at


def medians(points: pd.DataFrame) -> pd.DataFrame:
    """One row per model, contestant and count: s (median, fastest, slowest; of the processor: cpu), MB above the
    input, timed events per second of the processor."""
    done = points[points["seconds"].notna()].assign(above_mb=points["peak_mb"] - points["input_mb"])
    found = done.groupby(["model", "contestant", "count"], sort=False).agg(
        seconds=("seconds", "median"), cpu=("cpu", "median"),
        fastest=("seconds", "min"), slowest=("seconds", "max"), rounds=("round", "size"),
        input_mb=("input_mb", "median"), above_mb=("above_mb", "median"), mean=("mean", "first"),
        ticks=("ticks", "first")).reset_index()
    events = found["model"].map(lambda name: MODELS[name].events) * found["count"]
    return found.assign(events_per_second=events / found["cpu"])


def speed(found: pd.DataFrame) -> pd.DataFrame:
    """Each contestant at its largest size, with its ratio to SimPy and to the C++ port."""
    rows = []
    for (model, name), sizes in found.groupby(["model", "contestant"], sort=False):
        top = sizes.loc[sizes["count"].idxmax()]
        port = PORT_TOTALS if name in (TOTALS, BY_BLOCK, PORT_TOTALS) else PORT
        rows.append({
            "model": MODELS[model].title, "contestant": name, "cases": _count(top["count"]),
            "s (median)": _three(top["seconds"]), "fastest to slowest": _range(top), "cpu s": _three(top["cpu"]),
            "timed events/cpu s": _thousands(top["events_per_second"]),
            "x SimPy": _ratio(found, model, name, "SimPy"), f"x {PORT}": _ratio(found, model, name, port),
            "MB above input": _three(top["above_mb"]), "same ticks": _same(found, model, name)})
    return pd.DataFrame(rows)


def _ratio(found: pd.DataFrame, model: str, name: str, other: str) -> str:
    """How many times as fast as `other`, and at how many cases."""
    of = found[found["model"] == model].pivot(index="count", columns="contestant", values="cpu")
    if not {name, other} <= set(of) or of[[name, other]].dropna().empty:
        return "-"
    both = of[[name, other]].dropna()
    if name == other:
        return "1"
    return f"{_three(both[other].iloc[-1] / both[name].iloc[-1])} at {_count(both.index[-1])}"


def _same(found: pd.DataFrame, model: str, name: str) -> str:
    """Whether all cases closed in the same ticks as in the reference engine, at the sizes both have."""
    of = found[(found["model"] == model) & (found["ticks"] != "")].pivot(index="count", columns="contestant",
                                                                         values="ticks")
    if name not in of or "reference" not in of or of[[name, "reference"]].dropna().empty:
        return "other luck" if name == "Ciw" else "not compared"
    both = of[list(dict.fromkeys((name, "reference")))].dropna()
    return "yes" if (both.iloc[:, 0] == both.iloc[:, -1]).all() else "NO"


def growth(found: pd.DataFrame, ours: tuple[str, ...]) -> list[str]:
    """Sentences: is time linear from 10^4 cases on, is memory flat from 10^6 on where no rows are kept."""
    said = []
    for (model, name), sizes in found[found["contestant"].isin(ours)].groupby(["model", "contestant"], sort=False):
        title, rows = f"{MODELS[model].title}, {name}", sizes[sizes["count"] >= FROM].sort_values("count")
        if len(rows) < 2:
            said.append(f"{title}: not measured beyond {_count(sizes['count'].max())} cases within the budget")
            continue
        said.append(f"{title}: {_linear(rows)}")
        if name == BY_BLOCK:
            said.append(f"{title}: {_flat(rows[rows['count'] >= FLAT_FROM])}")
    return said


def _linear(rows: pd.DataFrame) -> str:
    worst = rise((rows["cpu"] / rows["count"]).to_numpy())
    return (f"time per case from {_count(rows['count'].iloc[0])} to {_count(rows['count'].iloc[-1])} cases rises by "
            f"{worst:.0%} at most; linear within {LINEAR:.0%}: {'yes' if worst <= LINEAR else 'NO'}")


def rise(per_case: NDArray[np.float64]) -> float:
    """How far it rises above what it was at any smaller size; a fall only spreads the beginning of a run."""
    return float((per_case / np.minimum.accumulate(per_case)).max() - 1)


def _flat(rows: pd.DataFrame) -> str:
    if len(rows) < 2:
        return f"memory above {_count(FLAT_FROM)} cases: not measured within the budget"
    change = rows["above_mb"].iloc[-1] / rows["above_mb"].iloc[0] - 1
    return (f"memory above the input from {_count(rows['count'].iloc[0])} to {_count(rows['count'].iloc[-1])} cases "
            f"changes by {change:+.0%}; flat within {FLAT:.0%}: {'yes' if change <= FLAT else 'NO'}")


def skipped(points: pd.DataFrame) -> list[str]:
    """Sentences: what could not be measured, and why."""
    if "skipped" not in points:
        return []
    rows = points[points["skipped"].notna()].drop_duplicates(["model", "contestant"])
    return [f"{MODELS[row.model].title}, {row.contestant}: {row.skipped}" for row in rows.itertuples()]


def markdown(table: pd.DataFrame) -> str:
    lines = [list(table.columns), ["---"] * len(table.columns), *table.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _count(number: Any) -> str:
    """10^5, 3 x 10^4 or the number itself."""
    number = int(number)
    power = len(str(number)) - 1
    head, rest = divmod(number, 10**power)
    if rest or power < 3:
        return f"{number:,}"
    return f"10^{power}" if head == 1 else f"{head} x 10^{power}"


def _three(value: float) -> str:
    """Three significant digits, never as a power."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def _thousands(value: float) -> str:
    return f"{_three(value / 1e6)} M" if value >= 1e6 else f"{_three(value / 1e3)} k"


def _range(row: pd.Series) -> str:
    return f"{_three(row['fastest'])} to {_three(row['slowest'])}" if row["rounds"] > 1 else "one round"
