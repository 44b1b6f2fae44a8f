"""Rules as Cedar policies: an engine nobody here wrote says what may be given, from the same loaded rules.

Effect only: deny means must refuse. Cedar denies by default and lets a forbid stand over any permit, so
- a rule that must refuse is a forbid, every other rule outside the owner's layer a permit (it is a basis),
- what sets a rule aside stands in its `unless`: declared exceptions and strictly narrower rules of its layer,
- a giver whose regime demands no basis has a permit of its own.
An owner's rule that lets out is no policy: it gives no basis. Policies are those of one day: dates are not translated.
What sets a rule aside, and which regimes demand a basis, is said here once more, so that neither is checked by itself.
"""

import json

import cedarpy

from sim.laws import MUST_REFUSE
from sim.laws.interpreter import Situation
from sim.laws.rules import OWNER, Rule

FACTS = ("instrument", "category", "product", "urgent", "dual", "minor", "kind", "handling", "bar", "giver_place",
         "receiver_place", "giver_regime", "receiver_regime")
BOUND = ("giver_bound", "receiver_bound")
POLICE_LAW = ("led", "gb", "ch", "interpol")        # police data move only on a legal basis


def policies(rules: list[Rule]) -> dict[str, str]:
    """Rule id -> its policy; "no basis asked" for regimes that demand none."""
    found = {"no basis asked": f"permit(principal, action, resource) unless {{ {_among(POLICE_LAW)}"
                               ".contains(context.giver_regime) };"}
    for rule in rules:
        if rule.verdict == MUST_REFUSE or rule.layer != OWNER:
            word = "forbid" if rule.verdict == MUST_REFUSE else "permit"
            aside = [_when(other) for other in rules if _aside(other, rule)]
            unless = f" unless {{ {' || '.join(f'({each})' for each in aside)} }}" if aside else ""
            found[rule.id] = f"{word}(principal, action, resource) when {{ {_when(rule)} }}{unless};"
    return found


def _aside(other: Rule, rule: Rule) -> bool:
    """Whether `other` takes the place of `rule`: it says so, or it asks for more and its layer is the same."""
    if other.layer != rule.layer or other is rule:
        return False
    return rule.id in other.exception_to or (other.id not in rule.exception_to and _asks_for_more(other, rule))


def _asks_for_more(one: Rule, other: Rule) -> bool:
    """Every condition of `other` is one of `one` too, with no further value; and they differ."""
    mine, theirs = one.when.named, other.when.named
    return mine != theirs and theirs.keys() <= mine.keys() and not any(mine[key] - theirs[key] for key in theirs)


def _when(rule: Rule) -> str:
    parts = []
    for key, values in sorted(rule.when.named.items()):
        if key in BOUND:
            parts.append(f"context.{key}.containsAny({_among(values)})")
        else:
            parts.append(f"{_among(values)}.contains(context.{key})")
    return " && ".join(parts) or "true"


def _among(values) -> str:
    return json.dumps(sorted(values))


def denied(written: dict[str, str], cases: list[Situation]) -> list[bool]:
    """What Cedar denies."""
    requests = [{"principal": 'Place::"giver"', "action": 'Action::"give"', "resource": 'Data::"data"',
                 "context": _context(case)} for case in cases]
    answers = cedarpy.is_authorized_batch(requests, "\n".join(written.values()), [])
    assert not any(answer.diagnostics.errors for answer in answers)
    return [answer.decision != cedarpy.Decision.Allow for answer in answers]


def _context(case: Situation) -> dict[str, object]:
    return {key: getattr(case, key) for key in FACTS} | {key: sorted(getattr(case, key)) for key in BOUND}
