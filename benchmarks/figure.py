"""Processor time and memory against the number of cases, both axes logarithmic: one column per model."""

from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.contestants import BY_BLOCK, PORT, PORT_TOTALS, TOTALS
from benchmarks.models import MODELS

# Okabe and Ito's colours, told apart by the colour-blind; a marker of its own for each besides.
STYLES = {"reference": ("#0072B2", "o"), "compiled": ("#D55E00", "s"), TOTALS: ("#E69F00", "D"),
          BY_BLOCK: ("#8C6D00", "*"),
          "SimPy": ("#009E73", "^"), "Ciw": ("#CC79A7", "v"), "salabim": ("#56B4E9", "P"),
          PORT: ("#000000", "x"), PORT_TOTALS: ("#777777", "+")}
OTHER = ("#444444", ".")


def draw(found: pd.DataFrame, folder: Path) -> list[Path]:
    """growth.svg and growth.png. found: `table.medians`."""
    models = list(found["model"].unique())
    figure = Figure(figsize=(3.4 * len(models), 6), layout="constrained")
    axes = figure.subplots(2, len(models), sharex=True, sharey="row", squeeze=False)
    for column, model in enumerate(models):
        of = found[found["model"] == model]
        _lines(axes[0][column], of, "cpu")
        _lines(axes[1][column], of, "above_mb")
        axes[0][column].set_title(MODELS[model].title, fontsize=9, wrap=True)
        axes[1][column].set_xlabel("cases")
    axes[0][0].set_ylabel("processor time, s")
    axes[1][0].set_ylabel("memory above the input, MB")
    handles = {line.get_label(): line for ax in axes[0] for line in ax.get_lines()}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=len(handles), frameon=False)
    return _saved(figure, folder)


def _lines(ax: Axes, of: pd.DataFrame, column: str) -> None:
    for name, rows in of.groupby("contestant", sort=False):
        colour, marker = STYLES.get(str(name), OTHER)
        values = rows[column].clip(lower=1e-5 if column == "cpu" else 0.1)     # a page more or less is no memory
        ax.plot(rows["count"], values, color=colour, marker=marker, label=name, linewidth=1.2, markersize=5)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.grid(alpha=0.3, which="major")


def _saved(figure: Figure, folder: Path) -> list[Path]:
    with matplotlib.rc_context({"svg.hashsalt": "comity"}):
        files = [folder / "growth.svg", folder / "growth.png"]
        for file in files:
            figure.savefig(file, dpi=150)
    return files
