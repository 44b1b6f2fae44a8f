"""Intersect several blinded keys of a person with every member's own; ask by a reasoned request where one is common.

As `private_set_intersection`, an idea judged under Directive (EU) 2023/977, but for the keys: whole names and birth
date, swapped names and birth date, the sound of the family name and birth date, family name and birth year. What one
misspelling takes away another key finds, at several times the computing and with more homonyms hit.

Idealised: as there; a match does not tell which key was common, though in truth the asker sees it.
"""

from protocols import _intersection, _known_first
from protocols._intersection import TIME
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, CLOCKS = _known_first.PARTIES, _known_first.CLOCKS
FACTS, CHANCES = _known_first.FACTS, _known_first.CHANCES
TASKS = _known_first.TASKS | {"intersect_keys": TIME}
CONTENTS = _intersection.CONTENTS
PARAMS = {"matcher": "psi_multi", "task": "intersect_keys"}

case, record = _intersection.case, _known_first.record
