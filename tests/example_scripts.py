"""The example of the design page, the names it declares, and scripts cut to one instruction: shared by tests."""

import pytest

from sim.errors import ScriptError
from sim.programs import Declared, trace
from sim.script import (
    ANSWERED,
    BIT,
    CONFIRMED,
    FALSE_MATCH,
    LOST,
    NO,
    NO_HIT,
    NOT_PURSUED,
    NOTHING_HELD,
    PLAIN,
    PSEUDONYM,
    REFUSE,
    REFUSED,
    Clock,
    Close,
    Content,
    Daily,
    Decide,
    Due,
    ForEach,
    Limit,
    Match,
    Parameters,
    Review,
    Send,
    Share,
    Task,
    Verify,
    Window,
    Work,
)

TASKS = ("justify", "search", "lookup", "forensic", "pursue", "review", "store", "withdraw", "core_data")
SUBJECT, RECORD = ("query", "biometrics"), ("core_data", "file")
DECLARED = Declared(
    parties={"router": "eu_lisa", "expert": "requester", "judge": "responder", "registry": "eu_lisa"},
    tasks={name: Task("desk", "15 to 40 min", because="test") for name in TASKS},
    contents={**{name: Content(("print",), "subject", "biometric") for name in SUBJECT},
              **{name: Content(("file",), "record", "police_file") for name in RECORD},
              **{name: Content((), "answer", "signal") for name in ("match", "no_match", "facts")}},
    clocks={"48h": Clock((Limit("48 h"),), source="test"), "pause": Clock((Limit("1 d"),), source="test")},
    facts={"direct": Share("50 %", source="test")},
    chances={"complete": Share("50 %", source="test")},
    quotas={"daily": Daily("20", source="test")},
    windows={"nightly": Window("02:00-04:00", source="test")},
)
BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST)


# The example of the design page: everybody's biometrics through a router, core data on a confirmed match.

def case(c):
    yield Work("investigator", "justify")
    found = yield ForEach("responder", search, until="all",
                          best=(ANSWERED, REFUSED, NOT_PURSUED, FALSE_MATCH, NOTHING_HELD, LOST))
    yield Close(found)


def search(leg):
    yield Send("requester", "responder", "biometrics", form=PLAIN, via="router")
    if (yield Match("responder", by="biometric")) == NO_HIT:
        yield Send("responder", "requester", "no_match", form=BIT, via="router")
        return NOTHING_HELD
    yield Send("responder", "requester", "match", form=PSEUDONYM, via="router")
    if (yield Verify("expert", "forensic")) != CONFIRMED:
        return FALSE_MATCH
    if (yield Decide("investigator", "pursue")) == NO:
        return NOT_PURSUED
    yield Send("requester", "responder", "facts", via="router")
    return (yield Due("48h", core_data))


def core_data(leg):
    if (yield Review("responder", "core_data")) == REFUSE:
        return REFUSED
    yield Work("responder", "core_data")
    yield Send("responder", "requester", "core_data", via="router")
    return ANSWERED


def table(script, root="case", **parameters):
    return trace(script, "test", Parameters(parameters), DECLARED, root=root)


def refusal(script, root="case", **parameters):
    with pytest.raises(ScriptError) as refused:
        table(script, root, **parameters)
    message = str(refused.value)
    assert message.startswith("test.")
    assert "  answers   " in message
    assert "  expected  " in message
    return message


def rows_of(program, kind):
    return [row for row in program.rows if isinstance(row.instruction, kind)]
