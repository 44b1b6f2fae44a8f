"""What the disclosures cost: python -m benchmarks.ledger [ROUNDS] [CLERKS] -> one line of JSON.

The first option of the baseline on the compiled engine, as it is and with so many times the clerks and ten times that
of the needs. Needs, people and records are drawn beforehand; timed are the opening of the cases, the kernel, and the
books, in turn without the disclosures and with them. All times are medians of the rounds, of the processor: the run
has one thread, and other jobs on a machine move its wall time.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import process_time
from typing import Any

from benchmarks.real import grown
from sim import conservation, transport
from sim.cases import open_cases
from sim.engines import ENGINES
from sim.ledger import DISCLOSURES, Ledger
from sim.run import Drawn, draw, prepare
from sim.scenario import load
from sim.scenario.schema import Option, Scenario

BASELINE, ENGINE = "baseline", "compiled"
DEMAND = 10                   # needs grow so many times more than clerks: the desks bear it
ROUNDS, CLERKS, QUICK_ROUNDS = 9, 15, 3


def measured(scenario: Scenario, rounds: int) -> dict[str, Any]:
    """Of one scenario. adds: share of the run before it, without them; beside_kernel: against the kernel alone."""
    setting, option = prepare(scenario), scenario.option[0]
    drawn = draw(setting, option.levers, 0, 0)
    _replication(drawn, option, disclose=True)                       # loads what is compiled
    without, with_them = [], []
    for _ in range(rounds):
        without.append(_replication(drawn, option, disclose=False)[0])
        with_them.append(_replication(drawn, option, disclose=True)[0])
    ledger = _replication(drawn, option, disclose=True)[1]
    stages = {name: median(each[name] for each in with_them) for name in with_them[0]}
    plain, full = ([sum(each.values()) for each in part] for part in (without, with_them))
    adds = median(one / other - 1 for one, other in zip(full, plain, strict=True))
    return {"without_s": median(plain), "with_s": median(full), "adds": adds, "stages": stages,
            "beside_kernel": stages["disclosures"] / stages["kernel"], "rows": len(ledger.disclosures),
            "messages": len(ledger.messages), "events": ledger.events, "bytes_a_row": DISCLOSURES.itemsize,
            "ns_a_row": 1e9 * stages["disclosures"] / max(len(ledger.disclosures), 1)}


def _replication(drawn: Drawn, option: Option, disclose: bool) -> tuple[dict[str, float], Ledger]:
    """Seconds by stage, and the ledger."""
    took: dict[str, float] = {}
    cases = _timed(took, "cases", lambda: open_cases(drawn.world, option, drawn.needs, drawn.content.events,
                                                     drawn.own_work))
    ledger = _timed(took, "kernel", lambda: ENGINES[ENGINE](drawn.world, cases, drawn.content))
    if disclose:
        told = _timed(took, "disclosures", lambda: transport.disclosures(
            drawn.world, cases, drawn.needs, drawn.content.records, ledger.messages))
        ledger = replace(ledger, disclosures=told)
    _timed(took, "books", lambda: conservation.check(drawn.world, cases, ledger))
    return took, ledger


def _timed(took: dict[str, float], stage: str, do: Callable[[], Any]) -> Any:
    began = process_time()
    found = do()
    took[stage] = process_time() - began
    return found


def main(rounds: int = ROUNDS, clerks: int = CLERKS) -> dict[str, Any]:
    """As it is, and enlarged."""
    scenario = load(BASELINE)
    return {"as it is": measured(scenario, rounds),
            f"{clerks} times the clerks": measured(grown(scenario, DEMAND * clerks, clerks), rounds)}


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:]))))
