"""A script or file that computes on and on is stopped here: no other check can see a loop that never yields."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 5.0      # of processor time, for one replay of one path, or for importing one file


# Whether the signal already leads to `_stop`; only the main thread changes it.
_is_watched = False


class OutOfPatience(Exception):
    """The time of this process was used up."""


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Raise OutOfPatience in the code inside once it has used so much processor time.

    Signals reach the main thread only, and not every system has them: elsewhere nothing is watched.
    """
    with watched() as is_watched:
        if is_watched:
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        try:
            yield
        finally:
            if is_watched:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)


@contextmanager
def watched() -> Iterator[bool]:
    """Whether `patience` can stop what runs inside. Around many short pieces of code it is worth while: naming who
    answers the signal takes longer than most of them."""
    global _is_watched
    in_reach = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGVTALRM")
    if _is_watched or not in_reach:
        yield in_reach
        return
    before, _is_watched = signal.signal(signal.SIGVTALRM, _stop), True
    try:
        yield True
    finally:
        _is_watched = False
        signal.signal(signal.SIGVTALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise OutOfPatience(f"did not come to its next instruction in {SECONDS:g} s of computing")
