"""What an adversary makes of content in a form: which share of it becomes readable.

Forms are those of the disclosure ledger, by name. Readable is content whose person can be named; an equality pattern, a
hit bit or a count is no content and is measured in bits (`sim.leakage.mechanisms`).

plain              everybody reads it
hash               without a salt: whoever holds the key, or can hash enough of a population register. All 118 billion
                   mobile numbers were hashed into memory: C. Hagen et al., "All the numbers are US", NDSS 2021
keyed_hash,        by dictionary for who holds the key (members that share a group key are insiders), else not at all
pseudonym
bloom              by dictionary with the key; without it a re-identified share, a parameter with a range
blinded            not at all; the size of the set shows
hit_bit, count,    not at all
metadata
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sim.leakage.channels import distribution

FORMS = ("plain", "pseudonym", "hash", "keyed_hash", "bloom", "blinded", "hit_bit", "count", "metadata")
PLAIN, HASH, BLOOM, BIT = "plain", "hash", "bloom", "hit_bit"
KEYED = ("pseudonym", "keyed_hash", BLOOM)
NEVER_READABLE = ("blinded", BIT, "count", "metadata")

# Shares of Bloom filters re-identified without the key, low to high. Unhardened: P. Christen et al. 2017/18, frequency
# and pattern mining on voters of North Carolina; hardened: the same mining found none. Where the attacker's register
# holds everybody and there is no salt, matching of graphs found all: A. Vidanage et al. 2020, Y. Heng et al. 2022;
# with a salt that is nearly unique below 0.5 %: Y. Chen et al. 2022.
REIDENTIFIED = {"unhardened": (0.05, 0.207), "hardened": (0.0, 0.0), "full overlap": (0.0, 1.0),
                "full overlap, salted": (0.0, 0.005)}


@dataclass(frozen=True)
class Means:
    """What an adversary has at hand.

    keys          key groups whose key it holds
    register      persons of the population it takes its guesses from (R)
    budget        hashes it can afford (Bd)
    guesses       prior over the register where it is not uniform: it tries the likeliest first
    reidentified  share of Bloom filters it re-identifies without the key
    """

    keys: frozenset[int] = frozenset()
    register: int = 1
    budget: float = float("inf")
    guesses: tuple[float, ...] = ()
    reidentified: float = 0.0

    def __post_init__(self) -> None:
        if self.register < 1 or self.budget < 0:
            raise ValueError(f"a register of {self.register} and a budget of {self.budget}; expected at least 1 and 0")
        if not 0 <= self.reidentified <= 1:
            raise ValueError(f"a re-identified share of {self.reidentified}; expected 0 to 1")
        if self.guesses:
            distribution(self.guesses)


def readability(form: str, key_group: int, means: Means) -> float:
    """Share of the content in this form that the adversary can read, 0 to 1. `key_group`: -1 for none."""
    if form not in FORMS:
        raise ValueError(f"form {form!r}; expected one of {', '.join(FORMS)}")
    if form == PLAIN:
        return 1.0
    if form in NEVER_READABLE:
        return 0.0
    if key_group in means.keys:
        return 1.0
    if form == HASH:
        return enumerated(means.register, means.budget, means.guesses)
    return means.reidentified if form == BLOOM else 0.0


def enumerated(register: int, budget: float, guesses: ArrayLike = ()) -> float:
    """Share of unsalted hashes that a budget of tries undoes: min(1, Bd / R) in any order, else the mass of the
    likeliest."""
    prior = np.asarray(guesses, float)
    if not len(prior):
        return min(1.0, budget / register)
    tries = int(min(budget, len(prior)))
    return float(np.sort(prior)[len(prior) - tries:].sum())
