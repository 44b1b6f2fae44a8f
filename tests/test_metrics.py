"""Every metric but the outcome and the facts learnt, on runs made by hand, counted on paper."""

from dataclasses import replace

import numpy as np
import pytest
from hand_made import HUB, PERMITTED_BY_LAW, Made, answered, law, value, values, view

from sim.cases import NOT_ASKED
from sim.laws import FREE, MUST_REFUSE, Outcome
from sim.metrics import MEASURES, METRICS, measure, timeliness
from sim.script import BIT, PSEUDONYM, Match, Review, Verify, Work
from sim.units import HOUR

FORBIDS = Outcome(MUST_REFUSE, "no", "harm", FREE)


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
    assert value(made, "uninvolved_persons", "by a hit alone") == 500


def test_a_bit_refers_to_no_uninvolved_person():
    made = Made()
    case, other = made.case(made.need(), "answered", 50), made.record(8, 2)
    made.message(case, 2, 0, "match", version=other, form=BIT)
    assert value(made, "uninvolved_persons") == 0
    made.message(case, 2, 0, "match", version=other, form=PSEUDONYM, step=1)
    assert value(made, "uninvolved_persons") == 1000


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
    within = [value(made, "answered_within", f"ordinary, {hours} h") for hours in (1, 2, 4, 72)]
    assert within == pytest.approx([20, 40, 60, 60])
    assert value(made, "answered_within", "ordinary, 168 h") is None       # longer than the run


def test_a_case_that_opened_late_is_censored_where_the_run_ends():
    """Two opened with 10 h left and still open say nothing of what comes after 10 h."""
    made = Made()
    for word, opened, closed in (("answered", 0, 5), ("answered", 0, 20), ("", 90, -1), ("", 90, -1)):
        made.case(made.need(), word, closed, opened=opened)
    hours, shares = timeliness.waits(view(made))["ordinary"].curve
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
            (limit, 10, "answered", 10), (limit, 10, "answered", 11), (limit, 40, "", -1),    # kept, broken, broken
            (limit, 101, "", -1), (habit, 10, "answered", 30)]):                              # not yet out, no statute
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
    found = [value(made, "against_rules", ruling) for ruling in ("forbidden", "no rule known", "duty broken")]
    assert found == [100, 0, 0]


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
