"""A comparison told to people: figures, a page, tables for a terminal. It computes nothing that metrics did not."""

from pathlib import Path

from sim.experiments import Comparison


def write(comparison: Comparison, folder: Path) -> None:
    """figures/ and report.html of a result."""
    # Here, because tables and words for a terminal need no drawing library and are wanted at once.
    from sim.report import figures, page
    drawings = figures.write(comparison, folder / "figures")
    (folder / "report.html").write_text(page.html(comparison, drawings), encoding="utf-8", newline="\n")


__all__ = ["write"]
