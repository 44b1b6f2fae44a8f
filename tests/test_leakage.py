"""Facts beyond need, on a world of five states with an asker S0 and a holder S1, counted on paper."""

from dataclasses import replace

import numpy as np
import pytest
from hand_made import HUB, PERMITTED_BY_LAW, Made, law, view

from sim.laws import FREE, MUST_REFUSE, Outcome
from sim.laws.duties import Duties
from sim.ledger import RECORD
from sim.metrics import leakage
from sim.metrics.joined import Joined
from sim.metrics.necessary import NECESSARY, Necessary
from sim.script import BIT, FIELDS, NEEDS, PSEUDONYM, Content
from sim.transport import NOT_JUDGED
from sim.units import HOUR

FORBIDS = Outcome(MUST_REFUSE, "no", "harm", FREE)
THREE, FOUR = ("family_name", "given_name", "birth_date"), ("aliases", "sex", "offence", "authority")
# A query of three fields, an answer of four of which two are necessary
TINY = {**dict.fromkeys(NEEDS, Necessary((), (), "")), "known_to_you": Necessary(FOUR[:2], THREE, "the tiny world")}
TINY_CONTENTS = {"query": Content(THREE, "subject", "identity"), "answer": Content(FOUR, "record", "police_file"),
                 "lean_answer": Content(FOUR[:2], "record", "police_file"), "hit": Content((), "answer", "signal")}


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


def test_another_person_learnt_of_by_a_hub_is_first_of_all_the_wrong_person():
    made = tiny()
    made.reads[HUB] = True
    made.message(0, 2, 0, "lean_answer", version=made.record(8, 2), via=HUB)
    assert leakage.facts(view(made), TINY).excess == (0, 4, 0, 0, 0, 0)


def test_a_hub_without_right_is_no_transfer_without_basis():
    made = tiny(law(PERMITTED_BY_LAW, FORBIDS, of_place=(0, 0, 0, 0, 0, 1)))
    through_a_hub_that_reads_the_query_only(made)
    assert leakage.facts(view(made), TINY).excess == (0, 0, 2, 3, 0, 0)


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
    made.message(0, 0, 2, "query", step=2)
    made.case(-1, "done", 5, kind=RECORD, version=0)
    made.message(1, 1, HUB, "answer", version=0)
    joined = Joined(made.replication())
    assert leakage.with_necessary(joined)["necessary"].tolist() == [3, 2, 0, NOT_JUDGED]
    names = [{FIELDS[k] for k in range(len(FIELDS)) if bits >> k & 1}
             for bits in leakage.necessary(joined, np.arange(3)).tolist()]
    assert names == [set(THREE), {"offence", "authority"}, set()]


def test_every_kind_of_need_says_what_it_makes_necessary():
    assert set(NECESSARY) == set(NEEDS)
    for needed in NECESSARY.values():
        assert set(needed.asker) | set(needed.query) <= set(FIELDS)
        assert needed.because
