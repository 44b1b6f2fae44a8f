"""Seven ways to ask in a world of five members: asker, sole holder and three others. Test-only scripts.

A query carries three fields; an answer carries four, of which two are necessary. There are no errors.
"""

import worlds as w

from sim.metrics.necessary import Necessary
from sim.script import (
    ANSWERED,
    BIT,
    BLINDED,
    LOST,
    NEEDS,
    NO_HIT,
    NOTHING_HELD,
    Close,
    ForEach,
    Match,
    Send,
)
from sim.script import Content as Declared

BEST = (ANSWERED, NOTHING_HELD, LOST)
THREE, FOUR = ("family_name", "given_name", "birth_date"), ("aliases", "sex", "offence", "authority")
NECESSARY = {**dict.fromkeys(NEEDS, Necessary((), (), "")),
             "known_to_you": Necessary(FOUR[:2], THREE, "the tiny world")}
CONTENTS = {"query": Declared(THREE, "subject", "identity"), "answer": Declared(FOUR, "record", "police_file"),
            "lean_answer": Declared(FOUR[:2], "record", "police_file"), "bit": Declared((), "answer", "signal")}
TASKS = {"search": w.task("1 s", desk="machine")}
PARTIES = {"hub": "HUB"}
HUB = {"institution": {"HUB": {**w.OWN, "name": "hub", "zone": "UTC", "regime": "other", "reads": True}}}


def asking(leg, until="all"):
    def case(c):
        found = yield ForEach("responder", leg, best=BEST, until=until)
        yield Close(found)
    return case


def ask(leg):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "answer")
    return ANSWERED


def ask_for_less(leg):
    yield Send("requester", "responder", "query")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "lean_answer")
    return ANSWERED


def ask_by_hub(leg):
    yield Send("requester", "responder", "query", via="hub")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "answer", via="hub")
    return ANSWERED


def ask_by_hub_sealed_answer(leg):
    yield Send("requester", "responder", "query", via="hub")
    if (yield Match("responder", "fuzzy")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "answer", via="hub", sealed=True)
    return ANSWERED


def intersect(leg):
    """Set intersection: the one who asks learns a bit of each, the one asked nothing; what follows a hit is plain."""
    yield Send("requester", "responder", "query", form=BLINDED)
    found = yield Match("responder", "fuzzy")
    yield Send("responder", "requester", "bit", form=BIT)
    if found == NO_HIT:
        return NOTHING_HELD
    yield Send("requester", "responder", "query")
    yield Send("responder", "requester", "answer")
    return ANSWERED


# name -> (script, does it ask the holder only)
PROTOCOLS = {
    "directed": (asking(ask), True),
    "directed, fewer fields": (asking(ask_for_less), True),
    "broadcast": (asking(ask), False),
    "hub reads all": (asking(ask_by_hub), True),
    "hub, sealed answer": (asking(ask_by_hub_sealed_answer), True),
    "intersection, then directed": (asking(intersect), False),
    "one by one": (asking(ask, until="one_by_one"), False),
}
