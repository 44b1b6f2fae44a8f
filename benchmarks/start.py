"""From the shell to the first result: with nothing compiled yet, and with compiled code from an earlier run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from benchmarks.measure import Told
from sim.engines import ENGINES

COMMAND = "comity run minimal"
CACHED_RUNS = 3                   # of one cold run


def starts(rounds: int, told: Told) -> Iterator[dict[str, Any]]:
    """{what, state, round, seconds}. Cold: an empty folder for compiled code; cached: the same folder again."""
    for number in range(rounds):
        for what, code in _programs().items():
            told(f"start-up, round {number + 1}: {what}")
            with tempfile.TemporaryDirectory() as folder:
                for state in ("cold", *["cached"] * CACHED_RUNS):
                    yield {"what": what, "state": state, "round": number, "seconds": _seconds(code, folder)}


def _programs() -> dict[str, str]:
    engines = {f"engine {name}, minimal": f"from benchmarks.real import first_result; first_result({name!r})"
               for name in ENGINES}
    return {COMMAND: "from sim.cli import main; main(['run', 'minimal'])", **engines}


def _seconds(code: str, folder: str) -> float:
    began = perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True,
                   env={**os.environ, "NUMBA_CACHE_DIR": folder})
    return perf_counter() - began
