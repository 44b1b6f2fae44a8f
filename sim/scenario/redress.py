"""The shape of redress: how often a person on whom a wrong record is held complains of it.

How long the body takes, how it errs and how often a correction reaches those who hold a copy, the protocols declare:
clock `complaint_period`, task `decide_complaint`, chance `correction_travels`.
"""

from sim.scenario.quantities import Share, Sourced


class Redress(Sourced):
    """complain  share of the persons whose record has a wrong value that complain within a year"""

    complain: Share
