"""States that no shipped scenario has: a question about the law may name one all the same."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from sim.errors import ComityError
from sim.scenario.files import SHIPPED, read
from sim.scenario.members import table
from sim.scenario.schema import Jurisdiction, Membership, Scenario


def place_of(scenario: Scenario, word: str) -> str:
    """The place that a code or a name means: of the scenario, else a known state. Raises ComityError."""
    states = {**_shipped()[0], **scenario.jurisdiction}
    means = {code.casefold(): code for code in (*states, *scenario.institution)}
    means |= {state.name.casefold(): code for code, state in states.items()}
    means |= {body.name.casefold(): code for code, body in scenario.institution.items()}
    asked = word.strip().casefold()
    if asked in means:
        return means[asked]
    close = get_close_matches(asked, means, 1, 0.5)
    near = f"; did you mean '{means[close[0]]}'?" if close else ""
    known = ", ".join(sorted((*states, *scenario.institution)))
    raise ComityError(f"{word!r}\n  expected  a state or a body, by its code or name: {known}{near}")


def with_states(scenario: Scenario, codes: Iterable[str]) -> Scenario:
    """The scenario with these places in it, each one that `place_of` gave."""
    states, rows = _shipped()
    missing = {code for code in codes if code not in scenario.jurisdiction and code not in scenario.institution}
    if not missing:
        return scenario
    return scenario.model_copy(update={
        "jurisdiction": {**scenario.jurisdiction, **{code: states[code] for code in sorted(missing)}},
        "membership": (*scenario.membership, *(row for row in rows if row.jurisdiction in missing))})


@lru_cache(maxsize=1)
def _shipped() -> tuple[dict[str, Jurisdiction], tuple[Membership, ...]]:
    tables, _ = read(SHIPPED / "packs" / "other_states.toml")
    states = {code: Jurisdiction.model_validate(given) for code, given in tables["jurisdiction"].items()}
    return states, table(SHIPPED / "packs" / "other_states.csv")
