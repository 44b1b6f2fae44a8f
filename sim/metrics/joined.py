"""The tables of a run, joined once: which need, place and leg every row belongs to.

Rows stay in the ledger's order; every array here is aligned with one of its tables.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.cases import Cases
from sim.content import Content
from sim.engines.screening import Totals
from sim.ledger import NEED, RECORD, Ledger
from sim.needs import Needs
from sim.script import FORMS, HASH, PLAIN, STEPS
from sim.transport import OF, content_of
from sim.truth import Truth
from sim.world import World

SERIALS = 1 << 16
STEP_KINDS = tuple(step.__name__ for step in STEPS)
READABLE = (FORMS.index(PLAIN), FORMS.index(HASH))      # keyed forms: who may not undo them has not learnt them

Rows = NDArray[np.void]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


class Replicated(Protocol):
    """What metrics read of a replication (`sim.run.Replication`)."""

    @property
    def world(self) -> World: ...
    @property
    def needs(self) -> Needs: ...
    @property
    def truth(self) -> Truth: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def content(self) -> Content: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def screening(self) -> tuple[Totals, ...]: ...


@dataclass(frozen=True, eq=False)
class Joined:
    """One run with its joins, each made when first asked for."""

    run: Replicated

    @property
    def world(self) -> World:
        return self.run.world

    @property
    def ledger(self) -> Ledger:
        return self.run.ledger

    @property
    def needs(self) -> Rows:
        return self.run.needs.rows

    @property
    def records(self) -> Rows:
        return self.run.content.records

    @cached_property
    def stream(self) -> Rows:
        """Rows of cases.STREAM of the ledger's cases."""
        return self.run.cases.rows[:len(self.ledger.cases)]

    @cached_property
    def need_of(self) -> Whole:
        """(cases,) row of the needs, -1 for other kinds."""
        return self.ledger.cases["need"].astype(np.int64)

    @cached_property
    def subject(self) -> Whole:
        """(cases,) person the case's need is about, -1 for other kinds."""
        return np.append(self.needs["subject"], -1)[self.need_of]

    @cached_property
    def records_of_window(self) -> Flags:
        """(cases,) record events of the observed window."""
        cases = self.ledger.cases
        found: Flags = ((cases["kind"] == RECORD) & (cases["opened"] >= self.world.observe_from)
                        & (cases["opened"] < self.world.observe_until))
        return found

    @cached_property
    def content_of(self) -> NDArray[np.int8]:
        """(messages,) index into transport.OF."""
        found: NDArray[np.int8] = content_of(self.world)[self.ledger.messages["content"]]
        return found

    @cached_property
    def told(self) -> Rows:
        """(disclosures,) the message of each."""
        found: Rows = self.ledger.messages[self.ledger.disclosures["message"]]
        return found

    @cached_property
    def told_of(self) -> NDArray[np.int8]:
        """(disclosures,) index into transport.OF."""
        found: NDArray[np.int8] = self.content_of[self.ledger.disclosures["message"]]
        return found

    @cached_property
    def learnt(self) -> Flags:
        """(disclosures,) the learner can read it as it stands."""
        rows = self.ledger.disclosures
        return rows["can"] & np.isin(rows["form"], READABLE)

    @cached_property
    def released(self) -> Flags:
        """(messages,) record content that crossed a border and arrived."""
        messages = self.ledger.messages
        arrived = ~messages["lost"] & (messages["arrives"] <= self.ledger.end)
        found: Flags = arrived & (messages["sender"] != messages["receiver"]) & (self.content_of == OF.index("record"))
        return found

    # Frames: which leg, and so which place, a step or a message belongs to.

    @cached_property
    def _home(self) -> Whole:
        """(legs,) row of the frame ForEach bound to a place that encloses each frame; -1 in the root."""
        legs = self.ledger.legs
        home = np.where(legs["place"] >= 0, np.arange(len(legs)), -1)
        parent = np.where(legs["parent"] >= 0, self._frame(legs["case"], legs["parent"]), -1)
        while True:
            found = np.where((home < 0) & (parent >= 0), home[parent], home)
            if np.array_equal(found, home):
                return home
            home = found

    def _frame(self, case: Whole, serial: NDArray[np.int32]) -> Whole:
        """Rows of the legs."""
        legs = self.ledger.legs
        return np.searchsorted(legs["case"] * SERIALS + legs["serial"], case * SERIALS + serial)

    @cached_property
    def step_leg(self) -> Whole:
        """(steps,) row of the legs, -1 in a root and for the desks' own work, which has no frame."""
        steps = self.ledger.steps
        framed = np.flatnonzero(steps["task"] >= 0)
        found = np.full(len(steps), -1)
        found[framed] = self._home[self._frame(steps["case"][framed], steps["serial"][framed])]
        return found

    @cached_property
    def message_leg(self) -> Whole:
        """(messages,) row of the legs, -1 in a root."""
        return self._home[self._frame(self.ledger.messages["case"], self.ledger.messages["serial"])]

    @cached_property
    def step_place(self) -> Whole:
        """(steps,) where it was done: the desk's place; of a machine's step the place of its leg, -1 in a root."""
        steps = self.ledger.steps
        desks = np.array([station.place for station in self.world.stations] or [-1])
        bound = np.append(self.ledger.legs["place"], -1)[self.step_leg]
        return np.where(steps["station"] >= 0, desks[steps["station"]], bound)

    @cached_property
    def step_kind(self) -> NDArray[np.int8]:
        """(steps,) index into STEP_KINDS; -1 for the desks' own work."""
        rows, first = [-1], {}
        for number, protocol in enumerate(self.world.protocols):
            for kind, program in ((NEED, protocol.case), (RECORD, protocol.record)):
                first[number, kind] = len(rows)
                rows += [_kind(row.instruction) for row in program.rows] if program else []
        case_first = np.array([[first[number, kind] for kind in (NEED, RECORD)]
                               for number in range(len(self.world.protocols))]).reshape(-1, 2)
        steps, cases = self.ledger.steps, self.ledger.cases
        case = steps["case"]
        ours = np.isin(cases["kind"][case], (NEED, RECORD))
        row = np.zeros(len(steps), np.int64)
        row[ours] = (case_first[cases["protocol"][case][ours], cases["kind"][case][ours] - NEED] + steps["row"][ours])
        return np.array(rows, np.int8)[row]

    def steps_of(self, *kinds: type) -> Flags:
        """(steps,) which are of these instructions."""
        return np.isin(self.step_kind, [STEP_KINDS.index(kind.__name__) for kind in kinds])


def _kind(instruction: object) -> int:
    name = type(instruction).__name__
    return STEP_KINDS.index(name) if name in STEP_KINDS else -1
