"""Engine rules 11 to 22: frames and legs, each shown in a world in which the opposite gives other rows."""

import pytest
import worlds as w
from rule_worlds import at, candidate, record, world

from sim.script import (
    ANSWERED,
    DONE,
    HIT,
    LOST,
    NOBODY,
    NOTHING_HELD,
    REFUSED,
    YES,
    Chance,
    Close,
    Do,
    Due,
    ForEach,
    Is,
    Match,
    Paused,
    Send,
    Wait,
    Within,
    Work,
)

BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST)


def work_one(c):
    yield Work("responder", "one")
    return ANSWERED


def search(c):
    """An hour of a machine's search: answered where a record is held."""
    yield Send("requester", "responder", "query")
    return ANSWERED if (yield Match("responder", "fuzzy", "machine")) == HIT else NOTHING_HELD


def each(leg=work_one, best=BEST, **how):
    def case(c):
        return (yield ForEach("responder", leg, best=best, **how))
    return case


def test_rule_11_every_running_script_is_a_frame_with_a_row():
    """A scope that ran inside its parent's frame would have no row of its own."""
    def last(c):
        yield Wait("1 h")
        return DONE

    def paused(c):
        yield Paused(last)
        return DONE

    def due(c):
        yield Due("2 h", paused)
        return DONE

    def leg(c):
        yield Within("3 h", due)
        return ANSWERED

    made = world(each(leg, best=(ANSWERED,)))
    ledger = w.simulate(made, at())
    assert w.frames(made, ledger) == [(0, -1, 0, 1, ANSWERED), (1, 0, 0, 1, ANSWERED), (2, 1, 0, 1, DONE),
                                      (3, 2, 0, 1, DONE), (4, 3, 0, 1, DONE)]


def sent(made, ledger):
    return [(made.places[row["sender"]], made.places[row["receiver"]]) for row in ledger.messages]


def test_rule_12_each_role_stands_where_its_side_stands():
    """A leg that bound its party alone would leave judge and owner without a place, or at the asker."""
    def third(c):
        yield Send("other", "judge", "note")
        return DONE

    def leg(c):
        yield Send("expert", "judge", "note")
        yield Send("owner", "registry", "note")
        yield ForEach("other", third, best=(DONE, LOST), among="members")
        return ANSWERED

    def case(c):
        yield Send("investigator", "requester", "note")
        return (yield ForEach("responder", leg, best=(ANSWERED, LOST)))

    made = world(case)
    ledger = w.simulate(made, at(opener=3, addressed=(1,), members=(2,)))
    assert sent(made, ledger) == [("DD", "DD"), ("DD", "BB"), ("BB", "REG"), ("CC", "BB")]


def test_rule_12_in_a_record_script_the_asker_is_bound_with_all_its_side():
    """The tracer takes the investigator to stand with the requester it binds; so must the engine."""
    def tell(c):
        yield Send("responder", "investigator", "note")
        return DONE

    def changed(r):
        yield ForEach("requester", tell, best=(DONE, LOST), among="members")
        return DONE

    made = world(each(), record=changed)
    ledger = w.simulate(made, at(kind=1, record=0, version=0, opener=1, members=(2, 3)), held=w.content([], [record()]))
    assert sent(made, ledger) == [("BB", "CC"), ("BB", "DD")]


@pytest.mark.parametrize(("best", "word"), [(BEST, ANSWERED), ((NOTHING_HELD, ANSWERED, LOST), NOTHING_HELD)])
def test_rule_15_the_best_word_by_the_scripts_own_ranking_wins(best, word):
    """The last word, or the first, would not follow the ranking."""
    made = world(each(search, best))
    ledger = w.simulate(made, at(addressed=(1, 2, 3)), held=w.content([candidate(holder=2)], [record(place=2)]))
    assert w.closed(made, ledger) == [(1, word)]


def test_rule_16_an_empty_audience_answers_nobody_in_the_same_tick():
    """A parent that waited for no leg would wait for ever."""
    made = world(each())
    assert w.closed(made, w.simulate(made, at(5, addressed=()))) == [(5, NOBODY)]


@pytest.mark.parametrize(("until", "closes", "legs"), [("all", 2, 2), ("first", 1, 2), ("one_by_one", 1, 1)])
def test_rule_17_a_parent_waits_for_all_the_first_or_one_after_the_other(until, closes, legs):
    """CC is busy for an hour. Each way of waiting ends at another time or asks another number."""
    made = world(each(until=until))
    ledger = w.simulate(made, at(addressed=(2,)), at(addressed=(1, 2)))
    assert w.closed(made, ledger)[1] == (closes, ANSWERED)
    assert len(w.frames(made, ledger, case=1)) == 1 + legs


def test_rule_17_one_by_one_asks_on_until_the_best_word_and_no_further():
    """BB holds nothing, CC does, DD is not asked. First of all would end after an hour."""
    made = world(each(search, until="one_by_one"))
    ledger = w.simulate(made, at(addressed=(1, 2, 3)), held=w.content([candidate(holder=2)], [record(place=2)]))
    assert w.frames(made, ledger) == [(0, -1, 0, 2, ANSWERED), (1, 0, 0, 1, NOTHING_HELD), (2, 0, 1, 2, ANSWERED)]


def test_rule_17_first_waits_for_all_where_none_returns_the_best_word():
    """Taking any end for the first would close with the leg at BB, an hour earlier."""
    made = world(each(search, until="first"))
    held = w.content([candidate(need=1, holder=3)], [record(place=3)])
    assert w.closed(made, w.simulate(made, at(addressed=(1, 2)), held=held)) == [(1, NOTHING_HELD)]


def test_rule_18_legs_that_end_in_the_deciding_tick_count():
    """With JOIN before READY the second leg would be recalled in the tick in which it ended."""
    made = world(each(until="first", rest="recalled"))
    ledger = w.simulate(made, at(addressed=(1, 2)))
    assert [word for *_, word in w.frames(made, ledger)] == [ANSWERED, ANSWERED, ANSWERED]


def test_rule_19_legs_start_in_the_order_of_the_audience():
    """Alphabetical order would ask BB first."""
    made = world(each(search, until="one_by_one"))
    ledger = w.simulate(made, at(addressed=(3, 1, 2)))
    assert ledger.legs["place"].tolist() == [-1, 3, 1, 2]


@pytest.mark.parametrize(("among", "asked"), [("addressed", [3]), ("members", [2, 1]), ("pair", [1])])
def test_rule_20_the_audience_is_a_name_of_the_case_the_protocol_or_the_scenario(among, asked):
    made = world(each(among=among), groups={"pair": ("BB", "DD")})
    ledger = w.simulate(made, at(addressed=(3,), members=(2, 1)))
    assert ledger.legs["place"].tolist() == [-1, *asked]


def test_rule_20_among_found_is_who_holds_the_record_found():
    def case(c):
        yield Send("requester", "registry", "query")
        if (yield Match("requester", "fuzzy", "machine")) == HIT:
            return (yield ForEach("responder", work_one, best=BEST, among="found"))
        return NOTHING_HELD

    made = world(case)
    held = w.content([candidate(holder=0)], [record(place=0)])
    assert w.simulate(made, at(addressed=(3,)), held=held).legs["place"].tolist() == [-1, 0]


@pytest.mark.parametrize(("rest", "ends"), [("runs_on", (2, ANSWERED)), ("recalled", (1, "recalled"))])
def test_rule_21_legs_nobody_waits_for_run_on_or_are_recalled(rest, ends):
    made = world(each(until="first", rest=rest))
    ledger = w.simulate(made, at(addressed=(2,)), at(addressed=(1, 2)))
    assert w.frames(made, ledger, case=1) == [(0, -1, 0, 1, ANSWERED), (1, 0, 0, 1, ANSWERED), (2, 0, 0, *ends)]


def test_rule_22_a_case_is_closed_once_and_its_legs_may_run_on():
    """Closing with the last leg, or again with it, would move the tick of closing to 2 h."""
    made = world(each(until="first"))
    ledger = w.simulate(made, at(addressed=(2,)), at(addressed=(1, 2)))
    assert w.closed(made, ledger)[1] == (1, ANSWERED)
    assert w.steps(ledger)[-1] == (1, 2, 0, 1, 2)


def test_a_leg_that_runs_on_keeps_its_parent_in_the_ledger():
    """Its parent no longer waits, yet whose leg it is must not be lost: metrics go by it."""
    made = world(each(until="first"))
    ledger = w.simulate(made, at(addressed=(2,)), at(addressed=(1, 2)))
    assert w.frames(made, ledger, case=1)[2][1] == 0


def test_rule_50_close_ends_the_matter_for_the_requester_and_the_script_goes_on():
    """Closing at the end of the root would be at 1 h, with no word of its own."""
    def case(c):
        yield Close(REFUSED)
        yield Work("requester", "one")

    made = world(case)
    ledger = w.simulate(made, at())
    assert w.closed(made, ledger) == [(0, REFUSED)]
    assert w.frames(made, ledger) == [(0, -1, 0, 1, REFUSED)]


def test_rule_50_a_root_without_close_closes_with_its_word():
    def case(c):
        if (yield Is("urgent")) == YES:
            yield Chance("coin")
        yield Work("requester", "one")
        return NOTHING_HELD

    made = world(case)
    assert w.closed(made, w.simulate(made, at())) == [(1, NOTHING_HELD)]


def test_a_scope_that_loses_its_message_answers_lost():
    def tell(c):
        yield Send("requester", "registry", "note")
        return DONE

    def case(c):
        return REFUSED if (yield Do(tell)) == LOST else ANSWERED

    made = world(case, loss=1.0)
    assert w.closed(made, w.simulate(made, at()))[0][1] == REFUSED
