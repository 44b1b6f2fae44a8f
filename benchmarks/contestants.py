"""Who is measured: every engine of ours, SimPy, Ciw, salabim, and the C++ port. A dict in plain sight."""

from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from typing import Any

from benchmarks.models import Built, Outcome, Run, by_block, nothing_held, outcome
from sim import engines
from sim.cases import Cases
from sim.content import Content
from sim.units import SECOND
from sim.world import World

Prepare = Callable[[Built], Run]
PEERS = {"SimPy": "benchmarks.peers.simpy_models", "Ciw": "benchmarks.peers.ciw_models",
         "salabim": "benchmarks.peers.salabim_models"}
PORT, PORT_TOTALS = "C++", "C++ totals"
TOTALS, BY_BLOCK = "totals", "totals, by block"


class Unable(Exception):
    """This contestant cannot run this model, or is not installed."""


def names() -> tuple[str, ...]:
    """Ours first: as soon as an engine is registered in sim.engines it is measured."""
    return (*engines.ENGINES, TOTALS, *PEERS, PORT, PORT_TOTALS)


def prepare(name: str, built: Built) -> Run:
    """A run of the model, everything drawn and built beforehand. Raises Unable. Not for the port: see `native`."""
    if name in engines.ENGINES:
        return partial(_kept, engines.ENGINES[name], built)
    if name == TOTALS:
        return partial(_summed, built.world, built.cases, built.content)
    try:
        return import_module(PEERS[name]).prepare(built)
    except ImportError as error:
        raise Unable(f"not installed: {error.name}") from error
    except KeyError as error:
        raise Unable(error.args[0]) from error


def prepare_by_block(model: str, count: int) -> Run:
    """A run of totals that draws its cases as it goes, each time anew. Raises Unable."""
    try:
        world, blocks = by_block(model, count)
    except ValueError as error:
        raise Unable(str(error)) from error
    return lambda: _summed(world, blocks(), nothing_held())


def _kept(engine: Any, built: Built) -> Outcome:
    return outcome(built, engine(built.world, built.cases, built.content).cases["closed"])


def _summed(world: World, cases: Cases | Iterable[Cases], content: Content) -> Outcome:
    """Totals have no rows to be checked by; their mean sojourn is read, and that every case has ended."""
    found = engines.totals(world, cases, content)
    if found.closed < found.opened:
        raise ValueError(f"{found.opened - found.closed} of {found.opened} cases have not ended")
    return Outcome(found.mean_sojourn / SECOND)
