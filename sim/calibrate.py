"""How long the steps of a search take on this machine, as a fragment of a scenario with its source."""

import hmac
import json
import platform
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from sim.content.fields import Fields, column
from sim.content.matchers import search
from sim.content.matchers.grams import bigrams
from sim.content.private import point, secret
from sim.errors import ComityError
from sim.scenario.holdings import Matcher
from sim.units import SECOND, Range, as_text

RECORDS = 1000          # of the sample: pairs of them are a million
MULTIPLICATIONS = 200   # at a time
FIELDS = ("family_name", "given_name", "birth_date")
FILTERS = Matcher(kind="clk", fields=dict.fromkeys(FIELDS, Range(1, 1, "number")), missing="value", bits=1024,
                  hashes=20, key="calibrate", threshold=Range(0.9, 0.9, "number"))
USE = """\
# Written by `comity calibrate`. To use it, keep it as packs/machine.toml beside a scenario, and name it there:
# packs = ["machine"]
"""


class Step(NamedTuple):
    """do: what is timed. times: how many of the steps that a key of `Machine` means are in it."""

    do: Callable[[], object]
    times: float


class Calibration(NamedTuple):
    """A median over `repeats` for each key of `Machine`, in seconds of the processor."""

    seconds: dict[str, float]
    repeats: int


def calibrate(seconds: float) -> Calibration:
    """Measure every step in turn, again and again, for so long and at least three times.

    Raises ComityError where the package cryptography is not installed.
    """
    steps = dict(_steps())
    for step in steps.values():
        step.do()               # compiles, and fills caches
    found: dict[str, list[float]] = {name: [] for name in steps}
    end, repeats = perf_counter() + seconds, 0
    while repeats < 3 or perf_counter() < end:
        for name, step in steps.items():
            began = process_time()      # of this process alone: other jobs hardly move it
            step.do()
            found[name].append((process_time() - began) / step.times)
        repeats += 1
    return Calibration({name: median(times) for name, times in found.items()}, repeats)


def _steps() -> Iterator[tuple[str, Step]]:
    words = _words()
    table = Fields({field: column(np.array(of)) for field, of in zip(FIELDS, words, strict=True)},
                   *(np.zeros(RECORDS, np.uint64),) * 2)
    everywhere, area = np.ones((RECORDS, 1), bool), np.zeros(RECORDS, np.int64)
    multiply, points = secret(), [point(word) for word in words[0][:MULTIPLICATIONS]]
    grams = [gram.tobytes() for of in words for gram in bigrams(tuple(of)).code]
    yield "multiplication", Step(lambda: [multiply(one) for one in points], len(points))
    yield "encoding", Step(lambda: [hmac.digest(b"calibrate", gram, "sha1") for gram in grams], RECORDS)
    yield "filters", Step(lambda: search(FILTERS, table, table, everywhere, area), RECORDS**2 / 1e6)
    yield "texts", Step(lambda: process.cdist(words[0], words[1], scorer=JaroWinkler.normalized_similarity),
                        RECORDS**2 / 1e6)


def _words() -> tuple[list[str], ...]:
    """Invented records: names of 4 to 10 letters, and dates."""
    chance = np.random.default_rng(1)
    names = [["".join(chance.choice(list("abcdefghijklmnopqrstuvwxyz"), length)) for length in
              chance.integers(4, 11, RECORDS)] for _ in range(2)]
    return *names, [f"19{number:06d}" for number in chance.integers(0, 10**6, RECORDS)]


def fragment(found: Calibration) -> str:
    """The table `[machine]` of a scenario, in TOML."""
    source = f"own: comity calibrate, {date.today()}, {processor()}, {found.repeats} repeats"
    keys = {name: as_text(Range(ticks, ticks, "duration")) for name, taken in found.seconds.items()
            for ticks in [max(round(taken * SECOND), 1)]}
    lines = [f"{name:<{max(map(len, keys))}} = {json.dumps(text)}" for name, text in keys.items()]
    return "\n".join([f"{USE}\n[machine]", f"from = {json.dumps(source)}", *lines, ""])


def write(text: str, file: Path) -> None:
    """Raises ComityError for a file that exists or cannot be made."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise ComityError(f"{file}\n  expected  a new file; this one exists already") from None
    except OSError as error:
        raise ComityError(f"{file}\n  expected  a place where a file can be written ({error.strerror})") from None


def processor() -> str:
    """The name of this machine's processor."""
    info = Path("/proc/cpuinfo")
    named = [line.partition(":")[2].strip() for line in info.read_text().splitlines()
             if line.startswith("model name")] if info.exists() else []
    return named[0] if named else platform.processor() or platform.machine()
