"""Search and answer, invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES = {"known_to_you"}
NETWORK = "net"
PARTIES = {"hub": "HUB"}
TASKS = {name: Task("desk", "1 h", source="made") for name in ("search", "look", "review", "examine")}
CONTENTS = {
    "query": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "record": Content(("family_name", "given_name", "address", "file"), "record", "police_file"),
}
CLOCKS = {"limit": Clock((Limit("8 h"),), source="an act"),
          "habit": Clock((Limit("7 to 9 h"),), because="no act says so")}


def case(c):
    found = yield ForEach("responder", ask, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST))
    yield Close(found)


def ask(leg):
    yield Send("requester", "responder", "query", via="hub")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    if (yield Verify("responder", "examine")) == REJECTED:
        return NOTHING_HELD
    if (yield Review("responder", "record")) == REFUSE:
        return REFUSED
    yield Work("responder", "look")
    yield Send("responder", "requester", "record", via="hub")
    return ANSWERED
