"""Every need ends in exactly one of nine classes, and in the right one."""

from dataclasses import replace
from itertools import product

import pytest
from hand_made import PERMITTED_BY_LAW, WORDS, Made, answered, classes, law, nothing_held, value, values, view
from hypothesis import given
from hypothesis import strategies as st

from sim.cases import NO_CHANNEL, NOT_ASKED
from sim.laws import FREE, MUST_REFUSE, NO_RULE, Outcome
from sim.laws.duties import Duties
from sim.metrics import SPLIT, measure
from sim.metrics.headline import split
from sim.metrics.outcome import ANY, COMBINE, TABLE, classes_of
from sim.metrics.outcome import WORDS as TABLE_WORDS
from sim.needs import ASKED
from sim.script import BIT, CLOSING_WORDS, PSEUDONYM
from sim.units import HOUR

FORBIDS = Outcome(MUST_REFUSE, "no", "harm", FREE)


def test_every_combination_has_exactly_one_class():
    for word, truth, time, rule in product(TABLE_WORDS, ANY, ANY, ANY):
        assert len(classes_of(word, truth, time, rule)) == 1, (word, truth, time, rule)
    assert set(TABLE_WORDS) >= set(CLOSING_WORDS)
    assert {row[-1] for row in TABLE} == set(range(9))


def test_the_second_table_ranks_every_class_a_case_can_have():
    silent = ("nothing_held", "false_match")
    possible = {(word in silent, classes_of(word, *rest)[0])
                for word, *rest in product(TABLE_WORDS, ANY, ANY, ANY)}
    assert set(COMBINE) == possible
    assert len(COMBINE) == len(set(COMBINE))


def test_a_right_answer_in_time():
    made = Made()
    answered(made, made.need(holders=(1,)))
    assert classes(made) == ["met_with_information"]


def test_late_from_the_first_tick_after_the_need():
    made = Made()
    answered(made, made.need(needed_by=20), closed=20)
    answered(made, made.need(needed_by=19), closed=20)
    assert classes(made) == ["met_with_information", "late"]


def test_another_persons_record_is_wrong_however_late():
    made = Made()
    answered(made, made.need(), person=8)
    answered(made, made.need(needed_by=1), person=8)
    assert classes(made) == ["wrong_or_incomplete"] * 2


def test_one_wrong_record_among_right_ones_is_wrong():
    made = Made()
    case = answered(made, made.need())
    made.message(case, 2, 0, "record", version=made.record(8, 2), step=1)
    assert classes(made) == ["wrong_or_incomplete"]


@pytest.mark.parametrize("sent", [
    {"content": "match", "form": BIT},                          # an answer, once a record was given in the clear
    {"content": "record", "form": PSEUDONYM},                   # a candidate to be confirmed
    {"content": "record", "arrives": 30},                       # came after the case was closed
    {"content": "record", "lost": True},
])
def test_what_does_not_make_a_right_answer_wrong(sent):
    made = Made()
    case = answered(made, made.need())
    made.message(case, sender=2, receiver=0, version=made.record(8, 2), step=1, **sent)
    assert classes(made) == ["met_with_information"]


def test_a_yes_alone_is_judged_by_the_person_it_is_about():
    made = Made()
    for person in (7, 8):
        answered(made, made.need(), person=person, content="match")
    assert classes(made) == ["met_with_information", "wrong_or_incomplete"]


def test_answered_without_anything_given_is_incomplete_but_done_is_an_act():
    made = Made()
    made.case(made.need(), "answered", 5)
    made.case(made.need(), "done", 5)
    assert classes(made) == ["wrong_or_incomplete", "met_with_information"]


def test_intelligence_does_not_meet_a_need_of_evidence():
    made = Made()
    answered(made, made.need(product=1))
    assert classes(made) == ["wrong_or_incomplete"]


def test_nothing_held_is_met_where_it_is_true_and_was_searched_for():
    made = Made()
    nothing_held(made, made.need())
    nothing_held(made, made.need(), word="false_match")
    nothing_held(made, made.need(holders=(4,)))                              # held where nobody asked
    nothing_held(made, made.need(), legs=("nothing_held", "lost"))           # one place was not searched
    nothing_held(made, made.need(), legs=("nothing_held", ""))               # one has not answered
    nothing_held(made, made.need(needed_by=1))
    assert classes(made) == ["met_nothing_held", "met_nothing_held", "wrong_or_incomplete", "wrong_or_incomplete",
                             "wrong_or_incomplete", "late"]


@pytest.mark.parametrize(("word", "found"), [
    ("refused", "refused"), ("may_not_say", "refused"), ("not_pursued", "dropped"), ("nobody", "not_asked"),
    ("not_searched", "wrong_or_incomplete"), ("lost", "silent"), ("expired", "silent"), ("", "silent")])
def test_the_other_words(word, found):
    made = Made()
    made.case(made.need(), word, 5)
    assert classes(made) == [found]


def test_a_need_nobody_asked():
    made = Made()
    made.need(opening=NOT_ASKED)
    made.need(opening=NO_CHANNEL)
    assert classes(made) == ["not_asked"] * 2
    assert value(made, "without_channel") == 50
    assert value(made, "reach") == 50


@pytest.mark.parametrize(("outcome", "found"), [
    (FORBIDS, "outside_rules"), (Outcome(NO_RULE, "", "", FREE), "met_with_information"),
    (replace(PERMITTED_BY_LAW, duties=Duties(fields=frozenset({"address"}))), "outside_rules")])
def test_a_disclosure_on_the_way_outside_the_rules(outcome, found):
    made = Made(law(outcome))
    answered(made, made.need())
    assert classes(made) == [found]


def test_a_disclosure_after_the_closing_is_no_part_of_the_way():
    made = Made(law(PERMITTED_BY_LAW, FORBIDS, epochs=(21 * HOUR,)))
    case = answered(made, made.need(), closed=20)
    made.message(case, 2, 0, "record", begun=22, arrives=23, version=made.record(7, 2), step=1)
    assert classes(made) == ["met_with_information"]
    assert value(made, "against_rules", "forbidden") == 100


@pytest.mark.parametrize(("words", "found"), [
    (("answered", "refused"), "met_with_information"), (("answered", ""), "met_with_information"),
    (("nothing_held", "nothing_held"), "met_nothing_held"), (("nothing_held", "refused"), "refused"),
    (("nothing_held", ""), "silent"), (("nothing_held", "lost"), "silent"), (("refused", "lost"), "refused"),
    (("nothing_held", "nobody"), "met_nothing_held"), (("nothing_held", "not_pursued"), "dropped")])
def test_several_cases_of_one_need(words, found):
    for order in (words, words[::-1]):
        made = Made()
        need = made.need()
        for word in order:
            answered(made, need) if word == "answered" else made.case(need, word, 5)
        assert classes(made) == [found]


def test_of_several_that_say_nothing_held_the_worst_decides():
    made = Made()
    need = made.need(needed_by=10)
    nothing_held(made, need, closed=5)
    nothing_held(made, need, closed=15)
    assert classes(made) == ["late"]


@given(st.lists(st.tuples(st.sampled_from([*WORDS, ""]), st.integers(0, 3), st.integers(7, 8), st.integers(1, 60),
                          st.booleans(), st.sampled_from([0, NOT_ASKED, NO_CHANNEL])), min_size=1, max_size=25),
       st.booleans())
def test_the_split_adds_to_100(cases, forbidden):
    """Whatever words, persons, times and laws come together."""
    made = Made(law(FORBIDS) if forbidden else law())
    for word, holders, person, closed, urgent, opening in cases:
        need = made.need(holders=tuple(range(1, 1 + holders)), needed_by=30, urgent=urgent, opening=opening)
        for _ in range(holders if opening == 0 else 0):
            case = made.case(need, word, closed)
            made.message(case, 1, 0, "record", arrives=closed, version=made.record(person, 1))
    found = {v.metric: v.value for v in measure(made.replication()) if v.metric in SPLIT and not v.slice}
    assert list(found) == list(SPLIT)
    assert sum(found.values()) == pytest.approx(100)
    assert split(view(made)).sum() == len(cases)
    assert value(made, "needs_met") == pytest.approx(found["met_with_information"] + found["met_nothing_held"])


def test_only_needs_of_the_window_count_and_those_brought_to_the_focus_stand_apart():
    made = Made()
    answered(made, made.need(urgent=True))
    made.case(made.need(), "refused", 5)
    answered(made, made.need(counts=False), person=8)
    answered(made, made.need(side=ASKED, opener=2))
    assert value(made, "needs_met") == 50
    assert values(made, "needs_met").n == 2
    assert (value(made, "needs_met", "urgent"), value(made, "needs_met", "ordinary")) == (100, 0)
    assert values(made, "wrong_or_incomplete", "as asked").n == 1
    assert value(made, "needs_met_per_day") == 0.5
    assert value(made, "answered_per_day") == 0.5
