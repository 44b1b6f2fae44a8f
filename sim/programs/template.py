"""A protocol to start from: it runs as it stands, and each line says what to change."""

from keyword import iskeyword
from pathlib import Path

from sim.errors import ScriptError
from sim.programs.protocol import names

TEMPLATE = '''"""Ask the owners of files directly: one question, one look into the files, one answer.

Directive (EU) 2023/977 governs the release; the short way is made up. Cite here the act or practice you follow.
"""
from sim.script import *

SERVES = {"known_to_you", "content"}      # kinds of need it can answer
INSTRUMENT = "DIR_2023_977"               # the act that governs its transfers where both sides are bound
MEMBERS = "DIR_2023_977"                  # whose members it reaches; leave it out to reach everybody
NETWORK = "siena"                         # a link of the scenario: delay and loss of its messages
WHY = "invented; replace by what you know, or keep a range wide enough"
TASKS = {                                 # who works how long; a desk of the scenario, or "machine"
    "put_question": Task("agency", "10 to 30 min", because=WHY),
    "look_into_files": Task("owner", "20 to 60 min", because=WHY),
    "weigh_release": Task("owner", "10 to 30 min", because=WHY),
}
CONTENTS = {                              # what a message carries (sim.script.FIELDS), and of whom it speaks
    "direct_question": Content(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "direct_answer": Content((), "answer", "signal"),
    "direct_file": Content(("family_name", "given_name", "birth_date", "file"), "record", "police_file"),
}


def case(c):
    yield Work("investigator", "put_question")
    yield Close((yield ForEach("responder", ask, best=(ANSWERED, REFUSED, NOTHING_HELD, LOST))))


def ask(leg):                             # once for every state that is asked
    yield Send("requester", "owner", "direct_question")
    if (yield Match("owner", by="fuzzy", task="look_into_files")) == NO_HIT:
        yield Send("owner", "requester", "direct_answer")
        return NOTHING_HELD
    if (yield Review("owner", "direct_file", task="weigh_release")) == REFUSE:
        yield Send("owner", "requester", "direct_answer")
        return REFUSED
    yield Send("owner", "requester", "direct_file")
    return ANSWERED
'''


def create(name: str, folder: Path) -> Path:
    """Write the template as `folder`/protocols/<name>.py, where every command finds it.

    Raises ScriptError for a bad name, a name that a shipped protocol bears, or a file that exists.
    """
    if not name.isidentifier() or iskeyword(name) or name.startswith("_") or name != name.lower():
        raise ScriptError(f"{name!r} is no name of a protocol\n"
                          "  expected  small letters, digits and _, e.g. my_protocol")
    if name in names():
        raise ScriptError(f"a protocol named {name!r} is shipped\n  expected  another name")
    file = folder / "protocols" / f"{name}.py"
    try:
        file.parent.mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8") as written:
            written.write(TEMPLATE)
    except FileExistsError as error:
        raise ScriptError(f"{error.filename}\n  got       a file that exists already\n"
                          "  expected  another name") from None
    except OSError as error:
        raise ScriptError(f"{file}\n  got       {error.strerror}\n  expected  a folder that can be written") from None
    return file
