"""The shape of needs: what an investigation must know, about whom, by when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.needs.audiences import Audiences

ASKER, ASKED, OTHER = range(3)   # side of the focus state in a need; OTHER: no side of it
SIDES = ("asker", "asked", "others")
KNOWN_NAME, KNOWN_PRINT, KNOWN_PLATE, KNOWN_NUMBER = 1, 2, 4, 8

NEEDS = np.dtype([
    ("id", "u8"),
    ("request", "u8"),           # needs of one request share it
    ("arises", "i8"),
    ("needed_by", "i8"),
    ("opener", "i2"),            # place whose investigator (or finder) opens it
    ("beneficiary", "i2"),       # place that needs the answer: the opener, for locate the issuer of the alert
    ("side", "i1"),              # SIDES: is the focus asker, asked, or neither
    ("kind", "i1"),              # index into script.NEEDS
    ("product", "i1"),           # 0 intelligence, 1 evidence
    ("urgent", "?"),
    ("minor_offence", "?"),
    ("dual_criminality", "?"),
    ("known", "u1"),             # bits KNOWN_*
    ("subject", "i4"),           # person
    ("subjects", "i4"),          # persons in the request, the subject included
    ("holder_known", "?"),
    ("kind_of_person", "i1"),    # of the subject in the asker's own case; index into laws.KINDS
    ("worth", "i8"),             # officer time (ticks) the investigator will spend on asking
    ("counts", "?"),             # arose in the observed window, and the focus has a side in it
    ("attack", "i1"),            # ATTACKS: of whoever asks without a need; such a row never counts
    ("bar", "i1"),               # what may stand against helping in this matter; index into laws.BARS
])
NO_ATTACK, FORGED, ABUSIVE, FISHING = range(4)
ATTACKS = ("none", "forged", "abusive", "fishing")

HOLDER_KNOWN = ("content", "evidence", "preserve")     # the asker knows who holds what it wants
PRINT_ONLY = ("identify",)                             # the asker has a print and no name


@dataclass(frozen=True)
class Needs:
    """rows of NEEDS sorted by (arises, id); `addressed[n]`: places the asker of need n would name, best guess first."""

    rows: NDArray[np.void]
    addressed: Audiences | tuple[tuple[int, ...], ...]
