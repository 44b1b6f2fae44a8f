"""The shape of the engine's input: one row for every case that will be opened, and whom the cases of needs ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.needs import Audiences, audiences

ASKED_BY_CASE, NOT_ASKED, NO_CHANNEL = range(3)
OPENINGS = ("asked", "not asked", "no channel")

URGENT_FIRST, OWN_FIRST, PLAIN, OWN_LATER = range(4)       # priority classes at every desk

STREAM = np.dtype([              # sorted by (opened, id, line)
    ("id", "u8"), ("kind", "i1"), ("need", "i4"), ("protocol", "i2"), ("line", "i2"), ("opener", "i2"),
    ("opened", "i8"), ("priority", "i1"), ("urgent", "?"), ("product", "i1"), ("minor_offence", "?"),
    ("dual_criminality", "?"), ("holder_known", "?"), ("kind_of_person", "i1"), ("subjects", "i4"), ("known", "u1"),
    ("attack", "i1"), ("bar", "i1"),
    ("station", "i4"),           # own work: the desk; else -1
    ("law", "i2"),               # own work: 0 takes as long as the desk's own jobs, k as World.look_up_times[k - 1]
    ("event", "i1"), ("record", "i4"), ("version", "i4"),     # record events: what happened, to which version
])

Whole = NDArray[np.integer[Any]]
Asked = Mapping[int, tuple[int, ...]] | Audiences


@dataclass(frozen=True)
class Cases:
    """rows of STREAM; `addressed` and `members` by row: the audiences of a need's case, in the order they are asked.

    opening  (needs,) OPENINGS: what became of the need before any engine ran
    reached  (needs,) some channel serves it, whether or not anybody asked
    """

    rows: NDArray[np.void]
    addressed: Asked
    members: Asked
    opening: NDArray[np.int8]
    reached: NDArray[np.bool_]

    def audiences(self) -> tuple[Whole, Whole, Whole, Whole, Whole]:
        """Both audiences of all rows in one pool of places: pool, addressed from, to, members from, to.

        Row r addresses pool[from[r]:to[r]]; without an audience both are equal.
        """
        addressed, members = (audiences(len(self.rows), asked) for asked in (self.addressed, self.members))
        after = len(addressed.pool)
        return (np.concatenate([addressed.pool, members.pool]), addressed.begins, addressed.ends,
                members.begins + after, members.ends + after)

    def part(self, first: int, end: int) -> "Cases":
        """The rows from `first` to `end` of an option's stream, with their audiences."""
        addressed, members = (audiences(len(self.rows), asked).chosen(np.arange(first, end))
                              for asked in (self.addressed, self.members))
        return Cases(self.rows[first:end], addressed, members, self.opening, self.reached)


def joined(parts: Sequence[NDArray[np.void]]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Parts of a stream as one in its order, and the row in which each row of the parts, one after the other, is now.

    Quick where the parts are in order already.
    """
    opened, ids, lines = (np.concatenate([part[name] for part in parts]) for name in ("opened", "id", "line"))
    order = in_order(opened, ids, lines)
    row_of = np.empty(len(order), np.int64)
    row_of[order] = np.arange(len(order))
    # As plain bytes: rows of named columns would be copied column by column.
    rows, end = np.empty(len(order), STREAM.str), 0
    for part in parts:
        begin, end = end, end + len(part)
        rows[row_of[begin:end]] = part.view(STREAM.str)
    return rows.view(STREAM), row_of


def in_order(opened: NDArray[np.int64], ids: NDArray[np.uint64], lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of a stream, by (opened, id, line). Quick where much of it is in order already and few rows tie."""
    order = np.argsort(opened, kind="stable")
    ticks = opened[order]
    ties = np.zeros(len(order) + 1, np.bool_)
    ties[1:-1] = ticks[1:] == ticks[:-1]
    tied = np.flatnonzero(ties[1:] | ties[:-1])
    among = order[tied]
    order[tied] = among[np.lexsort((lines[among], ids[among], ticks[tied]))]
    return order
