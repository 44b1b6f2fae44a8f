"""What an option makes of the needs: cases to open, and the other work the desks have. The engine's whole input."""

from sim.cases.opening import open_cases
from sim.cases.own_work import own_work, used_desks
from sim.cases.stream import (
    ASKED_BY_CASE,
    NO_CHANNEL,
    NOT_ASKED,
    OPENINGS,
    OWN_FIRST,
    OWN_LATER,
    PLAIN,
    STREAM,
    URGENT_FIRST,
    Cases,
)
from sim.cases.upkeep_work import UPKEEP, upkeep_book, upkeep_work, with_upkeep

__all__ = ["ASKED_BY_CASE", "NOT_ASKED", "NO_CHANNEL", "OPENINGS", "OWN_FIRST", "OWN_LATER", "PLAIN", "STREAM",
           "UPKEEP", "URGENT_FIRST", "Cases", "open_cases", "own_work", "upkeep_book", "upkeep_work", "used_desks",
           "with_upkeep"]
