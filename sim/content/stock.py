"""What places hold: the records on the subjects of needs, and those on other people that a search may come upon.

What a version says is the truth of the moment at which it was entered, with the errors of whoever entered it, less
what a check at entry or an audit has mended since; an audit during the run begins a further version.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.content import upkeep
from sim.content.errors import ERRORS, rates_of, record_ids, versions
from sim.content.fields import Fields, Rows, woven
from sim.content.people import People
from sim.content.records import NEVER, PRINTED, Holding, created_at, described, entries, on_others
from sim.content.silence import findable_from
from sim.scenario.schema import Scenario

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

    def written(self, person: Rows, place: Rows, serial: int, left: Bits, entered: Rows) -> tuple[Fields, Bits]:
        """What places have on persons, as written, with errors of these types only; and those that changed a value."""
        struck = self.rates[place]
        if (left != ALL_TYPES).any():
            struck = struck * (left[:, None] >> np.arange(len(ERRORS), dtype=np.uint64) & np.uint64(1))
        return versions(self.people, person, place, struck, serial, entered)


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
    """

    rows: NDArray[np.void]
    written: Fields
    serial: Rows
    entered: Rows
    left: Bits

    def first(self) -> Rows:
        """The first version of each record."""
        return np.flatnonzero(np.diff(self.rows["record"], prepend=-1))


def holding(kept: Keeping, held: Holding) -> Held:
    """These records, each version with what it says."""
    made = entries(kept.people, held, kept.scenario.people, kept.until)
    person, place = held.person[made.record], held.place[made.record]
    ids = record_ids(kept.people, person, place)
    entry, begins, left = _versions(kept, person, place, ids, made.serial, made.entered, made.ends)
    rows = described(kept.people, held, kept.scenario.people)[made.record[entry]]
    last = np.diff(entry, append=-1) != 0
    rows["version"], rows["created"] = np.arange(len(rows)), begins
    rows["superseded"] = np.where(last, made.ends[entry], np.append(begins[1:], NEVER))
    rows["deleted"] = last & made.goes[entry]
    first_entered = made.entered[np.searchsorted(made.record, made.record)]
    rows["findable"] = findable_from(kept.people.seed, ids, place, first_entered, kept.omissions,
                                     kept.scenario.silence)[entry]
    written = []
    for serial in (0, 1):
        these = np.flatnonzero(made.serial[entry] == serial)
        fields, changed = kept.written(person[entry[these]], place[entry[these]], serial, left[these],
                                       made.entered[entry[these]])
        rows["errors"][these] = changed
        written.append((these, fields))
    return Held(rows, woven(written).without_prints(~np.isin(rows["kind"], PRINTED)), made.serial[entry],
                made.entered[entry], left)


def _versions(kept: Keeping, person: Rows, place: Rows, ids: Bits, serial: Rows, entered: Rows,
              ends: Rows) -> tuple[Rows, Rows, Bits]:
    """Of each version its entry, when it begins, and the types of error left in it; by (entry, begin).

    Audits before the run have mended what they found; one during the run begins a version.
    """
    audits, seed = kept.scenario.upkeep.audits, kept.people.seed
    found = []
    for which in (0, 1):
        these = np.flatnonzero(serial == which)
        at_entry = kept.passed(person[these], place[these], which)
        many = upkeep.audits_before(seed, ids[these], entered[these], np.maximum(entered[these], 0), audits)
        found.append((these, entered[these], upkeep.left_by_audits(seed, ids[these], which, at_entry, many, audits)))
        row, tick, left = upkeep.mendings(seed, ids[these], which, at_entry, entered[these], ends[these], kept.until,
                                          audits)
        found.append((these[row], tick, left))
    entry, begins, left = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((begins, entry))
    return entry[order], begins[order], left[order]


def shown(kept: Keeping, person: Rows) -> Fields:
    """What is on record on these background people at the start, as written: one row each."""
    place = (person - kept.people.persons) // max(kept.people.per_place, 1)
    ids = record_ids(kept.people, person, place)
    entered = created_at(kept.people, ids, kept.scenario.people, kept.until)
    many = upkeep.audits_before(kept.people.seed, ids, entered, np.maximum(entered, 0), kept.scenario.upkeep.audits)
    left = upkeep.left_by_audits(kept.people.seed, ids, 0, kept.passed(person, place, 0), many,
                                 kept.scenario.upkeep.audits)
    kind = described(kept.people, on_others(kept.people, person, 0), kept.scenario.people)["kind"]
    return kept.written(person, place, 0, left, entered)[0].without_prints(~np.isin(kind, PRINTED))


def on_other_people(kept: Keeping, person: Rows) -> Held:
    """The records on these background people. All versions of one show the same person alike: `shown`."""
    found = holding(kept, on_others(kept.people, person, kept.scenario.people.alerts))
    first = found.first()
    of = np.cumsum(np.diff(found.rows["record"], prepend=-1) != 0) - 1
    found.rows["errors"] = found.rows["errors"][first][of]
    return Held(found.rows, found.written.take(first[of]), found.serial, found.entered, found.left)


def below(some: NDArray[np.void], more: NDArray[np.void]) -> NDArray[np.void]:
    """Two tables of RECORDS one below the other, the second numbered on from the first."""
    rows = np.concatenate([some, more])
    rows["version"] = np.arange(len(rows))
    if len(some):
        rows["record"][len(some):] += some["record"][-1] + 1
    return rows
