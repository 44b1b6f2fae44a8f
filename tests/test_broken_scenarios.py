"""Every kind of mistake in a scenario file is told with its place; each file in broken/ makes one.

Its first lines say what must be told: the key path, and words of what is expected. The comment FAULT marks the line.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario import load, write

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(path.stem for path in BROKEN.glob("[a-z]*.toml"))
# A class is missed by every table that is given by class, a cycle by every option on it; a restriction needs two keys.
SEVERAL = {"class_missing", "like_cyclic", "restriction_of_nobody"}


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


JUNK = ("5", "-1", "1.5", "inf", "true", '""', '"x"', '"1 to 2 to 3"', "[]", "[1]", "{}",
        "{ a = 1 }", "[[1]]", "2020-01-01")


def toml(value: Any, junk: str, *path: str | int) -> str:
    """A value as TOML on one line, with junk in the place of what stands at the path."""
    if path == ("",):
        return junk
    if isinstance(value, dict):
        inside = (f'"{key}" = {toml(each, junk, *below(path, key))}' for key, each in value.items())
        return f"{{ {', '.join(inside)} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml(each, junk, *below(path, key)) for key, each in enumerate(value))}]"
    if isinstance(value, bool | str):
        return str(value).lower() if isinstance(value, bool) else f'"{value}"'
    return str(value)


def below(path: tuple[str | int, ...], key: str | int) -> tuple[str | int, ...]:
    return (path[1:] or ("",)) if path and path[0] == key else ()


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in keys:
        yield (*path, key)
        yield from places(inner, (*path, key))


TABLES = tomllib.loads(write(load("minimal")))
PLACES = tuple(places(TABLES))


@pytest.mark.parametrize("key", TABLES)
def test_whatever_stands_at_a_key_of_a_scenario_is_read_or_refused(tmp_path: Path, key: str):
    for junk in ("5", "true", '"x"', "[[1]]", "{ a = 1 }"):
        assert "valid TOML" not in said_of(tmp_path, (key,), junk)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(PLACES), st.sampled_from(JUNK))
def test_whatever_stands_anywhere_is_read_or_refused(tmp_path: Path, place: tuple[str | int, ...], junk: str):
    """Never another error than the one that tells the place."""
    assert "valid TOML" not in said_of(tmp_path, place, junk)


def said_of(folder: Path, place: tuple[str | int, ...], junk: str) -> str:
    """What is said of the minimal scenario with junk at a place; empty where it can be read all the same."""
    lines = (f'"{key}" = {toml(value, junk, *below(place, key))}' for key, value in TABLES.items())
    (folder / "junk.toml").write_text("\n".join(lines), encoding="utf-8")
    try:
        load(folder / "junk.toml")
    except ScenarioError as error:
        return str(error)
    return ""
