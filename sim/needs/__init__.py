"""Needs exist whether or not anybody asks: what an investigation must know, about whom, by when.

They are drawn from the future's settings and the replication's luck alone, never from the option, so that all options
meet the same needs.

rows.py      their shape                              matter.py    when they arise, what they are about
partners.py  who opens them, who holds, who is named  attacks.py   requests of those who have no need
drawing.py   all of them, chunk by chunk
"""

from sim.needs.attacks import attack_kinds, compromised
from sim.needs.audiences import Audiences, audiences
from sim.needs.drawing import draw, searchable
from sim.needs.rows import (
    ABUSIVE,
    ASKED,
    ASKER,
    ATTACKS,
    FISHING,
    FORGED,
    HOLDER_KNOWN,
    KNOWN_NAME,
    KNOWN_NUMBER,
    KNOWN_PLATE,
    KNOWN_PRINT,
    NEEDS,
    NO_ATTACK,
    OTHER,
    PRINT_ONLY,
    SIDES,
    Needs,
)

__all__ = ["ABUSIVE", "ASKED", "ASKER", "ATTACKS", "FISHING", "FORGED", "HOLDER_KNOWN", "KNOWN_NAME", "KNOWN_NUMBER",
           "KNOWN_PLATE", "KNOWN_PRINT", "NEEDS", "NO_ATTACK", "OTHER", "PRINT_ONLY", "SIDES", "Audiences", "Needs",
           "attack_kinds", "audiences", "compromised", "draw", "searchable"]
