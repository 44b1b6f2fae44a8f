"""A port of the engine rules to C++, as the limit: the same events, the same luck, the same rows.

It is compiled when first asked for, into a folder named after its source, and reads the model from a file.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.ledger import LEGS, MESSAGES, STEPS

SOURCE = Path(__file__).parent
FLAGS = ("-std=c++17", "-O3", "-march=native", "-ffp-contract=off")


class NoCompiler(Exception):
    """There is no g++ here."""


@dataclass(frozen=True)
class Rows:
    """What the port wrote: ticks at which cases closed, their words, and the ledger's rows in its own order."""

    closed: NDArray[np.int64]
    word: NDArray[np.int16]
    steps: NDArray[np.void]
    legs: NDArray[np.void]
    messages: NDArray[np.void]


def compiler() -> str:
    """The path of g++. Raises NoCompiler."""
    found = shutil.which("g++")
    if found is None:
        raise NoCompiler("no g++ on this machine")
    return found


@lru_cache(maxsize=1)
def executable() -> Path:
    """The compiled port. Raises NoCompiler."""
    sources = sorted(SOURCE.glob("*.?pp"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"comity-native-{digest}"
    made = folder / "engine"
    if not made.exists():
        folder.mkdir(exist_ok=True)
        part = folder / f"engine.{os.getpid()}"
        subprocess.run([compiler(), *FLAGS, "-o", str(part), str(SOURCE / "main.cpp")], check=True)
        part.replace(made)
    return made


def run(path: Path, keep: bool, repeats: int, out: Path | None = None) -> dict:
    """Run an input: {seconds: [s], cpu: [s], events, most_frames, before_kb, peak_kb}. keep: rows, else totals only."""
    words = [str(executable()), str(path), "rows" if keep else "totals", str(repeats), *([str(out)] if out else [])]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def rows(path: Path) -> Rows:
    """What `run` wrote to `out`."""
    with path.open("rb") as file:
        def part(kind):
            return np.fromfile(file, kind, int(np.fromfile(file, np.int64, 1)[0]))
        return Rows(part(np.dtype(np.int64)), part(np.dtype(np.int16)), part(STEPS), part(LEGS), part(MESSAGES))
