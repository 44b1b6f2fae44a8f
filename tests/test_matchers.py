"""Matchers against hand-worked cases, shortlists against all pairs, the biometric law against its declared shares."""

import ast
import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from content_scenarios import FIELDS, matchers
from scipy.special import ndtr

import sim.content.matchers as module
from sim.content import roc, shortlists
from sim.content.fields import TEXTS, Fields, column
from sim.content.matchers import MILLION, NO_HIT, SHORTLISTS, check, needs_known, search
from sim.content.matchers.keys import soundex
from sim.errors import ScenarioError
from sim.scenario import load
from sim.scenario.schema import Matcher
from sim.units import Range

GIVEN = ("family_name", "given_name", "birth_date", "document")


def table(*rows, fingers=None):
    """Rows of (family_name, given_name, birth_date, document), or fewer of them; the other texts are missing."""
    text = {name: column(np.array([row[k] if k < len(row) else "" for row in rows])) for k, name in enumerate(GIVEN)}
    text |= {name: column(np.array([""] * len(rows))) for name in TEXTS if name not in text}
    numbers = np.zeros(len(rows), np.uint64) if fingers is None else np.asarray(fingers, np.uint64)
    return Fields(text, numbers, np.arange(len(rows), dtype=np.uint64) * np.uint64(977))


def score(setting, asked, held):
    return module.MATCHERS[setting.kind](setting, table(asked), table(held))[0]


def exact(missing="no_match"):
    return Matcher(kind="exact_keys", fields=dict.fromkeys(FIELDS, 1), missing=missing)


def fuzzy(threshold, missing="no_match"):
    return Matcher(kind="fuzzy", fields=FIELDS, threshold=threshold, missing=missing)


def dice(threshold, missing="no_match"):
    return Matcher(kind="dice", fields=dict.fromkeys(FIELDS, 1), threshold=threshold, missing=missing)


def clk(threshold, missing="no_match", **settings):
    return Matcher(**{"kind": "clk", "fields": FIELDS, "threshold": threshold, "missing": missing, "bits": 256,
                      "hashes": 10, "key": "a key", **settings})


def multi_key(*keys):
    return Matcher(kind="multi_key", keys=keys)


PERSON = ("martha", "ana", "19800131")


@pytest.mark.parametrize(("held", "expected"), [
    (PERSON, MILLION),
    (("marhta", "ana", "19800131"), NO_HIT),
    (("martha", "ana", "19800130"), NO_HIT),
    (("martha", "", "19800131"), NO_HIT),
])
def test_exact_keys_need_every_field_equal(held, expected):
    assert score(exact(), PERSON, held) == expected


@pytest.mark.parametrize(("asked", "held", "hits"), [
    (("martha", "", "19800131"), ("martha", "", "19800131"), {"drop", "value"}),
    (("martha", "ana", "19800131"), ("martha", "", "19800131"), {"drop"}),
    (("martha", "ana", "19800131"), ("martha", "", "19800130"), set()),
    (("martha", "", ""), ("", "", "19800130"), set()),
    (("", "", ""), ("", "", ""), set()),
], ids=["missing on both sides", "missing on one", "the rest differs", "nothing in common", "nothing at all"])
def test_the_missing_rule_of_exact_keys_is_declared(asked, held, hits):
    found = {missing for missing in ("no_match", "drop", "value") if score(exact(missing), asked, held) == MILLION}
    assert found == hits


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


# The examples of the US National Archives, and two names of one sound on both sides of h and of a vowel.
@pytest.mark.parametrize(("word", "code"), [
    ("washington", "w252"), ("lee", "l000"), ("gutierrez", "g362"), ("pfister", "p236"), ("jackson", "j250"),
    ("tymczak", "t522"), ("vandeusen", "v532"), ("ashcraft", "a261"), ("ashcroft", "a261"), ("rupert", "r163"),
    ("o'hara 2", "o600"), ("1980", ""), ("иванов", "")])
def test_soundex(word, code):
    assert soundex(word) == code


@pytest.mark.parametrize(("key", "held", "hit"), [
    ("family_name + given_name + birth_date", PERSON, True),
    ("family_name + given_name + birth_date", ("ana", "martha", "19800131"), False),
    ("sorted(family_name, given_name) + birth_date", ("ana", "martha", "19800131"), True),
    ("sorted(family_name, given_name) + birth_date", ("ana martha", "", "19800131"), False),
    ("phonetic(family_name) + birth_date", ("mardha", "zoe", "19800131"), True),
    ("phonetic(family_name) + birth_date", ("mardha", "zoe", "19800130"), False),
    ("family_name + initial(given_name) + year(birth_date)", ("martha", "alba", "1980"), True),
    ("family_name + initial(given_name) + year(birth_date)", ("martha", "alba", "1981"), False),
])
def test_a_derived_key_forgives_what_it_is_made_to_forgive(key, held, hit):
    assert score(multi_key(key), PERSON, held) == (MILLION if hit else NO_HIT)


def test_any_key_is_a_hit_and_more_keys_rank_higher():
    keys = ("family_name + given_name + birth_date", "phonetic(family_name) + birth_date", "document")
    assert score(multi_key(*keys), PERSON, ("mardha", "zoe", "19800131")) == MILLION // 3
    assert score(multi_key(*keys), PERSON, PERSON) == 2 * MILLION // 3
    assert score(multi_key(*keys), (*PERSON, "x1"), (*PERSON, "x1")) == MILLION
    assert score(multi_key(*keys), PERSON, ("ana", "martha", "19800131")) == NO_HIT


def test_a_key_reads_its_fields():
    setting = multi_key("sorted(family_name, given_name) + year(birth_date)", "document")
    assert set(setting.fields) == {"family_name", "given_name", "birth_date", "document"}
    assert needs_known(setting) == needs_known(exact()) | needs_known(Matcher(kind="exact_keys",
                                                                              fields={"document": 1}))


@pytest.fixture(scope="module")
def tables():
    """40 invented persons as asked for, and 400 rows: five bad copies of each, and others of like names."""
    luck = np.random.default_rng(5)
    parts = ["mar", "an", "ko", "vic", "hal", "de", "so", "ri"]

    def name():
        return "".join(luck.choice(parts, luck.integers(1, 4)))

    def copy(row):
        row = list(row)
        if luck.random() < 0.3:
            row[0], row[1] = row[1], row[0]
        for k in range(3):
            spot = luck.integers(0, max(len(row[k]), 1))
            if luck.random() < 0.4:
                row[k] = row[k][:spot] + luck.choice(list("aeo159")) + row[k][spot + 1:]
            if luck.random() < 0.1:
                row[k] = ""
        return tuple(row)

    people = [(name(), name(), f"19{luck.integers(40, 60)}{luck.integers(1, 13):02}{luck.integers(1, 29):02}",
               f"x{luck.integers(0, 30)}") for _ in range(80)]
    held = [copy(person) for person in people for _ in range(5)]
    fingers = np.repeat(np.arange(80), 5) * (luck.random(400) < 0.9)
    return (table(*(copy(person) for person in people[:40]), fingers=np.arange(40)),
            table(*held, fingers=fingers))


SETTINGS = [
    *(fuzzy(threshold, missing) for threshold in (0, 0.6, 0.8, 0.95) for missing in ("drop", "no_match")),
    Matcher(kind="fuzzy", fields={"birth_date": 1, "document": 2}, threshold=0.7),
    Matcher(kind="fuzzy", fields={"family_name": 0, "given_name": 1}, threshold=0.9),
    *(exact(missing) for missing in ("no_match", "drop", "value")),
    Matcher(kind="exact_keys", fields={"document": 1}),
    multi_key("family_name + birth_date", "sorted(family_name, given_name)", "phonetic(family_name) + document"),
    *(dice(threshold, missing) for threshold in (0, 0.5, 0.8, 1) for missing in ("value", "no_match")),
    *(clk(threshold, missing) for threshold in (0, 0.5, 0.8, 1) for missing in ("value", "no_match")),
    clk(0.6, hashes=None, budget=90, positional=("birth_date",)),
    matchers(false="1 %")["biometric"],
    Matcher(kind="biometric", fields={"print": 1}, separation=4, threshold=2),
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
    assert set(SHORTLISTS) == set(module.MATCHERS) == {setting.kind for setting in SETTINGS}


ONE_OF_EACH = {setting.kind: setting for setting in reversed(SETTINGS)}


@pytest.mark.parametrize("setting", [fuzzy(0.7), dice(0.5), clk(0.5), exact("drop"), ONE_OF_EACH["multi_key"],
                                     ONE_OF_EACH["biometric"]],
                         ids=lambda setting: setting.kind)
def test_a_search_stays_where_it_is_allowed(setting, tables):
    queries, store = tables
    area = np.arange(len(store)) % 3
    allowed = np.zeros((len(queries), 3), bool)
    allowed[:, 1] = np.arange(len(queries)) < 30
    everywhere = hits_at(setting, tables)
    asked, held, _ = search(setting, queries, store, allowed, area)
    assert set(zip(asked.tolist(), held.tolist(), strict=True)) == {
        (query, row) for query, row in everywhere if area[row] == 1 and query < 30}
    assert len(asked) > 0


def test_nobody_asked_or_nobody_held_is_no_hit():
    nobody = table().take(np.zeros(0, np.int64))
    for setting in ONE_OF_EACH.values():
        for queries, store in ((nobody, table(PERSON)), (table(PERSON), nobody)):
            found = search(setting, queries, store, np.ones((len(queries), 1), bool), np.zeros(len(store), np.int64))
            assert [len(part) for part in found] == [0, 0, 0]


def hits_at(setting, tables):
    queries, store = tables
    asked, held, _ = search(setting, queries, store, np.ones((len(queries), 1), bool), np.zeros(len(store), np.int64))
    return set(zip(asked.tolist(), held.tolist(), strict=True))


@pytest.mark.parametrize(("loose", "strict"), [
    (fuzzy(0.7), fuzzy(0.9)),
    (fuzzy(0.8, "drop"), fuzzy(0.9, "drop")),
    (dice(0.5), dice(0.8)),
    (clk(0.5), clk(0.8)),
    (exact("drop"), exact()),
    (multi_key("family_name", "document"), multi_key("document")),
    (matchers(miss="5 %", false="2 %")["biometric"], matchers(miss="30 %", false="0.5 %")["biometric"]),
    (Matcher(kind="biometric", fields={"print": 1}, separation=3, threshold=2),
     Matcher(kind="biometric", fields={"print": 1}, separation=3, threshold=3)),
], ids=["fuzzy", "fuzzy drop", "dice", "clk", "exact", "keys", "biometric", "biometric curve"])
def test_a_stricter_matcher_never_adds_a_hit(loose, strict, tables):
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


@pytest.mark.parametrize("threshold", [0.5, 1.0, 2.0])
def test_the_curve_gives_both_shares_of_every_threshold(threshold):
    """False alarm 1e-9 each. Normal scores, 2.5 standard deviations apart; other fingers have mean 0."""
    setting = Matcher(kind="biometric", fields={"print": 1}, separation=2.5, threshold=threshold)
    within = tolerance(200_000, 1e-9)
    assert abs(1 - share_of_hits(setting, same=True) - ndtr(threshold - 2.5)) < within
    assert abs(share_of_hits(setting, same=False) - ndtr(-threshold)) < within


def test_a_working_point_is_a_point_of_its_curve(tables):
    """The same hits with the same scores, however the curve was declared."""
    curve = Matcher(kind="biometric", fields={"print": 1}, separation=4, threshold=2)
    miss, false = roc.working_point(curve)
    point = curve.model_copy(update={"separation": None, "threshold": None, "miss": Range(miss, miss, "share"),
                                     "false": Range(false, false, "share")})
    queries, store = tables
    found = [search(setting, queries, store, np.ones((len(queries), 1), bool), np.zeros(len(store), np.int64))
             for setting in (curve, point)]
    assert all(np.array_equal(*parts) for parts in zip(*found, strict=True))


def test_the_finger_itself_ranks_above_most_others(tables):
    setting = Matcher(kind="biometric", fields={"print": 1}, separation=5, threshold=1)
    queries, store = tables
    asked, held, found = search(setting, queries, store, np.ones((len(queries), 1), bool),
                                np.zeros(len(store), np.int64))
    same = queries.finger[asked] == store.finger[held]
    assert ((found >= MILLION // 2) & (found <= MILLION)).all()
    assert np.median(found[same]) > np.quantile(found[~same], 0.99)
    assert score(setting, PERSON, PERSON) == NO_HIT     # neither has a print


def test_matchers_are_given_field_values_only():
    """No person, no truth: neither in the tables nor within reach of the modules."""
    assert {field.name for field in dataclasses.fields(Fields)} == {"text", "finger", "template"}
    files = [Path(shortlists.__file__), Path(roc.__file__), *Path(module.__file__).parent.glob("*.py")]
    assert len(files) > 8
    imported = set()
    for file in files:
        imported |= {f"{node.module}.{alias.name}" for node in ast.walk(ast.parse(file.read_text()))
                     if isinstance(node, ast.ImportFrom) for alias in node.names}
    rooms = {name.rpartition(".")[0] for name in imported if name.startswith("sim.")}
    assert {room for room in rooms if not room.startswith("sim.content.matchers")} == {
        "sim", "sim.content.fields", "sim.content.roc", "sim.content.shortlists", "sim.draws", "sim.errors",
        "sim.scenario.files", "sim.scenario.holdings", "sim.scenario.match_keys"}
    assert {name for name in imported if name.startswith("sim.") and name.count(".") == 1} == {"sim.draws"}


@pytest.mark.parametrize(("setting", "place"), [
    (Matcher(kind="fuzzy", fields=FIELDS), "matcher.x.threshold"),
    (Matcher(kind="fuzzy", fields={"shoe_size": 1}, threshold=0.8), "matcher.x.fields"),
    (Matcher(kind="fuzzy", fields={"family_name": 0}, threshold=0.8), "matcher.x.fields"),
    (Matcher(kind="fuzzy", fields=FIELDS, threshold=0.8, missing="value"), "matcher.x.missing"),
    (Matcher(kind="fuzzy", fields=FIELDS, threshold=0.8, blinded=True), "matcher.x.blinded"),
    (Matcher(kind="exact_keys", fields={}), "matcher.x.fields"),
    (Matcher(kind="exact_keys", fields=FIELDS, bits=1024), "matcher.x.bits"),
    (Matcher(kind="exact_keys", fields=FIELDS, blinded=True, missing="drop"), "matcher.x.missing"),
    (Matcher(kind="multi_key", fields=FIELDS), "matcher.x.keys"),
    (Matcher(kind="multi_key", keys=["document"], fields=FIELDS), "matcher.x.fields"),
    (Matcher(kind="multi_key", keys=["shoe_size"]), "matcher.x.fields"),
    (Matcher(kind="multi_key", keys=["document + plate", "document+plate"]), "matcher.x.keys"),
    (Matcher(kind="dice", fields=FIELDS, threshold=0.8), "matcher.x.fields"),
    (clk(0.8, missing="drop"), "matcher.x.missing"),
    (clk(0.8, key=""), "matcher.x.key"),
    (clk(0.8, bits=None), "matcher.x.bits"),
    (clk(0.8, hashes=None), "matcher.x.hashes"),
    (clk(0.8, budget=100), "matcher.x.hashes"),
    (clk(0.8, positional=("plate",)), "matcher.x.positional"),
    (Matcher(kind="biometric", fields={"print": 1}, miss=Range(0, 0, "share")), "matcher.x.false"),
    (Matcher(kind="biometric", fields={"print": 1}, separation=4), "matcher.x.threshold"),
    (Matcher(kind="biometric", fields={"print": 1}, separation=4, threshold=3, miss="1 %"), "matcher.x.separation"),
    (Matcher(kind="biometric", fields={"family_name": 1}, miss="1 %", false="1 %"), "matcher.x.fields"),
])
def test_a_matcher_that_cannot_work_is_refused_by_name(setting, place):
    with pytest.raises(ScenarioError) as refused:
        check({"x": setting})
    assert [fault.key for fault in refused.value.faults] == [place]


def test_the_settings_above_pass():
    check({str(k): setting for k, setting in enumerate(SETTINGS)})


@pytest.mark.parametrize(("line", "place"), [
    ('keys = ["family_name +"]', "matcher.mine.keys"), ('keys = ["shout(family_name)"]', "matcher.mine.keys"),
    ('keys = ["year(birth_date, sex)"]', "matcher.mine.keys"), ("keys = [3]", "matcher.mine.keys.0"),
    ('keys = ["document"]\nlimit = 0', "matcher.mine.limit"), ('keys = ["document"]\nbits = 100', "matcher.mine.bits"),
])
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, line, place):
    (tmp_path / "mine.toml").write_text(
        f'extends = "minimal"\n[matcher.mine]\nfrom = "own: a test"\nkind = "multi_key"\n{line}\n')
    with pytest.raises(ScenarioError) as refused:
        load(tmp_path / "mine.toml")
    [fault] = refused.value.faults
    assert (fault.key, fault.file.endswith("mine.toml"), fault.line in (5, 6)) == (place, True, True)
