"""Every kind of mistake in a scenario file is told with its place; each file in broken/ makes one.

Its first lines say what must be told: the key path, and words of what is expected. The comment FAULT marks the line.
"""

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.stem for path in BROKEN.glob("[a-z]*.toml"))
# A class is missed by every table that is given by class, a cycle by every option on it.
SEVERAL = {"class_missing", "like_cyclic"}


def said(name: str, word: str) -> str:
    lines = (BROKEN / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    return next(line.removeprefix(f"# {word}: ") for line in lines if line.startswith(f"# {word}:")).strip()


def marked_line(name: str) -> int | None:
    lines = (BROKEN / f"{name}.toml").read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.endswith("# FAULT")), None)


def test_there_are_enough():
    assert len(FILES) >= 30


@pytest.mark.parametrize("name", FILES)
def test_the_fault_and_its_place_are_told(name: str):
    with pytest.raises(ScenarioError) as caught:
        load(BROKEN / f"{name}.toml")
    faults = {fault.key: fault for fault in caught.value.faults}
    key = said(name, "key").removeprefix("# key:")
    assert key in faults, caught.value
    assert said(name, "says") in faults[key].expected
    if marked_line(name):
        assert faults[key].file == str(BROKEN / f"{name}.toml")
        assert faults[key].line == marked_line(name)
    assert name in SEVERAL or len(faults) == 1, "nothing else is wrong in this file"


def test_all_faults_come_at_once(tmp_path: Path):
    file = tmp_path / "three.toml"
    file.write_text('extends = "minimal"\nfocus = "ZZ"\n[run]\nfutures = 0\n[law]\nfrom = "somebody"\n')
    with pytest.raises(ScenarioError, match="3 faults") as caught:
        load(file)
    assert {(fault.key, fault.line) for fault in caught.value.faults} == {("focus", 2), ("run.futures", 4),
                                                                          ("law.from", 6)}


def test_a_name_for_two_files_is_refused(tmp_path: Path):
    (tmp_path / "minimal.toml").write_text('extends = "baseline"\n')
    (tmp_path / "mine.toml").write_text('extends = "minimal"\n')
    with pytest.raises(ScenarioError, match="there are two"):
        load(tmp_path / "mine.toml")


@pytest.mark.parametrize(("name", "says"), [("no/such.toml", "an existing scenario file"),
                                            ("minimla", "did you mean 'minimal'?"), (".", "directory")])
def test_a_file_that_cannot_be_read_is_one_clear_error(name: str, says: str):
    with pytest.raises(ScenarioError, match="1 fault") as caught:
        load(name)
    assert says in caught.value.faults[0].expected


def test_a_file_in_another_encoding_is_refused(tmp_path: Path):
    (tmp_path / "latin.toml").write_bytes('question = "Für wen?"'.encode("latin-1"))
    with pytest.raises(ScenarioError, match="UTF-8"):
        load(tmp_path / "latin.toml")
