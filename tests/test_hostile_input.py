"""Input that a careful author would not write: each is refused in words, or simply runs."""

from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import ScriptError
from sim.programs import load
from sim.programs import patience as watched

PROTOCOL = '''"""Made for a test; no instrument."""
{imports}
from sim.script import *
SERVES = {{"content", "known_to_you"}}
def case(c):
    {body}
    yield Close(ANSWERED)
'''


def file(folder: Path, body: str = "pass", imports: str = "") -> Path:
    path = folder / "protocols" / "mine.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PROTOCOL.format(body=body, imports=imports), encoding="utf-8")
    return path


@pytest.mark.parametrize(("body", "imports"), [("while True: pass", ""), ("pass", "while True: pass")])
def test_a_loop_that_never_yields_is_refused(tmp_path: Path, monkeypatch, body: str, imports: str):
    monkeypatch.setattr(watched.patience.__wrapped__, "__defaults__", (0.2,))
    with pytest.raises(ScriptError, match="did not come to its next instruction"):
        load(file(tmp_path, body, imports))


@pytest.mark.parametrize(("body", "imports", "says"), [
    ("import sys; sys.exit(0)", "", "SystemExit"),
    ("pass", "import sys; sys.exit(0)", "SystemExit"),
    ("pass", "import random", "no clock, dice or files"),
    ("pass", "import datetime as d", "no clock, dice or files"),
])
def test_exits_clocks_and_dice_are_refused(tmp_path: Path, body: str, imports: str, says: str):
    with pytest.raises(ScriptError, match=says):
        load(file(tmp_path, body, imports))


def ended(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    return int(end.value.code or 0)


def test_a_protocol_without_a_message_runs(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file(tmp_path)
    assert ended("run", "minimal", "--protocol", "mine") == 0
    assert "needs met" in capsys.readouterr().out


def test_a_scenario_in_which_nobody_needs_anything_is_compared(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("quiet.toml").write_text('extends = "minimal"\n[demand]\nfrom = "own: a test"\nasked_by_us = "0 per day"\n'
                                  'asked_of_us = "0 per day"\nurgent = "10 %"\nminor_offence = "5 %"\n'
                                  'no_offence_there = "1 %"\n', encoding="utf-8")
    assert ended("compare", "quiet.toml", "--futures", "2", "--replications", "1", "--workers", "1") == 0
    assert "lies in" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [
    ("compare", "minimal", "--protocols", ","), ("compare", "minimal", "--protocols", ""),
    ("compare", "minimal", "--protocols", "siena,siena"), ("compare", "minimal", "--options", ","),
    ("check", "far.toml"),
])
def test_what_names_nothing_is_unusable(tmp_path: Path, monkeypatch, capsys, arguments: tuple[str, ...]):
    monkeypatch.chdir(tmp_path)
    Path("far.toml").write_text('extends = "minimal"\nas_of = 9999-12-31\n', encoding="utf-8")
    assert ended(*arguments) == 2
    assert "expected" in capsys.readouterr().err
    assert not Path("results").exists()


def test_an_error_nobody_foresaw_is_called_a_bug(monkeypatch, capsys):
    def broken() -> None:
        raise RuntimeError("planted")
    monkeypatch.setattr("sim.scenario.prose", lambda _: broken())
    assert ended("check", "minimal") == 70
    assert "bug of Comity" in capsys.readouterr().err
