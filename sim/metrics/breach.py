"""What a year of break-ins would cost: mean, worst year and tail of the records lost, and of whom they tell.

Holdings are those of the run (`sim.metrics.holdings`), copies from before it included, as if they stood so for a year.
Where the scenario declares no hazards all holders have the same one; then only ratios between options may be told, and
nothing here is a number of a year. The loss of a year is the sum over holders, each broken into once or not at all
(`sim.leakage.breach_loss`); a record at two holders is lost twice. Persons are counted once however many hold them, and
of readable records only: whom keyed rows tell of, once the key is found, is in the records and not in the persons.

Where copies from before the run are most of what is held, options hardly differ: the slice "given in the run" leaves
them out.

The same records elsewhere: each metric is also that of all these records in one store, in five equal parts, and copied
to five places, every store with the mean hazard of a record as held. The mean of one store and of five parts is the
same and the tail is not: nobody can tell the two designs apart by what is lost on average.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from sim.leakage.breach import blast_radius, chances, insider_loss, with_flow
from sim.leakage.breach_loss import Losses, central, copies, equal_parts, losses, scaled
from sim.metrics.holders import AT
from sim.metrics.holdings import Account, Held, account, held
from sim.metrics.parts import Cell, Counts
from sim.metrics.standing import UNIT
from sim.metrics.view import View

WORST_YEAR, WORST_IN_A_HUNDRED = 0.95, 0.99
AS_HELD, GIVEN, PARTS = "", "given in the run", 5
ELSEWHERE = ("in one store", "in five equal parts", "copied to five")
Of = Callable[[Losses], float]


def expected(view: View) -> list[Counts]:
    """Records lost in a year, on average. Slices "dwell" (what comes in while an intruder stays) and "insider" stand
    beside the rest, where hazards are declared."""
    return _counts(view, [*_shaped(_mean), ("dwell", _dwell), ("insider", _insider)])


def worst_year(view: View) -> list[Counts]:
    """The loss that is not exceeded in nineteen years of twenty."""
    return _counts(view, [*_shaped(_at_risk)])


def tail(view: View) -> list[Counts]:
    """The mean loss of the worst year in twenty; of the worst in a hundred as slices."""
    rare = [(f"{slice}, {HUNDRED}" if slice else HUNDRED, amount) for slice, amount in _shaped(_tail_99)]
    return _counts(view, [*_shaped(_tail_95), *rare])


def persons(view: View) -> list[Counts]:
    """Distinct persons of whom some record is lost within a year: once for each need, or record laid down ahead."""
    by_class = [(name, partial(_persons_at, number)) for number, name in enumerate(AT, 1)]
    return _counts(view, [(AS_HELD, partial(_persons_at, 0)), *by_class,
                          *((name, partial(_persons_elsewhere, name)) for name in ELSEWHERE)])


def radius(view: View) -> list[Counts]:
    """Places that hold a record x ways into each x administrators of each, mean over records; by class of holder."""
    return _counts(view, [(AS_HELD, partial(_accounts, None)),
                          *((name, partial(_accounts, number)) for number, name in enumerate(AT))])


def per_year(view: View) -> list[Counts]:
    """Absolute figures, where the scenario declares hazards, and only there."""
    found = (("", _expected), ("worst year in twenty", partial(_of_loss, _at_risk)),
             ("mean of the worst year in twenty", partial(_of_loss, _tail_95)),
             (HUNDRED, partial(_of_loss, _tail_99)), ("persons", partial(_persons_at, 0)),
             ("dwell", _dwell), ("insider", _insider))
    return _counts(view, [(name, partial(_if_declared, amount)) for name, amount in found])


HUNDRED = "worst year in a hundred"
Amount = Callable[[Account, Held], float | None]


def _counts(view: View, slices: list[tuple[str, Amount]]) -> list[Counts]:
    about, counts = view.once(account), view.once(held)
    return [Counts(counts, partial(_cells, about, amount), slice) for slice, amount in slices]


def _cells(about: Account, amount: Amount, counts: tuple[int, ...], slice: str) -> list[Cell]:
    found = about.held(counts)
    rests_on = sum(found.records) + sum(sum(one.copies) + sum(one.keys) for one in about.laid(found))
    value = amount(about, found) if found.needs[0] else None
    return [] if value is None else [Cell(value, rests_on, slice)]


# Losses: as held, and of the same records elsewhere.

def _shaped(of: Of) -> Iterator[tuple[str, Amount]]:
    yield AS_HELD, partial(_of_loss, of)
    yield GIVEN, partial(_of_loss_given, of)
    for name in ELSEWHERE:
        yield name, partial(_of_loss_elsewhere, of, name)


def _mean(loss: Losses) -> float:
    return loss.mean


def _at_risk(loss: Losses) -> float:
    return loss.value_at_risk(WORST_YEAR)


def _tail_95(loss: Losses) -> float:
    return loss.tail(WORST_YEAR)


def _tail_99(loss: Losses) -> float:
    return loss.tail(WORST_IN_A_HUNDRED)


def _of_loss(of: Of, about: Account, found: Held) -> float:
    return of(_as_held(about, _ticks(about, found)))


def _of_loss_given(of: Of, about: Account, found: Held) -> float | None:
    """Without the copies from before the run; None where none are in use."""
    unused = found._replace(used=(0,) * len(found.used))
    return _of_loss(of, about, unused) if about.laid(found) else None


def _expected(about: Account, found: Held) -> float:
    return _of_loss(_mean, about, found)


def _of_loss_elsewhere(of: Of, name: str, about: Account, found: Held) -> float:
    return of(_elsewhere(name, about, _lying(about, found), _mean_hazard(about, _ticks(about, found))))


def _ticks(about: Account, found: Held) -> tuple[int, ...]:
    """(slots,) record-ticks that a break-in lays open: readable, and what the keys found there open elsewhere too."""
    ticks = _readable(about, found)
    for number in range(len(found.keyed)):
        amount, has_key = about.keyed(found, number)
        ticks = ticks + np.where(has_key, round(about.holders.keys * amount), 0).astype(object)
    return tuple(int(many) for many in ticks)


def _readable(about: Account, found: Held) -> NDArray[np.object_]:
    """(slots,) record-ticks that can be read as they lie; whole numbers of any size."""
    laid = (np.array(one.ticks, object) for one in about.laid(found))
    return sum(laid, np.array(found.ticks, object))


def _lying(about: Account, found: Held) -> int:
    """Record-ticks of all slots that some break-in lays open, each row counted where it lies, whoever has its key."""
    groups = (about.keyed(found, number) for number in range(len(found.keyed)))
    opened = sum(round(about.holders.keys * amount) for amount, has_key in groups if has_key.any())
    return int(_readable(about, found).sum()) + opened


@lru_cache(maxsize=64)
def _as_held(about: Account, ticks: tuple[int, ...]) -> Losses:
    return scaled(losses(ticks, about.holders.hazards, 1.0, about.holders.dependence), 1 / about.length)


@lru_cache(maxsize=256)
def _elsewhere(name: str, about: Account, ticks: int, hazard: float) -> Losses:
    total, linked = ticks / about.length, about.holders.dependence
    if name == ELSEWHERE[0]:
        return central(total, hazard, 1.0, linked)
    return (equal_parts if name == ELSEWHERE[1] else copies)(total, PARTS, hazard, 1.0, linked)


def _mean_hazard(about: Account, ticks: tuple[int, ...]) -> float:
    """Of the place of a record."""
    weights, hazards = np.array([float(many) for many in ticks]), np.array(about.holders.hazards)
    if (hazards == hazards[0]).all():
        return float(hazards[0])       # to the last bit, whatever the weights
    return float(weights @ hazards / weights.sum()) if weights.sum() else 0.0


# What hazards alone add.

def _if_declared(amount: Amount, about: Account, found: Held) -> float | None:
    return amount(about, found) if about.holders.declared else None


def _dwell(about: Account, found: Held) -> float | None:
    """Records that come in while an intruder stays: chance x records a day x days, over holders."""
    if not about.holders.declared:
        return None
    flow = np.array(found.records) / about.days
    more = with_flow(np.zeros(len(flow)), flow, about.holders.days)
    return float(more @ chances(about.holders.hazards, 1.0, about.holders.dependence.dispersion))


def _insider(about: Account, found: Held) -> float | None:
    """Records taken by administrators of the holders themselves."""
    of = about.holders
    lies = np.array([many / about.length for many in _ticks(about, found)])
    return insider_loss(lies, of.administrators, of.insider, of.takes) if of.declared else None


# Persons and accounts.

def _persons_at(number: int, about: Account, found: Held) -> float | None:
    """Of all holders (0), or of one class (1 + index); None where the class holds nothing."""
    chance = found.chance[number] + sum(one.chance[number] for one in about.laid(found))
    return chance / UNIT if chance or not number else None


def _persons_elsewhere(name: str, about: Account, found: Held) -> float:
    many = found.persons[0] + sum(one.records for one in about.laid(found))
    hazard = _mean_hazard(about, _ticks(about, found)) * (PARTS if name == ELSEWHERE[2] else 1)
    linked = about.holders.dependence
    apart = float(chances([hazard], 1.0, linked.dispersion)[0])
    together = float(chances([_mean_hazard(about, _ticks(about, found))], 1.0, linked.dispersion)[0])
    return many * (linked.common_cause * together + (1 - linked.common_cause) * apart)


def _accounts(number: int | None, about: Account, found: Held) -> float | None:
    """Of all classes, or of one; None where the class holds nothing."""
    laid = about.laid(found)
    places = np.array(found.copies) + sum(np.array(one.copies) for one in laid)
    of = np.array(about.holders.classes)
    there = places * (np.ones(len(of)) if number is None else of == number)
    many = found.persons[0] + sum(one.records for one in laid)
    if not many or not there.sum():
        return None
    return blast_radius(there / many, np.ones(len(of)), about.holders.accounts)
