"""python -m benchmarks.laws: verdicts a second, looked up by the million in the compiled law of a shipped scenario.

Questions are drawn evenly over all axes, places, instruments and epochs, so nothing is asked twice in a row and the
processor's caches help as little as they ever will. The interpreter answers the same questions one by one.
"""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter

import numpy as np
import typer

from sim import laws
from sim.laws.interpreter import moment
from sim.laws.rules import CLOSED
from sim.scenario import load
from sim.scenario.schema import Scenario
from sim.units import DAY

AT_LEAST = 5e6                    # vectorised decisions a second that the law must reach
MANY, ONE_BY_ONE = 1_000_000, 300
INSTRUMENTS = ("BUDAPEST", "DIR_2023_977", "ECRIS", "EIO", "EUROPOL", "E_EVIDENCE", "INTERPOL", "MLA", "PRUEM_I",
               "PRUEM_II", "SIS")


@dataclass(frozen=True)
class Law:
    """A compiled law, what it was compiled of, and how long that took (s)."""

    scenario: Scenario
    rules: tuple[laws.Rule, ...]
    places: tuple[str, ...]
    table: laws.Verdicts
    took: float


def compiled(name: str, days: int = 3 * 365) -> Law:
    """From three years before the scenario's day, so that there are epochs to tell apart."""
    scenario = load(name)
    scenario = scenario.model_copy(update={"as_of": scenario.as_of - timedelta(days)})
    rules = laws.rules_of(scenario)
    places = (*sorted(scenario.jurisdiction), *sorted(scenario.institution))
    began = perf_counter()
    table = laws.verdicts(rules, scenario, places, INSTRUMENTS, scenario.as_of, days * DAY)
    return Law(scenario, rules, places, table, perf_counter() - began)


def questions(law: Law, many: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """The arguments of `Verdicts.look`."""
    chance = np.random.default_rng(seed)
    lengths = (len(law.table.epochs), len(INSTRUMENTS), *map(len, CLOSED.values()), len(law.places), len(law.places))
    return tuple(chance.integers(0, length, many, np.int16) for length in lengths)


def vectorised(law: Law, asked: tuple[np.ndarray, ...], rounds: int) -> list[float]:
    """Decisions a second, each round over all questions."""
    found = []
    for _ in range(rounds):
        began = perf_counter()
        law.table.look(*asked)
        found.append(len(asked[0]) / (perf_counter() - began))
    return found


def interpreted(law: Law, asked: tuple[np.ndarray, ...]) -> tuple[list[laws.Outcome], float]:
    """The outcomes by the interpreter, and decisions a second."""
    began = perf_counter()
    outcomes = [_read(law, row) for row in zip(*asked, strict=True)]
    return outcomes, len(outcomes) / (perf_counter() - began)


def _read(law: Law, row: tuple[np.int16, ...]) -> laws.Outcome:
    epoch, instrument, *facts, giver, receiver = map(int, row)
    when = moment(law.scenario.as_of, max(int(law.table.epochs[epoch]), 0))
    named = {key: values[at] for (key, values), at in zip(CLOSED.items(), facts, strict=True)}
    return laws.interpret(law.rules, laws.situation(law.scenario, law.places[giver], law.places[receiver], when,
                                                    instrument=INSTRUMENTS[instrument], **named))


def main(scenario: str = "baseline", rounds: int = 9) -> None:
    """Measure, and say whether the bar is reached."""
    law = compiled(scenario)
    asked = questions(law, MANY)
    rates = vectorised(law, asked, rounds)
    few = tuple(column[:ONE_BY_ONE] for column in asked)
    outcomes, slow = interpreted(law, few)
    alike = outcomes == [law.table.outcomes[row] for row in law.table.look(*few)]
    print(f"{len(law.rules)} rules, {len(INSTRUMENTS)} instruments, {len(law.places)} places in {law.table.profiles} "
          f"profiles, {len(law.table.epochs)} epochs: compiled in {law.took:.2f} s to {law.table.table.size:,} "
          f"verdicts ({law.table.table.nbytes / 1e6:.0f} MB), {len(law.table.outcomes)} outcomes")
    print(f"vectorised   {median(rates) / 1e6:.1f} million decisions a second (median of {rounds} rounds of {MANY:,}; "
          f"slowest {min(rates) / 1e6:.1f})")
    print(f"interpreter  {slow:,.0f} a second; {'the same' if alike else 'OTHER'} outcomes on {ONE_BY_ONE} questions")
    print(f"bar          {AT_LEAST / 1e6:.0f} million a second: {'reached' if median(rates) >= AT_LEAST else 'SHORT'}")


if __name__ == "__main__":
    typer.run(main)
