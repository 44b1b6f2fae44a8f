"""Records that no search sees, though nobody decided so: an export that leaves some of them out, until it is noticed.

The case it is drawn from: one state did not send one notice of a conviction in three for some five years, because a
program did not export every file (facts ECRIS-OMISSION, ECRIS-OMISSION-N). To who asks, it looks like "nothing held".
Only counts that two states compare tell them apart; then the export is mended and what was left out is sent.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.content.upkeep import NEVER, attempts
from sim.draws import bits_many, identity, stream, unit_many
from sim.scenario.holdings import Reconciliation, Silence

OMISSIONS = np.dtype([           # one row for each jurisdiction, in the order of their codes
    ("defective", "?"),          # its export leaves records out, or did
    ("since", "i8"),             # tick from which it did so, negative
    ("noticed", "i8"),           # tick at which a comparison noticed it, also before the start; NEVER by the end
])

Ticks = NDArray[np.int64]
Floats = NDArray[np.float64]


def omissions(seed: int, codes: Sequence[str], silence: Silence | None, reconciliation: Reconciliation | None,
              until: int) -> NDArray[np.void]:
    """OMISSIONS of these places. They hang on the code of each, so that another place moves nobody's.

    silence, reconciliation  settled; None where nothing is left out, or nobody compares
    """
    rows = np.zeros(len(codes), OMISSIONS)
    rows["noticed"] = NEVER
    if silence is None:
        return rows
    rows["defective"] = _luck(seed, codes, "defective") < silence.places.value
    rows["since"] = -int(silence.since.value)
    if reconciliation is not None:
        noticed = _noticed(seed, codes, rows["since"], reconciliation)
        rows["noticed"] = np.where(rows["defective"] & (noticed < until), noticed, NEVER)
    return rows


def _noticed(seed: int, codes: Sequence[str], since: Ticks, reconciliation: Reconciliation) -> Ticks:
    """The tick of the first comparison after `since` that notices, at even times from a phase of each place's own."""
    every = int(reconciliation.every.value)
    phase = np.asarray(_luck(seed, codes, "phase") * every, np.int64)
    needed = attempts(_luck(seed, codes, "noticed"), reconciliation.noticed.value)
    tick = phase + ((since - phase) // every + needed) * every
    compares = (_luck(seed, codes, "compares") < reconciliation.share.value) & (tick < 2.0**62)
    return np.where(compares, np.where(compares, tick, 0).astype(np.int64), NEVER)


def findable_from(seed: int, ids: NDArray[np.uint64], place: NDArray[np.integer], entered: Ticks,
                  found: NDArray[np.void], silence: Silence | None) -> Ticks:
    """The tick from which a search can find each record, int64[n]: 0 where it always could, NEVER where it never can
    in the run.

    ids      u64[n] identities of the records (`errors.record_ids`)
    place    row of `found`, the OMISSIONS, for each
    entered  when the record was first entered: an export that went wrong later had already sent it
    """
    if silence is None:
        return np.zeros(len(ids), np.int64)
    at = found[place]
    luck = unit_many(bits_many(seed, 0, ids, 0, stream("omission", "record"), 0))
    left_out = at["defective"] & (luck < silence.records.value) & (entered >= at["since"])
    return np.where(left_out, np.maximum(at["noticed"], 0), 0)


def _luck(seed: int, codes: Sequence[str], word: str) -> Floats:
    ids = np.array([identity("place", code) for code in codes], np.uint64)
    return unit_many(bits_many(seed, 0, ids, 0, stream("omission", word), 0))
