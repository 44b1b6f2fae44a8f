"""The specification: protocols' own generators, run event by event on SimPy's calendar.

Order within one tick is the rank (kind, depth, case, serial) below; changing it changes results, so it bumps
LEDGER_VERSION. SimPy keeps the calendar only: its processes and resources are not used, because their queues would
decide ties. An event moves one frame until it blocks. Every answer is computed in the tick its instruction ends.
"""

import gc
from collections.abc import Callable
from functools import partial
from typing import Any

import simpy

from sim import calendars, draws
from sim.cases import STREAM, Cases
from sim.content import Content
from sim.engines.copies import Copies, lay_before_start
from sim.engines.frames import Case, Clock, Fork, Frame, Job, Leg, family, is_within
from sim.engines.instructions import BLOCKED, EFFECT, PERFORM, next_leg
from sim.engines.prepared import Prepared, prepare
from sim.engines.rows import Rows
from sim.engines.stations import Desk, own_times
from sim.errors import CapacityError, ScriptError
from sim.ledger import NEED, RECORD, Ledger
from sim.programs import Entry
from sim.script import DONE, EXPIRED, LOST, Script
from sim.world import World

ARRIVE, READY, JOIN, HAND_OUT, DEADLINE = range(5)
OPENED, STATION, PRIORITY = ((STREAM.names or ()).index(name) for name in ("opened", "station", "priority"))
MOST_CASES, MOST_FRAMES, MOST_DEPTH = 1 << 34, 1 << 16, 1 << 8


def run(world: World, cases: Cases, content: Content) -> Ledger:
    """One replication of one option.

    Raises CapacityError where a case, a frame or a leg's luck does not fit its field, ScriptError where a live
    script does otherwise than its table.
    """
    return Run(world, cases, content).to_the_end()


def rank(kind: int, depth: int, case: int, serial: int) -> int:
    """Order of events within one tick (rule 2), 61 bits: depth is used by DEADLINE only."""
    return kind << 58 | depth << 50 | case << 16 | serial


class Run:
    """State of one run. `now` is the tick of the event being handled."""

    def __init__(self, world: World, cases: Cases, content: Content):
        if len(cases.rows) >= MOST_CASES:
            raise CapacityError(f"{len(cases.rows)} cases; a run holds fewer than {MOST_CASES}")
        self.world, self.cases, self.content = world, cases, content
        self.calendar = simpy.Environment()
        self.now = self.handled = 0   # handled: events
        self.desks = [Desk(number, station) for number, station in enumerate(world.stations)]
        self.prepared = prepare(world)
        self.rows = Rows()
        self.copies = Copies()
        self.live: dict[int, Frame] = {}          # by identity: frames that have not ended
        self.orphans: dict[int, Job] = {}         # by identity: jobs in service whose frame was abandoned
        self.lookups: dict[tuple[int, int], list[Any]] = {}
        self.outcomes: dict[tuple[int, ...], int] = {}
        self.record_of = content.records["record"].tolist()
        self.used: dict[tuple[str, int, int, int], int] = {}        # of a quota, by giver, taker and local day
        self.arrived_cases = 0
        self.own_time = own_times(world, cases, self.prepared.own_stream)
        self.closed = [-1] * len(cases.rows)
        self.word = [""] * len(cases.rows)

    def to_the_end(self) -> Ledger:
        """Events at exactly the horizon are executed, later ones are not (rule 9)."""
        lay_before_start(self.copies, self.world, self.prepared, self.content,
                         set(self.cases.rows["protocol"][self.cases.rows["kind"] == NEED].tolist()))
        self._stream = iter(self.cases.rows.tolist())
        self._next_arrival()
        collecting = gc.isenabled()
        gc.disable()                  # rows only grow during a run: looking through them again and again frees nothing
        try:
            while self.calendar.peek() <= self.world.end:
                self.calendar.step()
        finally:
            if collecting:
                gc.enable()
        draws.check_streams(self.prepared.streams)
        return self.rows.ledger(self)

    def at(self, tick: int, order: int, act: Callable[[], None]) -> None:
        """Put an event on the calendar; one beyond the horizon is never executed, so it is not kept."""
        if tick > self.world.end:
            return
        event = simpy.Event(self.calendar)
        event._ok, event._value = True, None
        event.callbacks.append(partial(self._handle, act))
        self.calendar.schedule(event, order, tick - self.calendar.now)  # type: ignore[arg-type]  # SimPy takes any order

    def _handle(self, act: Callable[[], None], _event: simpy.Event) -> None:
        self.now = int(self.calendar.now)
        self.handled += 1
        act()

    def _next_arrival(self) -> None:
        """Cases come from a sorted stream, one on the calendar at a time."""
        row = next(self._stream, None)
        if row is None:
            return
        number = self.arrived_cases
        self.arrived_cases += 1
        if row[STATION] >= 0:
            act = partial(self._own_work, number, self.desks[row[STATION]], row[PRIORITY])
        else:
            act = partial(self._arrive, number, self.prepared.stream_row(*row))
        self.at(row[OPENED], rank(ARRIVE, 0, number, 0), act)

    def _arrive(self, number: int, row: Any) -> None:
        self._next_arrival()
        case = Case(number, row, self.cases.addressed.get(number, ()), self.cases.members.get(number, ()), row.protocol)
        source = self.prepared.source(row)
        places = self.prepared.bound_at_opening(row.protocol, row.kind == RECORD, row.opener)
        frame = Frame(case, self._serial(case), None, Leg(0, -1), source.script(source.parameters), source.program,
                      source.program.entries[0].first, places, 0, self.now)
        self.live[id(frame)] = frame
        self.advance(frame, None)

    def _own_work(self, number: int, desk: Desk, priority: int) -> None:
        """A desk's own work is a case of one step without a script; most cases of a run are of this kind."""
        self._next_arrival()
        desk.join(Job(number, 0, None, self.prepared.own, desk, self.now, self.own_time[number]), priority)
        self._hand_out_alone(desk)

    def _own_work_done(self, job: Job, desk: Desk) -> None:
        desk.end(job)
        self.rows.step(job, self.now, 0)
        self.closed[job.case], self.word[job.case] = self.now, DONE
        self._hand_out_alone(desk)

    def _hand_out_alone(self, desk: Desk) -> None:
        """At the end of an event: where nothing else is due in this tick, the hand-out would be next, so it is now."""
        if desk.busy < desk.clerks_now(self.now) and self.calendar.peek() > self.now:
            self._hand_out(desk)
        elif desk.waits():
            self._call_hand_out(desk)

    def _serial(self, case: Case) -> int:
        serial = case.next_serial
        if serial >= MOST_FRAMES:
            raise CapacityError(f"case {case.number}: more than {MOST_FRAMES} frames; fork over fewer places or rounds")
        case.next_serial += 1
        return serial

    # One frame moves until it blocks.

    def advance(self, frame: Frame, answer: str | None) -> None:
        """Hand the frame its answer and perform what it yields, until something takes time or the script returns."""
        while True:
            if answer is not None:
                row = frame.answer_row
                frame.next_row = row.then[row.answers.index(answer)]
            try:
                instruction = frame.script.send(answer)  # type: ignore[arg-type]
            except StopIteration as stop:
                self.end(frame, self._word(frame, stop.value))
                return
            row = self._follow(frame, instruction)
            frame.answer_row = row
            answer = PERFORM[row.kind](self, frame, row)
            if answer is BLOCKED:
                return

    def _follow(self, frame: Frame, instruction: Any) -> Prepared:
        """The table's row for what the live script just yielded: each run also tests the tracer (rule 51)."""
        if frame.next_row >= 0:
            row = self.prepared.rows(frame.program)[frame.next_row]
            if row.instruction == instruction:
                return row
        raise ScriptError(f"{frame.program.name}: the script yielded {instruction}, its table says otherwise\n"
                          f"  expected  a function of its answers alone: no clock, dice or state of its own")

    def _word(self, frame: Frame, returned: str) -> str:
        """What a script that returned ended with: a root that has closed ends with the word it closed with."""
        closed = frame.serial == 0 and self.closed[frame.case.number] >= 0
        word = self.word[frame.case.number] if closed else returned
        if frame.next_row >= 0 or frame.program.word(frame.next_row) != word:
            raise ScriptError(f"{frame.program.name}: the script ended with {word!r}, its table says otherwise\n"
                              f"  expected  a function of its answers alone: no clock, dice or state of its own")
        return word

    def luck(self, frame: Frame, stream: int) -> int:
        """64 random bits at the address (case, leg, stream, how often this leg began it); rules 56 to 59."""
        leg = frame.leg
        n = leg.luck.get(stream, 0)
        leg.luck[stream] = n + 1
        return int(draws.bits(self.world.seed, self.world.replication, frame.case.row.id, leg.key, stream,
                              draws.address_n(n)))

    # Stations.

    def queue(self, frame: Frame, job: Job, desk: Desk) -> None:
        """Every newcomer joins the queue; only HAND-OUT takes from it (rule 4)."""
        frame.job = job
        desk.join(job, frame.case.row.priority)
        self._call_hand_out(desk)

    def _call_hand_out(self, desk: Desk) -> None:
        """A hand-out in this tick if a clerk is free, else at the next change of staff. One that would find nothing
        to do is not called."""
        if desk.busy < desk.clerks_now(self.now):
            if desk.handed_out_at != self.now:
                desk.handed_out_at = self.now
                self.at(self.now, rank(HAND_OUT, 0, 0, desk.number), partial(self._hand_out, desk))
        elif desk.wakes_at <= self.now:
            desk.wakes_at = desk.next_change(self.now)
            self.at(desk.wakes_at, rank(HAND_OUT, 0, 0, desk.number), partial(self._wake, desk))

    def _wake(self, desk: Desk) -> None:
        if desk.handed_out_at != self.now and desk.waits():
            self._hand_out(desk)

    def _hand_out(self, desk: Desk) -> None:
        """One station gives its free clerks to its queue (rule 3)."""
        desk.handed_out_at = -1
        while desk.busy < desk.clerks_now(self.now):
            job = desk.next_job()
            if job is None:
                return
            ends = desk.begin(job, self.now)
            act = self._own_work_done if job.frame is None else self.served
            self.at(ends, rank(READY, 0, job.case, job.serial), partial(act, job, desk))
        if desk.waits():
            self._call_hand_out(desk)

    def served(self, job: Job, desk: Desk | None) -> None:
        """A service ends: the clerk is free, and the frame, unless it was abandoned, gets its answer."""
        if desk is not None:
            desk.end(job)
            if desk.waits():
                self._call_hand_out(desk)
        job.ended = True
        frame: Any = job.frame
        if not frame.alive:
            del self.orphans[id(job)]
            self.rows.step(job, self.now, -1)
            return
        frame.job = None
        answer, ruling, version = EFFECT[job.prepared.kind](self, frame, job.prepared, job.luck)
        self.rows.step(job, self.now, job.prepared.answers.index(answer), ruling, version)
        self.advance(frame, answer)

    def arrived(self, frame: Frame, lost: bool) -> None:
        """A message is there, or lost for good: then its frame ends with LOST (rule 44)."""
        if not frame.alive:
            return
        if lost:
            frame.script.close()
            self.end(frame, LOST)
        else:
            self.advance(frame, frame.answer_row.answers[0])

    def waited(self, frame: Frame) -> None:
        if frame.alive:
            self.advance(frame, frame.answer_row.answers[0])

    # Frames.

    def child(self, parent: Frame, entry: Entry, script: Script, leg: Leg, places: dict[str, int], place: int = -1,
              round: int = 0) -> Frame:
        """A child starts by a READY event of its own in the same tick (rules 1, 18)."""
        if parent.depth + 1 >= MOST_DEPTH:
            raise CapacityError(f"{parent.program.name}: frames nested deeper than {MOST_DEPTH}")
        source = self.prepared.source(parent.case.row)
        frame = Frame(parent.case, self._serial(parent.case), parent, leg, script(source.parameters), parent.program,
                      entry.first, places, parent.depth + 1, self.now, parent.serial, place, round)
        self.live[id(frame)] = frame
        self.at(self.now, rank(READY, 0, frame.case.number, frame.serial), partial(self._start, frame))
        return frame

    def _start(self, frame: Frame) -> None:
        if frame.alive:
            self.advance(frame, None)

    def end(self, frame: Frame, word: str) -> None:
        """A script returned, or lost its message. A root that has not closed closes with its word (rule 50)."""
        self._finish(frame, word)
        if frame.serial == 0:
            if self.closed[frame.case.number] < 0:
                self.close(frame.case, word)
        elif frame.parent is not None and frame.parent.fork is not None:
            self._child_ended(frame.parent, frame.parent.fork, frame, word)

    def close(self, case: Case, word: str) -> None:
        self.closed[case.number], self.word[case.number] = self.now, word

    def _finish(self, frame: Frame, word: str | None) -> None:
        frame.alive = False
        del self.live[id(frame)]
        self.rows.leg(frame, self.now, word)
        if frame.clock is not None:
            frame.clock.over = True
        self._go_on(frame)

    def _child_ended(self, parent: Frame, fork: Fork, child: Frame, word: str) -> None:
        fork.left -= 1
        fork.children.remove(child)
        if not fork.best or not fork.word or fork.best.index(word) < fork.best.index(fork.word):
            fork.word = word
        decided = bool(fork.best) and word == fork.best[0] and fork.until != "all"
        if fork.until == "one_by_one" and not decided and fork.to_come:
            next_leg(self, parent, fork)
        elif (decided or fork.left == 0) and not fork.joining:
            fork.joining = True
            self.at(self.now, rank(JOIN, 0, parent.case.number, parent.serial), partial(self._join, parent))

    def _join(self, parent: Frame) -> None:
        """The parent wakes: every leg that ended in the deciding tick has counted (rule 18)."""
        if not parent.alive or parent.fork is None:
            return
        fork, parent.fork = parent.fork, None
        self._release(fork)
        self.advance(parent, fork.word)

    def _release(self, fork: Fork) -> None:
        """Children nobody waits for run on, or are recalled (rules 21, 28)."""
        for child in list(fork.children):
            if fork.rest == "recalled":
                self.abandon(child)
            else:
                self._cut_loose(child)

    def _cut_loose(self, child: Frame) -> None:
        """It runs on without the clocks of its former ancestors, and no longer stops them (rules 31, 32)."""
        child.parent = None
        for frame in family(child):
            if frame.stopped is not None and not is_within(frame.stopped.frame, child):
                self._go_on(frame)

    def abandon(self, frame: Frame) -> None:
        """Children first. In a queue it leaves; in service the clerk works on; a message still arrives (rule 29)."""
        if frame.fork is not None:
            for child in list(frame.fork.children):
                self.abandon(child)
        frame.script.close()
        job = frame.job
        if job is not None and job.began >= 0:
            self.orphans[id(job)] = job
        elif job is not None:
            job.station.leave(job)
            self.rows.step(job, self.now, -1)
        self._finish(frame, None)

    # Clocks.

    def race(self, clock: Clock) -> None:
        """Put a race's deadline on the calendar; outer deadlines precede inner ones (rule 27)."""
        # A clock stopped in its last tick, over a weekend that does not count, goes on after it was due.
        frame = clock.frame
        self.at(max(clock.due, self.now), rank(DEADLINE, frame.depth, frame.case.number, frame.serial),
                partial(self._deadline, clock, clock.due))

    def _deadline(self, clock: Clock, due: int) -> None:
        """Stale unless the clock still stands at this very due tick and runs (rule 7)."""
        parent = clock.frame.parent
        if clock.over or clock.stops or clock.due != due or parent is None or parent.fork is None:
            return
        clock.over = True
        fork, parent.fork = parent.fork, None
        self._release(fork)
        self.advance(parent, EXPIRED)

    def stop(self, frame: Frame, clock: Clock | None) -> None:
        """`frame` stops the clock while it runs; several pauses count (rule 30). One that has run out stands."""
        if clock is not None and self.now <= clock.due:
            frame.stopped = clock
            clock.stopped_at = self.now if clock.stops == 0 else clock.stopped_at
            clock.stops += 1

    def _go_on(self, frame: Frame) -> None:
        clock, frame.stopped = frame.stopped, None
        if clock is None or clock.over:
            return
        clock.stops -= 1
        if clock.stops == 0:
            clock.due = calendars.prolong(clock.calendar, clock.period, clock.due, clock.stopped_at, self.now,
                                          self.world.days[clock.place])
            if clock.races:
                self.race(clock)
