"""Look a person up in a central index of keyed hashes of all members' records; ask the holder only on a match.

No instrument provides for it: an idea, judged under Directive (EU) 2023/977, whose arts. 4 to 6 govern the follow-up.
Members share the key and hash name and birth date as one; whoever has the key can read the index by trying all names,
whoever has not sees which entries are equal. Entries are made without review: every record on anybody is announced.

Idealised: the index keeps to its copies, and the key stays with those who are sent hashes, of whom the index is one:
its machine could name whom it is asked about, as an index in the clear does; where several records match, the holder of
the best is asked; every match is followed up; no limit is measured.
"""

from protocols import _index
from protocols._index import SEARCHED
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, FACTS, CHANCES, CLOCKS = _index.PARTIES, _index.FACTS, _index.CHANCES, _index.CLOCKS
TASKS = _index.TASKS | {"search_hashes": SEARCHED}
CONTENTS = _index.CONTENTS
PARAMS = {"form": KEYED_HASH, "matcher": "exact_keys", "task": "search_hashes"}

case, record = _index.case, _index.record
