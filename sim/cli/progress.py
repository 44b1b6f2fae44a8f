"""A bar for work that takes over a second, on a terminal only."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from sim.experiments.chunks import Told

PATIENCE = 1.0      # s


@contextmanager
def progress(what: str) -> Iterator[Told]:
    """What to tell how much is done. The bar comes with the first news after PATIENCE: by then all workers have been
    forked, which a thread that draws must not precede."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
    bar = Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True,
                   console=Console(stderr=True), redirect_stdout=False, redirect_stderr=False)
    task, began = bar.add_task(what, total=None), perf_counter()

    def told(done: int, of: int) -> None:
        bar.update(task, completed=done, total=of)
        if not bar.live.is_started and perf_counter() - began > PATIENCE:
            bar.start()

    try:
        yield told
    finally:
        bar.stop()
