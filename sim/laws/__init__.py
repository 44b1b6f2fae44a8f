"""What the law says of one transfer of data: dated rules in TOML, compiled to one table, held to a short interpreter.

A verdict is about one transfer at one moment: who gives what to whom, under which instrument, for which product.
`load_rules` reads and checks packs of rules, `rules_of` gives those of a scenario with its own days and restrictions,
`verdicts` compiles them for a world, `interpret` judges one `Situation` rule by rule. Stylised law for a
simulation; no legal advice.
"""

from sim.laws.duties import FLAGS, FREE, Duties
from sim.laws.interpreter import Situation, interpret, situation
from sim.laws.of_scenario import rules_of
from sim.laws.rules import (
    BARS,
    CATEGORIES,
    EFFECTS,
    HANDLING,
    KINDS,
    LAYERS,
    MAY_REFUSE,
    MUST_GIVE,
    MUST_REFUSE,
    NO_RULE,
    NOT_GOVERNED,
    PRODUCTS,
    REGIMES,
    VERDICTS,
    Outcome,
    Rule,
    When,
    load_rules,
)
from sim.laws.verdicts import Verdicts, verdicts

__all__ = ["BARS", "CATEGORIES", "EFFECTS", "FLAGS", "FREE", "HANDLING", "KINDS", "LAYERS", "MAY_REFUSE", "MUST_GIVE",
           "MUST_REFUSE", "NOT_GOVERNED", "NO_RULE", "PRODUCTS", "REGIMES", "VERDICTS", "Duties", "Outcome", "Rule",
           "Situation", "Verdicts", "When", "interpret", "load_rules", "rules_of", "situation", "verdicts"]
