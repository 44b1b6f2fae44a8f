"""`comity law`: verdict, rule, duties and sources of one question, from any folder; bad input is told plainly."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli, laws
from sim.laws.asking import known_words
from sim.laws.duties import FLAGS
from sim.laws.words import FLAG_WORDS
from sim.script import FIELDS

HOME = Path(__file__).parent.parent
QUESTION = ("law", "baseline", "--from", "FR", "--to", "US", "--category", "dna", "--on", "2026-03-01")


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """(status, standard output, standard error) of a command line, given in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(list(map(str, arguments)))
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err
    return called


def test_the_command_answers_from_any_folder(tmp_path):
    """In a process of its own, as a user would call it."""
    ended = subprocess.run([sys.executable, "-c", "from sim.cli import main; main()", *QUESTION], cwd=tmp_path,
                           env={"PYTHONPATH": str(HOME), "PATH": ""}, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    out = " ".join(ended.stdout.split())
    for said in ("1 March 2026", "INTERPOL: may refuse", "decided by: interpol_messages (layer instrument, may refuse, "
                 "ground at_will)", "the reasons are written down for the supervisor", "not passed on without asking",
                 "led_37_assessment (sender: may refuse, data_protection)", "Directive (EU) 2016/680 art. 37(1)(b)",
                 "from memory: not re-read", "No rule covers the two for this under PRUEM_II, SIS.", "next change:",
                 "No legal opinion"):
        assert said in out, said
    assert "unlawful" not in out.lower()
    assert "illegal" not in out.lower()
    assert max(map(len, ended.stdout.splitlines())) <= 110


def test_each_instrument_that_covers_the_two_has_a_line(call):
    status, out, _ = call(*QUESTION)
    assert status == 0
    lines = out.splitlines()
    heads = [line.split()[0] for line in lines if line.startswith("  ") and ", by rule " in line]
    assert heads == ["DIR_2023_977", "INTERPOL", "MLA"]


def test_the_answer_for_a_machine_is_that_of_the_interpreter(call):
    status, out, _ = call(*QUESTION, "--instrument", "INTERPOL", "--json")
    said = json.loads(out)
    [answer] = said["answers"]
    assert status == 0
    assert (said["from"], said["to"], said["on"], said["category"], said["field"]) == (
        "FR", "US", "2026-03-01", "biometric", "dna")
    assert (answer["verdict"], answer["rule"], answer["ground"]) == ("may refuse", "interpol_messages", "at_will")
    assert answer["duties"]["flags"] == ["articles_2_and_3", "document"]
    assert {rule["id"]: rule["confidence"] for rule in answer["standing"]} == {
        "interpol_messages": "read", "led_37_assessment": "read"}


@pytest.mark.parametrize(("on", "rule", "changes"), [
    ("2026-08-17", "", ("2026-08-18", "eev_order")), ("2026-08-18", "eev_order", None)])
def test_it_says_when_the_answer_changes_next(call, on, rule, changes):
    _, out, _ = call("law", "baseline", "--from", "DE", "--to", "FR", "--category", "evidence", "--product", "evidence",
                     "--on", on, "--instrument", "E_EVIDENCE", "--json")
    [answer] = json.loads(out)["answers"]
    assert answer["rule"] == rule
    assert answer["next"] is None if changes is None else (answer["next"]["on"], answer["next"]["rule"]) == changes


def test_a_change_of_duties_alone_is_told(call):
    _, out, _ = call("law", "baseline", "--from", "FR", "--to", "GB", "--category", "dna", "--on", "2031-03-01",
                     "--instrument", "INTERPOL")
    assert "next change: on 1 January 2032 the duties change" in out


@pytest.mark.parametrize(("option", "verdict"), [
    ((), "must give"), (("--minor",), "may refuse"), (("--no-dual",), "may refuse"), (("--urgent",), "must give"),
    (("--kind", "victim"), "must give"), (("--handling", "H3"), "may refuse"),
    (("--product", "evidence"), "may refuse"),
])
def test_every_fact_of_the_question_counts(call, option, verdict):
    _, out, _ = call("law", "baseline", "--from", "de", "--to", "Austria", "--category", "names", "--instrument",
                     "DIR_2023_977", "--json", *option)
    said = json.loads(out)
    assert (said["from"], said["to"]) == ("DE", "AT")
    assert said["answers"][0]["verdict"] == verdict


def test_a_bar_counts(call):
    asked = ("law", "baseline", "--from", "AT", "--to", "XF", "--category", "evidence", "--instrument", "MLA", "--json")
    grounds = [json.loads(call(*asked, "--bar", bar)[1])["answers"][0]["ground"] for bar in ("none", "capital")]
    assert grounds == ["public_order", "capital_punishment"]


def test_what_is_refused_or_known_by_no_rule_is_outside_the_modelled_rules(call):
    _, out, _ = call("law", "baseline", "--from", "AT", "--to", "CH", "--category", "dna", "--instrument", "PRUEM_II")
    assert "must refuse, ground no_basis (to give it is outside the modelled rules)" in out
    _, out, _ = call("law", "baseline", "--from", "XF", "--to", "XD", "--category", "dna", "--instrument", "PRUEM_II")
    assert "no rule known (outside the modelled rules)" in out


@pytest.mark.parametrize(("partner", "told"), [("US", True), ("GB", True), ("CH", False), ("europol", False)])
def test_an_act_that_does_not_bind_a_partner_but_lends_its_name_to_a_channel_says_so(call, partner, told):
    _, out, _ = call("law", "baseline", "--from", "FR", "--to", partner, "--category", "dna", "--instrument",
                     "DIR_2023_977")
    assert (f"does not bind {partner}: its channel may be used" in out) == told


def test_a_field_that_may_not_be_given_is_named(call):
    _, out, _ = call("law", "baseline", "--from", "DE", "--to", "AT", "--category", "address", "--instrument",
                     "PRUEM_II")
    assert "address is not among the facts that may be given" in out


BROKEN = {
    "unknown giver": (["law", "baseline", "--from", "Frannce", "--to", "US", "--category", "dna"],
                      "did you mean 'FR'"),
    "unknown receiver": (["law", "baseline", "--from", "FR", "--to", "U5", "--category", "dna"], "did you mean"),
    "no place": (["law", "baseline", "--from", "", "--to", "US", "--category", "dna"], "a state or a body"),
    "one place": (["law", "baseline", "--from", "FR", "--to", "fr", "--category", "dna"], "two places"),
    "unknown category": (["law", "baseline", "--from", "FR", "--to", "US", "--category", "dnaa"], "did you mean 'dna'"),
    "no category": (["law", "baseline", "--from", "FR", "--to", "US"], "--category"),
    "unknown day": ([*QUESTION[:-1], "1 March 2026"], "year-month-day"),
    "impossible day": ([*QUESTION[:-1], "2026-02-30"], "year-month-day"),
    "unknown kind": ([*QUESTION, "--kind", "suspekt"], "did you mean 'suspect'"),
    "unknown code": ([*QUESTION, "--handling", "H9"], "H0, H1, H2, H3"),
    "unknown product": ([*QUESTION, "--product", "evidenc"], "did you mean 'evidence'"),
    "unknown bar": ([*QUESTION, "--bar", "politics"], "did you mean 'political'"),
    "unknown instrument": ([*QUESTION, "--instrument", "INTERPOLL"], "did you mean 'INTERPOL'"),
    "unknown scenario": (["law", "baselime", *QUESTION[2:]], "did you mean 'baseline'"),
}


@pytest.mark.parametrize(("arguments", "told"), BROKEN.values(), ids=BROKEN)
def test_bad_input_is_told(arguments, told, call, tmp_path):
    status, out, error = call(*arguments)
    assert (status, out) == (2, "")
    assert told in error
    assert "Traceback" not in error
    assert list(tmp_path.iterdir()) == []


def test_every_word_and_every_duty_is_known():
    words = known_words()
    assert set(FIELDS) | set(laws.CATEGORIES) <= words.keys()
    assert {category for category, _ in words.values()} == set(laws.CATEGORIES)
    assert all(field == "" or field in FIELDS for _, field in words.values())
    assert set(FLAG_WORDS) == set(FLAGS)
    for word, category in (("dna", "biometric"), ("prints", "biometric"), ("face", "biometric"), ("names", "identity"),
                           ("file", "police_file"), ("convictions", "conviction"), ("evidence", "evidence")):
        assert words[word][0] == category


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_of_which_the_rules_say_nothing_is_no_question(call, day):
    """From 2100 on rules would stand that a scenario has to switch on."""
    status, out, error = call(*QUESTION[:-1], day)
    assert (status, out) == (2, "")
    assert "expected  a day from 2000-01-01 to 2099-12-31" in error


@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31"])
def test_no_switched_off_rule_stands_on_any_day_that_may_be_asked(call, day):
    status, out, _ = call("law", "baseline", "--from", "FR", "--to", "US", "--category", "diffusion", "--on", day)
    assert status == 0
    assert "interpol_diffusion_held" not in out
