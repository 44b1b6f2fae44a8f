"""A run measured while it goes on: needs whose cases will write no more rows are measured and forgotten.

The kernel is handed the cases block by block. After each block the needs that are done with, all their cases together,
are cut out as a shard, held to the books' rules, and measured by the same metrics as a whole ledger; nothing is counted
across needs, so that the figures are those of the whole ledger to the last bit (`sim.metrics.accumulator`). Held in
memory are the rows of live cases only; with a sample, also those of one need in `SAMPLE`, chosen by its id.
"""

import ctypes
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import conservation, draws, transport
from sim.cases import Cases, upkeep_book
from sim.columns import rows_of
from sim.content import Content
from sim.engines.compiled.blocks import block
from sim.engines.compiled.books import cases_table, table
from sim.engines.compiled.engine import TABLES, Engine, Numbers
from sim.engines.screening import Totals as Screened
from sim.ledger import DISCLOSURES, NEED, Ledger, StationBook
from sim.metrics import Accumulator, Desks, Value, own_work_at
from sim.metrics.shard import Shard, content_of, true_of
from sim.needs import Needs, audiences
from sim.truth import Truth
from sim.world import World

BLOCK = 1 << 12          # cases handed to the kernel at a time
LEAST = 1 << 12          # cases that are done with before a shard is worth its overhead
SAMPLE = 100             # one need in so many keeps its rows

Flags = NDArray[np.bool_]
Rows = NDArray[np.void]


@dataclass(frozen=True)
class Measured:
    """What a run came to.

    values    every metric, as `sim.metrics.measure` gives them
    sample    ledger of the sampled needs, numbered as in the whole run; None where none was asked for
    cases, messages, disclosures, events   how many there were in all
    """

    values: list[Value]
    sample: Ledger | None
    cases: int
    messages: int
    disclosures: int
    events: int


def measured(world: World, needs: Needs, truth: Truth, cases: Cases, content: Content,
             screening: tuple[Screened, ...] = (), sampled: bool = False) -> Measured:
    """One replication of one option on the compiled engine, by its totals. Raises CapacityError, ConservationError."""
    used = set(np.unique(cases.rows["protocol"][cases.rows["kind"] == NEED]).tolist())
    engine, many = Engine(world, content, used, keep=True), len(cases.rows)
    books = _Books(world, needs, truth, cases, content, sampled)
    for first in range(0, max(many, 1), BLOCK):
        end = min(first + BLOCK, many)
        engine.go_through(block(cases.part(first, end), content), last=end == many)
        books.take(engine.taken())
    engine.write_open()
    books.take(engine.taken())
    return books.concluded(engine.station_book(), screening)


class _Books:
    """Rows that wait for the rest of their need, and what the measured ones came to."""

    def __init__(self, world: World, needs: Needs, truth: Truth, cases: Cases, content: Content, sampled: bool):
        self.world, self.needs, self.truth, self.cases, self.content = world, needs, truth, cases, content
        rows = cases.rows
        self.need_of = rows["need"].astype(np.int64)
        self.unmeasured: Flags = (rows["station"] < 0) & (rows["opened"] <= world.end)
        self.closed, self.word = np.full(len(rows), -1, np.int64), np.full(len(rows), -1, np.int16)
        self.open_cases = np.bincount(self.need_of[self.need_of >= 0], minlength=len(needs.rows))
        self.unseen = np.ones(len(needs.rows), bool)
        of_needs = np.flatnonzero(self.need_of >= 0)
        of_needs = of_needs[np.argsort(self.need_of[of_needs], kind="stable")]
        self._by_need = of_needs, self.need_of[of_needs]   # cases of a need stand together
        self.ready: list[Numbers] = []                # cases done with, of needs that are too
        self.waiting: dict[str, list[Numbers]] = {name: [] for name in TABLES}
        self.sampled = _sampled(world, needs)[self.need_of] if sampled else None
        self.sample: dict[str, list[Numbers]] = {name: [] for name in TABLES}
        self.accumulator = Accumulator(world)
        self.desks: conservation.AtDesks | None = None
        self.messages = self.disclosures = 0
        self.events = int((rows["opened"] <= world.end).sum())

    def take(self, rows: dict[str, Numbers]) -> None:
        """Rows as the kernel wrote them since; measured once enough cases are done with."""
        closings, steps = rows["closings"], rows["steps"]
        said = closings[closings[:, 2] >= 0]
        self.closed[said[:, 0]], self.word[said[:, 0]] = said[:, 1], said[:, 2]
        own = self.cases.rows["station"][steps[:, 0]] >= 0
        self._count_steps(table(steps[own], TABLES["steps"]))
        for name in TABLES:
            self.waiting[name].append(steps[~own] if name == "steps" else rows[name])
        self._note_done(closings[closings[:, 2] < 0][:, 0])
        if sum(map(len, self.ready)) >= LEAST:
            cases, self.ready = np.sort(np.concatenate(self.ready)), []
            self._measure(cases, _chosen(self.need_of[cases], len(self.unseen)))

    def _note_done(self, cases: Numbers) -> None:
        """These cases will write no more rows: those of a need are ready once all of them will not."""
        need = self.need_of[cases]
        self.ready.append(cases[need < 0])
        np.subtract.at(self.open_cases, need[need >= 0], 1)
        done = np.unique(need[need >= 0])
        done = done[self.open_cases[done] == 0]
        first = np.searchsorted(self._by_need[1], done)
        many = np.searchsorted(self._by_need[1], done, side="right") - first
        ends = np.cumsum(many)
        self.ready.append(self._by_need[0][np.repeat(first - ends + many, many) + np.arange(int(many.sum()))])

    def _count_steps(self, steps: Rows) -> None:
        counted = conservation.at_desks(self.world, steps)
        self.desks = counted if self.desks is None else self.desks + counted
        self.events += int(((steps["began"] >= 0) & (steps["ended"] >= 0)).sum())

    def _measure(self, cases: Numbers, needs: Flags) -> None:
        """Measure these cases with all their needs, and forget their rows."""
        shard = self._shard(cases, needs)
        messages = shard.ledger.messages
        told = transport.disclosures(self.world, shard.cases, shard.needs, self.content.records, messages)
        shard = replace(shard, ledger=replace(shard.ledger, disclosures=told))
        conservation.check_rows(self.world, shard.cases, shard.ledger)
        self._count_steps(shard.ledger.steps)
        self.accumulator.add(shard)
        self.messages, self.disclosures = self.messages + len(messages), self.disclosures + len(told)
        self.events += int((messages["arrives"] <= self.world.end).sum())
        self.unmeasured[cases], self.unseen = False, self.unseen & ~needs

    def _shard(self, cases: Numbers, needs: Flags) -> Shard:
        stream, rows = rows_of(self.cases.rows, cases), np.flatnonzero(needs)
        stream["need"] = np.append(np.cumsum(needs) - 1, -1)[self.need_of[cases]]
        found = cases_table(stream, self.closed[cases], self.word[cases])
        legs, steps, messages = self._tables(cases)
        book, told = _no_book(self.world), np.zeros(0, DISCLOSURES)
        ledger = Ledger(found, legs, steps, messages, told, book, self.world.end)
        asked = audiences(len(needs), self.needs.addressed).chosen(rows)
        opening, reached = self.cases.opening[rows], self.cases.reached[rows]
        return Shard(self.world, Needs(rows_of(self.needs.rows, rows), asked), true_of(self.truth, rows),
                     Cases(stream, {}, {}, opening, reached), content_of(self.content, rows), ledger)

    def _tables(self, cases: Numbers) -> list[Rows]:
        """The waiting rows of these cases, numbered anew; they wait no longer."""
        found = []
        for name, columns in TABLES.items():
            rows = np.concatenate(self.waiting[name])
            number = np.searchsorted(cases, rows[:, 0])
            among = np.append(cases, -1)[number] == rows[:, 0]
            taken, self.waiting[name] = rows[among], [rows[~among]]
            if self.sampled is not None:
                self.sample[name].append(taken[self.sampled[taken[:, 0]]])
            taken[:, 0] = number[among]
            found.append(table(taken, columns))
        return found

    def concluded(self, book: StationBook, screening: tuple[Screened, ...]) -> Measured:
        """The rest, open cases and needs that nobody asked among it, and what all of it came to."""
        self._measure(np.flatnonzero(self.unmeasured), self.unseen.copy())
        if self.desks is not None:
            conservation.check_desks(self.world, book, self.desks)
        own_work, upkeep = own_work_at(self.world, self.cases.rows), upkeep_book(self.world, self.cases.rows)
        values = self.accumulator.values(Desks(self.world, book, own_work, screening, upkeep))
        opened = int((self.cases.rows["opened"] <= self.world.end).sum())
        return Measured(values, self._sample(book), opened, self.messages, self.disclosures, self.events)

    def _sample(self, book: StationBook) -> Ledger | None:
        if self.sampled is None:
            return None
        cases = np.flatnonzero(self.sampled & (self.cases.rows["opened"] <= self.world.end))
        found = cases_table(rows_of(self.cases.rows, cases), self.closed[cases], self.word[cases])
        found["case"] = cases
        legs, steps, messages = (table(np.concatenate(self.sample[name]), columns) for name, columns in TABLES.items())
        told = transport.disclosures(self.world, self.cases, self.needs, self.content.records, messages)
        return Ledger(found, legs, steps, messages, told, book, self.world.end)


def give_back_memory() -> None:
    """Ask the C library to give freed memory back, where it is glibc: else it keeps some 100 MB of a year's drawing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def _chosen(rows: Numbers, many: int) -> Flags:
    """(many,) which rows are among these; -1 is none."""
    found = np.zeros(many + 1, bool)
    found[rows] = True
    return found[:-1]


def _sampled(world: World, needs: Needs) -> Flags:
    """(needs + 1,) one in SAMPLE, by its id alone; the last stands for no need."""
    ids = np.ascontiguousarray(needs.rows["id"])
    bits = draws.bits_many(world.seed, 0, ids, 0, draws.stream("ledger", "sample"), 0)
    return np.append(bits < np.uint64(2**64 // SAMPLE), False)


def _no_book(world: World) -> StationBook:
    """A shard has no desks' book of its own."""
    return StationBook(*(np.zeros(len(world.stations), np.int64) for _ in range(7)))


__all__ = ["Measured", "give_back_memory", "measured"]
