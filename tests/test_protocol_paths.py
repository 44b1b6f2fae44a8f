"""Paths of the shipped protocols, played by hand: what each does on a given run of answers."""

import pytest

from protocols import (
    _procedure,
    interpol_i247,
    mutual_legal_assistance,
    police_index,
    pruem_router,
    shared_database,
    siena,
)
from sim.errors import ScriptError
from sim.programs import find, load, play
from sim.script import (
    ANSWERED,
    BIT,
    CONFIRMED,
    DELIVERED,
    DONE,
    FALSE_MATCH,
    GIVE,
    GRANTED,
    HIT,
    LOST,
    NO,
    NO_HIT,
    NOT_PURSUED,
    NOT_SEARCHED,
    NOTHING_HELD,
    PSEUDONYM,
    REFUSE,
    REFUSED,
    REJECTED,
    USED_UP,
    YES,
    Chance,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Match,
    Owes,
    Parameters,
    Paused,
    Review,
    Send,
    Store,
    Verify,
    Wait,
    Withdraw,
    Work,
)


def has_a_limit(name):
    return any(isinstance(row.instruction, Due) for row in load(find(name)).case.rows)


# The request between contact points.

def test_a_clarification_and_a_judge_stop_the_clock_and_only_where_one_runs():
    unclear_then_judge = [DONE, DONE, NO, YES, YES, DONE, ANSWERED, YES, ANSWERED, NO, DONE, DELIVERED]
    steps, word = play(_procedure.answer_in_time, unclear_then_judge)
    assert word == ANSWERED
    assert [step for step in steps if isinstance(step, Paused)] == [Paused(_procedure.clarify),
                                                                    Paused(_procedure.authorise)]
    steps, word = play(_procedure.answer, unclear_then_judge)
    assert word == ANSWERED
    assert not any(isinstance(step, Paused) for step in steps)


def test_a_judge_decides_where_the_release_came_with_that_duty_or_the_states_own_law_wants_one():
    head = [DONE, DONE, NO, YES, NO, ANSWERED]
    steps, _ = play(_procedure.answer, [*head, YES, ANSWERED, NO, DONE, DELIVERED])
    assert Do(_procedure.authorise) in steps
    assert Is("judge_needed") not in steps
    steps, _ = play(_procedure.answer, [*head, NO, YES, REFUSED, DELIVERED])
    assert Do(_procedure.authorise) in steps
    steps, _ = play(_procedure.answer, [*head, NO, NO, NO, DONE, DELIVERED])
    assert Do(_procedure.authorise) not in steps


def test_the_originator_of_restricted_data_is_asked_where_it_does_not_release_them_itself():
    steps, word = play(_procedure.search, [YES, NO, HIT, CONFIRMED, GIVE, YES, DONE])
    assert (word, steps[-1]) == (ANSWERED, Work("owner", "consent"))
    steps, _ = play(_procedure.search, [NO, DONE, NO, DELIVERED, NO, HIT, CONFIRMED, GIVE, DELIVERED])
    assert Owes("owner_consent") not in steps


def test_a_lost_clarification_loses_the_request_a_lost_receipt_does_not():
    assert play(_procedure.answer, [LOST, DONE, NO, YES, YES, LOST])[1] == LOST
    assert play(_procedure.answer, [LOST, DONE, NO, YES, NO, NOTHING_HELD, DELIVERED])[1] == NOTHING_HELD


def test_whoever_says_urgent_is_called_back_where_that_is_done_and_turned_away_unsearched():
    steps, word = play(_procedure.answer, [DONE, DONE, YES, YES, NO, DELIVERED])
    assert word == REFUSED
    assert steps[2:5] == (Is("urgent"), Is("calls_back"), Decide("responder", "call_back", about="genuine"))
    assert steps[5] == Send("responder", "requester", REFUSED, via="hub")
    for before in ([YES, YES, YES], [YES, NO], [NO]):
        assert play(_procedure.answer, [DONE, DONE, *before, YES, NO, NOTHING_HELD, DELIVERED])[1] == NOTHING_HELD


def test_recipients_are_told_of_what_is_changed_deleted_or_rightly_complained_of_and_of_nothing_else():
    assert play(_procedure.record, [YES])[1] == DONE                                      # created: nobody has it
    for answers in ([NO, NO, DONE], [NO, YES, DONE, YES, DONE, DONE]):
        steps, word = play(_procedure.record, answers)
        assert steps[-1] == ForEach("requester", _procedure.told, ("done", "left", "lost"), among="recipients")
        assert word == DONE
    steps, word = play(_procedure.record, [NO, YES, DONE, NO])
    assert (steps[2], word) == (Wait("complaint_period"), REFUSED)
    assert play(_procedure.told, [NO])[1] == _procedure.LEFT
    steps, word = play(_procedure.told, [YES, DONE, DELIVERED, DONE])
    assert (steps[-1], word) == (Withdraw("requester", "take_away"), DONE)
    for module in (siena, interpol_i247):
        assert (module.record, module.RECORDS) == (_procedure.record, "all")


def test_a_judge_who_says_no_keeps_the_file_back():
    steps, word = play(_procedure.answer, [DONE, DONE, NO, YES, NO, ANSWERED, YES, REFUSED, DELIVERED])
    assert word == REFUSED
    assert steps[-1] == Send("responder", "requester", REFUSED, via="hub")


def test_the_owner_searches_with_the_request_where_access_is_indirect():
    steps, word = play(_procedure.search, [NO, DONE, NO, DELIVERED, NO, HIT, CONFIRMED, GIVE, DELIVERED])
    assert word == ANSWERED
    assert steps[3] == Send("responder", "owner", "name_request")
    assert steps[5] == Match("owner", "fuzzy", "search")
    steps, _ = play(_procedure.search, [YES, YES, HIT, CONFIRMED, GIVE])
    assert steps[2:4] == (Match("responder", "biometric", "search_directly"), Verify("responder", "forensic"))


def test_a_record_of_another_person_is_not_released():
    steps, word = play(_procedure.search, [YES, NO, HIT, REJECTED])
    assert word == NOTHING_HELD
    assert not any(isinstance(step, Review) for step in steps)


def test_a_file_in_another_language_waits_for_the_translator():
    steps, _ = play(_procedure.answer, [DONE, DONE, NO, YES, NO, ANSWERED, NO, NO, YES, DONE, DONE,
                                         DELIVERED])
    assert Work("translator", "translate") in steps


def test_free_text_is_keyed_in_again_before_it_is_searched_for_and_before_it_is_handed_on():
    steps, _ = play(_procedure.answer, [DONE, DONE, NO, NO, DONE, NO, NOTHING_HELD, DELIVERED])
    assert steps[4] == Work("responder", "key_in")
    steps, _ = play(siena.ask, [DONE, NO, DELIVERED, NO, ANSWERED, NO, DONE, DONE])
    assert steps[-2:] == (Work("requester", "key_in"), Work("requester", "pass_on"))
    steps, _ = play(siena.ask, [DONE, NO, DELIVERED, NO, REFUSED, DONE])
    assert steps[-1] == Work("requester", "pass_on")


# siena

def test_siena_has_a_limit_only_where_the_directive_binds():
    steps, word = play(siena.ask, [DONE, NO, DELIVERED, YES, ANSWERED, YES, DONE])
    assert steps[4] == Due("information_limit", siena.answer_in_time)
    assert word == ANSWERED
    steps, word = play(siena.ask, [DONE, NO, DELIVERED, NO, ANSWERED, YES, DONE])
    assert not any(isinstance(step, Due) for step in steps)
    assert word == ANSWERED


def test_siena_reads_its_limits_from_the_shortest():
    told = [(limit.time, limit.when) for limit in siena.CLOCKS["information_limit"].limits]
    assert told == [("8 h", ("urgent", "direct")), ("3 calendar days", ("urgent",)), ("7 calendar days", ())]


def test_siena_asks_by_print_where_nothing_else_is_known():
    steps, _ = play(siena.ask, [DONE, YES])
    assert steps[2] == Send("requester", "responder", "print_request", via="hub")


def test_siena_sends_more_than_an_identity():
    assert {"file", "contacts", "measures"} <= set(siena.CONTENTS["file"].fields)


# pruem_router

CONFIRMED_MATCH = [DELIVERED, HIT, DELIVERED, CONFIRMED]


def test_the_router_tells_no_match_as_one_bit():
    steps, word = play(pruem_router.search, [DELIVERED, NO_HIT, DELIVERED])
    assert (word, steps[-1].form) == (NOTHING_HELD, BIT)


def test_a_search_beyond_the_quota_waits_a_day_and_is_given_up_in_the_end():
    steps, word = play(pruem_router.within_quota, [USED_UP, DONE, GRANTED, DELIVERED, NO_HIT, DELIVERED],
                       Parameters(pruem_router.PARAMS))
    assert (word, steps[1], steps[3].content) == (NOTHING_HELD, Wait("next_day"), "biometrics")
    steps, word = play(pruem_router.within_quota, [USED_UP, DONE] * 3, Parameters(pruem_router.PARAMS))
    assert word == NOT_SEARCHED
    assert not any(isinstance(step, Send) for step in steps)


def test_a_rejected_or_dropped_match_tells_nobody_the_facts():
    for answers, expected in (([*CONFIRMED_MATCH[:3], REJECTED], FALSE_MATCH), ([*CONFIRMED_MATCH, NO], NOT_PURSUED)):
        steps, word = play(pruem_router.search, answers)
        assert word == expected
        assert "facts_and_offence" not in {step.content for step in steps if isinstance(step, Send)}


def test_the_48_hours_start_after_match_confirmation_and_facts():
    steps, word = play(pruem_router.search, [*CONFIRMED_MATCH, YES, DELIVERED, ANSWERED, DONE])
    assert word == ANSWERED
    assert steps[5:7] == (Send("requester", "responder", "facts_and_offence", via="router"),
                          Due("core_data_48h", pruem_router.core_data))


def test_core_data_are_released_by_a_person_or_refused():
    steps, word = play(pruem_router.core_data, [REFUSE, DELIVERED])
    assert (word, steps[0].task) == (REFUSED, "core_data_review")
    steps, word = play(pruem_router.core_data, [GIVE, YES, REFUSED, DELIVERED])
    assert (word, steps[2]) == (REFUSED, Paused(_procedure.authorise))
    assert play(pruem_router.core_data, [GIVE, NO, DONE, DELIVERED])[1] == ANSWERED


def test_core_data_are_the_eleven_fields_of_the_act():
    assert len(pruem_router.CONTENTS["core_data"].fields) == 11
    assert "file" not in pruem_router.CONTENTS["core_data"].fields


# police_index

def test_the_index_is_not_searched_for_minor_offences_nor_where_a_state_stays_out():
    assert play(police_index.case, [DONE, YES])[1] == NOT_SEARCHED
    assert play(police_index.look_up, [NO])[1] == NOT_SEARCHED


def test_the_index_learns_a_pseudonym_and_the_follow_up_has_no_limit():
    steps, word = play(police_index.look_up,
                       [YES, DELIVERED, HIT, DELIVERED, YES, DONE, NO, DELIVERED, ANSWERED, YES, DONE])
    assert word == ANSWERED
    assert steps[1] == Send("requester", "responder", "index_query", form=PSEUDONYM, via="hub")
    assert steps[8] == Do(_procedure.answer)
    assert not has_a_limit("police_index")


def test_a_dropped_match_of_the_index_asks_nobody():
    assert play(police_index.look_up, [YES, DELIVERED, HIT, DELIVERED, NO])[1] == NOT_PURSUED


# interpol_i247

BUREAU = Parameters(interpol_i247.PARAMS)


def test_a_silent_bureau_is_reminded_twice_and_has_not_searched():
    silent = [NO, DONE, DONE, NO, DELIVERED]
    steps, word = play(interpol_i247.write, [DONE, NO, DELIVERED, *silent, *silent, NO], BUREAU)
    assert word == NOT_SEARCHED
    assert steps.count(Wait("patience")) == steps.count(Work("requester", "remind")) == 2
    assert sum(step == Send("requester", "responder", "name_request", via="hub") for step in steps) == 3


def test_a_bureau_may_take_the_reminder_up():
    assert play(interpol_i247.write, [DONE, NO, DELIVERED, NO, DONE, DONE, NO, DELIVERED, YES, REFUSED],
                BUREAU)[1] == REFUSED


def test_the_hub_of_interpol_carries_and_reviews_nothing():
    protocol = load(find("interpol_i247"))
    assert protocol.parties["hub"] == "interpol"
    steps = [row.instruction for row in protocol.case.rows]
    assert "hub" not in {getattr(step, key, None) for step in steps for key in ("party", "sender", "receiver")}
    assert not has_a_limit("interpol_i247")


# shared_database

def test_a_check_without_an_alert_tells_no_state():
    steps, word = play(shared_database.case, [DELIVERED, NO_HIT, DELIVERED])
    assert word == NOTHING_HELD
    assert {step.receiver for step in steps if isinstance(step, Send)} == {"registry", "investigator"}


def test_a_hit_goes_to_the_issuer_who_has_twelve_hours():
    steps, word = play(shared_database.case, [DELIVERED, HIT, DELIVERED, CONFIRMED, NO, DONE, ANSWERED, DONE])
    assert (word, steps[6].among) == (ANSWERED, "found")
    steps, _ = play(shared_database.report, [DELIVERED, ANSWERED, DONE])
    assert steps[:2] == (Send("requester", "responder", "hit_form"), Due("sirene_12h", shared_database.confirm))


def test_the_wrong_person_at_a_check_goes_no_further():
    assert play(shared_database.case, [DELIVERED, HIT, DELIVERED, REJECTED])[1] == FALSE_MATCH
    assert play(shared_database.confirm, [REJECTED, DELIVERED])[1] == FALSE_MATCH
    assert play(shared_database.confirm, [CONFIRMED, REFUSE, DELIVERED])[1] == REFUSED


def test_an_alert_is_checked_stored_and_its_withdrawal_travels():
    assert play(shared_database.record, [YES, DELIVERED, DONE])[0][1:] == (
        Send("responder", "registry", "withdrawal"), Withdraw("registry", "remove"))
    created, _ = play(shared_database.record, [NO, YES, DONE, DONE, DELIVERED, DONE])
    changed, _ = play(shared_database.record, [NO, NO, DONE, DELIVERED, DONE])
    assert created[-1] == changed[-1] == Store("registry", "alert", "store")
    assert Work("owner", "enter_alert") in created
    assert Work("owner", "enter_alert") not in changed


# mutual_legal_assistance

LETTER = Parameters(mutual_legal_assistance.PARAMS)


def test_a_letter_is_returned_for_its_form_and_comes_back_mended():
    steps, word = play(mutual_legal_assistance.letter,
                       [DONE, DELIVERED, DONE, YES, DELIVERED, DONE, DELIVERED, DONE, NO, DELIVERED, REFUSED, DELIVERED,
                        DONE, DELIVERED, DONE], LETTER)
    assert word == REFUSED
    assert Send("responder", "requester", "returned") in steps
    assert steps.count(Send("requester", "responder", "letter")) == 2


def test_supplements_are_asked_twice_at_most():
    again = [YES, DELIVERED, DONE, DELIVERED, DELIVERED]
    steps, word = play(mutual_legal_assistance.execute, [HIT, CONFIRMED, GIVE, *again, *again, DONE], LETTER)
    assert word == ANSWERED
    assert steps.count(Chance("supplement_needed")) == 2


def test_grounds_are_decided_before_anything_is_executed():
    steps, word = play(mutual_legal_assistance.execute, [HIT, CONFIRMED, REFUSE], LETTER)
    assert word == REFUSED
    assert Work("executing", "execute") not in steps
    assert play(mutual_legal_assistance.execute, [NO_HIT], LETTER)[1] == NOTHING_HELD


def test_a_lost_supplement_loses_the_letter():
    steps, word = play(mutual_legal_assistance.letter, [DONE, DELIVERED, DONE, NO, DELIVERED, LOST], LETTER)
    assert word == LOST
    assert steps[-1] == Do(mutual_legal_assistance.execute)


def test_letters_reach_everybody_and_have_no_limit():
    protocol = load(find("mutual_legal_assistance"))
    assert protocol.members == ""
    assert protocol.products == {"evidence"}
    assert not has_a_limit("mutual_legal_assistance")


def test_an_answer_that_cannot_be_is_refused_by_hand_too():
    with pytest.raises(ScriptError, match="cannot be answered"):
        play(pruem_router.search, [HIT])
