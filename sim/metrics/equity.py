"""Whether an option serves needs with some partners better than with others. Groups of three partners at least."""

import numpy as np

from sim.metrics.cost import SMALLEST_GROUP
from sim.metrics.parts import Part, per
from sim.metrics.view import View
from sim.scenario import group
from sim.world import World


def groups(world: World) -> dict[str, frozenset[int]]:
    """Partners by size class, by data-protection regime (EU law enforcement directive or others), by declared group."""
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


def met_by_group(view: View) -> list[Part]:
    """Needs met of those whose first-named partner is in the group."""
    counted = np.flatnonzero(view.counted)
    addressed = view.joined.run.needs.addressed
    first = np.array([addressed[need][0] if addressed[need] else -1 for need in counted.tolist()], np.int64)
    places = len(view.joined.world.places)
    needs = np.bincount(first + 1, minlength=places + 1)
    met = np.bincount(first[view.outcomes.met[counted]] + 1, minlength=places + 1)
    return [per(100, sum(met[place + 1] for place in members), sum(needs[place + 1] for place in members), group=name)
            for name, members in view.joined.of_world(groups).items()]
