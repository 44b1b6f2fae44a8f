"""The same result for a terminal: the fit table first, then each option against the first, in at most 100 columns."""

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from sim.experiments import Comparison
from sim.report import elsewhere, fit
from sim.report.blocks import Block, Compared, compared
from sim.scenario.schema import Scenario

WIDTH = 100
CAUSES = "What misses and wrong values come from"
ELSEWHERE = "If the same records lay elsewhere"
NAME, FIGURE = 30, 9      # columns for what a line is about, and for a figure
DIFFERENCE = {"difference": 10, "range over futures": 15, "luck": 8, "better in": 11}


def console(width: int | None = None) -> Console:
    """Standard output. Without a terminal: no colour, and always as wide, so that a file of it is stable."""
    terminal = Console(highlight=False)
    wide = min(terminal.width, WIDTH) if terminal.is_terminal else WIDTH
    return Console(highlight=False, width=width or wide)


def fit_table(scenario: Scenario) -> Table:
    head, rows = fit.table(scenario)
    table = Table(title="Which protocol serves which need", title_justify="left", box=None, pad_edge=False)
    for column in head:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def comparison_tables(comparison: Comparison) -> Group:
    """For each option after the first its figures, what misses and wrong values come from, and what its records would
    lose elsewhere; a lone option by itself."""
    note = elsewhere.note(comparison)
    return Group(*(part for each in compared(comparison) for title, blocks, caption in
                   (("", each.blocks, each.note or None), (f"{CAUSES}: ", each.causes, None),
                    (f"{ELSEWHERE}: ", each.elsewhere, note)) if blocks
                   for part in (Text(), _table(each, title, blocks, caption))))


def _table(compared: Compared, title: str, blocks: tuple[Block, ...], caption: str | None) -> Table:
    title += f"{compared.other} against {compared.first}" if compared.other else compared.first
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left", box=None,
                  pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("per 100 needs unless stated", overflow="fold", width=NAME)
    for name in filter(None, (compared.first, compared.other)):
        table.add_column(Text(name), justify="right", overflow="fold", width=FIGURE)
    for name, width in DIFFERENCE.items() if compared.other else ():
        table.add_column(name, justify="right", overflow="fold", width=width)
    for block in blocks:
        table.add_section()
        table.add_row(Text(block.measure, style="bold"))
        for row in block.rows:
            cells = [f"  {row.name}{row.unit and f', {row.unit}'}", row.first]
            cells += [row.other, row.difference, row.range, row.luck, row.better] if compared.other else []
            table.add_row(*map(Text, cells), style="bold" if row.headline else "")
    return table
