"""Search every member's prints through the router; ask for core data only on a match the asker has confirmed.

Regulation (EU) 2024/982: search by router, answered automatically (arts. 35 to 38), confirmation by the asking state's
own expert (arts. 6(6), 11(2), 20(2)), then facts and offence, and core data within 48 hours (art. 47(1)) by a human
decision (art. 47(6)), later where a judge is needed (art. 47(2)).

Search capacities are agreed between states (recital 22): a search beyond the day's quota waits for the next day.

As the Regulation wants it, the print of the candidate goes back without review, under a pseudonym. Idealised: one print
per search and one candidate per state; a judge stops the clock; the case closes with the first core data that come.
"""

from protocols import _procedure
from protocols._procedure import authorise, chosen
from sim.script import *

SERVES = {"identify"}
INSTRUMENT, MEMBERS, NETWORK = "PRUEM_II", "PRUEM_II", "testa"
PARTIES = {"router": "eu_lisa", "expert": "requester", "judge": "responder"}
TASKS = chosen(_procedure.TASKS, "justify", "forensic", "authorise", "pass_on") | _procedure.PURSUE | {
    "router_search": Task("machine", "5 s to 5 min", because="the router is not in operation; the answer is automatic"),
    "core_data_review": Task("core_data", "5 to 20 min", because="a new task: nobody has timed the decision",
                             discharges=("human_decision", "strict_necessity", "document")),
    "core_data": Task("core_data", "10 to 30 min", because="a new task: nobody has timed the filling of the form"),
}
_CORE = ("family_name", "given_name", "aliases", "birth_date", "nationality", "birth_place", "sex", "capture",
         "offence", "case_number", "authority")      # art. 47(4)
CONTENTS = chosen(_procedure.CONTENTS, REFUSED) | {
    "biometrics": Content(("print",), "subject", "biometric"),
    "no_match": Content((), "answer", "signal"),
    "match": Content(("print",), "record", "biometric"),
    "facts_and_offence": Content(("offence", "case_number", "authority", "interest"), "subject", "identity"),
    "core_data": Content(_CORE, "record", "identity"),
}
FACTS = chosen(_procedure.FACTS, "judge_needed")
QUOTAS = {
    "print_searches": Daily("5 to 100", because="""the capacities states declare were not read; an agreement of the \
system before grants 5 to 100 searches a day by kind of print (PRUM-QUOTA)"""),
}
CLOCKS = {
    "next_day": Clock((Limit("24 h"),), source="own: until there is a new quota"),
    "core_data_48h": Clock((Limit("48 h"),), calendar="eu_1182_71", source="Regulation (EU) 2024/982 art. 47(1)"),
}
PARAMS = {"days": 3}
BEST = (ANSWERED, REFUSED, NOT_PURSUED, FALSE_MATCH, NOTHING_HELD, NOT_SEARCHED, LOST)


def case(c):
    yield Work("investigator", "justify")
    found = yield ForEach("responder", within_quota, best=BEST, until="first", among="members")
    yield Close(found)


def within_quota(leg):
    for _ in range(leg.days):
        if (yield Quota("print_searches", "responder", "requester")) == GRANTED:
            return (yield from search(leg))
        yield Wait("next_day")
    return NOT_SEARCHED


def search(leg):
    yield Send("requester", "responder", "biometrics", via="router")
    if (yield Match("responder", "biometric", "router_search")) == NO_HIT:
        yield Send("responder", "requester", "no_match", form=BIT, via="router")
        return NOTHING_HELD
    yield Send("responder", "requester", "match", form=PSEUDONYM, via="router")
    if (yield Verify("expert", "forensic")) == REJECTED:
        return FALSE_MATCH
    if (yield Decide("investigator", "pursue")) == NO:
        return NOT_PURSUED
    yield Send("requester", "responder", "facts_and_offence", via="router")
    word = yield Due("core_data_48h", core_data)      # runs from here: match, confirmation and facts are all there
    if word != LOST:
        yield Work("requester", "pass_on")
    return word


def core_data(leg):
    refused = (yield Review("responder", "core_data", task="core_data_review")) == REFUSE
    if not refused and (yield Is("judge_needed")) == YES:
        refused = (yield Paused(authorise)) == REFUSED
    if refused:
        yield Send("responder", "requester", REFUSED, via="router")
        return REFUSED
    yield Work("responder", "core_data")
    yield Send("responder", "requester", "core_data", via="router")
    return ANSWERED
