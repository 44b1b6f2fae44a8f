"""Who is measured: every engine of ours, SimPy, Ciw, salabim, and the C++ port. A dict in plain sight."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.models import Built, Outcome, Run, outcome
from sim import engines

Prepare = Callable[[Built], Run]
PEERS = {"SimPy": "benchmarks.peers.simpy_models", "Ciw": "benchmarks.peers.ciw_models",
         "salabim": "benchmarks.peers.salabim_models"}
PORT, PORT_TOTALS = "C++", "C++ totals"
TOTALS = "totals"


class Unable(Exception):
    """This contestant cannot run this model, or is not installed."""


def names() -> tuple[str, ...]:
    """Ours first: as soon as an engine is registered in sim.engines it is measured."""
    return (*engines.ENGINES, *([TOTALS] if _totals() else []), *PEERS, PORT, PORT_TOTALS)


def prepare(name: str, built: Built) -> Run:
    """A run of the model, everything drawn and built beforehand. Raises Unable. Not for the port: see `native`."""
    if name in engines.ENGINES:
        return partial(_kept, engines.ENGINES[name], built)
    if name == TOTALS:
        return partial(_summed, _totals(), built)
    try:
        return import_module(PEERS[name]).prepare(built)
    except ImportError as error:
        raise Unable(f"not installed: {error.name}") from error
    except KeyError as error:
        raise Unable(error.args[0]) from error


def _totals() -> Any:
    """The run that keeps no rows: `sim.engines.totals(world, cases, content)`, once it exists."""
    return getattr(engines, "totals", None)


def _kept(engine: Any, built: Built) -> Outcome:
    return outcome(built, engine(built.world, built.cases, built.content).cases["closed"])


def _summed(totals: Any, built: Built) -> Outcome:
    """Totals have no rows to be checked by; their mean sojourn is read where they offer it."""
    found = totals(built.world, built.cases, built.content)
    return Outcome(float(getattr(found, "mean_sojourn", float("nan"))))
