"""One measurement in a process of its own: python -m benchmarks.point MODEL CONTESTANT COUNT -> one line of JSON.

seconds    median of the repeats: the run alone, its input built and its variates drawn beforehand
cpu        the same in seconds of processor time: what other jobs on the machine took away is not in it
first      s, the first small run of this process: loading, or compiling, what is compiled
input_mb   memory in use before the run: interpreter, libraries, input
peak_mb    most memory in use during the runs, `input_mb` included
mean       mean sojourn time, s
ticks      digest of the ticks at which the cases closed; equal for all that share our luck
skipped    instead of all that: why it cannot be measured
"""

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks import contestants, memory, models, native
from benchmarks.contestants import BY_BLOCK, PORT, PORT_TOTALS, Unable
from benchmarks.models import Built, Outcome, Run
from benchmarks.native.dump import dump

Times = tuple[float, float]       # s on the wall, s of the processor
SMALL = 50                        # cases of the first run
LONG_ENOUGH, MOST_REPEATS = 0.5, 7   # short runs are repeated for so many seconds in all
REPEATED_UP_TO = 5 * 10**6        # timed events of all repeats of the port
ROWS_UP_TO = 10**5                # cases for which the port writes its result to a file


def measured(model: str, contestant: str, count: int) -> dict[str, Any]:
    try:
        if contestant == BY_BLOCK:
            found = _by_block(model, count)
        else:
            built = models.build(model, count)
            found = _port(built, contestant) if contestant in (PORT, PORT_TOTALS) else _python(built, contestant, model)
    except (Unable, native.NoCompiler) as reason:
        return {"skipped": str(reason)}
    return {"model": model, "contestant": contestant, "count": count, **found}


def _python(built: Built, contestant: str, model: str) -> dict[str, Any]:
    small = contestants.prepare(contestant, models.build(model, SMALL))
    (first, _), _ = _timed(small)
    run = contestants.prepare(contestant, built)
    before = memory.reset()
    seconds, outcome = _repeated(run)
    return {**_medians(seconds), "repeats": len(seconds), "first": first, "input_mb": before,
            "peak_mb": memory.peak(), **_seen(outcome)}


def _by_block(model: str, count: int) -> dict[str, Any]:
    """Drawing the cases is a part of the run."""
    (first, _), _ = _timed(contestants.prepare_by_block(model, SMALL))
    run = contestants.prepare_by_block(model, count)
    before = memory.reset()
    seconds, outcome = _repeated(run)
    return {**_medians(seconds), "repeats": len(seconds), "first": first, "input_mb": before,
            "peak_mb": memory.peak(), **_seen(outcome)}


def _medians(times: list[Times]) -> dict[str, float]:
    return {"seconds": median(wall for wall, _ in times), "cpu": median(cpu for _, cpu in times)}


def _timed(run: Run) -> tuple[Times, Outcome]:
    began, busy = perf_counter(), process_time()
    outcome = run()
    return (perf_counter() - began, process_time() - busy), outcome


def _repeated(run: Run) -> tuple[list[Times], Outcome]:
    times, outcome = _timed(run)
    found = [times]
    while sum(wall for wall, _ in found) < LONG_ENOUGH and len(found) < MOST_REPEATS:
        times, outcome = _timed(run)
        found.append(times)
    return found, outcome


def _seen(outcome: Outcome) -> dict[str, Any]:
    ticks = hashlib.sha256(outcome.closed.tobytes()).hexdigest()[:12] if outcome.closed is not None else ""
    return {"mean": outcome.mean, "ticks": ticks}


def _port(built: Built, contestant: str) -> dict[str, Any]:
    """The port times itself: its input comes by file, and reading that is no part of a run."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "input", Path(folder) / "rows"
        try:
            dump(built, given)
        except ValueError as error:
            raise Unable(str(error)) from error
        kept = out if built.count <= ROWS_UP_TO else None
        repeats = max(1, min(MOST_REPEATS, REPEATED_UP_TO // (built.count * built.model.events)))
        found = native.run(given, contestant == PORT, repeats, kept)
        seen = _seen(models.outcome(built, native.rows(out).closed)) if kept else {"mean": float("nan"), "ticks": ""}
    times = list(zip(found["seconds"], found["cpu"], strict=True))
    return {**_medians(times), "repeats": repeats, "first": 0.0,
            "input_mb": found["before_kb"] * 1024 / 1e6, "peak_mb": found["peak_kb"] * 1024 / 1e6, **seen}


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
