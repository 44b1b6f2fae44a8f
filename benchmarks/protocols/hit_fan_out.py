"""Every other state's machine searches and says hit or no hit; who has a record sends its core data."""

from sim.script import ANSWERED, LOST, NO_HIT, NOTHING_HELD, Close, Content, ForEach, Match, Send, Task, Work

SERVES = {"known_to_you"}
NETWORK = "net"
TASKS = {
    "justify": Task("desk", "20 min", source="own: benchmark"),
    "search": Task("machine", "2 s", source="own: benchmark"),
}
CONTENTS = {
    "question": Content(("family_name",), "subject", "identity"),
    "reply": Content((), "answer", "signal"),
    "core_data": Content(("family_name", "given_name"), "record", "identity"),
}


def case(c):
    yield Work("requester", "justify")
    found = yield ForEach("responder", ask, best=(ANSWERED, NOTHING_HELD, LOST))
    yield Close(found)
    return found


def ask(leg):
    yield Send("requester", "responder", "question")
    found = yield Match("responder", "fuzzy")
    yield Send("responder", "requester", "reply")
    if found == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "core_data")
    return ANSWERED
