"""Mistakes planted in the compiled engine's own functions, run as plain Python (the compiler switched off).

Not collected by name: `test_planted_in_compiled.py` runs it in a process of its own. Each mistake, one for each engine
rule the kernel decides, is caught by a hand-made world or, where none shows it, by random ones.
"""

import random
from functools import partial

import engine_worlds
import numpy as np
import pytest
import test_rules_answers as answers
import test_rules_clocks as clocks
import test_rules_frames as frames
import test_rules_luck as luck
import test_rules_order as order
import test_rules_questions as questions
import test_rules_reach as reach

from sim.engines.compiled import answers as effects
from sim.engines.compiled import clocks as timing
from sim.engines.compiled import desks as stations
from sim.engines.compiled import facts, instructions, kernel
from sim.engines.compiled import frames as running
from sim.engines.compiled import layout as at

# Interpreted, the wrap of 64-bit products is warned of; it is meant.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered")


def anywhere(seeds=range(40)):
    """Some of these random worlds."""
    for seed in seeds:
        found = engine_worlds.made(random.Random(seed))
        assert engine_worlds.differ(found) is None


def everywhere(patch, name, made):
    """Replace a function in every module of the kernel that imported it."""
    for module in (effects, timing, stations, facts, running, instructions, kernel):
        if hasattr(module, name):
            patch.setattr(module, name, made(getattr(module, name)))


def changed(name, made):
    return lambda patch: everywhere(patch, name, made)


def ranks(**kinds):
    def plant(patch):
        for module in (timing, stations, running, instructions, kernel):
            for name, value in kinds.items():
                if hasattr(module, name):
                    patch.setattr(module, name, value)
    return plant


def all_hand_out(hand_out):
    def made(desk, run, tables, frames, desks, heap, soon):
        for each in range(0, len(desks), at.DESK_WIDTH):
            hand_out(each, run, tables, frames, desks, heap, soon)
    return made


def last_come_first_served(join):
    def made(frame, desk, priority, now, frames, desks):
        join(frame, desk, priority, now, frames, desks)
        first = desks[desk + at.HEADS + priority]
        if first != frame:
            stations.unlink(frame, desk, frames, desks)
            frames[frame + at.AHEAD], frames[frame + at.BEHIND] = -1, first
            frames[first + at.AHEAD] = desks[desk + at.HEADS + priority] = frame
            desks[desk + at.WAITS] += 1
    return made


def one_class(join):
    return lambda frame, desk, priority, now, frames, desks: join(frame, desk, 0, now, frames, desks)


def in_order_of_coming(join):
    """The queue of one tick in the order of events, not of (case, serial)."""
    def made(frame, desk, priority, now, frames, desks):
        tail = desks[desk + at.TAILS + priority]
        kept = [(row, frames[row + at.QUEUED]) for row in ([tail] if tail >= 0 else [])]
        for row, _ in kept:
            frames[row + at.QUEUED] = -1
        join(frame, desk, priority, now, frames, desks)
        for row, queued in kept:
            frames[row + at.QUEUED] = queued
    return made


def stale_is_taken(expired):
    def made(frame, event, run, tables, frames, *rest):
        frames[frame + at.DUE_AT] = min(frames[frame + at.DUE_AT], run[at.NOW])
        frames[frame + at.OVER] = frames[frame + at.STOPS] = 0
        return expired(frame, event, run, tables, frames, *rest)
    return made


def freed_at_once(let_go):
    def made(frame, run, frames):
        frames[frame + at.HOLDS] = 1
        let_go(frame, run, frames)
    return made


def without_orphans(finish):
    """A clerk of the abandoned is free at once."""
    def made(frame, word, run, tables, frames, *rest):
        if word == running.RECALLED_WORD and frames[frame + at.JOB] == at.IN_SERVICE:
            frames[frame + at.JOB] = at.PASSING_TIME
        finish(frame, word, run, tables, frames, *rest)
    return made


def begins_again(luck_):
    def made(frame, stream, counter, run, tables, frames, cases):
        word = frames[frame + at.LEG] + tables[at.LUCK_AT] + (counter >> 2)
        frames[word] = 0
        return luck_(frame, stream, counter, run, tables, frames, cases)
    return made


def at_the_beginning(reviewed):
    """The law of the tick in which the step was queued."""
    def made(frame, row, run, tables, law, frames, cases, pool):
        now, run[at.NOW], run[at.EPOCH] = run[at.NOW], frames[frame + at.QUEUED], 0
        found = reviewed(frame, row, run, tables, law, frames, cases, pool)
        run[at.NOW], run[at.EPOCH] = now, 0
        return found
    return made


def present_when_begun(best_held):
    def made(frame, row, run, tables, frames, *rest):
        now, run[at.NOW] = run[at.NOW], frames[frame + at.BEGAN]
        found = best_held(frame, row, run, tables, frames, *rest)
        run[at.NOW] = now
        return found
    return made


def stores_as_they_stand(best_copied):
    def made(frame, row, run, *rest):
        run[at.NOW] += 1
        found = best_copied(frame, row, run, *rest)
        run[at.NOW] -= 1
        return found
    return made


def without_order(next_place):
    def made(parent, tables, frames, cases, pool, stores):
        case = frames[parent + at.CASE_ROW]
        first, last = cases[case + at.ADDRESSED_FROM], cases[case + at.ADDRESSED_TO]
        pool[first:last] = np.sort(pool[first:last])
        return next_place(parent, tables, frames, cases, pool, stores)
    return made


def nothing(function):
    return lambda *arguments: None


def of_this_tick(open_book):
    def made(frame, run, *rest):
        open_book(frame, run, *rest)
        rest[1][frame + at.ASKED_AT] += 1
    return made


def book_of_first_protocol(open_book):
    def made(frame, run, tables, frames, cases, pool):
        case = frames[frame + at.CASE_ROW]
        kept, cases[case + at.CASE_PROTOCOL] = cases[case + at.CASE_PROTOCOL], 0
        open_book(frame, run, tables, frames, cases, pool)
        cases[case + at.CASE_PROTOCOL] = kept
    return made


def without_holder(open_book):
    def made(frame, run, tables, frames, *rest):
        open_book(frame, run, tables, frames, *rest)
        frames[frame + at.HELD_AT] = -1
    return made


def followed_on(next_place):
    """Whoever has received it by the time it would be asked."""
    def made(parent, tables, frames, cases, pool, stores):
        frames[parent + at.ASKED_AT] = at.NEVER
        return next_place(parent, tables, frames, cases, pool, stores)
    return made


def of_all_days(granted):
    def made(frame, row, run, tables, frames, stores):
        now, run[at.NOW] = run[at.NOW], 0
        found = granted(frame, row, run, tables, frames, stores)
        run[at.NOW] = now
        return found
    return made


def of_all_takers(granted):
    def made(frame, row, run, tables, frames, stores):
        taker, tables[row + at.TO] = tables[row + at.TO], tables[row + at.PARTY]
        found = granted(frame, row, run, tables, frames, stores)
        tables[row + at.TO] = taker
        return found
    return made


def next_time_only(opens, closes, now):
    later = opens[opens > now]
    return int(later[0]) if len(later) else at.NEVER


def at_the_opener(batch):
    def made(frame, row, run, tables, *rest):
        party, tables[row + at.PARTY] = tables[row + at.PARTY], -1
        batch(frame, row, run, tables, *rest)
        tables[row + at.PARTY] = party
    return made


RULES = {
    "20: recipients of this very tick": (
        changed("open_book", of_this_tick),
        partial(reach.test_what_was_sent_earlier_in_this_very_tick_does_not_count, 0, [])),
    "20: recipients of another protocol": (
        changed("open_book", book_of_first_protocol), reach.test_each_protocol_knows_its_own_recipients),
    "20: the holder among the recipients": (
        changed("open_book", without_holder), reach.test_the_holder_is_no_recipient_of_its_own_record),
    "20: recipients that came later": (
        changed("next_place", followed_on), reach.test_one_by_one_they_are_those_of_the_beginning),
    "20: nobody is entered in the book": (
        changed("sent", nothing),
        partial(reach.test_recipients_are_those_to_whom_something_was_sent_before_this_tick, 0, 1, [(1, 0)])),
    "41: what was sent before the start is forgotten": (
        lambda patch: patch.setattr("sim.engines.compiled.state._send", nothing(None)),
        reach.test_rule_41_who_was_sent_something_before_the_start_is_a_recipient),
    "41: what was laid before the start is forgotten": (
        lambda patch: patch.setattr("sim.engines.compiled.state._lay", nothing(None)),
        partial(reach.test_rule_41_copies_pushed_to_every_member_lie_there_at_the_start, True, "alerts",
                "answered")),
    "46: a quota for all days": (
        changed("granted", of_all_days), questions.test_rule_46_a_quota_is_used_up_in_the_order_of_the_cases),
    "46: a quota for all takers": (
        changed("granted", of_all_takers), questions.test_rule_46_each_giver_and_each_taker_has_a_quota_of_its_own),
    "46: now is not included": (
        lambda patch: patch.setattr(instructions.calendars, "next_opening", next_time_only),
        partial(questions.test_rule_46_a_batch_waits_for_the_next_opening_now_included, 3, 3)),
    "46: the window of the opener": (
        changed("batch", at_the_opener),
        partial(questions.test_rule_46_the_window_is_that_of_the_party_s_place, "responder", 0)),
    "42: the truth is drawn": (
        lambda patch: patch.setattr(effects, "ABOUT_CASE", at.RECALLED),
        partial(anywhere, range(60))),
    "35: nothing is ever owed": (
        changed("owes", lambda owes: lambda frame, duty, tables, frames: False),
        partial(questions.test_a_duty_is_owed_where_the_last_review_came_with_it, ("judge",), "answered")),
    "35: duties in another order": (
        changed("owes", lambda owes: lambda frame, duty, tables, frames: owes(frame, duty + 1, tables, frames)),
        partial(questions.test_a_duty_is_owed_where_the_last_review_came_with_it, ("judge",), "answered")),
    "1, 18: the parent wakes before other frames of the tick": (
        ranks(JOIN=0), frames.test_rule_18_legs_that_end_in_the_deciding_tick_count),
    "2: hand-outs before joins": (
        ranks(JOIN=3, HAND_OUT=2),
        order.test_rule_2_a_woken_parent_is_in_the_queue_before_anything_is_handed_out),
    "3: all stations hand out at once": (
        changed("hand_out", all_hand_out),
        order.test_rule_3_what_one_station_makes_ready_comes_before_the_next_hands_out),
    "4: last come, first served": (
        changed("join", last_come_first_served),
        order.test_rule_4_the_queue_goes_by_class_then_tick_of_joining_then_case),
    "4: ties in order of events": (changed("join", in_order_of_coming), partial(anywhere, range(200))),
    "5: frames numbered from one": (
        lambda patch: everywhere(patch, "new_frame", lambda new: numbered_from_one(new)),
        order.test_rule_5_frames_are_numbered_in_the_order_of_their_creation),
    "7: stale deadlines fire": (
        changed("expired", stale_is_taken), order.test_rule_7_the_deadline_of_an_earlier_race_is_stale),
    "8: a row is freed while its event is pending": (changed("let_go", freed_at_once), partial(anywhere, range(60))),
    "9: the horizon is left out": (
        lambda patch: patch.setattr(kernel, "simulate", ends_a_tick_early(kernel.simulate)) or patch.setattr(
            "sim.engines.compiled.engine.simulate", ends_a_tick_early(kernel.simulate)),
        partial(order.test_rule_9_an_event_at_the_horizon_happens_and_a_later_one_does_not, 22, 24)),
    "17: one by one asks all": (
        ranks(ONE_BY_ONE=99), partial(anywhere, range(60))),
    "19: the audience by number": (
        changed("next_place", without_order), frames.test_rule_19_legs_start_in_the_order_of_the_audience),
    "21, 28: recalled legs run on": (ranks(RECALLED=at.ON_NOBODY), partial(anywhere, range(60))),
    "24, 25: the first limit whatever the facts": (
        changed("limit_of", lambda found: lambda frame, clock, run, tables, *rest: tables[
            tables[at.CLOCKS] + clock * at.CLOCK_WIDTH + at.LIMITS]),
        partial(anywhere, range(60))),
    "26: days counted at the opener": (
        changed("place_of", lambda found: lambda frame, clock, tables, frames, cases: cases[
            frames[frame + at.CASE_ROW] + at.CASE_OPENER]),
        partial(anywhere, range(60))),
    "27: deadlines first": (
        ranks(DEADLINE=0), partial(clocks.test_rule_27_on_a_tie_the_work_wins, "1 h", clocks.one_hour, "done")),
    "27: inner deadlines first": (
        changed("rank", lambda rank: lambda kind, depth, case, serial: rank(
            kind, 255 - depth if kind == at.DEADLINE else depth, case, serial)),
        clocks.test_rule_27_outer_deadlines_precede_inner_ones),
    "29: the abandoned stay in the queue": (
        changed("leave", nothing), clocks.test_rule_29_abandoned_in_a_queue_it_leaves_in_that_tick),
    "29: a clerk of the abandoned is free at once": (
        changed("finish", without_orphans),
        clocks.test_rule_29_abandoned_in_service_the_clerk_works_to_the_planned_end_and_nothing_follows),
    "30: stopped clocks run on": (
        changed("prolonged", lambda found: lambda clock, run, tables, frames: frames[clock + at.DUE_AT]),
        clocks.test_rule_30_a_paused_clock_ends_later_by_each_stop),
    "31: a recalled frame goes on pausing": (
        changed("go_on", nothing),
        partial(clocks.test_rule_31_a_pause_ends_when_its_frame_is_recalled_or_cut_loose, "recalled", 5)),
    "32: a frame cut loose keeps its ancestors": (
        changed("cut_loose", nothing),
        clocks.test_rule_32_what_was_cut_loose_no_longer_has_the_clocks_of_its_ancestors),
    "34: a search answers when its frame began": (
        changed("best_held", present_when_begun),
        partial(answers.test_rule_34_and_37_a_search_finds_what_is_held_in_the_tick_it_ends, 1, 2**63 - 1, "answered")),
    "35: the law of the tick a review was queued": (
        changed("reviewed", at_the_beginning),
        partial(questions.test_the_last_review_decides_and_scopes_share_it, 1, "nothing_held")),
    "40: stores seen as they stand": (
        changed("best_copied", stores_as_they_stand),
        partial(answers.test_rule_40_a_search_sees_the_stores_as_they_stood_before_its_tick, 0, "nothing_held")),
    "44: a lost message arrives": (
        lambda patch: patch.setattr(kernel, "LOST_ON_ITS_WAY", 99),
        answers.test_rule_44_a_message_lost_for_good_ends_its_frame_after_the_retries_and_discloses_nothing),
    "48: classes ignored": (
        changed("join", one_class), answers.test_rule_48_a_better_class_goes_first_and_never_interrupts),
    "56: the same luck again": (
        changed("luck", begins_again), answers.test_rule_43_a_chance_is_drawn_anew_within_a_leg),
    "58: one luck for all legs": (
        changed("leg_key", lambda key: lambda parent, place, again: 1),
        luck.test_rule_58_a_leg_has_the_luck_of_its_path),
}


def numbered_from_one(new_frame):
    def made(case, parent, run, tables, frames, cases):
        cases[case + at.NEXT_SERIAL] += cases[case + at.NEXT_SERIAL] == 1
        return new_frame(case, parent, run, tables, frames, cases)
    return made


def ends_a_tick_early(simulate):
    def made(run, *rest):
        run[at.END] -= 1
        code = simulate(run, *rest)
        run[at.END] += 1
        return code
    return made


@pytest.mark.parametrize("rule", RULES)
def test_a_planted_error_is_caught(rule, monkeypatch):
    plant, test = RULES[rule]
    if getattr(test, "func", test) is not anywhere:     # random worlds without a mistake: the test below
        test()
    plant(monkeypatch)
    with pytest.raises(Exception) as caught:  # noqa: PT011  (an assertion, or a kernel that reads beyond its arrays)
        test()
    assert not isinstance(caught.value, NameError | TypeError | AttributeError), "the plant itself is broken"


@pytest.mark.parametrize("first", range(0, 120, 20))
def test_interpreted_the_kernel_does_the_same(first):
    anywhere(range(first, first + 20))
