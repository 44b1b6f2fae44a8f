"""Whom something of a record has reached, and what lies where at the start (engine rules 20, 41), each in a world that
shows it."""

import random
from dataclasses import replace
from datetime import date

import engine_worlds
import numpy as np
import pytest
import worlds as w
from rule_worlds import at, candidate, each, record, words, world

from sim import world as worlds
from sim.engines import compiled
from sim.engines.compiled import totals
from sim.ledger import RECORD
from sim.script import (
    ANSWERED,
    DONE,
    HIT,
    LOST,
    NO_HIT,
    NOBODY,
    NOTHING_HELD,
    YES,
    ForEach,
    Is,
    Lookup,
    Match,
    Send,
    Store,
    Withdraw,
    Work,
)
from sim.units import HOUR, MINUTE

AA, BB, CC, DD = range(4)


# Recipients of a record.

def hand_over(c):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy", "none")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "file")
    return ANSWERED


def tell(leg):
    yield Send("owner", "member", "note")
    return DONE


def tell_recipients(r):
    return (yield ForEach("member", tell, best=(DONE, LOST), among="recipients"))


def event(hours, kind=1, record=0, place=BB, members=(DD, CC, AA), **given):
    return at(hours, kind=RECORD, need=-1, opener=place, event=kind, record=record, version=record, addressed=(),
              members=members, **given)


def told(made, ledger):
    """(sender, receiver) of every note, in order."""
    notes = ledger.messages[ledger.messages["content"] == made.contents.index("note")]
    return [(int(note["sender"]), int(note["receiver"])) for note in notes]


HELD = w.content([candidate(need=k) for k in range(3)], [record(), record(1, record=1)])


@pytest.mark.parametrize(("sent", "changed", "receivers"), [
    (0, 1, [(BB, AA)]), (1, 0.5, []), (1 - MINUTE / HOUR, 1, [(BB, AA)]),
])
def test_recipients_are_those_to_whom_something_was_sent_before_this_tick(sent, changed, receivers):
    made = world(each(hand_over), record=tell_recipients)
    ledger = w.simulate(made, at(sent), event(changed, id=9), held=HELD)
    assert told(made, ledger) == receivers
    assert words(made, ledger)[-1 if sent <= changed else 0] == (DONE if receivers else NOBODY)


@pytest.mark.parametrize(("later", "receivers"), [(0, []), (1, [(BB, AA)])])
def test_what_was_sent_earlier_in_this_very_tick_does_not_count(later, receivers):
    """Ten steps without time let the whole case pass before the recipients are looked up, in the same tick."""
    def after_a_while(r):
        for _ in range(10):
            yield Work("owner", "none")
        return (yield from tell_recipients(r))

    made = world(each(hand_over), record=after_a_while)
    case = at(1)
    told_at = {**event(1, id=9), "opened": case["opened"] + later}
    assert told(made, w.simulate(made, case, told_at, held=HELD)) == receivers


def test_recipients_are_asked_in_the_order_of_the_members():
    made = world(each(hand_over), record=tell_recipients)
    ledger = w.simulate(made, at(0, opener=AA), at(0, opener=CC, id=5), at(0, opener=DD, id=6), event(1), held=HELD)
    assert told(made, ledger) == [(BB, DD), (BB, CC), (BB, AA)]


def test_who_is_no_member_is_not_reached():
    made = world(each(hand_over), record=tell_recipients)
    assert told(made, w.simulate(made, at(0), event(1, members=(DD, CC)), held=HELD)) == []


def test_another_record_of_the_same_holder_has_recipients_of_its_own():
    made = world(each(hand_over), record=tell_recipients)
    assert told(made, w.simulate(made, at(0), event(1, record=1), held=HELD)) == []


def test_a_lost_message_makes_no_recipient():
    made = world(each(hand_over), record=tell_recipients, loss=1.0)
    assert told(made, w.simulate(made, at(0), event(1), held=HELD)) == []


def test_what_is_no_content_of_the_record_makes_no_recipient():
    def ask(c):
        yield Send("requester", "responder", "query")
        yield Match("responder", "fuzzy", "none")
        yield Send("responder", "requester", "note")
        return ANSWERED

    made = world(each(ask), record=tell_recipients)
    assert told(made, w.simulate(made, at(0), event(1), held=HELD)) == [(BB, AA)]      # the note of the case itself


def test_the_holder_is_no_recipient_of_its_own_record():
    def keep(leg):
        yield Send("owner", "member", "file")
        return DONE

    def record_(r):
        yield Send("owner", "owner", "file")
        yield ForEach("member", keep, best=(DONE, LOST), among="members")
        yield Work("owner", "one")
        return (yield ForEach("member", tell, best=(DONE, LOST), among="recipients"))

    made = world(each(hand_over), record=record_)
    assert told(made, w.simulate(made, event(0, members=(BB, CC)), held=HELD)) == [(BB, CC)]


def test_in_a_case_they_are_those_of_the_record_found():
    """AA and CC have BB's record; DD, which finds it too, tells both, in its own order of members."""
    def pass_on(leg):
        yield Send("requester", "member", "note")
        return DONE

    def leg(c):
        word = yield from hand_over(c)
        if word == ANSWERED:
            yield Work("requester", "one")
            yield ForEach("member", pass_on, best=(DONE, LOST), among="recipients")
        return word

    made = world(each(leg))
    cases = [at(0, opener=AA, members=(BB,)), at(0, opener=CC, members=(BB,), id=5),
             at(2, opener=DD, id=6, members=(CC, BB, AA))]
    assert told(made, w.simulate(made, *cases, held=HELD)) == [(DD, CC), (DD, AA)]


def test_one_by_one_they_are_those_of_the_beginning():
    """CC receives the record while AA is being told; it is not asked after all."""
    def tell_slowly(leg):
        yield Work("owner", "machine")
        yield Send("owner", "member", "note")
        return DONE

    def slowly(r):
        return (yield ForEach("member", tell_slowly, best=(ANSWERED, DONE, LOST), until="one_by_one",
                              among="recipients"))

    made = world(each(hand_over), record=slowly)
    ledger = w.simulate(made, at(0), event(1, members=(AA, CC)), at(1.5, opener=CC), held=HELD)
    assert told(made, ledger) == [(BB, AA)]


@pytest.mark.parametrize("seed", range(40))
def test_books_outlive_the_blocks_in_which_cases_are_handed_over(seed):
    """Random worlds, one case at a time: who received what, what is used up and which duties are owed stay known."""
    found = engine_worlds.made(random.Random(seed))
    whole = compiled.run(found.world, found.cases, found.content).cases
    parts = (found.cases.part(k, k + 1) for k in range(len(found.cases.rows)))
    in_blocks = totals(found.world, parts, found.content)
    assert in_blocks.by_word == tuple(np.bincount(whole["word"][whole["word"] >= 0],
                                                  minlength=len(found.world.words)).tolist())
    assert in_blocks.time_to_close == int((whole["closed"] - whole["opened"])[whole["word"] >= 0].sum())


def test_each_protocol_knows_its_own_recipients():
    """The same case by another protocol: its recipients are not those of the one whose record changes."""
    made = world(each(hand_over), record=tell_recipients)
    one, = made.protocols
    other = replace(one, name="other", case=replace(one.case), record=replace(one.record))
    both = worlds.build(made.scenario, (one, other), made.seed, made.replication, made.scenario)
    both = w.linked(both, 0)
    for number, receivers in ((0, [(BB, AA)]), (1, [])):
        assert told(both, w.simulate(both, at(0), event(1, protocol=number), held=HELD)) == receivers


def test_a_person_recorded_may_complain():
    def correct(r):
        if (yield Is("complained")) == YES:
            return (yield from tell_recipients(r))
        return NOTHING_HELD

    made = world(each(hand_over), record=correct)
    ledger = w.simulate(made, at(0), event(1, kind=3), event(2, kind=2), held=HELD)
    assert words(made, ledger) == [ANSWERED, DONE, NOTHING_HELD]
    assert told(made, ledger) == [(BB, AA)]


# What was done before the start.

def push(leg):
    yield Send("owner", "member", "file")
    yield Store("member", "file", "none")
    return DONE


def pushed(r):
    return (yield ForEach("member", push, best=(DONE, LOST), among="members"))


def look(c):
    return ANSWERED if (yield Lookup("requester", "fuzzy", "none")) == HIT else NOTHING_HELD


@pytest.mark.parametrize(("alert", "records", "word"), [
    (True, "alerts", ANSWERED), (False, "alerts", NOTHING_HELD), (True, "all", ANSWERED), (False, "all", ANSWERED),
])
def test_rule_41_copies_pushed_to_every_member_lie_there_at_the_start(alert, records, word):
    made = world(look, record=pushed, records=records)
    held = w.content([candidate(need=k) for k in range(3)], [record(alert=alert)])
    assert words(made, w.simulate(made, at(opener=AA), at(opener=CC, id=5), held=held)) == [word, word]


def test_rule_41_nothing_is_pushed_to_whom_the_channel_does_not_reach_nor_to_the_holder():
    club = [{"jurisdiction": code, "instrument": "CLUB", "status": "bound", "valid_from": date(2020, 1, 1),
             "source": "a test", "confidence": "own"} for code in ("AA", "BB")]
    made = world(look, record=pushed, members="CLUB", membership=club)
    held = w.content([candidate(need=k) for k in range(3)], [record(alert=True)])
    cases = [at(opener=AA), at(opener=CC, id=5), at(opener=BB, id=6)]
    assert words(made, w.simulate(made, *cases, held=held)) == [ANSWERED, NOTHING_HELD, NOTHING_HELD]


def test_rule_41_who_was_sent_something_before_the_start_is_a_recipient():
    def record_(r):
        if (yield Is("deleted")) == YES:
            yield ForEach("member", take_away, best=(DONE, LOST), among="recipients")
            return DONE
        return (yield from pushed(r))

    def take_away(leg):
        yield Send("owner", "member", "note")
        yield Withdraw("member", "none")
        return DONE

    made = world(look, record=record_)
    held = w.content([candidate(need=k) for k in range(3)], [record(alert=True)])
    cases = [at(0.5, opener=AA), event(1, kind=2, members=(CC, AA)), at(2, opener=AA, id=5), at(2, opener=DD, id=6)]
    ledger = w.simulate(made, *cases, held=held)
    assert told(made, ledger) == [(BB, CC), (BB, AA)]
    assert words(made, ledger) == [ANSWERED, DONE, NOTHING_HELD, ANSWERED]
