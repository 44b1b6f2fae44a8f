"""Whom a need concerns: who opens it, who really holds a record, and whom the asker would name."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.needs.matter import Uniforms
from sim.needs.rows import ASKED, ASKER, OTHER
from sim.scenario.quantities import NeedKind
from sim.script import NEEDS as NEED_KINDS
from sim.world import World

Function = TypeVar("Function", bound=Callable[..., Any])
_compiled = cast("Callable[[Function], Function]", njit(cache=True))

# Opener (needs,); places that really hold a record, bool (needs, places); whom the asker would name, int64
# (needs, jurisdictions) with -1 for nobody.
Concerned = tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]


def _focus_asks(rows: NDArray[np.void], world: World, uniforms: Uniforms) -> Concerned:
    focus = np.full(len(rows), world.focus)
    return asked_of_partners(rows, world, uniforms, focus, None, _known(rows, world, uniforms))


def _focus_is_asked(rows: NDArray[np.void], world: World, uniforms: Uniforms) -> Concerned:
    """By one partner, which names the focus only: what it asks of others besides is no need of ours."""
    holder = np.zeros((len(rows), len(world.places)), np.bool_)
    holder[:, world.focus] = _known(rows, world, uniforms)
    addressed = np.full((len(rows), world.jurisdictions), -1, np.int64)
    addressed[:, 0] = world.focus
    return one_partner(rows, world, uniforms, "partner"), holder, addressed


def _others_ask(rows: NDArray[np.void], world: World, uniforms: Uniforms) -> Concerned:
    """Opened by a partner, a larger one more often; about the partners but itself, in the way the focus asks. What it
    asks of the focus is a need of the side ASKED."""
    opener = one_partner(rows, world, uniforms, "opener")
    return asked_of_partners(rows, world, uniforms, opener, opener, _known(rows, world, uniforms))


CONCERNED: dict[int, Callable[[NDArray[np.void], World, Uniforms], Concerned]] = {
    ASKER: _focus_asks, ASKED: _focus_is_asked, OTHER: _others_ask,
}


def one_partner(rows: NDArray[np.void], world: World, uniforms: Uniforms, word: str) -> NDArray[np.int64]:
    return _partner_order(world, uniforms, word, np.ones(len(rows), np.int64))[:, 0]


def asked_of_partners(rows: NDArray[np.void], world: World, uniforms: Uniforms, opener: NDArray[np.int64],
                      without: NDArray[np.int64] | None, known: NDArray[np.bool_],
                      focus_too: bool = False) -> Concerned:
    """Needs that concern partners. `without`: the opener where it is a partner itself. `known`: on whom somebody holds
    a record. `focus_too`: the focus is asked like any other."""
    more = _geometric(uniforms("holders"), world.scenario.people.holders.value)
    states = _geometric(uniforms("states"), world.scenario.demand.addressed.states.value)
    right = uniforms("right") < world.scenario.demand.addressed.right.value
    rank = _partner_order(world, uniforms, "partner", states + more, without, focus_too)
    held_rank = _partner_order(world, uniforms, "holder", more, without, focus_too)
    sure = rows["holder_known"]
    held_rank[sure], more[sure], states[sure], right[sure] = rank[sure], 1, 1, True
    holder = np.zeros((len(rows), len(world.places)), np.bool_)
    need, k = np.nonzero(known[:, None] & (held_rank >= 0) & (np.arange(rank.shape[1]) < more[:, None]))
    holder[need, held_rank[need, k]] = True
    addressed = np.empty((len(rows), 1 + rank.shape[1]), np.int64)
    addressed[:, 0] = np.where(known & right, held_rank[:, 0], -1)
    addressed[:, 1:] = np.where(np.take_along_axis(holder, rank, axis=1), -1, rank)
    addressed[np.cumsum(addressed >= 0, axis=1) > states[:, None]] = -1
    return opener, holder, addressed


def _partner_order(world: World, uniforms: Uniforms, word: str, wanted: NDArray[np.int64],
                   opener: NDArray[np.int64] | None = None, focus_too: bool = False) -> NDArray[np.int64]:
    """A weighted order of the partners for each need, (needs, partners) of places, as far as wanted: the k-th largest
    partner by population weighs k ** -concentration. Exponential clocks keyed by place: a new partner leaves the
    others' order. An opener that is itself a partner is left out: its clock never rings."""
    table = world.scenario.jurisdiction
    partners = [place for place in range(world.jurisdictions) if focus_too or place != world.focus]
    by_size = sorted(partners, key=lambda place: (-table[world.places[place]].population, world.places[place]))
    exponent = world.scenario.demand.partners.concentration.value
    clocks = np.array([-np.log(uniforms(word, world.place_keys[place])) * (rank + 1) ** exponent
                       for rank, place in enumerate(by_size)])
    if opener is None:
        order: NDArray[np.int64] = _soonest_first(clocks, np.array(by_size), wanted)
        return order
    clocks[np.array(by_size)[:, None] == opener] = np.inf
    order = _soonest_first(clocks, np.array(by_size), wanted)
    order[order == opener[:, None]] = -1
    return order


@_compiled
def _soonest_first(clocks: Any, places: Any, wanted: Any) -> Any:
    """The places whose clocks ring first, in that order, int64[needs, places]; -1 beyond the number wanted.

    By insertion, which for some dozens of places is many times as fast as a general sort. Ties stay in the order of
    `places`.

    clocks  float64[places, needs]
    wanted  int64[needs] at least 1
    """
    many, needs = clocks.shape
    order = np.full((needs, many), -1)
    rings = np.empty(many)
    for need in range(needs):
        last = min(wanted[need], many) - 1
        for k in range(many):
            clock, spot = clocks[k, need], min(k, last)
            if k > last and rings[last] <= clock:
                continue
            while spot > 0 and rings[spot - 1] > clock:
                rings[spot], order[need, spot] = rings[spot - 1], order[need, spot - 1]
                spot -= 1
            rings[spot], order[need, spot] = clock, places[k]
    return order


def _known(rows: NDArray[np.void], world: World, uniforms: Uniforms) -> NDArray[np.bool_]:
    """On whom somebody holds a record, by how often that is so for the kind of need."""
    shares = world.scenario.people.known
    of_kind = np.array([shares[kind].value if kind in shares else 0.0
                        for kind in cast("tuple[NeedKind, ...]", NEED_KINDS)])
    found: NDArray[np.bool_] = uniforms("known") < of_kind[rows["kind"]]
    return found


def _geometric(uniform: NDArray[np.float64], mean: float) -> NDArray[np.int64]:
    """Whole numbers >= 1 with this mean."""
    if mean <= 1:
        return np.ones(len(uniform), np.int64)
    more: NDArray[np.int64] = np.floor(np.log(uniform) / np.log(1 - 1 / mean)).astype(np.int64)
    return more + 1
