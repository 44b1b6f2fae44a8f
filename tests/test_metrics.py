"""Every metric on runs made by hand, where the figure can be counted on paper."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hand_made import HUB, PERMITTED_BY_LAW, WORDS, Made, law
from hypothesis import given
from hypothesis import strategies as st

from sim.cases import NO_CHANNEL, NOT_ASKED
from sim.laws import FREE, MUST_REFUSE, NO_RULE, Outcome
from sim.laws.duties import Duties
from sim.metrics import MEASURES, METRICS, SPLIT, View, leakage, measure, timeliness
from sim.metrics.headline import split
from sim.metrics.joined import Joined
from sim.metrics.necessary import NECESSARY, Necessary
from sim.metrics.outcome import ANY, COMBINE, TABLE, Outcomes, classes_of
from sim.metrics.outcome import WORDS as TABLE_WORDS
from sim.needs import ASKED
from sim.script import BIT, CLOSING_WORDS, FIELDS, NEEDS, PSEUDONYM, Content, Match, Review, Verify, Work
from sim.units import HOUR

FORBIDS = Outcome(MUST_REFUSE, "no", "harm", FREE)
THREE, FOUR = ("family_name", "given_name", "birth_date"), ("aliases", "sex", "offence", "authority")
# models' tiny world: a query of three fields, an answer of four of which two are necessary
TINY = {**dict.fromkeys(NEEDS, Necessary((), (), "")), "known_to_you": Necessary(FOUR[:2], THREE, "the tiny world")}
TINY_CONTENTS = {"query": Content(THREE, "subject", "identity"), "answer": Content(FOUR, "record", "police_file"),
                 "lean_answer": Content(FOUR[:2], "record", "police_file"), "hit": Content((), "answer", "signal")}


def values(made, metric, slice="", group=""):
    return {(v.slice, v.group): v for v in measure(made.replication()) if v.metric == metric}.get((slice, group))


def value(made, metric, slice="", group=""):
    found = values(made, metric, slice, group)
    return None if found is None else found.value


def view(made):
    joined = Joined(made.replication())
    counted = joined.needs["counts"] & (joined.needs["side"] == 0)
    return View(joined, Outcomes(joined), counted, joined.records_of_window)


def classes(made):
    return [SPLIT[k] for k in Outcomes(Joined(made.replication())).need_class]


# The outcome table.

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


def answered(made, need, person=7, closed=20, place=1, content="record"):
    case = made.case(need, "answered", closed)
    made.message(case, place, 0, content, arrives=closed, version=made.record(person, place))
    return case


def nothing_held(made, need, word="nothing_held", legs=("nothing_held", "false_match"), closed=20):
    case = made.case(need, word, closed)
    for k, leg in enumerate(legs):
        made.leg(case, k + 1, k + 1, leg, 1, closed)
    return case


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


# Facts beyond need: the tiny world of five states, an asker S0 and a holder S1.

def tiny(law_of_run=None):
    made = Made(law_of_run, TINY_CONTENTS)
    made.case(made.need(holders=(1,)), "answered", 50)
    return made


def directed(made):
    made.message(0, 0, 1, "query")
    made.message(0, 1, 0, "answer", version=made.record(7, 1), step=1)


def field_minimised(made):
    made.message(0, 0, 1, "query")
    made.message(0, 1, 0, "lean_answer", version=made.record(7, 1), step=1)


def broadcast(made):
    directed(made)
    for place in (2, 3, 4):
        made.message(0, 0, place, "query", step=place)


def through_a_hub_that_reads(made):
    made.reads[HUB] = True
    made.message(0, 0, 1, "query", via=HUB)
    made.message(0, 1, 0, "answer", version=made.record(7, 1), via=HUB, step=1)


def through_a_hub_that_reads_the_query_only(made):
    made.reads[HUB] = True
    made.message(0, 0, 1, "query", via=HUB)
    made.message(0, 1, 0, "answer", version=made.record(7, 1), step=1)


def through_a_hub_without_keys(made):
    made.message(0, 0, 1, "query", via=HUB)
    made.message(0, 1, 0, "answer", version=made.record(7, 1), via=HUB, step=1)


def blinded_then_directed(made):
    for place in (1, 2, 3, 4):
        made.message(0, 0, place, "query", form="blinded", step=10 + place)
        made.message(0, place, 0, "hit", form=BIT, step=20 + place)
    directed(made)


def pseudonyms_then_directed(made):
    for place in (1, 2, 3, 4):
        made.message(0, 0, place, "query", form=PSEUDONYM, step=10 + place)
    directed(made)


@pytest.mark.parametrize(("protocol", "learnt", "excess"), [
    (directed, 7, 2), (field_minimised, 5, 0), (broadcast, 16, 11), (through_a_hub_that_reads, 14, 9),
    (through_a_hub_that_reads_the_query_only, 10, 5), (through_a_hub_without_keys, 7, 2),
    (blinded_then_directed, 7, 2), (pseudonyms_then_directed, 7, 2)])
def test_the_tiny_world(protocol, learnt, excess):
    made = tiny()
    protocol(made)
    facts = leakage.facts(view(made), TINY)
    assert (facts.learnt, sum(facts.excess)) == (learnt, excess)
    assert (facts.needed, facts.necessary) == (5, 5)


def test_each_excess_fact_fails_one_test_first():
    made = tiny()
    through_a_hub_that_reads(made)
    made.message(0, 0, 2, "query", step=2)                                   # holds nothing
    made.message(0, 2, 0, "lean_answer", version=made.record(8, 2), step=3)  # a false hit
    assert leakage.facts(view(made), TINY).excess == (0, 2, 2 + 3, 7, 0, 0)
    made.may_read[HUB] = True
    assert leakage.facts(view(made), TINY).excess == (0, 2, 2 + 3 + 7, 0, 0, 0)


def test_what_the_law_forbids_is_necessary_for_nobody():
    made = tiny(law(FORBIDS))
    directed(made)
    facts = leakage.facts(view(made), TINY)
    assert (facts.excess, facts.needed, facts.necessary) == ((7, 0, 0, 0, 0, 0), 0, 5)


def test_a_fact_learnt_twice_is_one_fact_and_lawful_if_once_lawful():
    made = tiny(law(PERMITTED_BY_LAW, FORBIDS, epochs=(10 * HOUR,)))
    directed(made)
    made.message(0, 0, 1, "query", begun=20, arrives=21, step=2)
    made.message(0, 0, 2, "query", begun=20, arrives=21, step=3)
    assert leakage.facts(view(made), TINY).excess == (3, 0, 2, 0, 0, 0)


def test_passed_on_without_the_owners_consent_and_kept_too_long():
    consent = replace(PERMITTED_BY_LAW, duties=Duties(flags=frozenset({"owner_consent"})))
    made = tiny(law(consent))
    made.message(0, 2, 0, "answer", version=made.record(7, 1), step=1)
    assert leakage.facts(view(made), TINY).excess == (0, 0, 2, 0, 2, 0)
    made = tiny(law(replace(PERMITTED_BY_LAW, duties=Duties(retention=10 * HOUR))))
    made.contents = {**TINY_CONTENTS, "query": Content(THREE, "subject", "identity", keep="11 h")}
    directed(made)
    assert leakage.facts(view(made), TINY).excess == (0, 0, 2, 0, 0, 3)


@pytest.mark.parametrize("content", ["query", "answer"])
def test_a_field_more_raises_the_excess_by_exactly_that_field(content):
    before = tiny()
    directed(before)
    made = tiny()
    declared = TINY_CONTENTS[content]
    made.contents = {**TINY_CONTENTS, content: replace(declared, fields=(*declared.fields, "dna"))}
    directed(made)
    old, new = leakage.facts(view(before), TINY), leakage.facts(view(made), TINY)
    assert sum(new.excess) == sum(old.excess) + 1
    assert new.excess[leakage.TESTS.index("beyond purpose")] == old.excess[leakage.TESTS.index("beyond purpose")] + 1
    assert (new.needed, new.necessary) == (old.needed, old.necessary)


def test_a_query_may_tell_a_registry_what_it_searches_where_anybody_holds():
    made = Made(None, TINY_CONTENTS)
    for holders in ((1,), ()):
        made.message(made.case(made.need(holders=holders)), 0, HUB, "query")
    assert leakage.facts(view(made), TINY).excess == (0, 0, 3, 0, 0, 0)


def test_the_column_necessary_is_filled_from_the_truth():
    made = tiny()
    directed(made)
    rows = leakage.with_necessary(Joined(made.replication()))
    names = [[FIELDS[k] for k in range(len(FIELDS)) if bits >> k & 1] for bits in rows["necessary"].tolist()]
    assert names == [sorted(THREE, key=FIELDS.index), ["offence", "authority"]]


def test_every_kind_of_need_says_what_it_makes_necessary():
    assert set(NECESSARY) == set(NEEDS)
    for needed in NECESSARY.values():
        assert set(needed.asker) | set(needed.query) <= set(FIELDS)
        assert needed.because


# The rest, one run each.

def test_uninvolved_persons_by_kind_once_for_each_need():
    made = Made()
    first, second = made.case(made.need(), "answered", 50), made.case(made.need(), "answered", 50)
    victim, right = made.record(8, 2, kind=2), made.record(7, 1)
    for k, (case, version, content, form) in enumerate([
            (first, victim, "record", "plain"), (first, victim, "match", BIT), (second, victim, "match", PSEUDONYM),
            (first, right, "record", "plain"), (first, victim, "query", "plain")]):
        made.message(case, 2, 0, content, version=version, form=form, step=k)
    assert value(made, "uninvolved_persons") == 1000
    assert value(made, "uninvolved_persons", "victim") == 1000
    assert value(made, "uninvolved_persons", "suspect") == 0


def search(made, case, serial, place, answer, version=-1):
    made.leg(case, serial, place, "nothing_held", 1, 9)
    made.step(case, serial, 0, Match, answer, 1, 1, 2, version=version)


def test_searches_against_the_truth():
    made = Made()
    case = made.case(made.need(holders=(1, 2, 3)), "answered", 50)
    search(made, case, 1, 1, 0, made.record(7, 1))       # right
    search(made, case, 2, 2, 0, made.record(8, 2))       # mix-up
    search(made, case, 3, 3, 1)                          # miss
    search(made, case, 4, 4, 0, made.record(9, 4))       # false hit where nothing is held
    absent = made.case(made.need(), "nothing_held", 50)
    search(made, absent, 1, 1, 1)                        # true no
    search(made, absent, 2, 2, 1)
    search(made, absent, 3, 3, 1)
    assert value(made, "hit_recall") == pytest.approx(100 / 3)
    assert value(made, "hit_precision") == pytest.approx(100 / 3)
    assert value(made, "false_hit_rate") == 25
    assert value(made, "wrong_persons") == pytest.approx(100 * 2 / 7)
    assert value(made, "searched_places") == 3.5


def test_hits_follow_the_person_of_the_record():
    rates = []
    for person in (7, 8):
        made = Made()
        case = made.case(made.need(holders=(1,)), "answered", 50)
        search(made, case, 1, 1, 0, made.record(person, 1))
        rates.append(value(made, "hit_recall"))
    assert rates == [100, 0]


def test_time_to_answer_counts_the_open_and_the_lost():
    """Answers after 1, 2 and 3 h, one lost and one open: Kaplan-Meier with both waited for to the end (100 h)."""
    made = Made()
    for word, closed in (("refused", 1), ("answered", 2), ("nothing_held", 3), ("lost", 1), ("", -1)):
        made.case(made.need(), word, closed)
    assert value(made, "time_to_answer_p50", "ordinary") == 3
    assert value(made, "time_to_answer_p95", "ordinary") == np.inf
    assert values(made, "time_to_answer_p50", "ordinary").n == 5
    assert value(made, "time_to_answer_p50", "urgent") is None
    assert [value(made, "answered_within", f"ordinary, {h} h") for h in (1, 2, 4, 72)] == pytest.approx([20, 40, 60, 60])
    assert value(made, "answered_within", "ordinary, 168 h") is None       # longer than the run


def test_a_case_that_opened_late_is_censored_where_the_run_ends():
    """Two opened with 10 h left and still open say nothing of what comes after 10 h."""
    made = Made()
    for word, opened, closed in (("answered", 0, 5), ("answered", 0, 20), ("", 90, -1), ("", 90, -1)):
        made.case(made.need(), word, closed, opened=opened)
    hours, shares = timeliness.curve(view(made), False)
    assert hours.tolist() == [5, 10, 20]
    assert shares.tolist() == pytest.approx([0.25, 0.25, 1])


def test_no_answer_at_all_is_never():
    made = Made()
    made.case(made.need(urgent=True))
    assert value(made, "time_to_answer_p50", "urgent") == np.inf
    assert value(made, "answered_within", "urgent, 72 h") == 0


def test_statutory_limits_need_a_source_and_must_have_run_out():
    made = Made()
    case = made.case(made.need(), "answered", 50)
    limit, habit = 1, 0
    for serial, (clock, due, word, ended) in enumerate([
            (limit, 10, "answered", 10), (limit, 10, "answered", 11), (limit, 40, "", -1),      # kept, broken, broken
            (limit, 101, "", -1), (habit, 10, "answered", 30)]):                                # not yet out, no statute
        made.leg(case, serial + 1, -1, word, 1, ended, clock=clock, due=due)
    assert value(made, "limits_kept") == pytest.approx(100 / 3)
    assert values(made, "limits_kept").n == 3


def test_without_a_statutory_limit_there_is_no_figure():
    made = Made()
    answered(made, made.need())
    assert value(made, "limits_kept") is None


def test_a_release_wants_an_official_of_the_giver_in_that_leg_and_before():
    made = Made()
    case = made.case(made.need(), "answered", 50)
    version = made.record(7, 1)
    for serial in (1, 2, 3, 4, 5):
        made.leg(case, serial, serial if serial < 5 else 1, "answered", 1, 30)
        made.message(case, serial if serial < 5 else 1, 0, "record", begun=10, arrives=11, version=version,
                     serial=serial, step=5)
    made.step(case, 1, 0, Review, 0, 2, 2, 3, station=1)        # reviewed at a desk
    made.step(case, 2, 0, Review, 0, 2, 2, 3)                   # by a machine
    made.step(case, 3, 0, Work, 0, 12, 12, 13, station=3)       # too late
    made.step(case, 4, 0, Work, 0, 2, 2, 3, station=0)          # at the asker's
    assert value(made, "released_without_official") == 80


def test_an_official_in_a_scope_of_the_leg_counts():
    made = Made()
    case = made.case(made.need(), "answered", 50)
    made.leg(case, 1, 1, "answered", 1, 30)
    made.leg(case, 2, -1, "answered", 1, 5, parent=1)
    made.step(case, 2, 0, Verify, 0, 2, 2, 3, station=1)
    made.message(case, 1, 0, "record", begun=10, arrives=11, version=made.record(7, 1), serial=1, step=5)
    assert value(made, "released_without_official") == 0


def test_exposure_is_records_times_days_held():
    made = Made()
    case = made.case(made.need(), "answered", 50)
    made.message(case, 1, 0, "record", arrives=76, version=made.record(7, 1))               # one day to the end
    made.contents = {**made.contents, "lean_record": replace(made.contents["lean_record"], keep="12 h")}
    made.message(case, 1, 0, "lean_record", arrives=4, version=made.record(7, 1), step=1)   # half a day
    made.message(case, 1, 0, "record", arrives=4, version=made.record(7, 1), form=PSEUDONYM, step=2)
    made.message(case, 0, 1, "query", arrives=4, step=3)
    assert value(made, "record_days") == pytest.approx(150)
    copy = made.record(9, 2)
    made.message(made.case(-1, "done", 90, kind=1, version=copy), 2, HUB, "record", arrives=52, version=copy)
    assert value(made, "record_days") == pytest.approx(350)
    assert value(made, "record_days", "copies") == pytest.approx(200)


def test_who_sees_a_query():
    made = Made()
    made.reads[HUB] = True
    case = made.case(made.need(subjects=3), "answered", 50)
    made.message(case, 0, 1, "query", via=HUB)
    made.message(case, 0, 1, "query", step=1, machine=True)
    made.message(case, 0, 2, "query", step=2)
    made.message(case, 1, 0, "record", version=made.record(7, 1), step=3)
    made.need(opening=NOT_ASKED)
    assert value(made, "systems_that_see_a_query") == 3
    assert value(made, "people_who_see_a_query") == 2
    assert value(made, "further_subjects") == 100 * 8 / 2


def test_officer_hours_messages_and_where_the_time_goes():
    made = Made()
    case = answered(made, made.need())
    made.message(case, 0, 1, "query", step=9)
    made.step(case, 0, 0, Work, 0, 1, 3, 6, station=0)
    made.step(case, 0, 1, Work, 0, 6, 6, 7, station=1)
    made.step(case, 0, 2, Work, 0, 7, 7, 9)                     # a machine's
    made.case(made.need(), "refused", 5)
    assert value(made, "officer_hours_ours") == 150
    assert value(made, "officer_hours_theirs") == 50
    assert value(made, "messages_per_answered_case") == 2
    assert [value(made, "time_at_desks", part) for part in ("queue", "closed hours", "work")] == [1, 0, 2]
    assert value(made, "utilisation", "ours", "desk") == 3
    assert value(made, "utilisation", "partners", "desk") is None            # one partner's desk is no group


def test_closed_hours_are_no_queue():
    made = Made()
    case = made.case(made.need(), "answered", 30)
    made.step(case, 0, 0, Work, 0, 0, 12, 14, station=0)
    run = made.replication()
    night = replace(run.world.stations[0].windows, opens=np.array([10]) * HOUR)
    stations = (replace(run.world.stations[0], windows=night), *run.world.stations[1:])
    found = {v.slice: v.value for v in measure(replace(run, world=replace(run.world, stations=stations)))
             if v.metric == "time_at_desks"}
    assert found == {"queue": 2, "closed hours": 10, "work": 2}


def test_refusals_by_ground_and_disclosures_by_ruling():
    made = Made(law(PERMITTED_BY_LAW, FORBIDS, epochs=(10 * HOUR,)))
    case = made.case(made.need(), "refused", 50)
    made.step(case, 0, 0, Review, 1, 11, 11, 12, station=0, ruling=1)
    made.step(case, 0, 1, Review, 0, 12, 12, 13, station=0, ruling=0)
    made.message(case, 0, 1, "query", begun=12, arrives=13)
    assert value(made, "refusals_by_ground", "harm") == 100
    assert value(made, "refusals_by_ground", "none named") is None
    assert [value(made, "against_rules", ruling) for ruling in ("forbidden", "no rule known", "duty broken")] == [100, 0, 0]


def test_groups_are_of_three_partners_at_least():
    made = Made()
    answered(made, made.need())
    groups = {v.group for v in measure(made.replication()) if v.metric == "needs_met_by_group"}
    assert groups == {"class small", "EU rules on police data"}


def test_lost_messages():
    made = Made()
    case = made.case(made.need())
    made.message(case, 0, 1, "query", lost=True)
    made.message(case, 0, 1, "query", step=1)
    assert value(made, "messages_lost") == 50


def test_a_run_without_a_need_has_no_figures_but_the_desks():
    made = Made()
    assert {v.metric for v in measure(made.replication())} <= {"utilisation"}


def test_every_metric_says_what_it_is():
    for name, metric in METRICS.items():
        assert metric.measure in MEASURES, name
        assert metric.better in ("higher", "lower", "")
        assert metric.unit
        assert len(metric.says) > 15
    assert {metric.measure for metric in METRICS.values()} == set(MEASURES)
