"""Answers that hang on what happened before: duties of the last review, hidden truths of a case, quotas and batches
(engine rule 46), each in a world that shows it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import worlds as w
from rule_worlds import at, each, words, world

from sim import laws
from sim import world as worlds
from sim.needs.rows import ABUSIVE, FISHING, FORGED, NO_ATTACK
from sim.script import (
    ANSWERED,
    DONE,
    GRANTED,
    LOST,
    NOTHING_HELD,
    REFUSED,
    YES,
    Batch,
    Daily,
    Decide,
    Do,
    ForEach,
    Owes,
    Quota,
    Review,
    Window,
    Work,
)
from sim.units import HOUR

BEST = (ANSWERED, REFUSED, NOTHING_HELD, DONE, LOST)
AA, BB, CC, DD = range(4)


# Owes.

def owing(made, *flags, epochs=(-HOUR,)):
    """All may be given; from each of these ticks on it comes with the duties that stand beside it."""
    outcomes = tuple(laws.Outcome(laws.MUST_GIVE, "rule", "", laws.Duties(flags=frozenset(given))) for given in flags)
    instruments, places = made.law.instruments, len(made.places)
    blocks = np.zeros((len(flags), len(instruments), len(laws.CATEGORIES), len(laws.PRODUCTS), 2, 2, 2, len(laws.KINDS),
                       len(laws.HANDLING), len(laws.BARS), 1, 1), np.int16)
    blocks += np.arange(len(flags), dtype=np.int16).reshape(-1, *[1] * (blocks.ndim - 1))
    return replace(made, law=laws.Verdicts.dense(np.array(epochs), np.zeros((len(flags), places), np.int16),
                                                 instruments, blocks, outcomes))


def reviewed(c):
    yield Review("responder", "file", task="one")
    return ANSWERED if (yield Owes("judge")) == YES else NOTHING_HELD


@pytest.mark.parametrize(("flags", "word"), [
    ((), NOTHING_HELD), (("judge",), ANSWERED), (("owner_consent",), NOTHING_HELD),
    (("owner_consent", "judge"), ANSWERED)])
def test_a_duty_is_owed_where_the_last_review_came_with_it(flags, word):
    made = owing(world(each(reviewed)), flags)
    assert words(made, w.simulate(made, at())) == [word]


def test_before_any_review_nothing_is_owed_and_another_leg_s_review_does_not_count():
    def unasked(c):
        return ANSWERED if (yield Owes("judge")) == YES else NOTHING_HELD

    def case(c):
        before = yield Owes("judge")
        yield Review("investigator", "file", to="requester", task="one")
        mine = yield Owes("judge")
        theirs = yield ForEach("responder", unasked, best=BEST)
        return ANSWERED if (before, mine, theirs) == ("no", YES, NOTHING_HELD) else REFUSED

    made = owing(world(case), ("judge",))
    assert words(made, w.simulate(made, at())) == [ANSWERED]


@pytest.mark.parametrize(("opened", "word"), [(0, ANSWERED), (1, NOTHING_HELD)])
def test_the_last_review_decides_and_scopes_share_it(opened, word):
    """The duty lapses at 2.5 h; the review inside the scope, which ends two hours after the first began, is the last.
    """
    def again(c):
        yield Review("responder", "file", task="one")
        return DONE

    def leg(c):
        yield Review("responder", "file", task="one")
        yield Do(again)
        return ANSWERED if (yield Owes("judge")) == YES else NOTHING_HELD

    made = owing(world(each(leg)), ("judge",), (), epochs=(-HOUR, int(2.5 * HOUR)))
    assert words(made, w.simulate(made, at(opened))) == [word]


def test_a_duty_no_law_knows_is_refused():
    def case(c):
        return ANSWERED if (yield Owes("jugde")) == YES else REFUSED

    with pytest.raises(worlds.ScriptError, match="no law knows the duty 'jugde'"):
        world(case)


# Decide about a hidden truth.

@pytest.mark.parametrize(("attack", "miss", "false", "word"), [
    (NO_ATTACK, "0 %", "0 %", ANSWERED), (FORGED, "0 %", "0 %", REFUSED), (ABUSIVE, "0 %", "0 %", REFUSED),
    (FISHING, "100 %", "100 %", ANSWERED), (NO_ATTACK, "100 %", "100 %", REFUSED),
])
def test_whether_the_asker_is_genuine_is_decided_with_error_of_both_kinds(attack, miss, false, word):
    """The task's share of worthy matters, none here, has no say."""
    def case(c):
        return ANSWERED if (yield Decide("requester", "call_back", about="genuine")) == YES else REFUSED

    tasks = {"call_back": w.task(miss=miss, false=false, share="50 %")}
    made = w.world(w.protocol(case, None, tasks))
    assert words(made, w.simulate(made, *(at(attack=attack, id=k) for k in range(6)))) == [word] * 6


# Quota.

def asking(giver, taker):
    def leg(c):
        return ANSWERED if (yield Quota("daily", giver, taker)) == GRANTED else REFUSED
    return leg


def quota(per_day, giver="responder", taker="requester", **given):
    return world(each(asking(giver, taker)), quotas={"daily": Daily(per_day, source="t")}, **given)


def test_rule_46_a_quota_is_used_up_in_the_order_of_the_cases():
    made = quota("2")
    assert words(made, w.simulate(made, at(1), at(1), at(1), at(30))) == [ANSWERED, ANSWERED, REFUSED, ANSWERED]


def test_rule_46_each_giver_and_each_taker_has_a_quota_of_its_own():
    made = quota("1")
    cases = [at(1, opener=AA, addressed=(BB,)), at(2, opener=CC, addressed=(BB,)), at(3, opener=AA, addressed=(DD,)),
             at(4, opener=CC, addressed=(BB,)), at(5, opener=BB, addressed=(AA,))]
    assert words(made, w.simulate(made, *cases)) == [ANSWERED, ANSWERED, ANSWERED, REFUSED, ANSWERED]


@pytest.mark.parametrize(("giver", "answers"), [("responder", [ANSWERED, REFUSED, ANSWERED]),
                                                ("requester", [ANSWERED, ANSWERED, REFUSED])])
def test_rule_46_the_day_is_the_giver_s(giver, answers):
    """BB's midnight comes at 22:00 UTC in summer, AA's at 24:00. Asked at 21:00, 21:59 and 22:00; where the requester
    gives, the third is still of AA's first day, of which two are granted."""
    places = {"AA": w.state("AA"), "BB": w.state("BB", "Europe/Vienna")}
    taker = "requester" if giver == "responder" else "responder"
    made = quota("1" if giver == "responder" else "2", giver, taker, places=("AA", "BB"), jurisdiction=places)
    assert words(made, w.simulate(made, at(21), at(21 + 59 / 60), at(22))) == answers


@pytest.mark.parametrize(("day", "length"), [(date(2027, 10, 30), 25), (date(2027, 3, 27), 23)])
def test_rule_46_a_quota_goes_through_the_night_on_which_clocks_change(day, length):
    """Two are granted a day. The Sunday on which Vienna's clocks change lasts an hour more, or less."""
    places = {"AA": w.state("AA"), "BB": w.state("BB", "Europe/Vienna")}
    made = quota("2", places=("AA", "BB"), jurisdiction=places, as_of=day)
    midnight = 24 - (2 if length == 25 else 1)              # of Sunday, as hours of UTC
    hours = (midnight - 0.1, midnight, midnight + length - 0.2, midnight + length - 0.1, midnight + length)
    assert words(made, w.simulate(made, *map(at, hours))) == [ANSWERED, ANSWERED, ANSWERED, REFUSED, ANSWERED]


def test_a_quota_of_none_grants_nothing():
    made = quota("0")
    assert words(made, w.simulate(made, at())) == [REFUSED]


# Batch.

def batched(c):
    yield Batch("nightly")
    yield Work("responder", "none")
    return DONE


def nightly(hours="02:00-04:00", at_="responder", **given):
    return world(each(batched), windows={"nightly": Window(hours, at_, source="t")}, **given)


@pytest.mark.parametrize(("opened", "closed"), [(0, 2), (1.5, 2), (2, 2), (3, 3), (4, 26), (25, 26)])
def test_rule_46_a_batch_waits_for_the_next_opening_now_included(opened, closed):
    made = nightly()
    assert w.closed(made, w.simulate(made, at(opened))) == [(closed, DONE)]


@pytest.mark.parametrize(("party", "closed"), [("responder", 0), ("requester", 2)])
def test_rule_46_the_window_is_that_of_the_party_s_place(party, closed):
    """Vienna is two hours ahead of UTC in summer: at 00:00 UTC it is 02:00 there."""
    places = {"AA": w.state("AA"), "BB": w.state("BB", "Europe/Vienna")}
    made = nightly(at_=party, places=("AA", "BB"), jurisdiction=places)
    assert w.closed(made, w.simulate(made, at(0))) == [(closed, DONE)]


@pytest.mark.parametrize(("opened", "closed"), [(0.5, 0.5), (1, 23), (22, 23), (23.5, 23.5), (24.5, 24.5)])
def test_a_window_may_pass_midnight(opened, closed):
    made = nightly("23:00-01:00")
    assert w.closed(made, w.simulate(made, at(opened))) == [(closed, DONE)]


def test_a_window_opens_by_the_clock_on_the_wall_when_summer_time_ends():
    """31 October 2027, Vienna: 02:00 comes at 00:00 UTC and, on the day after, at 01:00 UTC."""
    places = {"AA": w.state("AA"), "BB": w.state("BB", "Europe/Vienna")}
    made = nightly(places=("AA", "BB"), jurisdiction=places, as_of=date(2027, 10, 30))
    assert [closed for closed, _ in w.closed(made, w.simulate(made, at(12), at(36)))] == [24, 49]
