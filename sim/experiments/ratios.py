"""Ratios of shares are made of all runs of a future together: one run alone has few false hits to divide by, or none.

The mean of the ratios of single runs would leave out the runs without any, and so say too much of the others.
"""

from typing import TYPE_CHECKING

from sim.metrics import RATIOS

if TYPE_CHECKING:
    import pandas as pd

OF = ["option", "future"]
Pair = tuple[float, float]           # counted, of how many


def pooled(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows, with those of ratios and of their intervals replaced by one for each option and future, which stands
    at its first replication; none where the reference counts nothing."""
    import pandas as pd
    of_ratios = rows["metric"].isin({metric for metric, _ in RATIOS})
    first = rows[of_ratios].drop_duplicates([*OF, "metric", "slice"]).set_index([*OF, "metric", "slice"])
    counts = _counts(rows[rows["metric"].isin({shares for shares, _, _ in RATIOS.values()})])
    found = []
    for (option, future, metric, slice), row in zip(first.index, first.to_dict("records"), strict=True):
        if (metric, slice) not in RATIOS:
            continue
        shares, slices, reference = RATIOS[metric, slice]
        part, whole = (sum(column) for column in zip(*(counts.get((option, future, shares, name), (0.0, 0.0))
                                                       for name in slices), strict=True))
        under, of = counts[option, future, shares, reference]
        found.append({**row, "option": option, "future": future, "replication": 0, "metric": metric, "slice": slice,
                      "value": part / whole / (under / of), "n": int(min(whole, of))})
    others = rows[~of_ratios]
    return pd.concat([others, pd.DataFrame(found)[rows.columns].astype(rows.dtypes)]) if found else others


def _counts(shares: "pd.DataFrame") -> dict[tuple[str, int, str, str], Pair]:
    """(option, future, metric, slice) -> what was counted in all runs; shares are percentages of n."""
    counted = shares.assign(value=(shares["value"] * shares["n"] / 100).round())
    summed = counted.groupby([*OF, "metric", "slice"])[["value", "n"]].sum()
    return {key: (value, n) for key, value, n in zip(summed.index, summed["value"], summed["n"], strict=True)}
