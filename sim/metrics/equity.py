"""Whether an option serves needs with some partners better than with others. Groups of three partners at least."""

import numpy as np

from sim.metrics.cost import SMALLEST_GROUP
from sim.metrics.joined import Joined
from sim.metrics.outcome import MET
from sim.metrics.values import Cell, per
from sim.metrics.view import View
from sim.scenario import group


def groups(joined: Joined) -> dict[str, frozenset[int]]:
    """Partners by size class, by data-protection regime (EU law enforcement directive or others), by declared group."""
    world = joined.world
    table = world.scenario.jurisdiction
    partners = [place for place in range(world.jurisdictions) if place != world.focus]
    found: dict[str, set[int]] = {}
    for place in partners:
        own = table[world.places[place]]
        found.setdefault(f"class {own.size}", set()).add(place)
        found.setdefault("EU rules on police data" if own.regime == "led" else "other rules", set()).add(place)
    for name in world.scenario.groups:
        codes = group(world.scenario, name, world.scenario.as_of)
        found[name] = {world.places.index(code) for code in codes} & set(partners)
    return {name: frozenset(places) for name, places in sorted(found.items()) if len(places) >= SMALLEST_GROUP}


def met_by_group(view: View) -> list[Cell]:
    """Needs met of those whose first-named partner is in the group."""
    met = np.isin(view.outcomes.need_class, MET)
    first = np.array([places[0] if places else -1 for places in view.joined.run.needs.addressed], np.int64)
    cells = []
    for name, places in groups(view.joined).items():
        ours = view.counted & np.isin(first, list(places))
        cells += per(100, float((met & ours).sum()), int(ours.sum()), group=name)
    return cells
