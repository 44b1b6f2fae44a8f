"""Ask INTERPOL to publish a notice; it is reviewed, stored, and found by whoever looks a person up.

INTERPOL Constitution arts. 2 and 3 and Rules on the Processing of Data arts. 73 to 96 and 104 to 106: a notice is
asked for by a bureau, reviewed by the General Secretariat before it is published (LAW-IPOL-NOTICE), and a match
confirmed with the bureau that asked for it before anybody acts. Nobody must answer, and no limit runs
(IPOL-OWNERSHIP).

A published notice is read without review of the single reader: whoever may search sees it. Idealised: one database
stands for all; nobody queues at the reviewers'; kinds of notice as one; what each bureau copies into its own files is
left out.
"""

from protocols import _interpol, _procedure
from protocols._procedure import chosen
from sim.script import *

SERVES = {"locate", "warn"}
INSTRUMENT, MEMBERS, NETWORK = "INTERPOL", "INTERPOL", "interpol"
PARTIES = {"hub": "interpol"}
_NOT_MEASURED = "time per message is not published for any bureau"
TASKS = _interpol.TASKS | _procedure.CHECK | chosen(_procedure.CORRECTING, "decide_complaint") | {
    "notice_search": Task("machine", "1 to 30 s", because="answered at once; the figure is not published"),
    "draft_notice": Task("owner", "30 min to 2 h", because=_NOT_MEASURED),
    "publish": Task("machine", "1 s to 1 min", because="stored at once; the figure is not published"),
    "take_down": Task("machine", "1 s to 1 min", because="removed at once; the figure is not published"),
    "write_match": Task("contact_point", "10 to 40 min", because=_NOT_MEASURED),
    "confirm_match": Task("contact_point", "10 to 45 min", miss="0.5 to 3 %", false="0.5 to 5 %",
                          because="errors of bureaux about matches are not published"),
    "release_notice_facts": Task("contact_point", "10 to 30 min", because=_NOT_MEASURED),
}
_SUBJECT = ("family_name", "given_name", "birth_date", "nationality", "sex")
CONTENTS = chosen(_procedure.CONTENTS, REFUSED) | _interpol.CONTENTS | {
    "notice_check": Content((*_SUBJECT, "document"), "subject", "identity"),
    "no_notice": Content((), "answer", "signal"),
    "notice": Content((*_SUBJECT, "aliases", "print", "face", "offence", "authority", "measures"), "record", "alert"),
    "match_message": Content((*_SUBJECT, "whereabouts", "authority"), "subject", "alert"),
    "not_sought": Content((), "answer", "signal"),
    "notice_facts": Content(("aliases", "offence", "case_number", "authority", "measures"), "record", "alert"),
    "notice_withdrawn": Content((), "matter", "signal"),
}
CHANCES, CLOCKS = _interpol.CHANCES, _interpol.CLOCKS | _procedure.COMPLAINTS


def case(c):
    yield Send("investigator", "hub", "notice_check")
    if (yield Lookup("hub", "fuzzy", "notice_search")) == NO_HIT:
        yield Send("hub", "investigator", "no_notice", form=BIT)
        return NOTHING_HELD
    yield Send("hub", "investigator", "notice")
    if (yield Verify("investigator", "check_person")) == REJECTED:
        return FALSE_MATCH
    yield Work("requester", "write_match")
    found = yield ForEach("responder", confirmed, best=(ANSWERED, REFUSED, FALSE_MATCH, EXPIRED, LOST), among="found")
    yield Close(found)


def confirmed(leg):
    yield Send("requester", "responder", "match_message", via="hub")
    if (yield Chance("looked_up")) == NO:
        return EXPIRED
    if (yield Verify("responder", "confirm_match")) == REJECTED:
        yield Send("responder", "requester", "not_sought", via="hub")
        return FALSE_MATCH
    if (yield Review("responder", "notice_facts", task="release_notice_facts")) == REFUSE:
        yield Send("responder", "requester", REFUSED, via="hub")
        return REFUSED
    yield Send("responder", "requester", "notice_facts", via="hub")
    return ANSWERED


def record(r):
    if (yield Is("complained")) == YES:
        yield Wait("complaint_period")
        if (yield Decide("hub", "decide_complaint")) == NO:
            return REFUSED
    if (yield Is("deleted")) == YES or (yield Is("complained")) == YES:
        yield Send("responder", "hub", "notice_withdrawn")
        yield Withdraw("hub", "take_down")
        return DONE
    yield Work("owner", "draft_notice")
    yield Send("responder", "hub", "notice")
    yield Review("hub", "notice", to="responder", task="register")
    yield Wait("screening")
    if (yield Decide("hub", "screen", about="genuine")) == NO:
        yield Send("hub", "responder", "turned_away")
        return REFUSED
    yield Store("hub", "notice", "publish")
    return DONE
