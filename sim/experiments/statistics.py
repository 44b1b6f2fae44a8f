"""Two uncertainties are told apart here: what other plausible futures would change, and what mere luck would.

Values stand in arrays [option, future, replication]; NaN where a run has nothing to measure, inf for "never".
Replications of one index share their luck across options, so differences are taken run by run.

Where only ratios may be told (`sim.metrics.Metric.ratio`), a level is a share of the first option's whole and a
difference a quotient. Both are made of all runs of a future together: one run may have nothing to divide by.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

RANGE = (0.05, 0.95)      # quantiles over futures
CONFIDENCE = 0.95         # of the luck interval

Values = NDArray[np.float64]


class Key(NamedTuple):
    """What one line of a comparison is about."""

    measure: str
    metric: str
    slice: str
    group: str
    unit: str


@dataclass(frozen=True)
class Level:
    """One option's figure.

    value      mean over futures of the per-future means; their median where some future has no finite mean
    is_median  which of the two
    n          what it rests on, summed over all runs
    """

    value: float
    is_median: bool
    n: int


@dataclass(frozen=True)
class Difference:
    """An option against the first, over futures in which both have a value.

    mean       of the per-future differences (their median where some are infinite); NaN where there is no such future
    low, high  5 to 95 % of the per-future differences
    luck       half-width of the pooled t interval of replications within futures; None: not estimated
    better, worse, tied  futures; better and worse are None for a metric without a better side
    futures    with a value of both
    """

    mean: float
    low: float
    high: float
    luck: float | None
    better: int | None
    worse: int | None
    tied: int
    futures: int

    @property
    def is_exact(self) -> bool:
        """Neither luck nor assumptions move it."""
        return self.futures > 0 and self.luck == 0 and math.isclose(self.low, self.high, abs_tol=1e-9)


@dataclass(frozen=True)
class Line:
    """One metric of all options; `differences[k]` is that of option k + 1 against the first.

    ratio  levels are shares of the first option's whole (its slice ""), mean over futures: NaN where both are nothing,
           infinite where the first alone is; `mean`, `low`, `high` and `luck` of a difference are of the quotient of
           the option and the first
    """

    key: Key
    levels: tuple[Level, ...]
    differences: tuple[Difference, ...]
    ratio: bool = False


def lines(rows: "pd.DataFrame", options: list[str], better: Mapping[str, str],
          ratios: Collection[str] = ()) -> tuple[Line, ...]:
    """A line for every key of a long table with the columns of `chunks.Row`, in order of first appearance.

    better  metric -> "higher", "lower" or "" (neither)
    ratios  metrics that are told as ratios only
    """
    runs = int(rows["future"].max()) + 1, int(rows["replication"].max()) + 1
    found, whole = [], _wholes(rows, options, runs, ratios)
    for key, part in rows.groupby(list(Key._fields), sort=False):
        n = part.groupby("option")["n"].sum().reindex(options, fill_value=0).to_numpy()
        named, values = Key._make(map(str, key)), array(part, options, *runs)
        side = better.get(named.metric, "")
        if named.metric in ratios:
            named = named._replace(unit=f"{options[0]} = 1")
            found.append(_ratio_line(named, values, whole.get(named.metric, values[0]), n, side))
        else:
            found.append(_line(named, values, n, side))
    return tuple(found)


def array(rows: "pd.DataFrame", options: list[str], futures: int, replications: int) -> Values:
    """[option, future, replication] of the rows of one key; NaN where there is none."""
    place = {name: row for row, name in enumerate(options)}
    at = (rows["option"].map(place).to_numpy(np.int64), rows["future"].to_numpy(np.int64),
          rows["replication"].to_numpy(np.int64))
    values = np.full((len(options), futures, replications), np.nan)
    values[at] = rows["value"].to_numpy()
    return values


def _line(key: Key, values: Values, n: NDArray[np.int64], better: str) -> Line:
    levels = tuple(level(values[k], int(n[k])) for k in range(len(values)))
    others = tuple(difference(values[0], values[k], better) for k in range(1, len(values)))
    return Line(key, levels, others)


def _wholes(rows: "pd.DataFrame", options: list[str], runs: tuple[int, int],
            ratios: Collection[str]) -> dict[str, Values]:
    """Metric -> [future, replication] of the first option's whole."""
    told = rows[rows["metric"].isin(set(ratios)) & (rows["slice"] == "") & (rows["group"] == "")]
    return {str(metric): array(part, options, *runs)[0] for metric, part in told.groupby("metric")}


def _ratio_line(key: Key, values: Values, whole: Values, n: NDArray[np.int64], better: str) -> Line:
    """whole  [future, replication] of the first option"""
    levels = []
    for number, one in enumerate(values):
        centre, is_median = _centre(_quotients(whole, one))
        levels.append(Level(centre, is_median, int(n[number])))
    others = tuple(quotient(values[0], values[k], better) for k in range(1, len(values)))
    return Line(key, tuple(levels), others, True)


def quotient(first: Values, other: Values, better: str) -> Difference:
    """other / first; both [future, replication]. Which is better is told of all futures in which both have a value."""
    counts, each = difference(first, other, better), _quotients(first, other)
    each = each[~np.isnan(each)]
    if not len(each):
        return replace(counts, mean=math.nan, low=math.nan, high=math.nan, luck=None)
    low, high = (_quantile(each, share) for share in RANGE)
    return replace(counts, mean=_centre(each)[0], low=low, high=high, luck=luck(_linear(first, other)))


def _quotients(first: Values, other: Values) -> Values:
    """(futures,) of the means of a future; nothing to nothing: NaN, something to nothing: infinite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Values = _per_future(other) / _per_future(first)
    return found


def _linear(first: Values, other: Values) -> Values:
    """[future, replication] whose mean is the quotient of the means, and whose spread is its luck to first order."""
    with np.errstate(divide="ignore", invalid="ignore"):
        quotients = _quotients(first, other)[:, None]
        found: Values = quotients + (other - quotients * first) / _per_future(first)[:, None]
    return np.where(np.isfinite(found), found, np.nan)


def level(values: Values, n: int = 0) -> Level:
    """The figure of one option; values [future, replication]."""
    centre, is_median = _centre(_per_future(values))
    return Level(centre, is_median, n)


def difference(first: Values, other: Values, better: str) -> Difference:
    """other - first; both [future, replication]."""
    runs = run_differences(first, other)
    each = _per_future(runs)
    each = each[~np.isnan(each)]
    if not len(each):
        return Difference(math.nan, math.nan, math.nan, None, None, None, 0, 0)
    low, high = (_quantile(each, share) for share in RANGE)
    up, down = int((each > 0).sum()), int((each < 0).sum())
    wins, losses = {"higher": (up, down), "lower": (down, up)}.get(better, (None, None))
    return Difference(_centre(each)[0], low, high, luck(runs), wins, losses, int((each == 0).sum()), len(each))


def future_differences(first: Values, other: Values) -> Values:
    """(futures,) mean difference of each future."""
    return _per_future(run_differences(first, other))


def run_differences(first: Values, other: Values) -> Values:
    """Run by run; two runs that both never end do not differ."""
    with np.errstate(invalid="ignore"):
        found: Values = np.where(np.isinf(first) & (first == other), 0.0, other - first)
    return found


def luck(runs: Values) -> float | None:
    """Half-width of the interval around the mean over futures: variances within futures pooled, Student's t.

    None where no future has two finite replications, or some value is infinite.
    """
    if np.isinf(runs).any():
        return None
    kept = runs[(~np.isnan(runs)).any(axis=1)]
    sizes = (~np.isnan(kept)).sum(axis=1)
    freedom = int((sizes - 1).sum())
    if freedom < 1:
        return None
    within = np.nansum((kept - np.nanmean(kept, axis=1, keepdims=True)) ** 2) / freedom
    error = math.sqrt(within * float((1 / sizes).sum())) / len(kept)
    from scipy import special
    return float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * error


def _per_future(runs: Values) -> Values:
    """(futures,) means over the replications that have a value; NaN where none has. inf and -inf together: NaN."""
    counted = (~np.isnan(runs)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        found: Values = np.nansum(runs, axis=1) / np.where(counted, counted, np.nan)
    return found


def _centre(each: Values) -> tuple[float, bool]:
    each = each[~np.isnan(each)]
    if not len(each):
        return math.nan, False
    if np.isinf(each).any():
        return _quantile(each, 0.5), True
    return float(each.mean()), False


def _quantile(each: Values, share: float) -> float:
    """Linear between order statistics; between a finite and an infinite one there is nothing to interpolate."""
    if np.isfinite(each).all():
        return float(np.quantile(each, share))
    return float(np.quantile(each, share, method="inverted_cdf"))
