"""Many replications become one comparison here: run side by side, stored together, with both kinds of uncertainty.

chunks.py       one future with one index of luck, all options; the process pool
statistics.py   per option the mean; differences with their range over futures and their luck interval
assumptions.py  what the answer hangs on, and what would turn it round
compare.py      the main job
store.py        a result as files: all of them, or none
"""

from sim.experiments.compare import HEADLINE, Comparison, compare, with_chosen, with_levers, with_run
from sim.experiments.store import new_folder, target, write

__all__ = ["HEADLINE", "Comparison", "compare", "new_folder", "target", "with_chosen", "with_levers", "with_run",
           "write"]
