"""A scenario file becomes a frozen, checked `Scenario` here, and every fault of it a message with its place.

load.py     file -> Scenario             options.py  options, channel lines, levers
layers.py   file, packs, extends         futures.py  one draw of all assumptions
merge.py    tables with their sources    members.py  who is bound by what, when
sources.py  from and because             fit.py      which need, which protocol, which partners
names.py    names that mean something    prose.py    what the file is taken to mean
typed.py    keys, types, units           write.py    Scenario -> TOML
alone.py    protocols by themselves      explained.py  every value with its source
screening.py  look-ups nobody waits for
"""

from sim.scenario.alone import with_options, with_protocol
from sim.scenario.facts import Fact, facts
from sim.scenario.futures import choices, of_option, ranges, settle, settle_at
from sim.scenario.load import load, placed
from sim.scenario.members import group, members
from sim.scenario.options import apply_levers, line_for, option
from sim.scenario.prose import prose
from sim.scenario.protocols import protocols_of
from sim.scenario.schema import Scenario
from sim.scenario.write import write

__all__ = ["Fact", "Scenario", "apply_levers", "choices", "facts", "group", "line_for", "load", "members", "of_option",
           "option", "placed", "prose", "protocols_of", "ranges", "settle", "settle_at", "with_options",
           "with_protocol", "write"]
