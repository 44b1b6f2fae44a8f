"""The tests of the engine can fail: each mistake planted here, one at a time, is caught by the test named beside it."""

from dataclasses import replace
from functools import partial

import pytest
import test_closed_forms as closed_forms
import test_rules_answers as answers
import test_rules_clocks as clocks
import test_rules_frames as frames
import test_rules_luck as luck
import test_rules_order as order
import test_rules_questions as questions
import test_rules_reach as reach
import worlds

from sim.engines import instructions, reference
from sim.engines.copies import Copies
from sim.engines.reference import Run, rank
from sim.engines.stations import Desk

join, hand_out, call = Desk.join, Run._hand_out, Run._call_hand_out


def ranks(patch, **kinds):
    for name, value in kinds.items():
        patch.setattr(reference, name, value)
    patch.setattr(instructions, "READY", kinds.get("READY", 1))


def last_come_first_served(desk, job, priority):
    queued, job.queued = job.queued, -job.queued
    join(desk, job, priority)
    job.queued = queued


def all_stations_at_once(run, desk):
    for each in run.desks:
        hand_out(run, each)


def stale_deadline_taken(run, clock, due):
    clock.due, clock.over = due, False
    current = next((frame for frame in run.live.values() if frame.clock is not None), None)
    if current is not None:
        run_deadline(run, current.clock, current.clock.due)


run_deadline = Run._deadline


def pause_not_counted(run, frame, clock):
    frame.stopped, clock.stops, clock.stopped_at = clock, 1, run.now


def clerk_freed_at_once(run, frame):
    if frame.job is not None and frame.job.began >= 0:
        frame.job.station.busy -= 1
        call(run, frame.job.station)
    abandon(run, frame)


abandon = Run.abandon


def lost_is_delivered(run, frame, lost):
    arrived(run, frame, False)


arrived = Run.arrived


def sorted_audience(run, frame, among):
    return tuple(sorted(audience_of(run, frame, among)))


audience_of = instructions.audience_of


def seen_at_once(copies, protocol, place, record, version, tick):
    return holds(copies, protocol, place, record, version, tick + 1)


holds = Copies.holds


def only_the_first_luck(run, frame, stream):
    frame.leg.luck.clear()
    return run_luck(run, frame, stream)


run_luck = Run.luck


def horizon_left_out(run, tick, order_, act):
    if tick < run.world.end:
        at(run, tick, order_, act)


at = Run.at


def found_when_it_begins(run, frame, row, bits):
    now, run.now = run.now, frame.began
    answer = match(run, frame, row, bits)
    run.now = now
    return answer


match = instructions.EFFECT[instructions.Match]


def inner_first(kind, depth, case, serial):
    return rank(kind, 255 - depth if kind == reference.DEADLINE else depth, case, serial)


def unpaused_at_night(opens, closes, open_before, begin, work):
    return begin + work


def received_at_once(copies, protocol, place, record, tick):
    return was_sent(copies, protocol, place, record, tick + 1)


was_sent = Copies.was_sent


def received_by_all_protocols(copies, protocol, place, record, tick):
    return was_sent(copies, 0, place, record, tick) or was_sent(copies, 1, place, record, tick)


def lost_ones_too(run, frame, row):
    number = run.world.networks["net"]
    for place in range(len(run.world.places)):
        run.copies.sent(row.protocol, place, 0, run.now) if number.loss else None
    return send(run, frame, row)


send = instructions.PERFORM[instructions.Send]


def not_of_the_day(run, frame, row):
    given = row.instruction
    spent = run.spent = getattr(run, "spent", {})
    key = given.name, frame.places[given.giver], frame.places[given.taker]
    spent[key] = spent.get(key, 0) + 1
    return "granted" if spent[key] <= run.world.scenario.quota[given.name].per_day.value else "used_up"


def day_of_the_taker(run, frame, row):
    given = row.instruction
    there = frame.places[given.taker]
    days, kept = list(run.world.days), run.world
    days[frame.places[given.giver]] = days[there]
    run.world = replace(kept, days=tuple(days))
    answer = quota(run, frame, row)
    run.world = kept
    return answer


quota = instructions.PERFORM[instructions.Quota]


def next_time_only(opens, closes, now):
    later = opens[opens > now]
    return int(later[0]) if len(later) else reference_never


reference_never = 2**63 - 1


def by_the_share(run, frame, row, bits):
    return decide(run, frame, replaced(row), bits)


def replaced(row):
    return replace(row, instruction=replace(row.instruction, about=""))


decide = instructions.EFFECT[instructions.Decide]


def first_review_only(run, frame, row, bits):
    ruling = frame.leg.ruling
    answer = review(run, frame, row, bits)
    frame.leg.ruling = ruling if ruling >= 0 else frame.leg.ruling
    return answer


review = instructions.EFFECT[instructions.Review]


def of_the_case(run, frame):
    found, frame.leg.found = frame.leg.found, None
    places = recipients_of(run, frame)
    frame.leg.found = found
    return places


recipients_of = instructions.recipients_of


def with_the_holder(run, frame):
    record = frame.case.row.record
    return tuple(place for place in frame.case.members if run.copies.was_sent(frame.case.protocol, place, record,
                                                                              run.now))


def alerts_only(records, which):
    return records["alert"]


def legs_lay_nothing(walk, among):
    return []


PLANTED = {
    "recipients of this very tick": (
        lambda patch: patch.setattr(Copies, "was_sent", received_at_once),
        partial(reach.test_what_was_sent_earlier_in_this_very_tick_does_not_count, 0, [])),
    "recipients of any protocol": (
        lambda patch: patch.setattr(Copies, "was_sent", received_by_all_protocols),
        reach.test_each_protocol_knows_its_own_recipients),
    "who was sent what was lost": (
        lambda patch: patch.setitem(instructions.PERFORM, instructions.Send, lost_ones_too),
        reach.test_a_lost_message_makes_no_recipient),
    "recipients of the event's record only": (
        lambda patch: patch.setattr(instructions, "recipients_of", of_the_case),
        reach.test_in_a_case_they_are_those_of_the_record_found),
    "the holder among the recipients": (
        lambda patch: patch.setattr(instructions, "recipients_of", with_the_holder),
        reach.test_the_holder_is_no_recipient_of_its_own_record),
    "a quota for all days": (
        lambda patch: patch.setitem(instructions.PERFORM, instructions.Quota, not_of_the_day),
        questions.test_rule_46_a_quota_is_used_up_in_the_order_of_the_cases),
    "a quota by the taker's day": (
        lambda patch: patch.setitem(instructions.PERFORM, instructions.Quota, day_of_the_taker),
        partial(questions.test_rule_46_the_day_is_the_giver_s, "responder", ["answered", "refused", "answered"])),
    "a batch that is running is missed": (
        lambda patch: patch.setattr(instructions.calendars, "next_opening", next_time_only),
        partial(questions.test_rule_46_a_batch_waits_for_the_next_opening_now_included, 3, 3)),
    "the share decides who is genuine": (
        lambda patch: patch.setitem(instructions.EFFECT, instructions.Decide, by_the_share),
        partial(questions.test_whether_the_asker_is_genuine_is_decided_with_error_of_both_kinds, 0, "0 %", "0 %",
                "answered")),
    "the first review decides what is owed": (
        lambda patch: patch.setitem(instructions.EFFECT, instructions.Review, first_review_only),
        partial(questions.test_the_last_review_decides_and_scopes_share_it, 1, "nothing_held")),
    "copies of alerts only": (
        lambda patch: patch.setattr("sim.engines.copies.followed", alerts_only),
        partial(reach.test_rule_41_copies_pushed_to_every_member_lie_there_at_the_start, False, "all",
                "answered")),
    "nothing is pushed before the start": (
        lambda patch: patch.setattr("sim.cases.before_start._Walk._audience", legs_lay_nothing),
        partial(reach.test_rule_41_copies_pushed_to_every_member_lie_there_at_the_start, True, "alerts",
                "answered")),
    "JOIN after HAND_OUT": (
        partial(ranks, JOIN=3, HAND_OUT=2),
        order.test_rule_2_a_woken_parent_is_in_the_queue_before_anything_is_handed_out),
    "JOIN before READY": (
        partial(ranks, JOIN=1, READY=2), frames.test_rule_18_legs_that_end_in_the_deciding_tick_count),
    "deadlines first in a tick": (
        partial(ranks, DEADLINE=-1),
        partial(clocks.test_rule_27_on_a_tie_the_work_wins, "1 h", clocks.one_hour, "done")),
    "inner deadlines first": (
        lambda patch: patch.setattr(reference, "rank", inner_first),
        clocks.test_rule_27_outer_deadlines_precede_inner_ones),
    "all stations hand out at once": (
        lambda patch: patch.setattr(Run, "_hand_out", all_stations_at_once),
        order.test_rule_3_what_one_station_makes_ready_comes_before_the_next_hands_out),
    "last come, first served": (
        lambda patch: patch.setattr(Desk, "join", last_come_first_served),
        order.test_rule_4_the_queue_goes_by_class_then_tick_of_joining_then_case),
    "classes ignored": (
        lambda patch: patch.setattr(Desk, "join", lambda desk, job, priority: join(desk, job, 0)),
        answers.test_rule_48_a_better_class_goes_first_and_never_interrupts),
    "stale deadlines fire": (
        lambda patch: patch.setattr(Run, "_deadline", stale_deadline_taken),
        order.test_rule_7_the_deadline_of_an_earlier_race_is_stale),
    "the horizon is left out": (
        lambda patch: patch.setattr(Run, "at", horizon_left_out),
        partial(order.test_rule_9_an_event_at_the_horizon_happens_and_a_later_one_does_not, 22, 24)),
    "stopped clocks run on": (
        lambda patch: patch.setattr(reference.calendars, "prolong", lambda calendar, period, due, *rest: due),
        clocks.test_rule_30_a_paused_clock_ends_later_by_each_stop),
    "the first pause that ends starts the clock": (
        lambda patch: patch.setattr(Run, "stop", pause_not_counted),
        clocks.test_rule_30_overlapping_pauses_stop_the_clock_once_until_the_last_ends),
    "a frame cut loose keeps its ancestors": (
        lambda patch: patch.setattr(Run, "_cut_loose", lambda run, child: None),
        clocks.test_rule_32_what_was_cut_loose_no_longer_has_the_clocks_of_its_ancestors),
    "a recalled frame goes on pausing": (
        lambda patch: patch.setattr(Run, "_go_on", lambda run, frame: None),
        partial(clocks.test_rule_31_a_pause_ends_when_its_frame_is_recalled_or_cut_loose, "recalled", 5)),
    "the abandoned stay in the queue": (
        lambda patch: patch.setattr(Desk, "leave", lambda desk, job: None),
        clocks.test_rule_29_abandoned_in_a_queue_it_leaves_in_that_tick),
    "a clerk of the abandoned is free at once": (
        lambda patch: patch.setattr(Run, "abandon", clerk_freed_at_once),
        clocks.test_rule_29_abandoned_in_service_the_clerk_works_to_the_planned_end_and_nothing_follows),
    "a lost message is delivered": (
        lambda patch: patch.setattr(Run, "arrived", lost_is_delivered),
        answers.test_rule_44_a_message_lost_for_good_ends_its_frame_after_the_retries_and_discloses_nothing),
    "the audience by alphabet": (
        lambda patch: patch.setattr(instructions, "audience_of", sorted_audience),
        frames.test_rule_19_legs_start_in_the_order_of_the_audience),
    "stores seen as they stand": (
        lambda patch: patch.setattr(Copies, "holds", seen_at_once),
        partial(answers.test_rule_40_a_search_sees_the_stores_as_they_stood_before_its_tick, 0, "nothing_held")),
    "a search answers when it begins": (
        lambda patch: patch.setitem(instructions.EFFECT, instructions.Match, found_when_it_begins),
        partial(answers.test_rule_34_and_37_a_search_finds_what_is_held_in_the_tick_it_ends, 1, 2**63 - 1, "answered")),
    "the same luck again and again": (
        lambda patch: patch.setattr(Run, "luck", only_the_first_luck),
        answers.test_rule_43_a_chance_is_drawn_anew_within_a_leg),
    "one luck for all legs": (
        lambda patch: patch.setattr(instructions.draws, "leg_key", lambda parent, place, round: 1),
        luck.test_rule_58_a_leg_has_the_luck_of_its_path),
    "classes ignored, in the long run": (
        lambda patch: patch.setattr(Desk, "join", lambda desk, job, priority: join(desk, job, 0)),
        closed_forms.test_two_classes_wait_as_cobham_says),
    "work goes on while the desk is shut": (
        lambda patch: patch.setattr("sim.engines.stations.service_end", unpaused_at_night),
        closed_forms.test_arrivals_in_open_hours_only_are_m_m_1_in_open_time),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_is_caught(planted, monkeypatch):
    plant, test = PLANTED[planted]
    # The test itself must see it, not only that the other engine, which has no mistake, writes other rows.
    monkeypatch.setattr(worlds, "demand_equal", lambda specified, ledger: None)
    plant(monkeypatch)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (an assertion, or the books that no longer agree)
        test()
    assert not isinstance(caught.value, NameError | TypeError | AttributeError), "the plant itself is broken"
