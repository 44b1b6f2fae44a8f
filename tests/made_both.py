"""A store at a hub, and everybody is told when a record is gone; invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
NETWORK = "net"
PARTIES = {"registry": "HUB"}
TASKS = {"file": Task("desk", "1 h", source="made"), "take_away": Task("desk", "30 h", source="made")}
CONTENTS = {
    "record": Content(("family_name", "given_name", "address", "file"), "record", "police_file"),
    "receipt": Content((), "matter", "signal"),
}


def case(c):
    yield Work("investigator", "file")
    return NOTHING_HELD


def record(r):
    if (yield Is("deleted")) == YES:
        yield Withdraw("registry", "take_away")
        yield ForEach("requester", forget, best=(DONE, LOST), among="members")
        return DONE
    yield Send("responder", "registry", "record")
    yield Store("registry", "record", "file")
    return DONE


def forget(leg):
    yield Send("owner", "requester", "receipt")
    yield Withdraw("requester", "take_away")
    return DONE
