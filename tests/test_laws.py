"""The compiled table says what a slow reading of the rules says, and rules combine as the design promises."""

from dataclasses import replace
from datetime import date
from functools import reduce
from operator import and_
from types import SimpleNamespace

import law_worlds as w
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim import laws
from sim.errors import LawError, ScenarioError
from sim.laws import FREE, MAY_REFUSE, MUST_GIVE, MUST_REFUSE, NO_RULE, NOT_GOVERNED, Duties
from sim.laws.interpreter import standing_rules
from sim.script import FIELDS
from sim.units import DAY, HOUR

# Shrinking a rule set compiles it thousands of times, for minutes; the drawn one says enough.
QUICK = (Phase.explicit, Phase.generate)
LAYERED = ("owner", "instrument", "sender", "receiver")


def some(values):
    return st.none() | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


DUTIES = st.builds(Duties, fields=st.none() | st.frozensets(st.sampled_from(FIELDS), max_size=4),
                   purposes=st.none() | st.frozensets(st.sampled_from(["a", "b", "c"])),
                   retention=st.integers(0, 5) | st.just(FREE.retention), handling=st.sampled_from(laws.HANDLING),
                   onward=st.booleans(), flags=st.frozensets(st.sampled_from(laws.FLAGS), max_size=3))
YES_NO = st.none() | st.booleans()
BONDS = some(["ACT", "ACT by agreement", "state", "interpol body"])
WHEN = st.builds(laws.When, instrument=some(w.ACTS), category=some(laws.CATEGORIES), product=some(laws.PRODUCTS),
                 urgent=YES_NO, dual=YES_NO, minor=YES_NO, kind=some(laws.KINDS), handling=some(laws.HANDLING),
                 bar=some(laws.BARS), giver_place=some(w.PLACES), receiver_place=some(w.PLACES),
                 giver_regime=some(["led", "other", "interpol"]), receiver_regime=some(["led", "other", "interpol"]),
                 giver_bound=BONDS, receiver_bound=BONDS)


@st.composite
def rule_sets(draw, most=7):
    rules = []
    for number in range(draw(st.integers(0, most))):
        layer, effect = draw(st.sampled_from(LAYERED)), draw(st.sampled_from(laws.EFFECTS))
        earlier = [rule.id for rule in rules if rule.layer == layer]
        rules.append(w.rule(
            f"r{number}", effect, layer, when=draw(WHEN).model_dump(), duties=draw(DUTIES),
            ground=draw(st.sampled_from(w.GROUNDS)) if "refuse" in effect else "",
            # Every later rule is an exception to all earlier ones, or to none: contradictions are drawn too.
            exception_to=tuple(earlier) if draw(st.integers(0, 3)) else (),
            valid_from=draw(st.none() | st.dates(date(2027, 6, 25), date(2027, 7, 10))),
            valid_to=draw(st.none() | st.dates(date(2027, 7, 11), date(2027, 7, 25)))))
    return tuple(rules)


CELL = st.builds(w.cell, giver=st.sampled_from(w.PLACES), receiver=st.sampled_from(w.PLACES),
                 instrument=st.sampled_from(w.ACTS), **{key: st.sampled_from(values) for key, values in w.AXES.items()})
JOINED = (w.membership("LL", "ACT", valid_to=date(2027, 7, 8)), w.membership("LL", "ACT", "suspended", date(2027, 7, 5),
          date(2027, 7, 6)), w.membership("OO", "ACT", "agreement", None))


@settings(max_examples=100, phases=QUICK)
@given(rules=rule_sets(), cells=st.lists(st.tuples(CELL, st.integers(0, 30 * 24 - 1)), min_size=20, max_size=20))
def test_the_table_says_what_the_interpreter_says(rules, cells):
    """Where the interpreter finds a contradiction the compiler has refused the rules."""
    world = w.scenario(*JOINED, zone="Europe/Vienna", earliest=date(2027, 7, 3))
    try:
        table = w.compiled(rules, world, instruments=w.ACTS)
    except LawError:
        return
    for facts, hour in cells:
        assert w.outcome(table, w.PLACES, hour * HOUR, **facts) == w.read(rules, world, hour * HOUR, **facts)


def test_the_table_agrees_on_every_cell_of_a_small_world():
    """Under rules that overlap in all layers."""
    rules = (w.rule("wide", "must give", "instrument", when={"both_bound": ("ACT",), "instrument": ("ACT",)}),
             w.rule("minor", "may refuse", "instrument", when={"both_bound": ("ACT",), "instrument": ("ACT",),
                                                               "minor": True, "category": ("identity", "alert")}),
             w.rule("code", "may refuse", "owner", when={"handling": ("H2", "H3")}, ground="ground_b"),
             w.rule("never", "must refuse", "owner", when={"handling": ("H3",), "product": ("evidence",)}),
             w.rule("victims", "must refuse", "sender", when={"kind": ("victim",), "giver_regime": ("led",)}),
             w.rule("danger", "not governed", "sender", when={"urgent": True}, exception_to=("victims",)),
             w.rule("bars", "must refuse", "receiver", when={"bar": ("refugee", "capital"), "dual": False}))
    world = w.scenario()
    table = w.compiled(rules, world)
    pairs = [(0, 1), (1, 0), (0, 2), (2, 1)]
    for index in w.cells(("ACT",)):
        facts = w.by_index(index, ("ACT",))
        for giver, receiver in pairs:
            found = table.outcomes[int(table.look(0, *index, giver, receiver))]
            assert found == w.read(rules, world, giver=w.PLACES[giver], receiver=w.PLACES[receiver], **facts)


@settings(max_examples=40, phases=QUICK)
@given(rules=rule_sets(), data=st.data())
def test_the_order_of_rules_changes_nothing(rules, data):
    try:
        one = w.compiled(rules)
    except LawError:
        return
    other = w.compiled(data.draw(st.permutations(rules)))
    assert one.outcomes == other.outcomes
    assert np.array_equal(one.first, other.first)
    assert np.array_equal(one.table, other.table)


@settings(max_examples=60, phases=QUICK)
@given(rules=rule_sets(), layer=st.sampled_from(LAYERED), when=WHEN)
def test_one_more_forbidding_rule_never_lets_out_what_could_be_kept(rules, layer, when):
    forbid = w.rule("z_forbid", "must refuse", layer, when=when.model_dump())
    try:
        before, after = w.compiled(rules), w.compiled((*rules, forbid))
    except LawError:
        return
    epoch = np.searchsorted(before.epochs, after.epochs, side="right") - 1
    # Profiles differ between the two where the new rule asks about other bonds, so cells are compared place by place.
    every = np.ix_(*(np.arange(n) for n in (1, 7, 2, 2, 2, 2, 6, 4, 6, 3, 3)))
    for old_epoch, new_epoch in zip(epoch, range(len(after.epochs)), strict=True):
        old = np.array([o.verdict for o in before.outcomes])[before.look(old_epoch, *every)]
        new = np.array([o.verdict for o in after.outcomes])[after.look(new_epoch, *every)]
        assert (new[old == MUST_REFUSE] == MUST_REFUSE).all()
        assert np.isin(new[old == MAY_REFUSE], (MAY_REFUSE, MUST_REFUSE)).all()


@settings(max_examples=40, phases=QUICK)
@given(rules=rule_sets())
def test_without_its_permits_a_law_refuses_where_a_basis_is_demanded_and_knows_no_rule_elsewhere(rules):
    """What is left forbids; an owner's code gives no basis, so it may stay whatever it says."""
    left = tuple(rule for rule in rules if rule.effect == "must refuse" or (rule.layer == "owner"
                                                                            and rule.effect == "may refuse"))
    try:
        table = w.compiled(left)
    except LawError:
        return
    every = np.ix_(*(np.arange(n) for n in (len(table.epochs), 1, 7, 2, 2, 2, 2, 6, 4, 6, 3, 3)))
    verdict = np.array([outcome.verdict for outcome in table.outcomes])[table.look(*every)]
    assert (verdict[..., 0, :] == MUST_REFUSE).all()                     # LL
    assert (verdict[..., 2, :] == MUST_REFUSE).all()                     # the hub
    of_oo = {table.outcomes[row].rule: table.outcomes[row].verdict for row in
             np.unique(table.look(*every)[..., 1, :])}
    assert all(found == NO_RULE for rule, found in of_oo.items() if not rule)
    assert set(of_oo.values()) <= {NO_RULE, MUST_REFUSE, MAY_REFUSE}


@settings(max_examples=40, phases=QUICK)
@given(rules=rule_sets())
def test_a_law_said_twice_is_the_same_law(rules):
    """Every rule again under another id: verdicts, grounds and duties stay."""
    again = tuple(rule.model_copy(update={
        "id": f"{rule.id}_again", "exception_to": tuple(f"{other}{more}" for other in rule.exception_to
                                                        for more in ("", "_again"))}) for rule in rules)
    both = (*(rule.model_copy(update={"exception_to": (*rule.exception_to, *(f"{other}_again" for other in
                                                                             rule.exception_to))}) for rule in rules),
            *again)
    try:
        one, two = w.compiled(rules), w.compiled(both)
    except LawError:
        return
    assert np.array_equal(one.epochs, two.epochs)
    named = [replace(outcome, rule=outcome.rule.removesuffix("_again")) for outcome in two.outcomes]
    assert named == list(one.outcomes)
    assert np.array_equal(one.table, two.table)


@settings(max_examples=60, phases=QUICK)
@given(rules=rule_sets(), cells=st.lists(CELL, min_size=15, max_size=15))
def test_duties_are_those_of_every_rule_that_stands_and_never_looser(rules, cells):
    try:
        table = w.compiled(rules)
    except LawError:
        return
    for facts in cells:
        giver, receiver = facts["giver"], facts["receiver"]
        rest = {key: value for key, value in facts.items() if key not in ("giver", "receiver")}
        case = laws.situation(w.scenario(), giver, receiver, w.moment(w.START, 0), **rest)
        found = w.outcome(table, w.PLACES, **{**facts, "instrument": "ACT"})
        case = replace(case, instrument="ACT")
        standing = standing_rules(rules, case)
        assert all(found.duties <= rule.duties for rule in standing)
        assert found.ordered_and_forbidden is ({MUST_GIVE, MUST_REFUSE} <= {rule.verdict for rule in standing})
        # Nothing but what stands binds: the duties are their meet.
        assert found.duties == reduce(and_, (rule.duties for rule in standing), FREE)


@settings(max_examples=40, phases=QUICK)
@given(rules=rule_sets(most=4), day=st.dates(date(2027, 7, 3), date(2027, 7, 20)))
def test_a_rule_not_yet_in_force_changes_nothing_the_day_before(rules, day):
    """On its first day the law is that with the rule undated, the day before that without it."""
    late = w.rule("z_late", "must refuse", "owner", when={"kind": ("suspect",)}, ground="ground_b")
    try:
        without, undated, dated = (w.compiled((*rules, *more)) for more in (
            (), (late,), (late.model_copy(update={"valid_from": day}),)))
    except LawError:
        return
    begins = w.midnight_ticks(day)
    for facts in ({"kind": "suspect"}, {"kind": "suspect", "giver": "OO"}, {"kind": "victim"}):
        assert w.outcome(dated, w.PLACES, begins - 1, **facts) == w.outcome(without, w.PLACES, begins - 1, **facts)
        assert w.outcome(dated, w.PLACES, begins, **facts) == w.outcome(undated, w.PLACES, begins, **facts)


def test_without_rules_only_regimes_that_demand_a_basis_refuse():
    table = w.compiled(())
    assert set(table.outcomes) == {laws.Outcome(MUST_REFUSE, "", "no_basis", FREE), laws.Outcome(NO_RULE, "", "", FREE)}
    assert w.outcome(table, w.PLACES, giver="LL").verdict == MUST_REFUSE
    assert w.outcome(table, w.PLACES, giver="hub").verdict == MUST_REFUSE
    assert w.outcome(table, w.PLACES, giver="OO").verdict == NO_RULE


@pytest.mark.parametrize(("effects", "expected"), [
    (("must give", "may refuse"), MAY_REFUSE), (("may refuse", "must refuse"), MUST_REFUSE),
    (("must give", "must refuse"), MUST_REFUSE), (("not governed", "must give"), MUST_GIVE),
    (("not governed", "not governed"), NOT_GOVERNED)])
def test_across_layers_the_strongest_stands(effects, expected):
    rules = [w.rule(f"r{n}", effect, layer) for n, (effect, layer) in enumerate(zip(effects, LAYERED, strict=False))]
    assert w.outcome(w.compiled(rules), w.PLACES).verdict == expected
    assert w.outcome(w.compiled(reversed(rules)), w.PLACES).verdict == expected


def test_inside_a_layer_the_narrower_rule_stands():
    rules = (w.rule("wide", "must refuse"), w.rule("narrow", when={"kind": ("suspect",)}))
    table = w.compiled(rules)
    assert w.outcome(table, w.PLACES).rule == "narrow"
    assert w.outcome(table, w.PLACES, kind="witness").rule == "wide"


def test_a_declared_exception_stands_over_a_narrower_rule():
    rules = (w.rule("wide", exception_to=("narrow",)), w.rule("narrow", "must refuse", when={"kind": ("suspect",)}))
    assert w.outcome(w.compiled(rules), w.PLACES).rule == "wide"


def test_of_equal_verdicts_the_owner_speaks_first():
    rules = [w.rule(f"a_{layer}", "may refuse", layer) for layer in reversed(LAYERED)]
    assert w.outcome(w.compiled(rules), w.PLACES).rule == "a_owner"


def test_duties_of_all_layers_bind_together_and_of_a_rule_set_aside_do_not():
    rules = (w.rule("a", layer="owner", duties=Duties(onward=False)),
             w.rule("b", layer="instrument", duties=Duties(retention=5)),
             w.rule("c", when={"kind": ("suspect",)}), w.rule("d", duties=Duties(handling="H3")))
    assert w.outcome(w.compiled(rules), w.PLACES).duties == Duties(onward=False, retention=5)


@given(a=DUTIES, b=DUTIES, c=DUTIES)
def test_duties_only_grow_stricter_in_any_order(a, b, c):
    assert a & a == a
    assert a & b == b & a
    assert (a & b) & c == a & (b & c)
    assert a & FREE == a
    both = a & b
    assert both <= a
    assert both <= b
    assert both.retention <= min(a.retention, b.retention)
    assert both.flags >= a.flags | b.flags
    assert both.handling == max(a.handling, b.handling)
    assert both.onward <= (a.onward and b.onward)
    for mine in (a, b):
        assert mine.fields is None or (both.fields is not None and both.fields <= mine.fields)
        assert mine.purposes is None or (both.purposes is not None and both.purposes <= mine.purposes)


def test_a_rule_has_no_effect_one_day_before_and_full_effect_on_the_day():
    table = w.compiled([w.rule("dated", valid_from=date(2027, 7, 10), valid_to=date(2027, 7, 11))])
    verdict = [w.outcome(table, w.PLACES, tick).verdict
               for tick in (8 * DAY, 9 * DAY - 1, 9 * DAY, 11 * DAY - 1, 11 * DAY)]
    assert verdict == [MUST_REFUSE, MUST_REFUSE, MUST_GIVE, MUST_GIVE, MUST_REFUSE]
    assert list(table.epochs) == [np.iinfo(np.int64).min, 9 * DAY, 11 * DAY]


def test_a_day_of_national_law_begins_at_its_own_midnight():
    table = w.compiled([w.rule("national", valid_from=date(2027, 7, 10), zone="Europe/Vienna")])
    assert table.epochs[1] == w.midnight_ticks(date(2027, 7, 10), hours_east=2)


def test_a_membership_binds_from_its_local_midnight_to_the_end_of_its_last_day():
    world = w.scenario(w.membership("LL", "ACT", valid_from=date(2027, 7, 10), valid_to=date(2027, 7, 11)),
                       w.membership("OO", "ACT"), zone="Europe/Vienna")
    table = w.compiled([w.rule("act", layer="instrument", when={"both_bound": ("ACT",)})], world)
    first, after = (w.midnight_ticks(date(2027, 7, day), hours_east=2) for day in (10, 12))
    found = [w.outcome(table, w.PLACES, tick).rule for tick in (first - 1, first, after - 1, after)]
    assert found == ["", "act", "act", ""]


@pytest.mark.parametrize(("row", "rule", "binds"), [
    (("associated",), "ACT", True), (("opted_in",), "ACT", True), (("opted_out",), "ACT", False),
    (("not_party",), "ACT", False), (("agreement",), "ACT", False), (("agreement",), "ACT by agreement", True),
    (("bound",), "ACT by agreement", False), (("bound", None), "ACT", False)])
def test_what_makes_a_state_a_member(row, rule, binds):
    """An agreement binds only where a rule names it; a row without a day only from the earliest day of the act."""
    world = w.scenario(w.membership("LL", "ACT", *row), w.membership("OO", "ACT"))
    table = w.compiled([w.rule("act", layer="instrument", when={"giver_bound": (rule,)})], world)
    assert (w.outcome(table, w.PLACES).rule == "act") is binds


def test_an_undated_membership_holds_from_the_earliest_day_of_its_instrument():
    world = w.scenario(w.membership("LL", "ACT", valid_from=None), earliest=date(2027, 7, 4))
    table = w.compiled([w.rule("act", when={"giver_bound": ("ACT",)})], world)
    assert [w.outcome(table, w.PLACES, day * DAY).rule for day in (2, 3)] == ["", "act"]


@pytest.mark.parametrize(("status", "word"), [("bound", "ACT"), ("agreement", "ACT by agreement")])
def test_a_suspension_stands_over_the_membership(status, word):
    world = w.scenario(w.membership("LL", "ACT", status), w.membership("LL", "ACT", "suspended", date(2027, 7, 5)))
    rules = [w.rule("act", when={"giver_bound": (word,)})]
    table = w.compiled(rules, world)
    assert [w.outcome(table, w.PLACES, day * DAY).rule for day in (3, 4)] == ["act", ""]
    assert [w.read(rules, world, day * DAY).rule for day in (3, 4)] == ["act", ""]


def test_a_contradiction_is_refused_with_both_names_and_a_situation():
    rules = (w.rule("open", when={"urgent": True}), w.rule("shut", "must refuse", when={"minor": True}))
    with pytest.raises(LawError, match=r"'open' .*'shut' .*layer 'sender'.*urgent True.*minor True"):
        w.compiled(rules)
    with pytest.raises(LawError, match=r"'open' and 'shut'"):
        w.read(rules, w.scenario(), urgent=True, minor=True)


def test_exceptions_in_a_circle_are_refused():
    rules = (w.rule("a", exception_to=("b",)), w.rule("b", exception_to=("c",)), w.rule("c", exception_to=("a",)))
    with pytest.raises(LawError, match=r"'a', 'b', 'c' set each other aside in a circle"):
        w.compiled(rules)


def test_a_ground_without_a_share_is_a_fault_that_names_the_known_ones():
    with pytest.raises(ScenarioError) as caught:
        w.compiled([w.rule("odd", "may refuse", ground="ground_c")])
    (fault,) = caught.value.faults
    assert fault.key == "law.refusal.ground_c"
    assert "rule 'odd'" in fault.expected
    assert "ground_a" in fault.expected


def test_a_ground_is_not_asked_of_at_will_nor_of_what_must_be_refused():
    rules = (w.rule("a", "may refuse", ground="at_will"),
             w.rule("b", "must refuse", "receiver", ground="ground_c", when={"kind": ("victim",)}))
    world = w.scenario()
    world.law = SimpleNamespace(refusal={}, at_will={})
    assert w.outcome(w.compiled(rules, world), w.PLACES).ground == "at_will"


def test_places_with_equal_law_share_a_profile():
    world = w.scenario()
    world.jurisdiction["MM"] = world.jurisdiction["LL"]
    rules = [w.rule("act", when={"giver_bound": ("ACT",)})]
    apart = w.compiled(rules, world, places=("LL", "MM", "OO"))
    assert len(set(apart.profile[0])) == 3        # MM is no party to ACT
    world.membership = (*world.membership, w.membership("MM", "ACT"))
    alike = w.compiled(rules, world, places=("LL", "MM", "OO"))
    assert alike.profile[0][0] == alike.profile[0][1] != alike.profile[0][2]
    assert alike.block(0, 0).shape[-2:] == (2, 2)


def test_look_takes_arrays():
    table = w.compiled([w.rule("act", when={"kind": ("suspect",), "giver_regime": ("led",)})])
    kinds, givers = np.arange(6), np.array([0, 0, 1, 1, 2, 2])
    zero = np.zeros(6, int)
    many = table.look(zero, zero, zero, zero, zero, zero, zero, kinds, zero, zero, givers, zero)
    assert list(many) == [int(table.look(0, 0, 0, 0, 0, 0, 0, kind, 0, 0, giver, 0))
                          for kind, giver in zip(kinds, givers, strict=True)]
    assert table.outcomes[many[0]].rule == "act"
