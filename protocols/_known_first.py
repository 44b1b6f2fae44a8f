"""Learn whether a person is known there, and only then ask for the file: what such protocols share.

No protocol itself. Whoever was hit is asked by the ordinary reasoned request, and answers as to any other.
"""

from protocols import _procedure
from protocols._procedure import answer, request, take_in
from sim.script import *

PARTIES = _procedure.PARTIES | {"hub": "europol"}
TASKS, FACTS, CHANCES = _procedure.TASKS, _procedure.FACTS, _procedure.CHANCES
CONTENTS = _procedure.CONTENTS | {
    "no_match": Content((), "answer", "signal"),
    "hit": Content((), "answer", "signal"),
}
KEYS = ("family_name", "given_name", "birth_date")
BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST)


def told(word):
    """One bit of the asked side's machine: a match, or none."""
    yield Send("responder", "requester", word, form=BIT, via="hub")


def followed_up():
    """The ordinary request to the one side that has a match."""
    yield Work("requester", "write")
    yield from request()
    return (yield from take_in((yield Do(answer))))
