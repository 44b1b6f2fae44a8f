"""Order a provider in another state to hand data over, without its authorities; they may object where they are told.

Regulation (EU) 2023/1543: the order goes straight to the provider (art. 1), after a judge has allowed it (art. 4); the
data come within 10 days, in an emergency within 8 hours (art. 10); the state of the provider is told of orders for
content and traffic data (art. 8) and may raise a ground within 10 days or 96 hours (art. 12); a form that cannot be
used is sent back (art. 10); a provider whose other law forbids it to answer says so (art. 17).

Idealised: the account is found by name and birth date, as a file is; a provider holds what its state's file holder
does; in an emergency, too, it waits for the objection; what a court says of the conflict (art. 17) is not played; one
network stands for the decentralised system (art. 19); nobody is fined.
"""

from protocols import _procedure
from protocols._procedure import chosen
from sim.script import *

SERVES, PRODUCTS = {"evidence"}, {"evidence"}
INSTRUMENT, MEMBERS, NETWORK = "E_EVIDENCE", "E_EVIDENCE", "testa"
PARTIES = {"issuing_judge": "requester", "provider": "responder", "enforcing": "responder"}
_NOT_MEASURED = "the Regulation applies since August 2026 only (LAW-EEV-STATES); nothing of it has been timed"
TASKS = {
    "draft_order": Task("agency", "1 to 4 h", because=_NOT_MEASURED),
    "allow_order": Task("judge", "20 to 60 min", share="85 to 98 %",
                        because="no rate of refusal by judges is published"),
    "check_order": Task("provider", "10 to 60 min", because=_NOT_MEASURED),
    "mend_order": Task("agency", "30 min to 2 h", because=_NOT_MEASURED),
    "find_account": Task("provider", "10 to 60 min", per="subject", because=_NOT_MEASURED),
    "match_account": Task("provider", "5 to 30 min", miss="0.5 to 3 %", false="0.5 to 5 %",
                          because="providers' errors about accounts are not published"),
    "weigh_order": Task("provider", "20 min to 2 h", because=_NOT_MEASURED,
                        discharges=("human_decision", "owner_consent", "use_consent", "document")),
    "look_for_grounds": Task("executing", "1 to 4 h", because=_NOT_MEASURED),
    "extract": Task("provider", "1 to 6 h", because=_NOT_MEASURED),
}
_SUBJECT = ("family_name", "given_name", "birth_date")
CONTENTS = chosen(_procedure.CONTENTS, NOTHING_HELD, REFUSED) | {
    "order": Content((*_SUBJECT, "offence", "case_number", "authority", "interest"), "subject", "evidence"),
    "order_notice": Content((*_SUBJECT, "offence", "case_number", "authority", "interest"), "subject", "evidence"),
    "order_returned": Content((), "matter", "signal"),
    "produced": Content((*_SUBJECT, "case_number", "authority", "evidence"), "record", "evidence"),
}
FACTS = {
    "notified": Share("30 to 70 %", because="subscriber data, of which no state is told, are asked for most; "
                                            "shares are not published"),
}
CHANCES = {
    "order_unclear": Share("5 to 25 %", because="form is a named problem of letters (EIO-LATE), of orders unknown"),
}
CLOCKS = {
    "production_limit": Clock((Limit("8 h", ("urgent",)), Limit("10 calendar days")), calendar="eu_1182_71",
                              source="Regulation (EU) 2023/1543 art. 10"),
    "objection_limit": Clock((Limit("96 h", ("urgent",)), Limit("10 calendar days")), calendar="eu_1182_71",
                             source="Regulation (EU) 2023/1543 art. 12"),
}


def case(c):
    yield Work("investigator", "draft_order")
    if (yield Decide("issuing_judge", "allow_order")) == NO:
        return NOT_PURSUED
    found = yield ForEach("responder", ordered, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST), until="first")
    yield Close(found)


def ordered(leg):
    yield Send("requester", "provider", "order")
    return (yield Due("production_limit", produced))


def produced(leg):
    yield Work("provider", "check_order")
    if (yield Chance("order_unclear")) == YES and (yield Paused(mended)) == LOST:
        return LOST
    word = yield Do(found_and_weighed)
    yield Send("provider", "requester", "produced" if word == ANSWERED else word)
    return word


def mended(leg):
    yield Send("provider", "requester", "order_returned")
    yield Work("investigator", "mend_order")
    yield Send("requester", "provider", "order")
    return DONE


def found_and_weighed(leg):
    if (yield Match("provider", "fuzzy", "find_account")) == NO_HIT or (
            yield Verify("provider", "match_account")) == REJECTED:
        return NOTHING_HELD
    if (yield Review("provider", "produced", task="weigh_order")) == REFUSE:
        return REFUSED
    if (yield Is("notified")) == YES and (yield Within("objection_limit", notified)) == REFUSED:
        return REFUSED
    yield Work("provider", "extract")
    return ANSWERED


def notified(leg):
    """The provider's state: its silence, and a notice that is lost, let the order stand."""
    yield Send("requester", "enforcing", "order_notice")
    return REFUSED if (yield Review("enforcing", "produced", task="look_for_grounds")) == REFUSE else DONE
