"""Every protocol is tested by lying in the folder; README is held to what it tells a newcomer."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

from protocols import _procedure
from sim.programs import asking_path, check_notes, find, load, names, play
from sim.scenario import facts, protocols
from sim.scenario import load as load_scenario
from sim.script import (
    ANSWERED,
    ANSWERS,
    BIT,
    CLOSING_WORDS,
    DELIVERED,
    DESKLESS,
    FORMS,
    GIVE,
    HIT,
    NO_HIT,
    NOTHING_HELD,
    REFUSE,
    REFUSED,
)

NAMES = names()
FOLDER = Path(_procedure.__file__).parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")
ACTS = re.compile(r"(Regulation|Directive) \(EU\) \d{4}/\d+|INTERPOL Constitution|Convention on Mutual Assistance")
FACT_ID = re.compile(r"\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)+\b")


@pytest.fixture(params=NAMES)
def protocol(request):
    return load(find(request.param))


@pytest.fixture(scope="module")
def leakage():
    """The baseline and what private protocols need besides."""
    return load_scenario("leakage")


@pytest.fixture
def example(tmp_path):
    """The file that README tells a newcomer to save."""
    block, = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "yes_or_no_first.py"
    path.write_text(block, encoding="utf-8")
    return path


def instructions(protocol):
    return [row.instruction for program in (protocol.case, protocol.record) if program for row in program.rows]


def used(protocol, *keys):
    return {getattr(step, key) for step in instructions(protocol) for key in keys if getattr(step, key, None)}


# Every protocol in the folder.

def test_the_folder_holds_what_the_scenarios_use():
    assert set(NAMES) >= {"siena", "pruem_router", "police_index", "interpol_i247", "shared_database",
                          "mutual_legal_assistance"}


def test_the_title_is_one_sentence_and_an_act_is_cited(protocol):
    assert protocol.title.endswith(".")
    assert ACTS.search(protocol.docstring)
    assert re.search(r"Idealised|idealised", protocol.docstring)


def test_a_release_without_review_is_owned_up_to_and_only_then(protocol):
    told = any(note.startswith("reviews missing before a disclosure") for note in check_notes(protocol))
    assert told == ("without review" in protocol.docstring)


def test_every_fact_named_is_in_the_register(protocol):
    text = protocol.file.read_text(encoding="utf-8") + (FOLDER / "_procedure.py").read_text(encoding="utf-8")
    named = set(FACT_ID.findall(text))
    assert named
    assert named <= set(facts())


def test_whoever_gives_more_than_alerts_hears_of_all_records(protocol):
    """Or its recipients would be told of the few on alert only, and its copies be of them."""
    given = {content.category for content in protocol.contents.values() if content.of == "record"}
    expected = "alerts" if protocol.record is None or given == {"alert"} else "all"
    assert protocol.records == expected


def test_nothing_is_declared_that_no_script_uses(protocol):
    assert set(protocol.tasks) == used(protocol, "task")
    assert set(protocol.contents) == used(protocol, "content")
    assert set(protocol.clocks) == used(protocol, "clock")
    assert set(protocol.chances) | set(protocol.quotas) == used(protocol, "name")
    limits = {fact for clock in protocol.clocks.values() for limit in clock.limits for fact in limit.when}
    assert set(protocol.facts) <= used(protocol, "fact") | limits
    own = set(protocol.parties) - {"investigator", "requester", "responder", "owner"}
    assert own <= used(protocol, "party", "sender", "receiver", "via")


def test_scripts_are_short_and_know_nothing_but_the_instruction_set(protocol):
    text = protocol.file.read_text(encoding="utf-8")
    module = ast.parse(text)
    scripts = [line for part in module.body if isinstance(part, ast.FunctionDef)
               for line in text.splitlines()[part.lineno - 1:part.end_lineno] if line.strip()]
    assert len(scripts) <= 45
    imported = {part.module for part in ast.walk(module) if isinstance(part, ast.ImportFrom)}
    assert {name for name in imported if not name.startswith("protocols._")} <= {"sim.script", "protocols"}
    assert not any(isinstance(part, ast.Import) for part in ast.walk(module))


def test_a_shipped_scenario_has_the_desks_links_matchers_and_institutions_it_names(protocol, leakage):
    assert {task.desk for task in protocol.tasks.values()} <= {*leakage.desk, *DESKLESS}
    assert protocol.network in leakage.links
    assert used(protocol, "by") <= set(leakage.matcher)
    assert set(protocol.parties.values()) - {"requester", "responder"} <= set(leakage.institution)


def test_whoever_learns_of_the_case_is_told_by_a_hit_only_what_the_record_says(protocol):
    """Content of a record travels from the asked side or a registry, never from the asker."""
    record = {name for name, content in protocol.contents.items() if content.of == "record"}
    senders = {step.sender for step in instructions(protocol) if getattr(step, "content", "") in record
               and hasattr(step, "sender")}
    assert not senders & {"requester", "investigator"}


def test_a_name_means_the_same_in_all_protocols():
    loaded = [load(find(name)) for name in NAMES]
    _, faults = protocols.layer(loaded)
    assert faults == []
    contents = {}
    for each in loaded:
        for name, content in each.contents.items():
            assert contents.setdefault(name, content) == content


# README.

def test_the_example_of_the_readme_is_a_protocol_of_twenty_lines(example):
    protocol = load(example)
    assert protocol.serves == {"known_to_you", "content"}
    assert asking_path(protocol.case) == ("fill_form",)
    lines = [line for line in example.read_text(encoding="utf-8").split("def case", 1)[1].splitlines() if line.strip()]
    assert len(lines) <= 20
    assert not any("missing" in note for note in check_notes(protocol))


def test_the_example_lives_beside_the_shipped_ones(example):
    assert protocols.layer([load(find(name)) for name in NAMES] + [load(example)])[1] == []


def test_the_example_leads_from_no_to_nothing_held_and_from_yes_to_the_report(example):
    ask = load(example).case_script.__globals__["ask"]
    assert play(ask, [DELIVERED, NO_HIT, DELIVERED])[1] == NOTHING_HELD
    assert play(ask, [DELIVERED, HIT, GIVE, DELIVERED])[1] == ANSWERED
    assert play(ask, [DELIVERED, HIT, REFUSE])[1] == REFUSED


def test_the_readme_tells_every_instruction_with_its_arguments_and_answers():
    for kind, answers in ANSWERS.items():
        line, = [line for line in README.splitlines() if line.startswith(f"| `{kind.__name__}(")]
        signature, told = line.split("`")[1], line.split("|")[-2]
        assert all(field.name in signature for field in fields(kind))
        assert {answer.upper() for answer in answers} <= set(re.findall(r"[A-Z_]+", told))


def test_the_readme_tells_every_word_form_and_constant():
    named = set(re.findall(r"\b[A-Z_]{3,}\b", README))
    assert {word.upper() for word in CLOSING_WORDS} <= named
    assert {"BIT" if form == BIT else form.upper() for form in FORMS} <= named
    assert {"SERVES", "PRODUCTS", "INSTRUMENT", "MEMBERS", "NETWORK", "PARTIES", "TASKS", "CONTENTS", "CLOCKS",
            "FACTS", "CHANCES", "PARAMS"} <= named
    assert all(f"`{name}.py`" in README for name in NAMES)
