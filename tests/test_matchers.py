"""Matchers against hand-worked cases, shortlists against all pairs, the biometric law against its declared shares."""

import ast
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from content_scenarios import FIELDS, MATCHERS, SEED, matchers, scenario

import sim.content.matchers as module
from sim.content import people, shortlists
from sim.content.errors import RATES, versions
from sim.content.fields import TEXTS, Fields, column, normalised, stack
from sim.content.matchers import MILLION, NO_HIT, SHORTLISTS, check, search
from sim.errors import ScenarioError
from sim.scenario.schema import Matcher
from sim.units import Range


def table(*rows, fingers=None):
    """Rows of (family_name, given_name, birth_date); the other texts are missing."""
    text = {name: column(np.array([row[k] if k < 3 else "" for row in rows]))
            for k, name in enumerate(("family_name", "given_name", "birth_date"))}
    text |= {name: column(np.array([""] * len(rows))) for name in TEXTS if name not in text}
    numbers = np.zeros(len(rows), np.uint64) if fingers is None else np.asarray(fingers, np.uint64)
    return Fields(text, numbers, np.arange(len(rows), dtype=np.uint64) * np.uint64(977))


def score(setting, asked, held):
    return module.MATCHERS[setting.kind](setting, table(asked), table(held))[0]


def fuzzy(threshold, missing="no_match"):
    return Matcher(kind="fuzzy", fields=FIELDS, threshold=threshold, missing=missing)


PERSON = ("martha", "ana", "19800131")


@pytest.mark.parametrize(("held", "expected"), [
    (PERSON, MILLION),
    (("marhta", "ana", "19800131"), NO_HIT),
    (("martha", "ana", "19800130"), NO_HIT),
    (("martha", "", "19800131"), NO_HIT),
])
def test_exact_keys_need_every_field_equal(held, expected):
    assert score(matchers()["exact_keys"], PERSON, held) == expected


def test_a_part_missing_on_both_sides_is_no_exact_key():
    assert score(matchers()["exact_keys"], ("martha", "", "19800131"), ("martha", "", "19800131")) == NO_HIT


def test_fuzzy_is_the_weighted_mean_of_jaro_winkler_and_levenshtein():
    """Winkler's own pair: Jaro-Winkler of martha and marhta is 0.9611; one digit of eight is a similarity of 7/8."""
    expected = 0.35 * (17 / 18 + 3 * 0.1 / 18) + 0.25 + 0.40 * 7 / 8
    assert score(fuzzy(0.5), PERSON, ("marhta", "ana", "19800130")) == round(MILLION * expected)


def test_the_threshold_itself_is_a_hit():
    held = ("martha", "ana", "19800130")            # 0.35 + 0.25 + 0.40 x 7/8 = 0.95
    assert score(fuzzy(0.95), PERSON, held) == 950_000
    assert score(fuzzy(0.950001), PERSON, held) == NO_HIT


def test_a_missing_field_leaves_the_sum_or_nothing_matches():
    held = ("martha", "", "19800130")
    assert score(fuzzy(0.9, "drop"), PERSON, held) == round(MILLION * (0.35 + 0.40 * 7 / 8) / 0.75)
    assert score(fuzzy(0.9, "no_match"), PERSON, held) == NO_HIT
    assert score(fuzzy(0, "drop"), ("", "", ""), PERSON) == NO_HIT


@pytest.fixture(scope="module")
def tables():
    """Subjects as one place holds them, and the background people of all places, with typical errors."""
    cast = people(scenario(), SEED)
    subjects = np.arange(150)
    queries, _ = versions(cast, subjects, subjects * 0, np.tile(RATES[2], (150, 1)), 0)
    store, _ = versions(cast, cast.background, cast.background_place, np.tile(RATES[2], (300, 1)), 0)
    own, _ = versions(cast, subjects, subjects * 0 + 1, np.tile(RATES[2], (150, 1)), 0)
    return normalised(queries), normalised(stack([store, own]))




SETTINGS = [
    *(Matcher(kind="fuzzy", fields=FIELDS, threshold=threshold, missing=missing)
      for threshold in (0, 0.6, 0.8, 0.95) for missing in ("drop", "no_match")),
    Matcher(kind="fuzzy", fields={"birth_date": 1, "document": 2}, threshold=0.7),
    Matcher(kind="fuzzy", fields={"family_name": 0, "given_name": 1}, threshold=0.9),
    matchers()["exact_keys"], Matcher(kind="exact_keys", fields={"document": 1}),
    matchers(false="1 %")["biometric"],
]


@pytest.mark.parametrize("setting", SETTINGS, ids=[f"{setting.kind} {k}" for k, setting in enumerate(SETTINGS)])
def test_a_shortlist_loses_no_hit(setting, tables):
    queries, store = tables
    allowed, area = np.ones((len(queries), 1), bool), np.zeros(len(store), np.int64)
    asked, held = (part.ravel() for part in np.indices((len(queries), len(store))))
    expected = module.MATCHERS[setting.kind](setting, queries.take(asked), store.take(held))
    hits = expected != NO_HIT
    found = sorted(zip(*search(setting, queries, store, allowed, area), strict=True))
    assert found == list(zip(asked[hits], held[hits], expected[hits], strict=True))
    assert len(found) > 0


def test_every_kind_has_a_shortlist_and_a_case_above():
    assert set(SHORTLISTS) == set(module.MATCHERS) == {setting.kind for setting in SETTINGS} == set(MATCHERS)


def test_a_search_stays_where_it_is_allowed(tables):
    queries, store = tables
    area = np.arange(len(store)) % 3
    allowed = np.zeros((len(queries), 3), bool)
    allowed[:, 1] = np.arange(len(queries)) < 100
    asked, held, _ = search(fuzzy(0.7), queries, store, allowed, area)
    assert len(asked) > 0
    assert set(area[held]) == {1}
    assert asked.max() < 100


def hits_at(setting, tables):
    queries, store = tables
    asked, held, _ = search(setting, queries, store, np.ones((len(queries), 1), bool), np.zeros(len(store), np.int64))
    return set(zip(asked.tolist(), held.tolist(), strict=True))


@pytest.mark.parametrize(("loose", "strict"), [
    (fuzzy(0.8), fuzzy(0.9)),
    (fuzzy(0.8, "drop"), fuzzy(0.9, "drop")),
    (matchers(miss="5 %", false="2 %")["biometric"], matchers(miss="30 %", false="0.5 %")["biometric"]),
], ids=["fuzzy", "fuzzy drop", "biometric"])
def test_a_higher_threshold_never_adds_a_hit(loose, strict, tables):
    assert hits_at(strict, tables) < hits_at(loose, tables)


def tolerance(trials, false_alarm):
    """Half-width that a share of independent trials leaves with probability <= false_alarm (Hoeffding 1963, th. 2)."""
    return math.sqrt(math.log(2 / false_alarm) / (2 * trials))


def share_of_hits(setting, same):
    """Of 200,000 pairs of templates, of one finger or of two."""
    trials = 200_000
    asked = table(*[PERSON] * trials, fingers=np.arange(1, trials + 1))
    other = np.arange(1, trials + 1) if same else np.arange(2, trials + 2)
    held = Fields(asked.text, other.astype(np.uint64), asked.template + np.uint64(1))
    return (module.MATCHERS["biometric"](setting, asked, held) != NO_HIT).mean()


@pytest.mark.parametrize(("declared", "holds"), [(0.05, True), (0.06, False)])
def test_a_finger_is_missed_and_another_passes_as_often_as_declared(declared, holds):
    """False alarm 1e-9 each: tolerance 0.0073. The twin declares one percent more than it draws."""
    setting = matchers(miss="5 %", false="5 %")["biometric"]
    within = tolerance(200_000, 1e-9)
    assert (abs(1 - share_of_hits(setting, same=True) - declared) < within) == holds
    assert (abs(share_of_hits(setting, same=False) - declared) < within) == holds


def test_the_finger_itself_ranks_above_most_others():
    setting = matchers(miss="0 %", false="100 %")["biometric"]
    same = module.MATCHERS["biometric"](setting, table(PERSON, fingers=[4]), table(PERSON, fingers=[4]))
    other = module.MATCHERS["biometric"](setting, table(PERSON, fingers=[4]), table(PERSON, fingers=[5]))
    none = module.MATCHERS["biometric"](setting, table(PERSON), table(PERSON))
    assert 500_000 <= same[0] <= MILLION
    assert 500_000 <= other[0] <= 750_000
    assert none[0] == NO_HIT


def test_matchers_are_given_field_values_only():
    """No person, no truth: neither in the tables nor within reach of the modules."""
    assert {field.name for field in dataclasses.fields(Fields)} == {"text", "finger", "template"}
    imported = set()
    for file in (module.__file__, shortlists.__file__):
        tree = ast.parse(Path(file).read_text())
        imported |= {f"{node.module}.{alias.name}" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
                     for alias in node.names}
    rooms = {name.rpartition(".")[0] for name in imported if name.startswith("sim.")}
    assert rooms == {"sim", "sim.content.fields", "sim.content.shortlists", "sim.draws", "sim.errors",
                     "sim.scenario.holdings", "sim.units"}
    assert {name for name in imported if name.startswith("sim.") and name.count(".") == 1} == {"sim.draws"}


@pytest.mark.parametrize(("setting", "place"), [
    (Matcher(kind="fuzzy", fields=FIELDS), "matcher.x.threshold"),
    (Matcher(kind="fuzzy", fields={"shoe_size": 1}, threshold=0.8), "matcher.x.fields"),
    (Matcher(kind="fuzzy", fields={"family_name": 0}, threshold=0.8), "matcher.x.fields"),
    (Matcher(kind="exact_keys", fields={}), "matcher.x.fields"),
    (Matcher(kind="biometric", fields={"print": 1}, miss=Range(0, 0, "share")), "matcher.x.false"),
    (Matcher(kind="biometric", fields={"family_name": 1}, miss="1 %", false="1 %"), "matcher.x.fields"),
])
def test_a_matcher_that_cannot_work_is_refused_by_name(setting, place):
    with pytest.raises(ScenarioError) as refused:
        check({"x": setting})
    assert [fault.key for fault in refused.value.faults] == [place]
