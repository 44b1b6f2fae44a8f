"""Ask for evidence by a letter between central authorities; an executing office decides, and answers by the same way.

European Convention on Mutual Assistance in Criminal Matters (1959) and treaties like it, inside the Union the European
Investigation Order (Directive 2014/41/EU) as far as law goes: what the letter must hold, central authorities, grounds
of refusal. No period binds. A letter is returned for its form, a supplement asked, and asked again.

Idealised: one executing office and one measure per letter; evidence comes whole, not in parts; the grounds are decided
once it is known what there is; limits of the order (Directive 2014/41/EU art. 12) are not measured.
"""

from protocols import _procedure
from protocols._procedure import chosen
from sim.script import *

SERVES = {"evidence"}
PRODUCTS = {"evidence"}
INSTRUMENT, NETWORK = "MLA", "post"
PARTIES = {"executing": "responder", "translator": "requester"}
_NOT_MEASURED = "only whole letters are timed, 6 to 24 months (MLA-6-24M, MLA-10M), never their parts"
TASKS = {
    "draft_letter": Task("agency", "2 to 8 h", because=_NOT_MEASURED),
    "translate_letter": Task("translator", "3 to 8 h", because=_NOT_MEASURED),
    "examine_letter": Task("central_authority", "1 to 4 h", because=_NOT_MEASURED),
    "mend_letter": Task("agency", "1 to 6 h", because=_NOT_MEASURED),
    "check_form": Task("central_authority", "1 to 4 h", because=_NOT_MEASURED),
    "find_matter": Task("executing", "1 to 4 h", per="subject", because=_NOT_MEASURED),
    "identify_person": Task("executing", "30 min to 2 h", miss="1 to 5 %", false="1 to 10 %",
                            because="errors of people who compare files are not measured for letters"),
    "decide_grounds": Task("executing", "2 to 8 h", because=_NOT_MEASURED,
                           discharges=("judge", "human_decision", "owner_consent", "use_consent", "strict_necessity",
                                       "document")),
    "execute": Task("executing", "8 to 40 h", because=_NOT_MEASURED),
    "transmit": Task("central_authority", "1 to 3 h", because=_NOT_MEASURED),
    "hand_over": Task("central_authority", "1 to 3 h", because=_NOT_MEASURED),
}
_SUBJECT = ("family_name", "given_name", "birth_date", "nationality")
CONTENTS = chosen(_procedure.CONTENTS, "question", "finding", NOTHING_HELD, REFUSED) | {
    "letter": Content((*_SUBJECT, "offence", "case_number", "authority", "interest"), "subject", "identity"),
    "returned": Content((), "matter", "signal"),
    "evidence": Content((*_SUBJECT, "case_number", "authority", "evidence"), "record", "evidence"),
}
CHANCES = {
    "form_defect": Share("10 to 40 %", because="form and language are named problems (EIO-LATE, EIO-LANG)"),
    "supplement_needed": Share("15 to 50 %", because="extra information is a named problem (EIO-LATE), not counted"),
}
PARAMS = {"returns": 2, "supplements": 2}


def case(c):
    yield Work("investigator", "draft_letter")
    yield Work("translator", "translate_letter")
    found = yield ForEach("responder", letter, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST), until="first")
    yield Close(found)


def letter(leg):
    yield Work("requester", "examine_letter")
    yield Send("requester", "responder", "letter")
    for _ in range(leg.returns):
        yield Work("responder", "check_form")
        if (yield Chance("form_defect")) == NO:
            break
        yield from mend("returned")
    yield Send("responder", "executing", "letter")
    word = yield Do(execute)
    if word == LOST:
        return LOST
    yield Send("executing", "responder", "evidence" if word == ANSWERED else "finding")
    yield Work("responder", "transmit")
    yield Send("responder", "requester", "evidence" if word == ANSWERED else word)
    yield Work("requester", "hand_over")
    return word


def mend(why):
    """Back to the asker, and here again with what was missing."""
    yield Send("responder", "requester", why)
    yield Work("investigator", "mend_letter")
    yield Send("requester", "responder", "letter")


def execute(leg):
    if (yield Match("executing", "fuzzy", "find_matter")) == NO_HIT or (
            yield Verify("executing", "identify_person")) == REJECTED:
        return NOTHING_HELD
    if (yield Review("executing", "evidence", task="decide_grounds")) == REFUSE:
        return REFUSED
    for _ in range(leg.supplements):
        if (yield Chance("supplement_needed")) == NO:
            break
        yield from mend("question")
        yield Send("responder", "executing", "letter")
    yield Work("executing", "execute")
    return ANSWERED
