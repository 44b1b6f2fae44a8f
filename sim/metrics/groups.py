"""Whether searches err alike for everybody: misses and false hits by group of the person sought (`content.groups`).

A miss is a search of a true holder that does not find the right person; a false hit one that finds another. The group
is that of the need's subject, whoever's record is found. A group is held to the reference of its grouping; its ratio
has the interval of one run, as slices of its own ("script: Cyrl, low"). A comparison takes the runs of a future
together (`sim.experiments.ratios`), and its ranges over futures stand.
"""

import numpy as np

from sim.content.groups import GROUPINGS, Grouping
from sim.metrics.accuracy import ABSENT, MISS, MIX_UP, Searches, searches
from sim.metrics.joined import Flags, Whole
from sim.metrics.parts import Counts, Part, ratio
from sim.metrics.view import View

# Ratio, slice -> the metric of the shares it is of, their slices, and that of the reference.
Ratios = dict[tuple[str, str], tuple[str, tuple[str, ...], str]]
Pair = tuple[int, int]                      # erring, and all, searches
Rates = dict[str, dict[str, Pair]]          # by grouping and group


def _rates(view: View, erring: Flags, among: Flags) -> Rates:
    found = view.once(searches)
    groups = view.joined.run.content.groups[view.joined.needs["subject"][found.need]]
    return {of.column: dict(zip(of.names, zip(_counts(groups[of.column][erring], of.names),
                                              _counts(groups[of.column][among], of.names), strict=True), strict=True))
            for of in GROUPINGS}


def _counts(group: Whole, names: tuple[str, ...]) -> list[int]:
    counted: list[int] = np.bincount(group, minlength=len(names)).tolist()
    return counted


def misses(view: View) -> Rates:
    found = view.once(searches)
    return _rates(view, found.are(MIX_UP, MISS), found.of_holders)


def false_hits(view: View) -> Rates:
    found: Searches = view.once(searches)
    return _rates(view, found.are(ABSENT, MIX_UP), np.ones(len(found.outcome), bool))


def _slice(of: Grouping, name: str) -> str:
    return f"{of.word}: {name}"


def _shares(rates: Rates) -> list[Part]:
    return [Part(*rates[of.column][name], 100, _slice(of, name)) for of in GROUPINGS for name in of.names]


def _ratios(rates: Rates) -> list[Counts]:
    return [Counts((*rates[of.column][name], *rates[of.column][of.reference]), ratio, _slice(of, name))
            for of in GROUPINGS for name in of.names if name != of.reference]


def _other_scripts(rates: Rates) -> list[Counts]:
    """All scripts but the reference together, against it."""
    of = GROUPINGS[0]
    others = [pair for name, pair in rates[of.column].items() if name != of.reference]
    erring, among = (sum(column) for column in zip(*others, strict=True))
    return [Counts((erring, among, *rates[of.column][of.reference]), ratio)]


def misses_by_group(view: View) -> list[Part]:
    return _shares(view.once(misses))


def false_hits_by_group(view: View) -> list[Part]:
    return _shares(view.once(false_hits))


def miss_ratio_by_group(view: View) -> list[Counts]:
    return _ratios(view.once(misses))


def false_hit_ratio_by_group(view: View) -> list[Counts]:
    return _ratios(view.once(false_hits))


def miss_ratio(view: View) -> list[Counts]:
    return _other_scripts(view.once(misses))


def false_hit_ratio(view: View) -> list[Counts]:
    return _other_scripts(view.once(false_hits))


def _of_shares() -> Ratios:
    scripts = GROUPINGS[0]
    found: Ratios = {}
    for shares, by_group, whole in (("misses_by_group", "miss_ratio_by_group", "miss_ratio"),
                                    ("false_hits_by_group", "false_hit_ratio_by_group", "false_hit_ratio")):
        for of in GROUPINGS:
            for name in (name for name in of.names if name != of.reference):
                found[by_group, _slice(of, name)] = shares, (_slice(of, name),), _slice(of, of.reference)
        others = tuple(_slice(scripts, name) for name in scripts.names if name != scripts.reference)
        found[whole, ""] = shares, others, _slice(scripts, scripts.reference)
    return found


RATIOS = _of_shares()
