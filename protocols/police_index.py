"""Look a name up in every member's police index under a pseudonym; ask by a reasoned request only where it is known.

Regulation (EU) 2024/982 arts. 42 to 44: names pseudonymised, at least two of given name, family name and birth date,
offences of at least one year, taking part voluntary; the answer is a list of matches, not of data. The follow-up is an
ordinary request by SIENA, answered "without delay": no limit of 48 hours, and none of the directive's is measured here.

Idealised: the asking state takes part; one network stands for the index's and SIENA's; the follow-up is judged by
Directive (EU) 2023/977; the case closes with the first file that comes.
"""

from protocols import _procedure
from protocols._procedure import answer, request, take_in
from sim.script import *

SERVES = {"known_to_you"}
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "PRUEM_II", "siena"
PARTIES = _procedure.PARTIES | {"hub": "europol"}
TASKS = _procedure.TASKS | _procedure.PURSUE | {
    "index_search": Task("machine", "5 s to 5 min", because="the index is not in operation; the answer is automatic"),
}
CONTENTS = _procedure.CONTENTS | {
    "index_query": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "no_match": Content((), "answer", "signal"),
    "index_match": Content((), "answer", "signal"),
}
FACTS = _procedure.FACTS | {
    "takes_part": Share("40 to 90 %", of="place", because="taking part is voluntary (LAW-PR2-EPRIS); no list yet"),
}
CHANCES = _procedure.CHANCES
BEST = (ANSWERED, REFUSED, NOT_PURSUED, NOTHING_HELD, NOT_SEARCHED, LOST)


def case(c):
    yield Work("investigator", "justify")
    if (yield Is("minor_offence")) == YES:
        return NOT_SEARCHED
    found = yield ForEach("responder", look_up, best=BEST, until="first", among="members")
    yield Close(found)


def look_up(leg):
    if (yield Is("takes_part")) == NO:
        return NOT_SEARCHED
    yield Send("requester", "responder", "index_query", form=PSEUDONYM, via="hub")
    if (yield Match("responder", "exact_keys", "index_search")) == NO_HIT:
        yield Send("responder", "requester", "no_match", form=BIT, via="hub")
        return NOTHING_HELD
    yield Send("responder", "requester", "index_match", form=PSEUDONYM, via="hub")
    if (yield Decide("investigator", "pursue")) == NO:
        return NOT_PURSUED
    yield Work("requester", "write")
    yield from request(leg)
    return (yield from take_in((yield Do(answer))))
