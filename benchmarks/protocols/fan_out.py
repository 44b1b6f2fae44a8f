"""One request goes to every other state: sent, registered, looked up, reviewed, answered, checked by the asker."""

from sim.script import ANSWERED, LOST, REFUSE, REFUSED, Content, ForEach, Review, Send, Task, Work

SERVES = {"known_to_you"}
NETWORK = "net"
TASKS = {
    "prepare": Task("desk", "8 min", source="own: benchmark"),
    "register": Task("intake", "4 min", source="own: benchmark"),
    "look_up": Task("desk", "8 min", source="own: benchmark"),
    "review": Task("review", "8 min", source="own: benchmark"),
    "check": Task("intake", "4 min", source="own: benchmark"),
    "conclude": Task("desk", "8 min", source="own: benchmark"),
}
CONTENTS = {
    "question": Content(("family_name",), "subject", "identity"),
    "reply": Content((), "answer", "signal"),
}


def case(c):
    yield Work("requester", "prepare")
    found = yield ForEach("responder", ask, best=(ANSWERED, REFUSED, LOST))
    yield Work("requester", "conclude")
    return found


def ask(leg):
    yield Send("requester", "responder", "question")
    yield Work("responder", "register")
    yield Work("responder", "look_up")
    if (yield Review("responder", "reply")) == REFUSE:
        return REFUSED
    yield Send("responder", "requester", "reply")
    yield Work("requester", "check")
    return ANSWERED
