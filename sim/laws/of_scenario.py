"""The rules of a scenario: those of its packs on the days it gives them, and what owners keep from partners."""

from collections.abc import Mapping
from pathlib import Path

from sim.laws.duties import FREE
from sim.laws.rules import KINDS, MUST_REFUSE, OWNER, Rule, When, load_rules
from sim.scenario.restrictions import Restriction
from sim.scenario.schema import Scenario


def rules_of(scenario: Scenario) -> tuple[Rule, ...]:
    """Raises ScenarioError with every fault of the packs."""
    rules = load_rules(scenario.rules, Path(scenario.folder) if scenario.folder else None)
    dated = tuple(_dated(rule, scenario) for rule in rules)
    return with_restrictions(dated, scenario.restriction,
                             {place: of.zone for place, of in (scenario.jurisdiction | scenario.institution).items()})


def _dated(rule: Rule, scenario: Scenario) -> Rule:
    other = scenario.law.rule.get(rule.id)
    if other is None:
        return rule
    first, last = other.over((rule.valid_from, rule.valid_to))
    return rule.model_copy(update={"valid_from": first, "valid_to": last})


def with_restrictions(rules: tuple[Rule, ...], restrictions: tuple[Restriction, ...],
                      zones: Mapping[str, str]) -> tuple[Rule, ...]:
    """Every rule of the owner's layer that would let out what a restriction keeps is set aside by it; a partner that
    refuses in turn may do so only where nothing forbids it to give. Both on days of the owner's zone."""
    zone = [zones[each.owner] for each in restrictions]
    kept = [_kept(number, each, rules, zone[number]) for number, each in enumerate(restrictions)]
    in_turn = [_in_turn(number, each, rules, zone[number]) for number, each in enumerate(restrictions)
               if each.reciprocal]
    turned = tuple(rule.id for rule in in_turn)
    stricter = [rule.model_copy(update={"exception_to": (*rule.exception_to, *turned)})
                if rule.layer == OWNER and rule.verdict == MUST_REFUSE else rule for rule in (*rules, *kept)]
    return (*stricter, *in_turn)


def _kept(number: int, each: Restriction, rules: tuple[Rule, ...], zone: str) -> Rule:
    kinds = tuple(kind for kind in KINDS if kind != "none" and kind not in each.offers)
    laxer = tuple(rule.id for rule in rules if rule.layer == OWNER and rule.verdict != MUST_REFUSE)
    return _rule(f"restriction_{number + 1}", each, zone, (each.owner,), each.partners, "must refuse", "restriction",
                 kind=kinds, exception_to=laxer)


def _in_turn(number: int, each: Restriction, rules: tuple[Rule, ...], zone: str) -> Rule:
    orders = tuple(rule.id for rule in rules if rule.layer == OWNER and rule.effect in ("must give", "not governed"))
    return _rule(f"reciprocity_{number + 1}", each, zone, each.partners, (each.owner,), "may refuse", "reciprocity",
                 exception_to=orders)


def _rule(name: str, each: Restriction, zone: str, givers: tuple[str, ...], receivers: tuple[str, ...], effect: str,
          ground: str, kind: tuple[str, ...] | None = None, exception_to: tuple[str, ...] = ()) -> Rule:
    when = When(instrument=each.instruments or None, category=each.categories, giver_place=givers,
                receiver_place=receivers, kind=kind)
    return Rule(id=name, source=f"the scenario's own restriction: {each.from_ or each.because}", confidence="own",
                valid_from=each.valid_from, valid_to=each.valid_to, zone=zone, layer=OWNER, when=when,
                effect=effect, ground=ground, duties=FREE, exception_to=exception_to)
