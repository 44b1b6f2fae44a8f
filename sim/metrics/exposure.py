"""How much lies open if a holder is broken into: readable records held abroad, times the days they are held.

Copies laid into stores before the start of the run are no messages of it and are not counted here.
"""

import numpy as np

from sim.columns import exact_sum
from sim.metrics.joined import Flags
from sim.metrics.parts import Part, per
from sim.metrics.view import View
from sim.transport import RECORD
from sim.units import DAY


def record_days(view: View) -> list[Part]:
    """Days within the run; of records given on request, and of copies laid down by record events of the window."""
    joined, rows = view.joined, view.joined.disclosures
    records = joined.learnt & (joined.told_of == RECORD) & (rows["subject"] >= 0)
    copies = view.records[joined.told["case"]]

    def held(which: Flags) -> int:
        chosen = np.flatnonzero(records & which)
        return exact_sum(np.minimum(rows["retain_until"][chosen], joined.ledger.end) - rows["tick"][chosen])

    on_request, laid_down, any_copy = held(view.disclosures), held(copies), np.count_nonzero(copies)
    return [per(100, on_request + laid_down, view.n, unit=DAY),
            per(100, on_request, view.n, "on request", unit=DAY, stands=any_copy),
            per(100, laid_down, view.n, "copies", unit=DAY, stands=any_copy)]
