"""The ordinary request between contact points, once for every protocol that ends in one: declarations and sub-scripts.

No protocol itself. The asked side acknowledges, asks back where the request is unclear, searches itself or has the
agency that holds the file search, lets a person look at what was found, reviews the release, asks the originator of
restricted data, has a judge decide where law says so, and answers. Some contact points first call back whoever says
that it is urgent; the limit runs on. A protocol that uses it gives the role `hub`: who carries the messages.

Of what was given, `record` tells the recipients when the owner corrects or deletes it, also where the person complained
and a body found them right; a recipient that is told takes its copy away (Directive (EU) 2016/680 arts. 7(3) and 16).
Idealised: the body queues for nobody, and its word stands; where a complaint is upheld the copies are mended, while the
owner's own record goes on as it was until it is next entered anew; who got the file from the recipient is not told.
"""

from sim.script import *

PARTIES = {"judge": "responder", "translator": "responder"}

_NOT_MEASURED = "time per request is not published for any state; "
_ERRORS = "errors of people who compare files are not measured for cross-border requests"
_EXAMINERS = """no error of examiners is measured for cross-border matches; they are taken to miss 0.3 to 5 % and to \
confirm 0.1 to 2 %, and the stricter they are the more they miss"""
TASKS = {
    "justify": Task("agency", "20 to 60 min", because=_NOT_MEASURED + "reasons and proportionality are written down"),
    "write": Task("contact_point", "10 to 30 min", because=_NOT_MEASURED + "a form, mostly filled from the case"),
    "pass_on": Task("contact_point", "5 to 20 min", because=_NOT_MEASURED + "an answer is read and handed on"),
    "key_in": Task("contact_point", "5 to 20 min", because=_NOT_MEASURED + "free text is keyed into forms"),
    "explain": Task("agency", "15 to 60 min", because=_NOT_MEASURED + "the investigator mends the request"),
    "receive": Task("contact_point", "10 to 30 min", because=_NOT_MEASURED + "read, registered, evaluated"),
    "ask_back": Task("contact_point", "5 to 20 min", because=_NOT_MEASURED + "a short question"),
    "forward": Task("contact_point", "10 to 30 min", because=_NOT_MEASURED + "the right agency is found"),
    "search_directly": Task("contact_point", "5 to 20 min", per="subject", because=_NOT_MEASURED + "own screens"),
    "search": Task("owner", "20 to 60 min", per="subject", because=_NOT_MEASURED + "files, some on paper"),
    "examine_directly": Task("contact_point", "5 to 20 min", miss="1 to 5 %", false="2 to 15 %", because=_ERRORS),
    "examine": Task("owner", "10 to 40 min", miss="1 to 5 %", false="2 to 15 %", because=_ERRORS),
    "forensic": Task("expert", "20 to 60 min", separation="4.2 to 5.4", strictness="0 to 0.5",
                     because=_EXAMINERS),
    "release_directly": Task("contact_point", "5 to 20 min", because=_NOT_MEASURED + "grounds and handling code",
                             discharges=("human_decision", "strict_necessity", "document")),
    "release": Task("owner", "10 to 40 min", because=_NOT_MEASURED + "grounds and handling code",
                    discharges=("owner_consent", "human_decision", "strict_necessity", "document")),
    "consent": Task("owner", "10 to 40 min", because=_NOT_MEASURED + "the originator of restricted data is asked; how "
                    "often it says no is law.refusal.consent", discharges=("owner_consent",)),
    "authorise": Task("judge", "20 to 60 min", share="85 to 98 %", because="no rate of refusal by judges is published",
                      discharges=("judge",)),
    "call_back": Task("contact_point", "5 to 30 min", miss="0.5 to 5 %", false="2 to 30 %", because="""a known number \
is rung and asked; at one clearing house of another sector 30 % of emergency requests failed a second look, how many \
forged ones passed it and how many genuine ones failed is not known (EDR-FRAUD)"""),
    "translate": Task("translator", "1 to 3 h", because=_NOT_MEASURED + "one to five pages"),
    "reply": Task("contact_point", "10 to 30 min", because=_NOT_MEASURED + "codes set, structured, sent"),
}
_SUBJECT = ("family_name", "given_name", "birth_date", "nationality", "sex")
CONTENTS = {
    "name_request": Content((*_SUBJECT, "offence", "case_number", "interest"), "subject", "identity"),
    "print_request": Content(("print", "offence", "case_number", "interest"), "subject", "biometric"),
    "receipt": Content((), "matter", "signal"),
    "question": Content((), "matter", "signal"),
    "finding": Content((), "matter", "signal"),
    NOTHING_HELD: Content((), "answer", "signal"),
    REFUSED: Content((), "answer", "signal"),
    "file": Content((*_SUBJECT, "aliases", "birth_place", "address", "offence", "case_number", "authority", "file",
                     "contacts", "measures"), "record", "police_file"),
}
# Of the protocols whose recipients are told (`record` below).
CORRECTING = {
    "decide_complaint": Task(ON_THE_SPOT, "2 to 10 h", miss="5 to 40 %", because="""of complaints about wrong records \
only few figures are published, and none says how many of those in the right are turned away"""),
    "correct": Task("owner", "20 to 60 min", because=_NOT_MEASURED + "the entry is mended, and who was told looked up"),
    "write_correction": Task("contact_point", "5 to 20 min", because=_NOT_MEASURED + "a short notice"),
    "take_away": Task("owner", "10 to 60 min", because=_NOT_MEASURED + "copies are looked for in files and systems"),
}
CORRECTION = {"correction": Content((), "matter", "signal")}
TRAVELS = {
    "correction_travels": Share("20 to 90 %", because="""law has receivers told without delay (LAW-LED-7); how often \
it is done is not published; an omission of a third of all notices stayed unseen for five years (ECRIS-OMISSION)"""),
}
COMPLAINTS = {
    "complaint_period": Clock((Limit("4 to 12 months"),), because="""the body of one channel has nine months for a \
request to delete and four for access (CCF-LIMITS); national authorities have no one limit"""),
}
LEFT = "left"          # nobody told the holder of a copy
CHECK = {       # of protocols by which an officer who meets a person looks them up
    "check_person": Task(ON_THE_SPOT, "2 to 15 min", miss="1 to 5 %", false="2 to 15 %", because="""audits find false \
hits on names, and misses (ECA-NAMES, SIS-IDENT-2015), without a rate"""),
}
PURSUE = {      # of protocols whose asker first learns of a match
    "pursue": Task("agency", "15 to 60 min", share="30 to 90 %", separation="2.4 to 3.6", strictness="-0.5 to 0",
                   because="""of matches nobody had asked for a third mattered (PRUM-NL-THIRD), of others more; how \
well investigators tell is not measured, they are taken to follow a match in vain rather than drop one that matters"""),
}
FACTS = {
    "calls_back": Share("10 to 50 %", of="place", because="""how many contact points call back is not published; in \
another sector a clearing house looks at emergency requests a second time (EDR-FRAUD)"""),
    "structured": Share("10 to 40 %", because="19 to 21 % of messages to Europol hold structured data (SIENA-STRUCT), "
                                              "of others no share is published"),
    "direct": Share("30 to 70 %", because="what a contact point reaches itself differs by state, unpublished"),
    "judge_needed": Share("2 to 8 %", because="statistics count answers late for a judge, not the need of one"),
    "translation_needed": Share("10 to 40 %", because="languages are listed (SPOC-LANG), their use is not counted"),
}
CHANCES = {
    "incomplete": Share("5 to 20 %", because="how often a request is unclear is not published"),
}


def chosen(declared, *names):
    """Some of these declarations, for a protocol that uses a part of the procedure."""
    return {name: declared[name] for name in names}


def carried(c, sender, receiver, content, via="hub", form=PLAIN):
    """A message by way of the hub, encrypted from end to end where the protocol says so (PARAMS: sealed)."""
    yield Send(sender, receiver, content, form=form, via=via, sealed=via is not None and c.get("sealed", False))


def request(c, sender="requester", receiver="responder", via="hub"):
    """The request itself: by the print where nothing else is known, else by name."""
    content = "print_request" if (yield Is("print_only")) == YES else "name_request"
    yield from carried(c, sender, receiver, content, via)


def answer(c):
    """What the asked side does with the request in hand: ANSWERED, NOTHING_HELD, REFUSED or LOST."""
    return (yield from _answered(c, Do))


def answer_in_time(c):
    """The same under a clock, which stands still while the asker clarifies and while a judge decides."""
    return (yield from _answered(c, Paused))


def _answered(c, aside):
    yield Do(acknowledge)      # a lost receipt delays nothing
    yield Work("responder", "receive")
    if (yield from called_back()) == NO:
        return (yield from reply(c, REFUSED))
    if (yield Is("structured")) == NO:
        yield Work("responder", "key_in")
    if (yield Chance("incomplete")) == YES and (yield aside(clarify)) == LOST:
        return LOST
    word = yield Do(search)
    if word == ANSWERED and (yield from judge_needed()) == YES:
        word = yield aside(authorise)
    return word if word == LOST else (yield from reply(c, word))


def acknowledge(c):
    yield from carried(c, "responder", "requester", "receipt", form=METADATA)
    return DONE


def called_back():
    """NO where a person, having called, holds whoever says urgent for somebody without a need: nothing is searched."""
    if (yield Is("urgent")) == NO or (yield Is("calls_back")) == NO:
        return YES
    return (yield Decide("responder", "call_back", about="genuine"))


def clarify(c):
    """The asker mends the request and sends it again."""
    yield Work("responder", "ask_back")
    yield from carried(c, "responder", "requester", "question")
    yield Work("investigator", "explain")
    yield from request(c)
    return DONE


def search(c):
    """The contact point where it has direct access, else the agency that holds the file."""
    if (yield Is("direct")) == YES:
        return (yield from released("responder", "_directly"))
    yield Work("responder", "forward")
    yield from request(c, "responder", "owner", via=None)
    word = yield from released("owner")
    yield Send("owner", "responder", "finding")
    return word


def released(party, how=""):
    """Search, look at what was found, and decide on its release: ANSWERED, NOTHING_HELD or REFUSED."""
    by, look = ("biometric", "forensic") if (yield Is("print_only")) == YES else ("fuzzy", "examine" + how)
    if (yield Match(party, by, "search" + how)) == NO_HIT or (yield Verify(party, look)) == REJECTED:
        return NOTHING_HELD
    if (yield Review(party, "file", task="release" + how)) == REFUSE:
        return REFUSED
    if how and (yield Owes("owner_consent")) == YES:       # an owner that releases itself consents by it
        yield Work("owner", "consent")
    return ANSWERED


def judge_needed():
    """Where the release came with that duty, or the asked state's own law wants it."""
    return YES if (yield Owes("judge")) == YES else (yield Is("judge_needed"))


def authorise(c):
    return REFUSED if (yield Decide("judge", "authorise")) == NO else ANSWERED


def reply(c, word):
    """The file, or the word that says why there is none; translated where no language is shared."""
    if word != ANSWERED:
        yield from carried(c, "responder", "requester", word)
        return word
    if (yield Is("translation_needed")) == YES:
        yield Work("translator", "translate")
    yield Work("responder", "reply")
    yield from carried(c, "responder", "requester", "file")
    return ANSWERED


def take_in(word):
    """The asker reads the answer and hands it on; a file that came as free text is keyed in first."""
    if word == ANSWERED and (yield Is("structured")) == NO:
        yield Work("requester", "key_in")
    if word != LOST:
        yield Work("requester", "pass_on")
    return word


def remind(leg):
    """A reminder repeats the request."""
    yield Work("requester", "remind")
    yield from request(leg)
    return DONE


def record(r):
    """Whoever got something of a record is told when it is no longer so."""
    if (yield Is("created")) == YES:
        return DONE
    if (yield Is("complained")) == YES:
        yield Wait("complaint_period")
        if (yield Decide("responder", "decide_complaint")) == NO:
            return REFUSED
        yield Work("owner", "correct")
    yield ForEach("requester", told, best=(DONE, LEFT, LOST), among="recipients")
    return DONE


def told(leg):
    if (yield Chance("correction_travels")) == NO:
        return LEFT
    yield Work("responder", "write_correction")
    yield from carried(leg, "responder", "requester", "correction")
    yield Withdraw("requester", "take_away")
    return DONE
