"""Attacks, urgency inflation and redress as a file declares them, in words."""

from collections.abc import Iterator

from sim.scenario.attacks import Attack
from sim.scenario.schema import Scenario
from sim.scenario.text import wrapped
from sim.units import as_text


def abuse(scenario: Scenario) -> list[str]:
    """One paragraph for each kind of attack, for urgency inflation, and for complaints."""
    lines = [*(_attacks(scenario.attack) if scenario.attack else ()), *_marking(scenario), *_redress(scenario)]
    return [wrapped(line, "    ", "  ") for line in lines]


def _attacks(attack: Attack) -> Iterator[str]:
    """Whoever attacks is a role; no state is one by name."""
    if attack.forged:
        yield (f"forged: emergency requests, {as_text(attack.forged.per_day)} of all states together, each in the name "
               "of a state drawn by lot, about a person on whom the asked state holds a record.")
    if attack.fishing:
        yield ("fishing: one state but the focus, drawn by lot in each replication, asks about persons on whom it has "
               f"no case, {as_text(attack.fishing.per_day)}.")
    if attack.notices:
        yield (f"notices: abusive warnings, {as_text(attack.notices.per_day)} of all states together, each issued by a "
               f"state drawn by lot; on {as_text(attack.notices.known)} of the persons another state holds a record.")
    if attack.tampering:
        yield (f"tampering: {as_text(attack.tampering.share)} of the messages that an intermediary carries are "
               f"altered; a person notices {as_text(attack.tampering.noticed)} of those that nothing seals, a machine "
               "none.")
    if attack.forged or attack.fishing or attack.notices:
        yield "None of these requests counts as a need; they take the time of desks, and what they get is shown apart."


def _marking(scenario: Scenario) -> Iterator[str]:
    marking = scenario.demand.marking
    if marking:
        yield (f"urgency inflation: {as_text(marking.share)} of askers mark an ordinary need as urgent where the plain "
               f"lane, its work and {as_text(marking.wait)} of waiting at each desk, would come after it is needed.")


def _redress(scenario: Scenario) -> Iterator[str]:
    if scenario.redress:
        yield (f"redress: {as_text(scenario.redress.complain)} of the persons on whom a wrong record is held complain "
               "within a year, to the body of the channels whose scripts hear complaints.")
