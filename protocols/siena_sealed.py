"""As SIENA today, but encrypted from end to end: the provider of the channel carries what it cannot read.

Directive (EU) 2023/977 and Regulation (EU) 2016/794 as in `siena`, whose script this is but for one switch: what goes
by way of the hub is sealed, so that no keys there make it readable.

Idealised: as there; keys are where they belong; sealing costs no time; the hub still sees who writes to whom, and
when.
"""

from protocols import _procedure
from protocols._procedure import answer, answer_in_time, record, request, take_in  # noqa: F401
from sim.script import *

SERVES, RECORDS = {"known_to_you", "identify", "content"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "EUROPOL", "siena"
PARTIES = _procedure.PARTIES | {"hub": "europol"}
TASKS, CONTENTS = _procedure.TASKS | _procedure.CORRECTING, _procedure.CONTENTS | _procedure.CORRECTION
FACTS, CHANCES = _procedure.FACTS, _procedure.CHANCES | _procedure.TRAVELS
CLOCKS = _procedure.COMPLAINTS | {
    "information_limit": Clock((Limit("8 h", ("urgent", "direct")), Limit("3 calendar days", ("urgent",)),
                                Limit("7 calendar days")), calendar="eu_1182_71",
                               source="Directive (EU) 2023/977 art. 5(1)"),
}
PARAMS = {"sealed": True}


def case(c):
    yield Work("investigator", "justify")
    found = yield ForEach("responder", ask, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST), until="first")
    yield Close(found)


def ask(leg):
    yield Work("requester", "write")
    yield from request(leg)
    if (yield Is("bound")) == YES:
        word = yield Due("information_limit", answer_in_time)
    else:
        word = yield Do(answer)
    return (yield from take_in(word))
