"""The command: what it prints, with which status it ends, and that bad input writes nothing."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from sim import cli
from sim.errors import ConservationError
from sim.experiments import chunks

MINIMAL = ["--futures", "1", "--replications", "1", "--workers", "1"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capsys):
    """(status, standard output, standard error) of a command line."""
    def called(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(list(map(str, arguments)))
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err
    return called


def everything(folder: Path):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


BROKEN = {
    "missing file": (["compare", "nowhere.toml"], "existing scenario file"),
    "missing name": (["run", "minimul"], "did you mean 'minimal'"),
    "malformed": (["compare", "malformed.toml"], "malformed.toml:2"),
    "broken scenario": (["check", "wrong.toml"], "focus"),
    "unknown option": (["run", "minimal", "--option", "as todey"], "did you mean 'as today'"),
    "unknown options": (["compare", "minimal", "--options", "as todey"], "did you mean 'as today'"),
    "unknown protocol": (["run", "minimal", "--protocol", "sienna"], "nearest   siena"),
    "unknown protocols": (["compare", "minimal", "--protocols", "siena,sienna"], "nearest   siena"),
    "option and protocol": (["run", "minimal", "--option", "as today", "--protocol", "siena"], "one of the two"),
    "options and protocols": (["compare", "minimal", "--options", "a", "--protocols", "siena"], "one of the two"),
    "no futures": (["compare", "minimal", "--futures", "0"], "--futures"),
    "no replications": (["compare", "minimal", "--replications", "0"], "--replications"),
    "no workers": (["compare", "minimal", "--workers", "0"], "--workers"),
    "a future that cannot be": (["run", "minimal", "--future", "-1"], "--future"),
    "a seed that cannot be": (["compare", "minimal", "--seed", str(2**32)], "--seed"),
    "existing out": (["compare", "minimal", "--out", "there"], "exists already"),
    "existing out of a run": (["run", "minimal", "--out", "there"], "exists already"),
    "unwritable out": (["compare", "minimal", "--out", "malformed.toml/out"], "a place where a folder can be written"),
    "unwritable out of a run": (["run", "minimal", "--out", "malformed.toml/out"], "a folder can be written"),
    "unknown list": (["list", "protocol"], "did you mean 'protocols'"),
    "unknown drawing": (["draw", "sienna"], "nearest   siena"),
    "unknown verb": (["compair", "minimal"], "compair"),
    "bad name": (["new", "protocol", "my-protocol"], "is no name of a protocol"),
    "name of a path": (["new", "protocol", "../mine"], "is no name of a protocol"),
    "name taken": (["new", "protocol", "siena"], "is shipped"),
    "file taken": (["new", "protocol", "mine"], "exists already"),
}


@pytest.mark.parametrize(("arguments", "told"), BROKEN.values(), ids=BROKEN)
def test_bad_input_is_told_and_nothing_is_written(arguments, told, call, here, monkeypatch):
    (here / "malformed.toml").write_text('question = "?"\nfocus = \n')
    (here / "wrong.toml").write_text('extends = "minimal"\nfocus = "ZZ"\n')
    (here / "there").mkdir()
    (here / "protocols").mkdir()
    (here / "protocols" / "mine.py").write_text("")
    monkeypatch.setattr(chunks, "run_all", lambda *_: pytest.fail("it ran"))
    before = everything(here)
    status, out, error = call(*arguments)
    assert (status, out) == (2, "")
    assert told in error
    assert "Traceback" not in error
    assert everything(here) == before


def test_ctrl_c_leaves_nothing(call, here, monkeypatch):
    def interrupted(*_):
        assert [path.suffix for path in (here / "results").iterdir()] == [".part"]
        raise KeyboardInterrupt
    monkeypatch.setattr(chunks, "run_all", interrupted)
    assert call("compare", "minimal")[::2] == (130, "comity: interrupted; nothing was written\n")
    assert everything(here) == []


def test_books_that_disagree_are_our_bug(call, here, monkeypatch):
    def disagree(*_):
        raise ConservationError("case 3 closed twice")
    monkeypatch.setattr(chunks, "run_all", disagree)
    status, _, error = call("compare", "minimal")
    assert status == 70
    assert "this is a bug of Comity" in error
    assert "case 3 closed twice" in error
    assert everything(here) == []


def test_compare_prints_fit_before_figures_and_where_the_result_lies(call, here):
    status, out, error = call("compare", "minimal", *MINIMAL)
    assert (status, error) == (0, "")
    assert out.index("Which protocol serves which need") < out.index("more clerks against as today")
    [result] = (here / "results").iterdir()
    assert f"The result lies in results/{result.name}" in out
    assert (result / "report.html").is_file()
    assert max(map(len, out.splitlines())) <= 100


def test_compare_names_its_result_and_speaks_json(call, here):
    status, out, _ = call("compare", "minimal", *MINIMAL, "--out", "deep/mine", "--json", "--options", "more clerks")
    said = json.loads(out)
    assert status == 0
    assert (said["result"], said["options"], said["futures"]) == ("deep/mine", ["more clerks"], 1)
    assert (here / "deep" / "mine" / "comparison.csv").is_file()


def test_a_run_says_its_events_and_seconds_by_stage(call, here):
    status, out, _ = call("run", "minimal", "--option", "more clerks", "--future", "1", "--json", "--out", "one")
    said = json.loads(out)
    assert status == 0
    assert (said["option"], said["future"], said["replication"]) == ("more clerks", 1, 0)
    assert said["events"] > 0
    assert {"world", "simulate", "metrics"} <= said["seconds"].keys()
    assert {"cases.parquet", "legs.parquet", "steps.parquet", "messages.parquet", "disclosures.parquet",
            "needs.parquet", "metrics.parquet", "scenario.toml", "run.json"} == set(everything(here / "one"))
    told = duckdb.sql(f"select necessary from '{here / 'one' / 'disclosures.parquet'}'").df()["necessary"]
    assert (told.min(), 0 < told.max() < 20) == (0, True)      # every one is of a need, and judged


@pytest.mark.parametrize(("ledger", "files"), [
    ("totals", {"metrics.parquet", "scenario.toml", "run.json"}),
    ("sampled", {"cases.parquet", "legs.parquet", "steps.parquet", "messages.parquet", "disclosures.parquet",
                 "needs.parquet", "metrics.parquet", "scenario.toml", "run.json"})])
def test_a_run_may_keep_fewer_rows_and_has_the_same_figures(call, here, ledger, files):
    said = [json.loads(call("run", "minimal", "--json", *more)[1])
            for more in ((), ("--ledger", ledger, "--out", "one"), ("--engine", "reference"))]
    assert said[0]["metrics"] == said[1]["metrics"] == said[2]["metrics"]
    assert [each["engine"] for each in said] == ["compiled", "compiled", "reference"]
    assert said[0]["events"] == said[1]["events"] == said[2]["events"]
    assert files == set(everything(here / "one"))


@pytest.mark.parametrize(("wrong", "told"), [
    (("--engine", "steam"), "--engine 'steam'\n  expected  one of compiled, reference"),
    (("--ledger", "some"), "--ledger 'some'\n  expected  one of full, sampled, totals"),
    (("--ledger", "totals", "--engine", "reference"), "expected  --engine compiled: the others keep every row")])
def test_an_engine_or_a_ledger_that_is_none_is_unusable_input(call, wrong, told):
    status, out, error = call("run", "minimal", *wrong)
    assert (status, out) == (2, "")
    assert told in error


def test_a_run_in_words(call):
    status, out, _ = call("run", "minimal")
    assert status == 0
    for told in ("Option “as today”, future 0, replication 0, seed 1.", "events", "simulate", "met with information",
                 "uninvolved persons", "utilisation, ours, contact_point"):
        assert told in out
    assert "breach" not in out                # without declared hazards there is no figure of one option alone
    assert max(map(len, out.splitlines())) <= 100


def test_a_new_protocol_runs_is_drawn_and_compared_without_another_file(call, here):
    status, out, _ = call("new", "protocol", "my_way")
    assert (status, everything(here)) == (0, ["protocols", "protocols/my_way.py"])
    said = json.loads(call("run", "minimal", "--protocol", "my_way", "--json")[1])
    assert any(row["metric"] == "met_with_information" and row["value"] > 0 for row in said["metrics"])
    assert "direct_question" in call("draw", "my_way")[1]
    assert "look_into_files" in call("draw", "my_way", "--table")[1]
    assert "my_way" in call("list", "protocols")[1]
    status, out, _ = call("compare", "minimal", "--protocols", "siena,my_way", *MINIMAL)
    assert status == 0
    assert "my_way against siena" in out


@pytest.mark.parametrize(("kind", "told"), [
    ("protocols", "pruem_router"), ("scenarios", "baseline"), ("levers", "two more experts"), ("metrics", "needs_met"),
    ("facts", "SPOC-OTHER")])
def test_lists(kind, told, call):
    status, out, _ = call("list", kind)
    assert status == 0
    assert any(line.startswith(f"{told} ") for line in out.splitlines())
    assert told in json.loads(call("list", kind, "--json")[1])[kind]
    assert out.strip() in call("list")[1]


def test_check_tells_what_a_run_would_refuse(call, here):
    """A duty misspelt in a script: no file is wrong by itself."""
    call("new", "protocol", "mine")
    file = here / "protocols" / "mine.py"
    text = file.read_text()
    at = text.index("def case(c):\n") + len("def case(c):\n")
    file.write_text(text[:at] + '    yield Owes("jugde")\n' + text[at:])
    (here / "own.toml").write_text('extends = "minimal"\n[[option]]\nname = "as today"\nchannel = [{ use = "mine" }]\n')
    status, out, error = call("check", "own.toml")
    assert (status, out) == (2, "")
    assert "no law knows the duty 'jugde'" in error


def test_check_prints_prose(call):
    status, out, _ = call("check", "minimal")
    assert status == 0
    assert out.startswith("Would two more clerks")


@pytest.mark.parametrize("verb", ["list", "check", "run", "compare", "draw", "new protocol"])
def test_every_verb_has_an_example(verb, call):
    status, out, _ = call(*verb.split(), "--help")
    assert status == 0
    assert f"Example: comity {verb}" in out


def test_help_needs_nothing_heavy():
    heavy = "numba", "pandas", "matplotlib", "pydantic", "rich.table"
    code = f"import sim.cli, sys; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_progress_bar_is_for_terminals_only(capsys):
    from sim.cli.progress import progress
    with progress("comparing") as told:
        told(1, 2)
    assert capsys.readouterr() == ("", "")
