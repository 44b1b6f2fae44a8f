"""One piece of work at one desk: the M/M/c queue as a protocol."""

from sim.script import ANSWERED, Task, Work

SERVES = {"known_to_you"}
TASKS = {"serve": Task("desk", "1 s", spread="exponential", source="own: benchmark")}


def case(c):
    yield Work("requester", "serve")
    return ANSWERED
