"""A store at a hub that states fill and empty, invented for tests."""
# ruff: noqa: F403, F405
from sim.script import *

SERVES = {"known_to_you"}
NETWORK = "net"
PARTIES = {"registry": "HUB"}
TASKS = {name: Task("desk", "1 h", source="made") for name in ("lookup", "store", "withdraw", "write")}
CONTENTS = {
    "query": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "record": Content(("family_name", "given_name", "address", "file"), "record", "police_file"),
    "receipt": Content((), "matter", "signal"),
}


def case(c):
    yield Send("requester", "registry", "query")
    if (yield Lookup("registry", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield Send("registry", "requester", "record")
    return ANSWERED


def record(r):
    if (yield Is("complained")) == YES:
        for _ in range(3):
            yield Work("owner", "write")
        yield Withdraw("registry")
        return DONE
    if (yield Is("deleted")) == YES:
        yield Work("owner", "write")
        yield Send("responder", "registry", "receipt")
        yield Withdraw("registry")
        return DONE
    yield Send("responder", "registry", "record")
    yield Store("registry", "record")
    return DONE
