"""All that changes while a run goes on, as flat arrays that outlive a call of the kernel and grow between two."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.content import Content
from sim.content.records import followed
from sim.engines.compiled import layout as at
from sim.engines.compiled.rows import asks_recipients
from sim.engines.compiled.tables import Tables
from sim.engines.prepared import Preparation
from sim.ledger import NEED
from sim.script import Store, Withdraw
from sim.world import World, reached_places

Numbers = NDArray[np.int64]
FIRST_FRAMES, FIRST_CASES, FIRST_EVENTS, FIRST_ROWS = 512, 256, 1024, 4096


@dataclass
class State:
    """Flat arrays, columns as in `layout.py`. `frame` is the width of a frame."""

    run: Numbers
    frame: int
    frames: Numbers
    cases: Numbers
    desks: Numbers
    stores: Numbers
    heap: Numbers
    soon: Numbers
    legs: Numbers
    steps: Numbers
    messages: Numbers
    closings: Numbers

    def tell_room(self) -> None:
        """Write into `run` how many rows each array holds."""
        for room, array, width in (
                (at.LEGS_ROOM, self.legs, at.LEG_WIDTH), (at.STEPS_ROOM, self.steps, at.STEP_WIDTH),
                (at.MESSAGES_ROOM, self.messages, at.MESSAGE_WIDTH),
                (at.CLOSINGS_ROOM, self.closings, at.CLOSING_WIDTH),
                (at.FRAMES_ROOM, self.frames, self.frame), (at.CASES_ROOM, self.cases, at.CASE_WIDTH),
                (at.HEAP_ROOM, self.heap, at.EVENT_WIDTH), (at.SOON_ROOM, self.soon, at.EVENT_WIDTH)):
            self.run[room] = len(array) // width

    def grow(self, places: int) -> None:
        """Twice the room wherever a single event might not fit, and once more if need be."""
        run = self.run
        more = int(run[at.MOST_SERIAL]) + places + at.RESERVE + FIRST_FRAMES
        self.frames = _grown(self.frames, int(run[at.USED_FRAMES] + more) * self.frame)
        self.cases = _grown(self.cases, int(run[at.USED_CASES] + FIRST_CASES) * at.CASE_WIDTH)
        self.heap = _grown(self.heap, int(run[at.HEAP_SIZE] + 2 * more) * at.EVENT_WIDTH)
        self.soon = _grown(self.soon, int(run[at.SOON_SIZE] + 2 * more) * at.EVENT_WIDTH)

    def make_room_for_rows(self, places: int) -> None:
        """After the rows were fetched: room for all that one event can write."""
        more = int(self.run[at.MOST_SERIAL]) + places + at.RESERVE + FIRST_ROWS
        self.legs = _grown(self.legs, more * at.LEG_WIDTH)
        self.steps = _grown(self.steps, more * at.STEP_WIDTH)
        self.messages = _grown(self.messages, more * at.MESSAGE_WIDTH)
        self.closings = _grown(self.closings, more * at.CLOSING_WIDTH)


def _grown(array: Numbers, least: int) -> Numbers:
    if len(array) >= least:
        return array
    larger = np.empty(max(2 * len(array), least), np.int64)
    larger[:len(array)] = array
    return larger


def state(world: World, made: Tables, content: Content, keep: bool, rows: int) -> State:
    """A run before its first event. keep: write legs, steps and messages; rows: room for so many of each."""
    frame, places = int(made.head[at.FRAME_WIDTH]), len(world.places)
    run = np.zeros(at.RUN_WIDTH, np.int64)
    run[at.END], run[at.GRAIN] = world.end, world.grain
    run[at.SEED], run[at.REPLICATION] = world.seed, world.replication
    run[at.FREE_FRAME] = run[at.FREE_CASE] = run[at.TO_HAND_OUT] = -1
    run[at.KEEP] = int(keep)
    events = (FIRST_EVENTS + places) * at.EVENT_WIDTH
    kept = rows if keep else FIRST_ROWS
    return State(run, frame, np.zeros((FIRST_FRAMES + places) * frame, np.int64),
                 np.zeros(FIRST_CASES * at.CASE_WIDTH, np.int64), _desks(world, made), _stores(world, made, content),
                 np.empty(events, np.int64), np.empty(events, np.int64), np.empty(kept * at.LEG_WIDTH, np.int64),
                 np.empty(kept * at.STEP_WIDTH, np.int64), np.empty(kept * at.MESSAGE_WIDTH, np.int64),
                 np.empty(rows * at.CLOSING_WIDTH, np.int64))


def _desks(world: World, made: Tables) -> Numbers:
    """A row for each station; its windows and the law of its own work go to the tables."""
    rows = np.zeros((len(world.stations), at.DESK_WIDTH), np.int64)
    windows: dict[int, int] = {}
    for own in (station.windows for station in world.stations):
        if id(own) not in windows:
            windows[id(own)] = made.put(np.concatenate([own.opens, own.closes, own.clerks, own.open_before]))
    rows[:, at.NUMBER_OF_DESK] = np.arange(len(rows))
    rows[:, at.WINDOWS] = [windows[id(station.windows)] for station in world.stations]
    rows[:, at.WINDOWS_MANY] = [len(station.windows.opens) for station in world.stations]
    rows[:, at.OWN_LAW] = [made.put_once(station.own_job) for station in world.stations]
    rows[:, [at.HANDED_OUT_AT, at.WAKES_AT]] = -1
    rows[:, at.HEADS:] = -1
    return rows.ravel()


def _stores(world: World, made: Tables, content: Content) -> Numbers:
    """Empty shelves for every protocol and place where some script may lay a copy down."""
    places, records = len(world.places), int(content.records["record"].max(initial=-1)) + 1
    shelves = np.full((len(world.protocols), places), -1, np.int64)
    many = 0
    for number in range(len(world.protocols)):
        for place in sorted(_laying_places(world, number)):
            shelves[number, place] = many * records * at.STORE_WIDTH
            many += 1
    made.head[at.SHELVES] = made.put(shelves)
    stores = np.full((many * records, at.STORE_WIDTH), -1, np.int64)
    stores[:, at.SINCE] = -2
    sent, used = _sent_books(world, made, stores.size, records), _quota_book(world)
    made.head[at.QUOTA_BOOK] = stores.size + sent.size
    return np.concatenate([stores.ravel(), sent, used])


def _sent_books(world: World, made: Tables, first: int, records: int) -> Numbers:
    """For each protocol that asks recipients, record and place: when something of it was first sent there."""
    books, many = np.full(len(world.protocols), -1, np.int64), 0
    for number, protocol in enumerate(world.protocols):
        if asks_recipients(protocol):
            books[number] = first + many * records * len(world.places)
            many += 1
    made.head[at.SENT_BOOKS] = made.put(books)
    return np.full(many * records * len(world.places), at.NEVER, np.int64)


def _quota_book(world: World) -> Numbers:
    """For each quota, giver and taker: the day of the last that was asked for, and how many were granted on it."""
    return np.full(len(world.scenario.quota) * len(world.places) ** 2 * at.QUOTA_WIDTH, -1, np.int64)


def _laying_places(world: World, number: int) -> set[int]:
    protocol = world.protocols[number]
    parties = {row.instruction.party for program in (protocol.case, protocol.record) if program
               for row in program.rows if isinstance(row.instruction, Store | Withdraw)}
    fixed = {role: world.places.index(place) for role, place in protocol.parties.items() if place in world.places}
    found = {fixed[party] for party in parties if party in fixed}
    return found if parties <= set(fixed) else set(range(len(world.places)))


def lay_copies(world: World, prepared: Preparation, tables: Numbers, now: State, content: Content,
               used: set[int]) -> None:
    """Copies begun before the start lie in the stores when it opens (rule 41), of every protocol in use."""
    records = content.records
    stands = (records["created"] < 0) & (records["superseded"] > 0)
    for number, protocol in enumerate(world.protocols):
        if protocol.record is None or number not in used:
            continue
        held = records[stands & followed(records, protocol.records)]
        reached = reached_places(world, protocol)
        for place in np.unique(held["place"]).tolist():
            if place in reached:
                here = held[held["place"] == place]
                _lay(number, here, prepared.before_start.laid(number, place), tables, now)
                _send(number, here, prepared.before_start.sent(number, place), tables, now)


def _lay(number: int, held: NDArray[np.void], laid: list[tuple[int, bool]], tables: Numbers, now: State) -> None:
    for place, stays in laid:
        shelf = int(tables[tables[at.SHELVES] + number * tables[at.MANY_PLACES] + place])
        copies = shelf + held["record"].astype(np.int64) * at.STORE_WIDTH
        now.stores[copies + at.SINCE] = -1
        now.stores[copies + at.HELD] = held["version"] if stays else -1


def _send(number: int, held: NDArray[np.void], receivers: list[int], tables: Numbers, now: State) -> None:
    book = int(tables[tables[at.SENT_BOOKS] + number])
    for place in receivers if book >= 0 else ():
        now.stores[book + held["record"].astype(np.int64) * tables[at.MANY_PLACES] + place] = -1


def used_protocols(kinds: NDArray[np.int8], protocols: NDArray[np.int16]) -> set[int]:
    """Protocols that serve some need in this run."""
    return set(np.unique(protocols[kinds == NEED]).tolist())
