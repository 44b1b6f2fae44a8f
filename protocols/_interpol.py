"""What diffusions and notices share: they are registered, and looked at by people at the General Secretariat.

No protocol itself. INTERPOL Constitution arts. 2 and 3: whether they bar what is asked a person must see, who may err;
a register does not.
"""

from sim.script import *

TASKS = {
    "register": Task("machine", "1 s to 1 min", because="registered at once; the figure is not published"),
    "screen": Task(ON_THE_SPOT, "20 min to 2 h", miss="0.2 to 5 %", false="30 to 90 %",
                   discharges=("publisher_review",), because="""one wanted notice or diffusion in twenty is refused or \
cancelled (IPOL-REFUSAL-RATE), some of them genuine; how many abusive ones pass is not known"""),
}
CONTENTS = {"turned_away": Content((), "matter", "signal")}
CHANCES = {
    "looked_up": Share("30 to 90 %", because="answering is voluntary (IPOL-OWNERSHIP), how often is unknown"),
}
CLOCKS = {
    "screening": Clock((Limit("2 to 48 h"),), at="hub", because="one account speaks of a day (LAW-IPOL-NOTICE)"),
}
