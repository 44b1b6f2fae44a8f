"""Paths of the protocols that learn before they ask, and of orders, notices and diffusions, played by hand."""

import pytest

from protocols import (
    _index,
    _intersection,
    _known_first,
    _procedure,
    budapest_preserve,
    filter_push,
    hit_no_hit,
    interpol_diffusion,
    interpol_notice,
    keyed_index,
    plain_index,
    private_set_intersection,
    private_set_intersection_multi_key,
    production_order,
    shared_database,
)
from sim.programs import asking_path, find, load, play
from sim.script import (
    ANSWERED,
    BIT,
    BLINDED,
    BLOOM,
    CONFIRMED,
    DELIVERED,
    DONE,
    EXPIRED,
    GIVE,
    HIT,
    KEYED_HASH,
    LOST,
    NO,
    NO_HIT,
    NOBODY,
    NOT_PURSUED,
    NOTHING_HELD,
    PLAIN,
    REFUSE,
    REFUSED,
    REJECTED,
    YES,
    Decide,
    Do,
    Due,
    ForEach,
    Lookup,
    Match,
    Parameters,
    Paused,
    Review,
    Send,
    Store,
    Wait,
    Withdraw,
    Within,
    Work,
)

BY_ONE, BY_FOUR = Parameters(private_set_intersection.PARAMS), Parameters(private_set_intersection_multi_key.PARAMS)
FOLLOWED = [DONE, NO, DELIVERED, ANSWERED, YES, DONE]      # written, by name, sent, answered, structured, handed on


# Learning first

def test_keys_are_blinded_and_the_answer_is_one_bit():
    steps, word = play(_intersection.intersect, [DELIVERED, NO_HIT, DELIVERED], BY_ONE)
    assert word == NOTHING_HELD
    assert steps == (Send("requester", "responder", "blinded_keys", form=BLINDED, via="hub"),
                     Match("responder", "psi_single", "intersect_one_key"),
                     Send("responder", "requester", "no_match", form=BIT, via="hub"))


@pytest.mark.parametrize(("given", "matcher"), [(BY_ONE, "psi_single"), (BY_FOUR, "psi_multi")], ids=["one", "four"])
def test_a_common_key_leads_to_the_ordinary_request(given, matcher):
    steps, word = play(_intersection.intersect, [DELIVERED, HIT, DELIVERED, *FOLLOWED], given)
    assert word == ANSWERED
    assert steps[1].by == matcher
    assert steps[2] == Send("responder", "requester", "hit", form=BIT, via="hub")
    assert steps[5] == Send("requester", "responder", "name_request", via="hub")
    assert steps[6] == Do(_procedure.answer)


@pytest.mark.parametrize(("protocol", "form", "matcher"), [(keyed_index, KEYED_HASH, "exact_keys"),
                                                           (plain_index, PLAIN, "fuzzy")], ids=["keyed", "plain"])
def test_an_index_is_searched_in_its_form_and_the_holder_asked_on_a_hit_only(protocol, form, matcher):
    given = Parameters(protocol.PARAMS)
    steps, word = play(protocol.case, [DONE, DELIVERED, NO_HIT, DELIVERED], given)
    assert word == NOTHING_HELD
    assert steps[1] == Send("requester", "registry", "index_query", form=form)
    assert steps[2] == Lookup("registry", matcher, protocol.PARAMS["task"])
    steps, word = play(protocol.case, [DONE, DELIVERED, HIT, DELIVERED, ANSWERED, DONE], given)
    assert (word, steps[4].among) == (ANSWERED, "found")


def test_an_index_follows_every_record_in_its_form():
    given = Parameters(keyed_index.PARAMS)
    made, _ = play(_index.record, [NO, NO, DONE, DELIVERED, DONE, YES], given)
    assert made[3:5] == (Send("responder", "registry", "index_entry", form=KEYED_HASH),
                         Store("registry", "index_entry", "enter"))
    gone, _ = play(_index.record, [YES, DELIVERED, DONE, NO, NO, DONE], given)
    assert Withdraw("registry", "strike_out") in gone
    assert gone[-1].among == "recipients"
    complained, _ = play(_index.record, [NO, YES, NO, YES, DONE, NO], given)
    assert not any(isinstance(step, Store) for step in complained)
    assert {load(find(name)).records for name in ("keyed_index", "plain_index", "filter_push")} == {"all"}


def test_testing_at_home_is_asking_and_costs_no_letter():
    assert asking_path(load(find("filter_push")).case) == asking_path(load(find("keyed_index")).case) == ("justify",)


def test_filters_are_tested_at_home_and_pushed_to_members():
    steps, word = play(filter_push.case, [DONE, NO_HIT])
    assert (steps[1], word) == (Lookup("requester", "filter", "test_filters"), NOTHING_HELD)
    steps, word = play(filter_push.record, [NO, NO, DONE, DONE])
    assert steps[-1] == ForEach("requester", filter_push.push, (DONE, LOST), among="members")
    assert play(filter_push.push, [DELIVERED, DONE])[0] == (Send("responder", "requester", "filter", form=BLOOM),
                                                            Store("requester", "filter", "lay_filter"))
    steps, _ = play(filter_push.record, [YES, DONE])
    assert steps[-1].among == "recipients"


def test_cover_is_sent_to_others_and_only_where_it_is_switched_on():
    steps, _ = play(hit_no_hit.case, [DONE, DONE, ANSWERED, DONE], Parameters(cover=True, noise=True))
    assert [step.among for step in steps if isinstance(step, ForEach)] == ["others", "addressed"]
    steps, _ = play(hit_no_hit.case, [DONE, ANSWERED, DONE], Parameters(cover=False, noise=True))
    assert [step.among for step in steps if isinstance(step, ForEach)] == ["addressed"]
    real, dummy = (play(script, answers, Parameters(cover=True, noise=False))[0] for script, answers in (
        (hit_no_hit.asked, [DELIVERED, NO_HIT, DELIVERED]), (hit_no_hit.cover, [YES, DELIVERED, DELIVERED])))
    assert [(step.sender, step.receiver, step.form) for step in real if isinstance(step, Send)] == [
        (step.sender, step.receiver, step.form) for step in dummy if isinstance(step, Send)]


def test_a_turned_bit_hides_a_hit_and_makes_one():
    noisy = Parameters(cover=True, noise=True)
    assert play(hit_no_hit.asked, [DELIVERED, HIT, YES, DELIVERED], noisy)[1] == NOTHING_HELD
    steps, word = play(hit_no_hit.asked, [DELIVERED, NO_HIT, YES, DELIVERED, *FOLLOWED[:3], NOTHING_HELD, DONE], noisy)
    assert word == NOTHING_HELD
    assert Send("requester", "responder", "name_request", via="hub") in steps
    quiet = Parameters(cover=True, noise=False)
    assert play(hit_no_hit.asked, [DELIVERED, NO_HIT, DELIVERED], quiet)[1] == NOTHING_HELD


# Sealed

def unsealed(instruction):
    """What it says, scripts by their names, but for the switch."""
    said = {key: getattr(value, "__name__", value) for key, value in vars(instruction).items()}
    return type(instruction).__name__, {**said, "sealed": None}


def test_sealing_is_a_switch_of_every_message_by_the_hub():
    by_hub = {name: [row.instruction for row in load(find(name)).case.rows if isinstance(row.instruction, Send)
                     and row.instruction.via] for name in ("siena", "siena_sealed")}
    assert by_hub["siena"]
    assert not any(send.sealed for send in by_hub["siena"])
    assert all(send.sealed for send in by_hub["siena_sealed"])
    plain, switched = (load(find(name)) for name in ("siena", "siena_sealed"))
    for ours, theirs in ((plain.case, switched.case), (plain.record, switched.record)):
        assert [unsealed(row.instruction) for row in ours.rows] == [unsealed(row.instruction) for row in theirs.rows]
    for name in ("serves", "instrument", "members", "network", "parties", "tasks", "contents", "clocks", "facts",
                 "chances", "records"):
        assert getattr(plain, name) == getattr(switched, name)
    inside = [row.instruction for row in load(find("siena_sealed")).case.rows if isinstance(row.instruction, Send)
              and not row.instruction.via]
    assert inside
    assert not any(send.sealed for send in inside)


# INTERPOL

LODGED = [DONE, DONE, DELIVERED, GIVE]


def test_a_diffusion_is_recorded_and_reviewed_before_or_after_as_the_law_says():
    before, word = play(interpol_diffusion.case, [*LODGED, YES, REFUSED])
    assert word == REFUSED
    assert before[2] == Send("requester", "hub", "diffusion")
    assert not any(isinstance(step, Within) for step in before)
    after, word = play(interpol_diffusion.case, [*LODGED, NO, ANSWERED, DONE, REFUSED, DONE])
    assert word == ANSWERED
    assert after[-1].leg is interpol_diffusion.withdrawn


def test_a_reviewer_decides_about_the_truth_and_may_err():
    steps, word = play(interpol_diffusion.screened, [DONE, NO, DELIVERED])
    assert word == REFUSED
    assert steps[:2] == (Wait("screening"), Decide("hub", "screen", about="genuine"))


def test_who_finds_nothing_or_may_not_give_keeps_silent_and_silence_ends_as_no_answer():
    assert play(interpol_diffusion.heard, [DELIVERED, NO])[1] == "silence"
    for word in (NOTHING_HELD, REFUSED):
        steps, said = play(interpol_diffusion.heard, [DELIVERED, YES, DONE, word])
        assert said == "silence"
        assert not [step for step in steps if isinstance(step, Send) and step.sender == "responder"]
    assert play(interpol_diffusion.spread, ["silence"])[1] == EXPIRED


def test_a_notice_is_stored_only_after_review_and_taken_down_with_its_record():
    turned, word = play(interpol_notice.record, [NO, NO, NO, DONE, DELIVERED, GIVE, DONE, NO, DELIVERED])
    assert word == REFUSED
    assert not any(isinstance(step, Store) for step in turned)
    made, _ = play(interpol_notice.record, [NO, NO, NO, DONE, DELIVERED, GIVE, DONE, YES, DONE])
    assert made[-1] == Store("hub", "notice", "publish")
    gone, _ = play(interpol_notice.record, [NO, YES, DELIVERED, DONE])
    assert gone[-1] == Withdraw("hub", "take_down")


def test_a_match_with_a_notice_is_confirmed_by_its_bureau_if_it_answers():
    assert play(interpol_notice.confirmed, [DELIVERED, NO])[1] == EXPIRED
    assert play(interpol_notice.confirmed, [DELIVERED, YES, CONFIRMED, GIVE, DELIVERED])[1] == ANSWERED


# Orders, preservation, flags

def test_a_judge_allows_the_order_before_it_goes_out():
    steps, word = play(production_order.case, [DONE, NO])
    assert (word, steps[-1]) == (NOT_PURSUED, Decide("issuing_judge", "allow_order"))


def test_the_provider_has_ten_days_and_a_faulty_form_stops_the_clock():
    assert play(production_order.ordered, [DELIVERED, ANSWERED])[0][1] == Due("production_limit",
                                                                              production_order.produced)
    steps, _ = play(production_order.produced, [DONE, YES, DONE, ANSWERED, DELIVERED])
    assert Paused(production_order.mended) in steps
    limits = [(limit.time, limit.when) for limit in production_order.CLOCKS["production_limit"].limits]
    assert limits == [("8 h", ("urgent",)), ("10 calendar days", ())]


def test_a_provider_may_be_forbidden_and_its_state_object():
    steps, word = play(production_order.found_and_weighed, [HIT, CONFIRMED, REFUSE])
    assert (word, steps[-1]) == (REFUSED, Review("provider", "produced", task="weigh_order"))
    assert play(production_order.found_and_weighed, [HIT, CONFIRMED, GIVE, YES, REFUSED])[1] == REFUSED
    for silence in (DONE, EXPIRED, LOST):
        assert play(production_order.found_and_weighed, [HIT, CONFIRMED, GIVE, YES, silence, DONE])[1] == ANSWERED


def test_data_are_kept_by_their_holder_and_only_a_number_goes_back():
    steps, word = play(budapest_preserve.kept, [HIT, CONFIRMED, GIVE, DONE])
    assert (word, steps[-1]) == (ANSWERED, Work("owner", "order_to_keep"))
    assert play(budapest_preserve.kept, [HIT, REJECTED])[1] == NOTHING_HELD
    assert set(budapest_preserve.CONTENTS["preserved"].fields) == {"case_number", "authority"}


def test_on_a_flagged_alert_nothing_is_done_and_nobody_told():
    steps, word = play(shared_database.case, [DELIVERED, HIT, DELIVERED, CONFIRMED, YES])
    assert word == REFUSED
    assert not any(isinstance(step, ForEach) for step in steps)


def test_nobody_asked_is_no_answer():
    assert play(_intersection.case, [DONE, NOBODY, DONE], BY_ONE)[1] == NOBODY
    assert set(_known_first.BEST) == {ANSWERED, REFUSED, NOTHING_HELD, LOST}
