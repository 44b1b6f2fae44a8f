"""What attackers get and what is altered on the way, on runs made by hand; nothing else may see the attackers."""

from dataclasses import replace

import numpy as np
import pytest
import worlds as w
from hand_made import HUB, Made, answered, classes, nothing_held, value, values
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger import MESSAGES
from sim.metrics import measure
from sim.needs import ABUSIVE, FISHING, FORGED, OTHER
from sim.scenario.attacks import Attack, Marking, Tampering
from sim.script import ANSWERED, NO, PSEUDONYM, REFUSED, YES, Decide, ForEach
from sim.tampering import tampered
from sim.units import DAY, Range

OF_ATTACKERS = ("attack_success", "attack_records", "forged_let_in")


def attack(made, kind=FORGED, arises=1, **columns):
    """By S2, which is no focus."""
    return made.need(attack=kind, counts=False, side=OTHER, opener=2, arises=arises * 3_600_000_000, **columns)


def got(made, need, person=7, place=1, **message):
    case = made.case(need, "answered", 20)
    made.message(case, place, 2, "record", version=made.record(person, place), **message)
    return case


def test_who_got_a_record_and_whose():
    made = Made()
    case = got(made, attack(made))
    made.message(case, 3, 2, "record", version=made.record(9, 3), step=1)
    got(made, attack(made), form=PSEUDONYM)
    got(made, attack(made), lost=True)
    made.case(attack(made, FISHING), "refused", 5)
    got(made, attack(made, arises=49))                 # after the observed window of 48 hours
    answered(made, made.need())
    assert value(made, "attack_success", "forged") == pytest.approx(100 / 3)
    assert value(made, "attack_success", "fishing") == 0
    assert value(made, "attack_success", "abusive") is None
    assert value(made, "attack_success") == 25
    assert value(made, "attack_records") == 50          # two persons by four attacks
    assert value(made, "attack_records", "forged") == pytest.approx(200 / 3)


def test_the_same_person_from_two_places_counts_once_for_each_attack():
    made = Made()
    case = got(made, attack(made))
    made.message(case, 3, 2, "record", version=made.record(7, 3), step=1)
    got(made, attack(made))
    assert value(made, "attack_records") == 100


def test_a_warning_spreads_where_it_comes_to_another_state():
    made = Made()
    for receiver, lost in ((1, False), (HUB, False), (3, True)):
        case = made.case(attack(made, ABUSIVE), "nothing_held", 5)
        made.message(case, 2, receiver, "query", lost=lost)
    assert value(made, "attack_success", "abusive, spread") == pytest.approx(100 / 3)
    assert value(made, "attack_success", "abusive") == 0


def judged(made, need, answer):
    case = made.case(need, "answered", 5)
    made.leg(case, 1, 1, "answered", 1, 5)
    made.step(case, 1, 0, Decide, (YES, NO).index(answer), 1, 1, 2, station=1)
    return case


def with_calls():
    def case(c):
        return (yield ForEach("responder", leg, best=(ANSWERED, REFUSED)))

    def leg(c):
        if (yield Decide("responder", "call_back", about="genuine")) == NO:
            return REFUSED
        return ANSWERED if (yield Decide("responder", "weigh")) == YES else REFUSED

    made = Made()
    made.protocols = (w.protocol(case, tasks={"call_back": w.task(), "weigh": w.task()}),)
    return made


def test_what_a_call_back_lets_in_and_turns_away():
    made = with_calls()
    for answer in (YES, NO, NO, NO):
        judged(made, attack(made), answer)
    for answer in (YES, YES, YES, YES, NO):
        judged(made, made.need(urgent=True), answer)
    judged(made, attack(made, FISHING), YES)
    judged(made, made.need(), NO)
    relevance = next(k for k, row in enumerate(made.protocols[0].case.rows)
                     if getattr(row.instruction, "task", "") == "weigh")
    made.steps[-1] = (*made.steps[-1][:3], relevance, *made.steps[-1][4:])
    assert value(made, "forged_let_in") == 25
    assert value(made, "genuine_turned_away") == 20


def test_no_figure_names_who_attacks():
    made = Made()
    for kind in (FORGED, FISHING, ABUSIVE):
        got(made, attack(made, kind))
    found = [v for v in measure(made.replication()) if v.metric in OF_ATTACKERS]
    assert len(found) > 8
    assert {v.group for v in found} == {""}
    assert {part for v in found for part in v.slice.split(", ")} == {"", "spread", "forged", "fishing", "abusive"}


def test_no_other_metric_sees_an_attacker():
    alone, beside = Made(), Made()
    for made in (alone, beside):
        answered(made, made.need(holders=(1,)))
        nothing_held(made, made.need())
        if made is beside:
            for kind in (FORGED, FISHING, ABUSIVE):
                case = got(made, attack(made, kind, holders=(1,), urgent=True), person=9)
                made.leg(case, 1, 1, "answered", 1, 20, clock=1, due=5)
    seen = [[v for v in measure(made.replication()) if v.metric not in OF_ATTACKERS] for made in (alone, beside)]
    assert seen[0] == seen[1]
    assert len(seen[0]) > 50


class OnTheWay(Made):
    """With an intermediary that alters every message it carries."""

    def __init__(self, noticed="0 %", share="100 %"):
        super().__init__()
        self.tampering = Tampering.model_validate({"because": "a test", "share": share, "noticed": noticed})

    def world(self):
        world = super().world()
        return replace(world, scenario=world.scenario.model_copy(update={"attack": Attack(tampering=self.tampering)}))


def carried(made, need, content="record", via=HUB, closed=20, version=0, step=0, **message):
    case = made.case(need, "answered", closed)
    made.message(case, 1, 0, content, arrives=closed, version=made.record(7, 1), via=via, step=step, **message)
    return case


def test_an_answer_altered_unseen_is_wrong_and_one_seen_is_lost():
    for noticed, found in (("0 %", "wrong_or_incomplete"), ("100 %", "silent")):
        made = OnTheWay(noticed)
        carried(made, made.need(holders=(1,)))
        assert classes(made) == [found]
    made = OnTheWay("0 %", share="0 %")
    carried(made, made.need(holders=(1,)))
    assert classes(made) == ["met_with_information"]


def test_sealed_is_never_altered_unseen_and_direct_never_altered():
    made = OnTheWay()
    carried(made, made.need(holders=(1,)), sealed=True)
    carried(made, made.need(holders=(1,)), via=-1)
    assert classes(made) == ["silent", "met_with_information"]
    assert value(made, "tampered_unnoticed") == 0
    assert value(made, "tampered_unnoticed", "noticed") == 50


def test_a_machine_takes_what_comes():
    made = OnTheWay("100 %")
    carried(made, made.need(holders=(1,)), machine=True)
    assert classes(made) == ["wrong_or_incomplete"]


def test_nothing_held_after_an_altered_query_is_not_true():
    for noticed, found in (("0 %", "wrong_or_incomplete"), ("100 %", "silent")):
        made = OnTheWay(noticed)
        case = nothing_held(made, made.need())
        made.message(case, 0, 1, "query", via=HUB, serial=1)
        made.message(case, 1, 0, "match", via=-1, serial=1, step=1, arrives=20)
        assert classes(made) == [found]


def test_one_good_answer_stands_beside_one_known_to_be_bad_but_not_beside_an_unseen_one():
    for noticed, found in (("100 %", "met_with_information"), ("0 %", "wrong_or_incomplete")):
        made = OnTheWay(noticed)
        case = carried(made, made.need(holders=(1, 2)), via=-1)
        made.leg(case, 1, 2, "answered", 1, 20)
        made.message(case, 2, 0, "record", via=HUB, serial=1, arrives=19, version=made.record(7, 2))
        assert classes(made) == [found]


def test_what_comes_after_the_closing_or_is_a_receipt_spoils_nothing():
    made = OnTheWay()
    case = carried(made, made.need(holders=(1,)), via=-1)
    made.message(case, 1, 0, "receipt", via=HUB, step=1, arrives=3)
    made.message(case, 2, 0, "record", via=HUB, step=2, begun=21, arrives=22, version=made.record(7, 2))
    assert classes(made) == ["met_with_information"]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.randoms(use_true_random=False), st.integers(0, 100), st.booleans())
def test_luck_hangs_on_the_message_alone(many, shuffle, percent, sealed):
    rows = np.zeros(many, MESSAGES)
    rows["serial"], rows["step"] = np.arange(many) // 3, np.arange(many) % 3
    rows["via"] = np.where(np.arange(many) % 4, 5, -1)
    rows["sealed"] = sealed
    ids = (np.arange(many) * 977 + 5).astype(np.uint64)
    setting = Tampering.model_validate({"because": "a test", "share": f"{percent} %", "noticed": "50 %"})
    found = tampered(setting, 1, 2, ids, rows)
    order = np.array(shuffle.sample(range(many), many))
    for one, other in zip(found, tampered(setting, 1, 2, np.ascontiguousarray(ids[order]), rows[order]), strict=True):
        assert (one[order] == other).all()
    assert not (found.unnoticed & found.noticed).any()
    assert not ((found.unnoticed | found.noticed) & (rows["via"] < 0)).any()
    assert not (sealed and found.unnoticed.any())
    assert percent < 100 or (found.unnoticed | found.noticed)[rows["via"] >= 0].all()


def test_as_many_are_altered_and_noticed_as_declared():
    """20,000 messages: a count beyond five deviations once in two million; twice the share does not pass."""
    rows = np.zeros(20_000, MESSAGES)
    rows["via"], rows["serial"] = 5, np.arange(20_000)
    setting = Tampering.model_validate({"because": "a test", "share": "10 %", "noticed": "40 %"})
    found = tampered(setting, 1, 0, np.full(20_000, 3, np.uint64), rows)
    for flags, share in ((found.unnoticed, 0.06), (found.noticed, 0.04)):
        assert abs(flags.sum() - 20_000 * share) < 5 * (20_000 * share * (1 - share)) ** 0.5
        assert abs(flags.sum() - 40_000 * share) > 5 * (40_000 * share) ** 0.5


def test_who_says_urgent_without_need():
    class Marked(Made):
        def world(self):
            world = super().world()
            marking = Marking(because="a test", share=Range(1, 1, "share"), wait=Range(DAY, DAY, "duration"))
            demand = world.scenario.demand.model_copy(update={"marking": marking})
            return replace(world, scenario=world.scenario.model_copy(update={"demand": demand}))

    for kind, found in ((Made, None), (Marked, 25)):
        made = kind()
        for urgent in (True, True, True, False, False):
            made.case(made.need(urgent=urgent), "refused", 5)
        made.stream[3]["urgent"] = True
        assert value(made, "urgent_marked") == found
    assert values(made, "urgent_marked").n == 4
