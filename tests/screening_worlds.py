"""Worlds with one screening stream, and the same look-ups sent through the reference engine as cases of one step."""

from dataclasses import replace

import numpy as np
import worlds as w

from sim import conservation, screening
from sim.cases import Cases
from sim.engines import reference
from sim.engines.screening import Recursion, counted, hits_in_time
from sim.script import DONE, Work


def serve(c):
    yield Work("requester", "serve")
    return DONE


def table(lookups="300 per day", time="10 min", hits="20 %", **more):
    given = {} if "desk" in more else {"servers": 2}
    return {**w.OWN, "at": "AA", "volume": {**w.OWN, "lookups": lookups}, "time": time,
            "hits": {**w.OWN, "share": hits}, **given, **more}


def world(seed=1, replication=0, observe="1 d", warm_up="0 s", drain="0 s", grain="1 us", desks=None, **streams):
    made = w.protocol(serve, tasks={"serve": w.task("1 h")})
    run = {"warm_up": warm_up, "observe": observe, "drain": drain, "futures": 1, "replications": 1, "seed": 1,
           "grain": grain}
    return w.world(made, seed=seed, replication=replication, run=run, places=("AA",), desks=desks or {"clerks": {}},
                   screening=streams)


def only(made):
    stream, = screening.streams(made)
    return stream


def by_recursion(made, stream):
    """(totals, every hit in the order of answers)."""
    running = Recursion(made, stream, (stream,))
    found = list(hits_in_time(running))
    return running.totals(), np.concatenate(found)


def by_events(made, stream):
    """The same from the rows of the reference engine."""
    number = len(made.stations)
    made = replace(made, stations=(*made.stations, stream.station), look_up_times=(stream.time,))
    cases = Cases(screening.rows(made, stream, number, 1), {}, {}, np.zeros(0, np.int8), np.zeros(0, np.bool_))
    ledger = reference.run(made, cases, w.content())
    conservation.check(made, cases, ledger)
    ids = ledger.cases["id"][ledger.steps["case"]]
    hit = screening.hits(made, stream, ids) & (ledger.steps["ended"] >= 0)
    rows = np.array([(case, step["queued"], step["ended"]) for case, step in zip(ids[hit], ledger.steps[hit],
                                                                                 strict=True)],
                    [("id", "u8"), ("came", "i8"), ("answered", "i8")])
    return counted(made, stream, ledger), rows[np.lexsort((rows["id"], rows["answered"]))]


def differ(made, stream):
    """Whether recursion and reference disagree on anything: a count, a sum, a bin, a hit, a tick."""
    totals, hits = by_recursion(made, stream)
    expected, rows = by_events(made, stream)
    return totals != expected or not np.array_equal(hits, rows)
