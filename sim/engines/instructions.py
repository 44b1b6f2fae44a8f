"""From instruction to rule: what each does when it begins (PERFORM), what a served step answers at its end (EFFECT).

A rule returns the answer at once, or BLOCKED when the frame now waits for an event.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sim import calendars, draws, laws
from sim.cases.parties import bind_leg
from sim.engines.frames import (
    CREATED,
    GENUINE,
    HANDLING_CODE,
    HOLDER,
    PERSON_KIND,
    SUPERSEDED,
    VERSION,
    Clock,
    Fork,
    Frame,
    Job,
    Leg,
    innermost_clock,
    limit_of,
)
from sim.engines.prepared import Prepared, refusal_share
from sim.engines.questions import chance, fixed_unit, holds, is_so, owes, quota
from sim.errors import CapacityError
from sim.needs.rows import NO_ATTACK
from sim.script import (
    CONFIRMED,
    DONE,
    GIVE,
    HIT,
    NO,
    NO_HIT,
    NOBODY,
    REFUSE,
    REJECTED,
    YES,
    Batch,
    Chance,
    Close,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Owes,
    Paused,
    Quota,
    Review,
    Send,
    Store,
    Verify,
    Wait,
    Withdraw,
    Within,
    Work,
)
from sim.units import Period
from sim.world import MACHINE

if TYPE_CHECKING:
    from sim.engines.reference import Run

BLOCKED = None
READY = 1
NOTHING_IN_HAND = "a copy is laid down or taken away, and the leg's last search found nothing"
Effect = tuple[str, int, int]        # answer, ruling (outcome of the law), record version


def ready(run: "Run", frame: Frame, tick: int, act: Callable[[], None]) -> None:
    """The frame's one pending event (rule 8)."""
    run.at(tick, READY << 58 | frame.case.number << 16 | frame.serial, act)


# Steps: served at a station.

def step(run: "Run", frame: Frame, row: Prepared) -> None:
    """The duration is drawn when the instruction begins (rule 10); a machine never queues."""
    world, task = run.world, run.world.tasks[row.task]
    number = world.station_of[frame.places[row.instruction.party], row.task]
    desk = None if number == MACHINE else run.desks[number]
    factor = frame.case.row.subjects if task.per_subject else 1
    work = int(draws.draw(task.time, run.luck(frame, row.stream))) * factor // world.grain * world.grain
    luck = run.luck(frame, row.verdict) if row.kind in (Verify, Decide) else 0
    job = Job(frame.case.number, frame.serial, frame, row, desk, run.now, work, step=frame.steps, luck=luck)
    frame.steps += 1
    if desk is None:
        job.began = run.now
        frame.job = job
        ready(run, frame, run.now + work, partial(run.served, job, None))
    else:
        run.queue(frame, job, desk)
    return BLOCKED


def done(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    return DONE, -1, -1


def review(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    """The law of this tick; where the giver may refuse, it does as often as the scenario says of the ground."""
    giver, receiver = frame.places[row.instruction.party], frame.places[row.instruction.to]
    ruling = outcome_of(run, frame, row, giver, receiver)
    outcome, frame.leg.ruling = run.world.law.outcomes[ruling], ruling
    if outcome.verdict == laws.MUST_REFUSE:
        return REFUSE, ruling, -1
    if outcome.verdict == laws.MAY_REFUSE:
        luck = draws.unit(run.luck(frame, run.prepared.stream("discretion", row.instruction.party, outcome.ground)))
        if luck < refusal_share(run.world, giver, outcome.ground):
            return REFUSE, ruling, -1
    return GIVE, ruling, -1


def outcome_of(run: "Run", frame: Frame, row: Prepared, giver: int, receiver: int) -> int:
    """Index of what the law says of giving this row's content at this tick."""
    law, case = run.world.law, frame.case.row
    kind, handling = case.kind_of_person, 0
    if row.content_declared is not None and row.content_declared.of != "subject" and frame.leg.found is not None:
        kind, handling = frame.leg.found[PERSON_KIND], frame.leg.found[HANDLING_CODE]
    epoch = int(law.epochs.searchsorted(run.now, side="right")) - 1
    key = (epoch, row.instrument, row.category, case.product, int(case.urgent), int(case.dual_criminality),
           int(case.minor_offence), kind, handling, case.bar, giver, receiver)
    if key not in run.outcomes:
        run.outcomes[key] = int(law.look(*key))
    return run.outcomes[key]


def match(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    """The best candidate present now decides: higher score, then lower version (rule 37)."""
    holder = frame.places[row.instruction.party]
    for candidate in run.content.candidates.of(frame.case.row.need, holder, row.search):
        if candidate[CREATED] <= run.now < candidate[SUPERSEDED]:
            return found(frame, candidate)
    return found(frame, None)


def found(frame: Frame, candidate: Any) -> Effect:
    """A leg holds what its last search found (rule 39)."""
    frame.leg.found = candidate
    return (HIT, -1, candidate[VERSION]) if candidate is not None else (NO_HIT, -1, -1)


def lookup(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    """Search the copies at the party, as they stood before this tick (rule 40); a record that its holder's export
    leaves out is among them from the tick on at which it can be found."""
    place, need = frame.places[row.instruction.party], frame.case.row.need
    for candidate in _all_holders(run, need, row.search):
        version = candidate[VERSION]
        if candidate[CREATED] <= run.now and run.copies.holds(row.protocol, place, run.record_of[version], version,
                                                              run.now):
            return found(frame, candidate)
    return found(frame, None)


def _all_holders(run: "Run", need: int, search: int) -> list[Any]:
    """Candidates of one need over every holder, best first; gathered once."""
    key = (need, search)
    if key not in run.lookups:
        of = run.content.candidates.of
        rows = [row for place in range(run.world.jurisdictions) for row in of(need, place, search)]
        run.lookups[key] = sorted(rows, key=lambda row: (-row[4], row[VERSION]))
    return run.lookups[key]


def verify(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    """A person's look at the record found, with error of both kinds."""
    task, candidate = run.world.tasks[row.task], frame.leg.found
    luck = draws.unit(bits)
    version = candidate[VERSION] if candidate is not None else -1
    if candidate is not None and candidate[GENUINE]:
        return (REJECTED if luck < task.miss else CONFIRMED), -1, version
    return (CONFIRMED if luck < task.false else REJECTED), -1, version


def decide(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    """Whether the matter is worth it is a fact of the leg, whether the asker is genuine one of the case; the person who
    decides errs both ways."""
    task = run.world.tasks[row.task]
    if row.instruction.about:
        worthy = frame.case.row.attack == NO_ATTACK
    else:
        fact = run.prepared.stream("worth", row.instruction.task)
        worthy = fixed_unit(run, frame.case.row.id, frame.leg.key, fact) < task.share
    luck = draws.unit(bits)
    pursued = luck >= task.miss if worthy else luck < task.false
    return (YES if pursued else NO), -1, -1


def store(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    record, version = _record_in_hand(run, frame)
    run.copies.store(row.protocol, frame.places[row.instruction.party], record, version, run.now)
    return DONE, -1, version


def withdraw(run: "Run", frame: Frame, row: Prepared, bits: int) -> Effect:
    record, version = _record_in_hand(run, frame)
    run.copies.withdraw(row.protocol, frame.places[row.instruction.party], record, run.now)
    return DONE, -1, version


def _record_in_hand(run: "Run", frame: Frame) -> tuple[int, int]:
    """The record of the event in a record script; else what the leg's last search found."""
    if frame.case.row.record >= 0:
        return frame.case.row.record, frame.case.row.version
    if frame.leg.found is None:     # a scope cut loose may have searched the leg in vain meanwhile
        raise CapacityError(f"case {frame.case.number}: {NOTHING_IN_HAND}")
    return run.record_of[frame.leg.found[VERSION]], frame.leg.found[VERSION]


# Delays.

def send(run: "Run", frame: Frame, row: Prepared) -> None:
    """The message is written when it begins, dated with its arrival, lost or not (rule 44); `via` adds a link (45)."""
    sender, receiver = frame.places[row.instruction.sender], frame.places[row.instruction.receiver]
    via = frame.places[row.instruction.via] if row.instruction.via is not None else -1
    protocol = run.world.protocols[row.protocol]
    network = run.world.networks["internal" if sender == receiver else protocol.network]
    delay = sum(int(draws.draw(network.delay, run.luck(frame, row.stream))) for _ in range(1 if via < 0 else 2))
    luck = draws.unit(run.luck(frame, row.verdict))
    tries = 0
    while tries <= network.retries and luck < network.loss ** (tries + 1):
        tries += 1
    lost = tries > network.retries
    delay += min(tries, network.retries) * network.retry_after
    arrives = run.now + delay // run.world.grain * run.world.grain
    version = frame.leg.found[VERSION] if frame.leg.found is not None else frame.case.row.version
    if row.content_declared is not None and row.content_declared.of == "record" and not lost and version >= 0:
        run.copies.sent(row.protocol, receiver, run.record_of[version], run.now)
    run.rows.message(frame, row, run.now, arrives, lost, sender, receiver, via, version)
    frame.steps += 1
    ready(run, frame, arrives, partial(run.arrived, frame, lost))
    return BLOCKED


def wait(run: "Run", frame: Frame, row: Prepared) -> str | None:
    name = row.instruction.clock
    period, calendar, place = period_of(run, frame, name)
    if period is None:
        return DONE
    tick = calendars.due(calendar, period, run.now, run.world.days[place])
    frame.steps += 1
    ready(run, frame, tick, partial(run.waited, frame))
    return BLOCKED

def batch(run: "Run", frame: Frame, row: Prepared) -> None:
    """The next opening of the window at the place of its party, now included (rule 46)."""
    name = row.instruction.window
    place = frame.places.get(run.world.scenario.window[name].at, frame.case.row.opener)
    window = run.world.openings[name][place]
    frame.steps += 1
    ready(run, frame, int(calendars.next_opening(window.opens, window.closes, run.now)), partial(run.waited, frame))
    return BLOCKED


# Frames.

def close(run: "Run", frame: Frame, row: Prepared) -> str:
    run.close(frame.case, row.instruction.word)
    return DONE


def for_each(run: "Run", frame: Frame, row: Prepared) -> str | None:
    """Legs start in audience order; an empty audience answers in the same tick (rules 16 to 21)."""
    audience = audience_of(run, frame, row.instruction.among)
    if not audience:
        return NOBODY
    instruction = row.instruction
    frame.fork = Fork(instruction.best, instruction.until, instruction.rest, [], 0, to_come=audience)
    for _ in audience if instruction.until != "one_by_one" else audience[:1]:
        next_leg(run, frame, frame.fork)
    return BLOCKED


def audience_of(run: "Run", frame: Frame, among: str) -> tuple[int, ...]:
    """Places in the order they are asked (rules 19, 20)."""
    if among == "addressed":
        return frame.case.addressed
    if among == "members":
        return frame.case.members
    if among == "others":
        return tuple(place for place in frame.case.members if place not in frame.case.addressed)
    if among == "found":
        return () if frame.leg.found is None else (frame.leg.found[HOLDER],)
    if among == "recipients":
        return recipients_of(run, frame)
    named = {run.world.places.index(code) for code in run.world.scenario.groups[among]}
    return tuple(place for place in frame.case.members if place in named)


def recipients_of(run: "Run", frame: Frame) -> tuple[int, ...]:
    """Members to whom this protocol sent content of the record in hand before this tick, but for its holder."""
    if frame.case.row.record >= 0:
        record, holder = frame.case.row.record, frame.case.row.opener
    elif frame.leg.found is not None:
        record, holder = run.record_of[frame.leg.found[VERSION]], frame.leg.found[HOLDER]
    else:
        return ()
    return tuple(place for place in frame.case.members if place != holder
                 and run.copies.was_sent(frame.case.protocol, place, record, run.now))


def next_leg(run: "Run", frame: Frame, fork: Fork) -> None:
    """Start the next leg of the audience, with a key of its own: the path of places and rounds (rule 58)."""
    place, fork.to_come = fork.to_come[0], fork.to_come[1:]
    row, leg = frame.answer_row, frame.leg
    round = leg.rounds.get(place, 0)
    leg.rounds[place] = round + 1
    key = int(draws.leg_key(leg.key, run.world.place_keys[place], round))
    places = bind_leg(run.world.protocols[frame.case.protocol], row.instruction.party, frame.places, place)
    fork.left += 1
    fork.children.append(run.child(frame, row.entry, row.instruction.leg, Leg(key, place, found=leg.found), places,
                                   place, round))


def scope(run: "Run", frame: Frame, row: Prepared) -> Frame:
    """One child that shares the leg; the parent waits for it."""
    child = run.child(frame, row.entry, row.instruction.sub, frame.leg, frame.places)  # type: ignore[arg-type]
    frame.fork = Fork((), "all", getattr(row.instruction, "rest", "runs_on"), [child], 1)
    return child


def do(run: "Run", frame: Frame, row: Prepared) -> None:
    scope(run, frame, row)
    return BLOCKED


def timed(run: "Run", frame: Frame, row: Prepared) -> None:
    """Due measures, Within races; the clock starts in this tick (rules 23, 24)."""
    name = row.instruction.clock
    period, calendar, place = period_of(run, frame, name)
    child = scope(run, frame, row)
    if period is not None:
        due = calendars.due(calendar, period, run.now, run.world.days[place])
        child.clock = Clock(run.world.clocks.index(name), child, calendar, place, period, due, row.kind is Within)
        if child.clock.races:
            run.race(child.clock)
    return BLOCKED


def period_of(run: "Run", frame: Frame, name: str) -> tuple[Period | None, str, int]:
    """The clock's period for this leg's facts (None: no limit binds), its calendar, the place whose days it counts."""
    setting = run.world.scenario.clock[name]
    facts = {fact.removeprefix("not ") for limit in setting.limits for fact in limit.when}
    limit = limit_of(setting.limits, {fact: holds(run, frame, fact) for fact in facts})
    place = frame.places.get(setting.at, frame.case.row.opener)
    if limit is None:
        return None, setting.calendar, place
    if limit.period is not None:
        return limit.period, setting.calendar, place
    assert limit.time is not None      # a limit without a length is refused when the scenario is loaded
    ticks = int(limit.time.value)
    return Period(ticks // run.world.grain * run.world.grain, "elapsed"), "elapsed", place


def paused(run: "Run", frame: Frame, row: Prepared) -> None:
    clock = innermost_clock(frame)
    run.stop(scope(run, frame, row), clock)
    return BLOCKED


PERFORM: dict[type, Callable[["Run", Frame, Prepared], str | None]] = {
    Work: step, Review: step, Match: step, Verify: step, Decide: step, Lookup: step, Store: step, Withdraw: step,
    Send: send, Wait: wait, Batch: batch,
    Is: is_so, Chance: chance, Owes: owes, Quota: quota, Close: close,
    ForEach: for_each, Do: do, Within: timed, Due: timed, Paused: paused,
}
EFFECT: dict[type, Callable[["Run", Frame, Prepared, int], Effect]] = {
    Work: done, Review: review, Match: match, Verify: verify, Decide: decide, Lookup: lookup, Store: store,
    Withdraw: withdraw,
}
__all__ = ["BLOCKED", "EFFECT", "PERFORM", "Job", "next_leg"]
