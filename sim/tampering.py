"""Which messages are altered by whoever carries them, and whether that is noticed.

Luck hangs on the message's own address (case, frame, step), so that no other message and no order of rows moves it. The
run goes on as if nothing had happened: what an altered answer is worth, `sim.metrics.tampered` says. Idealised: whoever
notices does not ask again.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.columns import Table
from sim.scenario.attacks import Tampering

Flags = NDArray[np.bool_]
_STEPS = 12          # bits of an address for the steps of a frame; the rest is for the frame


class Tampered(NamedTuple):
    """(messages,) altered unseen; altered and noticed on arrival."""

    unnoticed: Flags
    noticed: Flags


def tampered(setting: Tampering | None, seed: int, replication: int, ids: NDArray[np.uint64],
             messages: Table) -> Tampered:
    """Of rows of MESSAGES; `ids`: the stable ids of their cases, aligned.

    A sealed message that was altered does not open. Of the others a person notices some; a machine takes what comes.
    """
    if setting is None:
        return Tampered(*np.zeros((2, len(ids)), np.bool_))
    frame = messages["serial"].astype(np.uint64) << np.uint64(_STEPS)
    leg = (frame | (messages["step"].astype(np.uint64) & np.uint64((1 << _STEPS) - 1))) & np.uint64(0xFFFFFFFF)
    luck = (draws.unit_many(draws.bits_of_legs(seed, replication, ids, leg, draws.stream("tampering", word), 0))
            for word in ("altered", "noticed"))
    altered, seen = (u < share.value for u, share in zip(luck, (setting.share, setting.noticed), strict=True))
    altered &= messages["via"] >= 0
    noticed = messages["sealed"] | (seen & ~messages["machine"])
    return Tampered(altered & ~noticed, altered & noticed)
