"""What holds before the run, and luck, in compiled code (engine rules 42, 43, 56 to 59)."""

from typing import Any

import numpy as np

from sim import draws
from sim.engines.compiled.compiling import compiled, inlined
from sim.engines.compiled.layout import *
from sim.needs import KNOWN_PRINT

Words = Any
UNIT_BITS = np.uint64(12)         # `draws.unit` reads all bits but these


@inlined
def luck(frame: int, stream: int, counter: int, run: Words, tables: Words, frames: Words, cases: Words) -> Any:
    """64 random bits at the address (case, leg, stream, how often this leg began it).

    Sets a fault where a leg has begun one thing too often to have fresh luck. Counts stand four to a word.
    """
    leg = frames[frame + LEG]
    word, lane = leg + tables[LUCK_AT] + (counter >> 2), (counter & 3) << 4
    n = (frames[word] >> lane) & LANE
    if n >= draws.REPEATS:
        run[FAULT], run[FAULT_CASE] = LUCK_USED_UP, frames[frame + CASE]
        n = 0
    frames[word] += 1 << lane
    return draws.bits(np.uint64(run[SEED]), np.uint64(run[REPLICATION]),
                      np.uint64(cases[frames[frame + CASE_ROW] + CASE_ID]), np.uint64(frames[leg + KEY]),
                      np.uint64(stream), np.uint64(n))


@compiled
def fixed(case: int, leg: int, stream: int, run: Words) -> int:
    """The luck of a fact, as a number below 2**52: its address has no count, so asking twice answers alike."""
    return int(draws.bits(np.uint64(run[SEED]), np.uint64(run[REPLICATION]), np.uint64(case), np.uint64(leg),
                               np.uint64(stream), np.uint64(0)) >> UNIT_BITS)


@inlined
def below_one(bits: Any) -> int:
    """Bits as the number below 2**52 that thresholds are compared with (`tables.threshold`)."""
    return int(np.uint64(bits) >> UNIT_BITS)


@compiled
def holds(frame: int, fact: int, run: Words, tables: Words, frames: Words, cases: Words) -> bool:
    """A fact of the case in a root, of case and bound place in a leg."""
    row = tables[FACTS] + fact * FACT_WIDTH
    kind, case = tables[row + FACT_KIND], frames[frame + CASE_ROW]
    if kind == URGENT_CASE:
        return cases[case + URGENT] == 1
    if kind == FOR_EVIDENCE:
        return cases[case + PRODUCT] != 0
    if kind == KNOWS_HOLDER:
        return cases[case + HOLDER_KNOWN] == 1
    if kind == HAS_PRINT_ONLY:
        return cases[case + KNOWN] == KNOWN_PRINT
    if kind == IS_MINOR:
        return cases[case + MINOR] == 1
    if WAS_CREATED <= kind <= HAS_COMPLAINED:
        return cases[case + EVENT] == kind - WAS_CREATED
    place, opener = frames[frames[frame + LEG] + LEG_PLACE], cases[case + CASE_OPENER]
    if kind == BOTH_BOUND:
        bound = tables[BOUND] + cases[case + CASE_PROTOCOL] * tables[MANY_PLACES]
        return tables[bound + opener] == 1 and (place < 0 or tables[bound + place] == 1)
    if kind == OF_PLACE:
        return tables[tables[row + FACT_PLACES] + (place if place >= 0 else opener)] == 1
    key = tables[tables[PLACES] + place * PLACE_WIDTH + PLACE_KEY] if place >= 0 else 0
    return fixed(cases[case + CASE_ID], key, tables[row + FACT_STREAM], run) < tables[row + FACT_SHARE]
