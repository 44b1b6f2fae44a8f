"""Plain text for a terminal: paragraphs, columns, dates in words."""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date

WIDTH = 110


def wrapped(text: str, indent: str = "", first: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first or indent, subsequent_indent=indent,
                         break_long_words=False, break_on_hyphens=False)


def day(of: date) -> str:
    return f"{of.day} {of:%B %Y}"


def count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Left-aligned columns under a head."""
    rows = [tuple(head), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    cells = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return ["  " + "  ".join(row).rstrip() for row in cells]
