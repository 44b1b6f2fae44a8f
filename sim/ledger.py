"""All that happened in one run: cases, legs, steps, messages, and who learnt what. The only output of an engine.

Ticks are int64 microseconds since the scenario's start; -1 where a thing has not happened by the end of the run.
Places, stations, tasks, contents, forms and protocols are indices into the tuples of `sim.world.World`.
Rows are sorted by (case, serial, step). Changing an order or a meaning here bumps LEDGER_VERSION.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEDGER_VERSION = 2
NEVER = np.iinfo(np.int64).max

# Kinds of case: one case space for all of them.
NEED, RECORD, DOMESTIC, BACKGROUND = range(4)
CASE_KINDS = ("need", "record", "domestic", "background")

# Why a Review answered as it did; also what the auditor finds of a disclosure.
PERMITTED, FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN = range(4)
RULINGS = ("permitted", "forbidden", "no rule known", "duty broken")

# Roles of a learner.
RECIPIENT, INTERMEDIARY = range(2)

CASES = np.dtype([
    ("case", "i8"),       # position in the stream: by arrival, then id
    ("id", "u8"),         # stable id
    ("kind", "i1"),       # CASE_KINDS
    ("need", "i4"),       # row of the needs, -1 for other kinds
    ("protocol", "i2"),   # index into World.protocols, -1 for domestic and background work
    ("line", "i2"),       # channel line of the option that opened it, -1 for other kinds
    ("opener", "i2"),     # place
    ("opened", "i8"),
    ("closed", "i8"),
    ("word", "i2"),       # index into World.words, -1 while open
])

LEGS = np.dtype([         # every frame of needs and record events: root, leg, scope
    ("case", "i8"),
    ("serial", "i4"),     # order of creation within the case; 0 = root
    ("parent", "i4"),     # serial, -1 for the root
    ("place", "i2"),      # the place ForEach bound, -1 for root and scopes
    ("round", "i2"),      # how often the parent had forked over that place
    ("began", "i8"),
    ("ended", "i8"),
    ("word", "i2"),       # -1 while it runs, -2 if it was recalled
    ("clock", "i2"),      # index into World.clocks for Due and Within, else -1
    ("due", "i8"),        # where the clock stood when the frame ended; -1 without one
    ("lateness", "i8"),   # ended - due, negative: early; -1 without a clock; of an open frame: end of run - due
])

STEPS = np.dtype([        # every step, at a desk or by a machine; questions and delays have none
    ("case", "i8"),
    ("serial", "i4"),
    ("step", "i4"),       # 0, 1, 2 ... within the frame
    ("row", "i4"),        # row of the program
    ("task", "i2"),       # index into World.tasks, -1 for a desk's own work
    ("station", "i4"),    # -1: nobody queues for it, a machine's or on the spot (Task.desk)
    ("queued", "i8"),     # joined the queue
    ("began", "i8"),      # service began; -1 while waiting
    ("ended", "i8"),
    ("work", "i8"),       # clerk time in ticks (closed hours not counted)
    ("answer", "i1"),     # index into the row's answers, -1 while it runs
    ("ruling", "i4"),     # Review: index into Verdicts.outcomes, else -1
    ("version", "i4"),    # Match, Lookup, Verify: the record version found or looked at, else -1
])

MESSAGES = np.dtype([
    ("case", "i8"),
    ("serial", "i4"),
    ("step", "i4"),
    ("protocol", "i2"),
    ("begun", "i8"),
    ("arrives", "i8"),    # planned arrival, also where it lies beyond the end; NEVER if lost
    ("lost", "?"),
    ("sender", "i2"),     # place
    ("receiver", "i2"),   # place
    ("via", "i2"),        # place of the intermediary, -1
    ("content", "i2"),
    ("form", "i1"),       # index into script.FORMS
    ("version", "i4"),    # record version it speaks of, -1 when none was found
    ("machine", "?"),     # received by a machine: no person reads it on arrival
    ("sealed", "?"),      # encrypted from end to end
])

# What a learner has of a disclosure, three separate things: `access` is a bit set of them.
CUSTODY, CAN, MAY = 1, 2, 4      # it holds it; it has the keys; it has a legal basis to read

DISCLOSURES = np.dtype([  # one row per (message, learner, subject): 48 bytes, every column aligned
    ("message", "i4"),    # row of the messages
    ("subject", "i4"),    # person it passes for; -1 - k for the k-th further subject of the request
    ("tick", "i8"),       # arrival
    ("retain_until", "i8"),
    ("true_subject", "i4"),   # person it is really about: of a false hit another one
    ("learner", "i2"),    # place
    ("owner", "i2"),      # place whose data it is
    ("route", "i2"),      # intermediary, -1 direct
    ("key_group", "i2"),  # who can undo the form; -1 none
    ("fields", "i2"),     # row of World.field_sets: the content's
    ("basis", "i2"),      # index into Verdicts.outcomes
    ("role", "i1"),       # RECIPIENT, INTERMEDIARY
    ("form", "i1"),       # index into script.FORMS
    ("kind", "i1"),       # index into laws.KINDS: of the person, as the record says or else the request
    ("purpose", "i1"),    # index into World.purposes
    ("ruling", "i1"),     # RULINGS
    ("necessary", "i1"),  # how many of the fields law and need make necessary for this learner; -1 not judged
    ("seen_by", "i1"),    # 0 nobody, 1 a machine, 2 a person
    ("access", "u1"),     # bits CUSTODY, CAN, MAY
])


@dataclass(frozen=True)
class StationBook:
    """The desks' own book, kept apart from the cases': one entry per station.

    came, began, ended, left  jobs that joined, were begun, were ended, left the queue unserved
    work, waited  ticks: clerk time of ended jobs; time between joining and beginning of begun jobs
    open_clerk_time  ticks of clerk presence up to the end of the run
    """

    came: NDArray[np.int64]
    began: NDArray[np.int64]
    ended: NDArray[np.int64]
    left: NDArray[np.int64]
    work: NDArray[np.int64]
    waited: NDArray[np.int64]
    open_clerk_time: NDArray[np.int64]


@dataclass(frozen=True)
class Ledger:
    """What an engine returns. `disclosures` is written from the messages by the transport (`sim.transport`)."""

    cases: NDArray[np.void]
    legs: NDArray[np.void]
    steps: NDArray[np.void]
    messages: NDArray[np.void]
    disclosures: NDArray[np.void]
    stations: StationBook
    end: int              # last tick of the run

    @property
    def events(self) -> int:
        """Timed events by the end: cases opened, services ended, messages delivered. The same for every engine."""
        served = (self.steps["began"] >= 0) & (self.steps["ended"] >= 0)
        return len(self.cases) + int(served.sum()) + int((self.messages["arrives"] <= self.end).sum())
