"""How much lies open if a holder is broken into: readable records held abroad, times the days they are held.

Copies laid into stores before the start of the run are no messages of it and are not counted here.
"""

import numpy as np

from sim.metrics.values import Cell, per
from sim.metrics.view import View
from sim.transport import RECORD
from sim.units import DAY


def record_days(view: View) -> list[Cell]:
    """Days within the run; of records given on request, and of copies laid down by record events of the window."""
    joined, rows = view.joined, view.joined.ledger.disclosures
    records = joined.learnt & (joined.told_of == RECORD) & (rows["subject"] >= 0)
    days = (np.minimum(rows["retain_until"], joined.ledger.end) - rows["tick"]) / DAY
    copies = view.records[joined.told["case"]]
    parts = [("", view.disclosures | copies)]
    if copies.any():
        parts += [("on request", view.disclosures), ("copies", copies)]
    return [cell for name, part in parts for cell in per(100, float(days[records & part].sum()), view.n, name)]
