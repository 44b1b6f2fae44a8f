"""A script or file that computes on and on is stopped here: no other check can see a loop that never yields."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 5.0      # of processor time, for one replay of one path, or for importing one file


class OutOfPatience(Exception):
    """The time of this process was used up."""


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Raise OutOfPatience in the code inside once it has used so much processor time.

    Signals reach the main thread only, and not every system has them: elsewhere nothing is watched.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGVTALRM"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise OutOfPatience(f"did not come to its next instruction in {SECONDS:g} s of computing")
