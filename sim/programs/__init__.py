"""Every protocol that runs has passed through here: read from its file, checked, and turned into a table.

protocol.py      finds, imports and checks a file    trace.py      script -> table, by replay under every answer
declarations.py  faults in what a file declares      demands.py    what each instruction demands at its place
declared.py      names declared beside a script      certain.py    what is certain at a point of a path
table.py         rows, entries, programs             numbering.py  rows and entries in reading order
replay.py        a script run by hand                notes.py      what `check` says beyond refusals
"""

from sim.programs.declared import Declared
from sim.programs.notes import check_notes
from sim.programs.protocol import Protocol, find, load, names
from sim.programs.replay import play
from sim.programs.table import Entry, Program, Row, asking_path, main_path, show
from sim.programs.trace import trace

__all__ = ["Declared", "Entry", "Program", "Protocol", "Row", "asking_path", "check_notes", "find", "load",
           "main_path", "names", "play", "show", "trace"]
