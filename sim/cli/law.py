"""One question to the law of a scenario: may this go from here to there on that day, by which rule, on which duties."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sim import laws
from sim.errors import ComityError
from sim.laws.asking import SWITCHED_OFF, Answer, ask, known_words
from sim.laws.duties import FOREVER
from sim.laws.words import duty_words
from sim.scenario import Scenario
from sim.scenario.files import nearest
from sim.scenario.members import instruments as acts
from sim.scenario.members import members
from sim.scenario.other_states import place_of, with_states
from sim.scenario.protocols import protocol, protocols_of
from sim.scenario.text import day, wrapped

FIRST_DAY = date(2000, 1, 1)
OUTSIDE = "outside the modelled rules"
CONFIDENCE = {"read": "read", "read 2nd": "an account of it was read", "memory": "from memory: not re-read",
              "own": "own reading"}
CLOSED = {"kind": laws.KINDS, "handling": laws.HANDLING, "product": laws.PRODUCTS, "bar": laws.BARS}
CLOSING = "Stylised law for a simulation. No legal opinion, and no assessment of any state or body."


def asked(scenario: Scenario, giver: str, receiver: str, category: str, on: str, instrument: str,
          **facts: Any) -> dict[str, Any]:
    """The question with every default filled in, and an answer for each instrument: those of the scenario's protocols
    whose own rules cover the two, or the one that was named. Raises ComityError for what means nothing."""
    giver, receiver = _two_places(scenario, giver, receiver)
    kind, field = _category(category)
    for option, words in CLOSED.items():
        _known(option, facts[option], words)
    when, rules = _day(on) if on else scenario.as_of, laws.rules_of(scenario)
    wide = with_states(scenario, (giver, receiver))
    names = [_instrument(instrument, rules, scenario)] if instrument else _instruments(scenario)
    answers = [ask(rules, wide, giver, receiver, when, name, category=kind, **facts) for name in names]
    return {"scenario": scenario.name, "from": giver, "to": receiver, "on": when, "category": kind, "field": field,
            "outside": [place for place in (giver, receiver) if place not in scenario.jurisdiction
                        and place not in scenario.institution], **facts,
            "not_bound": {name: _not_bound(wide, name, (giver, receiver), when) for name in names},
            "answers": [each for each in answers if each.governed or instrument],
            "not_covered": [each.instrument for each in answers if not each.governed and not instrument]}


def _two_places(scenario: Scenario, giver: str, receiver: str) -> tuple[str, str]:
    giver, receiver = place_of(scenario, giver), place_of(scenario, receiver)
    if giver == receiver:
        raise ComityError(f"law: from {giver} to {receiver}\n  expected  two places; inside a state nothing crosses "
                          "a border")
    return giver, receiver


def _category(word: str) -> tuple[str, str]:
    known = known_words()
    _known("category", word, known)
    return known[word]


def _known(option: str, word: str, known: Any) -> None:
    if word not in known:
        raise ComityError(f"law: --{option} {word!r}\n  expected  one of {', '.join(known)}{_close(word, known)}")


def _close(word: str, known: Any) -> str:
    close = nearest(word, known)
    return close if "did you mean" in close else ""


def _day(text: str) -> date:
    """A day on which a scenario could stand: most rules are undated, so of older law nothing is known here."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ComityError(f"law: --on {text!r}\n  expected  a day as year-month-day, e.g. 2026-03-01") from None
    if not FIRST_DAY <= found < SWITCHED_OFF:
        raise ComityError(f"law: --on {text}\n  expected  a day from {FIRST_DAY} to "
                          f"{SWITCHED_OFF - timedelta(days=1)}; of others the rules say nothing")
    return found


def _instruments(scenario: Scenario) -> list[str]:
    used = {name for option in scenario.option for name in protocols_of(scenario, option)}
    return sorted({protocol(name, scenario.folder).instrument for name in used} - {""})


def _not_bound(scenario: Scenario, instrument: str, places: tuple[str, str], when: date) -> list[str]:
    """States of the two that an act does not bind on that day, though its channel may serve them."""
    if instrument not in acts(scenario):
        return []
    bound = members(scenario, instrument, when)
    return [place for place in places if place in scenario.jurisdiction and place not in bound]


def _instrument(word: str, rules: tuple[laws.Rule, ...], scenario: Scenario) -> str:
    known = {name for rule in rules for name in rule.when.instrument or ()} | set(_instruments(scenario))
    _known("instrument", word, sorted(known))
    return word


def told(found: dict[str, Any]) -> str:
    """The answers in words: one line for each instrument, then each with its rules, duties and sources."""
    lines = [wrapped(_question(found)), *_beyond(found), ""]
    width = max((len(each.instrument) for each in found["answers"]), default=0)
    lines += [f"  {each.instrument:<{width}}  {_verdict(each.outcome)}" for each in found["answers"]]
    if not found["answers"]:
        lines.append("  No instrument of the scenario's protocols covers the two for this: no rule known, "
                     f"{OUTSIDE}.")
    if found["not_covered"]:
        lines.append(wrapped(f"No rule covers the two for this under {', '.join(found['not_covered'])}.", "  ", "  "))
    for each in found["answers"]:
        lines += ["", *_answer(each, found["field"], found["not_bound"].get(each.instrument, []))]
    return "\n".join([*lines, "", CLOSING])


def _question(found: dict[str, Any]) -> str:
    field = f" ({found['field']})" if found["field"] else ""
    urgency = "urgent" if found["urgent"] else "not urgent"
    dual = "an offence in both states" if found["dual"] else "no offence in the asked state"
    minor = "punishable by at most a year" if found["minor"] else "punishable by more than a year"
    bar = "nothing stands against helping" if found["bar"] == "none" else f"bar: {found['bar']}"
    return (f"May {found['from']} give {found['to']} content of the category {found['category']}{field} on "
            f"{day(found['on'])}? For {found['product']}, {urgency}; kind of person: {found['kind']}; "
            f"handling code {found['handling']}; {dual}, {minor}; {bar}.")


def _beyond(found: dict[str, Any]) -> list[str]:
    if not found["outside"]:
        return []
    return [wrapped(f"{', '.join(found['outside'])} is no state of the scenario; its memberships are those of the "
                    "shipped table of other states.")]


def _verdict(outcome: laws.Outcome) -> str:
    word = laws.VERDICTS[outcome.verdict]
    ground = f", ground {outcome.ground}" if outcome.ground else ""
    rule = f", by rule {outcome.rule}" if outcome.rule else ""
    outside = {laws.MUST_REFUSE: f" (to give it is {OUTSIDE})", laws.NO_RULE: f" ({OUTSIDE})"}.get(outcome.verdict, "")
    return f"{word}{ground}{rule}{outside}"


def _answer(each: Answer, field: str, not_bound: list[str]) -> list[str]:
    outcome = each.outcome
    lines = [f"{each.instrument or 'no instrument'}: {laws.VERDICTS[outcome.verdict]}",
             *([wrapped(f"does not bind {' and '.join(not_bound)}: its channel may be used, other law decides", "    ",
                        "  ")] if not_bound else []),
             wrapped(_decided(each), "    ", "  ")]
    if outcome.ordered_and_forbidden:
        lines.append("  One layer orders what another forbids; the ban stands.")
    duties = duty_words(outcome.duties)
    lines.append(f"  duties: {'none' if not duties else ''}".rstrip())
    lines += [wrapped(duty, "      ", "    - ") for duty in duties]
    if field and outcome.duties.fields is not None and field not in outcome.duties.fields:
        lines.append(wrapped(f"{field} is not among the facts that may be given", "      ", "    ! "))
    lines.append(f"  rules that stand:{'' if each.standing else ' none'}")
    lines += [wrapped(_rule(rule), "      ", "    - ") for rule in each.standing]
    return [*lines, wrapped(_next(each), "    ", "  ")]


def _decided(each: Answer) -> str:
    rule = next((rule for rule in each.standing if rule.id == each.outcome.rule), None)
    if rule is None:
        return ("decided by: no rule gives a basis, and the giver's law demands one" if each.outcome.ground
                else f"decided by: no rule known, {OUTSIDE}")
    ground = f", ground {rule.ground}" if rule.ground else ""
    return f"decided by: {rule.id} (layer {rule.layer}, {rule.effect}{ground})"


def _rule(rule: laws.Rule) -> str:
    ground = f", {rule.ground}" if rule.ground else ""
    days = "".join(f", {word} {of}" for word, of in (("from", rule.valid_from), ("to", rule.valid_to)) if of)
    return f"{rule.id} ({rule.layer}: {rule.effect}{ground}{days}). {rule.source} [{CONFIDENCE[rule.confidence]}]"


def _next(each: Answer) -> str:
    if each.next is None:
        return "next change: none known"
    when, outcome = each.next
    if outcome.verdict == each.outcome.verdict and outcome.rule == each.outcome.rule:
        return f"next change: on {day(when)} the duties change"
    return f"next change: on {day(when)} it becomes: {_verdict(outcome)}"


def as_json(found: dict[str, Any]) -> dict[str, Any]:
    """The same for a machine."""
    return {**found, "on": str(found["on"]), "answers": [_json(each) for each in found["answers"]]}


def _json(each: Answer) -> dict[str, Any]:
    following = None
    if each.next is not None:
        following = {"on": str(each.next[0]), **_outcome(each.next[1])}
    return {"instrument": each.instrument, **_outcome(each.outcome),
            "duties_in_words": duty_words(each.outcome.duties), "next": following,
            "standing": [{"id": rule.id, "layer": rule.layer, "effect": rule.effect, "ground": rule.ground,
                          "source": rule.source, "confidence": rule.confidence,
                          "valid_from": rule.valid_from and str(rule.valid_from),
                          "valid_to": rule.valid_to and str(rule.valid_to)} for rule in each.standing]}


def _outcome(outcome: laws.Outcome) -> dict[str, Any]:
    duties = asdict(outcome.duties)
    for key in ("fields", "purposes", "flags"):
        duties[key] = None if duties[key] is None else sorted(duties[key])
    duties["retention"] = None if outcome.duties.retention == FOREVER else outcome.duties.retention
    return {"verdict": laws.VERDICTS[outcome.verdict], "rule": outcome.rule, "ground": outcome.ground,
            "ordered_and_forbidden": outcome.ordered_and_forbidden, "duties": duties}
