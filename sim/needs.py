"""Needs exist whether or not anybody asks: what an investigation must know, about whom, by when.

They are drawn from the future's settings and the replication's luck alone, never from the option, so that all options
meet the same needs.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim import draws
from sim.laws import KINDS
from sim.scenario.schema import Scenario
from sim.script import NEEDS as NEED_KINDS
from sim.truth import Truth
from sim.units import DAY, Range
from sim.world import World

ASKER, ASKED = range(2)          # side of the focus state
SIDES = ("asker", "asked")
KNOWN_NAME, KNOWN_PRINT, KNOWN_PLATE, KNOWN_NUMBER = 1, 2, 4, 8

NEEDS = np.dtype([
    ("id", "u8"),
    ("request", "u8"),           # needs of one request share it
    ("arises", "i8"),
    ("needed_by", "i8"),
    ("opener", "i2"),            # place whose investigator (or finder) opens it
    ("beneficiary", "i2"),       # place that needs the answer: the opener, for locate the issuer of the alert
    ("side", "i1"),              # SIDES: is the focus asker or asked
    ("kind", "i1"),              # index into script.NEEDS
    ("product", "i1"),           # 0 intelligence, 1 evidence
    ("urgent", "?"),
    ("minor_offence", "?"),
    ("dual_criminality", "?"),
    ("known", "u1"),             # bits KNOWN_*
    ("subject", "i4"),           # person
    ("subjects", "i4"),          # persons in the request, the subject included
    ("holder_known", "?"),
    ("kind_of_person", "i1"),    # of the subject in the asker's own case; index into laws.KINDS
    ("worth", "i8"),             # officer time (ticks) the investigator will spend on asking
    ("counts", "?"),             # arose in the observed window
])


HOLDER_KNOWN = ("content", "evidence", "preserve")     # the asker knows who holds what it wants
PRINT_ONLY = ("identify",)                             # the asker has a print and no name
SPREAD_OF_NEED = 0.6             # variation of the time until an answer is needed: a shape, the mean is the assumption

Uniforms = Callable[..., NDArray[np.float64]]
Function = TypeVar("Function", bound=Callable[..., Any])
_compiled = cast("Callable[[Function], Function]", njit(cache=True))


@dataclass(frozen=True, eq=False)
class Audiences:
    """For each row the places it goes to, in the order they are asked; row r has pool[begins[r]:ends[r]].

    pool          int64[any length]
    begins, ends  int64[rows]
    """

    pool: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.begins)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        pool = self.pool.tolist()
        return (tuple(pool[begin:end]) for begin, end in zip(self.begins.tolist(), self.ends.tolist(), strict=True))

    def __getitem__(self, row: int) -> tuple[int, ...]:
        return tuple(self.pool[self.begins[row]:self.ends[row]].tolist())

    def get(self, row: int, otherwise: tuple[int, ...] = ()) -> tuple[int, ...]:
        """As of a dict that holds the rows with an audience."""
        return self._asked.get(row, otherwise)

    @cached_property
    def _asked(self) -> dict[int, tuple[int, ...]]:
        return {row: places for row, places in enumerate(self) if places}


def audiences(rows: int, given: Mapping[int, Sequence[int]] | Sequence[Sequence[int]] | Audiences) -> Audiences:
    """The same written by hand: by row, or for every row."""
    if isinstance(given, Audiences):
        return given
    listed = [given.get(row, ()) for row in range(rows)] if isinstance(given, Mapping) else list(given)
    ends = np.cumsum([len(places) for places in listed], dtype=np.int64)
    pool = np.array([place for places in listed for place in places], np.int64)
    return Audiences(pool, np.concatenate([np.zeros(1, np.int64), ends])[:len(listed)], ends)


@dataclass(frozen=True)
class Needs:
    """rows of NEEDS sorted by (arises, id); `addressed[n]`: places the asker of need n would name, best guess first."""

    rows: NDArray[np.void]
    addressed: Audiences | tuple[tuple[int, ...], ...]


def draw(world: World) -> tuple[Needs, Truth]:
    """All needs of the focus, as asker and as asked, that arise until the end of the observed window."""
    drawn = [_side(world, side) for side in (ASKER, ASKED)]
    rows = np.concatenate([rows for rows, _, _ in drawn])
    addressed = np.concatenate([addressed for _, addressed, _ in drawn])
    holder = np.concatenate([holder for _, _, holder in drawn])
    order = np.lexsort((rows["id"], rows["arises"]))
    return Needs(rows[order], _audiences(addressed[order])), Truth(holder[order])


def _audiences(addressed: NDArray[np.int64]) -> Audiences:
    """Of a table with a row for each need, -1 where nobody stands."""
    stands = addressed >= 0
    ends = np.cumsum(stands.sum(axis=1))
    return Audiences(addressed[stands], ends - stands.sum(axis=1), ends)


def searchable(world: World, needs: Needs) -> NDArray[np.bool_]:
    """bool (needs, places): somebody may search this place for this need; what is asked of us is searched with us,
    but a person met at a check is looked up among everybody's alerts."""
    found = np.zeros((len(needs.rows), len(world.places)), np.bool_)
    everywhere = (needs.rows["side"] == ASKER) | (needs.rows["kind"] == NEED_KINDS.index("locate"))
    found[everywhere, :world.jurisdictions] = True
    found[:, world.focus] = True
    return found


def _side(world: World, side: int) -> tuple[NDArray[np.void], NDArray[np.int64], NDArray[np.bool_]]:
    """Rows of NEEDS; whom the asker would name, int64[needs, jurisdictions] with -1 for nobody; who really holds."""
    demand = world.scenario.demand
    rate = (demand.asked_by_us, demand.asked_of_us)[side].value * _growth(world.scenario)
    ids, arises = _arrivals(world, SIDES[side], rate)
    uniforms = _uniforms(world, ids)
    rows = np.zeros(len(ids), NEEDS)
    rows["id"] = rows["request"] = ids
    rows["arises"], rows["side"] = arises, side
    rows["counts"] = arises >= world.observe_from
    _fill_matter(rows, world, ids, uniforms)
    partners = _partners_asked if side == ASKER else _partner_asking
    rows["opener"], holder, addressed = partners(rows, world, uniforms)
    issuer = np.where(holder.any(axis=1), holder.argmax(axis=1), rows["opener"])
    rows["beneficiary"] = np.where(rows["kind"] == NEED_KINDS.index("locate"), issuer, rows["opener"])
    return rows, addressed, holder


def _growth(scenario: Scenario) -> float:
    growth = scenario.demand.growth
    if growth is None:
        return 1.0
    years = (scenario.as_of - scenario.as_of.replace(year=growth.from_year, month=7, day=1)).days / 365.25
    return float((1 + growth.per_year.value) ** years)


def _arrivals(world: World, side: str, per_day: float) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A Poisson stream up to the end of the observed window; the k-th need has the same luck at any rate."""
    if per_day == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    mean = DAY / per_day
    expected = world.observe_until / mean
    most = int(expected + 10 * expected ** 0.5 + 20)
    ids = _identities(side, 2 ** (most - 1).bit_length())[:most]
    gaps = draws.draw_many(draws.exponential(mean), draws.bits_many(world.seed, world.replication, ids, 0,
                                                                    draws.stream("need", "gap"), 0))
    arises = np.cumsum(gaps) // world.grain * world.grain
    within = arises < world.observe_until
    return ids[within], arises[within]


@lru_cache(maxsize=8)
def _identities(side: str, many: int) -> NDArray[np.uint64]:
    """The same in every future."""
    return np.array([draws.identity("need", f"{side}/{k}") for k in range(many)], np.uint64)


def _uniforms(world: World, ids: NDArray[np.uint64]) -> Uniforms:
    def uniforms(word: str, leg: int = 0) -> NDArray[np.float64]:
        return draws.unit_many(draws.bits_many(world.seed, world.replication, ids, leg, draws.stream("need", word), 0))
    return uniforms


def _weighted(weights: dict[str, Range], names: tuple[str, ...], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into `names` by weights scaled to one."""
    weight = np.array([weights[name].value if name in weights else 0.0 for name in names])
    edges = np.cumsum(weight) / weight.sum()
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(names) - 1)


def _fill_matter(rows: NDArray[np.void], world: World, ids: NDArray[np.uint64], uniforms: Uniforms) -> None:
    demand, people = world.scenario.demand, world.scenario.people
    kind = _weighted(demand.kinds.share, NEED_KINDS, uniforms("kind"))  # type: ignore[arg-type]
    rows["kind"] = kind
    rows["product"] = kind == NEED_KINDS.index("evidence")
    rows["urgent"] = uniforms("urgent") < demand.urgent.value
    rows["minor_offence"] = uniforms("minor offence") < demand.minor_offence.value
    rows["dual_criminality"] = uniforms("dual criminality") >= demand.no_offence_there.value
    rows["known"] = np.where(np.isin(kind, _rows_of(PRINT_ONLY)), KNOWN_PRINT, KNOWN_NAME)
    rows["holder_known"] = np.isin(kind, _rows_of(HOLDER_KNOWN))
    rows["subject"] = (uniforms("subject") * people.persons).astype(np.int32)
    rows["kind_of_person"] = _weighted(people.kinds, KINDS, uniforms("kind of person"))  # type: ignore[arg-type]
    bits = draws.bits_many(world.seed, world.replication, ids, 0, draws.stream("need", "subjects"), 0)
    sizes = draws.count_pareto(demand.subjects.tail.value, int(demand.subjects.most.value))
    rows["subjects"] = 1 + np.searchsorted(sizes, bits, side="right")       # as draws.draw_count
    worth = np.where(rows["product"] == 1, demand.asking.evidence.value, demand.asking.worth.value)
    rows["worth"] = -np.log(uniforms("worth")) * worth
    mean = np.where(rows["urgent"], demand.needed.urgent.value, demand.needed.ordinary.value)
    unit = draws.lognormal(DAY, SPREAD_OF_NEED)
    wait = draws.draw_many(unit, draws.bits_many(world.seed, world.replication, ids, 0,
                                                 draws.stream("need", "needed"), 0)) / DAY
    rows["needed_by"] = rows["arises"] + (wait * mean).astype(np.int64)


def _rows_of(kinds: tuple[str, ...]) -> list[int]:
    return [NEED_KINDS.index(kind) for kind in kinds]


def _partner_order(world: World, uniforms: Uniforms, word: str, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """A weighted order of the partners for each need, (needs, partners) of places, as far as wanted: the k-th largest
    partner by population weighs k ** -concentration. Exponential clocks keyed by place: a new partner leaves the
    others' order."""
    table = world.scenario.jurisdiction
    partners = [place for place in range(world.jurisdictions) if place != world.focus]
    by_size = sorted(partners, key=lambda place: (-table[world.places[place]].population, world.places[place]))
    exponent = world.scenario.demand.partners.concentration.value
    clocks = np.array([-np.log(uniforms(word, world.place_keys[place])) * (rank + 1) ** exponent
                       for rank, place in enumerate(by_size)])
    order: NDArray[np.int64] = _soonest_first(clocks, np.array(by_size), wanted)
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


def _partner_asking(rows: NDArray[np.void], world: World, uniforms: Uniforms,
                    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """What is asked of us: by whom, whether we really hold a record, and that we are asked. Tables as in `_side`."""
    holder = np.zeros((len(rows), len(world.places)), np.bool_)
    holder[:, world.focus] = uniforms("known") < _shares_known(world)[rows["kind"]]
    addressed = np.full((len(rows), world.jurisdictions), -1, np.int64)
    addressed[:, 0] = world.focus
    return _partner_order(world, uniforms, "partner", np.ones(len(rows), np.int64))[:, 0], holder, addressed


def _partners_asked(rows: NDArray[np.void], world: World, uniforms: Uniforms,
                    ) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """What we ask: who really holds a record, and whom the asker would name. Tables as in `_side`."""
    known = uniforms("known") < _shares_known(world)[rows["kind"]]
    more = _geometric(uniforms("holders"), world.scenario.people.holders.value)
    states = _geometric(uniforms("states"), world.scenario.demand.addressed.states.value)
    right = uniforms("right") < world.scenario.demand.addressed.right.value
    rank = _partner_order(world, uniforms, "partner", states + more)
    held_rank = _partner_order(world, uniforms, "holder", more)
    sure = rows["holder_known"]
    held_rank[sure], more[sure], states[sure], right[sure] = rank[sure], 1, 1, True
    holder = np.zeros((len(rows), len(world.places)), np.bool_)
    need, k = np.nonzero(known[:, None] & (np.arange(rank.shape[1]) < more[:, None]))
    holder[need, held_rank[need, k]] = True
    addressed = np.empty((len(rows), world.jurisdictions), np.int64)
    addressed[:, 0] = np.where(known & right, held_rank[:, 0], -1)
    addressed[:, 1:] = np.where(np.take_along_axis(holder, rank, axis=1), -1, rank)
    addressed[np.cumsum(addressed >= 0, axis=1) > states[:, None]] = -1
    return np.full(len(rows), world.focus), holder, addressed


def _shares_known(world: World) -> NDArray[np.float64]:
    """By kind of need, how often somebody holds a record."""
    return np.array([_known(world, kind) for kind in NEED_KINDS])


def _known(world: World, kind: Any) -> float:
    known = world.scenario.people.known
    return known[kind].value if kind in known else 0.0


def _geometric(uniform: NDArray[np.float64], mean: float) -> NDArray[np.int64]:
    """Whole numbers >= 1 with this mean."""
    if mean <= 1:
        return np.ones(len(uniform), np.int64)
    more: NDArray[np.int64] = np.floor(np.log(uniform) / np.log(1 - 1 / mean)).astype(np.int64)
    return more + 1
