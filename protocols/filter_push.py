"""Push a Bloom filter of every record to every member; test at home whether anybody knows a person, then ask.

As financial intelligence units do (Ma3tch); for police it is an idea, judged under Directive (EU) 2023/977, whose
arts. 4 to 6 govern the follow-up. Who asks, and about whom, nobody sees before the follow-up; but every member holds
every other's filters, may test whom it likes, and whoever gets at them may guess names by how often patterns come
(PPRL-ATTACK). Filters go out without review.

Idealised: a filter for each record, so that a refresh is that record's alone and a withdrawal is heeded at once; all
write a name in the same form; where several match, the holder of the best is asked; every match is followed up; a
complaint changes nothing before the record is next entered anew; no limit is measured.
"""

from protocols import _known_first, _procedure
from protocols._known_first import BEST, KEYS, followed_up
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, FACTS, CHANCES = _known_first.PARTIES, _procedure.FACTS, _procedure.CHANCES
_MACHINE = "nobody has timed it for police files; by machine on both sides"
TASKS = _procedure.TASKS | {
    "test_filters": Task("machine", "1 to 30 s", because=_MACHINE),
    "write_filter": Task("machine", "5 s to 5 min", because=_MACHINE),
    "lay_filter": Task("machine", "1 to 5 s", because=_MACHINE),
    "drop_filter": Task("machine", "1 to 5 s", because=_MACHINE),
}
CONTENTS = _procedure.CONTENTS | {
    "filter": Content(KEYS, "record", "identity"),
    "filter_withdrawal": Content((), "matter", "signal"),
}


def case(c):
    yield Work("investigator", "justify")
    if (yield Lookup("requester", "filter", "test_filters")) == NO_HIT:
        return NOTHING_HELD
    found = yield ForEach("responder", ask_the_holder, best=BEST, among="found")
    yield Close(found)


def ask_the_holder(leg):
    return (yield from followed_up(leg))


def record(r):
    if (yield Is("deleted")) == YES:
        yield ForEach("requester", withdraw, best=(DONE, LOST), among="recipients")
        return DONE
    if (yield Is("complained")) == NO:
        yield Work("owner", "write_filter")
        yield ForEach("requester", push, best=(DONE, LOST), among="members")
    return DONE


def push(member):
    yield Send("responder", "requester", "filter", form=BLOOM)
    yield Store("requester", "filter", "lay_filter")
    return DONE


def withdraw(member):
    yield Send("responder", "requester", "filter_withdrawal")
    yield Withdraw("requester", "drop_filter")
    return DONE
