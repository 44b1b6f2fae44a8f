"""Engines: each turns a world, its cases and its content into a ledger, and all agree to the tick."""

from sim.engines import compiled, reference
from sim.engines.compiled import totals
from sim.errors import ComityError

DEFAULT = "compiled"
ENGINES = {"compiled": compiled.run, "reference": reference.run}


def named(name: str) -> str:
    """The name of an engine; nothing is the default. Raises ComityError for any other."""
    if name and name not in ENGINES:
        raise ComityError(f"--engine {name!r}\n  expected  one of {', '.join(ENGINES)}")
    return name or DEFAULT


__all__ = ["DEFAULT", "ENGINES", "named", "totals"]
