"""Which records exist, on whom, since when, and when they are entered anew, looked at, or go.

A record is what one place holds on one person; a version of it is a row. Records are at rest: one that goes is
replaced by a new one on another person, so an age counted back from the end is exponential with the rate of deletion,
and some records are first entered during the run; none is older than its person is of age. One that stands at the start
was entered anew before, as often as later; in a run it is at most once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import record_ids
from sim.content.fields import Rows
from sim.content.life import of_age_at
from sim.content.people import People
from sim.draws import bits_many, stream, unit_many
from sim.scenario.holdings import People as Settings
from sim.units import YEAR, Range

NEVER = np.iinfo(np.int64).max
KINDS = ("suspect", "convicted", "victim", "witness", "contact")
HANDLING = ("H0", "H1", "H2", "H3")
SPECIAL = ("biometric", "health", "ethnicity")      # of a set of special categories of data, bit k is SPECIAL[k]
PRINTED = (0, 1)      # of KINDS: prints are taken of suspects and convicts, and of them only
CREATED, CHANGED, DELETED, COMPLAINED = range(4)
EVENTS = ("created", "changed", "deleted", "complained")

RECORDS = np.dtype([
    ("version", "i4"),       # the row itself
    ("record", "i4"),
    ("person", "i4"),        # row of People; background people follow the subjects
    ("place", "i2"),
    ("created", "i8"),       # ticks; negative: before the start
    ("superseded", "i8"),    # NEVER while it stands
    ("deleted", "?"),        # superseded without a successor
    ("kind", "i1"),          # KINDS
    ("handling", "i1"),      # HANDLING
    ("alert", "?"),
    ("errors", "u8"),        # bits over errors.ERRORS
    ("findable", "i8"),      # from when a search can find it; NEVER where it is left out of what is searched
    ("special", "u1"),       # bits over SPECIAL
])

RECORD_EVENTS = np.dtype([   # of these records, within [0, until), by (tick, record, event)
    ("tick", "i8"),
    ("event", "i1"),         # EVENTS
    ("place", "i2"),
    ("record", "i4"),
    ("version", "i4"),       # the version it brings, or takes away
    ("previous", "i4"),      # the version it replaces, else -1
    ("alert", "?"),          # of an alert; else only protocols that follow all records hear of it
])


@dataclass(frozen=True, eq=False)
class Holding:
    """Records before they are split into versions, aligned: who is on record where, and whether as an alert."""

    person: Rows
    place: Rows
    alert: NDArray[np.bool_]


def on_others(people: People, person: Rows, alerts: int) -> Holding:
    """The records on these background people. The first `alerts` of each place are alerts."""
    place, number = np.divmod(person - people.persons, max(people.per_place, 1))
    return Holding(person, place, number < alerts)


@dataclass(frozen=True, eq=False)
class Entries:
    """What was entered of records, by (record, entered): once, or anew during the run.

    record            row of the holding
    serial            0, or 1 where it was entered anew
    entered, ends     ticks; NEVER while it stands
    goes              it ends because the record is deleted
    """

    record: Rows
    serial: Rows
    entered: Rows
    ends: Rows
    goes: NDArray[np.bool_]


def entries(people: People, holding: Holding, settings: Settings, until: int) -> Entries:
    """When each record was entered, entered anew, deleted."""
    ids = record_ids(people, holding.person, holding.place)
    u = {word: _u(people, ids, word) for word in ("changed", "deleted")}
    created = entered_at(people, holding.person, ids, settings, until)
    from_then = np.maximum(created, 0)
    deleted = from_then + _wait(u["deleted"], settings.deleted)
    changed = from_then + _wait(u["changed"], settings.changed)
    gone, changes = np.where(deleted < until, deleted, NEVER), changed < np.minimum(deleted, until)
    record = np.repeat(np.arange(len(ids)), 1 + changes)
    later = np.flatnonzero(np.diff(record, prepend=-1) == 0)
    entered, ends, serial = created[record], gone[record], np.zeros(len(record), np.int64)
    entered[later] = ends[later - 1] = changed[record[later]]
    serial[later] = 1
    goes = gone[record] < NEVER
    goes[later - 1] = False
    return Entries(record, serial, entered, ends, goes)


def created_at(people: People, person: Rows, ids: NDArray[np.uint64], settings: Settings, until: int) -> Rows:
    """When records of these identities were first entered, in ticks; on those of age from the start on, just before."""
    oldest = np.minimum(of_age_at(people, person), -1)
    return np.maximum(until - _wait(_u(people, ids, "age"), settings.deleted), oldest)


def entered_at(people: People, person: Rows, ids: NDArray[np.uint64], settings: Settings, until: int) -> Rows:
    """When they were last entered anew before the start, or first entered where that is later."""
    anew = -1 - _wait(_u(people, ids, "entered anew"), settings.changed)
    return np.maximum(created_at(people, person, ids, settings, until), anew)


def described(people: People, holding: Holding, settings: Settings) -> NDArray[np.void]:
    """A row of RECORDS for each record, with what does not change over its versions."""
    ids = record_ids(people, holding.person, holding.place)
    rows = np.zeros(len(ids), RECORDS)
    rows["record"] = np.arange(len(ids))
    rows["person"], rows["place"], rows["alert"] = holding.person, holding.place, holding.alert
    rows["kind"] = _by_weight(_u(people, ids, "kind"), settings.kinds, KINDS)
    rows["handling"] = _by_weight(_u(people, ids, "handling"), settings.handling, HANDLING)
    for bit, category in enumerate(SPECIAL):
        if category in settings.special:
            has = _u(people, ids, f"special {category}") < settings.special[category].value
            rows["special"] |= has.astype(np.uint8) << np.uint8(bit)
    return rows


def _u(people: People, ids: NDArray[np.uint64], word: str) -> NDArray[np.float64]:
    return unit_many(bits_many(people.seed, 0, ids, 0, stream("record", word), 0))


def followed(rows: NDArray[np.void], which: str) -> NDArray[np.bool_]:
    """(rows,) what a protocol with RECORDS = `which` follows: "alerts", or "all". Of records on other people only those
    stand among the rows that some search finds, or that are alerts: the rest nobody would ever meet."""
    found: NDArray[np.bool_] = rows["alert"] | (which == "all")
    return found


def record_events(rows: NDArray[np.void], until: int) -> NDArray[np.void]:
    """RECORD_EVENTS of these RECORDS. What an audit has looked at is sent again, as what is entered anew."""
    first = np.diff(rows["record"], prepend=-1) != 0
    parts = [_events(rows[first], CREATED, "created"), _events(rows[~first], CHANGED, "created"),
             _events(rows[rows["deleted"]], DELETED, "superseded")]
    parts[1]["previous"] = rows["version"][~first] - 1
    events = np.concatenate(parts)
    events = events[(events["tick"] >= 0) & (events["tick"] < until)]
    return events[np.lexsort((events["event"], events["record"], events["tick"]))]


def _events(rows: NDArray[np.void], event: int, tick: str) -> NDArray[np.void]:
    events = np.zeros(len(rows), RECORD_EVENTS)
    for name in ("place", "record", "version", "alert"):
        events[name] = rows[name]
    events["tick"], events["event"], events["previous"] = rows[tick], event, -1
    return events


def _wait(u: NDArray[np.float64], share: Range) -> NDArray[np.int64]:
    """Exponential times, in ticks, of which `share` lie within a year; none is longer than 10,000 years."""
    longest = 10_000.0 * YEAR
    if share.value == 0:
        return np.full(len(u), longest, np.int64)
    rate = -np.log1p(-min(share.value, 1 - 1e-12)) / YEAR
    return np.asarray(np.minimum(-np.log(u) / rate, longest), np.int64)


def _by_weight(u: NDArray[np.float64], weights: Mapping[Any, Range], names: tuple[str, ...]) -> NDArray[np.int64]:
    """An index into `names` for each u; a name without a weight has none."""
    total = np.cumsum([weights[name].value if name in weights else 0.0 for name in names])
    return np.asarray(np.searchsorted(total / total[-1], u), np.int64)
