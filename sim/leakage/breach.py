"""Holders are broken into; what is then lost, on average.

A holder a keeps n_a readable records and is broken into by a Poisson hazard lambda_a a year. Shapes: (holders,) unless
said otherwise; hazards are events a year, sizes records (any weight will do), chances shares of 1.

Sources: models of breaches with over-dispersed counts after Edwards, Hofmeyr and Forrest, Hype and heavy tails (2016).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Dependence:
    """How the fates of holders hang together.

    common_cause  share of years in which one luck decides for all, each falling by its own chance
    dispersion    variance of a yearly factor of mean 1 on all hazards together, gamma-distributed
    """

    common_cause: float = 0.0
    dispersion: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.common_cause <= 1:
            raise ValueError(f"a common cause in a share of {self.common_cause} of the years; expected 0 to 1")
        if not self.dispersion >= 0:
            raise ValueError(f"a dispersion of {self.dispersion}; expected a variance, 0 or more")


INDEPENDENT = Dependence()


def chances(hazards: ArrayLike, years: float = 1.0, dispersion: float = 0.0) -> Numbers:
    """That each holder is broken into at least once: 1 - exp(-lambda T).

    dispersion  variance of a yearly factor of mean 1 on the hazard, gamma-distributed, which makes the count of
                breaches negative binomial: 1 - (1 + v lambda T) ** (-1 / v)
    """
    expected = np.asarray(hazards, np.float64) * years
    if not ((expected >= 0).all() and dispersion >= 0):
        raise ValueError(f"hazards {hazards!r}, {years} years, dispersion {dispersion}; expected each 0 or more")
    if dispersion == 0:
        return np.asarray(-np.expm1(-expected))
    return np.asarray(-np.expm1(-np.log1p(dispersion * expected) / dispersion))


def each_of(hazards: Sequence[float], holders: int) -> tuple[float, ...]:
    """One hazard for each holder. Raises ValueError where there is not, or one is less than none."""
    found = tuple(float(hazard) for hazard in hazards)
    if len(found) != holders:
        raise ValueError(f"{len(found)} hazards of {holders} holders; expected one for each")
    if not all(hazard >= 0 for hazard in found):
        raise ValueError(f"hazards {found}; expected each 0 or more")
    return found


def breached_events(hazards: ArrayLike, exposure: ArrayLike) -> float:
    """Expected record-events of snapshots taken: sum lambda_a X_a. exposure: record-years; linear in both."""
    return float(np.dot(np.asarray(hazards, np.float64), np.asarray(exposure, np.float64)))


def expected_loss(sizes: ArrayLike, chance: ArrayLike) -> float:
    """Records lost in the period, each holder's at most once: sum n_a p_a. It hangs on no dependence between them."""
    return float(np.dot(np.asarray(sizes, np.float64), np.asarray(chance, np.float64)))


def reached(person: NDArray[np.int64], hazards: Numbers, persons: int, common_cause: float = 0.0,
            dispersion: float = 0.0, years: float = 1.0) -> Numbers:
    """(persons,) chance that some holder of each person is broken into.

    person, hazards  a row for each place that holds something on a person: who, and the place's hazard
    common_cause     share of years in which one luck decides for all holders, each falling by its own chance
    dispersion       of a yearly factor on all hazards together
    """
    summed, highest = np.bincount(person, hazards, persons), np.zeros(persons)
    np.maximum.at(highest, person, hazards)
    apart, together = chances(summed, years, dispersion), chances(highest, years, dispersion)
    return common_cause * together + (1 - common_cause) * apart


def distinct_persons(hazards: ArrayLike, held: ArrayLike, years: float = 1.0) -> float:
    """Expected persons of whom some record is lost: sum over s of 1 - exp(-T sum over a in H(s) of lambda_a).

    held  bool (persons, holders), as it stands throughout the period
    """
    combined = np.asarray(held, np.float64) @ np.asarray(hazards, np.float64)
    return float(chances(combined, years).sum())


def stay(dwell: float, detection: float) -> float:
    """How long an intruder reads along: until it leaves, or is noticed sooner. Any unit of time."""
    return min(dwell, detection)


def with_flow(sizes: ArrayLike, flow: ArrayLike, days: float) -> Numbers:
    """What a breach takes that lasts: what lies there, and what comes in while the intruder stays; flow: a day."""
    return np.asarray(sizes, np.float64) + np.asarray(flow, np.float64) * days


def with_suppliers(hazards: ArrayLike, suppliers: ArrayLike, contractor: float) -> Numbers:
    """A holder falls with any of its suppliers, each of which is broken into at a hazard of its own."""
    return np.asarray(hazards, np.float64) + np.asarray(suppliers, np.float64) * contractor


def insider_loss(sizes: ArrayLike, administrators: ArrayLike, rate: float, takes: float, years: float = 1.0) -> float:
    """Expected records taken by people who may enter: `rate` events a year and administrator, each of a share `takes`
    of what lies there; linear, since one may come again."""
    return float(np.dot(np.asarray(sizes, np.float64), np.asarray(administrators, np.float64))) * rate * takes * years


def blast_radius(copies: ArrayLike, suppliers: ArrayLike, administrators: ArrayLike) -> float:
    """Accounts from which one record can be reached: copies x suppliers x administrators, summed over the classes of
    holder. copies: mean number of places of the class that hold the record."""
    each = np.asarray(copies, np.float64) * np.asarray(suppliers, np.float64) * np.asarray(administrators, np.float64)
    return float(each.sum())


def opened_by_keys(readable: ArrayLike, keyed: ArrayLike, has_key: Sequence[bool], opens: float) -> Numbers:
    """What a breach of each holder lays open: what it holds in plain, and, where it has the group's key, that share
    `opens` of the keyed rows of all members (its own among them) which the thief also gets at; 1: all."""
    everybody = float(np.asarray(keyed, np.float64).sum())
    return np.asarray(readable, np.float64) + np.where(has_key, opens * everybody, 0.0)
