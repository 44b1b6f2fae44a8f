"""The running parts of a case: frames, the legs they share, clocks, and what a frame waits for."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from sim.programs import Program
from sim.scenario.schema import LimitSetting
from sim.units import Period

Candidate = tuple[int, int, int, int, int, int, int, bool, int, int]   # a row of content.CANDIDATES
HOLDER, VERSION, CREATED, SUPERSEDED, GENUINE, PERSON_KIND, HANDLING_CODE = 1, 3, 5, 6, 7, 8, 9


@dataclass(slots=True)
class Case:
    """One case of the stream; `number` is its position there (engine rule 5)."""

    number: int
    row: Any                      # its row of cases.STREAM as a named tuple
    addressed: tuple[int, ...]
    members: tuple[int, ...]
    protocol: int
    next_serial: int = 0


@dataclass(slots=True)
class Leg:
    """What scopes of one leg share: its key, how often each stream was begun (rule 56), the record found (rule 39)."""

    key: int
    place: int                    # -1 in a root
    luck: dict[int, int] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    found: Candidate | None = None
    ruling: int = -1              # what the law said at its last review


@dataclass(slots=True)
class Clock:
    """A statutory clock or a race. Stopped while `stops` > 0; `due` moves when it goes on."""

    name: int
    frame: "Frame"
    calendar: str
    place: int
    period: Period
    due: int
    races: bool
    stops: int = 0
    stopped_at: int = 0
    over: bool = False


@dataclass(slots=True)
class Fork:
    """A parent waiting for children: those of a ForEach, or the one sub-script of a scope."""

    best: tuple[str, ...]
    until: str
    rest: str
    children: list["Frame"]
    left: int
    word: str = ""
    joining: bool = False
    to_come: tuple[int, ...] = ()


@dataclass(slots=True, eq=False)
class Job:
    """One step at a station, or in a machine (station None); `frame` None: a desk's own work."""

    case: int
    serial: int
    frame: "Frame | None"
    prepared: Any
    station: Any
    queued: int
    work: int
    began: int = -1
    step: int = 0
    luck: int = 0                 # bits of its answer, drawn when it began (rule 56)
    ended: bool = False           # left the queue or was served


@dataclass(slots=True, eq=False)
class Frame:
    """A running script (rule 11): root, leg or scope."""

    case: Case
    serial: int
    parent: "Frame | None"       # who waits for it; None in a root, and once it was cut loose
    leg: Leg
    script: Generator[Any, str, str]
    program: Program
    next_row: int                 # row of the instruction it is about to yield, or -1 - word
    places: dict[str, int]
    depth: int
    began: int
    started_by: int = -1          # serial of the parent it was a child of
    place: int = -1               # the place ForEach bound it to
    round: int = 0
    steps: int = 0
    job: Job | None = None        # at a station
    fork: Fork | None = None
    clock: Clock | None = None    # its own
    stopped: Clock | None = None  # the clock it stops while it runs
    answer_row: Any = None        # prepared row of the instruction it waits on
    alive: bool = True


def innermost_clock(frame: Frame | None) -> Clock | None:
    """The clock that encloses a frame. Read at run time: a frame cut loose has no ancestors any more (rule 32)."""
    while frame is not None:
        if frame.clock is not None and not frame.clock.over:
            return frame.clock
        frame = frame.parent
    return None


def limit_of(limits: tuple[LimitSetting, ...], holds: dict[str, bool]) -> LimitSetting | None:
    """The first limit whose facts hold; "not x" wants x not to hold."""
    for limit in limits:
        if all(not holds[fact[4:]] if fact.startswith("not ") else holds[fact] for fact in limit.when):
            return limit
    return None


def family(frame: Frame) -> list[Frame]:
    found = [frame]
    if frame.fork is not None:
        for child in frame.fork.children:
            found += family(child)
    return found


def is_within(frame: Frame | None, root: Frame) -> bool:
    while frame is not None and frame is not root:
        frame = frame.parent
    return frame is root

