"""A future settles everything that is open, under addresses that nothing else can move."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import draws
from sim.errors import ScenarioError
from sim.scenario import Scenario, choices, load, of_option, option, ranges, settle, settle_at
from sim.scenario.options import change
from sim.units import Range


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    return load("minimal")


@pytest.fixture(scope="module")
def baseline() -> Scenario:
    return load("baseline")


def at(scenario: Scenario, path: str) -> Range | tuple[str, ...]:
    """What stands at a key path."""
    here = scenario
    for key in path.split("."):
        if isinstance(here, tuple):
            here = here[int(key)]
        else:
            here = here[key] if isinstance(here, dict) else getattr(here, key)
    return here


def test_everything_open_is_settled_within_its_bounds(baseline: Scenario):
    settled = settle(baseline, 1, 5)
    assert len(ranges(baseline)) > 100
    assert not ranges(settled)
    assert not choices(settled)
    for path, open_range in ranges(baseline).items():
        assert open_range.low <= at(settled, path).value <= open_range.high, path
    for path, words in choices(baseline).items():
        assert len(at(settled, path)) == 1, path
        assert at(settled, path)[0] in words, path


def test_nothing_else_changes(minimal: Scenario):
    settled = settle(minimal, 1, 5)
    for key in ("option", "lever", "jurisdiction", "institution", "membership", "run", "groups"):
        assert getattr(settled, key) == getattr(minimal, key)
    assert settle(settled, 9, 9) == settled


def test_a_draw_is_the_one_at_the_address_of_its_key_path(minimal: Scenario):
    path = "demand.urgent"
    u = draws.unit(draws.bits(7, 3 * 4096, draws.identity("future", path), 0, 0, 0))
    assert settle(minimal, 7, 3).demand.urgent == minimal.demand.urgent.at(u)


def test_futures_and_seeds_differ_and_repeat(minimal: Scenario):
    drawn = {settle(minimal, seed, future).demand.urgent.value for seed in (1, 2) for future in range(20)}
    assert len(drawn) == 40
    assert settle(minimal, 1, 3) == settle(load("minimal"), 1, 3)


@given(st.integers(0, 2**32 - 1), st.integers(0, 1000))
def test_a_new_range_moves_no_other(seed: int, future: int):
    small = load("minimal")
    large = change(change(small, "run.grain", "1 to 5 min"), "people.holders", "1 to 9")
    one, other = settle(small, seed, future), settle(large, seed, future)
    assert all(at(one, path) == at(other, path) for path in ranges(small) if path != "people.holders")


def test_every_choice_is_true_in_about_its_share_of_futures(minimal: Scenario):
    """300 futures, three presets: a share of a third is missed by 0.19 with chance 1e-9 (Hoeffding, two-sided)."""
    seen = [settle(minimal, 3, future).people.quality["small"][0] for future in range(300)]
    for word in minimal.people.quality["small"]:
        assert abs(seen.count(word) / 300 - 1 / 3) < 0.19


def test_settle_at_takes_one_to_its_ends_and_leaves_the_rest_in_the_middle(minimal: Scenario):
    low, high = (settle_at(minimal, {"demand.urgent": share}) for share in (0.0, 1.0))
    assert (low.demand.urgent.value, high.demand.urgent.value) == (0.1, 0.2)
    assert low.model_copy(update={"demand": high.demand}) == high
    assert low.demand.minor_offence.value == pytest.approx(0.1)
    presets = [settle_at(minimal, {"people.quality.small": share}).people.quality for share in (0.0, 0.5, 1.0)]
    assert [preset["small"] for preset in presets] == [("clean",), ("typical",), ("harsh",)]
    with pytest.raises(ScenarioError, match=r"did you mean 'demand\.urgent'"):
        settle_at(minimal, {"demand.urgnt": 0.0})


def test_options_share_what_was_drawn_and_levers_add_to_it(minimal: Scenario):
    for future in range(10):
        today, more = (of_option(minimal, option(minimal, name), 1, future) for name in ("as today", "more clerks"))
        assert more.desk["contact_point"].clerks["small"].value == today.desk["contact_point"].clerks["small"].value + 2
        assert more.model_copy(update={"desk": today.desk}) == today


def test_a_range_that_a_lever_brings_in_is_settled_too(tmp_path: Path):
    lever = '[lever.night]\nfrom = "own: test"\nchange = { "demand.needed.urgent" = "1 to 2 h" }\n'
    (tmp_path / "mine.toml").write_text(
        f'extends = "minimal"\n[[option]]\nname = "a"\nchannel = [{{ use = "siena" }}]\nlevers = ["night"]\n{lever}')
    mine = load(tmp_path / "mine.toml")
    settled = of_option(mine, mine.option[0], 1, 2)
    assert not ranges(settled)
    assert 3.6e9 <= settled.demand.needed.urgent.value <= 7.2e9
