"""Where each number of the compiled engine stands: columns of its few flat arrays, all int64.

Arrays are flat because a row is then one offset, and an offset is one word on the heap. A name below is a column: the
value stands at `array[row_offset + COLUMN]`. Times are ticks; -1 where a thing has not happened or is not there.

run       scalars of the run: clock, counters, how full each array is; they outlive a call
tables    what never changes during a run: programs, laws of chance, desks' windows, places, links (see `tables.py`)
law       int16, the verdict table
stream    the cases to come, sorted; `details` of those that run a script, `pool` their audiences and candidates
frames    one row per running script or job; width hangs on the programs
cases     one row per live case
desks     one row per station
heap      events of later ticks, three words each: tick, rank, row; `soon`: those of this tick
stores    copies that live at a party; for each record and place when something of it was first sent there; quotas used
legs, steps, messages, closings  what happened, in the order it happened
"""

from typing import Any


def _columns(many: int) -> Any:
    return range(many)


# Order of events within one tick (engine rule 2).
ARRIVE, READY, JOIN, HAND_OUT, DEADLINE = _columns(5)
KIND_BITS, DEPTH_BITS, CASE_BITS = 58, 50, 16          # where each part of a rank begins
MOST_CASES, MOST_FRAMES, MOST_DEPTH = 1 << 34, 1 << 16, 1 << 8
LANE = (1 << 16) - 1                                   # counts of luck and rounds stand four to a word
MOST_ROUNDS = 1 << 15
RESERVE = 64                                           # rows beyond what one case or audience can ask of one event
NEVER = (1 << 63) - 1
LONGEST = 1 << 62

# What a call of the kernel ends with. From TOO_MANY_FRAMES on the run cannot go on.
FINISHED, MORE_CASES, FULL_ROWS, FULL_STATE = _columns(4)
(TOO_MANY_FRAMES, TOO_DEEP, LUCK_USED_UP, TOO_LONG, PERIOD_TOO_LONG, NOTHING_IN_HAND, TOO_MANY_ROUNDS) = range(4, 11)

# run
(NOW, END, GRAIN, SEED, REPLICATION, FAULT, FAULT_CASE, NEXT_CASE, LAST_CASE, FIRST_NUMBER, HEAP_SIZE,
 SOON_SIZE, FREE_FRAME, USED_FRAMES, FREE_CASE, USED_CASES, EPOCH, LEGS_SIZE, STEPS_SIZE, MESSAGES_SIZE,
 CLOSINGS_SIZE, KEEP, MOST_SERIAL, LAST_BLOCK, LEGS_ROOM, STEPS_ROOM, MESSAGES_ROOM, CLOSINGS_ROOM, FRAMES_ROOM,
 CASES_ROOM, HEAP_ROOM, SOON_ROOM, SURE, TO_HAND_OUT, RUN_WIDTH) = _columns(35)

# tables: its first words say where its sections begin
(PLACES, TASKS, STATION_OF, CLOCKS, FACTS, BOUND, SOURCES, OUTCOMES, REFUSALS, EPOCHS, PROFILES,
 LAW_STRIDES, SHELVES, RECORD_OF, MANY_PLACES, MANY_TASKS, MANY_EPOCHS, INTERNAL, OWN_STREAM,
 FRAME_WIDTH, ROLES, LUCK_AT, ROUNDS_AT, JURISDICTIONS, PAUSES, WORD_DONE, WORD_LOST, LOOK_UP_LAWS,
 RULING_AT, SENT_BOOKS, QUOTAS, QUOTA_BOOK, OPENINGS, LAW_FIRST, MANY_INSTRUMENTS, TABLES_HEAD) = _columns(36)
LAW_AXES = 10                                          # category ... bar, profile of the giver, of the receiver

# a row of a program
(OP, NUMBER, THEN, PROTOCOL, TASK, PARTY, TO, VIA, STREAM, COUNTER, ANSWER_STREAM, ANSWER_COUNTER, CONTENT, OF_SUBJECT,
 CATEGORY, INSTRUMENT, FORM, SEARCH, MACHINE, SEALED, NETWORK, FIRST, CLOCK, FACT, THRESHOLD, AMONG, GROUP, UNTIL,
 RECALLED, RANK_OF, ANSWER_OF, BINDS, BINDS_MANY, ON_NOBODY, ON_EXPIRED, WORD, GROUNDS, WORTH, ABOUT_CASE,
 OF_RECORD, DUTY, QUOTA, WINDOW_OF, ROW_WIDTH) = _columns(44)
(WORK, REVIEW, MATCH, VERIFY, DECIDE, LOOKUP, STORE, WITHDRAW, SEND, WAIT, IS, CHANCE, CLOSE, FOR_EACH, DO, WITHIN, DUE,
 PAUSED, OWES, ASK_QUOTA, BATCH) = _columns(21)
ADDRESSED, MEMBERS, FOUND, NAMED, RECIPIENTS, OTHERS = _columns(6)     # AMONG
ALL, FIRST_ONE, ONE_BY_ONE = _columns(3)               # UNTIL
OPENER, UNBOUND = -2, -1                               # where a role stands that no institution fills

# a place; a task; a link; a clock's head and each of its limits; a fact; a source (program of a protocol); an outcome
(PLACE_KEY, MIDNIGHTS, MIDNIGHTS_MANY, WORKED, WORKED_MANY, CHANGES, CHANGES_MANY, OFFSETS, PLACE_WIDTH) = _columns(9)
(TIME, PER_SUBJECT, MISS, FALSE, SHARE, TASK_WIDTH) = _columns(6)
DELAY, RETRIES, RETRY_AFTER, LOSS = _columns(4)
(LIMITS, LIMITS_MANY, AT_ROLE, CLOCK_WIDTH) = _columns(4)
(WHEN, WHEN_MANY, UNIT, AMOUNT, LIMIT_WIDTH) = _columns(5)
ELAPSED, EU_HOURS, EU_CALENDAR_DAYS, EU_WORKING_DAYS = _columns(4)       # UNIT
(FACT_KIND, FACT_STREAM, FACT_SHARE, FACT_PLACES, FACT_WIDTH) = _columns(5)
(URGENT_CASE, FOR_EVIDENCE, KNOWS_HOLDER, HAS_PRINT_ONLY, IS_MINOR, WAS_CREATED, WAS_CHANGED, WAS_DELETED,
 HAS_COMPLAINED, BOTH_BOUND, OF_PLACE, OF_LEG) = _columns(12)                      # FACT_KIND
(ENTRY, BIND, SOURCE_WIDTH) = _columns(3)
(VERDICT, GROUND, DUTIES, OUTCOME_WIDTH) = _columns(4)
(GROUND_STREAM, GROUND_COUNTER, GROUND_WIDTH) = _columns(3)
(OPENS, CLOSES, OPENINGS_MANY, OPENING_WIDTH) = _columns(4)              # a window at a place

# stream and details
(OPENED, ID, STATION, PRIORITY, DETAIL, LAW, STREAM_WIDTH) = _columns(7)
(CASE_ID, CASE_SOURCE, CASE_PROTOCOL, CASE_OPENER, CASE_PRIORITY, URGENT, PRODUCT, MINOR, DUAL, HOLDER_KNOWN,
 PERSON_KIND, SUBJECTS, KNOWN, EVENT, CASE_RECORD, CASE_VERSION, ADDRESSED_FROM, ADDRESSED_TO, MEMBERS_FROM, MEMBERS_TO,
 CANDIDATES_FROM, CANDIDATES_TO, ATTACK, BAR, DETAIL_WIDTH) = _columns(25)

# a live case: its details, then
CASE_NUMBER, NEXT_SERIAL, FRAMES_LIVE, CLOSED, CASE_WIDTH = range(DETAIL_WIDTH, DETAIL_WIDTH + 5)

# a candidate
(HOLDER, BY_SEARCH, VERSION, SCORE, CREATED, SUPERSEDED, GENUINE, RECORD_KIND, HANDLING,
 CANDIDATE_WIDTH) = _columns(10)

# A frame: clocks and children, birth and end, then what nearly every event touches, side by side for the cache. The
# last line is the leg's, of frames that own one; bindings, counts of luck and counts of rounds come after it.
(TIMED_UNIT, TIMED_AT, DUE_AT, RACES, STOPS, STOPPED_AT, OVER, LEFT, BEST, AUDIENCE, AUDIENCE_END,
 BEGAN, STARTED_BY, DEPTH, PLACE, ROUND, TIMED, STOPPED, CHILD, YOUNGER, OLDER, WAITING, PARENT,
 STATE, CASE, SERIAL, JOB, ROW, LEG, CASE_ROW, HOLDS,
 DESK, QUEUED, SERVED_FROM, SERVICE, CLASS, AHEAD, BEHIND, STEPS,
 STEP, LUCK, NEXT, FORKED, KEY, LEG_PLACE, IN_HAND, BINDINGS) = _columns(47)
FREE, RUNNING, ENDED, OWN = _columns(4)                # STATE
NOT_WAITING, CHILDREN, JOINING = _columns(3)           # WAITING
NO_JOB, IN_QUEUE, IN_SERVICE, IN_MACHINE, ON_ITS_WAY, LOST_ON_ITS_WAY, PASSING_TIME, TO_START = _columns(8)   # JOB
# A frame waits for a desk or for legs, never for both: of the recipients it asks, since when, by what book, who holds.
ASKED_AT, BOOK_OF_RECORD, HELD_AT = QUEUED, SERVED_FROM, SERVICE

# a desk
CLASSES = 8
(NUMBER_OF_DESK, WINDOW, WINDOWS, WINDOWS_MANY, BUSY, HANDED_OUT_AT, WAKES_AT, WAITS, OWN_LAW, CAME, BEGUN, DONE, GONE,
 WORKED_TIME, WAITED_TIME, HEADS) = _columns(16)
TAILS = HEADS + CLASSES
DESK_WIDTH = TAILS + CLASSES

SINCE, HELD, HELD_BEFORE, STORE_WIDTH = _columns(4)    # a copy
DAY_OF, USED, QUOTA_WIDTH = _columns(3)                # of a quota, for a giver and a taker
EVENT_WIDTH = 3

# What happened: widths of rows in the column order of `sim.ledger`; closings are (case, tick, word, opened).
LEG_WIDTH, STEP_WIDTH, MESSAGE_WIDTH, CLOSING_WIDTH = 11, 13, 15, 4
ALL_WRITTEN = -1              # word of the closing that says: this case will write no more rows
