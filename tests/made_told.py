"""Everybody is told of a record, and again when it is gone; invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
NETWORK = "net"
TASKS = {"file": Task("desk", "1 h", source="made"), "take_away": Task("desk", "30 h", source="made")}
CHANCES = {"forgotten": Share("75 %", source="made")}
CONTENTS = {
    "record": Content(("family_name", "given_name", "address", "file"), "record", "police_file"),
    "receipt": Content((), "matter", "signal"),
}


def case(c):
    yield Work("investigator", "file")
    return NOTHING_HELD


def record(r):
    if (yield Is("deleted")) == YES:
        yield ForEach("requester", forget, best=(DONE, LOST), among="members")
        return DONE
    yield ForEach("requester", tell, best=(DONE, LOST), among="members")
    return DONE


def forget(leg):
    if (yield Chance("forgotten")) == YES:
        return DONE
    yield Send("owner", "requester", "receipt")
    yield Withdraw("requester", "take_away")
    return DONE


def tell(leg):
    yield Send("owner", "requester", "record")
    return DONE
