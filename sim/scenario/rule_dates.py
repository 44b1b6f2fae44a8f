"""Other days for a rule of law: a reform on a given day, a decision that lapses."""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import ScenarioError
from sim.scenario.files import SHIPPED, beside_or_shipped, nearest, read
from sim.scenario.quantities import Sourced

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Days = tuple[date | None, date | None]


class RuleDates(Sourced):
    """First and last day of a rule, both inclusive, in place of those of its pack. What is left out stays."""

    valid_from: date | None = None
    valid_to: date | None = None

    def over(self, days: Days) -> Days:
        return self.valid_from or days[0], self.valid_to or days[1]


def rule_date_faults(scenario: "Scenario") -> Iterator[tuple[tuple[str | int, ...], object, str]]:
    """Ids that no rule of the scenario's packs bears, and rules that would end before they begin."""
    if not scenario.law.rule:
        return
    known = rule_days(scenario.rules, scenario.folder)
    for name, dates in scenario.law.rule.items():
        if name not in known:
            yield ("law", "rule", name), name, f"the id of a rule of the packs{nearest(name, known)}"
            continue
        first, last = dates.over(known[name])
        if first and last and last < first:
            key = "valid_to" if dates.valid_to else "valid_from"
            yield ("law", "rule", name, key), str(getattr(dates, key)), (
                f"a rule that does not end before it begins; '{name}' would hold from {first} to {last}")


@lru_cache(maxsize=8)
def rule_days(packs: tuple[str, ...], folder: str) -> dict[str, Days]:
    """The days of every rule by its id, as packs write them; what cannot be read is told where packs are checked."""
    found: dict[str, Days] = {}
    for name in packs:
        for rule in _rules(name, folder):
            if isinstance(rule, dict) and isinstance(rule.get("id"), str):
                first, last = (day if isinstance(day := rule.get(key), date) else None
                               for key in ("valid_from", "valid_to"))
                found[rule["id"]] = first, last
    return found


def _rules(name: str, folder: str) -> list[Any]:
    try:
        tables, _ = read(beside_or_shipped(name, ".toml", Path(folder or SHIPPED), "packs/laws"))
    except ScenarioError:
        return []
    rules = tables.get("rule", [])
    return rules if isinstance(rules, list) else []
