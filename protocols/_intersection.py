"""Private set intersection with each member by one matcher: what the single-key and the multi-key protocol share.

No protocol itself. A protocol that uses it names the matcher and its machine's task in PARAMS, because matchers that
take the machines different times need tasks of their own.
"""

from protocols import _known_first
from protocols._known_first import BEST, KEYS, bit, followed_up
from sim.script import *

CONTENTS = _known_first.CONTENTS | {"blinded_keys": Content(KEYS, "subject", "identity")}
TIME = Task("machine", "1 to 30 s", because="""sets of a million take minutes (PSI-DH), one key against a store \
seconds (`comity calibrate`); handshakes and waiting for the other side's machine are not published""")


def case(c):
    yield Work("investigator", "justify")
    found = yield ForEach("responder", intersect, best=BEST, until="first", among="members")
    yield Close(found)


def intersect(leg):
    yield Send("requester", "responder", "blinded_keys", form=BLINDED, via="hub")
    if (yield Match("responder", leg.matcher, leg.task)) == NO_HIT:
        yield from bit("no_match")
        return NOTHING_HELD
    yield from bit("hit")
    return (yield from followed_up(leg))
