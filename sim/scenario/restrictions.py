"""What an owner keeps from a partner: a list of its own, beside the law. The partner may pay back in kind."""

from datetime import date
from typing import Literal

from sim.scenario.quantities import Sourced

Category = Literal["biometric", "identity", "police_file", "alert", "evidence", "conviction", "signal"]
Person = Literal["suspect", "convicted", "victim", "witness", "contact"]


class Restriction(Sourced):
    """The owner gives a partner nothing of these categories, save on persons of the kinds that it offers.

    owner         who keeps it: a state or a body
    partners      from whom
    categories    of content; left out: everything that is held (no bare yes or no)
    offers        kinds of person of whom it gives all the same, e.g. ["convicted"]; left out: of nobody
    instruments   only under these; left out: under all
    reciprocal    the partner may refuse the same categories in turn, on the ground "reciprocity" (`law.refusal`)
    valid_from, valid_to   first and last day, both inclusive, of the owner's zone
    """

    owner: str
    partners: tuple[str, ...]
    categories: tuple[Category, ...] = ("biometric", "identity", "police_file", "alert", "evidence", "conviction")
    offers: tuple[Person, ...] = ()
    instruments: tuple[str, ...] = ()
    reciprocal: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
