"""Everything a run reads of records, put together: who is on record, and whom each search finds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.content.asking import Openers, Places, asked, openers
from sim.content.candidates import Candidates, candidates
from sim.content.complaints import complaints
from sim.content.errors import record_ids
from sim.content.fields import TEXTS, Rows, differing
from sim.content.finding import Alike, Found, OwnRecords, Seeker, alike, as_kept, others_found, own_found, runs
from sim.content.groups import GROUPS, groups
from sim.content.life import stale_since
from sim.content.matchers import check
from sim.content.people import People
from sim.content.records import NEVER, Holding, record_events
from sim.content.searches import Search
from sim.content.silence import omissions
from sim.content.stock import Held, Keeping, below, holding, keeping, on_other_people
from sim.content.ways import Flags, Luck, Ways, read, ways
from sim.content.why import CAUSES, MISSES, misses
from sim.scenario.schema import Scenario
from sim.script import NEEDS

CHUNK = 1 << 14     # needs at a time: what they ask of every place is never all in memory for a whole year


@dataclass(frozen=True, eq=False)
class Behind:
    """What candidates were made of, for those who ask why."""

    kept: Keeping
    ways: Ways | None
    places: Places
    needs: NDArray[np.void]
    replication: int
    own: OwnRecords


# Versions, senders, receivers, networks, whether the message is structured, aligned -> bits over fields.TEXTS that are
# changed or dropped on that way.
Altered = Callable[[Rows, Rows, Rows, Rows, Flags], NDArray[np.uint32]]


def unaltered(version: Rows, sender: Rows, receiver: Rows, network: Rows, structured: Flags) -> NDArray[np.uint32]:
    """Every value arrives as it was sent."""
    return np.zeros(len(version), np.uint32)


@dataclass(frozen=True, eq=False)
class Content:
    """What all runs of a replication meet, whatever the channels; all but `candidates` and `events` is the truth about
    it, for metrics only.

    records      RECORDS, those on subjects first, then those on other people that some search finds or that are alerts
    events       RECORD_EVENTS
    groups       GROUPS of the subjects
    wrong        uint32[records] bits over fields.TEXTS that were wrong when the version was entered
    stale_since  int64[records, len(TEXTS)] tick from which a value is no longer the truth
    altered      what conversion does on a way
    misses       MISSES; causes: what its column `cause` points to
    """

    candidates: Candidates
    records: NDArray[np.void]
    events: NDArray[np.void]
    groups: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, GROUPS))
    wrong: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    stale_since: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, len(TEXTS)), np.int64))
    altered: Altered = unaltered
    misses: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, MISSES))
    causes: tuple[str, ...] = ()


def content(people: People, scenario: Scenario, needs: NDArray[np.void], holder: Flags, searchable: Flags,
            places: tuple[str, ...], searches: tuple[Search, ...], seed: int, replication: int, until: int) -> Content:
    """Who is on record in one replication, and whom each search finds.

    scenario    settled
    needs       columns id, arises, kind (index into script.NEEDS), opener, subject, known
    holder      bool[needs, places] the truth: the place holds a record on the need's subject
    searchable  bool[needs, places] some channel may search this place for this need
    places      codes: the jurisdictions of `people` in their order, then institutions, which hold nothing of their own
    until       end of the run in ticks

    Raises ScenarioError for a matcher that lacks what its kind needs. `seed` must be that of the people.
    """
    states = len(people.codes)
    if places[:states] != people.codes or seed != people.seed:
        raise ValueError(f"people of {people.codes}, seed {people.seed}, used with places {places}, seed {seed}")
    check({search.matcher: scenario.matcher[search.matcher] for search in searches})
    omitted = omissions(seed, people.codes, scenario.silence, scenario.upkeep.reconciliation, until)
    kept = keeping(people, scenario, omitted, until)
    made, where = ways(scenario, places), Places(places, states)
    fields = {field for search in searches for field in scenario.matcher[search.matcher].fields}
    own = _own(kept, made, where, needs, holder[:, :states], fields)
    behind = Behind(kept, made, where, needs, replication, own)
    found, others, missed = _found(behind, searches, searchable, fields)
    rows = below(behind.own.held.rows, others.rows)
    limits = [scenario.matcher[search.matcher].limit for search in searches]
    return Content(candidates(needs, rows, found, searches, limits), rows,
                   _events(people, scenario, rows, until),
                   groups(people, scenario.jurisdiction[scenario.focus].languages), _wrong(behind, len(rows)),
                   _stale_since(behind, len(rows)), partial(_altered, behind, tuple(scenario.links)), missed, CAUSES)


def _events(people: People, scenario: Scenario, rows: NDArray[np.void], until: int) -> NDArray[np.void]:
    """RECORD_EVENTS of what becomes of the records, and of complaints about them."""
    events = record_events(rows, until)
    complained = complaints(people, scenario.redress, rows, until)
    if not len(complained):
        return events
    events = np.concatenate([events, complained])
    return events[np.lexsort((events["event"], events["record"], events["tick"]))]


def _own(kept: Keeping, made: Ways | None, places: Places, needs: NDArray[np.void], holder: Flags,
         fields: set[str]) -> OwnRecords:
    """The records that needs may find, one for each subject and place; as kept with the fields that matchers read."""
    need, place = np.nonzero(holder)
    pairs, record = np.unique(np.column_stack([needs["subject"][need], place]), axis=0, return_inverse=True)
    sought = needs["kind"][need] == NEEDS.index("locate")
    alert = np.bincount(record, weights=sought, minlength=len(pairs)) > 0
    held = holding(kept, Holding(pairs[:, 0], pairs[:, 1], alert))
    person, holders = (held.rows[name].astype(np.int64) for name in ("person", "place"))
    return OwnRecords(held, as_kept(made, kept.people, held.written.only(fields), person, holders, places), need,
                      record)


def _found(behind: Behind, searches: tuple[Search, ...], searchable: Flags,
           fields: set[str]) -> tuple[list[Found], Held, NDArray[np.void]]:
    """What is found, `found` being rows of RECORDS; the records on other people that are found or are alerts; MISSES.
    """
    kept, ways, places = behind.kept, behind.ways, behind.places
    mine, theirs, missed = [], [], [np.zeros(0, MISSES)]
    for first in range(0, max(len(behind.needs), 1), CHUNK):
        part, own = slice(first, first + CHUNK), behind.own.among(first, first + CHUNK)
        needs, opened = behind.needs[part], openers(kept, behind.needs[part], fields)
        seekers = _seekers(behind, searches, searchable[part], opened, own, part)
        mine += [_moved(own_found(each, ways, kept.people, own, places, len(needs)), first) for each in seekers]
        theirs += [_moved(found, first) for found in others_found(seekers, ways, kept, needs, places)]
        found = misses(seekers, ways, kept, own, opened, needs, places, behind.replication)
        found["need"] += first
        missed.append(found)
    others = on_other_people(kept, _on_record(kept, theirs))
    found_of_others = [_versions_of(found, others, len(behind.own.held.rows)) for found in theirs]
    return mine + found_of_others, others, np.concatenate(missed)


def _seekers(behind: Behind, searches: tuple[Search, ...], searchable: Flags, opened: Openers, own: OwnRecords,
             part: slice) -> list[Seeker]:
    """Each way of searching with what these needs ask by it. A query by name comes to most places in vain, and there
    nobody has to know how it reads."""
    kept, needs, found = behind.kept, behind.needs[part], []
    near: dict[str, Alike] = {}
    for number, search in enumerate(searches):
        setting, where = kept.scenario.matcher[search.matcher], searchable
        key = setting.kind if setting.kind == "biometric" else setting.missing
        if key not in near:
            near[key] = alike(kept, setting, needs)
        if setting.kind != "biometric":
            where = np.zeros_like(searchable)
            for need, place in ((own.need, own.place()), near[key][:2]):
                where[need, place] = searchable[need, place]
        found.append(Seeker(number, search, setting,
                            asked(search, setting, behind.ways, opened, needs, where, behind.places, kept.people.seed,
                                  behind.replication), near[key]))
    return found


def _moved(found: Found, first: int) -> Found:
    return found._replace(need=found.need + first)


def _on_record(kept: Keeping, found: list[Found]) -> Rows:
    """Everybody who is found, and everybody on whom there is an alert."""
    people = kept.people
    alerts = np.arange(min(kept.scenario.people.alerts, people.per_place))
    alerts = (people.persons + np.arange(len(people.codes))[:, None] * people.per_place + alerts).ravel()
    return np.unique(np.concatenate([alerts, *(each.found for each in found)]))


def _versions_of(found: Found, others: Held, before: int) -> Found:
    """The same for every version of each person's record, as rows of RECORDS that stand behind `before` others."""
    first = others.first()
    count = np.diff(first, append=len(others.rows))
    record = np.searchsorted(others.rows["person"][first], found.found)
    many = count[record]
    return Found(found.search, np.repeat(found.need, many), before + runs(first[record], many),
                 np.repeat(found.score, many))


def _wrong(behind: Behind, records: int) -> NDArray[np.uint32]:
    """uint32[records]: bits over TEXTS of values that are not what was true when they were entered, as a matcher would
    see it; of records on other people none is asked for, and none is told."""
    held, found = behind.own.held, np.zeros(records, np.uint32)
    for first in range(0, len(held.rows), CHUNK):
        part = np.arange(first, min(first + CHUNK, len(held.rows)))
        found[part] = differing(held.written.take(part), held.without_errors(behind.kept, part))
    return found


def _stale_since(behind: Behind, records: int) -> NDArray[np.int64]:
    """int64[records, len(TEXTS)]: of records on other people nothing is ever out of date."""
    held = behind.own.held
    found = np.full((records, len(TEXTS)), NEVER)
    found[:len(held.rows)] = stale_since(held.changes, held.entered)
    return found


def _altered(behind: Behind, networks: tuple[str, ...], version: Rows, sender: Rows, receiver: Rows, network: Rows,
             structured: Flags) -> NDArray[np.uint32]:
    """As `Altered`, of records on subjects: what is no longer what its holder wrote, as a matcher would see it."""
    changed = np.zeros(len(version), np.uint32)
    for number in np.unique(network):
        these = np.flatnonzero(network == number)
        written = behind.own.held.written.take(version[these])
        rows = behind.own.held.rows[version[these]]
        ids = record_ids(behind.kept.people, rows["person"].astype(np.int64), rows["place"].astype(np.int64))
        luck = Luck(behind.kept.people.seed, behind.replication, ids, behind.places.keys[receiver[these]])
        arrived = read(behind.ways, written, networks[number] if number >= 0 else "", sender[these], receiver[these],
                       structured[these], luck, "answer")
        changed[these] = differing(written, arrived)
    return changed
