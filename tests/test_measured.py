"""A run measured block by block comes to the figures of its whole ledger, however small the blocks; what it keeps of
the rows is what the whole ledger says of the same needs."""

from itertools import pairwise

import numpy as np
import pytest
import worlds as w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import measured as by_blocks
from sim.cases import open_cases
from sim.engines import compiled
from sim.engines.compiled import totals
from sim.metrics import measure
from sim.run import draw, prepare, run, run_measured
from sim.scenario import load
from sim.script import ANSWERED, Work
from sim.units import HOUR, MINUTE

SCENARIOS = ("minimal", "baseline")


@pytest.fixture(scope="module", params=SCENARIOS)
def setting(request):
    return prepare(load(request.param))


@pytest.mark.parametrize(("block", "least"), [(4096, 4096), (173, 29)])
@pytest.mark.parametrize("future", [0, 1])
def test_blocks_come_to_the_figures_of_the_whole_ledger(setting, future, block, least, monkeypatch):
    monkeypatch.setattr(by_blocks, "BLOCK", block)
    monkeypatch.setattr(by_blocks, "LEAST", least)
    for each in setting.scenario.option:
        whole = run(setting, each.name, future, 0)
        _, found, _ = run_measured(setting, each.name, future, 0)
        # As texts: nothing to measure is NaN, which equals nothing.
        assert repr(found.values) == repr(measure(whole))
        ledger = whole.ledger
        assert (found.cases, found.messages, found.disclosures, found.events) == (
            len(ledger.cases), len(ledger.messages), len(ledger.disclosures), ledger.events)
        assert found.sample is None


def test_a_sample_keeps_the_rows_of_its_needs_as_the_whole_ledger_has_them(setting, monkeypatch):
    monkeypatch.setattr(by_blocks, "SAMPLE", 5)
    monkeypatch.setattr(by_blocks, "LEAST", 50)
    name = setting.scenario.option[-1].name
    whole = run(setting, name, 0, 0).ledger
    _, found, _ = run_measured(setting, name, 0, 0, sampled=True)
    kept = np.isin(whole.cases["case"], found.sample.cases["case"])
    assert 0.05 < kept.sum() / (whole.cases["need"] >= 0).sum() < 0.5
    assert found.sample.cases.tobytes() == whole.cases[kept].tobytes()
    for table in ("legs", "steps", "messages"):
        rows = getattr(whole, table)
        assert getattr(found.sample, table).tobytes() == rows[kept[rows["case"]]].tobytes()
    assert set(found.sample.disclosures["subject"]) <= set(whole.disclosures["subject"])


def serve(c):
    yield Work("requester", "serve")
    return ANSWERED


@settings(max_examples=40)
@given(opened=st.lists(st.integers(0, 300), min_size=1, max_size=60), sizes=st.lists(st.integers(1, 20), min_size=1),
       seed=st.integers(1, 1000))
def test_totals_of_cases_in_blocks_are_those_of_the_ledger(opened, sizes, seed):
    """Also where a block ends within a tick in which the next goes on."""
    made = w.world(w.protocol(serve, tasks={"serve": w.task("15 min", spread="exponential")}), seed=seed)
    cases = w.stream(*[{"opened": k * 20 * MINUTE, "id": n} for n, k in enumerate(opened)])
    cuts = sorted({0, len(opened), *np.minimum(np.cumsum(sizes), len(opened)).tolist()})
    blocks = (cases.part(first, end) for first, end in pairwise(cuts))
    ledger, found = compiled.run(made, cases, w.content()), totals(made, blocks, w.content())
    closed = ledger.cases["closed"] >= 0
    assert (found.opened, found.closed) == (len(ledger.cases), int(closed.sum()))
    assert found.time_to_close == int((ledger.cases["closed"] - ledger.cases["opened"])[closed].sum())
    assert list(found.by_word) == np.bincount(ledger.cases["word"][closed], minlength=len(made.words)).tolist()
    assert (found.stations.work == ledger.stations.work).all()
    assert (found.stations.waited == ledger.stations.waited).all()


def test_the_mean_time_to_close_is_in_ticks():
    made = w.world(w.protocol(serve, tasks={"serve": w.task("1 h")}))
    assert totals(made, w.stream({"opened": 0}, {"opened": 0}), w.content()).mean_sojourn == 1.5 * HOUR


def test_a_block_leaves_live_cases_what_they_still_need(setting, monkeypatch):
    """Audiences and candidates of cases that outlive their block: the same rows as in one block."""
    each = setting.scenario.option[-1]
    drawn = draw(setting, each.levers, 0, 0)
    cases = open_cases(drawn.world, each, drawn.needs, drawn.content.events, drawn.own_work)
    whole = compiled.run(drawn.world, cases, drawn.content)
    found = totals(drawn.world, (cases.part(k, min(k + 97, len(cases.rows))) for k in range(0, len(cases.rows), 97)),
                   drawn.content)
    closed = whole.cases["closed"] >= 0
    assert found.closed == int(closed.sum())
    assert found.time_to_close == sum((whole.cases["closed"] - whole.cases["opened"])[closed].tolist())
