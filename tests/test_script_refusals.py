"""What cannot be a program is refused, with the answers that led there and how to mend it."""

import datetime
from pathlib import Path

import pytest
from example_scripts import BEST, core_data, refusal, search, table

from sim.programs.demands import DEMANDS
from sim.script import (
    ANSWERED,
    ANSWERS,
    DONE,
    HIT,
    LOST,
    NO,
    NO_HIT,
    NOTHING_HELD,
    REFUSED,
    Batch,
    Chance,
    Close,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Match,
    Owes,
    Paused,
    Quota,
    Review,
    Send,
    Store,
    Verify,
    Wait,
    Withdraw,
    Within,
    Work,
)


def in_leg(*instructions, found=False):
    def leg(c):
        if found:
            yield Send("requester", "responder", "query")
            if (yield Match("responder", "keys")) == NO_HIT:
                return DONE
        for instruction in instructions:  # noqa: UP028  (a tuple cannot be sent the answers)
            yield instruction
        return DONE

    def script(c):
        yield ForEach("responder", leg, best=(DONE, LOST))
        return ANSWERED
    return script


def in_root(*instructions):
    def script(c):
        for instruction in instructions:  # noqa: UP028  (a tuple cannot be sent the answers)
            yield instruction
        return ANSWERED
    return script


def test_an_endless_script_is_refused_with_the_bounded_loop_as_remedy():
    def script(c):
        while (yield Chance("complete")) == NO:
            yield Work("requester", "review")
        return ANSWERED

    message = refusal(script)
    assert "test.script: still not ended after 200 answers" in message
    assert "... -> no -> done -> no -> done" in message
    assert "for attempt in range" in message


def test_too_many_paths_are_refused_with_do_as_remedy():
    def script(c):
        answers = []
        for _ in range(20):
            answers.append((yield Chance("complete")))
        return ANSWERED

    message = refusal(script)
    assert "more paths than 100,000 replays" in message
    assert "yield Do(sub)" in message


def test_a_script_with_memory_is_refused():
    runs = []

    def script(c):
        runs.append(1)
        yield Work("requester", "justify" if len(runs) % 2 else "review")
        return ANSWERED

    message = refusal(script)
    assert "not a function of its answers" in message
    assert "Work(party='requester', task='justify')" in message
    assert "`Chance`" in message


def test_a_script_that_ends_otherwise_when_run_again_is_refused():
    runs = []

    def script(c):
        runs.append(1)
        yield Work("requester", "justify")
        return ANSWERED if len(runs) % 2 else REFUSED

    assert "not a function of its answers" in refusal(script)


def test_a_script_that_stops_early_when_run_again_is_refused():
    runs = []

    def script(c):
        runs.append(1)
        for _ in range(3 if len(runs) < 5 else 1):
            yield Work("requester", "justify")
        return ANSWERED

    assert "not a function of its answers" in refusal(script)


def test_a_script_that_reads_the_clock_is_refused():
    def script(c):
        yield Work("requester", datetime.datetime.now().isoformat())
        return ANSWERED

    assert "not a function of its answers" in refusal(script)


def test_a_sub_script_made_anew_is_refused():
    def script(c):
        def sub(c):
            yield Work("requester", "justify")
            return DONE
        yield Do(sub)
        return ANSWERED

    assert "a module-level function for a sub-script made anew" in refusal(script)


def no_generator(c):
    return DONE


@pytest.mark.parametrize(("script", "told", "remedy"), [
    (in_root(Send("requester", "responder", "query")), "party 'responder' stands for nobody", "ForEach"),
    (in_root(Work("owner", "search")), "party 'owner' stands for nobody", "ForEach"),
    (in_root(Work("judge", "review")), "party 'judge' stands for nobody", "ForEach"),
    (in_root(Work("pope", "review")), "party 'pope' stands for nobody", "PARTIES = {'pope'"),
    (in_root(Send("requester", "registry", "query", via="hub")), "party 'hub' stands for nobody", "PARTIES"),
    (in_root(ForEach("requester", search, best=BEST)), "'requester' stands for one and the same", ""),
    (in_root(ForEach("registry", search, best=BEST)), "'registry' stands for one and the same", ""),
    (in_root(Work("requester", "dance")), "'dance' is no known task", "TASKS"),
    (in_root(Review("requester", "gossip")), "'gossip' is no known content", "CONTENTS"),
    (in_root(Send("requester", "registry", "gossip")), "'gossip' is no known content", "CONTENTS"),
    (in_root(Wait("ever")), "'ever' is no known clock", "CLOCKS"),
    (in_root(Due("ever", core_data)), "'ever' is no known clock", "CLOCKS"),
    (in_root(Within("ever", core_data)), "'ever' is no known clock", "CLOCKS"),
    (in_root(Is("raining")), "'raining' is no known fact", "FACTS"),
    (in_root(Chance("luck")), "'luck' is no known chance", "CHANCES"),
    (in_root(Send("requester", "registry", "query", form="smoke")), "'smoke' is no known form", ""),
    (in_root(ForEach("responder", core_data, best=BEST, until="ever")), "'ever' is no known `until`", ""),
    (in_root(Within("48h", core_data, rest="forgotten")), "'forgotten' is no known `rest`", ""),
    (in_root(Paused(core_data)), "no clock runs here", "Do(sub)"),
    (in_root(Close("postponed")), "the root closes with 'postponed'", "translate"),
    (in_root(Close(ANSWERED), Close(ANSWERED)), "closed a second time", ""),
    (in_leg(Close(ANSWERED)), "Close outside the root", "return the word"),
    (in_leg(Verify("expert", "forensic")), "no record here", "search first"),
    (in_leg(Store("registry", "file")), "no record here", "search first"),
    (in_leg(Withdraw("registry")), "no record here", "search first"),
    (in_root(ForEach("responder", core_data, best=BEST, among="found")), "no record here", "search first"),
    (in_leg(Send("responder", "requester", "file")), "no record here", "search first"),
    (in_root("work"), "yielded 'work', which is no instruction", "yield from"),
    (in_root(search), "which is no instruction", "yield Do(sub)"),
    (in_root(Do(no_generator)), "`sub` is <function no_generator", "a yield in it"),
    (in_root(Do(3)), "`sub` is 3", ""),
    (in_root(ForEach("responder", core_data, best=[ANSWERED])), "`best` is ['answered']", "best=("),
    (in_root(Work("requester", 3)), "`task` is 3", ""),
])
def test_refused_with_what_is_wrong_and_how_to_mend_it(script, told, remedy):
    message = refusal(script)
    assert told in message
    assert not remedy or remedy in message.split("  remedy ")[1]


@pytest.mark.parametrize("instruction", [
    Verify("expert", "forensic"), Store("registry", "file"), Withdraw("registry"),
    Send("responder", "requester", "file")])
def test_after_a_hit_the_leg_has_a_record(instruction):
    table(in_leg(instruction, found=True))


def test_a_record_has_its_holder_and_itself_and_no_asker():
    def record(r):
        yield Send("owner", "registry", "file")
        yield Store("registry", "file")
        yield Withdraw("registry")
        return DONE

    def asks(r):
        yield Work("requester", "review")
        return DONE

    assert table(record, root="record").entries[0].words == (DONE, LOST)
    assert "'requester' stands for nobody here" in refusal(asks, root="record")


def test_a_refusal_in_a_sub_script_tells_the_way_to_its_frame():
    def leg(c):
        yield Is("urgent")
        yield Wait("ever")
        return DONE

    def script(c):
        yield Work("requester", "justify")
        yield ForEach("responder", leg, best=(DONE,))
        return ANSWERED

    message = refusal(script)
    assert "answers   yes" in message
    assert "within    ForEach of script, answers done" in message


def test_a_leg_may_pause_the_clock_of_the_frame_around_it():
    def leg(c):
        yield Paused(wait)
        return DONE

    def wait(c):
        yield Wait("pause")
        return DONE

    def due(c):
        return (yield ForEach("responder", leg, best=(DONE,)))

    def script(c):
        yield Due("48h", due)
        return ANSWERED

    assert [entry.name for entry in table(script).entries] == ["script", "due", "leg", "wait"]


def test_an_unranked_word_is_refused_and_a_rank_too_many_is_fine():
    def leg(c):
        yield Send("requester", "responder", "query")
        return NOTHING_HELD

    assert "leg can return lost, which `best` does not rank" in refusal(
        in_root(ForEach("responder", leg, best=(ANSWERED, NOTHING_HELD))))
    assert "nothing_held, lost" in refusal(in_root(ForEach("responder", leg, best=(ANSWERED,))))
    table(in_root(ForEach("responder", leg, best=BEST)))


def test_long_paths_within_long_paths_are_refused_and_not_a_crash():
    def deeper(sub):
        def script(c):
            for _ in range(190):
                yield Work("requester", "justify")
            if sub:
                yield Do(sub)
            return DONE
        return script

    script = None
    for _ in range(8):
        script = deeper(script)
    assert "go too deep" in refusal(script) or "RecursionError" in refusal(script)


def test_every_instruction_has_its_demands():
    assert set(DEMANDS) == set(ANSWERS)


def fork(c):
    yield Do(fork_again)
    return DONE


def fork_again(c):
    yield Do(fork)
    return DONE


def test_a_script_that_forks_itself_is_refused_by_name():
    assert "fork -> fork_again -> fork" in refusal(in_root(Do(fork)))


def test_a_script_without_a_word_is_refused():
    def sub(c):
        yield Work("requester", "justify")

    assert "ended with None instead of a word" in refusal(in_root(Do(sub)))
    assert "ended with None instead of a word" in refusal(sub)


def test_a_root_that_returns_a_word_no_requester_may_be_told_is_refused():
    def script(c):
        yield Work("requester", "justify")
        return "postponed"

    assert "the root closes with 'postponed'" in refusal(script)


def test_a_script_that_raises_is_refused_with_its_error():
    def script(c):
        yield Work("requester", "justify")
        return c.word

    message = refusal(script)
    assert "raised KeyError: 'word'" in message
    assert "answers   done" in message


def test_a_refusal_names_the_line_that_yielded():
    def inner(c):
        yield Work("requester", "justify")
        yield Wait("ever")

    def script(c):
        yield from inner(c)
        return ANSWERED

    line = inner.__code__.co_firstlineno + 2
    assert f"{Path(__file__)}:{line}" in refusal(script)


def test_the_word_hit_is_no_way_round_a_search():
    """The record comes from the search, not from a word that looks like its answer."""
    def script(c):
        yield Do(says_hit)
        yield Verify("expert", "forensic")
        return ANSWERED

    def says_hit(c):
        yield Work("requester", "search")
        return HIT

    assert "no record here" in refusal(script)


@pytest.mark.parametrize(("instruction", "told"), [
    (Quota("weekly", "requester", "registry"), "'weekly' is no known quota"),
    (Quota("daily", "requester", "responder"), "'responder' stands for nobody here"),
    (Quota("daily", "clerk", "requester"), "give it a side, PARTIES = {'clerk'"),
    (Batch("hourly"), "declare it in WINDOWS beside the script"),
    (Owes(3), "`duty` is 3"),
    (Is("genuine"), "'genuine' is hidden: nobody in the case knows it"),
    (Is("genuine"), "Decide(party, task, about='genuine')"),
    (Decide("requester", "pursue", about="urgent"), "'urgent' is no known hidden fact"),
    (Decide("requester", "pursue", about=None), "`about` is None"),
])
def test_what_is_asked_of_quotas_batches_duties_and_hidden_truths_must_be_known(instruction, told):
    assert told in refusal(in_root(instruction))


def test_recipients_are_those_of_a_record_in_hand():
    tell = ForEach("member", in_leg_of_member, best=(DONE, LOST), among="recipients")
    assert "there is no record here" in refusal(in_root(tell))
    table(in_leg(tell, found=True))
    table(in_root(tell), root="record")


def in_leg_of_member(c):
    yield Send("registry", "member", "facts")
    return DONE
