"""One chunk is one future with one index of luck, run under every option; chunks know nothing of each other.

So any number of processes may share them, and the sorted rows are the same.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from sim.cases import open_cases
from sim.content import find_all_neighbours
from sim.engines import DEFAULT, ENGINES
from sim.errors import ComityError
from sim.metrics import Value, measure
from sim.run import Replication, Setting, draw, prepare, run, run_measured
from sim.scenario.schema import Scenario
from sim.units import DAY

if TYPE_CHECKING:
    import pandas as pd

MANY_NEEDS = 20_000      # above, a run's ledger is never whole: some 10 kB a need
Told = Callable[[int, int], None]      # chunks done, chunks in all


class Row(NamedTuple):
    """One row of metrics.parquet: the metrics of one run, long. `run` numbers (future, replication, option)."""

    run: int
    option: str
    future: int
    replication: int
    measure: str
    metric: str
    slice: str
    group: str
    unit: str
    value: float
    n: int


class Run(NamedTuple):
    """One row of runs.parquet: what ran, and how much of it; nothing that a clock on the wall decides."""

    run: int
    option: str
    future: int
    replication: int
    needs: int
    cases: int
    messages: int
    disclosures: int
    events: int


@dataclass(frozen=True)
class Part:
    """All that is kept of a chunk. seconds: wall time by stage, over its options."""

    future: int
    replication: int
    runs: tuple[Run, ...]
    rows: tuple[Row, ...]
    seconds: dict[str, float]


class WorkerDied(ComityError):
    """A worker process ended without a word: killed, or out of memory."""


# One per process: protocols are programs and people are drawn once, not once per chunk.
_setting: Setting | None = None


def chunk(setting: Setting, future: int, replication: int, engine: str = DEFAULT) -> Part:
    """Run every option in one future with one index of luck."""
    options, counts = setting.scenario.option, setting.scenario.run
    first = (future * counts.replications + replication) * len(options)
    runs: list[Run] = []
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    for number, option in enumerate(options, first):
        sizes, values, spent = _one(setting, option.name, future, replication, engine)
        head = (number, option.name, future, replication)
        runs.append(Run(*head, *sizes))
        rows += [Row._make((*head, *value)) for value in values]
        seconds = added(seconds, spent)
    return Part(future, replication, tuple(runs), tuple(rows), seconds)


def _one(setting: Setting, name: str, future: int, replication: int, engine: str,
         ) -> tuple[tuple[int, int, int, int, int], list[Value], dict[str, float]]:
    """Sizes, figures and seconds by stage of one run. One that is long is measured while it goes on, so that no ledger
    of it is ever whole; its figures are the same."""
    if engine == DEFAULT and expected(setting.scenario) > MANY_NEEDS:
        drawn, found, spent = run_measured(setting, name, future, replication)
        return ((len(drawn.needs.rows), found.cases, found.messages, found.disclosures, found.events), found.values,
                spent)
    done = run(setting, name, future, replication, engine)
    began = perf_counter()
    values = measure(done)
    return _sizes(done), values, {**done.seconds, "metrics": perf_counter() - began}


def expected(scenario: Scenario) -> float:
    """About how many needs a run draws, at the upper end of the rates, without their growth."""
    demand, days = scenario.demand, (scenario.run.warm_up.value + scenario.run.observe.value) / DAY
    rates = (demand.asked_by_us, demand.asked_of_us, demand.among_others)
    return days * sum(rate.high for rate in rates if rate is not None)


def added(some: dict[str, float], more: dict[str, float]) -> dict[str, float]:
    """Seconds of both, by stage."""
    return {stage: some.get(stage, 0.0) + more.get(stage, 0.0) for stage in {**some, **more}}


def _sizes(done: Replication) -> tuple[int, int, int, int, int]:
    ledger = done.ledger
    return len(done.needs.rows), len(ledger.cases), len(ledger.messages), len(ledger.disclosures), ledger.events


def run_all(scenario: Scenario, workers: int, told: Told, engine: str = DEFAULT) -> list[Part]:
    """Every chunk of a scenario, sorted by future and replication.

    Raises WorkerDied; on any error or Ctrl-C no worker is left behind.
    """
    wanted = [(future, luck) for future in range(scenario.run.futures) for luck in range(scenario.run.replications)]
    parts = []
    for part in _done(scenario, wanted, workers, engine):
        parts.append(part)
        told(len(parts), len(wanted))
    return sorted(parts, key=lambda part: (part.future, part.replication))


def _done(scenario: Scenario, wanted: list[tuple[int, int]], workers: int, engine: str) -> Iterable[Part]:
    before = set(multiprocessing.active_children())
    pool = _pool(scenario, min(workers, len(wanted)), engine, len(wanted))
    try:
        with _signals_wait():
            tasks = [pool.submit(_work, *pair, engine) for pair in wanted]
        for task in as_completed(tasks):
            yield task.result()
    except BrokenProcessPool:
        raise WorkerDied("a worker process died before its work was done\n"
                         "  cause     most likely no memory was left\n"
                         "  remedy    fewer --workers, or a shorter `observe` in the scenario's [run]") from None
    except BaseException:
        # Chunks that have begun would otherwise be waited for.
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(scenario: Scenario, workers: int, engine: str, chunks: int) -> ProcessPoolExecutor:
    """On Linux workers are forked: they inherit the prepared setting, what all futures share, and all compiled
    functions, which takes a second or two to make anew. The pool forks them all before its own thread starts.
    Elsewhere forking is unsafe or absent."""
    if sys.platform == "linux":
        _begin(scenario)
        _share_with_workers(engine, chunks)
        return ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), _obey_parent)
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin_anew, (scenario,))


def _begin(scenario: Scenario) -> None:
    global _setting
    _setting = prepare(scenario)


def _share_with_workers(engine: str, chunks: int) -> None:
    """Make what all futures share: the law's table, calendars, who could be taken for whom, compiled code.

    The first future is drawn, which whoever runs it will find; it is run without its cases. Where the chunks together
    ask about most people, everybody's neighbours are found here, once instead of in each worker.
    """
    assert _setting is not None
    first, people = _setting.scenario.option[0], _setting.people
    drawn = draw(_setting, first.levers, 0, 0)
    if chunks * expected(_setting.scenario) > people.persons:
        find_all_neighbours(people, drawn.world.scenario, drawn.world.searches)
    cases = open_cases(drawn.world, first, drawn.needs, drawn.content.events, drawn.own_work)
    ENGINES[engine](drawn.world, cases.part(0, 0), drawn.content)


def _begin_anew(scenario: Scenario) -> None:
    _obey_parent()
    _begin(scenario)


ENDING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """While workers are forked: one ended in that moment would go on as its parent does, in the parent's code."""
    if sys.platform != "linux":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _obey_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the parent alone decides what it means, and ends its workers. One
    that was killed outright can not: then they end by themselves, and nothing is left behind."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(future: int, replication: int, engine: str) -> Part:
    if _setting is None:
        raise RuntimeError("a worker that was never given a scenario")
    try:
        return chunk(_setting, future, replication, engine)
    except ComityError as error:
        # An error that carries its faults does not survive the way between processes; its text does.
        raise ComityError(str(error)) from None


def stages(parts: list[Part]) -> dict[str, float]:
    """Wall time by stage, summed over all parts."""
    total: dict[str, float] = {}
    for part in parts:
        total = added(total, part.seconds)
    return total


def runs_table(parts: list[Part]) -> "pd.DataFrame":
    """The columns of `Run`."""
    import pandas as pd
    return pd.DataFrame([run for part in parts for run in part.runs], columns=list(Run._fields))


def metrics_table(parts: list[Part]) -> "pd.DataFrame":
    """The columns of `Row`."""
    import pandas as pd
    return pd.DataFrame([row for part in parts for row in part.rows], columns=list(Row._fields))


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
