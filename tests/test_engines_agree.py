"""The compiled engine writes the reference's rows, to the tick: random worlds, shipped protocols, real scenarios."""

import os
import random

import engine_worlds
import pytest
import worlds as w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import programs
from sim.cases import open_cases
from sim.engines import compiled, reference
from sim.programs import names
from sim.run import draw, prepare
from sim.scenario import load, with_options

WORLDS = int(os.environ.get("COMITY_WORLDS", "5000"))     # `make agree` runs many more
PARTS = 20


def demand_agreement(found):
    assert engine_worlds.differ(found) is None, engine_worlds.told(found)


@pytest.mark.parametrize("part", range(PARTS))
def test_engines_agree_on_seeded_worlds(part):
    coarse = 0
    for seed in range(part * WORLDS // PARTS, (part + 1) * WORLDS // PARTS):
        found = engine_worlds.made(random.Random(seed))
        coarse += found.setting["grain"] != "1 us"
        demand_agreement(found)
    assert 2.5 * coarse > WORLDS / PARTS or WORLDS < 1000


@settings(max_examples=300)
@given(chance=st.randoms(use_true_random=False))
def test_engines_agree_on_worlds_that_shrink(chance):
    demand_agreement(engine_worlds.made(chance))


@pytest.mark.parametrize("name", names())
def test_engines_agree_on_every_shipped_protocol(name):
    """Alone, on the first scenario that has its matchers and needs for it; in two futures."""
    scenario = next(each for each in map(load, ("baseline", "leakage", "orders")) if can_play(each, name))
    demand_agreement_on(with_options(scenario, [name]), range(2))


def can_play(scenario, name):
    protocol = programs.load(programs.find(name))
    matchers = {row.instruction.by for row in protocol.case.rows if hasattr(row.instruction, "by")}
    wanted = {kind for kind, share in scenario.demand.kinds.share.items() if share.high > 0}
    return matchers <= set(scenario.matcher) and bool(protocol.serves & wanted)


@pytest.mark.parametrize("name", ["baseline", "index_first", "minimal", "orders"])
def test_engines_agree_on_shipped_scenarios(name):
    demand_agreement_on(load(name), range(1))


def demand_agreement_on(scenario, futures):
    setting = prepare(scenario)
    for each in scenario.option:
        for future in futures:
            drawn = draw(setting, each.levers, future, 0)
            cases = open_cases(drawn.world, each, drawn.needs, drawn.content.events, drawn.own_work)
            w.demand_equal(reference.run(drawn.world, cases, drawn.content),
                           compiled.run(drawn.world, cases, drawn.content))
