"""A desk while the run goes on: its queue, its clerks, and its own book (engine rules 3, 4, 29)."""

from heapq import heappop, heappush

import numpy as np

from sim import draws
from sim.calendars import next_change as change_after
from sim.calendars import service_end
from sim.cases import Cases
from sim.engines.frames import Job
from sim.world import Station, World


class Desk:
    """Non-preemptive, priority by class, then first come first served by (tick, case, serial)."""

    def __init__(self, number: int, station: Station):
        self.windows = windows = station.windows
        self.number = number
        self.opens, self.closes = windows.opens, windows.closes
        self.clerks, self.open_before = windows.clerks, windows.open_before
        self._starts, self._ends = windows.opens.tolist(), windows.closes.tolist()
        self._staff = windows.clerks.tolist()
        self._window = 0
        self.queue: list[tuple[int, int, int, int, Job]] = []
        self.busy = 0
        self.handed_out_at = -1       # a hand-out of this tick is pending
        self.wakes_at = -1            # a hand-out at a later change of staff is pending
        self.own_served: dict[int, Job] = {}   # by case: own work in service
        self.came = self.began = self.ended = self.left = self.work = self.waited = 0

    def clerks_now(self, now: int) -> int:
        """Clerks present; `now` never goes back, so the window is remembered."""
        while self._window < len(self._ends) and self._ends[self._window] <= now:
            self._window += 1
        if self._window == len(self._ends) or self._starts[self._window] > now:
            return 0
        return int(self._staff[self._window])

    def next_change(self, now: int) -> int:
        return int(change_after(self.opens, self.closes, now))

    def join(self, job: Job, priority: int) -> None:
        self.came += 1
        heappush(self.queue, (priority, job.queued, job.case, job.serial, job))

    def leave(self, job: Job) -> None:
        """Abandoned in the queue: it leaves in that tick (the entry is dropped when it surfaces)."""
        job.ended = True
        self.left += 1

    def next_job(self) -> Job | None:
        while self.queue:
            job = heappop(self.queue)[4]
            if not job.ended:
                return job
        return None

    def waits(self) -> bool:
        while self.queue and self.queue[0][4].ended:
            heappop(self.queue)
        return bool(self.queue)

    def begin(self, job: Job, now: int) -> int:
        """Tick at which the service ends; NEVER if the desk does not open long enough again."""
        self.busy += 1
        self.began += 1
        self.waited += now - job.queued
        job.began = now
        if job.frame is None:
            self.own_served[job.case] = job
        return int(service_end(self.opens, self.closes, self.open_before, now, job.work))

    def end(self, job: Job) -> None:
        self.busy -= 1
        self.ended += 1
        self.work += job.work
        job.ended = True
        if job.frame is None:
            del self.own_served[job.case]

    def own_in_hand(self) -> list[Job]:
        """Own work that waits or is in service."""
        return [*self.own_served.values(), *(entry[4] for entry in self.queue if entry[4].frame is None)]


def own_times(world: World, cases: Cases, stream: int) -> list[int]:
    """Ticks each piece of own work takes, by case; 0 for other cases. One array of draws instead of one draw a job."""
    times = np.zeros(len(cases.rows), np.int64)
    ids, stations = np.ascontiguousarray(cases.rows["id"]), cases.rows["station"]
    bits = draws.bits_many(world.seed, world.replication, ids, 0, stream, 0)
    laws = cases.rows["law"]
    for number, look_up_time in enumerate(world.look_up_times, 1):
        here = laws == number
        times[here] = draws.draw_many(look_up_time, np.ascontiguousarray(bits[here]))
    for number, station in enumerate(world.stations):
        here = (stations == number) & (laws == 0)
        times[here] = draws.draw_many(station.own_job, np.ascontiguousarray(bits[here]))
    return [int(time) for time in times // world.grain * world.grain]
