"""Ask named partners for a hit or none, under cover of dummy queries to others, and get an answer that may be false.

No instrument provides for cover or noise: an idea, judged under Directive (EU) 2023/977, whose arts. 4 to 6 govern the
follow-up. Whoever watches the line sees more states asked than are; a machine at the asked side turns its one bit
round in a declared share of answers, so that no single hit proves anything: with a share p the bit is worth
ln((1-p)/p) in the sense of differential privacy. What it costs are requests for nothing and files not found. PARAMS
switches either off.

Idealised: query and dummy look and weigh the same, and nobody tells them apart by the minutes between; members share
the key of the hash; every hit, true or not, is followed up; no limit is measured; the case closes with the first file
that comes.
"""

from protocols import _known_first
from protocols._known_first import BEST, KEYS, bit, followed_up, record  # noqa: F401
from sim.script import *

SERVES, RECORDS = {"known_to_you"}, "all"
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "DIR_2023_977", "siena"
PARTIES, FACTS, CLOCKS = _known_first.PARTIES, _known_first.FACTS, _known_first.CLOCKS
TASKS = _known_first.TASKS | {
    "compare_hashes": Task("machine", "1 to 30 s", because="nobody runs one for police files; the answer is automatic"),
}
CONTENTS = _known_first.CONTENTS | {
    "hash_query": Content(KEYS, "subject", "identity"),
    "dummy_query": Content((), "matter", "signal"),
    "dummy_answer": Content((), "matter", "signal"),
}
CHANCES = _known_first.CHANCES | {
    "covers": Share("10 to 40 %", because="how much cover a query is worth its messages is for the designers to say"),
    "answer_turned": Share("1 to 10 %", because="how much noise a hit is worth is for the designers to say"),
}
PARAMS = {"cover": True, "noise": True}


def case(c):
    yield Work("investigator", "justify")
    if c.cover:
        yield ForEach("responder", cover, best=(DONE, LOST), among="others")
    found = yield ForEach("responder", asked, best=BEST, until="first")
    yield Close(found)


def cover(leg):
    if (yield Chance("covers")) == YES:
        yield Send("requester", "responder", "dummy_query", form=KEYED_HASH, via="hub")
        yield Send("responder", "requester", "dummy_answer", form=BIT, via="hub")
    return DONE


def asked(leg):
    yield Send("requester", "responder", "hash_query", form=KEYED_HASH, via="hub")
    hit = (yield Match("responder", "exact_keys", "compare_hashes")) == HIT
    if leg.noise and (yield Chance("answer_turned")) == YES:
        hit = not hit
    yield from bit("hit" if hit else "no_match")
    return (yield from followed_up(leg)) if hit else NOTHING_HELD
