"""A run seen from the needs that count: those of the focus as asker, or those it is asked."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.cases import ASKED_BY_CASE
from sim.metrics.joined import Flags, Joined
from sim.metrics.outcome import Outcomes


@dataclass(frozen=True, eq=False)
class View:
    """A run seen from the needs that count.

    counted  bool[needs]
    records  bool[cases] record events that belong to the same account: copies laid down and taken away
    """

    joined: Joined
    outcomes: Outcomes
    counted: Flags
    records: Flags

    @cached_property
    def n(self) -> int:
        return int(self.counted.sum())

    @cached_property
    def asked(self) -> Flags:
        """(needs,) that count and were put to somebody."""
        found: Flags = self.counted & (self.joined.run.cases.opening == ASKED_BY_CASE)
        return found

    @cached_property
    def cases(self) -> Flags:
        """(cases,) of a need that counts."""
        need = self.joined.need_of
        return np.append(self.counted, False)[need] & (need >= 0)

    @cached_property
    def steps(self) -> Flags:
        found: Flags = self.cases[self.joined.ledger.steps["case"]]
        return found

    @cached_property
    def messages(self) -> Flags:
        found: Flags = self.cases[self.joined.ledger.messages["case"]]
        return found

    @cached_property
    def disclosures(self) -> Flags:
        found: Flags = self.cases[self.joined.told["case"]]
        return found

    @cached_property
    def legs(self) -> Flags:
        found: Flags = self.cases[self.joined.ledger.legs["case"]]
        return found

