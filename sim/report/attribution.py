"""What misses and wrong values come from: the largest causes over all options, the rest of them in one line."""

from sim.experiments import Comparison
from sim.experiments.statistics import Line, lines
from sim.metrics import METRICS

MOST = 7                                  # lines of a table
REST = "all other causes"
TITLES = {"misses_by_cause": "misses, of 100 searches of a true holder",
          "wrong_values_by_cause": "wrong values, of 100 given"}


def tables(comparison: Comparison) -> dict[str, list[Line]]:
    """Title -> lines; none of a metric without any cause at work."""
    found = {title: _shown(comparison, metric) for metric, title in TITLES.items()}
    return {title: shown for title, shown in found.items() if shown}


def _shown(comparison: Comparison, metric: str) -> list[Line]:
    """The causes at work, the largest first, and what all others come to."""
    every = [line for line in comparison.lines if line.key.metric == metric]
    at_work = sorted((line for line in every if _largest(line) > 0), key=lambda line: -_largest(line))
    if len(at_work) <= MOST:
        return at_work
    shown = at_work[:MOST - 1]
    return [*shown, _together(comparison, metric, {line.key.slice for line in at_work[MOST - 1:]})]


def _largest(line: Line) -> float:
    return max((level.value for level in line.levels if level.value > 0), default=0.0)


def _together(comparison: Comparison, metric: str, causes: set[str]) -> Line:
    """Several causes as one, summed run by run: shares of one whole, of which n is the same for each."""
    rows = comparison.metrics
    rest = rows[(rows["metric"] == metric) & rows["slice"].isin(causes)].assign(slice=REST)
    by = [name for name in rest.columns if name not in ("value", "n")]
    summed = rest.groupby(by, sort=False, as_index=False).agg({"value": "sum", "n": "first"})
    return lines(summed, list(comparison.options), {metric: METRICS[metric].better})[0]
