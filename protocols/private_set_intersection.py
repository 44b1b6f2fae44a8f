"""Intersect one blinded key of a person with every member's own; ask by a reasoned request only where both hold it.

No instrument provides for it: an idea, judged under Directive (EU) 2023/977, whose arts. 4 to 6 govern the follow-up.
The key is family name, given name and birth date as one. The asked side learns that it was asked, by whom and for how
many persons, not for whom; the asker learns one bit from each member (C. Meadows, 1986).

Idealised: both sides follow the rules of the computation and nobody guesses names with it; a message carries the bit
back, which in truth falls out of the computation; every match is followed up; no limit is measured; the case closes
with the first file that comes.
"""

from protocols import _intersection, _known_first
from protocols._intersection import TIME
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, CLOCKS = _known_first.PARTIES, _known_first.CLOCKS
FACTS, CHANCES = _known_first.FACTS, _known_first.CHANCES
TASKS = _known_first.TASKS | {"intersect_one_key": TIME}
CONTENTS = _intersection.CONTENTS
PARAMS = {"matcher": "psi_single", "task": "intersect_one_key"}

case, record = _intersection.case, _known_first.record
