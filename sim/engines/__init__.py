"""Engines: each turns a world, its cases and its content into a ledger, and all agree to the tick."""

from sim.engines import compiled, reference

ENGINES = {"compiled": compiled.run, "reference": reference.run}
