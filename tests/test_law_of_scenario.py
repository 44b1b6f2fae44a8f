"""What a scenario adds to its packs: other days for a rule, restrictions of owners, and what may bar help."""

from datetime import date

import law_worlds as w
import numpy as np
import pytest

from sim import laws, run
from sim.errors import ScenarioError
from sim.laws import MAY_REFUSE, MUST_GIVE, MUST_REFUSE
from sim.laws.asking import ask
from sim.scenario import apply_levers, load, prose, write
from sim.scenario.bars import Bars
from sim.scenario.restrictions import Person
from sim.scenario.schema import Lever
from sim.units import DAY, HOUR, rate

RESTRICTION = """
[[restriction]]
from       = "own: a test"
owner      = "AA"
partners   = ["BB"]
categories = ["police_file", "identity"]
"""
FACTS = {"product": "intelligence", "urgent": False, "dual": True, "minor": False, "kind": "convicted",
         "handling": "H0", "bar": "none"}


def made(folder, text, base="minimal"):
    file = folder / "made.toml"
    file.write_text(f'extends = "{base}"\n{text}', encoding="utf-8")
    return load(file)


def says(settled, giver, receiver, on=date(2027, 7, 10), category="police_file", instrument="DIR_2023_977", **facts):
    answer = ask(laws.rules_of(settled), settled, giver, receiver, on, instrument, category=category,
                 **{**FACTS, **facts})
    return answer.outcome.verdict, answer.outcome.ground


def faults(folder, text, base="minimal"):
    with pytest.raises(ScenarioError) as caught:
        made(folder, text, base)
    return {fault.key: fault.expected for fault in caught.value.faults}


def test_the_words_of_scenarios_are_those_of_the_law():
    assert tuple(Bars.model_fields)[-5:] == laws.BARS[1:]
    assert set(Person.__args__) == set(laws.KINDS) - {"none"}


# Restrictions.

def test_an_owner_keeps_from_a_partner_what_it_restricts(tmp_path):
    free, kept = load("minimal"), made(tmp_path, RESTRICTION)
    assert says(free, "AA", "BB") == (MUST_GIVE, "")
    assert says(kept, "AA", "BB") == (MUST_REFUSE, "restriction")
    assert says(kept, "BB", "AA") == (MUST_GIVE, "")                           # not the other way
    assert says(kept, "AA", "BB", category="biometric") == (MUST_GIVE, "")     # not what it does not name


@pytest.mark.parametrize(("handling", "product"), [("H1", "evidence"), ("H2", "intelligence"), ("H3", "evidence")])
def test_no_handling_code_lets_out_what_is_restricted(tmp_path, handling, product):
    kept = made(tmp_path, RESTRICTION)
    assert says(kept, "AA", "BB", handling=handling, product=product)[0] == MUST_REFUSE


def test_an_offer_of_the_convicted_only_gives_those(tmp_path):
    kept = made(tmp_path, RESTRICTION + 'offers = ["convicted"]\n')
    assert says(kept, "AA", "BB", kind="convicted") == (MUST_GIVE, "")
    assert says(kept, "AA", "BB", kind="suspect") == (MUST_REFUSE, "restriction")


def test_a_restriction_has_its_days_and_its_instruments(tmp_path):
    text = RESTRICTION + 'valid_from = 2027-07-10\nvalid_to = 2027-07-11\ninstruments = ["DIR_2023_977"]\n'
    kept = made(tmp_path, text)
    verdicts = [says(kept, "AA", "BB", date(2027, 7, day))[0] for day in (9, 10, 11, 12)]
    assert verdicts == [MUST_GIVE, MUST_REFUSE, MUST_REFUSE, MUST_GIVE]
    assert says(kept, "AA", "BB", instrument="PRUEM_II", category="identity")[1] != "restriction"


def test_the_days_of_a_restriction_are_those_of_its_owner(tmp_path):
    """BB is an hour east: its tenth of July begins at 23:00 of the ninth."""
    text = RESTRICTION.replace('"AA"', '"x"').replace('"BB"', '"AA"').replace('"x"', '"BB"')
    kept = made(tmp_path, text + 'valid_from = 2027-07-10\nvalid_to = 2027-07-11\nreciprocal = true\n'
                '[law.refusal]\nreciprocity = "10 to 60 %"\n')
    places, begins, ends = (*kept.jurisdiction, *kept.institution), 9 * DAY - HOUR, 11 * DAY - HOUR
    table = laws.verdicts(laws.rules_of(kept), kept, places, ("DIR_2023_977",), w.START, 30 * DAY)
    assert list(table.epochs)[1:] == [begins, ends]
    for giver, receiver, ground in (("BB", "AA", "restriction"), ("AA", "BB", "reciprocity")):
        found = [w.outcome(table, places, tick, giver=giver, receiver=receiver, instrument="DIR_2023_977",
                           category="police_file", **FACTS).ground for tick in (begins - 1, begins, ends - 1, ends)]
        assert found == ["", ground, ground, ""]


def test_a_partner_may_pay_back_in_kind(tmp_path):
    kept = made(tmp_path, RESTRICTION + 'reciprocal = true\n[law.refusal]\nreciprocity = "10 to 60 %"\n')
    assert says(kept, "BB", "AA") == (MAY_REFUSE, "reciprocity")
    assert says(kept, "BB", "AA", category="biometric") == (MUST_GIVE, "")
    # It is a leave to refuse, no leave to give: what must be refused stays so.
    assert says(kept, "BB", "AA", handling="H3", product="evidence") == (MUST_REFUSE, "consent")


def test_reciprocity_is_no_basis(tmp_path):
    kept = made(tmp_path, RESTRICTION + 'reciprocal = true\n[law.refusal]\nreciprocity = "10 to 60 %"\n')
    assert says(kept, "BB", "AA", instrument="") == (MUST_REFUSE, "no_basis")


def test_two_restrictions_that_answer_each_other_agree_in_table_and_interpreter(tmp_path):
    text = RESTRICTION + 'reciprocal = true\n' + RESTRICTION.replace('"AA"', '"x"').replace('"BB"', '"AA"').replace(
        '"x"', '"BB"') + 'reciprocal = true\noffers = ["convicted"]\n[law.refusal]\nreciprocity = "10 to 60 %"\n'
    kept = made(tmp_path, text)
    rules, places = laws.rules_of(kept), (*kept.jurisdiction, *kept.institution)
    table = laws.verdicts(rules, kept, places, ("DIR_2023_977",), w.START, DAY)
    chance = np.random.default_rng(3)
    for _ in range(300):
        facts = {key: values[chance.integers(len(values))] for key, values in w.AXES.items()}
        facts["bar"] = "none"                      # the scenario draws none, so its table has no axis for it
        giver, receiver = (places[at] for at in chance.integers(0, len(places), 2))
        read = laws.interpret(rules, laws.situation(kept, giver, receiver, w.moment(w.START, HOUR),
                                                    instrument="DIR_2023_977", **facts))
        assert w.outcome(table, places, HOUR, giver=giver, receiver=receiver, instrument="DIR_2023_977",
                         **facts) == read


def test_a_run_obeys_a_restriction(tmp_path):
    """Reviews of files that AA would give refuse on that ground, and none of BB's do."""
    kept = made(tmp_path, RESTRICTION)
    done = run.run(run.prepare(kept), kept.option[0].name, 0, 0)
    law, steps = done.world.law, done.ledger.steps
    of_aa = [law.outcomes[row].ground for row in np.unique(steps["ruling"]) if row >= 0]
    assert "restriction" in of_aa


@pytest.mark.parametrize(("old", "new", "key", "expected"), [
    ('"AA"', '"AB"', "restriction.0.owner", "a declared state"),
    ('["BB"]', '["BC"]', "restriction.0.partners.0", "another declared state"),
    ('["BB"]', '["AA"]', "restriction.0.partners.0", "another declared state"),
    ('["BB"]', "[]", "restriction.0.partners", "at least one"),
    ('"identity"', '"identities"', "restriction.0.categories.1", "identity"),
    ('"identity"', '"identity"]\ninstruments = ["DIR_2023_97"', "restriction.0.instruments.0", "DIR_2023_977"),
    ('from       = "own: a test"', "", "restriction.0", "a source"),
    ("owner ", "valid_from = 2027-02-01\nvalid_to = 2027-01-01\nowner ", "restriction.0.valid_to", "not before"),
    ("owner ", "reciprocal = true\nowner ", "law.refusal", "reciprocity"),
])
def test_a_restriction_that_means_nothing_is_told(tmp_path, old, new, key, expected):
    assert old in RESTRICTION
    assert expected in faults(tmp_path, RESTRICTION.replace(old, new, 1))[key]


# A reform on a given day.

LAPSES = '[law.rule.dir977_give]\nvalid_to = 2027-07-10\n'


def test_a_rule_lapses_on_the_day_the_scenario_says(tmp_path):
    reformed = made(tmp_path, LAPSES)
    assert says(reformed, "AA", "BB", date(2027, 7, 10)) == (MUST_GIVE, "")
    assert says(reformed, "AA", "BB", date(2027, 7, 11)) == (MAY_REFUSE, "at_will")     # SIENA as a channel stays
    assert says(load("minimal"), "AA", "BB", date(2027, 7, 11)) == (MUST_GIVE, "")


def test_a_lever_makes_a_rule_lapse_during_the_run():
    base = load("baseline")
    for path, text in (("law.rule.led_36_gb.valid_to", "2027-07-10"), ("law.rule.led_36_gb.valid_from", "2027-07-09")):
        lever = Lever(from_="own: a test", change={path: text})
        option = base.option[0].model_copy(update={"levers": ("sunset",)})
        settled = apply_levers(base.model_copy(update={"lever": {"sunset": lever}}), option)
        places = (*settled.jurisdiction, *settled.institution)
        table = laws.verdicts(laws.rules_of(settled), settled, places, ("",), w.START, 30 * DAY)
        change = 10 * DAY if text.endswith("10") else 8 * DAY
        assert list(table.epochs) == [np.iinfo(np.int64).min, change]
        rules = [w.outcome(table, places, tick, giver="AT", receiver="GB", instrument="", category="police_file",
                           kind="convicted").rule for tick in (change - 1, change)]
        assert rules == (["led_36_gb", "led_37_assessment"] if text.endswith("10") else
                         ["led_37_assessment", "led_36_gb"])


def test_a_reform_moves_an_epoch_of_the_world_and_nothing_else(tmp_path):
    plain, reformed = load("minimal"), made(tmp_path, LAPSES)
    one, other = (run.run(run.prepare(each), each.option[0].name, 0, 0) for each in (plain, reformed))
    assert len(one.world.law.epochs) == 1
    assert list(other.world.law.epochs)[1:] == [10 * DAY]
    assert np.array_equal(one.needs.rows, other.needs.rows)


@pytest.mark.parametrize(("text", "key", "expected"), [
    ("[law.rule.dir977_giv]\nvalid_to = 2027-07-10\n", "law.rule.dir977_giv", "did you mean 'dir977_give'"),
    ("[law.rule.dir977_give]\nvalid_to = 2024-01-10\n", "law.rule.dir977_give.valid_to", "does not end before"),
    ("[law.rule.dir977_give]\nvalid_until = 2027-07-10\n", "law.rule.dir977_give.valid_until", "valid_"),
    ("[law.rule.dir977_give]\nvalid_to = \"soon\"\n", "law.rule.dir977_give.valid_to", "a date without quotes"),
    ('[lever.sunset]\nfrom = "own: x"\nchange = { "law.rule.dir977_giv.valid_to" = "2027-07-10" }\n',
     "lever.sunset.change.law.rule.dir977_giv.valid_to", "dir977_give"),
    ('[lever.sunset]\nfrom = "own: x"\nchange = { "law.rule.dir977_give.valid_to" = "some day" }\n',
     "lever.sunset.change.law.rule.dir977_give.valid_to", "date"),
    ('[lever.sunset]\nfrom = "own: x"\nchange = { "law.rule.dir977_give.valid_to" = "2024-01-10" }\n',
     "lever.sunset.change.law.rule.dir977_give.valid_to", "does not end before"),
])
def test_days_of_a_rule_that_mean_nothing_are_told(tmp_path, text, key, expected):
    found = faults(tmp_path, text)
    assert key in found, found
    assert expected in found[key]


def test_what_a_scenario_has_of_its_own_is_said_and_written(tmp_path):
    own = made(tmp_path, LAPSES + RESTRICTION + 'offers = ["convicted"]\n')
    text = " ".join(prose(own).split())
    assert "Rule dir977_give is in force from 12 December 2024 to 10 July 2027" in text
    assert "AA gives BB no police_file, identity, save of persons of the kind convicted." in text
    (tmp_path / "again.toml").write_text(write(own), encoding="utf-8")
    again = load(tmp_path / "again.toml")
    assert again.restriction == own.restriction
    assert again.law.rule == own.law.rule
    assert "Law of its own" not in prose(load("minimal"))


# What may bar help.

def test_bars_are_drawn_as_often_as_the_scenario_says():
    """5 shares of 10 to 20 % each, 4,000 needs: a share off by 3 points is a chance below 1 in 1,000 a bar."""
    shares = {"political": "10 %", "already_judged": "10 %", "capital": "20 %", "refugee": "15 %",
              "essential_interests": "10 %"}
    base = load("minimal")
    demand = base.demand.model_copy(update={"bars": Bars(from_="own: a test", **shares),
                                            "asked_by_us": rate("400 per day")})
    drawn = run.draw(run.prepare(base.model_copy(update={"demand": demand})), (), 0, 0).needs.rows
    assert len(drawn) > 1000
    found = np.bincount(drawn["bar"], minlength=6) / len(drawn)
    assert found[1:] == pytest.approx([0.10, 0.10, 0.20, 0.15, 0.10], abs=0.04)


def test_without_bars_nothing_stands_against_helping_and_no_luck_moves(tmp_path):
    base = load("minimal")
    barred = made(tmp_path, '[demand.bars]\nbecause = "a test"\npolitical = "10 to 20 %"\n')
    one, other = (run.draw(run.prepare(each), (), 0, 0).needs.rows for each in (base, barred))
    assert (one["bar"] == 0).all()
    assert (other["bar"] > 0).any()
    assert all(np.array_equal(one[name], other[name]) for name in one.dtype.names if name != "bar")


def test_bars_beyond_all_needs_are_told(tmp_path):
    text = '[demand.bars]\nbecause = "a test"\npolitical = "60 to 70 %"\ncapital = "30 to 40 %"\n'
    assert "at most 100 %" in faults(tmp_path, text)["demand.bars"]


@pytest.mark.parametrize(("giver", "receiver", "bar", "expected"), [
    ("AT", "GB", "political", (MAY_REFUSE, "political_offence")),
    ("AT", "GB", "essential_interests", (MAY_REFUSE, "essential_interests")),
    ("AT", "GB", "already_judged", (MAY_REFUSE, "already_judged")),
    ("AT", "GB", "capital", (MAY_REFUSE, "public_order")),          # no death penalty inside Europe
    ("AT", "GB", "refugee", (MAY_REFUSE, "public_order")),
    ("AT", "XF", "capital", (MAY_REFUSE, "capital_punishment")),
    ("AT", "XF", "refugee", (MAY_REFUSE, "refugee_status")),
    ("AT", "XF", "political", (MAY_REFUSE, "political_offence")),
    ("XF", "AT", "political", (MAY_REFUSE, "political_offence")),
    ("DE", "AT", "none", (MUST_GIVE, "")),
    ("DE", "AT", "already_judged", (MAY_REFUSE, "already_judged")),  # the investigation order knows this ground
    ("DE", "AT", "political", (MUST_GIVE, "")),                      # and not this one
])
def test_grounds_of_assistance_by_treaty(giver, receiver, bar, expected):
    assert says(load("baseline"), giver, receiver, category="evidence", instrument="MLA", product="evidence",
                bar=bar) == expected


def test_assurances_are_asked_outside_europe():
    base = load("baseline")
    answer = ask(laws.rules_of(base), base, "AT", "XF", date(2027, 7, 10), "MLA", category="evidence",
                 **{**FACTS, "product": "evidence", "bar": "capital"})
    assert {"assurance", "judge"} <= answer.outcome.duties.flags


def test_what_is_political_goes_by_no_interpol_channel():
    base = load("baseline")
    for category in ("alert", "police_file"):
        for product in laws.PRODUCTS:
            assert says(base, "XF", "XD", category=category, instrument="INTERPOL", product=product,
                        bar="political") == (MUST_REFUSE, "article_3")
