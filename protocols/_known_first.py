"""Learn whether a person is known there, and only then ask for the file: what such protocols share.

No protocol itself. Whoever was hit is asked by the ordinary reasoned request, and answers as to any other; whoever got
a file is told, as there, when it is no longer so.
"""

from protocols import _procedure
from protocols._procedure import answer, record, request, take_in  # noqa: F401
from sim.script import *

PARTIES = _procedure.PARTIES | {"hub": "europol"}
TASKS, CLOCKS = _procedure.TASKS | _procedure.CORRECTING, _procedure.COMPLAINTS
FACTS, CHANCES = _procedure.FACTS, _procedure.CHANCES | _procedure.TRAVELS
CONTENTS = _procedure.CONTENTS | _procedure.CORRECTION | {
    "no_match": Content((), "answer", "signal"),
    "hit": Content((), "answer", "signal"),
}
KEYS = ("family_name", "given_name", "birth_date")
BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST)


def bit(word):
    """One bit of the asked side's machine: a match, or none."""
    yield Send("responder", "requester", word, form=BIT, via="hub")


def followed_up(leg):
    """The ordinary request to the one side that has a match."""
    yield Work("requester", "write")
    yield from request(leg)
    return (yield from take_in((yield Do(answer))))
