"""Ten desks in a row, each visited once."""

from sim.script import ANSWERED, Task, Work

SERVES = {"known_to_you"}
TASKS = {f"serve_{k}": Task(f"desk_{k}", "1 s", spread="exponential", source="own: benchmark") for k in range(10)}


def case(c):
    for k in range(10):
        yield Work("requester", f"serve_{k}")
    return ANSWERED
