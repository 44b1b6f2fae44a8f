"""What is drawn is the table: every row once, every alternative, nothing else."""

import re
from pathlib import Path

import pytest
from example_scripts import DECLARED, case, table
from hypothesis import given
from random_scripts import script_of, trees

from sim import diagram
from sim.programs import Protocol, trace
from sim.script import (
    ANSWERED,
    DONE,
    NO,
    Batch,
    Chance,
    Decide,
    Owes,
    Parameters,
    Quota,
    Send,
    Store,
    Work,
)

GOLDEN = Path(__file__).parent / "golden"


def protocol_of(script, record=None):
    return Protocol(
        name="example", file=Path("example.py"), title="Ask by router.", docstring="Ask by router.",
        serves=frozenset({"identify"}), products=frozenset({"intelligence"}), instrument="", members="", network="",
        parties=DECLARED.roles(), tasks=DECLARED.tasks, contents=DECLARED.contents, clocks=DECLARED.clocks,
        facts=DECLARED.facts, chances=DECLARED.chances, params={}, case=table(script),
        record=table(record, root="record") if record else None, case_script=script, record_script=record,
        parameters=Parameters())


def test_the_example_is_drawn_as_kept():
    assert diagram.sequence(protocol_of(case)) == (GOLDEN / "example.sequence.txt").read_text()


def test_the_table_of_the_example_is_printed_as_kept():
    assert diagram.table(table(case)) == (GOLDEN / "example.table.txt").read_text()


@given(tree=trees())
def test_every_row_is_drawn_once_and_every_message_named(tree):
    protocol = protocol_of(script_of(tree))
    drawn = diagram.sequence(protocol)
    rows = re.findall(r"^[|+* <>o-]*?(\d+)  (\w+)", drawn, re.MULTILINE)
    assert sorted(int(number) for number, _ in rows) == list(range(len(protocol.case.rows)))
    first_words = {int(number): word for number, word in rows}
    for number, row in enumerate(protocol.case.rows):
        named = row.instruction.content if isinstance(row.instruction, Send) else type(row.instruction).__name__
        assert first_words[number] == named


@pytest.mark.parametrize(("instruction", "told"), [
    (Quota("daily", "registry", "requester"), "Quota daily for requester"), (Batch("nightly"), "Batch nightly"),
    (Owes("judge"), "Owes judge?"), (Decide("investigator", "pursue", about="genuine"), "Decide pursue about genuine"),
    (Decide("investigator", "pursue"), "Decide pursue\n"),
])
def test_quotas_batches_duties_and_hidden_truths_say_what_they_ask(instruction, told):
    def script(c):
        yield instruction
        yield Work("requester", "justify")
        return ANSWERED

    drawn = diagram.sequence(protocol_of(script))
    assert told in drawn
    if isinstance(instruction, Quota):
        assert re.search(r"registry +requester|requester +registry", drawn)


@given(tree=trees())
def test_the_table_has_a_line_per_row_with_all_its_answers(tree):
    program = table(script_of(tree))
    lines = {int(line[:4]): line for line in diagram.table(program).splitlines() if line[:4].strip().isdigit()}
    assert list(lines) == list(range(len(program.rows)))
    for number, row in enumerate(program.rows):
        for answer, then in zip(row.answers, row.then, strict=True):
            leads = f"{answer} -> {then}" if then >= 0 else f"{answer} => {program.word(then)}"
            assert leads in lines[number]


@pytest.mark.parametrize(("sender", "receiver", "arrow"), [
    ("requester", "registry", "|----------->|"), ("registry", "requester", "|<-----------|")])
def test_an_arrow_points_at_the_receiver(sender, receiver, arrow):
    def script(c):
        yield Send("requester", "registry", "query")
        yield Send(sender, receiver, "biometrics")
        return ANSWERED

    line = next(line for line in diagram.sequence(protocol_of(script)).splitlines() if "biometrics" in line)
    assert arrow in line


def test_an_alternative_that_joins_the_main_path_says_where():
    def script(c):
        if (yield Chance("complete")) == NO:
            yield Work("requester", "review")
        yield Work("requester", "store")
        return ANSWERED

    drawn = diagram.sequence(protocol_of(script))
    assert drawn.index("alt no") < drawn.index("Work review") < drawn.index("goes on at 1") < drawn.index("else yes")


def test_the_record_script_is_drawn_too():
    def record(r):
        yield Send("owner", "registry", "file")
        yield Store("registry", "file")
        return DONE

    drawn = diagram.sequence(protocol_of(case, record))
    assert drawn.index("=== core_data") < drawn.index("=== record") < drawn.index("Store file")


def test_a_script_of_no_instruction_is_drawn_as_its_word():
    assert "=> answered" in diagram.sequence(protocol_of(script_of(ANSWERED)))
    assert "script: answered" in diagram.table(trace(script_of(ANSWERED), "test"))
