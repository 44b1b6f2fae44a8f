"""A program is its script: the same instructions and words on all answers; and what cannot be one is refused."""


import pytest
from example_scripts import BEST, case, core_data, rows_of, search, table
from hypothesis import given
from hypothesis import strategies as st
from random_scripts import script_of, trees

from sim.programs import asking_path, play
from sim.script import (
    ANSWERED,
    DONE,
    EXPIRED,
    FALSE_MATCH,
    LOST,
    NO,
    NOBODY,
    NOT_PURSUED,
    NOTHING_HELD,
    REFUSED,
    YES,
    Chance,
    Close,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Send,
    Within,
    Work,
)


def walk(program, entry, answers):
    """What the table yields for these answers: instructions, and the word or None."""
    at, instructions = program.entries[entry].first, []
    for answer in answers:
        if at < 0:
            break
        row = program.rows[at]
        instructions.append(row.instruction)
        at = row.then[row.answers.index(answer)]
    if at >= 0:
        instructions.append(program.rows[at].instruction)
    return tuple(instructions), program.word(at) if at < 0 else None


def answer_paths(program, entry):
    """Every sequence of answers that ends the entry."""
    waiting = [((), program.entries[entry].first)]
    while waiting:
        path, at = waiting.pop()
        if at < 0:
            yield path
            continue
        row = program.rows[at]
        waiting += [((*path, answer), then) for answer, then in zip(row.answers, row.then, strict=True)]


def test_the_example_becomes_twenty_rows_in_three_entries():
    program = table(case)
    assert [(entry.name, entry.words) for entry in program.entries] == [
        ("case", (ANSWERED, REFUSED, NOT_PURSUED, FALSE_MATCH, NOTHING_HELD, NOBODY, LOST)),
        ("search", (ANSWERED, REFUSED, NOT_PURSUED, FALSE_MATCH, NOTHING_HELD, LOST)),
        ("core_data", (ANSWERED, REFUSED, LOST)),
    ]
    assert len(program.rows) == 20
    assert [row.given for row in rows_of(program, Match)] == ["biometrics"]
    each = rows_of(program, ForEach)[0]
    assert each.answers == (ANSWERED, REFUSED, NOT_PURSUED, FALSE_MATCH, NOTHING_HELD, LOST, NOBODY)
    assert program.entries[each.entry].name == "search"
    due = rows_of(program, Due)[0]
    assert due.answers == (ANSWERED, REFUSED, LOST)
    assert program.entries[due.entry].name == "core_data"


@pytest.mark.parametrize(("entry", "script"), [(0, case), (1, search), (2, core_data)])
def test_the_table_of_the_example_is_its_script_on_every_path(entry, script):
    program = table(case)
    paths = list(answer_paths(program, entry))
    assert len(paths) == {"case": 7, "search": 6, "core_data": 2}[script.__name__]
    for path in paths:
        assert walk(program, entry, path) == play(script, path)


def test_the_asker_works_before_its_message_leaves():
    assert asking_path(table(case)) == ("justify",)

    def script(c):
        yield Work("investigator", "justify")
        yield Send("investigator", "requester", "query")
        yield Do(ask)
        yield Work("requester", "store")
        return ANSWERED

    def ask(c):
        yield Work("registry", "search")
        yield Work("requester", "review")
        yield Send("requester", "registry", "query")
        return DONE

    assert asking_path(table(script)) == ("justify", "review")


@given(tree=trees(), choice=st.randoms(use_true_random=False))
def test_a_random_script_and_its_table_agree_on_random_answers(tree, choice):
    script = script_of(tree)
    program = table(script)
    at, path, facts = program.entries[0].first, [], {}
    while at >= 0:
        row = program.rows[at]
        answer = choice.choice(row.answers)
        if isinstance(row.instruction, Is):
            answer = facts.setdefault(row.instruction.fact, answer)
        path.append(answer)
        at = row.then[row.answers.index(answer)]
    assert walk(program, 0, path) == play(script, path)
    assert program.word(at) in program.entries[0].words


@given(tree=trees())
def test_rows_are_all_different_and_all_reached(tree):
    program = table(script_of(tree))
    assert len(set(program.rows)) == len(program.rows)
    referred = {then for row in program.rows for then in row.then} | {entry.first for entry in program.entries}
    assert set(range(len(program.rows))) <= referred
    assert {row.entry for row in program.rows} - {-1} == set(range(1, len(program.entries)))


def test_equal_futures_are_shared():
    def script(c):
        for _ in range(3):
            if (yield Chance("complete")) == YES:
                break
            yield Work("requester", "review")
        yield Work("requester", "store")
        return ANSWERED

    assert len(table(script).rows) == 3 + 3 + 1


def test_a_block_behind_do_is_traced_once_however_often_it_is_done():
    def block(c):
        for _ in range(6):
            yield Chance("complete")
        return DONE

    def script(c):
        for _ in range(10):
            yield Do(block)
        return ANSWERED

    program = table(script)
    assert [entry.name for entry in program.entries] == ["script", "block"]
    assert len(program.rows) == 10 + 6


def test_one_sub_script_searching_with_two_contents_has_two_entries():
    def look(c):
        yield Lookup("registry", "keys")
        return DONE

    def script(c):
        yield Send("requester", "registry", "query")
        yield Do(look)
        yield Send("requester", "registry", "biometrics")
        yield Do(look)
        return ANSWERED

    program = table(script)
    assert [entry.name for entry in program.entries] == ["script", "look", "look#2"]
    assert [row.given for row in rows_of(program, Lookup)] == ["query", "biometrics"]


def test_yield_from_is_inlined():
    def clarify(c):
        if (yield Chance("complete")) == NO:
            yield Work("requester", "review")

    def script(c):
        yield from clarify(c)
        return ANSWERED

    assert [entry.name for entry in table(script).entries] == ["script"]


def test_a_lost_message_is_a_word_of_the_script_that_sends_only():
    def sends(c):
        yield Send("requester", "registry", "query")
        return DONE

    def script(c):
        yield Do(sends)
        yield Do(silent)
        return ANSWERED

    def silent(c):
        yield Work("requester", "justify")
        return DONE

    program = table(script)
    assert [entry.words for entry in program.entries] == [(ANSWERED,), (DONE, LOST), (DONE,)]
    assert [row.answers for row in rows_of(program, Do)] == [(DONE, LOST), (DONE,)]


def test_within_may_expire_and_for_each_may_find_nobody():
    def leg(c):
        yield Work("responder", "search")
        return REFUSED

    def script(c):
        yield Within("48h", each)
        return ANSWERED

    def each(c):
        yield ForEach("responder", leg, best=BEST)
        return DONE

    program = table(script)
    assert rows_of(program, Within)[0].answers == (DONE, EXPIRED)
    assert rows_of(program, ForEach)[0].answers == (REFUSED, NOBODY)


def test_a_fact_asked_again_is_not_branched_on_again():
    def script(c):
        first = yield Is("urgent")
        yield Do(again)
        second = yield Is("urgent")
        if first != second:
            yield "never reached"
        return ANSWERED

    def again(c):
        return (yield Is("urgent"))

    program = table(script)
    assert len(program.entries) == 3     # `again` once per answer that is already known
    assert sorted(entry.words for entry in program.entries[1:]) == [(NO,), (YES,)]


def test_a_leg_asks_its_own_facts():
    def leg(c):
        return ANSWERED if (yield Is("direct")) == YES else REFUSED

    def script(c):
        yield Is("direct")
        return (yield ForEach("responder", leg, best=BEST))

    assert table(script).entries[1].words == (ANSWERED, REFUSED)


def test_a_root_that_never_closes_closes_with_what_it_returns():
    def script(c):
        yield Work("requester", "justify")
        return REFUSED

    program = table(script)
    assert program.word(program.rows[0].then[0]) == REFUSED


def test_a_root_may_go_on_after_it_closed():
    def script(c):
        yield Close(ANSWERED)
        yield Work("requester", "store")

    assert [row.answers for row in table(script).rows] == [(DONE,), (DONE,)]
