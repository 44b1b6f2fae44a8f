"""One small vocabulary for the worlds that show one engine rule each: whole hours, no spread, links without delay."""

import worlds as w

from sim.script import ANSWERED, DONE, LOST, NOTHING_HELD, REFUSED, ForEach, Share
from sim.units import HOUR

NEVER = 2**63 - 1
TASKS = {
    "none": w.task("0 s"), "half": w.task("30 min"), "one": w.task("1 h"), "two": w.task("2 h"), "three": w.task("3 h"),
    "chancy": w.task("1 h", spread="exponential"), "judged": w.task("1 h", spread="exponential", miss="50 %"),
    "machine": w.task("1 h", desk="machine"), "at_a": w.task("0 s", desk="a"), "at_b": w.task("1 h", desk="b"),
}
CLOCKS = {name: w.clock(name, at="requester") for name in ("0 s", "30 min", "1 h", "2 h", "3 h", "4 h", "5 h", "6 h")}
CONTENTS = {"query": w.told("subject"), "file": w.told("record"), "note": w.told("matter")}
REGISTRY = {"institution": {"REG": {**w.OWN, "name": "registry", "zone": "UTC", "regime": "other", "reads": True}}}
PARTIES = {"expert": "requester", "judge": "responder", "registry": "REG"}


def world(case, record=None, delay=0, loss=0.0, retries=0, retry_after=0, clocks=None, members="", clerks=1, days=10,
          hours="24/7", grain="1 us", places=("AA", "BB", "CC", "DD"), quotas=None, windows=None,
          records="alerts", **changes):
    made = w.protocol(case, record, TASKS, CONTENTS, {**CLOCKS, **(clocks or {})}, {"even": Share("50 %", source="t")},
                      {"coin": Share("50 %", source="t")}, PARTIES, members=members, quotas=quotas,
                      windows=windows, records=records)
    run = {"warm_up": "0 s", "observe": f"{days} d", "drain": "0 s", "futures": 1, "replications": 1, "seed": 1,
           "grain": grain}
    desk = {"clerks": clerks, "hours": hours}
    built = w.world(made, places=places, run=run, desks={name: desk for name in ("a", "b", "clerks")},
                    **{**REGISTRY, **changes})
    return w.linked(built, delay, loss, retries, retry_after)


def at(hours=0.0, **given):
    """A case that AA opens so many hours after the start."""
    return {"opened": int(hours * HOUR), **given}


def candidate(version=0, need=0, holder=1, score=1_000_000, created=-HOUR, superseded=NEVER, genuine=True,
              search=0):
    return (need, holder, search, version, score, created, superseded, genuine, 0, 0)


def record(version=0, record=0, place=1, created=-HOUR, alert=False):
    return (version, record, 7, place, created, NEVER, False, 0, 0, alert, 0)


def each(leg, **how):
    """A case that asks every responder by `leg`."""
    def case(c):
        return (yield ForEach("responder", leg, best=(ANSWERED, REFUSED, NOTHING_HELD, DONE, LOST), **how))
    return case


def words(made, ledger):
    """With which word each case closed."""
    return [word for _, word in w.closed(made, ledger)]
