"""As SIENA today, but encrypted from end to end: the provider of the channel carries what it cannot read.

Directive (EU) 2023/977 and Regulation (EU) 2016/794, as in `siena`, whose script this is. It differs by one switch:
what goes by way of the hub is sealed, so that neither keys at the hub nor a right to read there make anything
readable.

Idealised: as there; keys are where they belong; sealing costs no time; the hub still sees who writes to whom, and
when.
"""

from protocols import siena
from sim.script import *

SERVES, RECORDS = siena.SERVES, siena.RECORDS
INSTRUMENT, MEMBERS, NETWORK = siena.INSTRUMENT, siena.MEMBERS, siena.NETWORK
PARTIES, TASKS, CONTENTS = siena.PARTIES, siena.TASKS, siena.CONTENTS
FACTS, CHANCES, CLOCKS = siena.FACTS, siena.CHANCES, siena.CLOCKS
PARAMS = {"sealed": True}

case, record = siena.case, siena.record
