"""What misses and wrong values come from: the largest causes over all options, the rest of them in one line."""

from sim.experiments import Comparison
from sim.experiments.statistics import Line, lines
from sim.metrics import METRICS

MOST = 7                                  # lines of a table
REST = "all other causes"
TITLES = {"misses_by_cause": "misses, of 100 searches of a true holder",
          "wrong_values_by_cause": "wrong values, of 100 given"}
# The types of error of content, and what else it names, as an officer would say it.
PLAIN = {
    "transliteration": "romanised in another way", "diacritic_fold": "marks on letters lost",
    "extra_patronymic": "patronymic on one side only", "double_surname": "half of a double name lost",
    "nickname": "nickname for the given name", "name_swap": "names in the wrong fields",
    "name_order": "names in another order", "stale_name": "former name entered",
    "stale_address": "former address entered", "stale_document": "former document entered",
    "insert": "a letter too many", "delete": "a letter too few", "substitute": "a wrong letter",
    "transpose": "two letters in wrong order", "ocr": "misread by a scanner", "phonetic": "written as it sounds",
    "truncation": "cut off at the end", "day_month_swap": "day and month swapped",
    "placeholder_date": "1 January for no date", "year_off": "year of birth off by one",
    "decade_digit": "wrong decade of birth", "two_digit_year": "wrong century of birth",
    "date_digit": "wrong digit in the date", "partial_date": "date of birth not complete",
    "document_digit": "wrong digit in a document", "wrong_code": "code of another list",
    "wrong_option": "wrong choice in a list", "family_missing": "no family name", "given_missing": "no given name",
    "native_missing": "no name in its own script", "date_missing": "no date of birth",
    "birth_place_missing": "no place of birth", "nationality_missing": "no nationality", "sex_missing": "no sex",
    "document_missing": "no document", "plate_missing": "no plate", "address_missing": "no address",
    "offence_missing": "no offence", "print_missing": "no print", "stale": "changed since it was entered",
    "keyed in wrongly": "mistyped from free text", "lost on the way": "changed or cut by a format",
    "several together": "several of these together", "nothing to compare": "nothing there to compare",
    "matcher": "the matcher alone",
}


def plain(cause: str) -> str:
    """A cause in plain words; most are plain already."""
    return PLAIN.get(cause, cause)


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
