"""Ask the contact points of chosen states by SIENA; the limits of the directive run where it binds both sides.

Directive (EU) 2023/977: reasoned request (art. 4), 8 hours, 3 or 7 calendar days from receipt (art. 5(1)), closed list
of refusals and clarification with the clock stopped (art. 6), SIENA as channel (art. 13). Where it does not bind both
sides SIENA is a channel only, and no limit runs (Regulation (EU) 2016/794).

Idealised: a judge stops the clock (art. 5(2) lets the limit be passed); Europol carries and gets no copy (art. 12); the
whole file is sent whatever was asked; the case closes with the first file that comes, the others are still answered.
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
