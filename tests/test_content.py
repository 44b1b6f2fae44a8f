"""Which records exist when, and the candidates that follow from them."""

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest
from content_scenarios import MATCHERS, SEARCHES, SEED, UNTIL, held_by_next, needs, scenario

from sim.content import KINDS, content, people
from sim.content.names import NATIVE, PASSPORT
from sim.content.people import _people
from sim.content.records import CHANGED, CREATED, DELETED, NEVER, followed
from sim.units import YEAR

CODES = ("AT", "BG", "CY", "FR", "XA")


def made(setting, table, holder=None, searchable=None, until=UNTIL, cast=None):
    cast = cast or people(setting, SEED)
    next_state, everywhere = held_by_next(table, len(cast.codes))
    return content(cast, setting, table, next_state if holder is None else holder,
                   everywhere if searchable is None else searchable, cast.codes, SEARCHES, SEED, 0, until)


def of_matcher(result, name):
    return result.candidates.rows[result.candidates.rows["search"] == MATCHERS.index(name)]


@pytest.fixture(scope="module")
def typical():
    """200 needs of five states among 5 x 60 other people, everything typical."""
    setting = scenario()
    table = needs(200, 5, 400)
    return setting, table, made(setting, table)


# Records

def test_only_places_that_hold_have_records_and_alerts_are_what_is_sought():
    table = needs(20, 5, 400)
    table["kind"][10:] = needs(1, 5, 400, kind="locate")["kind"]
    rows = made(scenario(), table).records
    own = rows[rows["person"] < 400]
    assert {(row["person"], row["place"]) for row in own} == {(k, (k + 1) % 5) for k in range(20)}
    assert (own["alert"] == (own["person"] >= 10)).all()
    assert (rows["version"] == np.arange(len(rows))).all()
    assert np.bincount(rows["place"][rows["person"] >= 400]).min() >= 15


def test_versions_of_a_record_follow_each_other(typical):
    rows = typical[2].records
    later = np.flatnonzero(np.diff(rows["record"], prepend=-1) == 0)
    assert len(later) > 0
    assert (rows["created"][later] == rows["superseded"][later - 1]).all()
    assert not rows["deleted"][later - 1].any()
    for name in ("person", "place", "kind", "handling", "alert"):
        assert (rows[name][later] == rows[name][later - 1]).all()
    assert (rows["created"] < rows["superseded"]).all()
    assert (rows["deleted"] == ((rows["superseded"] < NEVER) & np.append(np.diff(rows["record"]) != 0, True))).all()


def test_records_change_and_go_as_often_as_declared():
    """20 % within a year and 10 %, of 5,000 each; Hoeffding, false alarm 1e-9, tolerance 0.046."""
    within = math.sqrt(math.log(2 / 1e-9) / 10_000)
    none = needs(0, 5, 50)
    changed = made(scenario(records=1_000, alerts=1_000, deleted="0 %"), none, until=YEAR).records
    assert abs(len(changed) / 5_000 - 1 - 0.20) < within
    assert not changed["deleted"].any()
    gone = made(scenario(records=1_000, alerts=1_000, changed="0 %"), none, until=YEAR).records
    assert abs(gone["deleted"].mean() - 0.10) < within
    assert abs((gone["created"] >= 0).mean() - 0.10) < within
    assert abs((gone["created"] >= 0).mean() - 0.16) > within


def test_a_store_at_rest_has_no_events():
    still = made(scenario(changed="0 %", deleted="0 %"), needs(50, 5, 400, kind="locate"))
    assert len(still.events) == 0
    assert (still.records["superseded"] == NEVER).all()
    assert (still.records["created"] < 0).all()


@pytest.mark.parametrize("which", ["alerts", "all"])
def test_events_replayed_on_the_stores_at_the_start_give_the_stores_at_the_end(which):
    result = made(scenario(changed="60 %", deleted="50 %"), needs(200, 5, 400, kind="locate"))
    alerts = result.records[followed(result.records, which)]
    events = result.events[result.events["alert"] | (which == "all")]
    present = set(alerts["version"][(alerts["created"] < 0)].tolist()) - set(
        alerts["version"][alerts["superseded"] < 0].tolist())
    assert set(events["event"].tolist()) == {CREATED, CHANGED, DELETED}
    assert (np.diff(events["tick"]) >= 0).all()
    for event in events:
        if event["event"] == CHANGED:
            present.remove(int(event["previous"]))
        if event["event"] == DELETED:
            present.remove(int(event["version"]))
        else:
            assert event["version"] not in present
            present.add(int(event["version"]))
    assert present == set(alerts["version"][(alerts["created"] < UNTIL) & (alerts["superseded"] >= UNTIL)].tolist())


def test_kind_and_handling_take_the_declared_weights(typical):
    """60 : 40 of some 300 records on other people and 200 on subjects; false alarm 1e-9, tolerance 0.15."""
    rows = typical[2].records
    assert set(rows["kind"].tolist()) == {KINDS.index("suspect"), KINDS.index("victim")}
    assert abs((rows["kind"] == 0).mean() - 0.6) < 0.15
    assert set(rows["handling"].tolist()) == {0, 2}


# Candidates

def test_hits_follow_names_when_two_persons_names_are_swapped_in_the_stores():
    """Forty persons of AT's store bear the names of forty subjects; then they swap names with forty of BG's."""
    setting, table = scenario(quality="clean"), needs(40, 5, 400)
    table["opener"] = 3
    nobody = np.zeros((40, 5), bool)
    cast = people(setting, SEED)
    there = 400 + np.arange(40)                        # AT's first forty
    plain = spelt_alike(cast, there)
    elsewhere = there + 60                             # BG's
    swapped = dataclasses.replace(cast, **swap(cast, there, elsewhere))

    def holders(cast, subjects):
        named = dataclasses.replace(cast, **{column: getattr(cast, column).copy() for column in SHOWN})
        for column in SHOWN:
            getattr(named, column)[:40] = getattr(subjects, column)[there]
        rows = of_matcher(made(setting, table, nobody, cast=named), "exact_keys")
        return rows[plain[rows["need"]]]

    before, after = holders(cast, cast), holders(swapped, cast)
    assert plain.sum() > 10
    assert set(before["holder"].tolist()) == {0}
    assert set(after["holder"].tolist()) == {1}
    assert len(before) > 5
    assert len(after) > 5
    assert not before["genuine"].any()


SHOWN = ("language", "family", "given", "birth", "sex")


def spelt_alike(cast, person):
    """Persons whose names have no letter that two ways of writing Latin letters treat differently."""
    native, passport = (cast.names(person, np.full(len(person), scheme)) for scheme in (NATIVE, PASSPORT))
    return (cast.group[person] == 0) & (native[0] == passport[0]) & (native[1] == passport[1])


def swap(cast, some, others):
    """Columns in which two sets of persons have changed what is written of them."""
    columns = {}
    for name in SHOWN:
        columns[name] = getattr(cast, name).copy()
        columns[name][some], columns[name][others] = getattr(cast, name)[others], getattr(cast, name)[some]
    return columns


def test_who_holds_nothing_on_the_subject_finds_other_people_only(typical):
    setting, table, held = typical
    nobody = np.zeros((200, 5), bool)
    assert not made(setting, table, nobody).candidates.rows["genuine"].any()
    genuine = held.candidates.rows[held.candidates.rows["genuine"]]
    assert len(genuine) > 0
    assert (genuine["holder"] == (table["opener"][genuine["need"]] + 1) % 5).all()
    assert (held.records["person"][genuine["version"]] == table["subject"][genuine["need"]]).all()


def test_a_false_hit_is_somebody_elses_record():
    result = made(scenario(false="5 %"), needs(50, 5, 400))
    false = result.candidates.rows[~result.candidates.rows["genuine"]]
    assert len(false) > 50
    assert (result.records["person"][false["version"]] >= 400).all()
    assert (result.records["place"][false["version"]] == false["holder"]).all()


def test_every_version_of_a_record_on_another_person_is_found_with_it():
    result = made(scenario(changed="90 %", false="5 %"), needs(50, 5, 400), until=YEAR)
    false = result.candidates.rows[~result.candidates.rows["genuine"]]
    record = result.records["record"]
    found = Counter(zip(false["need"].tolist(), false["search"].tolist(), record[false["version"]].tolist(),
                        strict=True))
    versions_of = np.bincount(record)
    assert all(count == versions_of[record] for (_, _, record), count in found.items())
    assert max(found.values()) == 2
    assert len(np.unique(false[["need", "search", "version"]])) == len(false)


def test_what_nobody_may_search_is_not_found(typical):
    setting, table, _ = typical
    only = np.zeros((200, 5), bool)
    only[:100, 2] = True
    rows = made(setting, table, searchable=only).candidates.rows
    assert len(rows) > 0
    assert set(rows["holder"].tolist()) == {2}
    assert rows["need"].max() < 100


@pytest.mark.parametrize(("known", "finds"), [(1, {0, 1}), (2, {2}), (3, {0, 1, 2}), (4, set()), (8, set())])
def test_a_search_needs_what_the_asker_must_know(known, finds):
    rows = made(scenario(), needs(100, 5, 400, known=known)).candidates.rows
    assert set(rows["search"].tolist()) == finds


def test_prints_are_held_of_suspects_and_convicts_only(typical):
    _, _, result = typical
    found = of_matcher(result, "biometric")
    assert set(found["kind"].tolist()) == {KINDS.index("suspect")}
    assert KINDS.index("victim") in of_matcher(result, "exact_keys")["kind"]


def test_a_search_answers_its_rows_best_first(typical):
    _, table, result = typical
    candidates = result.candidates
    answered = [row for need in range(len(table)) for holder in range(5) for matcher in range(3)
                for row in candidates.of(need, holder, matcher)]
    assert answered == candidates.rows.tolist()
    keys = [(row["need"], row["holder"], row["search"], -row["score"], row["version"]) for row in candidates.rows]
    assert keys == sorted(keys)
    assert candidates.of(len(table), 0, 0) == []


def test_a_higher_threshold_never_adds_a_candidate(typical):
    _, table, _ = typical
    loose, strict = (found(made(scenario(threshold=at, miss=miss, false=false), table))
                     for at, miss, false in ((0.7, "1 %", "1 %"), (0.95, "20 %", "0.1 %")))
    assert strict < loose


def found(result):
    return {(*row[:3], row[4]) for row in found_by_person(result)}


@pytest.mark.parametrize("matcher", MATCHERS)
def test_clean_records_are_found_more_often_than_harsh_ones(matcher):
    """8,000 needs, one holder each. If quality did not matter, two shares of 8,000 would differ by 0.051 or more with
    a chance of at most exp(-8000 x 0.051 ** 2) = 1e-9 (Hoeffding 1963, formula 2.7)."""
    table = needs(8_000, 5, 8_000)
    shares = [genuine_share(made(scenario(quality=quality, persons=8_000, records=0, kinds={"suspect": "100 %"}),
                                 table), matcher)
              for quality in ("clean", "typical", "harsh")]
    assert shares[0] > shares[1] > shares[2]
    assert shares[0] - shares[2] > 0.051


def genuine_share(result, matcher):
    """Needs whose subject is found in some version of the record."""
    rows = of_matcher(result, matcher)
    return len(set(rows["need"][rows["genuine"]].tolist())) / 8_000


# Addresses of luck

def test_same_seed_same_bytes():
    def once(seed):
        _people.cache_clear()
        setting, table = scenario(), needs(60, 5, 400)
        holder, everywhere = held_by_next(table, 5)
        result = content(people(setting, seed), setting, table, holder, everywhere, CODES, SEARCHES, seed, 0, UNTIL)
        return [part.tobytes() for part in (result.candidates.rows, result.records, result.events)]
    assert once(SEED) == once(SEED)
    assert once(SEED) != once(SEED + 1)


def test_a_further_jurisdiction_moves_nobody_elses_records_or_hits():
    """It stands in the middle, so that every index behind it moves; codes do not."""
    few, more = CODES, ("AT", "BG", "CY", "FR", "HU", "XA")
    results = []
    for codes in (few, more):
        table = needs(100, 5, 400)
        table["opener"] = [codes.index(few[k % 5]) for k in range(100)]
        holder, everywhere = np.zeros((100, len(codes)), bool), np.ones((100, len(codes)), bool)
        holder[np.arange(100), [codes.index(few[(k + 1) % 5]) for k in range(100)]] = True
        results.append(seen(codes, made(scenario(codes, false="1 %"), table, holder, everywhere)))
    (records, hits), (records_then, hits_then) = results
    assert records == [row for row in records_then if row[0] != "HU"]
    assert hits == [row for row in hits_then if row[1] != "HU"]
    assert len(hits) < len(hits_then)


def seen(codes, result):
    """Records and hits by code of the place, without the numbers of rows and persons."""
    def row(record):
        shown = record[["created", "superseded", "kind", "handling", "alert", "errors"]]
        return codes[record["place"]], *shown.tolist()
    hits = [(int(hit["need"]), codes[hit["holder"]], int(hit["search"]), int(hit["score"]), row(result.records[k]))
            for hit in result.candidates.rows for k in [hit["version"]]]
    return [row(record) for record in result.records], hits


def test_more_needs_move_no_earlier_hit(typical):
    setting, table, whole = typical
    part = made(setting, table[:80])
    few, many = (found_by_person(result) for result in (part, whole))
    assert few == {row for row in many if row[0] < 80}


def found_by_person(result):
    return {(int(row["need"]), int(row["holder"]), int(row["search"]), int(row["score"]),
             int(result.records["person"][row["version"]]), int(row["created"])) for row in result.candidates.rows}


def test_people_and_places_must_belong_together():
    setting, table = scenario(), needs(3, 5, 400)
    holder, everywhere = held_by_next(table, 5)
    with pytest.raises(ValueError, match="seed 8"):
        content(people(setting, SEED), setting, table, holder, everywhere, CODES, SEARCHES, 8, 0, UNTIL)


def test_a_store_of_subjects_only_still_answers():
    rows = made(scenario(records=0), needs(50, 5, 400)).candidates.rows
    assert rows["genuine"].all()
    assert set(rows["search"].tolist()) == {0, 1, 2}


def test_institutions_hold_nothing(typical):
    setting, table, without = typical
    holder, everywhere = held_by_next(table, 5)
    wider = [np.hstack([part, np.ones((200, 1), bool)]) for part in (holder, everywhere)]
    result = content(people(setting, SEED), setting, table, *wider, (*CODES, "hub"), SEARCHES, SEED, 0, UNTIL)
    assert result.candidates.rows.tobytes() == without.candidates.rows.tobytes()
