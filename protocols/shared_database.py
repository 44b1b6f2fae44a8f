"""Look a person up among the alerts stored ahead in the Schengen Information System; tell the issuer of a hit.

Regulation (EU) 2018/1862: alerts of all states in one central system, a hit told between SIRENE bureaux, which answer
within 12 hours (art. 8(3)). The state that seeks stores; the state that finds looks up, and its need is met when the
issuer has confirmed.

An alert is entered, and read at the check, without review of the single reader: whoever may search sees it. A state
may flag an alert it cannot execute; on its soil nothing is then done (SIS-FLAG).

Idealised: no national copies, no copy for Europol; the officer at the check has no other work; categories as one; what
a flagged arrest alert still tells, the whereabouts, is not told.
"""

from protocols import _procedure
from protocols._procedure import chosen
from sim.script import *

SERVES = {"locate", "warn"}
INSTRUMENT, MEMBERS, NETWORK = "SIS", "SIS", "testa"
PARTIES = {"registry": "eu_lisa"}
_NOT_MEASURED = "time per form is not published for any bureau"
_ERRORS = "audits find false hits on names, and misses (ECA-NAMES, SIS-IDENT-2015), without a rate"
TASKS = _procedure.CHECK | {
    "central_search": Task("machine", "1 to 5 s", because="answered in seconds; the figure is not published"),
    "hit_form": Task("sirene", "15 to 60 min", because=_NOT_MEASURED),
    "confirm_hit": Task("sirene", "10 to 45 min", miss="0.5 to 3 %", false="0.5 to 5 %", because=_ERRORS),
    "release_supplement": Task("sirene", "10 to 30 min", because=_NOT_MEASURED,
                               discharges=("human_decision", "strict_necessity", "document")),
    "report_back": Task("sirene", "5 to 20 min", because=_NOT_MEASURED),
    "enter_alert": Task("owner", "20 to 60 min", because=_NOT_MEASURED),
    "check_quality": Task("sirene", "10 to 40 min", because=_NOT_MEASURED),
    "store": Task("machine", "1 to 5 s", because="stored in seconds; the figure is not published"),
    "remove": Task("machine", "1 to 5 s", because="removed in seconds; the figure is not published"),
}
_SUBJECT = ("family_name", "given_name", "birth_date", "nationality", "sex")
CONTENTS = chosen(_procedure.CONTENTS, REFUSED) | {
    "check": Content((*_SUBJECT, "document"), "subject", "identity"),
    "no_alert": Content((), "answer", "signal"),
    "alert": Content((*_SUBJECT, "aliases", "print", "face", "offence", "authority", "measures"), "record", "alert"),
    "hit_form": Content((*_SUBJECT, "whereabouts", "authority"), "subject", "alert"),
    "not_sought": Content((), "answer", "signal"),
    "supplement": Content(("aliases", "offence", "case_number", "authority", "measures"), "record", "alert"),
    "withdrawal": Content((), "matter", "signal"),
}
FACTS = {
    "flagged": Share("0 to 3 %", because="a state flags what its law forbids (SIS-FLAG), how often is not told"),
}
CLOCKS = {
    "sirene_12h": Clock((Limit("12 h"),), calendar="eu_1182_71", source="Regulation (EU) 2018/1862 art. 8(3)"),
}


def case(c):
    yield Send("investigator", "registry", "check")
    if (yield Lookup("registry", "fuzzy", "central_search")) == NO_HIT:
        yield Send("registry", "investigator", "no_alert", form=BIT)
        return NOTHING_HELD
    yield Send("registry", "investigator", "alert")
    if (yield Verify("investigator", "check_person")) == REJECTED:
        return FALSE_MATCH
    if (yield Is("flagged")) == YES:
        return REFUSED
    yield Work("requester", "hit_form")
    found = yield ForEach("responder", report, best=(ANSWERED, REFUSED, FALSE_MATCH, LOST), among="found")
    yield Close(found)


def report(leg):
    yield Send("requester", "responder", "hit_form")
    word = yield Due("sirene_12h", confirm)
    if word != LOST:
        yield Work("requester", "report_back")
    return word


def confirm(leg):
    if (yield Verify("responder", "confirm_hit")) == REJECTED:
        yield Send("responder", "requester", "not_sought")
        return FALSE_MATCH
    if (yield Review("responder", "supplement", task="release_supplement")) == REFUSE:
        yield Send("responder", "requester", REFUSED)
        return REFUSED
    yield Send("responder", "requester", "supplement")
    return ANSWERED


def record(r):
    if (yield Is("deleted")) == YES:
        yield Send("responder", "registry", "withdrawal")
        yield Withdraw("registry", "remove")
        return DONE
    if (yield Is("created")) == YES:
        yield Work("owner", "enter_alert")
    yield Work("responder", "check_quality")
    yield Send("responder", "registry", "alert")
    yield Store("registry", "alert", "store")
    return DONE
