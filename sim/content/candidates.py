"""The answer to every Match, made before the run: which version at which place scores how high for which need.

Matchers are given field values only; whose they are is joined here, after they have answered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import PRESETS, RATES, versions
from sim.content.fields import TEXTS, Fields, Rows, stack
from sim.content.groups import GROUPS
from sim.content.matchers import MATCHERS, NO_HIT, check, needs_known, search
from sim.content.people import People
from sim.content.records import NEVER, PRINTED, Holding, background, record_events, records
from sim.scenario.holdings import Matcher
from sim.scenario.schema import Scenario
from sim.script import NEEDS

CANDIDATES = np.dtype([
    ("need", "i4"),          # row of the needs
    ("holder", "i2"),        # place
    ("matcher", "i1"),       # index into Candidates.matchers
    ("version", "i4"),       # row of the records
    ("score", "i4"),         # millionths
    ("created", "i8"),       # these two, kind and handling: as in the record
    ("superseded", "i8"),
    ("genuine", "?"),        # the need's subject, as an expert's close look would find
    ("kind", "i1"),
    ("handling", "i1"),
])


@dataclass(frozen=True, eq=False)
class Candidates:
    """Rows by (need, holder, matcher), the best first: higher score, then lower version."""

    rows: NDArray[np.void]
    matchers: tuple[str, ...]

    def of(self, need: int, holder: int, matcher: int) -> list[tuple[int, ...]]:
        """The rows of CANDIDATES, as tuples, that one search finds whatever the time; best first."""
        return self._slices.get((need, holder, matcher), [])

    @cached_property
    def _slices(self) -> dict[tuple[int, int, int], list[tuple[int, ...]]]:
        slices: dict[tuple[int, int, int], list[tuple[int, ...]]] = {}
        for row in self.rows.tolist():
            slices.setdefault(row[:3], []).append(row)
        return slices


MISSES = np.dtype([          # a right record below the threshold of a search: by need, true holder and search
    ("need", "i4"),          # row of the needs
    ("holder", "i2"),        # place
    ("search", "i2"),
    ("cause", "i1"),         # index into Content.causes: without it alone, the search would hit
])

# Versions, senders, receivers, networks, whether the message is structured, aligned -> bits over fields.TEXTS that are
# changed or dropped on that way.
Altered = Callable[[Rows, Rows, Rows, Rows, NDArray[np.bool_]], NDArray[np.uint32]]


def unaltered(version: Rows, sender: Rows, receiver: Rows, network: Rows,
              structured: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Every value arrives as it was sent."""
    return np.zeros(len(version), np.uint32)


@dataclass(frozen=True, eq=False)
class Content:
    """What all runs of a replication meet, whatever the channels; all but `candidates` and `events` is the truth about
    it, for metrics only.

    records      RECORDS
    events       RECORD_EVENTS of alerts
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


def content(people: People, scenario: Scenario, needs: NDArray[np.void], holder: NDArray[np.bool_],
            searchable: NDArray[np.bool_], places: tuple[str, ...], matchers: tuple[str, ...], seed: int,
            until: int) -> Content:
    """Who is on record in one replication, and whom each search finds.

    scenario    settled
    needs       columns kind (index into script.NEEDS), opener, subject, known
    holder      bool[needs, places] the truth: the place holds a record on the need's subject
    searchable  bool[needs, places] some channel may search this place for this need
    places      codes: the jurisdictions of `people` in their order, then institutions, which hold nothing
    until       end of the run in ticks

    Raises ScenarioError for a matcher that lacks what its kind needs. `seed` must be that of the people.
    """
    states = len(people.codes)
    if places[:states] != people.codes or seed != people.seed:
        raise ValueError(f"people of {people.codes}, seed {people.seed}, used with places {places}, seed {seed}")
    settings = {name: scenario.matcher[name] for name in matchers}
    check(settings)
    quality = _quality(people, scenario)
    stock = _stock(people, scenario, quality, needs, holder[:, :states], until)
    asked = _queries(people, needs, quality)
    found = [np.zeros(0, CANDIDATES)]
    for k, setting in enumerate(settings.values()):
        knows = needs["known"] & needs_known(setting) == needs_known(setting)
        allowed = searchable[:, :states] & knows[:, None]
        for need, version, score in (_others_found(setting, asked, allowed, stock),
                                     _own_found(setting, asked, allowed, stock)):
            found.append(_candidates(people, needs, stock.rows, k, need, version, score))
    rows = np.concatenate(found)
    order = np.lexsort((rows["version"], -rows["score"], rows["matcher"], rows["holder"], rows["need"]))
    known = np.zeros(people.persons, GROUPS)
    known["script"], known["sex"] = people.group[:people.persons], people.sex[:people.persons]
    return Content(Candidates(rows[order], matchers), stock.rows, record_events(stock.rows, until), known,
                   np.zeros(len(stock.rows), np.uint32), np.full((len(stock.rows), len(TEXTS)), NEVER))


@dataclass(frozen=True, eq=False)
class _Stock:
    """All records of a replication: first those on other people, then those on subjects of needs.

    rows    RECORDS; first and count say which of them are the versions of each record
    others  fields of the records on other people: all versions of one show the same person alike
    own     fields of the versions of records on subjects, from row `own_from` on
    need, record  aligned: the records that the truth lets a need find
    """

    rows: NDArray[np.void]
    first: Rows
    count: Rows
    others: Fields
    own: Fields
    own_from: int
    need: Rows
    record: Rows


def _quality(people: People, scenario: Scenario) -> tuple[int, ...]:
    """The preset of each place's records, by its class."""
    quality = scenario.people.quality
    return tuple(PRESETS.index(quality[scenario.jurisdiction[code].size][0]) for code in people.codes)


def _stock(people: People, scenario: Scenario, quality: tuple[int, ...], needs: NDArray[np.void],
           holder: NDArray[np.bool_], until: int) -> _Stock:
    others = background(people)
    need, own_record, own = _on_subjects(needs, holder)
    held = Holding(np.concatenate([others.person, own.person]), np.concatenate([others.place, own.place]),
                   np.concatenate([others.alert, own.alert]))
    rows = records(people, held, scenario.people, until)
    first = np.flatnonzero(np.diff(rows["record"], prepend=-1))
    count = np.diff(first, append=len(rows))
    own_from = int(count[:len(others.person)].sum())
    other_fields, other_errors = _other_fields(people, quality)
    own_fields, own_errors = _own_fields(people, quality, rows[own_from:])
    rows["errors"] = np.concatenate([other_errors[rows["record"][:own_from]], own_errors])
    unprinted = ~np.isin(rows["kind"], PRINTED)
    return _Stock(rows, first, count, other_fields.without_prints(unprinted[first[:len(other_fields)]]),
                  own_fields.without_prints(unprinted[own_from:]), own_from, need, own_record + len(others.person))


def _on_subjects(needs: NDArray[np.void], holder: NDArray[np.bool_]) -> tuple[Rows, Rows, Holding]:
    """Needs and, aligned, the records they may find; and these records, one for each subject and place."""
    need, place = np.nonzero(holder)
    pairs, record = np.unique(np.column_stack([needs["subject"][need], place]), axis=0, return_inverse=True)
    sought = needs["kind"][need] == NEEDS.index("locate")
    alert = np.bincount(record, weights=sought, minlength=len(pairs)) > 0
    return need, record, Holding(pairs[:, 0], pairs[:, 1], alert)


@lru_cache(maxsize=2)
def _other_fields_by_preset(people: People) -> tuple[Fields, NDArray[np.uint32]]:
    """All records on other people in each preset, one below the other."""
    made = [versions(people, people.background, people.background_place,
                     np.tile(rates, (len(people.background), 1)), 0) for rates in RATES]
    return stack([fields for fields, _ in made]), np.concatenate([errors for _, errors in made])


def _other_fields(people: People, quality: tuple[int, ...]) -> tuple[Fields, NDArray[np.uint32]]:
    fields, errors = _other_fields_by_preset(people)
    size = len(people.background)
    row = np.array(quality, np.int64)[people.background_place] * size + np.arange(size)
    return fields.take(row), errors[row]


def _own_fields(people: People, quality: tuple[int, ...],
                rows: NDArray[np.void]) -> tuple[Fields, NDArray[np.uint32]]:
    """Each version of a subject's record was entered anew, with errors of its own."""
    later = np.diff(rows["record"], prepend=-1) == 0
    order = np.argsort(later, kind="stable")
    made = [_as_held(people, quality, part["person"].astype(np.int64), part["place"].astype(np.int64), serial)
            for serial, part in enumerate((rows[~later], rows[later]))]
    back = np.argsort(order)
    return (stack([fields for fields, _ in made]).take(back), np.concatenate([errors for _, errors in made])[back])


def _as_held(people: People, quality: tuple[int, ...], person: Rows, place: Rows,
             serial: int) -> tuple[Fields, NDArray[np.uint32]]:
    return versions(people, person, place, RATES[np.array(quality, np.int64)[place]], serial)


@dataclass(frozen=True, eq=False)
class _Queries:
    """What the needs ask about: needs of one opener on one subject ask alike.

    fields  one row for each opener and subject
    of      int64[needs] the row of each need
    """

    fields: Fields
    of: Rows


def _queries(people: People, needs: NDArray[np.void], quality: tuple[int, ...]) -> _Queries:
    """What each opener, a jurisdiction, has on its subject: its own version of it, errors and all."""
    states = len(people.codes)
    pairs, of = np.unique(needs["subject"].astype(np.int64) * states + needs["opener"], return_inverse=True)
    # Fields it does not know need no blanks: a matcher that has one of them is not asked (`needs_known`).
    return _Queries(_as_held(people, quality, pairs // states, pairs % states, 0)[0], of)


def _others_found(setting: Matcher, asked: _Queries, allowed: NDArray[np.bool_],
                  stock: _Stock) -> tuple[Rows, Rows, Rows]:
    """Hits on other people: needs, versions, scores."""
    searching = np.flatnonzero(allowed.any(axis=1))
    need = searching[np.argsort(asked.of[searching], kind="stable")]
    query, first, many = np.unique(asked.of[need], return_index=True, return_counts=True)
    if not len(query):
        return (np.zeros(0, np.int64),) * 3
    somewhere = np.logical_or.reduceat(allowed[need], first)
    place = stock.rows["place"][stock.first[:len(stock.others)]]
    hit, record, score = search(setting, asked.fields.take(query), stock.others, somewhere, place)
    need, record, score = need[_runs(first[hit], many[hit])], np.repeat(record, many[hit]), np.repeat(score, many[hit])
    may = allowed[need, place[record]]
    return _of_versions(stock, need[may], record[may], score[may])


def _own_found(setting: Matcher, asked: _Queries, allowed: NDArray[np.bool_],
               stock: _Stock) -> tuple[Rows, Rows, Rows]:
    """Hits on the subjects' own records: needs, versions, scores."""
    may = allowed[stock.need, stock.rows["place"][stock.first[stock.record]]]
    need, version, _ = _of_versions(stock, stock.need[may], stock.record[may], stock.record[may])
    query = asked.fields.take(asked.of[need])
    score = MATCHERS[setting.kind](setting, query, stock.own.take(version - stock.own_from))
    hit = score != NO_HIT
    return need[hit], version[hit], score[hit]


def _runs(first: Rows, many: Rows) -> Rows:
    """first, first + 1, ... as many as said, one run after the other."""
    return np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)


def _of_versions(stock: _Stock, need: Rows, record: Rows, score: Rows) -> tuple[Rows, Rows, Rows]:
    """The same for every version of each record."""
    count = stock.count[record]
    return np.repeat(need, count), _runs(stock.first[record], count), np.repeat(score, count)


def _candidates(people: People, needs: NDArray[np.void], records: NDArray[np.void], matcher: int, need: Rows,
                version: Rows, score: Rows) -> NDArray[np.void]:
    """Matches joined with whose they are."""
    rows = np.zeros(len(need), CANDIDATES)
    held = records[version]
    rows["need"], rows["matcher"], rows["version"], rows["score"] = need, matcher, version, score
    rows["holder"] = held["place"]
    for name in ("created", "superseded", "kind", "handling"):
        rows[name] = held[name]
    rows["genuine"] = held["person"] == needs["subject"][need]
    return rows
