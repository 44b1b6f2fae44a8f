"""The compiled engine: the rows of the reference, thirty to a hundred times sooner.

layout.py   where each number stands          kernel.py        the loop over events
tables.py   the world as one array            instructions.py  what each instruction does when it begins
rows.py     programs as rows                  answers.py       what a step answers when it ends
blocks.py   cases and candidates              frames.py        frames begin, wait, end, are abandoned
state.py    what changes, and outlives a call clocks.py, facts.py, desks.py, heap.py   what these stand on
books.py    the rows as a ledger              engine.py        one run
totals.py    one run without rows
compiling.py how all this is compiled         thresholds.py    probabilities as whole numbers
"""

from sim.engines.compiled.engine import run
from sim.engines.compiled.totals import Totals, totals

__all__ = ["Totals", "run", "totals"]
