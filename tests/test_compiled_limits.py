"""What does not fit is an error that says so, never a wrap; what only needs more room gets it, and no row changes."""

import re
from pathlib import Path

import numpy as np
import pytest
import worlds as w
from rule_worlds import at, world

from sim import draws
from sim.engines import compiled, reference
from sim.engines.compiled import engine, kernel, state
from sim.engines.compiled.layout import LONGEST
from sim.engines.compiled.thresholds import threshold
from sim.errors import CapacityError
from sim.script import ANSWERED, DONE, LOST, Do, Due, ForEach, Work
from sim.units import HOUR


def forks(c):
    yield Work("requester", "half")
    found = yield ForEach("responder", two_steps, best=(ANSWERED, LOST))
    yield Work("requester", "chancy")
    return found


def two_steps(leg):
    yield Do(one_step)
    yield Work("responder", "chancy")
    return ANSWERED


def one_step(leg):
    yield Work("owner", "chancy")
    return DONE


@pytest.mark.parametrize("room", [100, 1 << 13])
def test_arrays_grow_and_rows_are_fetched_without_a_row_less(room, monkeypatch):
    """Six hundred cases at once on arrays made for a few: frames, cases, events and rows all outgrow them."""
    monkeypatch.setattr(engine, "ROOM", room)
    for name in ("FIRST_FRAMES", "FIRST_CASES", "FIRST_EVENTS"):
        monkeypatch.setattr(state, name, 8)
    monkeypatch.setattr(state, "FIRST_ROWS", room)
    made = world(forks, clerks=3)
    cases = w.stream(*[at(k // 300, id=k + 1, addressed=(1, 2, 3)) for k in range(600)])
    w.demand_equal(reference.run(made, cases, w.content()), compiled.run(made, cases, w.content()))


def many(c):
    for _ in range(190):
        yield Do(some)
    return DONE


def some(c):
    for _ in range(190):
        yield Do(two)
    return DONE


def two(c):
    yield Do(nothing)
    return DONE


def nothing(c):
    return DONE
    yield


def begins_again(c):
    for _ in range(130):
        yield Do(twice)
    return DONE


def twice(c):
    yield Work("requester", "none")
    yield Work("requester", "none")
    return DONE


def late(c):
    yield Due("years", one_step_of_ours)
    return DONE


def one_step_of_ours(c):
    yield Work("requester", "one")
    return DONE


LATE = {"years": w.clock("400 working days", at="requester", calendar="eu_1182_71")}


@pytest.mark.parametrize(("made", "told"), [
    (lambda: world(many), "case 0: more than 65536 frames"),
    (lambda: world(begins_again), "case 0: a leg began the same instruction for the 257th time"),
    (lambda: world(late, clocks=LATE, days=3), "case 0: a statutory period ends later than the days"),
], ids=["frames", "luck", "period"])
def test_what_does_not_fit_is_refused_by_both_engines(made, told):
    built, cases = made(), w.stream(at())
    with pytest.raises(CapacityError):
        reference.run(built, cases, w.content())
    with pytest.raises(CapacityError) as refused:
        compiled.run(built, cases, w.content())
    assert told in str(refused.value)


def serve_each(c):
    yield Work("requester", "each")
    return DONE


def test_a_service_that_grows_beyond_its_field_is_refused():
    made = w.world(w.protocol(serve_each, tasks={"each": w.task("1000000 h", per="subject")}))
    most = LONGEST // (1_000_000 * HOUR)
    compiled.run(made, w.stream({"opened": 0, "subjects": most - 1}), w.content())
    with pytest.raises(CapacityError, match="a service or a delay is longer than fits its field"):
        compiled.run(made, w.stream({"opened": 0, "subjects": most + 1}), w.content())


def test_a_threshold_parts_the_same_numbers_as_the_share():
    """At every share, the bits just below and just above the threshold."""
    for share in (0.0, 1e-18, 2.0**-53, 0.1, 1 / 3, 0.5, 1 - 2.0**-53, 1.0, *np.random.default_rng(1).random(500)):
        cut = threshold(float(share))
        for bits in (cut - 1, cut, cut + 1):
            if 0 <= bits < 2**52:
                assert (draws.unit(bits << 12) < share) == (bits < cut)


@pytest.mark.parametrize("priority", [-1, 8])
def test_a_class_that_a_desk_does_not_have_is_refused(priority):
    with pytest.raises(CapacityError, match=f"priority class {priority}; a desk has the classes 0 to 7"):
        compiled.run(world(begins_again), w.stream(at(priority=priority)), w.content())


def test_the_cache_of_the_kernel_knows_every_source_it_is_made_of():
    """What a module of the kernel imports from the project is a module of the kernel, or a constant that is named."""
    folder = Path(kernel.__file__).parent
    own = {f"sim.engines.compiled.{name}" for name in kernel.MADE_OF}
    known = own | {"sim.draws", "sim.calendars", "sim.laws.MUST_REFUSE", "sim.laws.MAY_REFUSE", "sim.needs.KNOWN_PRINT",
                   "sim.needs.rows.NO_ATTACK"}
    for name in kernel.MADE_OF:
        source = (folder / f"{name}.py").read_text(encoding="utf-8")
        for imported in re.findall(r"^from (sim[\w.]*) import ([^\n(]+|\([^)]*\))", source, re.M):
            for word in re.findall(r"\w+", imported[1]):
                named = f"{imported[0]}.{word}"
                used = {f"{named}.{part}" for part in re.findall(rf"\b{word}\.(\w+)", source)} or {named}
                assert imported[0] in known or named in known or used <= known, (name, used - known)
