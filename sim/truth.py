"""What is really so: who holds a record on whom. Joined to the ledger after a run, by metrics only.

Protocols, matchers and engines never import this module; a test says so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Truth:
    """holder        bool (needs, places): that place really holds a record on the need's subject
    investigated  bool (persons, places): within the run some need about that person is opened there; who asks without
                  one investigates nobody
    """

    holder: NDArray[np.bool_]
    investigated: NDArray[np.bool_]


def investigated(subject: NDArray[np.int32], opener: NDArray[np.int16], places: int,
                 genuine: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """`Truth.investigated` of these needs, of all persons up to the last that any need is about. `genuine`: which are
    needs; all, if not given."""
    found = np.zeros((int(subject.max(initial=-1)) + 1, places), np.bool_)
    needed = np.ones(len(subject), np.bool_) if genuine is None else genuine
    found[subject[needed], opener[needed]] = True
    return found
