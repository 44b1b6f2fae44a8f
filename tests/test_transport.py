"""Disclosures are read off the messages, whatever the script meant to disclose."""

from dataclasses import replace

import numpy as np
import pytest
from hand_made import HUB, PERMITTED_BY_LAW, Made, law

from sim import transport
from sim.errors import CapacityError
from sim.laws import FREE, MUST_REFUSE, NO_RULE, Outcome
from sim.laws.duties import Duties
from sim.ledger import (
    CAN,
    CUSTODY,
    DISCLOSURES,
    DUTY_BROKEN,
    FORBIDDEN,
    INTERMEDIARY,
    MAY,
    NEVER,
    NO_RULE_KNOWN,
    PERMITTED,
    RECIPIENT,
)
from sim.script import BIT, PLAIN, PSEUDONYM, Content
from sim.transport import MACHINE, MOST_SUBJECTS, NOBODY, NOT_JUDGED, PERSON, left_out
from sim.units import DAY, HOUR
from sim.world import field_bits

FORBIDS = Outcome(MUST_REFUSE, "no", "harm", FREE)
UNKNOWN = Outcome(NO_RULE, "", "", FREE)


@pytest.fixture
def made():
    run = Made()
    run.need()
    run.case(0, "answered", 50)
    return run


def rows(made):
    return made.replication().ledger.disclosures


@pytest.mark.parametrize("sent", [
    {"sender": 0, "receiver": 0, "content": "query"},                              # inside one state
    {"sender": 0, "receiver": 1, "content": "query", "lost": True},
    {"sender": 0, "receiver": 1, "content": "query", "via": HUB, "lost": True},
    {"sender": 0, "receiver": 1, "content": "receipt"},                            # about no person
    {"sender": 0, "receiver": 1, "content": "query", "begun": 99, "arrives": 101},   # on the way at the end
])
def test_no_disclosure(made, sent):
    made.reads[HUB] = True
    made.message(0, **sent)
    assert len(rows(made)) == 0


def test_a_query_tells_its_receiver_of_the_subject(made):
    made.message(0, 0, 1, "query", arrives=3)
    (row,) = rows(made)
    assert (row["tick"], row["learner"], row["role"], row["subject"], row["owner"]) == (3 * HOUR, 1, RECIPIENT, 7, 0)
    assert made.world().field_sets[row["fields"]] == field_bits(("family_name", "given_name", "birth_date"))
    assert (row["access"], row["ruling"], row["seen_by"]) == (CUSTODY | CAN | MAY, PERMITTED, PERSON)
    assert (row["route"], row["key_group"], row["necessary"], row["retain_until"]) == (-1, -1, NOT_JUDGED, NEVER)


def test_a_row_takes_48_bytes():
    assert DISCLOSURES.itemsize <= 48
    made = np.dtype({"names": DISCLOSURES.names, "formats": [DISCLOSURES[name] for name in DISCLOSURES.names]},
                    align=True)
    assert [made.fields[name][1] for name in made.names] == [DISCLOSURES.fields[name][1] for name in made.names]


def test_more_messages_than_a_row_can_number_are_refused(made, monkeypatch):
    made.message(0, 0, 1, "query")
    monkeypatch.setattr(transport, "MOST_MESSAGES", 1)
    assert len(rows(made)) == 1
    made.message(0, 0, 2, "query", step=1)
    with pytest.raises(CapacityError, match="2 messages in one ledger"):
        rows(made)


def test_the_field_sets_of_the_contents_come_first(made):
    for step, content in enumerate(("lean_record", "record", "match")):
        made.message(0, 1, 0, content, version=made.record(7, 1), step=step)
    sets = made.world().field_sets[rows(made)["fields"]]
    assert sets.tolist() == [field_bits(made.contents[name].fields) for name in ("lean_record", "record", "match")]


def test_the_purpose_is_that_of_the_content():
    contents = {name: Content(("family_name",), "subject", "identity", purpose=name) for name in ("b", "a")}
    made = Made(None, contents)
    made.case(made.need())
    for step, name in enumerate(contents):
        made.message(0, 0, 1, name, step=step)
    assert [made.world().purposes[row] for row in rows(made)["purpose"]] == ["b", "a"]


def test_the_kind_of_person_is_that_of_the_record_else_that_of_the_request():
    made = Made()
    made.case(made.need(kind_of_person=3))
    version = made.record(9, 1, kind=2)
    for step, (content, found) in enumerate((("query", version), ("record", version), ("record", -1))):
        made.message(0, 1, 0, content, version=found, step=step)
    assert rows(made)["kind"].tolist() == [3, 2, 3]


def test_a_machine_reads_where_no_person_does(made):
    made.message(0, 0, 1, "query", machine=True)
    assert rows(made)["seen_by"].tolist() == [MACHINE]


def test_a_false_hit_discloses_the_other_person(made):
    wrong = made.record(person=9, place=2)
    made.message(0, 2, 0, "record", version=wrong)
    made.message(0, 2, 0, "match", version=wrong, form=BIT)
    assert rows(made)["subject"].tolist() == [7, 7]
    assert rows(made)["true_subject"].tolist() == [9, 9]
    assert rows(made)["owner"].tolist() == [2, 2]


def test_a_query_after_a_false_hit_is_still_about_the_subject(made):
    made.message(0, 0, 1, "query", version=made.record(person=9, place=1))
    assert (rows(made)["subject"].tolist(), rows(made)["true_subject"].tolist()) == ([7], [7])
    assert rows(made)["owner"].tolist() == [0]


def test_a_record_event_is_about_the_person_of_its_record(made):
    version = made.record(person=9, place=1)
    made.case(-1, "done", 5, kind=1, version=version)
    made.message(1, 1, HUB, "record", version=version)
    made.message(1, 1, HUB, "query", step=1)
    (told, asked) = rows(made)
    assert (told["subject"], told["true_subject"], told["owner"]) == (9, 9, 1)
    assert (asked["subject"], asked["true_subject"]) == (9, 9)


@pytest.mark.parametrize(("reads", "form", "sealed", "can", "seen_by"), [
    (False, PLAIN, False, 0, NOBODY), (True, PLAIN, False, CAN, MACHINE), (True, PSEUDONYM, False, 0, NOBODY),
    (True, PLAIN, True, 0, NOBODY)])
@pytest.mark.parametrize("may", [0, MAY])
def test_an_intermediary_has_custody_and_reads_with_keys_only(made, reads, form, sealed, can, seen_by, may):
    """What is sealed from end to end passes an intermediary that has the keys to everything else."""
    made.reads[HUB] = reads
    made.may_read[HUB] = may
    made.message(0, 0, 1, "query", via=HUB, form=form, sealed=sealed)
    recipient, hub = rows(made)
    assert (recipient["role"], hub["role"], hub["learner"]) == (RECIPIENT, INTERMEDIARY, HUB)
    assert (hub["access"], hub["seen_by"]) == (CUSTODY | can | may, seen_by)
    assert (hub["basis"], hub["ruling"]) == (-1 if may or not can else 0, PERMITTED)
    assert (recipient["route"], hub["route"], recipient["access"]) == (HUB, HUB, CUSTODY | CAN | MAY)


def test_a_keyed_form_is_for_its_key_group(made):
    made.message(0, 0, 1, "query", form=PSEUDONYM)
    (row,) = rows(made)
    assert (row["key_group"], row["access"]) == (0, CUSTODY | CAN | MAY)


def test_an_intermediary_that_reads_without_right_is_judged():
    run = Made(law(PERMITTED_BY_LAW, FORBIDS, of_place=(0, 0, 0, 0, 0, 1)))
    run.reads[HUB] = True
    run.need()
    run.case(0)
    run.message(0, 0, 1, "query", via=HUB)
    assert rows(run)["ruling"].tolist() == [PERMITTED, FORBIDDEN]
    assert rows(run)["access"].tolist() == [CUSTODY | CAN | MAY, CUSTODY | CAN]


@pytest.mark.parametrize(("begun", "ruling"), [(9, PERMITTED), (10, FORBIDDEN), (11, FORBIDDEN)])
def test_the_law_is_that_of_the_tick_the_send_began(begun, ruling):
    run = Made(law(PERMITTED_BY_LAW, FORBIDS, epochs=(10 * HOUR,)))
    run.need()
    run.case(0)
    run.message(0, 0, 1, "query", begun=begun, arrives=12)
    assert rows(run)["ruling"].tolist() == [ruling]


@pytest.mark.parametrize(("outcome", "ruling", "may"), [
    (FORBIDS, FORBIDDEN, False), (UNKNOWN, NO_RULE_KNOWN, False),
    (replace(PERMITTED_BY_LAW, duties=Duties(fields=frozenset({"family_name"}))), DUTY_BROKEN, True),
    (replace(PERMITTED_BY_LAW, duties=Duties(fields=frozenset({"family_name", "given_name", "birth_date"}))),
     PERMITTED, True),
    (replace(PERMITTED_BY_LAW, duties=Duties(purposes=frozenset({"another matter"}))), DUTY_BROKEN, True),
    (replace(PERMITTED_BY_LAW, duties=Duties(purposes=frozenset({"this investigation"}))), PERMITTED, True)])
def test_every_disclosure_is_judged_though_no_script_reviewed(outcome, ruling, may):
    run = Made(law(outcome))
    run.need()
    run.case(0)
    run.message(0, 0, 1, "query")
    (row,) = rows(run)
    assert (row["ruling"], bool(row["access"] & MAY), row["basis"]) == (ruling, may, 0)


def test_a_record_is_judged_by_its_own_person_and_handling():
    verdicts = law(PERMITTED_BY_LAW, FORBIDS)
    verdicts.table.reshape(verdicts.block(0, 0).shape)[..., 2, 3, :, :, :] = 1                    # victims under H3
    run = Made(verdicts)
    run.need()
    run.case(0)
    for kind, handling in ((2, 3), (2, 0), (0, 3)):
        run.message(0, 1, 0, "record", version=run.record(7, 1, kind, handling), step=len(run.messages))
    assert rows(run)["ruling"].tolist() == [FORBIDDEN, PERMITTED, PERMITTED]


@pytest.mark.parametrize(("keep", "by_law", "held"), [
    ("1 d", NEVER, DAY), ("", 2 * DAY, 2 * DAY), ("3 d", 2 * DAY, 3 * DAY), ("", NEVER, None)])
def test_kept_as_stated_else_as_the_law_lets(keep, by_law, held):
    contents = {"query": Content(("family_name",), "subject", "identity", keep=keep)}
    run = Made(law(replace(PERMITTED_BY_LAW, duties=Duties(retention=by_law))), contents)
    run.need()
    run.case(0)
    run.message(0, 0, 1, "query", arrives=2)
    assert rows(run)["retain_until"].tolist() == [NEVER if held is None else 2 * HOUR + held]


@pytest.mark.parametrize(("subjects", "written", "beyond"), [
    (1, 1, 0), (3, 3, 0), (MOST_SUBJECTS + 5, MOST_SUBJECTS, 5)])
def test_further_subjects_have_rows_up_to_a_cap(subjects, written, beyond):
    run = Made()
    run.need(subjects=subjects)
    run.case(0)
    run.message(0, 0, 1, "query")
    run.message(0, 1, 0, "record", version=run.record(7, 1), step=1)
    made = run.replication()
    query = made.ledger.disclosures[made.ledger.disclosures["message"] == 0]
    assert query["subject"].tolist() == [7, *(-1 - k for k in range(1, written))]
    assert query["true_subject"].tolist() == query["subject"].tolist()
    assert np.count_nonzero(made.ledger.disclosures["message"] == 1) == 1
    assert left_out(made.world, made.cases, made.ledger.messages) == beyond
