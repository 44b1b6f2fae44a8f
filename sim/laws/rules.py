"""A rule that reaches the compiler is well formed: every word of it is known, and a refusal has a ground.

Packs are TOML files of `[[rule]]` tables. A rule says when it applies (`when`: small enumerations; what is not named
is not asked), what follows (`effect`, `ground`, `duties`), on whose side it stands (`layer`), and since when. Dates are
inclusive and begin and end at midnight of `zone`. A pack lists under `instruments` those its rules name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from sim.errors import Fault, ScenarioError
from sim.laws.duties import FREE, Duties
from sim.scenario.files import SHIPPED, Text, beside_or_shipped, nearest, read
from sim.scenario.restrictions import Category

MUST_GIVE, MAY_REFUSE, MUST_REFUSE, NOT_GOVERNED, NO_RULE = range(5)
VERDICTS = ("must give", "may refuse", "must refuse", "not governed", "no rule known")

Layer = Literal["owner", "instrument", "sender", "receiver"]
Effect = Literal["must give", "may refuse", "must refuse", "not governed"]
Regime = Literal["led", "gb", "ch", "other", "interpol"]
Product = Literal["intelligence", "evidence"]
Kind = Literal["suspect", "convicted", "victim", "witness", "contact", "none"]
Handling = Literal["H0", "H1", "H2", "H3"]
Bar = Literal["none", "political", "already_judged", "capital", "refugee", "essential_interests"]

LAYERS: tuple[str, ...] = get_args(Layer)     # of equal verdicts the first layer speaks
OWNER = "owner"                               # handling codes: they restrict, and give no basis
EFFECTS: tuple[str, ...] = get_args(Effect)
REGIMES: tuple[str, ...] = get_args(Regime)
CATEGORIES: tuple[str, ...] = get_args(Category)
PRODUCTS: tuple[str, ...] = get_args(Product)
KINDS: tuple[str, ...] = get_args(Kind)
HANDLING: tuple[str, ...] = get_args(Handling)
BARS: tuple[str, ...] = get_args(Bar)         # what may stand against helping in a matter
DEMANDS_BASIS = ("led", "gb", "ch", "interpol")     # regimes under which police data may move only on a legal basis

# Dimensions of a situation with a closed list of values; the order of the axes of the table.
CLOSED: dict[str, tuple[Any, ...]] = {
    "category": CATEGORIES, "product": PRODUCTS, "urgent": (False, True), "dual": (False, True),
    "minor": (False, True), "kind": KINDS, "handling": HANDLING, "bar": BARS}
STATE, BODY = "state", " body"                      # what every jurisdiction is bound by; "led body": an institution
BY_AGREEMENT = " by agreement"                      # "EUROPOL by agreement": not a party, but joined by a treaty


@dataclass(frozen=True)
class Outcome:
    """What the law says of one kind of transfer.

    rule                   id of the rule that decided, "" where none did
    ordered_and_forbidden  one layer orders what another forbids; the ban stands
    """

    verdict: int
    rule: str
    ground: str
    duties: Duties
    ordered_and_forbidden: bool = False


class When(BaseModel):
    """The conditions of a rule; each named one must hold.

    instrument      what the protocol declares
    urgent          yes or no
    dual            the act is an offence in both states
    minor           it is punishable by at most one year
    bar             what may stand against helping in this matter, out of BARS
    giver_regime, receiver_regime   data-protection regime of either
    giver_bound, receiver_bound     bound on the day by at least one of these: an instrument, an instrument
                    "... by agreement", "state" (any jurisdiction) or a body by its regime, "led body"
    both_bound      the same of each of the two
    giver_place, receiver_place     one of these places, by code
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instrument: tuple[str, ...] | None = None
    category: tuple[Category, ...] | None = None
    product: tuple[Product, ...] | None = None
    urgent: bool | None = None
    dual: bool | None = None
    minor: bool | None = None
    kind: tuple[Kind, ...] | None = None
    handling: tuple[Handling, ...] | None = None
    bar: tuple[Bar, ...] | None = None
    giver_regime: tuple[Regime, ...] | None = None
    receiver_regime: tuple[Regime, ...] | None = None
    giver_bound: tuple[str, ...] | None = None
    receiver_bound: tuple[str, ...] | None = None
    both_bound: tuple[str, ...] | None = None
    giver_place: tuple[str, ...] | None = None
    receiver_place: tuple[str, ...] | None = None

    @cached_property
    def named(self) -> dict[str, frozenset[Any]]:
        """Dimension -> the values that satisfy it, for the dimensions that limit anything."""
        asked = {key: frozenset(value if isinstance(value, tuple) else (value,))
                 for key, value in self if value is not None and key != "both_bound"}
        if self.both_bound is not None:
            asked["giver_bound"] = asked["receiver_bound"] = frozenset(self.both_bound)
        full = {**CLOSED, "giver_regime": REGIMES, "receiver_regime": REGIMES}
        return {key: values for key, values in asked.items() if values != frozenset(full.get(key, ()))}


class Rule(BaseModel):
    """One rule. `source` cites the article and the fact it stylises; `confidence` how well that was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    source: str = Field(min_length=8)
    confidence: Literal["read", "read 2nd", "memory", "own"]
    valid_from: date | None = None
    valid_to: date | None = None
    zone: str = "UTC"
    layer: Layer
    when: When = When()
    effect: Effect
    ground: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    duties: Duties = FREE
    exception_to: tuple[str, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise ValueError("an IANA time zone, e.g. 'Europe/Vienna'") from None
        return zone

    @property
    def verdict(self) -> int:
        return VERDICTS.index(self.effect)

    def begins(self) -> datetime | None:
        """The first moment of the rule; None: always in force until it ends."""
        return _midnight(self.valid_from, self.zone)

    def ends(self) -> datetime | None:
        """The first moment after the rule; None: open."""
        return _midnight(self.valid_to and self.valid_to + timedelta(days=1), self.zone)


def beats(rule: Rule, other: Rule) -> bool:
    """Whether `rule` sets `other` aside where both apply: a declared exception, or strictly narrower conditions."""
    if rule.layer != other.layer:
        return False
    declared = other.id in rule.exception_to
    return declared or (rule.id not in other.exception_to and _narrower(rule.when.named, other.when.named))


def _narrower(one: dict[str, frozenset[Any]], other: dict[str, frozenset[Any]]) -> bool:
    return one != other and all(key in one and one[key] <= values for key, values in other.items())


def midnight(day: date, zone: str) -> datetime:
    """The moment a day begins in a zone, as UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _midnight(day: date | None, zone: str) -> datetime | None:
    return None if day is None else midnight(day, zone)


def load_rules(names: tuple[str, ...], folder: Path | None = None) -> tuple[Rule, ...]:
    """The rules of packs, each `packs/laws/<name>.toml` beside the scenario in `folder`, else the shipped one.

    Raises ScenarioError with every fault of every pack. Contradictions show when the rules are compiled.
    """
    read_rules: list[_Read] = []
    faults: list[Fault] = []
    for name in names:
        _read_pack(beside_or_shipped(name, ".toml", folder or SHIPPED, "packs/laws"), read_rules, faults)
    # Only whole packs can be held against each other: a rule that could not be read would look like a missing one.
    faults += [] if faults else _doubts(read_rules)
    if faults:
        raise ScenarioError(faults)
    return tuple(found.rule for found in read_rules)


@dataclass(frozen=True)
class _Read:
    """A rule, the pack and row it stands in, and the instruments that pack declares."""

    rule: Rule
    text: Text
    row: int
    instruments: tuple[str, ...]

    def fault(self, key: str, got: object, expected: str) -> Fault:
        return self.text.fault(("rule", self.row, *key.split(".")), got, expected)


def _read_pack(path: Path, rules: list[_Read], faults: list[Fault]) -> None:
    tables, text = read(path)
    faults += [text.fault((key,), tables[key], "instruments = [...] and [[rule]] tables only")
               for key in tables if key not in ("instruments", "rule") or not isinstance(tables[key], list)]
    if faults:
        return
    for row, table in enumerate(tables.get("rule", [])):
        try:
            rule = Rule.model_validate(table)
        except ValidationError as error:
            faults += [_fault(text, row, detail) for detail in error.errors()]
        else:
            rules.append(_Read(rule, text, row, tuple(tables.get("instruments", ()))))


def _fault(text: Text, row: int, detail: ErrorDetails) -> Fault:
    path = ("rule", row, *detail["loc"])
    if detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        inner = str(path[2])
        known = {"when": set(When.model_fields), "duties": set(signature(Duties).parameters)}
        return text.fault(path, path[-1], "a known key" + nearest(str(path[-1]), known.get(inner, Rule.model_fields)))
    return text.fault(path, "nothing" if detail["type"] == "missing" else detail["input"], detail["msg"])


def _doubts(found: list[_Read]) -> list[Fault]:
    """Faults of rules that are each readable."""
    layers: dict[str, str] = {}
    faults = []
    for one in found:
        if one.rule.id in layers:
            faults.append(one.fault("id", one.rule.id, "an id that no other rule bears"))
        layers[one.rule.id] = one.rule.layer
    for one in found:
        faults += [*_doubts_of_effect(one), *_doubts_of_when(one)]
        faults += [one.fault("exception_to", other, f"a rule of layer \"{one.rule.layer}\"" + nearest(other, layers))
                   for other in one.rule.exception_to if layers.get(other) != one.rule.layer]
    return faults


def _doubts_of_effect(one: _Read) -> Iterator[Fault]:
    rule, refuses = one.rule, "refuse" in one.rule.effect
    if refuses and not rule.ground:
        yield one.fault("effect", rule.effect, 'a ground of refusal beside it, e.g. ground = "minor_offence"')
    if not refuses and rule.ground:
        yield one.fault("ground", rule.ground, "no ground, where the effect is no refusal")
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield one.fault("valid_to", str(rule.valid_to), f"a day not before valid_from, {rule.valid_from}")


def _doubts_of_when(one: _Read) -> Iterator[Fault]:
    when, named = one.rule.when, one.rule.when.named
    if when.both_bound is not None and (when.giver_bound or when.receiver_bound):
        yield one.fault("when.both_bound", when.both_bound, "either both_bound, or giver_bound and receiver_bound")
    if one.rule.layer == "instrument" and not {"giver_bound", "receiver_bound"} <= named.keys():
        yield one.fault("when", "nothing on who is bound", "both_bound, or giver_bound and receiver_bound")
    for key, words in when:
        if words == ():
            yield one.fault(f"when.{key}", "[]", "at least one value; leave the key out where nothing is asked")
        for word in (words or () if key == "instrument" or key.endswith("_bound") else ()):
            if not _is_bond(word, one.instruments):
                yield one.fault(f"when.{key}", word, "an instrument that the pack lists under `instruments`"
                                + nearest(word, one.instruments))


def _is_bond(word: str, instruments: tuple[str, ...]) -> bool:
    return (word.removesuffix(BY_AGREEMENT) in instruments or word == STATE
            or (word.endswith(BODY) and word.removesuffix(BODY) in REGIMES))
