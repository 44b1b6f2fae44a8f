"""Ask the contact point of another party, day and night, to have data kept until the letter for them comes.

Convention on Cybercrime (ETS 185) arts. 29 and 35, before a letter under the European Convention on Mutual Assistance
in Criminal Matters: a contact point round the clock, expedited preservation for at least 60 days, refusal for a
political offence or essential interests only, mostly without dual criminality.

Idealised: the contact point itself orders the holder; an account is found by name and date of birth, as a file is; the
letter is another need; the sixty days are not measured.
"""

from protocols import _procedure
from protocols._procedure import chosen
from sim.script import *

SERVES = {"preserve"}
INSTRUMENT, MEMBERS, NETWORK = "BUDAPEST", "BUDAPEST", "interpol"
_NOT_MEASURED = "points of contact are listed, their work is not timed"
TASKS = {
    "ask_to_keep": Task("contact_point", "10 to 40 min", because=_NOT_MEASURED),
    "take_up": Task("contact_point", "10 to 40 min", because=_NOT_MEASURED),
    "find_data": Task("owner", "20 to 90 min", per="subject", because=_NOT_MEASURED),
    "same_account": Task("owner", "5 to 30 min", miss="0.5 to 3 %", false="0.5 to 5 %",
                         because="errors about accounts are not published"),
    "weigh_preservation": Task("contact_point", "10 to 40 min", because=_NOT_MEASURED),
    "order_to_keep": Task("owner", "30 min to 2 h", because=_NOT_MEASURED,
                          discharges=("human_decision", "owner_consent")),
}
CONTENTS = chosen(_procedure.CONTENTS, NOTHING_HELD, REFUSED) | {
    "preservation_request": Content(("family_name", "given_name", "birth_date", "offence", "case_number", "interest"),
                                    "subject", "evidence"),
    "preserved": Content(("case_number", "authority"), "record", "evidence"),
}


def case(c):
    yield Work("requester", "ask_to_keep")
    found = yield ForEach("responder", keep, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST), until="first")
    yield Close(found)


def keep(leg):
    yield Send("requester", "responder", "preservation_request")
    yield Work("responder", "take_up")
    yield Send("responder", "owner", "preservation_request")
    word = yield Do(kept)
    yield Send("responder", "requester", "preserved" if word == ANSWERED else word)
    return word


def kept(leg):
    if (yield Match("owner", "fuzzy", "find_data")) == NO_HIT or (yield Verify("owner", "same_account")) == REJECTED:
        return NOTHING_HELD
    if (yield Review("responder", "preserved", task="weigh_preservation")) == REFUSE:
        return REFUSED
    yield Work("owner", "order_to_keep")
    return ANSWERED
