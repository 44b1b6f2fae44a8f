"""Everybody tests at home what others laid there, and asks whom it found; invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES = {"known_to_you"}
NETWORK = "net"
TASKS = {"lookup": Task("machine", "1 h", source="made")}
CONTENTS = {
    "query": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "record": Content(("family_name", "given_name", "address", "file"), "record", "police_file"),
    NOTHING_HELD: Content((), "answer", "signal"),
}


def case(c):
    if (yield Lookup("requester", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    found = yield ForEach("responder", ask, best=(ANSWERED, NOTHING_HELD, LOST), among="found")
    yield Close(found)


def ask(leg):
    yield Send("requester", "responder", "query")
    yield Send("responder", "requester", "record")
    return ANSWERED
