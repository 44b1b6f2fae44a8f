"""Ciw, as its documentation teaches it: a network of nodes. It draws inside, from the same laws but not the same luck,
and keeps a record of every visit. It has no fork and join, so it cannot run the fan-out. Time is in seconds.
"""

import ciw

from benchmarks.models import SEED, Built, Outcome, Run
from sim.units import SECOND


def prepare(built: Built) -> Run:
    """Raises KeyError for a model it cannot express."""
    if built.model.states > 1:
        raise KeyError("Ciw has no fork and join")
    return lambda: _run(_network(built), built.count)


def _network(built: Built) -> ciw.network.Network:
    nodes = len(built.model.desks)
    rate = 1 / ((built.world.tasks[0].mean if not built.model.own else SECOND) / SECOND)
    onward = [[float(to == node + 1) for to in range(nodes)] for node in range(nodes)]
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1 / built.model.gap), *[None] * (nodes - 1)],
        service_distributions=[ciw.dists.Exponential(rate)] * nodes,
        number_of_servers=[built.model.clerks] * nodes, routing=onward)


def _run(network: ciw.network.Network, count: int) -> Outcome:
    ciw.seed(SEED)
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(count, method="Finish")
    stays = [visits[-1].exit_date - visits[0].arrival_date
             for customer in simulation.nodes[-1].all_individuals if (visits := customer.data_records)]
    return Outcome(sum(stays) / len(stays))
