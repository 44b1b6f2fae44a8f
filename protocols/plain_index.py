"""Look a person up in a central index in the clear of all members' records; ask the holder only on a match.

No instrument provides for it: for contrast, judged under Directive (EU) 2023/977, whose arts. 4 to 6 govern the
follow-up. The index holds names and birth dates as they are, so it finds misspelt ones, and whoever enters it reads
everybody's. Entries are made without review: every record on anybody is announced.

Idealised: as `keyed_index`: where several records match, the holder of the best is asked; every match is followed up.
"""

from protocols import _index
from protocols._index import SEARCHED
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, FACTS, CHANCES, CLOCKS = _index.PARTIES, _index.FACTS, _index.CHANCES, _index.CLOCKS
TASKS = _index.TASKS | {"search_names": SEARCHED}
CONTENTS = _index.CONTENTS
PARAMS = {"form": PLAIN, "matcher": "fuzzy", "task": "search_names"}

case, record = _index.case, _index.record
