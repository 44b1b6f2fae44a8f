"""What an engine has written so far, and the ledger it becomes at the end of the run."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engines.frames import Frame, Job
from sim.engines.prepared import Prepared
from sim.ledger import CASES, DISCLOSURES, LEGS, MESSAGES, NEVER, STEPS, Ledger, StationBook

if TYPE_CHECKING:
    from sim.engines.reference import Run

RECALLED = -2


class Rows:
    """Tuples in the column order of `sim.ledger`; words stay text until the end."""

    def __init__(self) -> None:
        self.steps: list[tuple[Any, ...]] = []
        self.messages: list[tuple[Any, ...]] = []
        self.legs: list[tuple[Any, ...]] = []

    def step(self, job: Job, ended: int, answer: int, ruling: int = -1, version: int = -1) -> None:
        self.steps.append((job.case, job.serial, job.step, job.prepared.row, job.prepared.task,
                           -1 if job.station is None else job.station.number, job.queued, job.began, ended, job.work,
                           answer, ruling, version))

    def message(self, frame: Frame, row: Prepared, begun: int, arrives: int, lost: bool, sender: int, receiver: int,
                via: int, version: int) -> None:
        self.messages.append((frame.case.number, frame.serial, frame.steps, row.protocol, begun,
                              NEVER if lost else arrives, lost, sender, receiver, via, row.content, row.form, version,
                              row.machine, row.instruction.sealed))

    def leg(self, frame: Frame, ended: int, word: str | None) -> None:
        """`word` None: recalled."""
        clock, due, lateness = -1, -1, -1
        if frame.clock is not None:
            clock, due = frame.clock.name, frame.clock.due
            lateness = ended - due
        self.legs.append((frame.case.number, frame.serial, frame.started_by, frame.place, frame.round, frame.began,
                          ended, word, clock, due, lateness))

    def ledger(self, run: "Run") -> Ledger:
        """Close the books: what is still waiting, in service or running is written as open."""
        for job in run.orphans.values():
            self.step(job, -1, -1)
        for desk in run.desks:
            for job in desk.own_in_hand():
                self.step(job, -1, -1)
        for frame in run.live.values():
            if frame.job is not None:
                self.step(frame.job, -1, -1)
            self._open_leg(frame, run.world.end)
        words = {word: k for k, word in enumerate(run.world.words)}
        legs = [(*leg[:7], _word(leg[7], leg[6], words), *leg[8:]) for leg in self.legs]
        return Ledger(self._cases(run, words), _sorted(legs, LEGS), _sorted(self.steps, STEPS),
                      _sorted(self.messages, MESSAGES), np.zeros(0, DISCLOSURES), _book(run), run.world.end)

    def _open_leg(self, frame: Frame, end: int) -> None:
        self.leg(frame, end, None)
        row = self.legs[-1]
        self.legs[-1] = (*row[:6], -1, *row[7:])

    @staticmethod
    def _cases(run: "Run", words: dict[str, int]) -> NDArray[np.void]:
        stream = run.cases.rows
        table = np.zeros(len(stream), CASES)
        table["case"] = np.arange(len(stream))
        for name in ("id", "kind", "need", "protocol", "line", "opener", "opened"):
            table[name] = stream[name]
        table["closed"] = run.closed
        table["word"] = [words[word] if word else -1 for word in run.word]
        return table[table["opened"] <= run.world.end]


def _word(word: str | None, ended: int, words: dict[str, int]) -> int:
    if word is None:
        return -1 if ended < 0 else RECALLED
    return words[word]


def _sorted(rows: list[tuple[Any, ...]], columns: np.dtype[Any]) -> NDArray[np.void]:
    table = np.array(rows, columns)
    last = "step" if "step" in (columns.names or ()) else "serial"
    return table[np.lexsort((table[last], table["serial"], table["case"]))]


def _book(run: "Run") -> StationBook:
    def column(name: str) -> NDArray[np.int64]:
        return np.array([getattr(desk, name) for desk in run.desks], np.int64)
    present = np.array([desk.windows.presence(run.world.end) for desk in run.desks], np.int64)
    return StationBook(column("came"), column("began"), column("ended"), column("left"), column("work"),
                       column("waited"), present)
