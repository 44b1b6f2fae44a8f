"""Every engine rule has a hand-made world that shows it, or a reason for none. `sim/README.md` explains the rules' use.

The worlds stand in test_rules_*.py; what is no matter of an engine is shown elsewhere in the suite.
"""

import ast
from pathlib import Path

import pytest

ORDER, FRAMES, CLOCKS = "test_rules_order.py::", "test_rules_frames.py::", "test_rules_clocks.py::"
ANSWERS, LUCK, NONE = "test_rules_answers.py::", "test_rules_luck.py::", "no world: "
REFUSALS, PROGRAMS = "test_script_refusals.py::", "test_programs.py::"
QUESTIONS = "test_rules_questions.py::"

RULES = {
    1: ORDER + "test_rule_1_a_child_and_its_parent_move_by_events_of_their_own",
    2: ORDER + "test_rule_2_a_woken_parent_is_in_the_queue_before_anything_is_handed_out",
    3: ORDER + "test_rule_3_what_one_station_makes_ready_comes_before_the_next_hands_out",
    4: ORDER + "test_rule_4_the_queue_goes_by_class_then_tick_of_joining_then_case",
    5: ORDER + "test_rule_5_frames_are_numbered_in_the_order_of_their_creation",
    6: ORDER + "test_rule_6_ranks_fit_their_field_and_more_frames_than_fit_are_an_error",
    7: ORDER + "test_rule_7_the_deadline_of_an_earlier_race_is_stale",
    8: NONE + "on the memory of an engine that recycles its frames; the reference engine makes each anew",
    9: ORDER + "test_rule_9_an_event_at_the_horizon_happens_and_a_later_one_does_not",
    10: ORDER + "test_rule_10_a_duration_is_the_floor_of_the_draw_made_when_the_instruction_begins",
    11: FRAMES + "test_rule_11_every_running_script_is_a_frame_with_a_row",
    12: FRAMES + "test_rule_12_each_role_stands_where_its_side_stands",
    13: REFUSALS + "test_a_script_that_forks_itself_is_refused_by_name",
    14: PROGRAMS + "test_within_may_expire_and_for_each_may_find_nobody",
    15: FRAMES + "test_rule_15_the_best_word_by_the_scripts_own_ranking_wins",
    16: FRAMES + "test_rule_16_an_empty_audience_answers_nobody_in_the_same_tick",
    17: FRAMES + "test_rule_17_a_parent_waits_for_all_the_first_or_one_after_the_other",
    18: FRAMES + "test_rule_18_legs_that_end_in_the_deciding_tick_count",
    19: FRAMES + "test_rule_19_legs_start_in_the_order_of_the_audience",
    20: FRAMES + "test_rule_20_the_audience_is_a_name_of_the_case_the_protocol_or_the_scenario",
    21: FRAMES + "test_rule_21_legs_nobody_waits_for_run_on_or_are_recalled",
    22: FRAMES + "test_rule_22_a_case_is_closed_once_and_its_legs_may_run_on",
    23: CLOCKS + "test_rule_23_due_measures_and_never_cuts",
    24: CLOCKS + "test_rule_24_the_clock_starts_in_the_tick_the_instruction_begins",
    25: CLOCKS + "test_rule_25_the_length_of_a_clock_hangs_on_the_facts",
    26: CLOCKS + "test_rule_26_days_are_counted_at_the_party_of_the_clock",
    27: CLOCKS + "test_rule_27_on_a_tie_the_work_wins",
    28: CLOCKS + "test_rule_28_an_expired_scope_runs_on_or_is_recalled",
    29: CLOCKS + "test_rule_29_abandoned_in_service_the_clerk_works_to_the_planned_end_and_nothing_follows",
    30: CLOCKS + "test_rule_30_overlapping_pauses_stop_the_clock_once_until_the_last_ends",
    31: CLOCKS + "test_rule_31_a_pause_ends_when_its_frame_is_recalled_or_cut_loose",
    32: CLOCKS + "test_rule_32_what_was_cut_loose_no_longer_has_the_clocks_of_its_ancestors",
    33: REFUSALS + "test_a_script_that_reads_the_clock_is_refused",
    34: ANSWERS + "test_rule_34_and_37_a_search_finds_what_is_held_in_the_tick_it_ends",
    35: ANSWERS + "test_rule_34_and_35_a_review_knows_the_law_of_the_tick_it_ends",
    36: ANSWERS + "test_rule_36_a_disclosure_is_judged_by_the_law_of_the_tick_its_send_began",
    37: ANSWERS + "test_rule_37_the_best_candidate_that_is_present_decides",
    38: "test_script_arrivals.py::test_a_search_before_anything_arrived_is_refused",
    39: ANSWERS + "test_rule_39_a_leg_holds_what_its_last_search_found",
    40: ANSWERS + "test_rule_40_a_search_sees_the_stores_as_they_stood_before_its_tick",
    41: ANSWERS + "test_rule_41_copies_of_before_the_start_lie_in_the_stores_of_members",
    42: ANSWERS + "test_rules_42_and_43_a_fact_of_a_partner_stays_and_a_chance_is_drawn_anew",
    43: ANSWERS + "test_rule_43_a_chance_is_drawn_anew_within_a_leg",
    44: ANSWERS + "test_rule_44_a_message_lost_for_good_ends_its_frame_after_the_retries_and_discloses_nothing",
    45: ANSWERS + "test_rule_45_an_intermediary_adds_a_link_and_what_it_can_read_it_learns",
    46: QUESTIONS + "test_rule_46_a_quota_is_used_up_in_the_order_of_the_cases",
    47: ANSWERS + "test_rule_47_a_machine_never_queues_and_a_desk_does",
    48: ANSWERS + "test_rule_48_a_better_class_goes_first_and_never_interrupts",
    49: ANSWERS + "test_rule_49_a_record_event_runs_the_record_script_and_is_no_case_of_a_need",
    50: FRAMES + "test_rule_50_close_ends_the_matter_for_the_requester_and_the_script_goes_on",
    51: LUCK + "test_rule_51_a_live_script_that_leaves_its_table_is_refused",
    52: REFUSALS + "test_a_script_with_memory_is_refused",
    53: REFUSALS + "test_too_many_paths_are_refused_with_do_as_remedy",
    54: NONE + "on how the tracer is written: answers are plain words; test_programs.py tests what it makes of them",
    55: REFUSALS + "test_a_script_that_ends_otherwise_when_run_again_is_refused",
    56: LUCK + "test_rule_56_answers_go_by_the_order_in_which_a_leg_began_and_not_ended",
    57: LUCK + "test_rule_57_the_same_words_of_another_script_have_the_same_luck",
    58: "test_engine_properties.py::test_a_further_jurisdiction_that_does_nothing_changes_nobodys_luck",
    59: LUCK + "test_rule_59_a_leg_that_begins_one_thing_too_often_is_refused",
    60: "test_draws.py::test_integer_interpolation_is_exact",
    61: LUCK + "test_rule_61_rows_are_written_by_case_serial_and_step_whatever_the_order_of_events",
    62: NONE + "who marks a request as urgent reacts to declared times; nothing reacts to measured ones",
}


def shown_in(file):
    tree = ast.parse((Path(__file__).parent / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_rule_has_a_world_or_a_reason():
    assert list(RULES) == list(range(1, 63))
    assert [rule for rule, shown in RULES.items() if shown.startswith(NONE)] == [8, 54, 62]


@pytest.mark.parametrize("rule", RULES)
def test_the_test_that_shows_a_rule_exists(rule):
    if not RULES[rule].startswith(NONE):
        file, name = RULES[rule].split("::")
        assert name in shown_in(file)
