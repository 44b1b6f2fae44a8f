"""Providers between two laws, diffusions held for review, opt-outs, and rules that name places."""

from datetime import date

import law_worlds as w
import numpy as np
import pytest

from sim import laws, run
from sim.laws import MAY_REFUSE, MUST_GIVE, MUST_REFUSE, Duties
from sim.laws.asking import ask
from sim.metrics import measure
from sim.scenario import load
from sim.scenario.other_states import with_states
from sim.units import DAY

BLOCKING = {"jurisdiction": "XF", "instrument": "BLOCKING_LAW", "status": "bound", "valid_from": date(2000, 1, 1),
            "source": "a test", "confidence": "own"}
FACTS = {"product": "evidence", "urgent": False, "dual": True, "minor": False, "kind": "suspect", "handling": "H0",
         "bar": "none"}


def world():
    made = with_states(load("baseline"), ("US", "AU", "CA"))
    row = type(made.membership[0]).model_validate(BLOCKING)
    return made.model_copy(update={"membership": (*made.membership, row)})


def says(giver, receiver, instrument, category="evidence", on=date(2026, 9, 1), **facts):
    made = world()
    return ask(laws.rules_of(made), made, giver, receiver, on, instrument, category=category,
               **{**FACTS, **facts}).outcome


@pytest.mark.parametrize(("giver", "receiver", "instrument", "facts", "expected"), [
    # Production orders inside the Union: owed from 18 August 2026; Denmark is out of it.
    ("IE", "FR", "E_EVIDENCE", {}, (MUST_GIVE, "", False)),
    ("IE", "FR", "E_EVIDENCE", {"on": date(2026, 8, 17)}, (MUST_REFUSE, "no_basis", False)),
    ("IE", "FR", "E_EVIDENCE", {"on": date(2026, 8, 18)}, (MUST_GIVE, "", False)),
    ("IE", "FR", "E_EVIDENCE", {"bar": "already_judged"}, (MAY_REFUSE, "already_judged", False)),
    ("IE", "FR", "E_EVIDENCE", {"dual": False}, (MAY_REFUSE, "dual_criminality", False)),
    ("IE", "DK", "E_EVIDENCE", {}, (MUST_REFUSE, "no_basis", False)),
    # Abroad the order binds whoever serves the Union; content may be barred at home, subscribers are not.
    ("XF", "FR", "E_EVIDENCE", {}, (MUST_REFUSE, "blocking_law", True)),
    ("XF", "FR", "E_EVIDENCE", {"category": "identity"}, (MUST_GIVE, "", False)),
    ("XF", "FR", "E_EVIDENCE", {"on": date(2026, 8, 17)}, (MUST_REFUSE, "blocking_law", False)),
    ("XD", "FR", "E_EVIDENCE", {}, (MUST_GIVE, "", False)),
    ("US", "FR", "E_EVIDENCE", {}, (MUST_REFUSE, "blocking_law", True)),
    # An agreement on the CLOUD Act lifts the bar; without one it stands.
    ("US", "GB", "CLOUD_ACT", {}, (MAY_REFUSE, "objection", False)),
    ("US", "AU", "CLOUD_ACT", {}, (MAY_REFUSE, "objection", False)),
    ("US", "CA", "CLOUD_ACT", {}, (MUST_REFUSE, "blocking_law", False)),
    ("US", "GB", "CLOUD_ACT", {"minor": True}, (MUST_REFUSE, "minor_offence", False)),
    # An order into the Union meets article 48 of the GDPR, whoever the person is.
    ("IE", "US", "CLOUD_ACT", {}, (MUST_REFUSE, "gdpr_48", True)),
    ("IE", "US", "CLOUD_ACT", {"kind": "victim", "category": "identity"}, (MUST_REFUSE, "gdpr_48", True)),
    ("IE", "US", "CLOUD_ACT", {"urgent": True}, (MUST_REFUSE, "gdpr_48", True)),
])
def test_a_provider_between_two_laws(giver, receiver, instrument, facts, expected):
    found = says(giver, receiver, instrument, **facts)
    assert (found.verdict, found.ground, found.ordered_and_forbidden) == expected


def test_a_run_meets_orders_that_another_law_forbids(tmp_path):
    """Of an invented state whose providers serve the Union, and whose law bars them; with that state left out of the
    Regulation only what its owner keeps from every court is torn."""
    file = tmp_path / "busy.toml"
    file.write_text('extends = "orders"\n[people]\nrecords = 300\n[demand]\nasked_by_us = "40 to 41 per day"\n')
    torn = load(file)
    free = torn.model_copy(update={"membership": tuple(row for row in torn.membership
                                                       if row.instrument not in ("BLOCKING_LAW", "E_EVIDENCE")
                                                       or row.jurisdiction != "XD")})
    assert _conflicts(torn) > 3 * _conflicts(free)


def _conflicts(made):
    done = run.run(run.prepare(made), made.option[-1].name, 0, 0)
    return next(value.value for value in measure(done)
                if (value.metric, value.slice, value.group) == ("ordered_and_forbidden", "reviews", ""))


def test_the_table_tells_orders_that_another_law_forbids():
    """As the interpreter: a must give and a must refuse stand together; a may refuse is no order."""
    rules = (w.rule("order", layer="instrument", when={"both_bound": ("ACT",)}),
             w.rule("ban", "must refuse", when={"category": ("evidence",)}),
             w.rule("leave", "may refuse", "receiver", when={"urgent": True}))
    table = w.compiled(rules)
    torn = {(category, urgent): w.outcome(table, w.PLACES, category=category, urgent=urgent).ordered_and_forbidden
            for category in ("evidence", "identity") for urgent in (False, True)}
    assert torn == {("evidence", False): True, ("evidence", True): True, ("identity", False): False,
                    ("identity", True): False}
    assert not w.outcome(table, w.PLACES, category="evidence", giver="hub").ordered_and_forbidden     # nobody orders


def test_article_48_sets_the_doors_for_police_aside_and_nobody_elses():
    assert says("AT", "US", "INTERPOL", "identity").verdict == MAY_REFUSE


def test_a_diffusion_is_held_for_review_from_the_day_a_scenario_says(tmp_path):
    file = tmp_path / "held.toml"
    file.write_text('extends = "baseline"\n[law.rule.interpol_diffusion_held]\nvalid_from = 2027-07-10\n')
    made, free = load(file), load("baseline")
    flags = {day: ask(laws.rules_of(made), made, "AT", "XF", date(2027, 7, day), "INTERPOL", category="alert",
                      **{**FACTS, "product": "intelligence"}).outcome.duties.flags for day in (9, 10)}
    assert "publisher_review" not in flags[9]
    assert {"publisher_review", "articles_2_and_3"} <= flags[10]
    outcome = ask(laws.rules_of(free), free, "AT", "XF", date(2050, 7, 10), "INTERPOL", category="alert", **FACTS)
    assert "publisher_review" not in outcome.outcome.duties.flags
    assert outcome.next is None or outcome.next[0] < date(2100, 1, 1)


@pytest.mark.parametrize(("state", "instrument", "category", "gives"), [
    ("DK", "PRUEM_II", "biometric", False), ("IE", "PRUEM_II", "biometric", True),
    ("DK", "E_EVIDENCE", "evidence", False), ("IE", "E_EVIDENCE", "evidence", True),
    ("DK", "DIR_2023_977", "identity", True), ("CH", "PRUEM_II", "biometric", False)])
def test_opt_outs_come_from_memberships(state, instrument, category, gives):
    assert (says("DE", state, instrument, category, product="intelligence").verdict == MUST_GIVE) is gives
    assert (says(state, "DE", instrument, category, product="intelligence").verdict == MUST_GIVE) is gives


def test_opting_in_on_a_day_binds_from_that_day():
    world = w.scenario(w.membership("LL", "ACT", "opted_out", valid_to=date(2027, 7, 4)),
                       w.membership("LL", "ACT", "opted_in", date(2027, 7, 5)), w.membership("OO", "ACT"))
    table = w.compiled([w.rule("act", layer="instrument", when={"both_bound": ("ACT",)})], world)
    assert [w.outcome(table, w.PLACES, tick).rule for tick in (4 * DAY - 1, 4 * DAY)] == ["", "act"]


# Rules that name places.

def test_a_rule_that_names_a_place_parts_that_place_and_no_other():
    world = w.scenario()
    for code in ("MM", "NN"):
        world.jurisdiction[code] = world.jurisdiction["LL"]
        world.membership = (*world.membership, w.membership(code, "ACT"))
    places = ("LL", "MM", "NN", "OO")
    rules = [w.rule("act", when={"giver_bound": ("ACT",)}),
             w.rule("own", "must refuse", "owner", when={"giver_place": ("MM",), "receiver_place": ("OO", "NN")},
                    duties=Duties(onward=False))]
    table = w.compiled(rules, world, places=places)
    assert table.profile[0].tolist()[0] not in table.profile[0].tolist()[1:]       # LL: named by no rule
    for giver in places:
        for receiver in places:
            found = w.outcome(table, places, giver=giver, receiver=receiver)
            assert found == w.read(rules, world, giver=giver, receiver=receiver)
            assert (found.rule == "own") is (giver == "MM" and receiver in ("OO", "NN"))


def test_places_named_by_no_rule_stay_together():
    world = w.scenario()
    world.jurisdiction["MM"] = world.jurisdiction["LL"]
    world.membership = (*world.membership, w.membership("MM", "ACT"))
    table = w.compiled([w.rule("own", "must refuse", "owner", when={"giver_place": ("OO",)})], world,
                       places=("LL", "MM", "OO"))
    assert table.profile[0][0] == table.profile[0][1] != table.profile[0][2]


# The size of the table.

def test_an_axis_that_no_rule_asks_about_takes_no_room():
    few, more = w.compiled([w.rule("a")]), w.compiled([w.rule("a", when={"kind": ("suspect",)})])
    assert more.table.size == len(laws.KINDS) * few.table.size
    assert few.block(0, 0).shape == more.block(0, 0).shape


def test_epochs_under_one_law_share_a_block():
    rules = [w.rule("a", when={"instrument": ("ACT",)}),
             w.rule("b", when={"instrument": ("PACT",)}, valid_from=date(2027, 7, 10))]
    table = w.compiled(rules, instruments=w.ACTS)
    assert len(table.epochs) == 2
    assert table.first[0][0] == table.first[1][0]
    assert table.first[0][1] != table.first[1][1]
    assert table.table.size == 3 * table.profiles ** 2


def test_without_bars_their_axis_takes_no_room_and_says_none():
    rules = [w.rule("a", "may refuse", when={"bar": ("political",)})]
    world = w.scenario()
    world.demand.bars = None
    table = w.compiled(rules, world)
    assert w.outcome(table, w.PLACES, bar="political") == w.outcome(table, w.PLACES, bar="none")
    assert w.outcome(w.compiled(rules), w.PLACES, bar="political").rule == "a"


def test_many_questions_are_answered_as_one_by_one():
    """Beyond what is looked up at a time, with scalars among arrays."""
    table = w.compiled([w.rule("a", when={"kind": ("suspect",), "giver_place": ("LL",)}),
                        w.rule("b", "may refuse", "instrument", when={"instrument": ("PACT",), "minor": True,
                                                                      "both_bound": ("ACT",)})], instruments=w.ACTS)
    chance = np.random.default_rng(1)
    many = 40_000
    kinds, acts, minors, givers = (chance.integers(0, n, many) for n in (6, 2, 2, 3))
    found = table.look(0, acts, 0, 0, 0, 0, minors, kinds, 0, 0, givers, 1)
    assert found.shape == (many,)
    for at in range(0, many, 997):
        assert found[at] == table.look(0, acts[at], 0, 0, 0, 0, minors[at], kinds[at], 0, 0, givers[at], 1)
    assert len(np.unique(found)) > 3
