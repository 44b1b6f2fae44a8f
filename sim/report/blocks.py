"""The lines of a comparison in words, measure by measure, for terminal and page alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sim.experiments import HEADLINE, Comparison
from sim.experiments.statistics import Level, Line
from sim.metrics import MEASURES
from sim.metrics.values import LEAKAGE
from sim.report import attribution, elsewhere, words
from sim.report.vector import VECTOR, part

SPLIT_OF_100 = "throughput: of 100 needs"


@dataclass(frozen=True)
class Row:
    """A line in words: first is the option all are compared with."""

    name: str
    unit: str
    first: str
    other: str
    difference: str
    range: str
    luck: str
    better: str
    headline: bool


@dataclass(frozen=True)
class Block:
    """The lines of one measure."""

    measure: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Compared:
    """An option against the first; `other` and all differences are empty where there is only one.

    causes     what misses and wrong values come from
    elsewhere  what the same records would lose in other stores
    """

    first: str
    other: str
    blocks: tuple[Block, ...]
    causes: tuple[Block, ...]
    elsewhere: tuple[Block, ...]
    more: tuple[Block, ...]

    @property
    def note(self) -> str:
        """What the mark of a difference means, where some line of the first table bears it."""
        marked = any(row.difference.endswith(words.SOME_RUNS) for block in self.blocks for row in block.rows)
        return words.OF_SOME_RUNS if marked else ""


def compared(comparison: Comparison) -> list[Compared]:
    """Every option after the first against the first; a lone option by itself."""
    main, more = words.main_lines(comparison), words.other_lines(comparison)
    options, tables = comparison.options, attribution.tables(comparison)
    return [Compared(options[0], options[k] if k else "", blocks(comparison, main, k),
                     causes(comparison, tables, k), stored(comparison, k), blocks(comparison, more, k))
            for k in range(1 if len(options) > 1 else 0, len(options))]


def causes(comparison: Comparison, tables: dict[str, list[Line]], k: int) -> tuple[Block, ...]:
    """A cause is named by itself, below what it is a cause of."""
    smallest = comparison.scenario.report.smallest_cell
    return tuple(Block(title, tuple(replace(row(line, k, smallest), name=attribution.plain(line.key.slice), unit="")
                                    for line in lines)) for title, lines in tables.items())


def stored(comparison: Comparison, k: int) -> tuple[Block, ...]:
    """A place to store is named by itself, below what is lost there."""
    smallest = comparison.scenario.report.smallest_cell
    return tuple(Block(f"{title}: {comparison.options[0]}, as held = 1",
                       tuple(replace(row(line, k, smallest), name=elsewhere.name(line), unit="") for line in lines))
                 for title, lines in elsewhere.tables(comparison).items())


def blocks(comparison: Comparison, lines: Iterable[Line], k: int) -> tuple[Block, ...]:
    """The headline inside its split that adds to 100, then measure by measure; leakage risk in its three parts."""
    smallest = comparison.scenario.report.smallest_cell
    found: dict[str, list[Row]] = {}
    for measure in (SPLIT_OF_100, *MEASURES):
        found |= {name: [] for name in (measure, *(VECTOR if measure == LEAKAGE else ()))}
    for line in sorted(lines, key=_place):
        of_split = _place(line) < len(words.CLASSES)
        found[SPLIT_OF_100 if of_split else part(line)].append(row(line, k, smallest))
    vector = any(found[name] for name in VECTOR)
    return tuple(Block(name, tuple(rows)) for name, rows in found.items() if rows or (name == LEAKAGE and vector))


def _place(line: Line) -> int:
    """Where in the split a line stands; all others after it."""
    split = [HEADLINE, *(metric for metric, _ in words.CLASSES)]
    return split.index(line.key.metric) - 1 if line.key.metric in split and not line.key.slice else len(split)


def row(line: Line, k: int, smallest: int) -> Row:
    """Option k against the first; k = 0: the first by itself."""
    levels, unit = [_level(line, each, smallest) for each in (line.levels[0], line.levels[k])], line.key.unit
    head = (words.name(line), words.unit(line), levels[0])
    headline = line.key[1:4] == (HEADLINE, "", "")
    if k == 0:
        return Row(*head, "", "", "", "", "", headline)
    each = line.differences[k - 1]
    told = min(level.n for level in (line.levels[0], line.levels[k])) >= smallest
    by = (words.quotient(each.mean), words.quotients(each)) if line.ratio else (
        words.signed(each.mean, unit) + words.mark(line.levels[0], line.levels[k], each), words.spread(each, unit))
    shown = (*by, words.luck(each, "" if line.ratio else unit), words.better(each))
    return Row(*head, levels[1], *(shown if told else ("-",) * 4), headline)


def _level(line: Line, level: Level, smallest: int) -> str:
    return words.ratio_level(level, smallest) if line.ratio else words.level(level, line.key.unit, smallest)
