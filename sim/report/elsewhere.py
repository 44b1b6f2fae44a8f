"""The same records in one store, in five parts, in five copies: what is lost on average, and in the worst years."""

from sim.experiments import Comparison
from sim.experiments.statistics import Line

AS_HELD = "as held"
SLICES = ("", "in one store", "in five equal parts", "copied to five")
TITLES = {"breach_expected": "records lost, mean year", "breach_tail": "worst year in twenty",
          "persons_in_breach": "persons reached, mean year"}
NOTE = ("One store and five equal parts lose the same on average; their worst years differ. A record at two places is "
        "lost twice, a person is reached once.")
EQUAL = ("How often a holder is broken into is not known: every holder has the same hazard, so these are ratios and no "
         "numbers of a year.")
DECLARED = "Every store has the mean hazard of a record as held, by the scenario's own hazards."


def note(comparison: Comparison) -> str:
    return f"{EQUAL if comparison.scenario.hazard is None else DECLARED} {NOTE}"


def tables(comparison: Comparison) -> dict[str, list[Line]]:
    """Title -> lines, as held first; none of a metric that no run has."""
    found = {title: [line for slice in SLICES if (line := comparison.line(metric, slice)) is not None]
             for metric, title in TITLES.items()}
    return {title: shown for title, shown in found.items() if shown}


def name(line: Line) -> str:
    return line.key.slice or AS_HELD
