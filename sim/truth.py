"""What is really so: who holds a record on whom. Joined to the ledger after a run, by metrics only.

Protocols, matchers and engines never import this module; a test says so.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Truth:
    """holder  bool (needs, places): that place really holds a record on the need's subject."""

    holder: NDArray[np.bool_]
