"""`check` says what a file is taken to mean; two shipped scenarios have their prose kept word for word.

To renew it after a wanted change:  python tests/test_prose.py
"""

import sys
from pathlib import Path

import pytest

from sim.scenario import load, prose

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("minimal", "baseline")


@pytest.mark.parametrize("name", NAMES)
def test_the_prose_is_the_one_that_was_agreed(name: str):
    assert prose(load(name)) == (GOLDEN / f"{name}.prose.txt").read_text(encoding="utf-8")


def test_a_lever_that_removes_a_safeguard_is_called_so(tmp_path: Path):
    lever = ('[lever."no judge"]\nfrom = "own: test"\nchange = { "law.at_will.small" = "0 %" }\n'
             'loses = "a judge decides on each release"\n')
    (tmp_path / "mine.toml").write_text(
        f'extends = "minimal"\n[[option]]\nname = "a"\nchannel = [{{ use = "siena" }}]\nlevers = ["no judge"]\n{lever}')
    said = " ".join(prose(load(tmp_path / "mine.toml")).split())
    assert "REMOVES A SAFEGUARD: a judge decides on each release." in said
    assert "Its cost is not stated." in said


def test_a_line_that_can_never_be_of_use_is_named(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('extends = "minimal"\n[[option]]\nname = "a"\nchannel = [{ use = "siena" }, '
                                        '{ need = "content", use = "siena" }]\n')
    assert "never of use here: need of the content" in prose(load(tmp_path / "mine.toml"))


def test_dates_nobody_confirmed_are_listed():
    said = prose(load("baseline"))
    assert "Date not confirmed" in said
    assert "SIS (from 26 March 1995): AT," in said


if __name__ == "__main__":
    for shipped in NAMES:
        (GOLDEN / f"{shipped}.prose.txt").write_text(prose(load(shipped)), encoding="utf-8")
    sys.stdout.write(f"written: {', '.join(NAMES)}\n")
