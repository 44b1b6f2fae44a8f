"""What adversaries could infer of a run, on worlds of five states with an asker S0 and a hub, counted on paper."""

from math import log2

import pytest
from hand_made import HUB, STATES, Made, protocol, values, view
from hypothesis import given
from hypothesis import strategies as st
from tiny_world import MEMBERS, Tiny

from sim.leakage import channels as ch
from sim.metrics import guesses, inference, known
from sim.metrics.parts import Part
from sim.script import BIT, BLINDED, BLOOM, HASH, KEYED_HASH, PSEUDONYM, Content, Lookup

OTHERS = STATES - 1
FULL, ASKERS = log2(Made().world().scenario.people.persons), log2(STATES)


def persons(made, slice):
    return _cell(inference.persons_known_to(view(made)), slice)


def bits(made, slice):
    return _cell(inference.bits_learnt(view(made)), slice)


def _cell(parts, slice):
    return next((cell.value for part in parts for cell in part.cells() if cell.slice == slice), None)


def asked(*receivers, **sent):
    """One need, asked of these."""
    made = Made()
    made.case(made.need(holders=(1,)), "answered", 50)
    for step, place in enumerate(receivers):
        made.message(0, 0, place, "query", step=step, **sent)
    return made


def through_a_hub(**sent):
    made = asked()
    made.reads[HUB] = True
    made.message(0, 0, 1, "query", via=HUB, **sent)
    return made


@pytest.mark.parametrize(("receivers", "member", "worst", "three", "at_most", "links"), [
    ((), 0, 0, 0, 0, 0), ((1,), 25, 100, 75, 100, 100), ((1, 2), 50, 100, 100, 100, 200),
    ((1, 1), 25, 100, 75, 100, 100), ((1, 2, 3, 4), 100, 100, 100, 100, 400)])
def test_persons_whom_members_can_name(receivers, member, worst, three, at_most, links):
    made = asked(*receivers)
    found = [persons(made, slice) for slice in ("one member", "worst member", "coalition of three",
                                                "coalition of three, at most", "outside observer, links")]
    assert found == [member, worst, three, at_most, links]
    assert persons(made, "outside observer") == persons(made, "curious hub") == 0


def test_the_worst_member_and_three_of_different_needs():
    """Member 1 can name two persons, 2 and 3 one each, of four needs."""
    made = Made()
    for number, places in enumerate(((1, 2), (1,), (3,), ())):
        case = made.case(made.need(subject=number), "answered", 50)
        for step, place in enumerate(places):
            made.message(case, 0, place, "query", step=step)
    assert persons(made, "worst member") == 50
    assert persons(made, "one member") == 25
    assert persons(made, "coalition of three, at most") == 75
    # of the four coalitions of three: {1,2,3} names three, {1,2,4} two, {1,3,4} three, {2,3,4} two
    assert persons(made, "coalition of three") == pytest.approx(100 * (3 + 2 + 3 + 2) / 4 / 4, abs=1e-9)


def test_the_asker_knows_whom_it_asks_about_and_is_no_member():
    made = asked(1)
    made.message(0, 1, 0, "record", version=made.record(9, 1), step=1)      # a false hit: another person
    assert persons(made, "one member") == 25
    assert persons(made, "worst member") == 100


def test_a_false_hit_makes_another_person_known_to_a_hub():
    made = through_a_hub()
    made.message(0, 1, 0, "record", version=made.record(9, 1), step=1, via=HUB)
    assert persons(made, "curious hub") == 200
    assert persons(made, "curious hub, machine view") == 200
    assert persons(made, "curious hub, human view") == 0
    assert bits(made, "curious hub, identity") == pytest.approx(FULL)


def test_links_of_a_hub_are_its_own():
    made = through_a_hub()
    assert persons(made, "outside observer, links") == 200
    made.message(0, 0, 1, "query", step=1)
    assert persons(made, "outside observer, links") == 300
    made.message(0, 0, 1, "query", step=2)
    assert persons(made, "outside observer, links") == 300
    for lost in ({"sender": 0, "receiver": 3, "lost": True}, {"sender": 0, "receiver": 0}):
        made.message(0, content="query", step=9, **lost)
    assert persons(made, "outside observer, links") == 300


def test_a_hub_where_people_read():
    made = asked(HUB)
    assert persons(made, "curious hub, human view") == 100
    assert persons(made, "curious hub, machine view") == 0


@pytest.mark.parametrize(("machine", "human"), [(False, 25), (True, 0)])
def test_read_by_a_person_or_by_machines_only(machine, human):
    made = asked(1, machine=machine)
    assert persons(made, "one member, human view") == human
    assert persons(made, "one member, machine view") == 25 - human
    made.message(0, 0, 1, "query", step=9)                                  # later a person reads it all the same
    assert persons(made, "one member, human view") == 25


def test_further_subjects_are_persons_too():
    made = Made()
    made.case(made.need(subjects=3), "answered", 50)
    made.message(0, 0, 1, "query")
    assert persons(made, "one member") == 3 * 25
    assert bits(made, "one member, identity") == pytest.approx(FULL / OTHERS)


def test_what_names_nobody_makes_nobody_known():
    contents = {"query": Content(("birth_date", "offence"), "subject", "identity")}
    made = Made(None, contents)
    made.case(made.need(), "answered", 50)
    made.message(0, 0, 1, "query")
    assert persons(made, "one member") == bits(made, "one member, identity") == 0


@pytest.mark.parametrize(("form", "named", "with_key", "hub"), [
    ("plain", 25, 1, 1), (HASH, 25, 1, 1), (PSEUDONYM, 0, 1, 0), (KEYED_HASH, 0, 1, 0), (BLOOM, 0, 1, 0),
    (BLINDED, 0, 0, 0)])
def test_forms(form, named, with_key, hub):
    """Persons are those read as it stands; bits are what keys undo."""
    made = through_a_hub(form=form)
    assert persons(made, "one member") == named
    assert persons(made, "curious hub") == 100 * hub
    for secret, full in (("identity", FULL), ("interest", ASKERS)):
        assert bits(made, f"one member, {secret}") == pytest.approx(with_key * full / OTHERS)
        assert bits(made, f"curious hub, {secret}") == pytest.approx(hub * full)
        assert bits(made, f"worst member, {secret}") == pytest.approx(with_key * full)
        assert bits(made, f"coalition of three, {secret}") == pytest.approx(with_key * 0.75 * full)
    assert bits(made, "outside observer, identity") == 0


def test_sealed_content_passes_a_hub_unread():
    made = through_a_hub(sealed=True)
    assert persons(made, "curious hub") == bits(made, "curious hub, identity") == 0
    assert bits(through_a_hub(sealed=True, form=BLOOM), "curious hub, identity, high") is None


def test_a_bloom_filter_without_its_key_leaves_an_interval():
    made = through_a_hub(form=BLOOM)
    assert bits(made, "curious hub, identity, low") == 0
    assert bits(made, "curious hub, identity, high") == pytest.approx(0.207 * FULL)
    made.message(0, 0, 1, "query", step=1, via=HUB)                          # and in plain text
    assert bits(made, "curious hub, identity, high") is None
    assert bits(made, "curious hub, identity") == pytest.approx(FULL)


def test_a_broadcast_tells_every_member_who_is_interested():
    assert bits(asked(1, 2, 3, 4), "one member, interest") == pytest.approx(ASKERS)
    assert bits(asked(1), "one member, interest") == pytest.approx(ASKERS / 4)
    assert bits(asked(1, 2, 3, 4, form=BLINDED), "one member, interest") == 0


def test_a_rare_person_known_is_not_averaged_away():
    made = asked(1)
    for _ in range(99):
        made.case(made.need(), "answered", 50)
    assert bits(made, "one member, identity") == pytest.approx(FULL / OTHERS / 100)
    assert bits(made, "one member, identity, greatest") == pytest.approx(FULL)


# Where the record is

def located(ask, needs=40):
    """Needs whose only holder is each of four members in turn."""
    made = Made()
    for number in range(needs):
        holder = 1 + number % OTHERS
        case = made.case(made.need(holders=(holder,)), "answered", 50)
        ask(made, case, holder)
    return made


def to(*away):
    """A query to the holder and to those so many places after it."""
    def ask(made, case, holder):
        for step, place in enumerate(away):
            made.message(case, 0, 1 + (holder - 1 + place) % OTHERS, "query", step=step)
    return ask


def and_back(content, *away):
    def ask(made, case, holder):
        to(*away)(made, case, holder)
        version = made.record(7, holder)
        made.message(case, holder, 0, content, version=version, step=9)
    return ask


@pytest.mark.parametrize(("ask", "expected"), [
    (to(0), 2), (to(0, 1, 2, 3), 0), (to(0, 1), 1), (to(), 0), (and_back("record", 0, 1, 2, 3), 2),
    (and_back("receipt", 0, 1, 2, 3), 2)])
def test_what_an_outside_observer_learns_of_the_location(ask, expected):
    made = located(ask)
    assert bits(made, "outside observer, location") == pytest.approx(expected, abs=1e-9)
    assert bits(made, "outside observer, location, greatest") == pytest.approx(expected, abs=1e-9)
    if expected == 2:
        assert bits(made, "outside observer, location, high") == pytest.approx(2, abs=1e-9)


def test_a_query_that_misses_the_holder_tells_less_than_none():
    """Half of them go astray: a guess is right in every second, where it was right in every fourth."""
    def ask(made, case, holder):
        to(case % 2)(made, case, holder)
    made = located(ask)
    assert bits(made, "outside observer, location") == pytest.approx(1, abs=1e-9)
    low, high = (bits(made, f"outside observer, location, {bound}") for bound in ("low", "high"))
    assert 0 < low < 1 < high < 2


def test_a_rare_record_that_comes_back_is_the_greatest():
    """One reply of a record among broadcasts that show nothing."""
    def ask(made, case, holder):
        (and_back("record", 0, 1, 2, 3) if case == 0 else to(0, 1, 2, 3))(made, case, holder)
    made = located(ask)
    assert bits(made, "outside observer, location, greatest") == pytest.approx(2, abs=1e-9)
    assert bits(made, "outside observer, location") == pytest.approx(log2((1 + 39 / 4) / 10), abs=1e-9)


# What hits and no-hits tell the asker

def intersected(needs, every):
    """A bit from member 1, which holds a record on the subject of one need in `every`."""
    made = Made()
    for number in range(needs):
        held = number % every == 0
        case = made.case(made.need(holders=(1,) if held else ()), "answered", 50)
        made.message(case, 0, 1, "query", form=BLINDED)
        made.message(case, 1, 0, "match", form=BIT, step=1, version=made.record(7, 1) if held else -1)
    return made


@pytest.mark.parametrize("every", [2, 4, 100])
def test_one_element_of_an_intersection(every):
    p, made = 1 / every, intersected(400, every)
    assert bits(made, "asker, membership, a hit") == pytest.approx(log2(1 / p), abs=1e-9)
    assert bits(made, "asker, membership, a no-hit") == pytest.approx(log2(1 / (1 - p)), abs=1e-9)
    assert bits(made, "asker, membership, greatest") == pytest.approx(log2(1 / p), abs=1e-9)
    found, low, high = (bits(made, f"asker, membership{bound}") for bound in ("", ", low", ", high"))
    assert found == pytest.approx(ch.binary_entropy(p), abs=0.005)
    assert low <= ch.binary_entropy(p) <= high
    assert bits(made, "one member, identity") == 0                  # the one asked learns nothing of the subject


def test_a_search_with_errors_tells_less():
    """Recall 0.9 and false rate 0.01 at p = 0.05: the closed form is 0.205010."""
    made = Made()
    for held, hit, many in ((True, True, 90), (True, False, 10), (False, True, 19), (False, False, 1881)):
        for _ in range(many):
            case = made.case(made.need(holders=(1,) if held else ()), "answered", 50)
            made.message(case, 0, 1, "query")
            made.message(case, 1, 0, "match", form=BIT, step=1, version=made.record(7 if held else 9, 1) if hit else -1)
    assert bits(made, "asker, membership") == pytest.approx(0.205010, abs=0.001)
    assert bits(made, "asker, membership, a hit") == pytest.approx(log2(90 / 109 / 0.05), abs=1e-9)


def test_an_asker_goes_by_the_bit_it_is_told_and_not_by_what_was_found():
    """Every tenth bit is turned round at p = 1/2: what is learnt is 1 - h(0.1), of a hit log2 1.8."""
    contents = {name: Content((), "answer", "signal") for name in ("hit", "no_match")}
    made = Made(None, contents | {"query": Content(("family_name",), "subject", "identity")})
    for number in range(400):
        held, turned = number % 2 == 0, number % 20 < 2
        case = made.case(made.need(holders=(1,) if held else ()), "answered", 50)
        made.message(case, 0, 1, "query")
        made.message(case, 1, 0, "hit" if held != turned else "no_match", form=BIT, step=1,
                     version=made.record(7, 1) if held else -1)
    assert bits(made, "asker, membership, a hit") == pytest.approx(log2(1.8), abs=1e-9)
    assert bits(made, "asker, membership") == pytest.approx(1 - ch.binary_entropy(0.1), abs=0.01)


def test_a_registry_that_is_asked_answers_for_all():
    made = Made()
    for number in range(40):
        case = made.case(made.need(holders=(1,) if number % 4 == 0 else ()), "answered", 50)
        made.message(case, 0, HUB, "query")
        if number % 4 == 0:
            made.message(case, HUB, 0, "record", step=1, version=made.record(7, 1))
        else:
            made.message(case, HUB, 0, "match", step=1)
    assert bits(made, "asker, membership, a hit") == pytest.approx(log2(16), abs=1e-9)      # 10 of 160 pairs
    assert bits(made, "asker, membership, a no-hit") == pytest.approx(log2(16 / 15), abs=1e-9)


def test_a_look_at_what_others_laid_at_home_tells_of_all_of_them():
    """As a registry that is asked: the asker sends nothing where it finds nothing, and has learnt as much."""
    made = Made(protocols=(protocol("made_filters"),))
    for number in range(40):
        case, held = made.case(made.need(holders=(1,) if number % 4 == 0 else ()), "answered", 50), number % 4 == 0
        made.step(case, 0, 0, Lookup, 0 if held else 1, 1, 1, 2, version=made.record(7, 1) if held else -1)
    assert bits(made, "asker, membership, a hit") == pytest.approx(log2(16), abs=1e-9)      # 10 of 160 pairs
    assert bits(made, "asker, membership, a no-hit") == pytest.approx(log2(16 / 15), abs=1e-9)


@pytest.mark.parametrize(("content", "version", "expected"), [
    ("match", -1, 1), ("refused", -1, None), ("nothing_held", 0, 1), ("match", 0, None)])
def test_a_refusal_is_no_word_and_nothing_held_is_one_though_another_person_was_found(content, version, expected):
    contents = {name: Content((), "answer", "signal") for name in ("match", "refused", "nothing_held")}
    made = Made(None, contents | {"query": Content(("family_name",), "subject", "identity")})
    for number in range(40):
        case = made.case(made.need(holders=(1,) if number % 2 else ()), "answered", 50)
        made.message(case, 0, 1, "query")
        if number % 2 == 0:
            made.message(case, 1, 0, content, step=1, version=made.record(9, 1) if version >= 0 else -1)
    assert bits(made, "asker, membership, a no-hit") == (expected and pytest.approx(expected))


def test_an_unasked_run_has_no_figures_where_there_is_nothing_to_measure():
    made = Made()
    assert inference.bits_learnt(view(made))[0].cells() == []
    made.need()
    assert values(made, "bits_learnt", "asker, membership") is None
    assert values(made, "bits_learnt", "outside observer, location") is None
    assert values(made, "persons_known_to", "one member").value == 0


@given(st.lists(st.integers(0, 20), min_size=4, max_size=8))
def test_coalitions_grow_from_one_member_to_all(by_number):
    members = len(by_number) - 1
    sizes = [known.in_a_coalition(tuple(by_number), size) for size in range(1, members + 1)]
    assert sizes == sorted(sizes)
    assert sizes[0] == pytest.approx(sum(k * many for k, many in enumerate(by_number)) / members)
    assert sizes[-1] == pytest.approx(sum(by_number[1:]))


# On the engines: the tiny world

@pytest.mark.parametrize(("protocol", "member", "hub", "links"), [
    ("directed", 25, 0, 2), ("broadcast", 100, 0, 5), ("hub reads all", 25, 100, 4), ("hub, sealed answer", 25, 100, 4),
    ("intersection, then directed", 25, 0, 8), ("one by one", 62.5, 0, 3.5)])
def test_the_tiny_world(protocol, member, hub, links):
    """The chance that a member is told, here as a share of needs; and the observer sees where the answer comes from."""
    orders = [tuple(1 + (first + k) % 4 for k in range(4)) for first in range(4)]
    tiny = Tiny(protocol, [(10, holder, order) for holder in range(1, len(MEMBERS)) for order in orders])
    parts = inference.persons_known_to(tiny.view())
    assert _cell(parts, "one member") == member
    assert _cell(parts, "curious hub") == hub
    assert _cell(parts, "outside observer, links") == 100 * links
    found = inference.bits_learnt(tiny.view())
    assert _cell(found, "outside observer, location") == pytest.approx(2, abs=1e-9)
    assert _cell(found, "one member, interest") == pytest.approx(member / 100 * log2(len(MEMBERS)))
    assert _cell(found, "curious hub, interest") == pytest.approx(hub / 100 * log2(len(MEMBERS)))


def test_parts_are_whole_numbers():
    """So that they add up exactly, in any order."""
    for part in (*inference.persons_known_to(view(asked(1, 2))), *inference.bits_learnt(view(asked(1, 2)))):
        counts = (part.amount, part.n) if isinstance(part, Part) else part.counts
        assert all(type(count) is int for count in counts), part


def test_guesses_that_were_all_right_are_not_certain_to_be():
    """Of twenty needs: a guess that fails once in ten comes out so in one sample of eight. One that knows nothing is
    just as likely as before, without an interval."""
    of_one = (20, 20, 20, *(0,) * (guesses.SUMS * 6))
    nothing = (0,) * (guesses.SUMS * 7)
    found = {cell.slice: cell.value for cell in guesses.location((20, 20, *nothing * 3, *of_one), "observer", 7)}
    assert found["observer"] == found["observer, high"] == pytest.approx(log2(7))
    assert found["observer, low"] < log2(7 * 0.9)
    blind = (*(0,) * (guesses.SUMS * 6), 20, 20, 20)
    assert [cell.value for cell in guesses.location((20, 20, *blind, *nothing * 3), "observer", 7)] == pytest.approx(
        [0] * 4, abs=1e-7)
