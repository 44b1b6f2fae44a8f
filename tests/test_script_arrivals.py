"""A search goes by what is certain to have reached the party, on every way to that point."""

import pytest
from example_scripts import refusal, rows_of, table

from sim.script import (
    ANSWERED,
    DONE,
    EXPIRED,
    LOST,
    NO_HIT,
    REFUSED,
    YES,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Send,
    Verify,
    Within,
)


def searches(*sends, at="responder"):
    def leg(c):
        for send in sends:  # noqa: UP028  (a tuple cannot be sent the answers)
            yield send
        yield Match(at, "keys")
        return DONE

    def script(c):
        yield ForEach("responder", leg, best=(DONE, LOST))
        return ANSWERED
    return script


def test_the_asker_searches_with_its_need_and_others_with_what_reached_them_last():
    given_by = [row.given for row in rows_of(table(searches(at="investigator")), Match)]
    assert given_by == ["need"]
    twice = searches(Send("requester", "responder", "query"), Send("requester", "responder", "biometrics"))
    assert [row.given for row in rows_of(table(twice), Match)] == ["biometrics"]


@pytest.mark.parametrize("script", [
    searches(), searches(Send("requester", "responder", "query"), at="owner")], ids=["nothing sent", "sent elsewhere"])
def test_a_search_before_anything_arrived_is_refused(script):
    message = refusal(script)
    assert "before anything reached it" in message
    assert "  remedy    yield Send(..., 'responder'" in message or "  remedy    yield Send(..., 'owner'" in message


def test_what_arrived_on_one_way_only_is_not_there():
    def script(c):
        yield Do(perhaps)
        yield Lookup("registry", "keys")
        return ANSWERED

    def perhaps(c):
        if (yield Is("urgent")) == YES:
            yield Send("requester", "registry", "query")
        return DONE

    assert "'registry' before anything reached it" in refusal(script)


def test_a_lost_message_has_not_arrived_and_a_delivered_one_has():
    def ask(c):
        yield Send("requester", "registry", "query")
        return DONE

    def careful(c):
        if (yield Do(ask)) == LOST:
            return LOST
        yield Lookup("registry", "keys")
        return ANSWERED

    def careless(c):
        yield Do(ask)
        yield Lookup("registry", "keys")
        return ANSWERED

    assert [row.given for row in rows_of(table(careful), Lookup)] == ["query"]
    assert "lost" in refusal(careless).split("answers")[1].splitlines()[0]


def test_after_a_race_was_lost_nothing_of_it_is_certain():
    def ask(c):
        yield Send("requester", "registry", "query")
        return DONE

    def script(c):
        if (yield Within("48h", ask)) == EXPIRED:
            yield Lookup("registry", "keys")
        return ANSWERED

    assert "before anything reached it" in refusal(script)


def test_each_leg_starts_with_a_responder_whom_nothing_has_reached():
    def leg(c):
        yield Send("requester", "responder", "query")
        yield ForEach("responder", inner, best=(DONE,))
        return DONE

    def inner(c):
        yield Match("responder", "keys")
        return DONE

    def script(c):
        yield ForEach("responder", leg, best=(DONE, LOST))
        return ANSWERED

    assert "before anything reached it" in refusal(script)


def look(c):
    if (yield Match("requester", "keys")) == NO_HIT:
        return REFUSED
    return ANSWERED


@pytest.mark.parametrize(("frame", "bad", "good"), [
    (Do(look), REFUSED, ANSWERED), (Within("48h", look), EXPIRED, ANSWERED), (Due("48h", look), REFUSED, ANSWERED)])
def test_a_record_is_there_only_on_the_ways_that_found_it(frame, bad, good):
    def script_for(word):
        def script(c):
            if (yield frame) == word:
                yield Verify("expert", "forensic")
            return ANSWERED
        return script

    table(script_for(good))
    assert "no record here" in refusal(script_for(bad))


def test_a_word_that_is_returned_with_and_without_a_record_leaves_none():
    def either(c):
        yield Match("requester", "keys")
        return DONE

    def script(c):
        yield Do(either)
        yield Verify("expert", "forensic")
        return ANSWERED

    assert "no record here" in refusal(script)
