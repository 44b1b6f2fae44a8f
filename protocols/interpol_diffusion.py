"""Tell every bureau at once whom one asks about, recorded at the General Secretariat; whoever knows the person answers.

INTERPOL Constitution arts. 2 and 3 and Rules on the Processing of Data arts. 97 to 101: a diffusion goes from a bureau
to the bureaux it chooses and is recorded at the same time. Whether the General Secretariat reviews it before it goes
out or afterwards is told both ways (LAW-IPOL-DIFF, IPOL-ART3): the law of the day says, by the duty
`publisher_review`. Its reviewers let some pass that should not, and turn some genuine ones away.

Idealised: it goes to all members; silence says nothing, so the asker never learns that nobody knows; who may not give
or finds nothing keeps silent; a withdrawal stops no search that has begun; a review afterwards begins when the asker
has its answer or stops listening; nobody queues at the reviewers'.
"""

from protocols import _interpol, _procedure
from protocols._procedure import chosen, record, reply, take_in  # noqa: F401
from sim.script import *

SERVES, RECORDS = {"known_to_you", "warn"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "INTERPOL", "INTERPOL", "interpol"
PARTIES = {"hub": "interpol", "translator": "responder"}
TASKS = chosen(_procedure.TASKS, "justify", "write", "receive", "forward", "search", "search_directly", "examine",
               "examine_directly", "release", "release_directly", "translate", "reply", "key_in", "pass_on"
               ) | _procedure.CORRECTING | _interpol.TASKS
_SUBJECT = ("family_name", "given_name", "birth_date", "nationality", "sex")
CONTENTS = chosen(_procedure.CONTENTS, "file") | _procedure.CORRECTION | _interpol.CONTENTS | {
    "diffusion": Content((*_SUBJECT, "offence", "case_number", "authority", "interest"), "subject", "alert"),
    "diffusion_withdrawn": Content((), "matter", "signal"),
}
FACTS = chosen(_procedure.FACTS, "structured", "direct", "translation_needed")
CHANCES = _procedure.TRAVELS | _interpol.CHANCES
CLOCKS = _procedure.COMPLAINTS | _interpol.CLOCKS | {
    "listening": Clock((Limit("2 to 7 d", ("urgent",)), Limit("10 to 30 d")), at="requester",
                       because="how long an asker listens before silence is taken for an end is not published"),
}
SILENCE = "silence"


def case(c):
    yield Work("investigator", "justify")
    yield Work("requester", "write")
    yield Send("requester", "hub", "diffusion")
    yield Review("hub", "diffusion", to="requester", task="register")      # what is owed; a person has to see the rest
    if (yield Owes("publisher_review")) == YES:
        return REFUSED if (yield Do(screened)) == REFUSED else (yield Within("listening", spread))
    yield Close((yield Within("listening", spread)))
    if (yield Do(screened)) == REFUSED:
        yield ForEach("responder", withdrawn, best=(DONE, LOST), among="members")
    return DONE


def screened(c):
    yield Wait("screening")
    if (yield Decide("hub", "screen", about="genuine")) == YES:
        return DONE
    yield Send("hub", "requester", "turned_away")
    return REFUSED


def spread(c):
    word = yield ForEach("responder", heard, best=(ANSWERED, SILENCE, LOST), until="first", among="members")
    return EXPIRED if word == SILENCE else word


def heard(leg):
    yield Send("requester", "responder", "diffusion", via="hub")
    if (yield Chance("looked_up")) == YES:
        yield Work("responder", "receive")
        if (yield Do(looked_for)) == ANSWERED:
            return (yield from take_in((yield from reply(leg, ANSWERED))))
    return SILENCE


def looked_for(leg):
    party, how = ("responder", "_directly") if (yield Is("direct")) == YES else ("owner", "")
    if party == "owner":
        yield Work("responder", "forward")
        yield Send("responder", "owner", "diffusion")
    if (yield Match(party, "fuzzy", "search" + how)) == NO_HIT or (yield Verify(party, "examine" + how)) == REJECTED:
        return NOTHING_HELD
    return REFUSED if (yield Review(party, "file", task="release" + how)) == REFUSE else ANSWERED


def withdrawn(leg):
    yield Send("hub", "responder", "diffusion_withdrawn")
    return DONE
