"""What content cannot read is told before anything runs: `check` finds it, with the levers of every option."""

import pytest

from sim.cli import main
from sim.content.usable import check_content
from sim.errors import ScenarioError
from sim.scenario import load

SYSTEMS = """formats = ["free_text", "mine"]
[systems]
from = "own: a test"
rekeying = "1 %"
[systems.format]
small = ["free_text"]
"""
LEVER = '[lever."two more clerks"]\nchange = {{ "{}" = "{}" }}\n'
WRONG = {
    "people.errors.typo": '[people.errors]\nfrom = "own: a test"\ntypo = "5 %"\n',
    "people.quality": '[people.quality]\nfrom = "own: a test"\nsmall = ["filthy"]\n',
    "jurisdiction.BB.languages": '[jurisdiction.BB]\nlanguages = ["xx"]\n',
    "matcher.fuzzy.threshold": "[matcher.fuzzy]\nthreshold = 1.01\n",
    "matcher.exact_keys.blinded": '[matcher.exact_keys]\nkind = "fuzzy"\nthreshold = 1\nblinded = true\n',
    "layout": SYSTEMS,
}


def wrong_keys(folder, text):
    (folder / "packs" / "formats").mkdir(parents=True)
    (folder / "packs" / "formats" / "mine.toml").write_text(
        'source = "invented for a test"\nencoding = "utf-8"\nletters = "unicode"\n[field]\n')
    (folder / "scenario.toml").write_text(f'extends = "minimal"\n{text}')
    with pytest.raises(ScenarioError) as caught:
        check_content(load(folder / "scenario.toml"))
    return [fault.key for fault in caught.value.faults]


@pytest.mark.parametrize("key", WRONG)
def test_what_content_cannot_read_is_told_once(key, tmp_path):
    assert wrong_keys(tmp_path, WRONG[key]) == [key]


@pytest.mark.parametrize(("path", "value", "key"), [
    ("people.quality.small", "filthy", "people.quality"), ("matcher.fuzzy.missing", "value", "matcher.fuzzy.missing")])
def test_what_a_lever_of_an_option_makes_unreadable_is_told_too(path, value, key, tmp_path):
    assert wrong_keys(tmp_path, LEVER.format(path, value)) == [key]


@pytest.mark.parametrize("verb", ["check", "run", "compare"])
def test_every_command_tells_where_it_stands_before_anything_runs(verb, tmp_path, capsys):
    (tmp_path / "mine.toml").write_text(f'extends = "minimal"\n{WRONG["people.errors.typo"]}')
    with pytest.raises(SystemExit) as ended:
        main([verb, str(tmp_path / "mine.toml")])
    assert ended.value.code == 2
    assert "mine.toml:4  people.errors.typo" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["minimal", "index_first", "screening", "siena_year"])
def test_shipped_scenarios_are_read(name):
    check_content(load(name))
