"""Open-set figures beyond hit and miss, fidelity of what is given, cases that find each other: counted on paper."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hand_made import HUB, Made, value, values, view
from hypothesis import given
from hypothesis import strategies as st
from test_metrics import search

from sim import draws
from sim.content.fields import TEXTS
from sim.metrics import measure
from sim.metrics.fidelity import structured
from sim.metrics.fidelity import values as values_given
from sim.scenario.schema import ShareSetting
from sim.script import KEYED_HASH, Content, Match, Share, Verify
from sim.units import HOUR, Range

HIT, NO_HIT, CONFIRMED, REJECTED = 0, 1, 0, 1
BIT = {name: 1 << k for k, name in enumerate(TEXTS)}
RECORD = {"query": Content(("family_name",), "subject", "identity"),
          "record": Content(("family_name", "given_name", "birth_date", "file"), "record", "police_file")}


@pytest.mark.parametrize(("absent", "searched"), [(0, 4), (1, 4), (3, 4), (4, 4)])
def test_false_hits_grow_with_the_store_by_the_chance_of_one_pair(absent, searched):
    """1 - (1 - f)^n with n records; f from the counted rate: 1 - (1 - p)^(1/n)."""
    made = Made()
    for k in range(searched):
        case = made.case(made.need(), "answered", 50)
        search(made, case, 1, 1, HIT if k < absent else NO_HIT, made.record(9, 1) if k < absent else -1)
    rate, store = absent / searched, 1000
    one_pair = 1 - (1 - rate) ** (1 / store)
    for times in (1, 2, 10):
        expected = 100 * (1 - (1 - one_pair) ** (times * store))
        assert value(made, "false_hit_growth", f"by name, {times}x") == pytest.approx(expected)
    assert value(made, "false_hit_growth", "by name, 1x") == value(made, "false_hit_rate")
    assert value(made, "false_hit_growth", "by print, 1x") is None


@pytest.mark.parametrize(("fields", "kind"), [
    ({"print": 1}, "by print"), ({"document": 1}, "by number"), ({"family_name": 1, "print": 1}, "by print"),
    ({"native_name": 1, "document": 1}, "by name")])
def test_the_kind_of_a_search_follows_the_fields_of_its_matcher(fields, kind):
    made = Made()
    case = made.case(made.need(), "answered", 50)
    search(made, case, 1, 1, HIT, made.record(9, 1))
    run = made.replication()
    matcher = run.world.scenario.matcher["fuzzy"].model_copy(update={"fields": fields})
    scenario = run.world.scenario.model_copy(update={"matcher": {"fuzzy": matcher}})
    found = measure(replace(run, world=replace(run.world, scenario=scenario)))
    assert {v.slice.split(", ")[0] for v in found if v.metric == "false_hit_growth"} == {kind}


def test_looks_that_stop_another_persons_record():
    """Two wrong versions, one stopped; a right one rejected and one confirmed; ten hours of looking in all."""
    made = Made()
    case = made.case(made.need(holders=(1,)), "answered", 50)
    wrong, right = made.record(8, 1), made.record(7, 1)
    for number, (version, answer, hours) in enumerate([(wrong, REJECTED, 1), (wrong, CONFIRMED, 2),
                                                       (right, REJECTED, 3), (right, CONFIRMED, 4)]):
        made.step(case, 0, number, Verify, answer, 1, 1, 1 + hours, station=1, version=version)
    made.step(case, 0, 4, Verify, REJECTED, 1, 1, 9, version=wrong)                     # a machine's
    made.step(case, 0, 5, Verify, -1, 90, 95, -1, station=1, version=wrong)             # not done by the end
    assert value(made, "released_wrong_stopped") == pytest.approx(100 / 10)
    assert values(made, "released_wrong_stopped").n == 4
    idle = Made()
    idle.case(idle.need(), "answered", 50)
    assert value(idle, "released_wrong_stopped") is None


def given_record(made, person=7, receiver=0, **columns):
    case = made.case(made.need(subject=7, holders=(1,)), "answered", 50)
    version = made.record(person, 1)
    made.message(case, 1, receiver, "record", version=version, **{"arrives": 20, **columns})
    return version


def test_fidelity_is_source_times_conversion_times_freshness():
    """Three records of three fields each: 9 values, 2 wrong at entry, 1 changed (and one that was wrong), 1 stale."""
    made = Made(contents=RECORD)
    first, second, third = (given_record(made) for _ in range(3))
    made.wrong = {first: BIT["family_name"], second: BIT["birth_date"] | BIT["sex"]}
    made.altered = lambda version, *way: np.where(version == first, BIT["family_name"] | BIT["given_name"], 0).astype(
        np.uint32)
    made.stale = {(third, "birth_date"): 20 * HOUR, (second, "given_name"): 20 * HOUR + 1, (first, "given_name"): 0}
    assert value(made, "field_fidelity") == pytest.approx(100 * 5 / 9)
    factors = [value(made, "field_fidelity", name) for name in ("source", "conversion", "freshness")]
    assert factors == pytest.approx([100 * 7 / 9, 100 * 6 / 7, 100 * 5 / 6])
    rests_on = [values(made, "field_fidelity", name).n for name in ("", "source", "conversion", "freshness")]
    assert rests_on == [9, 9, 7, 6]
    causes = ("wrong when entered", "changed on the way", "out of date")
    assert [value(made, "wrong_values_by_cause", name) for name in causes] == pytest.approx([200 / 9, *[100 / 9] * 2])
    by_field = [value(made, "field_fidelity", name) for name in ("family_name", "given_name", "birth_date")]
    assert by_field == pytest.approx([200 / 3, 200 / 3, 100 / 3])
    assert value(made, "field_fidelity", "sex") is None                     # the content does not carry it


def test_what_is_no_value_given():
    """Of another person, not in the clear, lost, too late, inside one state, no record: none of it counts."""
    made = Made(contents={**RECORD, "match": Content(("family_name",), "answer", "signal")})
    given_record(made, person=8)
    given_record(made, form=KEYED_HASH)
    given_record(made, lost=True)
    given_record(made, arrives=101)
    given_record(made, receiver=1)
    case = made.case(made.need(), "answered", 50)
    made.message(case, 1, 0, "match", version=made.record(7, 1))
    assert value(made, "field_fidelity") is None
    given_record(made)
    assert (value(made, "field_fidelity"), values(made, "field_fidelity").n) == (100, 3)


masks = st.lists(st.tuples(*[st.integers(0, 2 ** len(TEXTS) - 1)] * 2, st.booleans()), min_size=1, max_size=8)


@given(masks)
def test_the_factors_multiply_to_the_whole_exactly(rows):
    made = Made(contents=RECORD)
    altered = []
    for wrong, changed, stale in rows:
        version = given_record(made)
        made.wrong[version] = wrong
        altered.append(changed)
        if stale:
            made.stale[version, "given_name"] = HOUR
    made.altered = lambda version, *way: np.array(altered, np.uint32)[version]
    given, *left = values_given(view(made)).left
    product = Fraction(1)
    for part, whole in zip(left, (given, *left), strict=False):
        product *= Fraction(part, whole) if whole else 0
    assert product == Fraction(left[-1], given)
    assert value(made, "field_fidelity") == 100 * float(left[-1]) / given


def test_conversion_is_asked_of_the_way_the_message_took():
    made, ways = Made(contents=RECORD), []
    given_record(made)
    made.altered = lambda *way: (ways.append([column.tolist() for column in way]), np.zeros(len(way[0]), np.uint32))[1]
    run = made.replication()
    measure(replace(run, world=replace(run.world, networks={"post": None, "net": None})))
    assert ways[0] == [[0], [1], [0], [1], [True]]


@pytest.mark.parametrize("of", ["leg", "place"])
def test_a_message_is_structured_as_the_fact_of_its_leg_says(of):
    """Rule 42 of the engines: the uniform of a fact hangs on the case, or on the place, and on nothing else."""
    made = Made(contents=RECORD)
    for place in (1, 2, 3, 4, 1, 2, 3, 4):
        case = made.case(made.need(subject=7), "answered", 50)
        made.leg(case, 1, place, "answered", 1, 30)
        made.message(case, place, 0, "record", version=made.record(7, place), serial=1)
    run, share = made.replication(), 0.5
    protocol = replace(made.protocols[0], facts={"structured": Share("50 %")})
    fact = ShareSetting(share=Range(share, share, "share"), of=of, because="a test")
    world = replace(run.world, protocols=(protocol,),
                    scenario=run.world.scenario.model_copy(update={"fact": {"structured": fact}}))
    seen = type(view(made))
    whole = view(made)
    asked = seen(type(whole.joined)(replace(run, world=world)), whole.outcomes, whole.counted, whole.records)
    stream = draws.stream("Is", "structured")
    expected = []
    for case, place in enumerate((1, 2, 3, 4) * 2):
        if of == "leg":
            bits = draws.bits(world.seed, world.replication, case, world.place_keys[place], stream, 0)
        else:
            code = draws.identity("place", world.places[place])
            bits = draws.bits(world.seed, world.replication // 4096 * 4096, code, 0, stream, 0)
        expected.append(draws.unit(bits) < share)
    assert structured(asked, np.arange(8)).tolist() == expected
    assert 0 < sum(expected) < 8
    assert structured(whole, np.arange(8)).all()                # a protocol that does not ask sends structured


def test_cases_about_one_person_that_find_each_other():
    """The focus seeks 7, as do states 1 and 2 (2 twice), and 8, whom nobody else seeks. It finds 7's record of state 1;
    state 2 holds one too and is not searched with success."""
    made = Made()
    ours = made.case(made.need(subject=7, holders=(1, 2)), "answered", 50)
    for opener in (1, 2, 2):
        made.need(subject=7, opener=opener, side=1)
    made.case(made.need(subject=8, holders=(1,)), "answered", 50)
    search(made, ours, 1, 1, HIT, made.record(7, 1))
    search(made, ours, 2, 2, HIT, made.record(8, 2))            # another person's
    search(made, ours, 3, 3, HIT, made.record(7, 3))            # right, of a state that has no case
    assert (value(made, "links_found"), values(made, "links_found").n) == (50, 2)
    assert value(made, "links_found", "on record there") == 50


def test_a_copy_elsewhere_links_to_its_owner():
    made = Made()
    made.need(subject=7, opener=3, side=1)
    case = made.case(made.need(subject=7, holders=(3,)), "answered", 50)
    made.leg(case, 1, HUB, "answered", 1, 9)
    lookup = made.row_of(Match)
    made.steps.append((case, 1, 0, lookup, 0, -1, HOUR, HOUR, 2 * HOUR, HOUR, HIT, -1, made.record(7, 3)))
    assert value(made, "links_found") == 100


def test_a_pair_the_other_side_has_no_record_for_is_no_miss_of_a_search():
    made = Made()
    made.need(subject=7, opener=1, side=1)
    case = made.case(made.need(subject=7), "nothing_held", 50)
    search(made, case, 1, 1, NO_HIT)
    assert value(made, "links_found") == 0
    assert value(made, "links_found", "on record there") is None


def test_own_cases_of_the_focus_are_no_pair():
    made = Made()
    for _ in range(2):
        made.case(made.need(subject=7, holders=(1,)), "answered", 50)
    assert value(made, "links_found") is None
