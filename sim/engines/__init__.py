"""Engines: each turns a world, its cases and its content into a ledger, and all agree to the tick."""

from collections.abc import Callable

from sim.cases import Cases
from sim.content import Content
from sim.engines import compiled
from sim.engines.compiled import totals
from sim.errors import ComityError
from sim.ledger import Ledger
from sim.world import World


def _reference(world: World, cases: Cases, content: Content) -> Ledger:
    # Here, because it brings SimPy along, which a run on the other engine should not wait for.
    from sim.engines import reference
    return reference.run(world, cases, content)


DEFAULT = "compiled"
ENGINES: dict[str, Callable[[World, Cases, Content], Ledger]] = {"compiled": compiled.run, "reference": _reference}


def named(name: str) -> str:
    """The name of an engine; nothing is the default. Raises ComityError for any other."""
    if name and name not in ENGINES:
        raise ComityError(f"--engine {name!r}\n  expected  one of {', '.join(ENGINES)}")
    return name or DEFAULT


__all__ = ["DEFAULT", "ENGINES", "named", "totals"]
