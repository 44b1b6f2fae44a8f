"""Traces are heavy-tailed, keyed to the person, and shared by people who know each other more than by others."""

import numpy as np
import pytest
from content_scenarios import SEED, scenario

from sim.content import people
from sim.content.attributes import GROUP_CAP, links
from sim.content.traces import CATEGORIES, TRACES, shared_identifiers, traces
from sim.units import DAY

CAST = people(scenario(persons=600), SEED)
LINKS = links(CAST, 600)
EVERYBODY = np.arange(600)


def of(person, category, pairs=LINKS):
    return traces(CAST, np.asarray(person), pairs, category, 5 * DAY, 95 * DAY)


def test_links_are_pairs_in_groups_of_many_sizes():
    assert (LINKS[:, 0] < LINKS[:, 1]).all()
    assert LINKS.max() < 600
    assert len(np.unique(LINKS, axis=0)) == len(LINKS)
    known = np.bincount(LINKS.ravel(), minlength=600)
    assert (known == 0).sum() > 60             # most groups are of one
    assert 8 < known.max() < GROUP_CAP         # and some are large
    assert known.max() > 5 * known.mean()


def test_more_subjects_change_no_earlier_pair():
    few = links(CAST, 250)
    assert few.tolist() == LINKS[(LINKS < 250).all(axis=1)].tolist()


@pytest.mark.parametrize("category", CATEGORIES)
def test_traces_lie_in_time_and_are_heavy_tailed(category):
    rows = of(EVERYBODY, category)
    assert rows.dtype == TRACES
    assert set(rows["category"].tolist()) == {CATEGORIES.index(category)}
    assert rows["tick"].min() >= 5 * DAY
    assert rows["tick"].max() < 95 * DAY
    assert (rows["amount"] > 0).mean() > 0.99
    many = np.bincount(rows["person"], minlength=600)
    assert many.min() >= 1
    assert many.max() > 8 * np.median(many)
    assert (np.diff(rows["person"]) >= 0).all()


@pytest.mark.parametrize("category", CATEGORIES)
def test_what_somebody_leaves_does_not_depend_on_who_else_is_asked_about(category):
    rows = of(EVERYBODY, category)
    some = np.array([3, 17, 40, 41, 42, 599])
    assert of(some, category).tobytes() == rows[np.isin(rows["person"], some)].tobytes()


@pytest.mark.parametrize("category", CATEGORIES)
def test_two_cases_of_people_who_know_each_other_share_a_rare_identifier(category):
    """Every pair that knows each other has a trace of it on both sides; strangers share popular ones only."""
    pair = LINKS[len(LINKS) // 2]
    known = shared_identifiers(*(of([who], category) for who in pair))
    joint = of([pair[0]], category, LINKS[:0])
    assert len(known) > 0
    rare = known["identifier"][~np.isin(known["identifier"], joint["other"])]
    assert len(rare) > 0                                        # not in what the first does alone with the world
    strangers = shared_identifiers(*(of([who], category, LINKS[:0]) for who in pair))
    assert not np.isin(rare, strangers["identifier"]).any()


def test_accounts_held_together_are_used_by_both():
    rows = of(EVERYBODY, "transaction")
    users = {}
    for person, own in zip(rows["person"].tolist(), rows["own"].tolist(), strict=True):
        users.setdefault(own, set()).add(person)
    joint = [tuple(sorted(who)) for who in users.values() if len(who) > 1]
    assert len(joint) > 5
    assert set(joint) <= {tuple(pair) for pair in LINKS.tolist()}


def test_shared_identifiers_are_counted_rarest_first():
    first, second = np.zeros(3, TRACES), np.zeros(2, TRACES)
    first["own"], first["other"] = [1, 1, 2], [9, 8, 9]
    second["own"], second["other"] = [3, 3], [9, 2]
    assert shared_identifiers(first, second).tolist() == [(0, 2, 1, 1), (0, 9, 2, 1)]
    second["category"] = 1
    assert len(shared_identifiers(first, second)) == 0


@pytest.mark.parametrize("category", ["transaction", "call"])
def test_what_two_people_do_with_each_other_is_on_the_record_of_both(category):
    rows = of(EVERYBODY, category)
    mutual = rows[np.isin(rows["other"], rows["own"])]
    seen = {(row["tick"], row["amount"], row["own"], row["other"]) for row in mutual}
    assert len(seen) >= 2 * len(LINKS)
    assert seen == {(tick, amount, other, own) for tick, amount, own, other in seen}


def test_a_journey_together_is_one_booking_of_two_people_who_know_each_other():
    rows = of(EVERYBODY, "journey")
    bookings = {}
    for person, own in zip(rows["person"].tolist(), rows["own"].tolist(), strict=True):
        bookings.setdefault(own, []).append(person)
    joint = [tuple(sorted(who)) for who in bookings.values() if len(who) > 1]
    assert set(joint) == {tuple(pair) for pair in LINKS.tolist()}
