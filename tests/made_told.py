"""Everybody is told of a record, and again when it is gone; invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES = {"known_to_you"}
NETWORK = "net"
TASKS = {name: Task("desk", "1 h", source="made") for name in ("withdraw", "file")}
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
    yield Send("owner", "requester", "receipt")
    yield Withdraw("requester")
    return DONE


def tell(leg):
    yield Send("owner", "requester", "record")
    return DONE
