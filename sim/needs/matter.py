"""When needs arise and what they are about, whoever opens them."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.errors import CapacityError
from sim.laws import KINDS
from sim.needs.rows import HOLDER_KNOWN, KNOWN_NAME, KNOWN_PRINT, PRINT_ONLY
from sim.scenario.bars import Bars
from sim.scenario.schema import Scenario
from sim.script import NEEDS as NEED_KINDS
from sim.units import DAY, Range
from sim.world import World

SPREAD_OF_NEED = 0.6             # variation of the time until an answer is needed: a shape, the mean is the assumption

Uniforms = Callable[..., NDArray[np.float64]]


def growth(scenario: Scenario) -> float:
    growth = scenario.demand.growth
    if growth is None:
        return 1.0
    years = (scenario.as_of - scenario.as_of.replace(year=growth.from_year, month=7, day=1)).days / 365.25
    return float((1 + growth.per_year.value) ** years)


MOST = 1 << 26        # needs of one stream: their tables would fill the memory of any machine


def arrivals(world: World, side: str, per_day: float) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A Poisson stream up to the end of the observed window; the k-th need has the same luck at any rate.

    Raises CapacityError for more than one run can hold.
    """
    if per_day == 0:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    mean = DAY / per_day
    expected = world.observe_until / mean
    if expected > MOST:
        raise CapacityError(f"{per_day:,.6g} a day of the stream \"{side}\" are {expected:,.6g} needs in one run\n"
                            f"  expected  {MOST:,} at most: a lower rate, or a shorter window")
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
    return np.fromiter((draws.identity("need", f"{side}/{k}") for k in range(many)), np.uint64, many)


def uniforms_of(world: World, ids: NDArray[np.uint64]) -> Uniforms:
    def uniforms(word: str, leg: int = 0) -> NDArray[np.float64]:
        return draws.unit_many(draws.bits_many(world.seed, world.replication, ids, leg, draws.stream("need", word), 0))
    return uniforms


def _weighted(weights: dict[str, Range], names: tuple[str, ...], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into `names` by weights scaled to one."""
    weight = np.array([weights[name].value if name in weights else 0.0 for name in names])
    edges = np.cumsum(weight) / weight.sum()
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(names) - 1)


def fill_matter(rows: NDArray[np.void], world: World, ids: NDArray[np.uint64], uniforms: Uniforms) -> None:
    demand, people = world.scenario.demand, world.scenario.people
    kind = _weighted(demand.kinds.share, NEED_KINDS, uniforms("kind"))  # type: ignore[arg-type]
    rows["kind"] = kind
    rows["product"] = kind == NEED_KINDS.index("evidence")
    rows["urgent"] = uniforms("urgent") < demand.urgent.value
    rows["minor_offence"] = uniforms("minor offence") < demand.minor_offence.value
    rows["dual_criminality"] = uniforms("dual criminality") >= demand.no_offence_there.value
    if demand.bars is not None:
        rows["bar"] = _bar(demand.bars, uniforms("bar"))
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


def _bar(bars: Bars, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index into `laws.BARS`: at most one of a need, and mostly none (0)."""
    edges = np.cumsum([share.value for share in bars.shares()])
    found = np.searchsorted(edges, uniform, side="right") + 1
    return np.where(found <= len(edges), found, 0)


def _rows_of(kinds: tuple[str, ...]) -> list[int]:
    return [NEED_KINDS.index(kind) for kind in kinds]
