"""Which facts a need makes necessary: all that is learnt beyond them is excess.

`asker` must learn these from a true holder to have its answer; a true holder must learn `query` to search and to judge
the request. Nobody else needs to learn anything: neither a place that holds nothing nor an intermediary. The lists are
ours, one reason each; what the acts say of minimisation (necessary and proportionate) names no fields.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.script import NEEDS
from sim.world import field_bits

WHO = ("family_name", "given_name", "birth_date")
WHY = ("offence", "case_number", "interest")     # what it is for, and in which matter; that one asks shows the interest


@dataclass(frozen=True)
class Necessary:
    asker: tuple[str, ...]
    query: tuple[str, ...]
    because: str


NECESSARY: dict[str, Necessary] = {
    "known_to_you": Necessary((*WHO, "offence", "authority"), (*WHO, *WHY),
                              "known or not: that it is the same person, for what, and whom to ask next"),
    "identify": Necessary((*WHO, "aliases", "nationality", "birth_place", "sex"), ("print", *WHY),
                          "a trace without a name: who it is; the print is all the search takes"),
    "content": Necessary((*WHO, "file", "offence", "authority", "case_number"), (*WHO, *WHY),
                         "what the file says, with what is needed to cite it"),
    "evidence": Necessary((*WHO, "evidence", "case_number", "authority"), (*WHO, *WHY),
                          "material a court takes, and the case it comes from"),
    "preserve": Necessary(("authority", "case_number"), (*WHO, *WHY), "that it is kept, by whom, under which number"),
    "locate": Necessary((*WHO, "measures", "authority"), (*WHO, "document", "whereabouts", "authority"),
                        "the finder: same person, and what to do; the issuer holds the alert and must learn where"),
    "convictions": Necessary((*WHO, "conviction"), (*WHO, *WHY), "the sentences"),
    "warn": Necessary((*WHO, "measures", "authority"), (*WHO, *WHY), "who, what is feared, and who says so"),
    "link": Necessary((*WHO, "case_number", "authority"), (*WHO, *WHY), "which of their cases, and whom to ask"),
}


def bits(table: dict[str, Necessary]) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """(kinds of need,) bit sets over script.FIELDS: what the asker, and what a true holder, must learn."""
    return (np.array([field_bits(table[kind].asker) for kind in NEEDS], np.uint32),
            np.array([field_bits(table[kind].query) for kind in NEEDS], np.uint32))
