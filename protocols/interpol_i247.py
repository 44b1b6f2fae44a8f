"""Write from bureau to bureau by I-24/7; nobody at the hub reads it, nobody must answer, no limit runs.

INTERPOL Constitution arts. 2 and 3 and Rules on the Processing of Data art. 22(6): messages between bureaux are not
reviewed by the General Secretariat; the data stay the owner's and are given at will (LAW-IPOL-DIRECT, IPOL-OWNERSHIP).
A bureau that stays silent is reminded; silent to the last, nobody has searched.

Idealised: whether a bureau takes a message up is drawn anew after each reminder; notices and databases are left out;
whether a person met is sought is asked as any other question; the case closes with the first file that comes.
"""

from protocols import _procedure
from protocols._procedure import answer, record, remind, request, take_in  # noqa: F401
from sim.script import *

SERVES, RECORDS = {"known_to_you", "identify", "content", "locate"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "INTERPOL", "INTERPOL", "interpol"
PARTIES = _procedure.PARTIES | {"hub": "interpol"}
TASKS = _procedure.TASKS | _procedure.CORRECTING | {
    "remind": Task("contact_point", "5 to 15 min", because="time per message is not published for any bureau"),
}
CONTENTS, FACTS = _procedure.CONTENTS | _procedure.CORRECTION, _procedure.FACTS
CHANCES = _procedure.CHANCES | _procedure.TRAVELS | {
    "taken_up": Share("50 to 95 %", because="answering is voluntary (IPOL-OWNERSHIP), how often is not published"),
}
CLOCKS = _procedure.COMPLAINTS | {
    "patience": Clock((Limit("1 to 3 d", ("urgent",)), Limit("7 to 21 d")), at="requester",
                      because="no rule says when to remind a bureau that keeps silent"),
}
PARAMS = {"reminders": 2}


def case(c):
    yield Work("investigator", "justify")
    best = (ANSWERED, REFUSED, NOTHING_HELD, NOT_SEARCHED, LOST)
    found = yield ForEach("responder", write, best=best, until="first")
    yield Close(found)


def write(leg):
    yield Work("requester", "write")
    yield from request(leg)
    for _ in range(leg.reminders):
        if (yield Chance("taken_up")) == YES:
            return (yield Do(answered))
        yield Wait("patience")
        yield from remind(leg)
    return (yield Do(answered)) if (yield Chance("taken_up")) == YES else NOT_SEARCHED


def answered(leg):
    return (yield from take_in((yield Do(answer))))
