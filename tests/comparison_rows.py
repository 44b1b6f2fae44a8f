"""Rows of finished runs as data: what a comparison is made of, without running anything."""

import math

import pandas as pd

from sim.experiments import chunks
from sim.experiments.compare import concluded
from sim.metrics import METRICS, SPLIT
from sim.metrics.timeliness import GRID

SPLITS = ((20, 30, 15, 2, 5, 6, 2, 14, 6), (24, 36, 10, 1, 6, 5, 3, 9, 6), (25, 38, 8, 1, 6, 5, 3, 9, 5))


def table(options, futures, replications, shift=lambda option, future, replication: 0.0):
    """Long rows: the split (its first class moved by `shift` at the cost of `late`), persons, times, reach."""
    rows = []
    runs = ((option, future, luck) for future in range(futures) for luck in range(replications) for option in options)
    for number, (option, future, luck) in enumerate(runs):
        k = options.index(option)
        moved = shift(k, future, luck)
        values = [*zip(SPLIT, map(float, SPLITS[k % 3]), strict=True)]
        values[0], values[2] = (SPLIT[0], values[0][1] + moved), (SPLIT[2], values[2][1] - moved)
        met = values[0][1] + values[1][1]
        found = [("needs_met", "", met, 100), *((name, "", value, 100) for name, value in values),
                 ("reach", "", 86.0, 100), ("uninvolved_persons", "", 1.0 + k, 100),
                 ("time_to_answer_p95", "urgent", math.inf if k == 0 else 60.0, 30),
                 ("hit_recall", "", 80.0, 1 if future == luck == 0 else 0),
                 *(("answered_within", f"{urgency}, {hours} h", min(100.0, 10.0 * at + k), 30)
                   for urgency in ("urgent", "ordinary") for at, hours in enumerate(GRID))]
        rows += [chunks.Row(number, option, future, luck, METRICS[name].measure, name, slice, "", METRICS[name].unit,
                            value, n) for name, slice, value, n in found]
        rows.append(chunks.Row(number, option, future, luck, "cost", "utilisation", "ours", "owner", "%", 70.0, 1))
    return pd.DataFrame(rows, columns=list(chunks.Row._fields))


def runs(rows):
    found = rows[["run", "option", "future", "replication"]].drop_duplicates()
    return found.assign(needs=300, cases=900, messages=1200, disclosures=2000, events=10_000)


def comparison(scenario, shift=lambda option, future, replication: float(option * (future % 3))):
    options = [option.name for option in scenario.option]
    rows = table(options, scenario.run.futures, scenario.run.replications, shift)
    return concluded(scenario, rows, runs(rows), {"simulate": 1.0, "all": 2.0}, 2)
