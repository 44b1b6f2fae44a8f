"""The shipped packs of rules read without fault, cite what exists, and say what a practitioner would expect."""

import re
import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import law_worlds as w
import numpy as np
import pytest

from sim import laws, scenario
from sim.errors import ScenarioError
from sim.laws import MAY_REFUSE, MUST_GIVE, MUST_REFUSE, NO_RULE
from sim.laws.rules import DEMANDS_BASIS
from sim.scenario.files import SHIPPED
from sim.scenario.other_states import with_states
from sim.script import FIELDS
from sim.units import DAY

INSTRUMENTS = ("DIR_2023_977", "PRUEM_II", "INTERPOL", "SIS", "MLA", "")
PACKS = tuple(sorted(path.stem for path in (SHIPPED / "packs/laws").glob("*.toml")))


@cache
def world(name):
    made = scenario.load(name)
    return made, (*made.jurisdiction, *made.institution), laws.load_rules(made.rules)


@cache
def table(name, day=w.START):
    made, places, rules = world(name)
    return laws.verdicts(rules, made, places, INSTRUMENTS, day, 30 * DAY)


def says(giver, receiver, instrument, category, day=w.START, **rest):
    found = w.outcome(table("baseline", day), world("baseline")[1], giver=giver, receiver=receiver,
                      instrument=instrument, category=category, **rest)
    return found.verdict, found.ground


HELD = {"kind": "convicted"}
COURT = {"product": "evidence"}


@pytest.mark.parametrize(("asked", "rest", "expected"), [
    # Inside the Union the directive obliges, and lets refuse only on its list.
    (("DE", "AT", "DIR_2023_977", "police_file"), HELD, (MUST_GIVE, "")),
    (("DE", "AT", "DIR_2023_977", "police_file"), {}, (MAY_REFUSE, "harm")),
    (("DE", "AT", "DIR_2023_977", "identity"), {"minor": True}, (MAY_REFUSE, "minor_offence")),
    (("DE", "AT", "DIR_2023_977", "identity"), {"dual": False}, (MAY_REFUSE, "dual_criminality")),
    (("DE", "AT", "DIR_2023_977", "identity"), COURT, (MAY_REFUSE, "consent")),
    (("DE", "AT", "DIR_2023_977", "police_file"), {"kind": "witness"}, (MAY_REFUSE, "data_protection")),
    (("CH", "AT", "DIR_2023_977", "identity"), {}, (MUST_GIVE, "")),
    (("DK", "AT", "DIR_2023_977", "identity"), {}, (MUST_GIVE, "")),
    # SIENA reaches the United Kingdom, the directive does not.
    (("AT", "GB", "DIR_2023_977", "identity"), {}, (MAY_REFUSE, "at_will")),
    (("GB", "AT", "DIR_2023_977", "police_file"), HELD, (MAY_REFUSE, "at_will")),
    # Pruem II: the search reply and core data are owed, but not by Denmark nor by Switzerland.
    (("DE", "AT", "PRUEM_II", "biometric"), {}, (MUST_GIVE, "")),
    (("DE", "AT", "PRUEM_II", "identity"), {}, (MUST_GIVE, "")),
    (("DE", "AT", "PRUEM_II", "identity"), {"minor": True}, (MAY_REFUSE, "proportionality")),
    (("DE", "AT", "PRUEM_II", "police_file"), {"minor": True}, (MUST_REFUSE, "minor_offence")),
    (("IE", "AT", "PRUEM_II", "biometric"), {}, (MUST_GIVE, "")),
    (("DK", "AT", "PRUEM_II", "biometric"), {}, (MUST_REFUSE, "no_basis")),
    (("AT", "CH", "PRUEM_II", "biometric"), {}, (MUST_REFUSE, "no_basis")),
    # SIS: an alert serves its purpose and no other.
    (("FR", "AT", "SIS", "alert"), {}, (MUST_GIVE, "")),
    (("FR", "AT", "SIS", "alert"), COURT, (MUST_REFUSE, "other_purpose")),
    # INTERPOL: at will, anywhere; out of the Union the file of a witness needs a threat.
    (("AT", "GB", "INTERPOL", "identity"), {}, (MAY_REFUSE, "at_will")),
    (("AT", "CH", "INTERPOL", "identity"), {}, (MAY_REFUSE, "at_will")),
    (("AT", "XF", "INTERPOL", "identity"), {}, (MAY_REFUSE, "at_will")),
    (("XF", "XD", "INTERPOL", "police_file"), {}, (MAY_REFUSE, "at_will")),
    (("AT", "XF", "INTERPOL", "police_file"), {"kind": "witness"}, (MUST_REFUSE, "no_basis")),
    (("AT", "XF", "INTERPOL", "police_file"), {"kind": "witness", "urgent": True}, (MAY_REFUSE, "at_will")),
    # The owner's code: H3 leaves the Union only under a threat, and never goes to court.
    (("AT", "XF", "INTERPOL", "police_file"), {"handling": "H3"}, (MUST_REFUSE, "consent")),
    (("AT", "XF", "INTERPOL", "police_file"), {"handling": "H3", "urgent": True}, (MAY_REFUSE, "consent")),
    (("DE", "AT", "DIR_2023_977", "police_file"), {"handling": "H2", **HELD}, (MAY_REFUSE, "consent")),
    (("DE", "AT", "DIR_2023_977", "identity"), {"handling": "H3", **COURT}, (MUST_REFUSE, "consent")),
    # Evidence: the investigation order inside the Union, letters with Ireland and beyond.
    (("DE", "AT", "MLA", "evidence"), COURT, (MUST_GIVE, "")),
    (("IE", "AT", "MLA", "evidence"), COURT, (MAY_REFUSE, "public_order")),
    (("GB", "AT", "MLA", "evidence"), COURT, (MAY_REFUSE, "public_order")),
    (("XF", "AT", "MLA", "evidence"), {"dual": False, **COURT}, (MAY_REFUSE, "dual_criminality")),
    # Under no layer: a regime that demands a basis refuses, another has no rule.
    (("AT", "DE", "", "identity"), {}, (MUST_REFUSE, "no_basis")),
    (("XF", "AT", "", "identity"), {}, (NO_RULE, "")),
])
def test_a_practitioner_would_say_so(asked, rest, expected):
    assert says(*asked, **rest) == expected


def test_adequacy_of_the_united_kingdom_begins_and_ends():
    """Without it a police file goes on the sender's own assessment: the traffic does not stop, its ground changes."""
    made, places, rules = world("baseline")
    for day, door in ((date(2021, 6, 27), "led_37_assessment"), (date(2021, 6, 28), "led_36_gb"),
                      (date(2031, 12, 31), "led_36_gb"), (date(2032, 1, 1), "led_37_assessment")):
        compiled = laws.verdicts(rules, made, places, ("",), day, DAY // 2)
        found = w.outcome(compiled, places, giver="AT", receiver="GB", instrument="", category="police_file")
        assert (found.verdict, found.rule) == (MAY_REFUSE, door)


def test_core_data_are_limited_to_the_fields_of_the_article_whatever_the_ground():
    core = {"family_name", "given_name", "aliases", "birth_date", "nationality", "birth_place", "sex", "capture",
            "offence", "case_number", "authority"}
    for rest in ({}, {"minor": True}, {"dual": False}, COURT):
        found = w.outcome(table("baseline"), world("baseline")[1], giver="DE", receiver="AT", instrument="PRUEM_II",
                          category="identity", **rest)
        assert core <= found.duties.fields
        assert not {"file", "contacts", "measures", "evidence", "whereabouts"} & found.duties.fields
        assert "human_decision" in found.duties.flags


def test_the_table_agrees_with_the_interpreter_on_every_cell_of_the_smallest_world():
    made, places, rules = world("minimal")
    shown = table("minimal")
    firsts = {shown.profile[0, place]: place for place in reversed(range(len(places)))}
    now = datetime(2027, 7, 1, tzinfo=UTC)
    for giver in firsts.values():
        for receiver in firsts.values():
            case = laws.situation(made, places[giver], places[receiver], now, **w.by_index((0,) * 9, INSTRUMENTS))
            for index in w.cells(INSTRUMENTS[:1]):
                facts = vars(case) | w.by_index(index, INSTRUMENTS)
                assert shown.outcomes[shown.look(0, *index, giver, receiver)] == \
                    laws.interpret(rules, laws.Situation(**facts))


@pytest.mark.parametrize("instrument", [*INSTRUMENTS, "BUDAPEST", "E_EVIDENCE", "CLOUD_ACT"])
def test_the_table_agrees_with_the_interpreter_on_every_cell_of_the_shipped_world(instrument):
    """All places by profile. Cells to which the very same rules apply are read once."""
    made, places, rules = world("baseline")
    shown, now = laws.verdicts(rules, made, places, (instrument,), w.START, 30 * DAY), datetime(2027, 7, 1, tzinfo=UTC)
    assert list(shown.epochs) == [np.iinfo(np.int64).min]
    firsts = [list(shown.profile[0]).index(profile) for profile in range(shown.profiles)]
    cases = [laws.situation(made, places[at], places[at], now, **w.by_index((0,) * 9, (instrument,))) for at in firsts]
    under = [rule for rule in rules if instrument in rule.when.named.get("instrument", {instrument})]
    applying = _applying(under, cases)
    _, first, same = np.unique(applying, return_index=True, return_inverse=True)
    expected = []
    for at in first:
        *index, giver, receiver = np.unravel_index(at, applying.shape)
        case = laws.situation(made, places[firsts[giver]], places[firsts[receiver]], now,
                              **w.by_index((0, *index), (instrument,)))
        expected.append(shown.outcomes.index(laws.interpret(rules, case)))
    assert np.array_equal(shown.block(0, 0), np.array(expected)[same.reshape(applying.shape)])


def _applying(rules, cases):
    """Per cell a bit for each rule whose conditions hold, and one for a giver whose regime demands a basis."""
    assert len(rules) < 62
    found = np.full((1,) * 10, (1 << len(rules)) - 1, np.int64)
    for place, (key, values) in enumerate(w.AXES.items()):
        bits = [sum(1 << n for n, rule in enumerate(rules) if value in rule.when.named.get(key, {value}))
                for value in values]
        found = found & _along(bits, place)
    for place, side in ((8, "giver"), (9, "receiver")):
        bits = [sum(1 << n for n, rule in enumerate(rules)
                    if case.giver_regime in rule.when.named.get(f"{side}_regime", {case.giver_regime})
                    and rule.when.named.get(f"{side}_bound", case.giver_bound) & case.giver_bound)
                for case in cases]
        found = found & _along(bits, place)
    return found | _along([int(case.giver_regime in DEMANDS_BASIS) << 62 for case in cases], 8)


def _along(bits, place):
    return np.array(bits, np.int64).reshape([-1 if at == place else 1 for at in range(10)])


@pytest.mark.parametrize("instrument", sorted({act for rule in laws.load_rules(PACKS)
                                               for act in rule.when.instrument or ()}))
def test_no_two_rules_contradict_each_other_for_any_known_state_on_any_day(instrument):
    """From 2009 on for nearly 25 years, at every change of the law; compiling refuses contradictions."""
    made = with_states(world("baseline")[0], ("AU", "BR", "CA", "JP", "NG", "NZ", "TR", "UA", "US"))
    places = (*made.jurisdiction, *made.institution)
    table = laws.verdicts(laws.load_rules(PACKS), made, places, (instrument,), date(2009, 1, 1), 9000 * DAY)
    assert len(table.epochs) > 2


def test_every_fact_a_rule_cites_is_in_the_register():
    known = tomllib.loads((SHIPPED / "facts.toml").read_text(encoding="utf-8"))["fact"]
    cited = {word for rule in laws.load_rules(PACKS)
             for inside in re.findall(r"\(([^()]*)\)", rule.source)
             for word in re.findall(r"\b[A-Z][A-Z0-9]+-[A-Z0-9-]+\b", inside)}
    assert len(cited) > 25
    assert cited <= known.keys()


GOOD = """
instruments = ["ACT"]

[[rule]]
id         = "first"
source     = "an act, article 1"
confidence = "own"
layer      = "instrument"
when       = { both_bound = ["ACT"], category = ["identity"] }
effect     = "must give"
duties     = { retention = "3 y", fields = ["family_name"] }
"""


def loaded(folder: Path, text: str):
    file = folder / "packs/laws/own.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return laws.load_rules(("own",), folder)


def test_a_pack_beside_the_scenario_is_read(tmp_path):
    (rule,) = loaded(tmp_path, GOOD)
    assert rule.duties.retention == 3 * 365 * DAY
    assert rule.duties.fields == {"family_name"} <= set(FIELDS)


@pytest.mark.parametrize(("old", "new", "key", "expected"), [
    ('["identity"]', '["identities"]', "rule.0.when.category.0", "'identity'"),
    ('"instrument"', '"treaty"', "rule.0.layer", "'owner'"),
    ('"must give"', '"should give"', "rule.0.effect", "'must give'"),
    ('"must give"', '"may refuse"', "rule.0.effect", "a ground of refusal"),
    ('effect  ', 'ground = "harm"\neffect  ', "rule.0.ground", "no ground"),
    ('both_bound = ["ACT"]', 'both_bound = ["AKT"]', "rule.0.when.both_bound", "did you mean 'ACT'"),
    ('both_bound = ["ACT"], ', "", "rule.0.when", "both_bound"),
    ('both_bound = ["ACT"]', 'both_bound = ["ACT"], giver_bound = ["ACT"]', "rule.0.when.both_bound", "either"),
    ('category = ["identity"]', "category = []", "rule.0.when.category", "at least one value"),
    ('category = ["identity"]', 'categories = ["identity"]', "rule.0.when.categories", "did you mean 'category'"),
    ('"3 y"', '"3"', "rule.0.duties.retention", "unit"),
    ('["family_name"]', '["surname"]', "rule.0.duties.fields", "no field"),
    ("retention =", "retenton =", "rule.0.duties.retenton", "did you mean 'retention'"),
    ("confidence =", "trust =", "rule.0.trust", "a known key"),
    ("effect  ", "valid_from = 2027-01-02\nvalid_to = 2027-01-01\neffect  ", "rule.0.valid_to", "not before"),
    ("effect  ", 'zone = "Europe/Wien"\neffect  ', "rule.0.zone", "IANA"),
    ("effect  ", 'exception_to = ["zeroth"]\neffect  ', "rule.0.exception_to", 'layer "instrument"'),
    ('instruments = ["ACT"]', 'acts = ["ACT"]', "acts", "[[rule]]"),
    ("[[rule]]", "[rule]", "rule", "[[rule]]"),
])
def test_nonsense_is_refused_with_its_place(tmp_path, old, new, key, expected):
    assert old in GOOD
    with pytest.raises(ScenarioError) as caught:
        loaded(tmp_path, GOOD.replace(old, new, 1))
    found = {fault.key: fault for fault in caught.value.faults}
    assert key in found, caught.value
    assert expected in found[key].expected
    assert found[key].line
    assert found[key].file.endswith("own.toml")


def test_an_id_may_be_borne_once(tmp_path):
    with pytest.raises(ScenarioError, match="an id that no other rule bears"):
        loaded(tmp_path, GOOD + GOOD[GOOD.index("[[rule]]"):])


def test_a_treaty_decides_only_between_whom_it_binds_and_on_what_it_is_about():
    """Of persons nothing is "not governed" that police in the Union hold: a treaty's name on a request is no basis."""
    made = with_states(scenario.load("baseline"), ("US", "NG", "JP"))
    places, acts = (*made.jurisdiction, *made.institution), ("BUDAPEST", "ECRIS", "MLA", "PRUEM_I")
    found = laws.verdicts(laws.load_rules(made.rules), made, places, acts, w.START, DAY)
    givers = np.array([made.jurisdiction[place].regime == "led" for place in made.jurisdiction]).nonzero()[0]
    every = np.ix_(*(np.arange(n) for n in (1, len(acts), 7, 2, 2, 2, 2, 6, 4)), np.zeros(1, int), givers,
                   np.arange(len(places)))
    verdict = np.array([outcome.verdict for outcome in found.outcomes])[found.look(*every)]
    of_persons = np.arange(6) != laws.KINDS.index("none")
    assert not (verdict[:, :, :, :, :, :, :, of_persons] == laws.NOT_GOVERNED).any()
    assert w.outcome(found, places, giver="FR", receiver="US", instrument="PRUEM_I", category="biometric",
                     **HELD).rule == "led_37_assessment"
