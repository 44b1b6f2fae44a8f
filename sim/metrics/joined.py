"""The tables of a run, joined once: which need, place and leg every row belongs to.

Rows stay in the ledger's order; every array here is aligned with one of its tables, that of the steps without the
desks' own work.
"""

from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.cases import Cases
from sim.columns import Columns, frame_rows, joined
from sim.content import Content
from sim.engines.screening import Totals
from sim.ledger import CAN, MAY, RECORD, Ledger
from sim.metrics.once import Once
from sim.needs import Needs
from sim.programs import Protocol as Played
from sim.script import FORMS, HASH, ON_THE_SPOT, PLAIN, STEPS
from sim.transport import OF, content_of
from sim.truth import Truth
from sim.world import World

STEP_KINDS = tuple(step.__name__ for step in STEPS)
NOT_ON_THE_SPOT, WITH_THE_OPENER, IN_THE_LEG = -1, -2, -3
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


class Joined:
    """A run, or a part of one, with its joins, each made when first asked for.

    of_world  what hangs on the world alone: parts of one run share it
    """

    def __init__(self, run: Replicated, of_world: Once[World] | None = None):
        self.run = run
        self.world, self.ledger = run.world, run.ledger
        self.of_world = of_world or Once(run.world)
        self.records: Rows = run.content.records
        self.needs, self.cases = Columns(run.needs.rows), Columns(run.ledger.cases)
        self.legs, self.messages = Columns(run.ledger.legs), Columns(run.ledger.messages)
        self.disclosures = Columns(run.ledger.disclosures)

    @cached_property
    def steps(self) -> Columns:
        """Steps of needs and record events: the desks' own work is left out."""
        rows = self.ledger.steps
        framed = np.flatnonzero(rows["task"] >= 0)
        return Columns(rows, framed if len(framed) < len(rows) else None)

    @cached_property
    def stream(self) -> Columns:
        """Rows of cases.STREAM of the ledger's cases."""
        return Columns(self.run.cases.rows[:len(self.ledger.cases)])

    @cached_property
    def need_of(self) -> Whole:
        """(cases,) row of the needs, -1 for other kinds."""
        return self.cases["need"].astype(np.int64)

    @cached_property
    def subject(self) -> NDArray[np.int32]:
        """(cases,) person the case's need is about, -1 for other kinds."""
        found: NDArray[np.int32] = np.append(self.needs["subject"], np.int32(-1))[self.need_of]
        return found

    @cached_property
    def anybody(self) -> Flags:
        """(needs,) somebody really holds a record on the subject."""
        return np.asarray(self.run.truth.holder.any(axis=1))

    @cached_property
    def records_of_window(self) -> Flags:
        """(cases,) record events of the observed window."""
        opened = self.cases["opened"]
        found: Flags = ((self.cases["kind"] == RECORD) & (opened >= self.world.observe_from)
                        & (opened < self.world.observe_until))
        return found

    @cached_property
    def content_of(self) -> NDArray[np.int8]:
        """(messages,) index into transport.OF."""
        found: NDArray[np.int8] = self.of_world(content_of)[self.messages["content"]]
        return found

    @cached_property
    def told(self) -> Columns:
        """(disclosures,) the message of each."""
        return Columns(self.ledger.messages, self.disclosures["message"])

    @cached_property
    def told_need(self) -> Whole:
        """(disclosures,) row of the needs, -1 of a record event."""
        found: Whole = self.need_of[self.told["case"]]
        return found

    @cached_property
    def told_of(self) -> NDArray[np.int8]:
        """(disclosures,) index into transport.OF."""
        found: NDArray[np.int8] = self.content_of[self.disclosures["message"]]
        return found

    @cached_property
    def can(self) -> Flags:
        """(disclosures,) the learner has the keys."""
        return self._access(CAN)

    @cached_property
    def may(self) -> Flags:
        """(disclosures,) the learner has a legal basis to read it."""
        return self._access(MAY)

    def _access(self, bit: int) -> Flags:
        found: Flags = (self.disclosures["access"] & bit) != 0
        return found

    @cached_property
    def field_bits(self) -> NDArray[np.uint32]:
        """(disclosures,) bit set over script.FIELDS."""
        found: NDArray[np.uint32] = self.world.field_sets[self.disclosures["fields"]]
        return found

    @cached_property
    def learnt(self) -> Flags:
        """(disclosures,) the learner can read it as it stands."""
        readable = np.isin(np.arange(len(FORMS)), READABLE)
        found: Flags = self.can & readable[self.disclosures["form"]]
        return found

    @cached_property
    def released(self) -> Flags:
        """(messages,) record content that crossed a border and arrived."""
        messages = self.messages
        arrived = ~messages["lost"] & (messages["arrives"] <= self.ledger.end)
        found: Flags = arrived & (messages["sender"] != messages["receiver"]) & (self.content_of == OF.index("record"))
        return found

    # Frames: which leg, and so which place, a step or a message belongs to.

    @cached_property
    def _home(self) -> Whole:
        """(legs,) row of the frame ForEach bound to a place that encloses each frame; -1 in the root."""
        legs = self.legs
        home = np.where(legs["place"] >= 0, np.arange(len(legs)), -1)
        within = np.flatnonzero((home < 0) & (legs["parent"] >= 0))
        parent = frame_rows(legs, legs["case"][within], legs["parent"][within])
        while True:
            found = home.copy()
            found[within] = home[parent]
            if np.array_equal(found, home):
                return home
            home = found

    @cached_property
    def step_leg(self) -> Whole:
        """(steps,) row of the legs, -1 in a root."""
        return self._home[frame_rows(self.legs, self.steps["case"], self.steps["serial"])]

    @cached_property
    def message_leg(self) -> Whole:
        """(messages,) row of the legs, -1 in a root."""
        return self._home[frame_rows(self.legs, self.messages["case"], self.messages["serial"])]

    @cached_property
    def step_place(self) -> NDArray[np.int16]:
        """(steps,) where it was done: the desk's place; on the spot that of whoever does it; of a machine's step the
        place of its leg, -1 in a root."""
        at_desk = joined(self.of_world(desk_places), self.steps["station"])
        leg, spot = joined(self.legs["place"], self.step_leg), self._spot
        with_opener = (spot == WITH_THE_OPENER) | ((spot == IN_THE_LEG) & (leg < 0))
        found = np.where(with_opener, self.cases["opener"][self.steps["case"]], np.where(spot >= 0, spot, leg))
        return np.where(self.steps["station"] >= 0, at_desk, found).astype(np.int16)

    @cached_property
    def by_person(self) -> Flags:
        """(steps,) a person does it: a clerk at a desk, or somebody on the spot."""
        found: Flags = (self.steps["station"] >= 0) | (self._spot != NOT_ON_THE_SPOT)
        return found

    @cached_property
    def _spot(self) -> NDArray[np.int16]:
        """(steps,) as `_spots` says of their program rows."""
        found: NDArray[np.int16] = self.of_world(_spots)[self.step_row]
        return found

    @cached_property
    def step_row(self) -> Whole:
        """(steps,) its row in the list of all program rows."""
        _, first = self.of_world(program_rows)
        of_case = first[self.cases["protocol"], (self.cases["kind"] == RECORD).view(np.int8)]
        found: Whole = of_case[self.steps["case"]] + self.steps["row"]
        return found

    @cached_property
    def step_kind(self) -> NDArray[np.int8]:
        """(steps,) index into STEP_KINDS, -1 for an instruction that is none."""
        found: NDArray[np.int8] = self.of_world(_kinds)[self.step_row]
        return found

    def steps_of(self, *kinds: type) -> Flags:
        """(steps,) which are of these instructions."""
        wanted = np.zeros(len(STEP_KINDS) + 1, bool)
        wanted[[STEP_KINDS.index(kind.__name__) for kind in kinds]] = True
        found: Flags = wanted[self.step_kind]
        return found


def desk_places(world: World) -> NDArray[np.int16]:
    """(stations,) place."""
    return np.array([station.place for station in world.stations], np.int16)


def program_rows(world: World) -> tuple[tuple[object, ...], Whole]:
    """The instructions of all programs in one list, and where (protocols, (case, record event)) begins in it."""
    rows: list[object] = [None]
    first = np.zeros((len(world.protocols) + 1, 2), np.int64)      # the last row: the desks' own work has no protocol
    for number, protocol in enumerate(world.protocols):
        for kind, program in enumerate((protocol.case, protocol.record)):
            first[number, kind] = len(rows)
            rows += [row.instruction for row in program.rows] if program else []
    return tuple(rows), first


def _kinds(world: World) -> NDArray[np.int8]:
    """(program rows,) index into STEP_KINDS."""
    names = [type(instruction).__name__ for instruction in program_rows(world)[0]]
    return np.array([STEP_KINDS.index(name) if name in STEP_KINDS else -1 for name in names], np.int8)


def _spots(world: World) -> NDArray[np.int16]:
    """Of the same list: where the person stands who does the step on the spot: a place, the opener's, that of the leg
    (the opener's in a root), or nobody does."""
    found = [NOT_ON_THE_SPOT]
    for protocol in world.protocols:
        for program in (protocol.case, protocol.record):
            found += [_spot(world, protocol, row.instruction, program is protocol.record)
                      for row in program.rows] if program else []
    return np.array(found, np.int16)


def _spot(world: World, protocol: Played, instruction: object, of_record: bool) -> int:
    task = world.task_row.get(getattr(instruction, "task", ""), -1)
    if task < 0 or world.tasks[task].desk != ON_THE_SPOT:
        return NOT_ON_THE_SPOT
    party = getattr(instruction, "party", "")
    side = protocol.parties.get(party, party)
    if side in world.places:
        return world.places.index(side)
    asks = "requester" in (party, side) or party == "investigator"
    return WITH_THE_OPENER if asks and not of_record else IN_THE_LEG
