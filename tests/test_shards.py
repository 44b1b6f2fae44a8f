"""A run measured in parts gives the values of the run measured whole, bit for bit, however it is split."""

import gc
import weakref
from functools import cache
from itertools import zip_longest

import numpy as np
import pytest
from hand_made import Made, answered
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sim import conservation, run, transport
from sim.cases import upkeep_book
from sim.errors import ConservationError
from sim.ledger import NEED, RECORD
from sim.metrics import Accumulator, Desks, cut, measure, own_work_at
from sim.metrics.parts import Part, merged
from sim.scenario import load

RUNS = [(name, option, future) for name, options, futures in (
    ("minimal", ("as today", "more clerks"), (0, 1, 2)), ("baseline", ("as today", "router first"), (0, 3)),
    ("index_first", ("router first, index first",), (1,))) for option in options for future in futures]


@cache
def setting(name):
    return run.prepare(load(name))


@cache
def done(name, option, future):
    return run.run(setting(name), option, future, 0)


def desks(whole):
    own_work, upkeep = own_work_at(whole.world, whole.cases.rows), upkeep_book(whole.world, whole.cases.rows)
    return Desks(whole.world, whole.ledger.stations, own_work, upkeep=upkeep)


def differing(accumulator, whole):
    """The first values, merged and whole, that are not the same; a full list of two hundred tells nobody more."""
    pairs = zip_longest(accumulator.values(desks(whole)), measure(whole))
    return [(ours, theirs) for ours, theirs in pairs if ours != theirs][:3]


def split(whole, shards, seed):
    """Every need, and every record event, into one of so many shards."""
    luck = np.random.default_rng(seed)
    need, event = luck.integers(0, shards, len(whole.needs.rows)), luck.integers(0, shards, len(whole.ledger.cases))
    events = whole.ledger.cases["kind"] == RECORD
    return [cut(whole, need == k, events & (event == k)) for k in range(shards)]


# A smaller seed is no simpler split: nothing to shrink.
@settings(max_examples=15, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.sampled_from(RUNS), st.integers(1, 9), st.integers(0, 2**32 - 1), st.randoms())
def test_any_split_merges_to_the_values_of_the_whole(which, shards, seed, random):
    whole = done(*which)
    parts = split(whole, shards, seed)
    random.shuffle(parts)
    accumulator = Accumulator(whole.world)
    for part in parts:
        accumulator.add(part)
    assert differing(accumulator, whole) == []


@pytest.mark.parametrize("which", [("minimal", "as today", 0), ("index_first", "router first, index first", 1)])
def test_the_shards_hold_every_row_once_and_their_books_agree(which):
    whole = done(*which)
    parts = split(whole, 4, 1)
    framed = np.count_nonzero(whole.ledger.steps["task"] >= 0)
    assert sum(len(part.ledger.steps) for part in parts) == framed
    for table in ("legs", "messages", "disclosures"):
        assert sum(len(getattr(part.ledger, table)) for part in parts) == len(getattr(whole.ledger, table))
    at_desks = conservation.at_desks(whole.world, whole.ledger.steps[whole.ledger.steps["task"] < 0])
    for part in parts:
        conservation.check_rows(part.world, part.cases, part.ledger)
        at_desks += conservation.at_desks(part.world, part.ledger.steps)
    conservation.check_desks(whole.world, whole.ledger.stations, at_desks)
    with pytest.raises(ConservationError, match="jobs that came"):
        conservation.check_desks(whole.world, whole.ledger.stations, at_desks + conservation.at_desks(
            whole.world, whole.ledger.steps[whole.ledger.steps["station"] >= 0][:1]))


def test_a_shard_is_a_run_of_its_own():
    """Its disclosures are those that the transport writes from its messages, its rows those of its needs, renumbered,
    and what it is cut from stays as it was."""
    whole = done("minimal", "as today", 1)
    before = whole.ledger.cases.copy(), whole.ledger.disclosures.copy(), whole.cases.rows.copy()
    chosen = np.arange(len(whole.needs.rows)) % 3 == 1
    part = cut(whole, chosen)
    assert part.needs.rows["id"].tolist() == whole.needs.rows["id"][chosen].tolist()
    assert [whole.needs.addressed[n] for n in np.flatnonzero(chosen)] == list(part.needs.addressed)
    assert (part.truth.holder == whole.truth.holder[chosen]).all()
    ours = np.isin(whole.ledger.cases["need"], np.flatnonzero(chosen)) & (whole.ledger.cases["kind"] == NEED)
    assert part.ledger.cases["id"].tolist() == whole.ledger.cases["id"][ours].tolist()
    assert part.cases.rows["need"].tolist() == part.ledger.cases["need"].tolist()
    found = transport.disclosures(part.world, part.cases, part.needs, part.content.records, part.ledger.messages)
    assert len(found) > 0
    assert found.tobytes() == part.ledger.disclosures.tobytes()
    after = whole.ledger.cases, whole.ledger.disclosures, whole.cases.rows
    assert all(one.tobytes() == other.tobytes() for one, other in zip(before, after, strict=True))


def test_needs_of_a_shard_that_nobody_asked_still_count():
    made = Made()
    answered(made, made.need())
    made.need(opening=2)
    whole = made.replication()
    accumulator = Accumulator(whole.world)
    for need in (0, 1):
        accumulator.add(cut(whole, np.arange(2) == need))
    assert differing(accumulator, whole) == []


def test_nothing_of_a_part_is_kept_but_its_sums():
    """Not even until the next collection of garbage: a part is large, and the next one comes at once."""
    whole = done("minimal", "as today", 0)
    accumulator, part = Accumulator(whole.world), cut(whole, np.ones(len(whole.needs.rows), bool))
    gc.disable()
    try:
        left = [weakref.ref(part), weakref.ref(part.ledger), weakref.ref(part.truth)]
        accumulator.add(part)
        del part
        assert [one() for one in left] == [None] * 3
    finally:
        gc.enable()


def test_without_any_part_only_the_desks_have_figures():
    whole = done("minimal", "as today", 0)
    assert {value.metric for value in Accumulator(whole.world).values(desks(whole))} == {"utilisation"}


def test_a_part_of_another_run_is_refused():
    accumulator = Accumulator(done("minimal", "as today", 0).world)
    with pytest.raises(ValueError, match="another run"):
        accumulator.add(done("minimal", "as today", 1))


def test_parts_of_a_metric_list_the_same_numbers():
    assert merged([Part(1, 2, 100, "a")], [Part(3, 4, 100, "a")]) == [Part(4, 6, 100, "a", stands=2)]
    with pytest.raises(ValueError, match="other numbers"):
        merged([Part(1, 2, 100, "a")], [Part(3, 4, 100, "b")])
