"""A script is unit-tested by hand: answers in, instructions and word out."""

import pytest

from sim.errors import ScriptError
from sim.programs import play
from sim.script import (
    ANSWERED,
    DELIVERED,
    DONE,
    GIVE,
    LOST,
    NOBODY,
    REFUSE,
    REFUSED,
    Close,
    Do,
    ForEach,
    Parameters,
    Review,
    Send,
    Work,
)


def give(c):
    if (yield Review("responder", "file")) == REFUSE:
        return REFUSED
    yield Send("responder", "requester", "file")
    return ANSWERED


def case(c):
    word = yield ForEach("responder", give, best=(ANSWERED, REFUSED, LOST))
    yield Close(word)
    yield Work("requester", "file_away")


def patient(c):
    for _ in range(c.retries):
        yield Work("requester", "remind")
    return REFUSED


def test_play_tells_what_was_yielded_and_returned():
    assert play(give, [GIVE, DELIVERED]) == (
        (Review("responder", "file"), Send("responder", "requester", "file")), ANSWERED)
    assert play(give, [REFUSE])[1] == REFUSED


def test_play_of_a_script_under_way_has_no_word_yet():
    assert play(give, [GIVE]) == ((Review("responder", "file"), Send("responder", "requester", "file")), None)
    assert play(case, [NOBODY])[1] is None


def test_the_word_of_a_root_is_what_it_closed_with():
    instructions, word = play(case, [LOST, DONE, DONE])
    assert word == LOST
    assert instructions[1:] == (Close(LOST), Work("requester", "file_away"))


def test_play_hands_its_parameters_over():
    assert play(patient, [DONE] * 3, Parameters(retries=3)) == ((Work("requester", "remind"),) * 3, REFUSED)


@pytest.mark.parametrize(("script", "answers", "told"), [
    (give, ["perhaps"], "cannot be answered 'perhaps'"),
    (give, [GIVE, LOST], "cannot be answered 'lost'"),
    (case, [DONE], "one of answered, refused, lost, nobody"),
    (give, [REFUSE, DONE], "ended after 1 answers"),
    (patient, [], "raised KeyError: 'retries'"),
])
def test_play_refuses_answers_that_cannot_be(script, answers, told):
    with pytest.raises(ScriptError, match="play") as refused:
        play(script, answers)
    assert told in str(refused.value)


def test_play_refuses_what_is_no_instruction():
    def script(c):
        yield "work"
        return ANSWERED

    with pytest.raises(ScriptError, match="yielded 'work'"):
        play(script, [DONE])


def test_a_sub_script_may_return_any_word_to_its_frame():
    def script(c):
        return (yield Do(give))

    assert play(script, ["postponed"])[1] == "postponed"
