"""On what it was measured: written into every result, since a ratio travels between machines and a second does not."""

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version

from benchmarks.measure import memory_mb
from sim.calibrate import processor

PACKAGES = ("numpy", "numba", "simpy", "ciw", "salabim")


def machine() -> dict[str, str]:
    """Processor, cores this process may use, memory, system, versions, and how busy the machine was already."""
    return {"processor": processor(), "cores": str(len(os.sched_getaffinity(0))
                                                   if hasattr(os, "sched_getaffinity") else os.cpu_count()),
            "memory": f"{memory_mb() / 1e3:.0f} GB", "system": f"{platform.system()} {platform.release()}",
            "Python": platform.python_version(), **{name: installed(name) for name in PACKAGES}, "g++": gxx(),
            "load before": load()}


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def gxx() -> str:
    found = shutil.which("g++")
    if found is None:
        return "not installed"
    return subprocess.run([found, "-dumpfullversion"], capture_output=True, text=True, check=True).stdout.strip()


def load() -> str:
    """Mean number of running processes over the last minute; another job on the machine shows here."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "not known"
