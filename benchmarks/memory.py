"""Peak memory of this process, from the moment it was last reset."""

import resource
import sys
from pathlib import Path

STATUS, REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def reset() -> float:
    """Forget the peak so far, where the system lets us (Linux). MB in use now."""
    if REFS.exists():
        REFS.write_text("5")
    return _status("VmRSS") if STATUS.exists() else peak()


def peak() -> float:
    """MB. Linux's own mark, not getrusage: that one also remembers the parent that started this process."""
    if STATUS.exists():
        return _status("VmHWM")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


def _status(key: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{key}:"))
    return int(line.split()[1]) * 1024 / 1e6
