"""One question to the law, answered by the interpreter: what stands, why, and when the answer changes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sim.laws.interpreter import interpret, situation, standing_rules
from sim.laws.rules import CATEGORIES, Outcome, Rule
from sim.scenario.schema import Scenario
from sim.script import FIELDS

INSTRUMENT = "instrument"
SWITCHED_OFF = date(2100, 1, 1)      # a rule that would begin then is one that a scenario may switch on
NOON = time(12)               # of UTC: inside the day in nearly every zone
# What people call it -> (category, the field it is, "" where it is no single one).
WORDS = {
    "prints": ("biometric", "print"), "fingerprint": ("biometric", "print"), "fingerprints": ("biometric", "print"),
    "faces": ("biometric", "face"), "photo": ("biometric", "face"), "biometrics": ("biometric", ""),
    "name": ("identity", ""), "names": ("identity", ""), "core_data": ("identity", ""),
    "files": ("police_file", "file"), "notice": ("alert", ""), "diffusion": ("alert", ""), "alerts": ("alert", ""),
    "convictions": ("conviction", "conviction"), "criminal_record": ("conviction", "conviction"),
    "hit": ("signal", ""), "no_hit": ("signal", ""), "receipt": ("signal", ""),
}
OF_FIELDS = {"print": "biometric", "face": "biometric", "dna": "biometric", "file": "police_file",
             "contacts": "police_file", "measures": "police_file", "interest": "police_file",
             "whereabouts": "police_file", "capture": "police_file", "conviction": "conviction", "evidence": "evidence"}


def known_words() -> dict[str, tuple[str, str]]:
    """Everything a category may be called: categories themselves, fields, common names."""
    fields = {field: (OF_FIELDS.get(field, "identity"), field) for field in FIELDS}
    return {**fields, **WORDS, **{category: (category, "") for category in CATEGORIES}}


@dataclass(frozen=True)
class Answer:
    """What the law says under one instrument. `standing`: the rules that stand; `next`: the day on which the outcome
    changes, and to what; None where nothing known changes it."""

    instrument: str
    outcome: Outcome
    standing: tuple[Rule, ...]
    next: tuple[date, Outcome] | None

    @property
    def governed(self) -> bool:
        """Some rule of the instrument itself covers the two."""
        return any(rule.layer == INSTRUMENT for rule in self.standing)


def ask(rules: tuple[Rule, ...], scenario: Scenario, giver: str, receiver: str, on: date, instrument: str,
        **facts: Any) -> Answer:
    """facts: the other fields of `Situation`. Raises LawError where rules contradict each other."""
    def case(day: date) -> Any:
        return situation(scenario, giver, receiver, datetime.combine(day, NOON, UTC), instrument=instrument, **facts)
    outcome = interpret(rules, case(on))
    later = ((day, found) for day in _changes(rules, scenario, giver, receiver) if day > on
             for found in [interpret(rules, case(day))] if found != outcome)
    return Answer(instrument, outcome, tuple(standing_rules(rules, case(on))), next(later, None))


def _changes(rules: tuple[Rule, ...], scenario: Scenario, *places: str) -> list[date]:
    """The days on which a rule, or what binds one of the places, begins or has just ended."""
    return sorted({day for begins, ends in _periods(rules, scenario, places)
                   for day in (begins, ends and ends + timedelta(days=1)) if day is not None and day < SWITCHED_OFF})


def _periods(rules: tuple[Rule, ...], scenario: Scenario,
             places: tuple[str, ...]) -> Iterator[tuple[date | None, date | None]]:
    for rule in rules:
        yield rule.valid_from, rule.valid_to
    for row in scenario.membership:
        if row.jurisdiction in places:
            known = scenario.instrument.get(row.instrument)
            yield row.valid_from or (known.earliest if known else None), row.valid_to
