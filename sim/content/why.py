"""Why a search does not find a record that is there: what alone would have to be otherwise for it to be a hit.

Each error on either side, what has changed in the subject's life since, and what is lost on the way is taken away in
turn; the first, in the order of CAUSES, without which the matcher would see a hit is the cause. Where only all of them
together are enough there are several. What then is left is no error: a side has nothing to compare, as a witness has no
print, or it is the matcher, which does not know that two customs of spelling are of one name.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.content.asking import Openers, Places, received
from sim.content.errors import ERRORS
from sim.content.errors.kinds import KINDS
from sim.content.fields import Fields, Rows, woven
from sim.content.finding import OwnRecords, Seeker, as_kept, as_searched
from sim.content.matchers import MATCHERS, NO_HIT
from sim.content.records import PRINTED
from sim.content.stock import CHANGES, Keeping, not_yet
from sim.content.ways import Ways

CAUSES = (*ERRORS, "stale", "keyed in wrongly", "lost on the way", "several together", "nothing to compare",
          "matcher")
STALE, KEYED, LOST, SEVERAL, NOTHING, MATCHER = range(len(ERRORS), len(CAUSES))

MISSES = np.dtype([
    ("need", "i4"),
    ("holder", "i2"),
    ("search", "i1"),
    ("cause", "i1"),         # index into CAUSES
])


class Variant(NamedTuple):
    """Missed pairs with one thing taken away, aligned: rows of the needs and of RECORDS, and what is taken away."""

    miss: Rows
    need: Rows
    version: Rows
    cause: Rows


def misses(seekers: Sequence[Seeker], made: Ways | None, kept: Keeping, own: OwnRecords, opened: Openers,
           needs: NDArray[np.void], places: Places, replication: int) -> NDArray[np.void]:
    """MISSES of the needs that count: one row for each record that holds when the need arises and is not found.

    What an export leaves out is no miss of a matcher, and has no row.
    """
    found = [np.zeros(0, MISSES)]
    for seeker in seekers:
        need, version, row = own.asked_about(seeker.asked, len(needs), len(places.codes))
        rows, arises = own.held.rows[version], needs["arises"][need]
        stands = needs["counts"][need] & (rows["created"] <= arises) & (arises < rows["superseded"])
        stands &= rows["findable"] <= arises
        need, version, row = need[stands], version[stands], row[stands]
        held = as_searched(seeker, made, kept.people, own.kept, version,
                           rows["person"][stands].astype(np.int64), rows["place"][stands].astype(np.int64), places)
        score = MATCHERS[seeker.setting.kind](seeker.setting, seeker.asked.fields.take(row), held)
        missed = score == NO_HIT
        if missed.any():
            found.append(_causes(seeker, made, kept, own, opened, needs, places, replication, need[missed],
                                 version[missed]))
    return np.concatenate(found)


def _causes(seeker: Seeker, made: Ways | None, kept: Keeping, own: OwnRecords, opened: Openers,
            needs: NDArray[np.void], places: Places, replication: int, need: Rows, version: Rows) -> NDArray[np.void]:
    tried = _variants(seeker, made, own, opened, need, version)
    asked = _asked_without(tried, seeker, made, kept, opened, needs, own, places, replication)
    held = _held_without(tried, seeker, made, kept, own, needs, places)
    hit = MATCHERS[seeker.setting.kind](seeker.setting, asked, held) != NO_HIT
    rows = np.zeros(len(need), MISSES)
    rows["need"], rows["holder"], rows["search"] = need, own.held.rows["place"][version], seeker.number
    of_fields = np.logical_or if seeker.setting.missing == "drop" else np.logical_and
    there = of_fields.reduce([asked.has(field) & held.has(field) for field in seeker.setting.fields])
    rows["cause"] = np.where(there[tried.cause == SEVERAL], MATCHER, NOTHING)
    alone = np.flatnonzero(hit)[::-1]      # the first of a miss is written last, and stands
    rows["cause"][tried.miss[alone]] = tried.cause[alone]
    return rows


def _variants(seeker: Seeker, made: Ways | None, own: OwnRecords, opened: Openers, need: Rows,
              version: Rows) -> Variant:
    """By miss, then in the order of CAUSES; with SEVERAL everything is taken away."""
    there = np.zeros((len(need), len(CAUSES)), bool)
    errors = opened.errors[need] | own.held.rows["errors"][version]
    errors &= _touching(seeker.setting.fields)
    for bit in range(len(ERRORS)):
        there[:, bit] = errors >> np.uint64(bit) & np.uint64(1)
    by_text = seeker.setting.kind != "biometric"
    there[:, STALE] = by_text
    there[:, [KEYED, LOST]] = by_text and made is not None
    there[:, SEVERAL] = True
    miss, cause = np.nonzero(there)
    return Variant(miss, need[miss], version[miss], cause)


def _touching(fields: Iterable[str]) -> np.uint64:
    """Types of error that can make one of these fields wrong."""
    return np.uint64(sum(1 << bit for bit, name in enumerate(ERRORS) if set(KINDS[name].fields) & set(fields)))


def _less(left: NDArray[np.uint64], cause: Rows) -> NDArray[np.uint64]:
    """Sets of types of error without the cause, where it is one."""
    bit = np.where(cause < len(ERRORS), np.uint64(1) << np.minimum(cause, 63).astype(np.uint64), np.uint64(0))
    return np.where(cause == SEVERAL, np.uint64(0), left & ~bit)


def _ways_without(tried: Variant, made: Ways | None) -> list[tuple[Rows, Ways | None]]:
    """Rows of what is tried, and the ways that these go."""
    keyed, lost = tried.cause == KEYED, np.isin(tried.cause, (LOST, SEVERAL))
    unslipped = None if made is None else replace(made, rekeying=0.0)
    return [(np.flatnonzero(~keyed & ~lost), made), (np.flatnonzero(keyed), unslipped), (np.flatnonzero(lost), None)]


def _asked_without(tried: Variant, seeker: Seeker, made: Ways | None, kept: Keeping, opened: Openers,
                   needs: NDArray[np.void], own: OwnRecords, places: Places, replication: int) -> Fields:
    rows = needs[tried.need]
    written, _ = kept.written(rows["subject"].astype(np.int64), rows["opener"].astype(np.int64), 0,
                              _less(opened.left[tried.need], tried.cause), rows["arises"],
                              kept.changes(rows["subject"].astype(np.int64)), tuple(seeker.setting.fields))
    holder = own.held.rows["place"][tried.version].astype(np.int64)
    return woven([(at, received(seeker.search, over, written.take(at), rows[at], holder[at], places, kept.people.seed,
                                replication)) for at, over in _ways_without(tried, made)])


def _held_without(tried: Variant, seeker: Seeker, made: Ways | None, kept: Keeping, own: OwnRecords,
                  needs: NDArray[np.void], places: Places) -> Fields:
    held, version = own.held, tried.version
    person, place = (held.rows[name][version].astype(np.int64) for name in ("person", "place"))
    left = _less(held.left[version], tried.cause)
    told, since = np.isin(tried.cause, (STALE, SEVERAL)), held.changes.take(version)
    changes = not_yet(since, {name: told & (getattr(since, name) <= needs["arises"][tried.need]) for name in CHANGES})
    written, _ = kept.written(person, place, held.serial[version], left, held.entered[version], changes,
                              tuple(seeker.setting.fields))
    shown, parts = written.without_prints(~np.isin(held.rows["kind"][version], PRINTED)), []
    for at, over in _ways_without(tried, made):
        who, where, rows = person[at], place[at], np.arange(len(at))
        as_they_keep = as_kept(over, kept.people, shown.take(at), who, where, places)
        parts.append((at, as_searched(seeker, over, kept.people, as_they_keep, rows, who, where, places)))
    return woven(parts)
