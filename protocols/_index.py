"""A central index of who is on record where: what the index in the clear and the one under a key share.

No protocol itself. Every record of every member is announced to the index when it is made, changed or deleted, without
review of the single announcement. A protocol that uses it names form, matcher and the machine's task in PARAMS.
"""

from protocols import _known_first
from protocols._known_first import BEST, KEYS, followed_up
from protocols._known_first import record as corrected
from sim.script import *

PARTIES = _known_first.PARTIES | {"registry": "europol"}
FACTS, CHANCES, CLOCKS = _known_first.FACTS, _known_first.CHANCES, _known_first.CLOCKS
_NOBODY_RUNS_ONE = "nobody runs such an index for all police records; "
TASKS = _known_first.TASKS | {
    "announce": Task("machine", "5 s to 5 min", because=_NOBODY_RUNS_ONE + "files are exported by machine"),
    "enter": Task("machine", "1 to 5 s", because=_NOBODY_RUNS_ONE + "stored in seconds"),
    "strike_out": Task("machine", "1 to 5 s", because=_NOBODY_RUNS_ONE + "removed in seconds"),
}
SEARCHED = Task("machine", "1 to 30 s", because=_NOBODY_RUNS_ONE + "the answer is automatic")
CONTENTS = _known_first.CONTENTS | {
    "index_query": Content(KEYS, "subject", "identity"),
    "index_entry": Content(KEYS, "record", "identity"),
    "index_withdrawal": Content((), "matter", "signal"),
}


def case(c):
    yield Work("investigator", "justify")
    yield Send("requester", "registry", "index_query", form=c.form)
    if (yield Lookup("registry", c.matcher, c.task)) == NO_HIT:
        yield Send("registry", "requester", "no_match", form=BIT)
        return NOTHING_HELD
    yield Send("registry", "requester", "hit", form=BIT)      # and whose record it is
    found = yield ForEach("responder", ask_the_holder, best=BEST, among="found")
    yield Close(found)


def ask_the_holder(leg):
    return (yield from followed_up(leg))


def record(r):
    """The index first, then whoever got the file."""
    if (yield Is("deleted")) == YES:
        yield Send("responder", "registry", "index_withdrawal")
        yield Withdraw("registry", "strike_out")
    elif (yield Is("complained")) == NO:
        yield Work("owner", "announce")
        yield Send("responder", "registry", "index_entry", form=r.form)
        yield Store("registry", "index_entry", "enter")
    return (yield from corrected(r))
