"""Round robin: at every size all contestants are measured in turn, several times over, each time in a new process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

Told = Callable[[str], None]
Point = dict[str, Any]
MEMORY = 0.5                      # share of the machine's memory that one run may take
PATIENCE = 60                     # s on top of ten budgets before a process is given up


@dataclass(frozen=True)
class Plan:
    """sizes: cases by model, rising. rounds: of the round robin. budget: s of the processor one run may take."""

    models: tuple[str, ...]
    contestants: tuple[str, ...]
    sizes: dict[str, tuple[int, ...]]
    rounds: int
    budget: float


def points(plan: Plan, told: Told) -> Iterator[Point]:
    """Every measurement, failed and skipped ones too (`skipped` says why)."""
    for model in plan.models:
        left = list(plan.contestants)
        sizes = plan.sizes[model]
        for size, after in zip(sizes, (*sizes[1:], 0), strict=True):
            found = list(_interleaved(model, left, size, plan, told))
            yield from found
            left = [name for name in left if _may_go_on([point for point in found if point["contestant"] == name],
                                                        after / size, plan.budget)]


def _interleaved(model: str, names: Iterable[str], size: int, plan: Plan, told: Told) -> Iterator[Point]:
    out: set[str] = set()
    for number in range(plan.rounds):
        for name in names:
            if name in out:
                continue
            told(f"{model}, {size} cases, round {number + 1}: {name}")
            point = one(["benchmarks.point", model, name, str(size)], plan.budget * 10 + PATIENCE)
            if "skipped" in point:
                out.add(name)
            yield {"model": model, "contestant": name, "count": size, "round": number, **point}


def _may_go_on(found: list[Point], growth: float, budget: float) -> bool:
    """Whether the next size, `growth` times this one, is likely to fit into the budget and into memory."""
    if not found or any("skipped" in point for point in found):
        return False
    grown = max(point["peak_mb"] - point["input_mb"] for point in found) * growth
    return median(point["cpu"] for point in found) * growth <= budget and grown <= memory_mb() * MEMORY


def memory_mb() -> float:
    """MB of memory in this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e6


def one(module: list[str], patience: float, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """What a module, run in a process of its own, printed as JSON; {"skipped": why} where it failed."""
    try:
        done = subprocess.run([sys.executable, "-m", *module], capture_output=True, text=True, timeout=patience,
                              env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        return {"skipped": f"gave no answer in {patience:.0f} s"}
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        return {"skipped": f"failed: {lines[-1] if lines else f'status {done.returncode}'}"}
    return json.loads(done.stdout.splitlines()[-1])
