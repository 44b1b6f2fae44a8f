"""Two figures: what becomes of 100 needs, and how soon an answer comes. Drawn from lines alone; same lines, same bytes.

Colours are those of Okabe and Ito (2008), told apart with every kind of colour sight; hatches and numbers say it again.
"""

import io
import math
from collections.abc import Iterator
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.experiments import Comparison
from sim.metrics.timeliness import GRID
from sim.report import words
from sim.scenario.schema import ClockSetting, LimitSetting
from sim.units import HOUR

STYLE = {"svg.hashsalt": "comity", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
         "font.sans-serif": ["DejaVu Sans", "sans-serif"], "hatch.linewidth": 0.6, "axes.spines.top": False,
         "axes.spines.right": False}
COLOURS = ("#0072B2", "#56B4E9", "#F0E442", "#D55E00", "#CC79A7", "#E69F00", "#999999", "#DDDDDD", "#FFFFFF")
HATCHES = ("", "//", "..", "xx", "\\\\", "--", "oo", "", "++")
CURVES = (("#0072B2", "-", "o"), ("#D55E00", "--", "s"), ("#009E73", "-.", "^"), ("#CC79A7", ":", "D"),
          ("#000000", "-", "x"), ("#E69F00", "--", "v"))
WIDTH = 9.0              # inches
STATUTORY = ("public:", "fact:")
SHORTEST = 1.5           # share of 100 below which a part of a bar has no room for its number


def needs(comparison: Comparison) -> Figure:
    """One bar of 100 needs per option, cut into the nine classes."""
    options = comparison.options
    figure = Figure(figsize=(WIDTH, 1.7 + 0.55 * len(options)), layout="constrained")
    axes = figure.add_subplot()
    left = [0.0] * len(options)
    for (metric, label), colour, hatch in zip(words.CLASSES, COLOURS, HATCHES, strict=True):
        widths = [_value(comparison, metric, k) for k in range(len(options))]
        axes.barh(range(len(options)), widths, left=left, color=colour, hatch=hatch, edgecolor="#222222", linewidth=0.6,
                  label=label, height=0.7)
        _numbers(axes, widths, left)
        left = [at + width for at, width in zip(left, widths, strict=True)]
    axes.set(xlim=(0, 100), xlabel="of 100 needs (mean over futures)")
    axes.set_yticks(range(len(options)), options)
    axes.invert_yaxis()
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def _value(comparison: Comparison, metric: str, k: int) -> float:
    line = comparison.line(metric)
    value = line.levels[k].value if line else 0.0
    return 0.0 if math.isnan(value) else value


def _numbers(axes: Axes, widths: list[float], left: list[float]) -> None:
    for row, (width, at) in enumerate(zip(widths, left, strict=True)):
        if width >= SHORTEST:
            axes.text(at + width / 2, row, f"{width:.0f}", ha="center", va="center", fontsize=9,
                      bbox={"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 1.2})


def time_to_answer(comparison: Comparison) -> Figure:
    """Share of all cases answered against time, urgent and ordinary, with the statutory limits of the protocols."""
    figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
    for axes, urgency in zip(figure.subplots(1, 2, sharey=True), ("urgent", "ordinary"), strict=True):
        for k, name in enumerate(comparison.options):
            colour, dash, marker = CURVES[k % len(CURVES)]
            points = list(_curve(comparison, urgency, k))
            axes.plot([at for at, _ in points], [share for _, share in points], color=colour, linestyle=dash,
                      marker=marker, markersize=4, label=name)
        for hours, label in limits(comparison, urgency):
            axes.axvline(_place(hours), color="#444444", linewidth=0.9, linestyle=(0, (4, 3)))
            axes.text(_place(hours), 2, label, rotation=90, ha="center", va="bottom", fontsize=8,
                      bbox={"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 1})
        axes.set(ylim=(0, 100), xlabel=f"{urgency}: time since it was asked")
        axes.set_xticks(range(len(GRID)), [words.number(hours, "h").replace(" ", "") for hours in GRID], fontsize=8)
    figure.axes[0].set_ylabel("answered, % of all cases")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def _curve(comparison: Comparison, urgency: str, k: int) -> Iterator[tuple[int, float]]:
    for place, hours in enumerate(GRID):
        line = comparison.line(words.CURVE, f"{urgency}, {hours} h")
        if line is not None and not math.isnan(line.levels[k].value):
            yield place, line.levels[k].value


def _place(hours: float) -> float:
    """Where a time stands among the ticks, which are evenly spaced: an hour matters early and not late."""
    if hours <= GRID[0]:
        return 0.0
    after = next((k for k, tick in enumerate(GRID) if hours <= tick), len(GRID) - 1)
    before, tick = GRID[after - 1], GRID[after]
    return min(after - 1 + (math.log(hours / before) / math.log(tick / before)), len(GRID) - 1.0)


def limits(comparison: Comparison, urgency: str) -> list[tuple[float, str]]:
    """(hours, label) of every statutory limit a case of this urgency may have: one that an act or a fact sets."""
    found: dict[float, list[str]] = {}
    for clock in comparison.scenario.clock.values():
        for limit in _reachable(clock, urgency) if clock.from_.startswith(STATUTORY) else ():
            hours, written = _hours(limit)
            if hours:
                found.setdefault(hours, []).append(written)
    return [(hours, sorted(set(written))[0]) for hours, written in sorted(found.items())]


def _reachable(clock: ClockSetting, urgency: str) -> Iterator[LimitSetting]:
    """Read from the top, a limit that this urgency alone satisfies ends the list."""
    holds, fails = ("urgent", "not urgent") if urgency == "urgent" else ("not urgent", "urgent")
    for limit in clock.limits:
        if fails in limit.when:
            continue
        yield limit
        if set(limit.when) <= {holds}:
            return


def _hours(limit: LimitSetting) -> tuple[float, str]:
    if limit.period is None:
        hours = limit.time.high / HOUR if limit.time is not None else 0.0
        return hours, f"limit {words.number(hours, 'h')}"
    amount, unit = limit.period
    if unit == "elapsed":
        return amount / HOUR, f"limit {words.number(amount / HOUR, 'h')}"
    return float(amount if unit == "h" else 24 * amount), f"limit {amount} {unit}"


FIGURES = {"needs": needs, "time_to_answer": time_to_answer}


def write(comparison: Comparison, folder: Path) -> dict[str, str]:
    """Every figure as SVG and PNG in `folder`. Returns name -> SVG text."""
    folder.mkdir()
    drawn = {}
    with matplotlib.rc_context(STYLE):  # type: ignore[arg-type]
        for name, draw in FIGURES.items():
            figure = draw(comparison)
            drawn[name] = svg(figure)
            (folder / f"{name}.svg").write_text(drawn[name], encoding="utf-8", newline="\n")
            FigureCanvasAgg(figure)
            figure.savefig(folder / f"{name}.png", dpi=150, metadata={"Software": None})
    return drawn


def svg(figure: Figure) -> str:
    """Without a date, and with names that hang on the content alone."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()
