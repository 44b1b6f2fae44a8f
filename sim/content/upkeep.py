"""Processes that keep records right: a check at entry, and audits of whole stores.

What a check catches and what an audit finds hangs on numbers drawn once for each record, type of error and entry.
More checking catches what less of it caught and something besides, and a lever that brings audits in moves nothing
else. Audits come at even times, one in each `every`, from a phase of the record's own, long before the run as well.

An error is a bit of a uint64 over `errors.ERRORS`. Called with all bits set, the functions say of every type whether
it would be left, so that rates can be set to 0 before anything strikes: `(left >> k) & 1`. Ticks are int64.
"""

import numpy as np
from numpy.typing import NDArray

from sim.content.errors import ERRORS
from sim.draws import bits_many, stream, unit_many
from sim.scenario.holdings import Audits, Validation

Ids = NDArray[np.uint64]
Bits = NDArray[np.uint64]
Ticks = NDArray[np.int64]
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max

# A form sees that a field which everybody fills is empty, or holds what cannot stand there. It cannot see a misspelt
# name, a wrong digit that leaves a possible date, a day taken for a month, or names in each other's place: they look
# right. Nor does it miss what not everybody has: a document, a vehicle, a fixed address.
NOTICEABLE = ("placeholder_date", "two_digit_year", "partial_date", "document_digit", "wrong_code", "family_missing",
              "given_missing", "date_missing", "birth_place_missing", "nationality_missing", "sex_missing",
              "offence_missing", "print_missing")

_BIT = {name: k for k, name in enumerate(ERRORS)}
NOTICEABLE_BITS = sum(1 << _BIT[name] for name in NOTICEABLE)


def left_at_entry(seed: int, ids: Ids, serial: int, errors: Bits, validation: Validation | None) -> Bits:
    """Errors, uint64[n], left in records once they were checked at entry.

    ids     u64[n] identities of the records (`errors.record_ids`)
    serial  which entry of the record it is, as in `errors.versions`
    """
    left = errors.copy()
    if validation is None:
        return left
    checked = _luck(seed, ids, serial, "validation", "share") < validation.share.value
    for name in NOTICEABLE:
        here = _having(left, name, checked)
        caught = _luck(seed, ids[here], serial, "validation", name) < validation.caught.value
        left[here[caught]] &= ~_bit(name)
    return left


def audits_before(seed: int, ids: Ids, entered: Ticks, until: Ticks | int, audits: Audits | None) -> Whole:
    """How often each record was audited in (entered, until], int64[n]; 0 where `until` comes first."""
    if audits is None:
        return np.zeros(len(ids), np.int64)
    every, phase = _cycle(seed, ids, audits)
    times = (until - phase) // every - (entered - phase) // every
    return np.where(_audited(seed, ids, audits), np.maximum(times, 0), 0)


def left_by_audits(seed: int, ids: Ids, serial: int, errors: Bits, many: Whole, audits: Audits | None) -> Bits:
    """Errors, uint64[n], left in records that were audited so many times since they were entered.

    Each audit finds each error with the chance `found`, whatever those before it found.
    """
    left = errors.copy()
    if audits is None:
        return left
    looked_at = many > 0
    for name in ERRORS:
        here = _having(left, name, looked_at)
        needed = attempts(_luck(seed, ids[here], serial, "audit", name), audits.found.value)
        left[here[needed <= many[here]]] &= ~_bit(name)
    return left


def next_audit(seed: int, ids: Ids, after: Ticks, audits: Audits) -> Ticks:
    """The tick of the first audit of each record after a tick, int64[n]; NEVER for those that are never audited."""
    every, phase = _cycle(seed, ids, audits)
    return np.where(_audited(seed, ids, audits), phase + ((after - phase) // every + 1) * every, NEVER)


def up_to_date_from(seed: int, ids: Ids, serial: int, field: str, stale: Ticks, audits: Audits | None) -> Ticks:
    """The tick from which a field shows the truth again, int64[n]: of the first audit that finds that it is stale.

    stale  int64[n] since when it is not the truth any more (NEVER: it still is); the answer is NEVER if nothing
           finds it

    Where changes come at the rate mu, each audit finds them (found = 100 %) and what it finds is seen d later, the
    share of values that are stale is 1 - exp(-mu d) (1 - exp(-mu T)) / (mu T), T = `every`, and the mean time since
    the audit that is seen is T / 2 + d: J. Cho and H. Garcia-Molina, Synchronizing a database to improve freshness,
    SIGMOD 2000.
    """
    if audits is None:
        return np.full(len(ids), NEVER)
    every, phase = _cycle(seed, ids, audits)
    seen = stale != NEVER
    needed = attempts(_luck(seed, ids, serial, "audit", "stale", field), audits.found.value)
    tick = phase + ((np.where(seen, stale, 0) - phase) // every + needed) * every
    mended = seen & _audited(seed, ids, audits) & (tick < 2.0**62)
    return np.where(mended, np.where(mended, tick, 0).astype(np.int64), NEVER)


def attempts(u: Floats, chance: float) -> Floats:
    """How many attempts it takes until one succeeds, each with this chance: geometric, whole numbers from 1, or inf.

    One uniform stands for all of them, and the higher the chance the fewer it takes.
    """
    if chance <= 0:
        return np.full(len(u), np.inf)
    if chance >= 1:
        return np.ones(len(u))
    return np.asarray(np.maximum(np.ceil(np.log(u) / np.log1p(-chance)), 1.0))


def _cycle(seed: int, ids: Ids, audits: Audits) -> tuple[int, Ticks]:
    """Ticks from one audit to the next, and a tick at which each record is audited, below that."""
    every = int(audits.every.value)
    return every, np.asarray(_luck(seed, ids, 0, "audit", "phase") * every, np.int64)


def _audited(seed: int, ids: Ids, audits: Audits) -> Flags:
    return _luck(seed, ids, 0, "audit", "share") < audits.share.value


def _having(errors: Bits, name: str, among: Flags) -> Whole:
    return np.flatnonzero(among & ((errors & _bit(name)) != 0))


def _bit(name: str) -> np.uint64:
    return np.uint64(1 << _BIT[name])


def _luck(seed: int, ids: Ids, serial: int, *words: str) -> Floats:
    return unit_many(bits_many(seed, 0, ids, 0, stream(*words), serial))
