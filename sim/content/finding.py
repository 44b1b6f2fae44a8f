"""Whom the searches find: subjects on their own records, and other people that are taken for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.asking import Asked, Places
from sim.content.errors import record_ids
from sim.content.fields import Fields, Rows, normalised
from sim.content.matchers import MATCHERS, NO_HIT, false_match
from sim.content.neighbours import Neighbours, neighbours
from sim.content.people import People
from sim.content.prints import passing
from sim.content.searches import Search
from sim.content.stock import Held, Keeping, shown
from sim.content.ways import Luck, Ways, read
from sim.draws import identity
from sim.scenario.holdings import Matcher
from sim.scenario.schema import Scenario


class Found(NamedTuple):
    """Hits of one way of searching, aligned: rows of the needs, whom or what was found, scores in millionths."""

    search: int
    need: Rows
    found: Rows
    score: Rows


class Alike(NamedTuple):
    """Records on background people who could be taken for the subject of a need by name and date, aligned: rows of the
    needs, places, numbers of the records in their places."""

    need: Rows
    place: Rows
    number: Rows


@dataclass(frozen=True, eq=False)
class Seeker:
    """One way of searching, ready: its number among the searches, its matcher, what is asked by it where somebody could
    be found, and on whom it may come by name."""

    number: int
    search: Search
    setting: Matcher
    asked: Asked
    alike: Alike


@dataclass(frozen=True, eq=False)
class OwnRecords:
    """Records on subjects, and which of them the truth lets each need find.

    kept          what their holders' own systems keep of them, as written: a row for each version
    need, record  aligned
    """

    held: Held
    kept: Fields
    need: Rows
    record: Rows

    def among(self, first: int, end: int) -> "OwnRecords":
        """What needs from row `first` to `end` may find; needs are counted from `first`."""
        these = (self.need >= first) & (self.need < end)
        return OwnRecords(self.held, self.kept, self.need[these] - first, self.record[these])

    def place(self) -> Rows:
        """Of the record that each need may find."""
        return self.held.rows["place"][self.held.first()][self.record].astype(np.int64)

    def asked_about(self, asked: Asked, needs: int, places: int) -> tuple[Rows, Rows, Rows]:
        """Needs, versions and rows of `asked.fields`, of all that is held where it is asked for."""
        rows, first = self.held.rows, self.held.first()
        count = np.diff(first, append=len(rows))
        row = asked.row_of(needs, places)[self.need, rows["place"][first[self.record]]]
        at = np.flatnonzero(row >= 0)
        many = count[self.record[at]]
        return np.repeat(self.need[at], many), runs(first[self.record[at]], many), np.repeat(row[at], many)


def runs(first: Rows, many: Rows) -> Rows:
    """first, first + 1, ... as many as said, one run after the other."""
    return np.arange(many.sum()) + np.repeat(first - np.cumsum(many) + many, many)


def as_kept(made: Ways | None, people: People, written: Fields, person: Rows, holder: Rows, places: Places) -> Fields:
    """What the holders' own systems keep of records as written."""
    luck = Luck(people.seed, 0, record_ids(people, person, holder), places.keys[holder])
    return read(made, written, "", holder, holder, np.ones(len(person), bool), luck, "kept")


def as_searched(seeker: Seeker, made: Ways | None, people: People, kept: Fields, rows: Rows, person: Rows,
                holder: Rows, places: Places) -> Fields:
    """What a search sees of some rows of records as kept: of copies, what the holder sent and the institution keeps.

    person, holder  aligned with `rows`
    """
    search, fields = seeker.search, seeker.setting.fields
    if not search.copies_at:
        return kept.normal.only(fields).take(rows)
    luck = Luck(people.seed, 0, record_ids(people, person, holder), places.keys[holder])
    institution = np.full(len(person), places.codes.index(search.copies_at))
    sent = read(made, kept.only(fields).take(rows), search.network, holder, institution, np.ones(len(person), bool),
                luck, "copy")
    return normalised(sent)


def own_found(seeker: Seeker, made: Ways | None, people: People, own: OwnRecords, places: Places,
              needs: int) -> Found:
    """Hits on the subjects' own records: rows of the needs, versions, scores."""
    need, version, row = own.asked_about(seeker.asked, needs, len(places.codes))
    rows = own.held.rows
    distinct, of = np.unique(version, return_inverse=True)
    held = as_searched(seeker, made, people, own.kept, distinct, rows["person"][distinct].astype(np.int64),
                       rows["place"][distinct].astype(np.int64), places)
    score = MATCHERS[seeker.setting.kind](seeker.setting, seeker.asked.fields.take(row), held.take(of))
    hit = score != NO_HIT
    return Found(seeker.number, need[hit], version[hit], score[hit])


def others_found(seekers: Sequence[Seeker], made: Ways | None, kept: Keeping, needs: NDArray[np.void],
                 places: Places) -> list[Found]:
    """Hits on other people: rows of the needs, rows of People, scores."""
    around = [(seeker, *_around(seeker, kept, needs)) for seeker in seekers]
    persons = np.unique(np.concatenate([np.zeros(0, np.int64), *(person for _, _, person, _ in around)]))
    written = shown(kept, persons, {field for seeker in seekers for field in seeker.setting.fields})
    faces = as_kept(made, kept.people, written, persons, kept.people.home(persons), places)
    found = []
    for seeker, pair, person, score in around:
        setting, asked = seeker.setting, seeker.asked
        if setting.kind == "biometric":
            score = np.where(faces.has("print")[np.searchsorted(persons, person)], score, NO_HIT)
        else:
            distinct, of = np.unique(person, return_inverse=True)
            held = as_searched(seeker, made, kept.people, faces, np.searchsorted(persons, distinct), distinct,
                               kept.people.home(distinct), places)
            score = MATCHERS[setting.kind](setting, asked.fields.take(asked.row[pair]), held.take(of))
        hit = score != NO_HIT
        found.append(Found(seeker.number, asked.need[pair[hit]], person[hit], score[hit]))
    return found


def _around(seeker: Seeker, kept: Keeping, needs: NDArray[np.void]) -> tuple[Rows, Rows, Rows]:
    """Whom a search may take for the subject: rows of `asked.need`, rows of People, and scores where they are known.

    In a place's own records everybody counts, among copies of alerts those on whom there is one.
    """
    people, asked = kept.people, seeker.asked
    if seeker.setting.kind == "biometric":
        pair, number, score = _of_like_prints(seeker, people)
    else:
        pair, number = _of_like_names(seeker, len(needs), len(people.codes))
        score = np.full(len(pair), NO_HIT)
    if seeker.search.copies_at and not seeker.search.of_all:
        alerts = number < kept.scenario.people.alerts
        pair, number, score = pair[alerts], number[alerts], score[alerts]
    return pair, people.persons + asked.place[pair] * people.per_place + number, score


def _of_like_names(seeker: Seeker, needs: int, places: int) -> tuple[Rows, Rows]:
    """Rows of `asked.need`, and numbers of records in the place's store."""
    asked, alike = seeker.asked, seeker.alike
    table = np.full((needs, places), -1)
    table[asked.need, asked.place] = np.arange(len(asked.place))
    pair = table[alike.need, alike.place]
    return pair[pair >= 0], alike.number[pair >= 0]


def alike(kept: Keeping, setting: Matcher, needs: NDArray[np.void]) -> Alike:
    """Nobody where the matcher does not compare names."""
    people = kept.people
    if setting.kind == "biometric":
        return Alike(*(np.zeros((3, 0), np.int64)))
    near = _neighbours(people, kept.scenario, setting).of(needs["subject"].astype(np.int64))
    place, number = np.divmod(near.person.astype(np.int64) - people.persons, max(people.per_place, 1))
    return Alike(np.repeat(np.arange(len(needs)), np.diff(near.first)), place, number)


def _neighbours(people: People, scenario: Scenario, setting: Matcher) -> Neighbours:
    return neighbours(people, setting.missing, scenario.people.life is not None)


def find_all_neighbours(people: People, scenario: Scenario, searches: Sequence[Search]) -> None:
    """Now, of all subjects, what replications with these searches would find bit by bit."""
    for search in searches:
        if scenario.matcher[search.matcher].kind != "biometric":
            _neighbours(people, scenario, scenario.matcher[search.matcher]).of(np.arange(people.persons))


def _of_like_prints(seeker: Seeker, people: People) -> tuple[Rows, Rows, Rows]:
    """The same, and the scores, of prints that pass for the one asked about."""
    asked = seeker.asked
    printed = np.flatnonzero(asked.fields.has("print")[asked.row])
    codes = np.array([identity("place", code) for code in people.codes], np.uint64)[asked.place[printed]]
    share, score = false_match(seeker.setting)
    query, number, uniform = passing(people.seed, asked.fields.template[asked.row[printed]], codes,
                                     np.full(len(printed), people.per_place), share, MOST_PRINTS)
    return printed[query], number, score(uniform)


MOST_PRINTS = 256    # of one search in one store: far more than any share of false matches that is worth a search
