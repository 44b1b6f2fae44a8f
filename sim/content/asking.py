"""What the needs ask about, as it reaches each place by each way of searching."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Fields, Rows, normalised
from sim.content.matchers import needs_known
from sim.content.searches import Search
from sim.content.stock import Keeping
from sim.content.ways import Flags, Luck, Ways, read, structured
from sim.draws import identity, stable_hash
from sim.scenario.holdings import Matcher
from sim.script import NEEDS as NEED_KINDS


@dataclass(frozen=True, eq=False)
class Openers:
    """What the openers of needs have on their subjects, a row for each need.

    written  Fields as written: each opener's own version, errors and all
    errors   uint64[needs] bits over ERRORS: those that changed a value
    left     uint64[needs] types of error that the check at entry let pass
    """

    written: Fields
    errors: NDArray[np.uint64]
    left: NDArray[np.uint64]


def openers(kept: Keeping, needs: NDArray[np.void], fields: Collection[str]) -> Openers:
    """With these texts, and with the errors in them alone. Needs of one opener on one subject ask alike, unless the
    subject's life has changed in between."""
    person, place, at = (needs[name].astype(np.int64) for name in ("subject", "opener", "arises"))
    left = kept.passed(person, place, 0)
    return Openers(*kept.written(person, place, 0, left, at, kept.changes(person), fields), left)


@dataclass(frozen=True, eq=False)
class Places:
    """codes of all places, and what their luck hangs on. states: the first so many are jurisdictions."""

    codes: tuple[str, ...]
    states: int

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """The leg of each place, as sim.draws addresses it."""
        return np.array([stable_hash(code, 32) for code in self.codes], np.uint64)

    @cached_property
    def ids(self) -> NDArray[np.uint64]:
        return np.array([identity("place", code) for code in self.codes], np.uint64)


@dataclass(frozen=True, eq=False)
class Asked:
    """The queries of one way of searching, by (need, place).

    need      rows of the needs
    place     whose records are searched; of copies at an institution each place whose copies lie there
    row       the row of `fields` that is asked there
    fields    normalised; of copies one row for a need, as the institution has it
    """

    need: Rows
    place: Rows
    row: Rows
    fields: Fields

    def row_of(self, needs: int, places: int) -> NDArray[np.int64]:
        """int64[needs, places] the row asked there, -1 where nothing is."""
        table = np.full((needs, places), -1)
        table[self.need, self.place] = self.row
        return table


def asked(search: Search, setting: Matcher, made: Ways | None, opened: Openers, needs: NDArray[np.void],
          searchable: Flags, places: Places, seed: int, replication: int) -> Asked:
    """Everything that is asked by this way: of the needs it serves whose opener knows what the matcher needs."""
    kinds = np.isin(needs["kind"], [NEED_KINDS.index(kind) for kind in search.serves])
    knows = needs["known"] & needs_known(setting) == needs_known(setting)
    need, place = np.nonzero(searchable[:, :places.states] & (kinds & knows)[:, None])
    if search.copies_at:
        one, row = np.unique(need, return_inverse=True)
    else:
        one, row = need, np.arange(len(need))
    holder = place if len(one) == len(place) else np.zeros(len(one), np.int64)
    written = opened.written.only(setting.fields).take(one)
    fields = received(search, made, written, needs[one], holder, places, seed, replication)
    return Asked(need, place, row, fields)


def received(search: Search, made: Ways | None, written: Fields, needs: NDArray[np.void], holder: Rows, places: Places,
             seed: int, replication: int) -> Fields:
    """What is searched by, normalised: what these needs' openers have written, as the holder, or the institution whose
    copies are searched, has received it. Aligned."""
    opener = needs["opener"].astype(np.int64)
    receiver = np.full(len(needs), places.codes.index(search.copies_at)) if search.copies_at else holder
    legs = places.keys[receiver]
    # A holder is asked on a leg of its own, an institution by the case itself.
    asks = np.zeros_like(legs) if search.copies_at else legs
    as_structure = structured(made, Luck(seed, replication, needs["id"], asks),
                              places.ids[opener if search.copies_at else holder], search.by_fact)
    return normalised(read(made, written, search.network, opener, receiver, as_structure,
                           Luck(seed, replication, needs["id"], legs), "query"))
