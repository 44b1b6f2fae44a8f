"""One run of the compiled engine: tables and state are made, the kernel is called until it is done, rows fetched."""

from collections.abc import Callable
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from sim.cases import Cases
from sim.content import Content
from sim.engines.compiled import layout as at
from sim.engines.compiled.blocks import Block, Pool, block
from sim.engines.compiled.books import Rows, cases_table, closings_of, station_book, table
from sim.engines.compiled.kernel import simulate, write_open
from sim.engines.compiled.state import State, lay_copies, state, used_protocols
from sim.engines.compiled.tables import tables
from sim.engines.instructions import NOTHING_IN_HAND
from sim.engines.prepared import prepare
from sim.errors import CapacityError
from sim.ledger import DISCLOSURES, LEGS, MESSAGES, STEPS, Ledger, StationBook
from sim.world import World

Numbers = NDArray[np.int64]
TABLES = {"legs": LEGS, "steps": STEPS, "messages": MESSAGES}
ROOM = 1 << 13                # rows of each kind that the kernel may write before they are fetched
FAULTS = {
    at.TOO_MANY_FRAMES: f"more than {at.MOST_FRAMES} frames; fork over fewer places or rounds",
    at.TOO_DEEP: f"frames nested deeper than {at.MOST_DEPTH}",
    at.LUCK_USED_UP: "a leg began the same instruction for the 257th time; at most 256 times can be drawn for; "
                     "bound the loop in the script",
    at.TOO_LONG: "a service or a delay is longer than fits its field; make its mean or its spread smaller",
    at.PERIOD_TOO_LONG: "a statutory period ends later than the days that are known; shorten the period",
    at.NOTHING_IN_HAND: NOTHING_IN_HAND,
    at.TOO_MANY_ROUNDS: f"one frame forks over the same place {at.MOST_ROUNDS} times; bound the loop in the script",
}


def run(world: World, cases: Cases, content: Content) -> Ledger:
    """One replication of one option; the rows of the reference engine.

    Raises CapacityError where a case, a frame, a tick or a leg's luck does not fit its field.
    """
    if len(cases.rows) >= at.MOST_CASES:
        raise CapacityError(f"{len(cases.rows)} cases; a run holds fewer than {at.MOST_CASES}")
    engine = Engine(world, content, used_protocols(cases.rows["kind"], cases.rows["protocol"]), keep=True)
    engine.go_through(block(cases, content), last=True)
    engine.write_open()
    rows = engine.taken()
    stream = cases.rows
    found = cases_table(stream, *closings_of(len(stream), rows["closings"]))
    if len(stream) and stream["opened"][-1] > world.end:
        found = found[found["opened"] <= world.end]
    legs, steps, messages = (table(rows[name], columns) for name, columns in TABLES.items())
    return Ledger(found, legs, steps, messages, np.zeros(0, DISCLOSURES), engine.station_book(), world.end)


class Engine:
    """Tables and state of one run, and the rows fetched so far."""

    def __init__(self, world: World, content: Content, used: set[int], keep: bool):
        record_of = np.ascontiguousarray(content.records["record"], np.int64)
        made = tables(world, prepare(world), record_of)
        self.world, self.places = world, len(world.places)
        self.state: State = state(world, made, content, keep, ROOM)
        self.tables = made.joined()
        lay_copies(world, made.prepared, self.tables, self.state, content, used)
        self.law = np.ascontiguousarray(world.law.table, np.int16).ravel()
        self.pool = Pool()
        self.cases = 0                # that were handed over so far
        self.rows = {"legs": Rows(at.LEG_WIDTH), "steps": Rows(at.STEP_WIDTH), "messages": Rows(at.MESSAGE_WIDTH),
                     "closings": Rows(at.CLOSING_WIDTH)}

    def go_through(self, made: Block, last: bool, fetched: Callable[["Engine"], None] = lambda engine: None) -> None:
        """A block of cases: to the last of them, or, of the last block, to the end of the run. `fetched` is called
        whenever rows were fetched, and may take them."""
        now, run = self.state, self.state.run
        self.pool.take_in(made, now.cases[:int(run[at.USED_CASES]) * at.CASE_WIDTH])
        stream, details, pool = made.stream, made.details, self.pool.numbers
        run[at.NEXT_CASE], run[at.LAST_CASE] = 0, len(stream) // at.STREAM_WIDTH
        run[at.FIRST_NUMBER], run[at.LAST_BLOCK] = self.cases, int(last)
        self.cases += int(run[at.LAST_CASE])
        while True:
            now.tell_room()
            run[at.SURE] = 0
            code = simulate(run, self.tables, self.law, stream, details, pool, now.frames, now.cases, now.desks,
                            now.heap, now.soon, now.stores, now.legs, now.steps, now.messages, now.closings)
            if code == at.FULL_ROWS:
                self.fetch()
                fetched(self)
                now.make_room_for_rows(self.places)
            elif code == at.FULL_STATE:
                now.grow(self.places)
            elif code in (at.FINISHED, at.MORE_CASES):
                self.fetch()
                fetched(self)
                return
            else:
                refuse(code, int(run[at.FAULT_CASE]))

    def fetch(self) -> None:
        """Rows the kernel has written since."""
        now = self.state
        for name, count in (("legs", at.LEGS_SIZE), ("steps", at.STEPS_SIZE), ("messages", at.MESSAGES_SIZE),
                            ("closings", at.CLOSINGS_SIZE)):
            self.rows[name].add(getattr(now, name), int(now.run[count]))
            now.run[count] = 0

    def station_book(self) -> StationBook:
        """The desks' own book up to now."""
        return station_book(self.world, self.state)

    def taken(self) -> dict[str, Numbers]:
        """All rows fetched since they were last taken: [rows, columns] in the order written, by name."""
        return {name: rows.taken() for name, rows in self.rows.items()}

    def write_open(self) -> None:
        """Close the books: what still waits, is served or runs is written as open."""
        now, first = self.state, 0
        now.run[at.NOW] = now.run[at.END]
        while first >= 0:
            now.tell_room()
            first = write_open(now.run, self.tables, now.frames, now.desks, now.legs, now.steps, first)
            self.fetch()


def refuse(code: int, case: int) -> NoReturn:
    raise CapacityError(f"case {case}: {FAULTS[code]}")


