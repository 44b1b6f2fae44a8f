"""Every figure is put into words here, once, so that terminal and page can never differ."""

import math
from collections.abc import Sequence

from sim.experiments.assumptions import Flips, HangsOn
from sim.experiments.compare import HEADLINE, Comparison
from sim.experiments.statistics import Difference, Level, Line
from sim.metrics import BOUNDS, METRICS
from sim.report.vector import SHOWN
from sim.scenario.text import count

NOT_ESTIMATED, NOTHING, EXACT, NEVER = "not estimated", "none", "exact", "never"
SOME, FIRST_HAS_NONE = "some", "first has none"
CURVE = "answered_within"
AS_ASKED = "as asked"
CLEAR = 0.9              # share of futures that are not tied, from which an answer is called clear

# Of the nine classes that every need ends in exactly one of: metric, label.
CLASSES = (
    ("met_with_information", "met, with information"), ("met_nothing_held", "met, truly nothing held"),
    ("late", "late"), ("outside_rules", "outside the modelled rules"), ("wrong_or_incomplete", "wrong or incomplete"),
    ("refused", "refused"), ("dropped", "dropped by the asker"), ("not_asked", "not asked or no channel"),
    ("silent", "silent, lost or still open"),
)
SOME_RUNS = " *"
OF_SOME_RUNS = ("* of those runs alone in which both have something to measure; the two figures are each of all runs "
                "that have.")


def number(value: float, unit: str = "") -> str:
    """A figure; hours from two days on in days."""
    if math.isnan(value):
        return NOTHING
    if math.isinf(value):
        return NEVER
    scale, shown = _scale(unit, value)
    return digits(value / scale) + shown


def _scale(unit: str, *values: float) -> tuple[float, str]:
    """What to divide by, and the unit to write: one for all values."""
    if unit != "h":
        return 1.0, " %" if unit == "%" else ""
    return (24.0, " d") if max(map(abs, filter(math.isfinite, values)), default=0.0) >= 48 else (1.0, " h")


def digits(value: float) -> str:
    """One decimal below a hundred, two significant digits below ten."""
    if value == 0:
        return "0"
    places = max(0, 1 - math.floor(math.log10(abs(value))))
    places = places if abs(value) < 10 else int(abs(value) < 99.95)
    text = f"{value:,.{min(places, 9)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(value: float, unit: str = "") -> str:
    """A difference; from a finite figure to one that is never reached it is "to never"."""
    scale, shown = _scale(unit, value)
    return _signed(value / scale) + (shown if math.isfinite(value) else "")


def _signed(value: float) -> str:
    if not math.isfinite(value):
        return NOTHING if math.isnan(value) else "to never" if value > 0 else "from never"
    text = digits(abs(value))
    return text if text == "0" else f"+{text}" if value > 0 else f"−{text}"


def level(one: Level, unit: str, smallest: int) -> str:
    """An option's figure; what rests on fewer than `smallest` is not told. A median is marked."""
    if 0 < one.n < smallest:
        return f"under {smallest}"
    return number(one.value, unit) + (" (median)" if one.is_median and math.isfinite(one.value) else "")


def ratio_level(one: Level, smallest: int) -> str:
    """A share of the first option's whole; of nothing there is no share."""
    if math.isfinite(one.value) and (one.n >= smallest or not one.n):
        return times(one.value) + (" (median)" if one.is_median else "")
    return SOME if math.isinf(one.value) and one.n >= smallest else level(one, "", smallest)


def times(value: float) -> str:
    """A ratio: two decimals, where they say more than two significant digits do."""
    return digits(value) if value >= 10 or value < 0.1 else f"{value:.2f}".rstrip("0").rstrip(".")


def mark(first: Level, other: Level, each: Difference) -> str:
    """A mark where the difference is not that of the two figures: some run has a value of one option only."""
    known = all(map(math.isfinite, (first.value, other.value, each.mean))) and not (first.is_median or other.is_median)
    return SOME_RUNS if known and not math.isclose(other.value - first.value, each.mean, rel_tol=1e-6,
                                                   abs_tol=1e-9) else ""


def quotient(value: float) -> str:
    """How many times the first option's figure."""
    return NOTHING if math.isnan(value) else FIRST_HAS_NONE if math.isinf(value) else f"× {times(value)}"


def quotients(each: Difference) -> str:
    """The range of quotients over futures."""
    if not each.futures or math.isnan(each.low):
        return NOT_ESTIMATED
    if each.is_exact:
        return EXACT
    bounds = (FIRST_HAS_NONE if math.isinf(bound) else times(bound) for bound in (each.low, each.high))
    return " to ".join(dict.fromkeys(bounds))


def spread(each: Difference, unit: str) -> str:
    """The range over futures."""
    if not each.futures:
        return NOT_ESTIMATED
    scale, shown = _scale(unit, each.low, each.high)
    return EXACT if each.is_exact else f"{_signed(each.low / scale)} to {_signed(each.high / scale)}{shown}"


def luck(each: Difference, unit: str) -> str:
    if each.luck is None:
        return NOT_ESTIMATED
    return EXACT if each.is_exact else f"±{number(each.luck, unit)}"


def better(each: Difference) -> str:
    if each.better is None or not each.futures:
        return "-"
    if each.tied == each.futures:
        return "equal"
    return f"{each.better} of {each.futures}" + (f", {each.tied} equal" if each.tied else "")


def name(line: Line) -> str:
    """What a line is about, without its unit."""
    _, metric, slice, group, _ = line.key
    words = dict(CLASSES).get(metric) or metric.replace("_", " ")
    return words + (f", {slice}" if slice else "") + (f" ({group})" if group else "")


def unit(line: Line) -> str:
    """The unit, where the figures do not carry it themselves."""
    told = line.key.unit in ("h", "%", "per 100 needs") or name(line).endswith(line.key.unit)
    return "" if told else line.key.unit


def main_lines(comparison: Comparison) -> list[Line]:
    """Lines for the needs of the focus as a whole; where there is no whole by urgency, or by who learns of them."""
    whole = {line.key.metric for line in comparison.lines if not line.key.slice}
    return [line for line in comparison.lines if line.key.metric != CURVE and not line.key.group
            and (not line.key.slice or line.key.slice in SHOWN.get(line.key.metric, ())
                 or (line.key.metric not in whole and line.key.slice in ("urgent", "ordinary")))]


def other_lines(comparison: Comparison) -> list[Line]:
    """All other lines but the curves: parts, groups, and the needs other states bring to the focus. The interval of a
    single run is left out: over futures the range of the differences stands."""
    main = set(map(id, main_lines(comparison)))
    return [line for line in comparison.lines if id(line) not in main and line.key.metric != CURVE
            and line.key.slice.split(", ")[-1] not in BOUNDS]


def best(comparison: Comparison) -> int:
    """The option after the first that does best on the headline, by mean difference; 0 where there is only one."""
    line = comparison.line(HEADLINE)
    if line is None or not line.differences:
        return 0
    return 1 + max(range(len(line.differences)), key=lambda k: (line.differences[k].mean, -k))


def answer(comparison: Comparison) -> list[str]:
    """Two sentences: the headline, and who else is exposed; a third on further options. Each counts futures."""
    head, exposed, k = comparison.line(HEADLINE), comparison.line("uninvolved_persons"), best(comparison)
    if head is None:
        return ["No need arose in the observed window."]
    if k == 0:
        return [f"Of 100 needs “{comparison.options[0]}” meets {number(head.levels[0].value)} in time."]
    sentences = [_headline(comparison, head, k)]
    if exposed is not None:
        sentences.append(_exposes(exposed, k))
    others = [_besides(comparison, head, other) for other in range(1, len(head.levels)) if other != k]
    return [*sentences, f"Besides, {'; '.join(others)}."] if others else sentences


def _headline(comparison: Comparison, head: Line, k: int) -> str:
    each, (first, other) = head.differences[k - 1], (head.levels[0].value, head.levels[k].value)
    change = "as many" if each.mean == 0 else f"{number(abs(each.mean))} {'more' if each.mean > 0 else 'fewer'}"
    found = f"of 100 needs “{comparison.options[k]}” meets {change} in time ({number(other)} against {number(first)})"
    verdict = f"does better in {_of(each.better or 0, each)} plausible futures and worse in {each.worse}"
    tied = f", equal in {each.tied}" if each.tied else ""
    most, decided = max(each.better or 0, each.worse or 0), each.futures - each.tied
    clear = most >= CLEAR * decided and 2 * most >= each.futures
    by_luck = each.luck is not None and abs(each.mean) <= each.luck
    opening = "The two cannot be told apart: " if by_luck else "" if clear else "No clear answer: "
    sentence = f"{opening}{found}, and {verdict}{tied} ({spread(each, '')})."
    return sentence[0].upper() + sentence[1:]


def _besides(comparison: Comparison, head: Line, k: int) -> str:
    each = head.differences[k - 1]
    return (f"“{comparison.options[k]}” meets {number(head.levels[k].value)}, better than “{comparison.options[0]}” in "
            f"{_of(each.better or 0, each)} futures")


def _exposes(exposed: Line, k: int) -> str:
    each, (first, other) = exposed.differences[k - 1], (exposed.levels[0].value, exposed.levels[k].value)
    if each.tied == each.futures:
        return f"It exposes as many uninvolved persons as before in every future ({number(other)} per 1,000 needs)."
    verb = "as many" if each.mean == 0 else "more" if each.mean > 0 else "fewer"
    equal = f", as many in {each.tied}" if each.tied else ""
    return (f"It exposes {verb} uninvolved persons, by a hit or a file ({number(other)} against {number(first)} "
            f"per 1,000 needs), fewer in {_of(each.better or 0, each)} futures and more in {each.worse}{equal}.")


def _of(futures: int, each: Difference) -> str:
    return f"{futures} of {each.futures}"


def hangs_on(found: Sequence[HangsOn]) -> list[str]:
    return [f"{one.assumption.path} ({one.assumption.text}): the {'higher' if one.rank_correlation > 0 else 'lower'}, "
            f"the better the option did (rank correlation {one.rank_correlation:+.2f} over the futures that ran; "
            "a sign, not yet a cause)" for one in found]


def flips(found: Sequence[Flips]) -> list[str]:
    return [f"{one.assumption.path} lies {'at or ' if one.assumption.choices else ''}{one.side} "
            f"{one.assumption.at(one.turns_at)} (in {one.with_it} of the {count(one.of, 'future')} there)"
            for one in found]


def says(metric: str) -> str:
    return METRICS[metric].says
