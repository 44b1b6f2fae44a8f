"""False matches of prints: which records of a store of n a taking of another finger would pass, without n comparisons.

Each comparison of two fingers has a uniform and passes where it is below the share of false matches. Only the lowest
of the n are ever below it, so only these are made, the lowest first: the k-th of n independent uniforms follows from
the one before it by an exponential step (A. Rényi, "On the theory of order statistics", 1953), and it stands at any of
the records not yet met alike. That is the law of n comparisons exactly; a higher share only goes on where a lower one
stopped.
"""

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Rows
from sim.draws import bits_of_legs, stream, unit_many

Ids = NDArray[np.uint64]
Floats = NDArray[np.float64]


def passing(seed: int, template: Ids, place: Ids, prints: Rows, false: float, most: int) -> tuple[Rows, Rows, Floats]:
    """The comparisons that pass, aligned: the row of the search, the record, the uniform; by search, then uniform.

    template  uint64[searches] the taking that is asked about
    place     uint64[searches] the identity of the place that is searched
    prints    int64[searches] how many records of it hold a print of another finger; records are 0 .. prints - 1
    false     share of comparisons that pass
    most      of one search, at most so many, those of the lowest uniforms

    A search depends on its own template, place and number alone. Where some prints turn out to be missing, a caller
    drops their records: what is left has the law of a store without them.
    """
    bound = -np.log1p(-false) if false < 1 else np.inf
    search = np.arange(len(template))
    level = np.zeros(len(template))        # -log(1 - uniform) of the last one made
    taken = np.zeros((len(template), 0), np.int64)
    found = [(search[:0], search[:0], level[:0])]
    for k in range(min(most, int(prints.max(initial=0)))):
        going = prints[search] > k
        search, level, taken = search[going], level[going], taken[going]
        left = prints[search] - k
        level = level - np.log(_u(seed, template[search] ^ place[search], k, "step")) / left
        below = level < bound
        search, level, taken, left = search[below], level[below], taken[below], left[below]
        if not len(search):
            break
        u = _u(seed, template[search] ^ place[search], k, "record")
        record, taken = _not_taken(np.minimum((u * left).astype(np.int64), left - 1), taken)
        found.append((search, record, -np.expm1(-level)))
    row, record, uniform = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(row, kind="stable")
    return row[order], record[order], uniform[order]


def _not_taken(number: Rows, taken: Rows) -> tuple[Rows, Rows]:
    """The records that stand at these numbers when those taken, int64[n, k] rising, are left out; and all taken now."""
    record = number + (taken - np.arange(taken.shape[1]) <= number[:, None]).sum(axis=1)
    return record, np.sort(np.column_stack([taken, record]), axis=1)


def _u(seed: int, search: Ids, k: int, word: str) -> Floats:
    return unit_many(bits_of_legs(seed, 0, search, np.full(len(search), k, np.uint64), stream("prints", word), 0))
