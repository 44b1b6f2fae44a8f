"""Engine rules 33 to 50: what an answer hangs on and when it is computed, each in a world that shows it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import worlds as w
from rule_worlds import NEVER, at, candidate, record, world

from sim import laws, transport
from sim.ledger import CAN
from sim.needs import NEEDS, Needs
from sim.script import (
    ANSWERED,
    DONE,
    GIVE,
    HIT,
    LOST,
    NO,
    NOTHING_HELD,
    REFUSED,
    YES,
    Chance,
    Close,
    Do,
    ForEach,
    Is,
    Lookup,
    Match,
    Review,
    Send,
    Store,
    Wait,
    Withdraw,
    Work,
)
from sim.units import HOUR

BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST)


def search(c):
    yield Send("requester", "responder", "query")
    return ANSWERED if (yield Match("responder", "fuzzy", "machine")) == HIT else NOTHING_HELD


def each(leg, **how):
    def case(c):
        return (yield ForEach("responder", leg, best=BEST, **how))
    return case


def word(made, ledger, case=0):
    return w.closed(made, ledger)[case][1]


# When an answer is computed.

@pytest.mark.parametrize(("created", "superseded", "answer"), [
    (HOUR // 2, NEVER, ANSWERED), (HOUR, NEVER, ANSWERED), (HOUR + 1, NEVER, NOTHING_HELD),
    (-HOUR, HOUR, NOTHING_HELD), (-HOUR, HOUR + 1, ANSWERED)])
def test_rule_34_and_37_a_search_finds_what_is_held_in_the_tick_it_ends(created, superseded, answer):
    """The search runs from 0 to 1 h. Answered when it begins, the first four would be the other way round. A version
    holds from its creation on, and no more in the tick it is superseded."""
    made = world(each(search))
    held = w.content([candidate(created=created, superseded=superseded)], [record()])
    assert word(made, w.simulate(made, at(), held=held)) == answer


def changed_law(made, zone="UTC"):
    """The same world under a law that lets identity data go until 1 July 2027 and not since the 2nd."""
    common = {"source": "made up for a test", "confidence": "own", "layer": "owner", "zone": zone,
              "when": laws.When(category=("identity",))}
    rules = (laws.Rule(id="until", valid_to=date(2027, 7, 1), effect="must give", **common),
             laws.Rule(id="since", valid_from=date(2027, 7, 2), effect="must refuse", ground="no_more", **common))
    return replace(made, law=laws.verdicts(rules, made.scenario, made.places, ("",), made.start, made.end))


def review(c):
    return ANSWERED if (yield Review("responder", "query", task="machine")) == GIVE else REFUSED


@pytest.mark.parametrize(("zone", "change"), [("UTC", 24), ("Europe/Vienna", 22)])
@pytest.mark.parametrize(("early", "answer"), [(0, REFUSED), (1, ANSWERED)])
def test_rule_34_and_35_a_review_knows_the_law_of_the_tick_it_ends(zone, change, early, answer):
    """An hour's review that ends at the local midnight of the change is under the new law, a tick earlier under the
    old. By the law of its beginning all would be given."""
    made = changed_law(world(each(review)), zone)
    ledger = w.simulate(made, {"opened": (change - 1) * HOUR - early})
    assert word(made, ledger) == answer
    assert made.law.outcomes[ledger.steps["ruling"][0]].rule == ("until" if early else "since")


def told_to(made, ledger, subject=4):
    rows = np.zeros(len(ledger.cases), NEEDS)
    rows["subject"] = subject
    records, cases = w.content([], [record()]).records, w.stream(*[{"opened": 0}] * len(rows))
    return transport.disclosures(made, cases, Needs(rows, ()), records, ledger.messages)


def ask(c):
    yield Send("requester", "responder", "query")
    return ANSWERED


@pytest.mark.parametrize(("begun", "ruling"), [(23.5, 0), (24, 1)])
def test_rule_36_a_disclosure_is_judged_by_the_law_of_the_tick_its_send_began(begun, ruling):
    """Both arrive after the change of law. By the law of arrival both would be forbidden."""
    made = changed_law(world(each(ask), delay=HOUR))
    rows = told_to(made, w.simulate(made, at(begun)))
    assert rows["ruling"].tolist() == [ruling]
    assert rows["tick"].tolist() == [(begun + 1) * HOUR]


# Candidates and copies.

@pytest.mark.parametrize(("first_goes", "version"), [(NEVER, 0), (HOUR, 1)])
def test_rule_37_the_best_candidate_that_is_present_decides(first_goes, version):
    """The best of all, present or not, would be version 0 in both; the last would be 2."""
    made = world(each(search))
    held = w.content([candidate(0, score=900_000, superseded=first_goes), candidate(1, score=800_000),
                      candidate(2, score=800_000)], [record(0), record(1, 1), record(2, 2)])
    assert w.simulate(made, at(), held=held).steps["version"].tolist() == [version]


def test_rule_39_a_leg_holds_what_its_last_search_found():
    """The record goes while the leg searches again: the second note speaks of nobody. Kept, it would speak of 0."""
    def leg(c):
        yield Send("requester", "responder", "query")
        for _ in range(2):
            yield Match("responder", "fuzzy", "machine")
            yield Send("responder", "requester", "note")
        return ANSWERED

    made = world(each(leg))
    ledger = w.simulate(made, at(), held=w.content([candidate(superseded=HOUR + 1)], [record()]))
    assert ledger.messages["version"].tolist() == [-1, 0, -1]


def test_rule_39_a_leg_begins_with_the_record_its_parent_found():
    """Begun empty-handed, the leg's note would speak of nobody."""
    def leg(c):
        yield Send("requester", "responder", "file")
        return ANSWERED

    def case(c):
        if (yield Match("requester", "fuzzy", "machine")) == HIT:
            return (yield ForEach("responder", leg, best=BEST))
        return NOTHING_HELD

    held = w.content([candidate(holder=0)], [record(place=0)])
    assert w.simulate(world(case), at(), held=held).messages["version"].tolist() == [0]


def look(c):
    yield Send("requester", "registry", "query")
    return ANSWERED if (yield Lookup("registry", "fuzzy", "machine")) == HIT else NOTHING_HELD


def keep(r):
    if (yield Is("deleted")) == YES:
        yield Withdraw("registry", "machine")
    else:
        yield Store("registry", "file", "machine")
    return DONE


def kept(hours, **given):
    """An event of record 0, held by BB."""
    return at(hours, kind=1, record=0, version=0, opener=1, **given)


@pytest.mark.parametrize(("opened", "answer"), [(0, NOTHING_HELD), (1e-9, ANSWERED)])
def test_rule_40_a_search_sees_the_stores_as_they_stood_before_its_tick(opened, answer):
    """The store ends at 1 h, and its case comes first: read as it stands, the first search would find the copy."""
    made = world(look, record=keep)
    ledger = w.simulate(made, kept(0), {"opened": round(opened * 1e9), "id": 9},
                        held=w.content([candidate()], [record()]))
    assert word(made, ledger, case=1) == answer


@pytest.mark.parametrize(("opened", "answer"), [(2, NOTHING_HELD), (2.999, ANSWERED)])
def test_rule_40_a_record_left_out_of_the_export_is_among_the_copies_once_it_can_be_found(opened, answer):
    """Its copy is laid at 1 h, as far as the holder knows; searches end an hour after they begin."""
    made = world(look, record=keep)
    ledger = w.simulate(made, kept(0), at(opened), held=w.content([candidate(created=round(3.999 * HOUR))], [record()]))
    assert word(made, ledger, case=1) == answer


@pytest.mark.parametrize(("opened", "answer"), [(2, ANSWERED), (2.5, NOTHING_HELD)])
def test_rule_40_a_withdrawal_shows_from_the_next_tick_on(opened, answer):
    made = world(look, record=keep)
    ledger = w.simulate(made, kept(0), kept(2, event=2), at(opened), held=w.content([candidate()], [record()]))
    assert word(made, ledger, case=2) == answer


def test_a_copy_goes_stale_and_is_still_found():
    """The owner's record is superseded at once; only the owner's own holding knows it."""
    def case(c):
        at_owner = yield ForEach("responder", search, best=BEST)
        return ANSWERED if (at_owner, (yield Do(look))) == (NOTHING_HELD, ANSWERED) else REFUSED

    made = world(case, record=keep)
    ways = [candidate(superseded=HOUR, search=search) for search in range(2)]      # its own records, and the copies
    assert word(made, w.simulate(made, kept(0), at(2), held=w.content(ways, [record()])), case=1) == ANSWERED


@pytest.mark.parametrize("members", ["", "CLUB"])
def test_rule_41_copies_of_before_the_start_lie_in_the_stores_of_members(members):
    """BB's alert is there from the first tick, CC's only where everybody is a member. An empty store finds neither."""
    club = [{"jurisdiction": "BB", "instrument": "CLUB", "status": "bound", "valid_from": date(2020, 1, 1),
             "source": "a test", "confidence": "own"}]

    def lay(r):
        yield Work("owner", "three")
        yield Do(keep)
        return DONE

    made = world(look, record=lay, members=members, membership=club)
    held = w.content([candidate(0, need=0), candidate(1, need=1, holder=2)],
                     [record(0, place=1, alert=True), record(1, record=1, place=2, alert=True)])
    ledger = w.simulate(made, at(), at(), held=held)
    assert [word(made, ledger, case) for case in (0, 1)] == [ANSWERED, NOTHING_HELD if members else ANSWERED]


# Facts and chances.

def twice(leg):
    def case(c):
        first = yield ForEach("responder", leg, best=(ANSWERED, REFUSED))
        second = yield ForEach("responder", leg, best=(ANSWERED, REFUSED))
        return ANSWERED if first == second else REFUSED
    return case


def ask_fact(c):
    return ANSWERED if (yield Is("even")) == YES else REFUSED


def ask_chance(c):
    return ANSWERED if (yield Chance("coin")) == YES else REFUSED


@pytest.mark.parametrize(("leg", "always"), [(ask_fact, True), (ask_chance, False)])
def test_rules_42_and_43_a_fact_of_a_partner_stays_and_a_chance_is_drawn_anew(leg, always):
    """40 cases ask the same partner in two rounds. Swapped, the facts would differ or the chances agree: 40 fair coins
    are all alike once in 2**40."""
    made = world(twice(leg))
    words = {word for _, word in w.closed(made, w.simulate(made, *[at(k) for k in range(40)]))}
    assert words == ({ANSWERED} if always else {ANSWERED, REFUSED})


def test_rule_43_a_chance_is_drawn_anew_within_a_leg():
    def case(c):
        return ANSWERED if (yield Chance("coin")) == (yield Chance("coin")) else REFUSED

    made = world(case)
    assert {word for _, word in w.closed(made, w.simulate(made, *[at(k) for k in range(40)]))} == {ANSWERED, REFUSED}


# Messages.

def test_rule_44_a_message_lost_for_good_ends_its_frame_after_the_retries_and_discloses_nothing():
    """Half an hour on the way and two further tries an hour apart. A script that went on would answer at 0.5 h."""
    made = world(each(ask), delay=HOUR // 2, loss=1.0, retries=2, retry_after=HOUR)
    ledger = w.simulate(made, at())
    assert w.frames(made, ledger) == [(0, -1, 0, 2.5, LOST), (1, 0, 0, 2.5, LOST)]
    assert ledger.messages[["begun", "arrives", "lost"]].tolist() == [(0, NEVER, True)]
    assert len(told_to(made, ledger)) == 0


def test_rule_44_a_message_that_a_further_try_brings_arrives_later():
    """Loss 0.5 with one further try: of 60 messages some arrive at once, some an hour later, some never. All three
    kinds fail to show once in 10**7."""
    made = world(each(ask), delay=HOUR, loss=0.5, retries=1, retry_after=HOUR)
    ledger = w.simulate(made, *[at() for _ in range(60)])
    assert set(ledger.messages["arrives"].tolist()) == {HOUR, 2 * HOUR, NEVER}
    assert (ledger.messages["lost"] == (ledger.messages["arrives"] == NEVER)).all()


def test_rule_45_an_intermediary_adds_a_link_and_what_it_can_read_it_learns():
    """A hub without a link of its own would deliver after an hour; one that is not written would learn nothing."""
    def leg(c):
        yield Send("requester", "responder", "query", via="registry")
        return ANSWERED

    made = world(each(leg), delay=HOUR)
    ledger = w.simulate(made, at())
    assert ledger.messages["arrives"].tolist() == [2 * HOUR]
    rows = told_to(made, ledger)
    assert [(made.places[row["learner"]], row["role"], bool(row["access"] & CAN)) for row in rows] == [
        ("BB", 0, True), ("REG", 1, True)]


# Stations, priorities, entries, closing.

def test_rule_47_a_machine_never_queues_and_a_desk_does():
    def case(c):
        yield Work("requester", "machine")
        yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(), at())
    assert w.steps(ledger) == [(0, 0, 0, 0, 1), (0, 0, 1, 1, 2), (1, 0, 0, 0, 1), (1, 0, 1, 2, 3)]


def test_rule_47_each_place_has_desks_of_its_own():
    """Two partners work side by side; one desk for all would take two hours."""
    def leg(c):
        yield Work("responder", "one")
        return ANSWERED

    made = world(each(leg))
    ledger = w.simulate(made, at(addressed=(1, 2)))
    assert w.closed(made, ledger) == [(1, ANSWERED)]
    assert [made.stations[k].name for k in ledger.steps["station"]] == ["BB clerks", "CC clerks"]


def test_rule_48_a_better_class_goes_first_and_never_interrupts():
    """Pre-emption would begin the second case at 0.5 h; first come first served the third before it."""
    def case(c):
        yield Work("requester", "one")
        return DONE

    ledger = w.simulate(world(case), at(priority=3), at(0.25, priority=2), at(0.5, priority=0))
    assert [began for *_, began, _ in w.steps(ledger)] == [0, 2, 1]


def test_rule_49_a_record_event_runs_the_record_script_and_is_no_case_of_a_need():
    made = world(look, record=keep)
    ledger = w.simulate(made, kept(0), at(), held=w.content([], [record()]))
    assert ledger.cases["kind"].tolist() == [1, 0]
    assert ledger.cases["need"].tolist() == [-1, 0]
    assert word(made, ledger) == DONE


def test_rule_50_what_a_root_returns_after_it_closed_is_no_word_of_the_case():
    """Taken for one, it would be a word that nobody declared."""
    def case(c):
        yield Close(ANSWERED)
        if (yield Is("urgent")) == NO:
            yield Wait("1 h")
        return "tidied up"

    made = world(case)
    ledger = w.simulate(made, at())
    assert w.frames(made, ledger) == [(0, -1, 0, 1, ANSWERED)]
    assert w.closed(made, ledger) == [(0, ANSWERED)]
