"""A run becomes numbers here: every metric by its name, with its measure, unit and which way is better.

named.py      every metric                         accumulator.py a run measured in parts
joined.py     the tables of a run, joined          shard.py     a part of a run, cut out
view.py       a run seen from the needs that count outcome.py   what a case, then a need, ends as
parts.py      numbers that add up over parts       necessary.py which facts a need makes necessary
waits.py      waits cut off by the end of the run  values.py    Value, Metric, units
accuracy.py   whether searches find whom they seek groups.py    for whom they err more often
attribution.py  what misses come from            fidelity.py  whether values given are so
links.py      cases that find each other           known.py     who could name whom
inference.py  persons and bits an adversary learns guesses.py   where a record is, as guessed from outside
holders.py    who may be broken into, how often    holdings.py  what each holder has
standing.py   copies from before the run           breach.py    what break-ins would lose
all others    one file per measure

Only needs that arose in the observed window count; those the focus brings stand without a slice, those brought to it
under "as asked". To add a metric: one function from a View to Parts, and one line in named.py.
"""

import numpy as np

from sim.cases import upkeep_book
from sim.ledger import NEED, RECORD
from sim.metrics.accumulator import Accumulator
from sim.metrics.groups import RATIOS
from sim.metrics.joined import Replicated
from sim.metrics.named import METRICS
from sim.metrics.outcome import SPLIT
from sim.metrics.parts import BOUNDS
from sim.metrics.shard import cut
from sim.metrics.values import MEASURES, Metric, Value
from sim.metrics.view import Desks, View, own_work_at


def measure(replication: Replicated) -> list[Value]:
    """Every metric of one run, in the order of METRICS; no row where there is nothing to measure it on."""
    world, accumulator, kind = replication.world, Accumulator(replication.world), replication.ledger.cases["kind"]
    scripted = (kind == NEED) | (kind == RECORD)
    if 2 * scripted.sum() < len(kind):     # most cases are the desks' own work, which no other metric reads
        accumulator.add(cut(replication, np.ones(len(replication.needs.rows), bool), scripted))
    else:
        accumulator.add(replication)
    own_work, upkeep = own_work_at(world, replication.cases.rows), upkeep_book(world, replication.cases.rows)
    return accumulator.values(Desks(world, replication.ledger.stations, own_work, replication.screening, upkeep))


__all__ = ["BOUNDS", "MEASURES", "METRICS", "RATIOS", "SPLIT", "Accumulator", "Desks", "Metric", "Value", "View", "cut",
           "measure", "own_work_at"]
