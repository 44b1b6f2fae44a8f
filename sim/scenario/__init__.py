"""A scenario file becomes a frozen, checked `Scenario` here, and every fault of it a message with its place.

load.py     file -> Scenario             options.py  options, channel lines, levers
layers.py   file, packs, extends         futures.py  one draw of all assumptions
merge.py    tables with their sources    members.py  who is bound by what, when
sources.py  from and because             fit.py      which need, which protocol, which partners
names.py    names that mean something    prose.py    what the file is taken to mean
typed.py    keys, types, units           write.py    Scenario -> TOML
"""

from sim.scenario.facts import Fact, facts
from sim.scenario.load import load
from sim.scenario.members import group, members
from sim.scenario.options import apply_levers, line_for, option
from sim.scenario.protocols import protocols_of
from sim.scenario.schema import Scenario

__all__ = ["Fact", "Scenario", "apply_levers", "facts", "group", "line_for", "load", "members", "option",
           "protocols_of"]
