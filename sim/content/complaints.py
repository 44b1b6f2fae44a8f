"""Who complains of a wrong record, and when.

Wrong is a version in which an error of whoever entered it has changed a value. Its person complains at a rate that is
the same for as long as it stands, once in a run for each record; that the person must first learn of it is in the rate.
"""

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import record_ids
from sim.content.people import People
from sim.content.records import COMPLAINED, NEVER, RECORD_EVENTS
from sim.draws import bits_of_legs, stream, unit_many
from sim.scenario.redress import Redress
from sim.units import YEAR


def complaints(people: People, setting: Redress | None, rows: NDArray[np.void], until: int) -> NDArray[np.void]:
    """RECORD_EVENTS within [0, until) of these RECORDS, at most one for each record, by record."""
    if setting is None or setting.complain.value == 0:
        return np.zeros(0, RECORD_EVENTS)
    tick = _ticks(people, setting, rows)
    those = np.flatnonzero((rows["errors"] != 0) & (tick < np.minimum(rows["superseded"], until)))
    those = those[np.unique(rows["record"][those], return_index=True)[1]]
    events = np.zeros(len(those), RECORD_EVENTS)
    for name in ("place", "record", "version", "alert"):
        events[name] = rows[name][those]
    events["tick"], events["event"], events["previous"] = tick[those], COMPLAINED, -1
    return events


def _ticks(people: People, setting: Redress, rows: NDArray[np.void]) -> NDArray[np.int64]:
    """(rows,) when the person of each version would complain of it, if it stood for ever and were wrong. Luck of the
    record and of how many versions came before, so that no other record moves it."""
    ids = record_ids(people, rows["person"].astype(np.int64), rows["place"].astype(np.int64))
    _, first = np.unique(rows["record"], return_index=True)
    before = rows["version"] - rows["version"][first][np.searchsorted(rows["record"][first], rows["record"])]
    u = unit_many(bits_of_legs(people.seed, 0, ids, before.astype(np.uint64), stream("record", "complains"), 0))
    rate = -np.log1p(-min(setting.complain.value, 1 - 1e-12)) / YEAR
    wait = np.minimum(-np.log(u) / rate, float(NEVER // 4)).astype(np.int64)
    found: NDArray[np.int64] = np.maximum(rows["created"], 0) + wait
    return found
