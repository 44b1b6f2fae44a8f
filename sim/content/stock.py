"""What places hold: the records on the subjects of needs, and those on other people that a search may come upon.

What a version says is the truth of the moment at which it was entered, with the errors of whoever entered it, less
what a check at entry or an audit has mended since; an audit during the run begins a further version.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.content import upkeep
from sim.content.errors import ERRORS, rates_of, record_ids, versions
from sim.content.faces import faces
from sim.content.fields import TEXTS, Fields, Rows
from sim.content.life import LONG_AGO, Changes, life
from sim.content.people import People
from sim.content.records import NEVER, PRINTED, Entries, Holding, created_at, described, entered_at, entries, on_others
from sim.content.silence import findable_from
from sim.scenario.holdings import Audits
from sim.scenario.schema import Scenario

CHANGES = ("address", "family_name", "document")      # of sim.content.life
ALL_TYPES = np.uint64((1 << len(ERRORS)) - 1)

Bits = NDArray[np.uint64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Keeping:
    """How records are kept in one future.

    rates      float[places, errors]: how often whoever enters records at a place errs
    omissions  `silence.omissions`
    until      end of the run in ticks
    """

    people: People
    scenario: Scenario
    rates: Floats
    omissions: NDArray[np.void]
    until: int

    def passed(self, person: Rows, place: Rows, serial: int) -> Bits:
        """Types of error that the check at entry would let pass, uint64[n]."""
        ids = record_ids(self.people, person, place)
        return upkeep.left_at_entry(self.people.seed, ids, serial, np.full(len(ids), ALL_TYPES),
                                    self.scenario.upkeep.validation)

    def changes(self, person: Rows) -> Changes:
        """What happened to persons before the end of the run."""
        return life(self.people, self.scenario.people.life, person, self.until)

    def written(self, person: Rows, place: Rows, serial: Rows | int, left: Bits, entered: Rows,
                changes: Changes | None, fields: Collection[str] = TEXTS) -> tuple[Fields, Bits]:
        """What places have on persons, as written, with errors of these types only; and those that changed a value.

        changes  those that the truth of the tick `entered` may lack; None: none
        fields   the texts that are wanted
        """
        return versions(self.people, person, place, self.rates_of(place, left), serial, entered, changes, fields)

    def rates_of(self, place: Rows, left: Bits) -> Floats:
        """float[n, errors]: how often each type strikes where only these are left."""
        rates = self.rates[place]
        if (left != ALL_TYPES).any():
            rates = rates * (left[:, None] >> np.arange(len(ERRORS), dtype=np.uint64) & np.uint64(1))
        return rates


def keeping(people: People, scenario: Scenario, omissions: NDArray[np.void], until: int) -> Keeping:
    quality = scenario.people.quality
    rates = [rates_of(scenario.people, quality[scenario.jurisdiction[code].size][0]) for code in people.codes]
    return Keeping(people, scenario, np.array(rates), omissions, until)


@dataclass(frozen=True, eq=False)
class Held:
    """Records with what they say.

    rows     RECORDS, numbered from 0, by (record, created)
    written  Fields as written, a row for each
    serial   int64[n] 0, or 1 where it was entered anew
    entered  int64[n] the tick of that
    left     uint64[n] types of error that no check at entry and no audit has taken out
    changes  what has happened to the persons that no audit has brought in
    """

    rows: NDArray[np.void]
    written: Fields
    serial: Rows
    entered: Rows
    left: Bits
    changes: Changes

    def first(self) -> Rows:
        """The first version of each record."""
        return np.flatnonzero(np.diff(self.rows["record"], prepend=-1))

    def without_errors(self, kept: Keeping, versions: Rows) -> Fields:
        """What would be written in some versions if nobody had made an error."""
        person, place = (self.rows[name][versions].astype(np.int64) for name in ("person", "place"))
        return kept.written(person, place, 0, np.zeros(len(person), np.uint64), self.entered[versions],
                            self.changes.take(versions))[0]


def holding(kept: Keeping, held: Holding) -> Held:
    """These records, each version with what it says."""
    made = entries(kept.people, held, kept.scenario.people, kept.until)
    person, place = held.person[made.record], held.place[made.record]
    ids = record_ids(kept.people, person, place)
    changes = kept.changes(person)
    updated = _updated(kept, ids, made, changes)
    entry, begins, left = _versions(kept, person, place, ids, made, updated)
    shows = np.maximum(begins, 0)      # audits before the run have brought in what they found
    changes = not_yet(changes.take(entry), {name: ticks[entry] <= shows for name, ticks in updated.items()})
    rows = described(kept.people, held, kept.scenario.people)[made.record[entry]]
    last = np.diff(entry, append=-1) != 0
    rows["version"], rows["created"] = np.arange(len(rows)), begins
    rows["superseded"] = np.where(last, made.ends[entry], np.append(begins[1:], NEVER))
    rows["deleted"] = last & made.goes[entry]
    first_entered = created_at(kept.people, person, ids, kept.scenario.people, kept.until)
    rows["findable"] = findable_from(kept.people.seed, ids, place, first_entered, kept.omissions,
                                     kept.scenario.silence)[entry]
    serial, entered = made.serial[entry], made.entered[entry]
    written, rows["errors"] = kept.written(person[entry], place[entry], serial, left, entered, changes)
    return Held(rows, written.without_prints(~np.isin(rows["kind"], PRINTED)), serial, entered, left, changes)


def _updated(kept: Keeping, ids: Bits, made: Entries, changes: Changes) -> dict[str, Rows]:
    """Of each entry and kind of change, the tick at which an audit brought the change in; NEVER where none did."""
    found = {}
    for name in CHANGES:
        changed = getattr(changes, name)
        stale = np.where(made.entered < changed, changed, NEVER)
        found[name] = np.select(
            [made.serial == serial for serial in (0, 1)],
            [upkeep.up_to_date_from(kept.people.seed, ids, serial, name, stale, kept.scenario.upkeep.audits)
             for serial in (0, 1)])
    return found


def not_yet(changes: Changes, known: dict[str, NDArray[np.bool_]]) -> Changes:
    """Without the changes that are known."""
    return Changes(**{name: np.where(known[name], LONG_AGO, getattr(changes, name)) for name in CHANGES})


def _versions(kept: Keeping, person: Rows, place: Rows, ids: Bits, made: Entries,
              updated: dict[str, Rows]) -> tuple[Rows, Rows, Bits]:
    """Of each version its entry, when it begins, and the types of error left in it; by (entry, begin).

    Audits before the run have mended what they found; one during the run begins a version.
    """
    audits, seed, found = kept.scenario.upkeep.audits, kept.people.seed, []
    for which in (0, 1):
        these = np.flatnonzero(made.serial == which)
        entered, within = made.entered[these], np.minimum(made.ends[these], kept.until)
        begins, row = [entered], [np.arange(len(these))]
        for ticks in (*(updated[name][these] for name in CHANGES),
                      *_audit_ticks(seed, ids[these], np.maximum(entered, 0), kept.until, audits)):
            during = np.flatnonzero((ticks > np.maximum(entered, 0)) & (ticks < within))
            begins.append(ticks[during])
            row.append(during)
        pairs = np.unique(np.column_stack([np.concatenate(row), np.concatenate(begins)]), axis=0)
        at, begin = pairs[:, 0], pairs[:, 1]
        many = upkeep.audits_before(seed, ids[these][at], entered[at], np.maximum(begin, 0), audits)
        passed = kept.passed(person[these], place[these], which)[at]
        found.append((these[at], begin, upkeep.left_by_audits(seed, ids[these][at], which, passed, many, audits)))
    entry, begins_all, left = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((begins_all, entry))
    return entry[order], begins_all[order], left[order]


def _audit_ticks(seed: int, ids: Bits, after: Rows, until: int, audits: Audits | None) -> Iterator[Rows]:
    """The next audit of each record, and the next, until all are past the end."""
    while audits is not None:
        after = upkeep.next_audit(seed, ids, np.minimum(after, until), audits)
        if (after >= until).all():
            return
        yield after


def shown(kept: Keeping, person: Rows, fields: Collection[str]) -> Fields:
    """What is on record on these distinct background people at the start, as written: one row each, with these texts.
    """
    place = kept.people.home(person)
    ids = record_ids(kept.people, person, place)
    entered = entered_at(kept.people, person, ids, kept.scenario.people, kept.until)
    many = upkeep.audits_before(kept.people.seed, ids, entered, np.maximum(entered, 0), kept.scenario.upkeep.audits)
    left = upkeep.left_by_audits(kept.people.seed, ids, 0, kept.passed(person, place, 0), many,
                                 kept.scenario.upkeep.audits)
    kind = described(kept.people, on_others(kept.people, person, 0), kept.scenario.people)["kind"]
    written = faces(kept.people, frozenset(fields)).of(person, kept.rates_of(place, left))
    return written.without_prints(~np.isin(kind, PRINTED))


def on_other_people(kept: Keeping, person: Rows) -> Held:
    """The records on these background people. All versions of one show the same person alike: `shown`."""
    found = holding(kept, on_others(kept.people, person, kept.scenario.people.alerts))
    first = found.first()
    of = np.cumsum(np.diff(found.rows["record"], prepend=-1) != 0) - 1
    found.rows["errors"] = found.rows["errors"][first][of]
    return Held(found.rows, found.written.take(first[of]), found.serial, found.entered, found.left,
                found.changes)


def below(some: NDArray[np.void], more: NDArray[np.void]) -> NDArray[np.void]:
    """Two tables of RECORDS one below the other, the second numbered on from the first."""
    rows = np.concatenate([some, more])
    rows["version"] = np.arange(len(rows))
    if len(some):
        rows["record"][len(some):] += some["record"][-1] + 1
    return rows
