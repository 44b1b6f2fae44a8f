"""What a served step answers, in the tick it ends: law, holdings and copies as they stand then (engine rules 34 to 40).

Each function returns the index of the answer; what it found stands in the leg (`IN_HAND`), what the law said is
returned beside it.
"""

from typing import Any

from sim import laws
from sim.engines.compiled.compiling import compiled
from sim.engines.compiled.facts import below_one, fixed, luck
from sim.engines.compiled.layout import *
from sim.needs.rows import NO_ATTACK

Words = Any
DONE, GIVE, REFUSE, HIT, NO_HIT, CONFIRMED, REJECTED, YES, NO = 0, 0, 1, 0, 1, 0, 1, 0, 1
MUST_REFUSE, MAY_REFUSE = laws.MUST_REFUSE, laws.MAY_REFUSE


@compiled
def answered(frame: int, row: int, run: Words, tables: Words, law: Words, frames: Words, cases: Words, pool: Words,
             stores: Words) -> tuple[int, int, int]:
    """(index of the answer, outcome of the law or -1, record version or -1) of the step at `row`."""
    op = tables[row + OP]
    if op == REVIEW:
        answer, ruling = reviewed(frame, row, run, tables, law, frames, cases, pool)
        if tables[RULING_AT] >= 0:
            frames[frames[frame + LEG] + tables[RULING_AT]] = ruling + 1
        return answer, ruling, -1
    if op == MATCH or op == LOOKUP:
        if op == MATCH:
            found = best_held(frame, row, run, tables, frames, cases, pool)
        else:
            found = best_copied(frame, row, run, tables, frames, cases, pool, stores)
        frames[frames[frame + LEG] + IN_HAND] = found
        if found < 0:
            return NO_HIT, -1, -1
        return HIT, -1, pool[candidate(frame, found, frames, cases) + VERSION]
    if op == VERIFY:
        return verified(frame, row, tables, frames, cases, pool)
    if op == DECIDE:
        return decided(frame, row, run, tables, frames, cases), -1, -1
    if op == STORE or op == WITHDRAW:
        return DONE, -1, laid(frame, row, run, tables, frames, cases, pool, stores)
    return DONE, -1, -1


@compiled
def candidate(frame: int, number: int, frames: Words, cases: Words) -> int:
    """Offset into `pool` of the case's candidate of that number."""
    return cases[frames[frame + CASE_ROW] + CANDIDATES_FROM] + number * CANDIDATE_WIDTH


@compiled
def in_hand(frame: int, frames: Words, cases: Words) -> int:
    """Offset into `pool` of the record the leg's last search found; -1 for none."""
    found = frames[frames[frame + LEG] + IN_HAND]
    return candidate(frame, found, frames, cases) if found >= 0 else -1


@compiled
def version_in_hand(frame: int, frames: Words, cases: Words, pool: Words) -> int:
    """The version a message speaks of: that found, else that of the case's event, else -1."""
    found = in_hand(frame, frames, cases)
    return pool[found + VERSION] if found >= 0 else cases[frames[frame + CASE_ROW] + CASE_VERSION]


@compiled
def outcome_of(frame: int, row: int, giver: int, receiver: int, run: Words, tables: Words, law: Words, frames: Words,
               cases: Words, pool: Words) -> int:
    """Index of what the law says of giving this row's content at this tick."""
    case, found = frames[frame + CASE_ROW], in_hand(frame, frames, cases)
    kind, handling = cases[case + PERSON_KIND], 0
    if tables[row + OF_SUBJECT] == 0 and found >= 0:
        kind, handling = pool[found + RECORD_KIND], pool[found + HANDLING]
    epoch, many = run[EPOCH], tables[MANY_PLACES]
    while epoch + 1 < tables[MANY_EPOCHS] and tables[tables[EPOCHS] + epoch + 1] <= run[NOW]:
        epoch += 1
    run[EPOCH] = epoch
    profiles, instrument = tables[PROFILES] + epoch * many, tables[row + INSTRUMENT]
    strides = tables[LAW_STRIDES] + instrument * LAW_AXES
    at = tables[tables[LAW_FIRST] + epoch * tables[MANY_INSTRUMENTS] + instrument]
    at += tables[row + CATEGORY] * tables[strides] + cases[case + PRODUCT] * tables[strides + 1]
    at += cases[case + URGENT] * tables[strides + 2] + cases[case + DUAL] * tables[strides + 3]
    at += cases[case + MINOR] * tables[strides + 4] + kind * tables[strides + 5] + handling * tables[strides + 6]
    at += cases[case + BAR] * tables[strides + 7]
    at += tables[profiles + giver] * tables[strides + 8] + tables[profiles + receiver] * tables[strides + 9]
    return law[at]


@compiled
def reviewed(frame: int, row: int, run: Words, tables: Words, law: Words, frames: Words, cases: Words,
             pool: Words) -> tuple[int, int]:
    """The law of this tick; where the giver may refuse, it does as often as the scenario says of the ground."""
    bindings = frames[frame + LEG] + BINDINGS
    giver, receiver = frames[bindings + tables[row + PARTY]], frames[bindings + tables[row + TO]]
    ruling = outcome_of(frame, row, giver, receiver, run, tables, law, frames, cases, pool)
    outcome = tables[OUTCOMES] + ruling * OUTCOME_WIDTH
    if tables[outcome + VERDICT] == MUST_REFUSE:
        return REFUSE, ruling
    if tables[outcome + VERDICT] == MAY_REFUSE:
        ground = tables[outcome + GROUND]
        at = tables[row + GROUNDS] + ground * GROUND_WIDTH
        bits = luck(frame, tables[at + GROUND_STREAM], tables[at + GROUND_COUNTER], run, tables, frames, cases)
        if below_one(bits) < tables[tables[REFUSALS] + ground * tables[MANY_PLACES] + giver]:
            return REFUSE, ruling
    return GIVE, ruling


@compiled
def best_held(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words) -> int:
    """Number of the best candidate present now; candidates stand by holder and search, the best first (rule 37)."""
    case, now, search = frames[frame + CASE_ROW], run[NOW], tables[row + SEARCH]
    holder = frames[frames[frame + LEG] + BINDINGS + tables[row + PARTY]]
    first = cases[case + CANDIDATES_FROM]
    for at in range(first, cases[case + CANDIDATES_TO], CANDIDATE_WIDTH):
        if (pool[at + HOLDER] == holder and pool[at + BY_SEARCH] == search
                and pool[at + CREATED] <= now < pool[at + SUPERSEDED]):
            return (at - first) // CANDIDATE_WIDTH
    return -1


@compiled
def best_copied(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words,
                stores: Words) -> int:
    """Number of the best candidate whose very version stood as a copy at the party before this tick (rule 40), and
    can be found: an export may have left it out."""
    case, now, search = frames[frame + CASE_ROW], run[NOW], tables[row + SEARCH]
    place = frames[frames[frame + LEG] + BINDINGS + tables[row + PARTY]]
    shelf = tables[tables[SHELVES] + tables[row + PROTOCOL] * tables[MANY_PLACES] + place]
    first, best = cases[case + CANDIDATES_FROM], -1
    if shelf < 0:
        return -1
    for at in range(first, cases[case + CANDIDATES_TO], CANDIDATE_WIDTH):
        if pool[at + BY_SEARCH] != search or pool[at + HOLDER] >= tables[JURISDICTIONS] or pool[at + CREATED] > now:
            continue
        version = pool[at + VERSION]
        copy = shelf + tables[tables[RECORD_OF] + version] * STORE_WIDTH
        held = stores[copy + HELD] if stores[copy + SINCE] < now else stores[copy + HELD_BEFORE]
        if held == version and (best < 0 or pool[at + SCORE] > pool[best + SCORE] or (
                pool[at + SCORE] == pool[best + SCORE] and version < pool[best + VERSION])):
            best = at
    return (best - first) // CANDIDATE_WIDTH if best >= 0 else -1


@compiled
def verified(frame: int, row: int, tables: Words, frames: Words, cases: Words, pool: Words) -> tuple[int, int, int]:
    """A person's look at the record found, with error of both kinds."""
    task, found = tables[TASKS] + tables[row + TASK] * TASK_WIDTH, in_hand(frame, frames, cases)
    version = pool[found + VERSION] if found >= 0 else -1
    if found >= 0 and pool[found + GENUINE] == 1:
        return (REJECTED if frames[frame + LUCK] < tables[task + MISS] else CONFIRMED), -1, version
    return (CONFIRMED if frames[frame + LUCK] < tables[task + FALSE] else REJECTED), -1, version


@compiled
def decided(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words) -> int:
    """Whether the matter is worth it is a fact of the leg, whether the asker is genuine one of the case; the person who
    decides errs both ways."""
    task, case = tables[TASKS] + tables[row + TASK] * TASK_WIDTH, frames[frame + CASE_ROW]
    if tables[row + ABOUT_CASE] == 1:
        worthy = cases[case + ATTACK] == NO_ATTACK
    else:
        key = frames[frames[frame + LEG] + KEY]
        worthy = fixed(cases[case + CASE_ID], key, tables[row + WORTH], run) < tables[task + SHARE]
    if worthy:
        return YES if frames[frame + LUCK] >= tables[task + MISS] else NO
    return YES if frames[frame + LUCK] < tables[task + FALSE] else NO


@compiled
def laid(frame: int, row: int, run: Words, tables: Words, frames: Words, cases: Words, pool: Words,
         stores: Words) -> int:
    """Lay a copy of the record in hand down at the party, or take it away; its version.

    One state before the present one is kept: a search sees the stores as they stood before its tick.
    """
    case, now = frames[frame + CASE_ROW], run[NOW]
    version, record = cases[case + CASE_VERSION], cases[case + CASE_RECORD]
    if record < 0:
        found = in_hand(frame, frames, cases)
        if found < 0:
            run[FAULT], run[FAULT_CASE] = NOTHING_IN_HAND, frames[frame + CASE]
            return -1
        version = pool[found + VERSION]
        record = tables[tables[RECORD_OF] + version]
    place = frames[frames[frame + LEG] + BINDINGS + tables[row + PARTY]]
    shelf = tables[tables[SHELVES] + tables[row + PROTOCOL] * tables[MANY_PLACES] + place]
    copy = shelf + record * STORE_WIDTH
    if stores[copy + SINCE] < now:
        stores[copy + HELD_BEFORE], stores[copy + SINCE] = stores[copy + HELD], now
    stores[copy + HELD] = version if tables[row + OP] == STORE else -1
    return version
