"""The bars: what must be reached, what is aimed at, and what was reached, read from a folder of results.

Figures are wall time unless they say otherwise, medians of interleaved rounds; ratios at the largest number of cases
that both were measured at, with the same by processor time beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from benchmarks.contestants import BY_BLOCK, PORT, PORT_TOTALS, TOTALS
from benchmarks.models import MODELS
from benchmarks.start import COMMAND
from benchmarks.table import FLAT, FLAT_FROM, FROM, LINEAR, _count, _three, rise

ROWS = "compiled"
KEEPS = {ROWS: "full ledger", TOTALS: "totals", BY_BLOCK: "totals, cases drawn by block"}
BESIDE_SIMPY = {"mm1": (40, 150), "tandem": (30, 80), "fan_out": (30, 70)}
Jobs = list[dict[str, Any]]


@dataclass(frozen=True)
class Bar:
    """must, aim   least (`more`) or most that is asked for; None: only printed
    reached     None: not measured
    beside      the same by processor time, or what else belongs to the figure
    """

    what: str
    must: float | None
    aim: float | None
    unit: str
    reached: float | None
    beside: str = ""
    more: bool = False

    @property
    def verdict(self) -> str:
        if self.reached is None:
            return "not measured"
        for name, bound in (("aim", self.aim), ("must", self.must)):
            if bound is not None and (self.reached >= bound if self.more else self.reached <= bound):
                return f"{name} reached"
        return "short of the must" if self.must is not None else "short of the aim"


def bars(found: pd.DataFrame, jobs: Jobs, content: Jobs, starts: pd.DataFrame, ledger: Jobs) -> list[Bar]:
    """found: `table.medians`. jobs: whole.json. content: content.json. starts: columns what, state, seconds. ledger:
    ledger.json."""
    return [*_beside_simpy(found), *_beside_reference(found), *_hits(found), *_beside_port(found), *_run(jobs),
            *_year(jobs), *_comparison(jobs), *_look_ups(jobs), *_content(content), *_ledger(ledger), *_growth(found),
            *_start(starts)]


def as_frame(listed: list[Bar]) -> pd.DataFrame:
    def bound(bar: Bar, value: float | None) -> str:
        return "-" if value is None else f"{value:g} {bar.unit}"
    return pd.DataFrame([{
        "bar": bar.what, "must": bound(bar, bar.must), "aim": bound(bar, bar.aim),
        "reached": "-" if bar.reached is None else f"{_signed(bar)} {bar.unit}", "beside": bar.beside,
        "verdict": bar.verdict} for bar in listed])


def _signed(bar: Bar) -> str:
    return f"{bar.reached:.1f}" if bar.unit == "%" else _three(bar.reached)


def _sizes(found: pd.DataFrame, model: str, name: str) -> pd.DataFrame:
    if found.empty:
        return found
    return found[(found["model"] == model) & (found["contestant"] == name)].set_index("count").sort_index()


def _ratio(found: pd.DataFrame, model: str, name: str, other: str) -> tuple[float | None, str]:
    """How many times as fast by wall time; by processor time and where. Totals by block do not run in turn with the
    others, so that only processor time compares them."""
    ours, theirs = _sizes(found, model, name), _sizes(found, model, other)
    both = ours.index.intersection(theirs.index)
    if not len(both):
        return None, ""
    wall, cpu = (theirs.loc[both[-1], column] / ours.loc[both[-1], column] for column in ("seconds", "cpu"))
    if name == BY_BLOCK:
        return cpu, f"of processor time; at {_count(both[-1])} cases"
    return wall, f"processor {_three(cpu)} x; at {_count(both[-1])} cases"


def _beside_simpy(found: pd.DataFrame) -> Iterator[Bar]:
    for model, (must, aim) in BESIDE_SIMPY.items():
        for name, kept in KEEPS.items():
            if name != BY_BLOCK or len(_sizes(found, model, name)):
                yield Bar(f"{MODELS[model].title}, beside SimPy: {kept}", must, aim, "x",
                          *_ratio(found, model, name, "SimPy"), more=True)


def _beside_reference(found: pd.DataFrame) -> Iterator[Bar]:
    model = "fan_out_hours"
    for name in (ROWS, TOTALS):
        yield Bar(f"{MODELS[model].title}, beside the reference: {KEEPS[name]}", 25, 60, "x",
                  *_ratio(found, model, name, "reference"), more=True)


def _hits(found: pd.DataFrame) -> Iterator[Bar]:
    model = "hit_fan_out"
    for name in (ROWS, TOTALS):
        sizes = _sizes(found, model, name)
        title = f"{MODELS[model].title}, a case: {KEEPS[name]}"
        if not len(sizes):
            yield Bar(title, 15, 8, "us", None)
            continue
        top, count = sizes.iloc[-1], sizes.index[-1]
        yield Bar(title, 15, 8, "us", top["seconds"] / count * 1e6,
                  f"processor {_three(top['cpu'] / count * 1e6)} us; at {_count(count)} cases")


def _beside_port(found: pd.DataFrame) -> Iterator[Bar]:
    for model in ("mm1", "fan_out"):
        for name, port in ((ROWS, PORT), (TOTALS, PORT_TOTALS)):
            yield Bar(f"{MODELS[model].title}, beside the C++ port: {KEEPS[name]}", None, 0.8, "x",
                      *_ratio(found, model, name, port), more=True)


def _of(jobs: Jobs, job: str, engine: str) -> Jobs:
    return [each for each in jobs if each["job"] == job and each["engine"] == engine and "skipped" not in each]


def _both(jobs: Jobs, job: str, of: Callable[[dict[str, Any]], float]) -> tuple[float, float] | None:
    """Medians over rounds: reference, compiled."""
    reference, ours = (_of(jobs, job, name) for name in ("reference", ROWS))
    if not reference or not ours:
        return None
    return median(map(of, reference)), median(map(of, ours))


def _run(jobs: Jobs) -> Iterator[Bar]:
    title = "baseline, one run, all stages after start-up, beside the reference"
    times = _both(jobs, "run", lambda job: job["seconds"])
    engine = _both(jobs, "run", lambda job: job["stages"]["simulate"])
    if times is None or engine is None:
        yield Bar(title, 20, 50, "x", None, more=True)
        return
    size = _of(jobs, "run", ROWS)[0]
    yield Bar(title, 20, 50, "x", times[0] / times[1],
              f"{_three(times[0])} s and {_three(times[1])} s; the engine alone {_three(engine[0] / engine[1])} x; "
              f"{size['cases']:,} cases, {size['events']:,} events", more=True)


def _year(jobs: Jobs) -> Iterator[Bar]:
    title = "one SIENA year, measured, from the file to the figures"
    done = _of(jobs, "year", ROWS)
    if not done:
        yield Bar(title, 30, None, "s", None)
        return
    yield Bar(title, 30, None, "s", median(job["seconds"] for job in done),
              f"{done[0]['messages']:,} messages, {done[0]['needs']:,} needs")
    yield Bar("the same, peak memory of the process", 0.5, None, "GB", median(job["peak_mb"] for job in done) / 1e3,
              f"{_three(done[0]['before_mb'])} MB before it begins")


def _comparison(jobs: Jobs) -> Iterator[Bar]:
    title = "comparison of the baseline's options, futures a minute, beside the reference"
    rates = _both(jobs, "compare", lambda job: 60 * job["futures"] / job["seconds"])
    if rates is None:
        yield Bar(title, 5, 20, "x", None, more=True)
        return
    yield Bar(title, 5, 20, "x", rates[1] / rates[0],
              f"{_three(rates[1])} and {_three(rates[0])} a minute, {_of(jobs, 'compare', ROWS)[0]['workers']} workers",
              more=True)


def _look_ups(jobs: Jobs) -> Iterator[Bar]:
    title = "a year of screening look-ups"
    done = _of(jobs, "look_ups", ROWS)
    if not done:
        yield Bar(title, None, 4, "min", None)
        return
    yield Bar(title, None, 4, "min", median(job["year_s"] for job in done) / 60,
              f"{done[0]['per_year']:.2g} from {done[0]['look_ups']:.1e}, {_three(median(_each(done)))} ns each")
    yield Bar("the same, peak memory of the process", None, 0.5, "GB", median(job["peak_mb"] for job in done) / 1e3)


def _content(jobs: Jobs) -> Iterator[Bar]:
    title = "a replication of the baseline on one core, once people and neighbours are there"
    done = [job for job in jobs if job["job"] == "replication" and "skipped" not in job]
    if not done:
        yield Bar(title, 2, None, "s", None)
        return
    content, engine = (median(job["stages"][stage] for job in done) for stage in ("content", "simulate"))
    yield Bar(title, 2, None, "s", median(job["seconds"] for job in done),
              f"{done[0]['people']:,} people; content {_three(content)} s")
    yield Bar("the same, content beside the engine", None, 1, "x", content / engine,
              f"{_three(content)} and {_three(engine)} s")
    yield Bar("the same, peak memory of the process", 1.5, None, "GB", median(job["peak_mb"] for job in done) / 1e3)


def _ledger(jobs: Jobs) -> Iterator[Bar]:
    title = "disclosures, added to the baseline without them"
    measured = [job for job in jobs if "skipped" not in job]
    if not measured:
        yield Bar(title, 30, None, "%", None)
    for name, run in (pair for job in measured for pair in job.items()):
        yield Bar(f"{title}, {name}", 30, None, "%", 100 * run["adds"],
                  f"{run['rows']:,} rows of {run['events']:,} events; {_three(run['ns_a_row'])} ns a row")
        yield Bar(f"the same, beside the kernel, {name}", 1, None, "x", run["beside_kernel"],
                  f"{_three(1e3 * run['stages']['kernel'])} ms of the kernel")
        yield Bar(f"a row of the disclosures, {name}", 48, None, "bytes", run["bytes_a_row"])


def _each(done: Jobs) -> Iterator[float]:
    return (1e9 * job["seconds"] / job["look_ups"] for job in done)


def _growth(found: pd.DataFrame) -> Iterator[Bar]:
    for model, first in (("mm1", FROM), ("fan_out", 10**3)):
        sizes = _sizes(found, model, BY_BLOCK)
        sizes = sizes[sizes.index >= first] if len(sizes) else sizes
        title = f"{MODELS[model].title}, totals by block: rise of time per case"
        if len(sizes) < 2:
            yield Bar(title, 100 * LINEAR, None, "%", None)
            continue
        each = (sizes["cpu"] / sizes.index).to_numpy()
        yield Bar(title, 100 * LINEAR, None, "%", 100 * rise(each), f"{_range(sizes)}; "
                  f"{', '.join(_three(1e6 * value) for value in each)} us of the processor")
    yield from _flat(_sizes(found, "mm1", BY_BLOCK))


def _flat(sizes: pd.DataFrame) -> Iterator[Bar]:
    sizes = sizes[sizes.index >= FLAT_FROM] if len(sizes) else sizes
    title = f"{MODELS['mm1'].title}, totals by block: growth of peak memory"
    if len(sizes) < 2:
        yield Bar(title, 100 * FLAT, None, "%", None)
        return
    peaks = (sizes["input_mb"] + sizes["above_mb"]).to_numpy()
    above = sizes["above_mb"].to_numpy()
    yield Bar(title, 100 * FLAT, None, "%", 100 * float(peaks[-1] / peaks[0] - 1),
              f"{_range(sizes)}; {_three(peaks[0])} to {_three(peaks[-1])} MB, of these the run "
              f"{_three(above[0])} to {_three(above[-1])} MB")


def _range(sizes: pd.DataFrame) -> str:
    return f"{_count(sizes.index[0])} to {_count(sizes.index[-1])} cases"


def _start(starts: pd.DataFrame) -> Iterator[Bar]:
    for state, must, said in (("cached", 1.5, "compiled code from an earlier run"), ("cold", 20, "nothing compiled")):
        rows = starts[(starts["what"] == COMMAND) & (starts["state"] == state)] if len(starts) else starts
        yield Bar(f"{COMMAND}, start of the process to its end: {said}", must, None, "s",
                  float(rows["seconds"].median()) if len(rows) else None)
