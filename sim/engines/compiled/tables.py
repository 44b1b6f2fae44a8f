"""A world as the one array of whole numbers that the kernel reads: each section is put down, and its place written
where it is looked for.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.engines.compiled import layout as at
from sim.engines.compiled.rows import put_programs
from sim.engines.compiled.thresholds import threshold
from sim.engines.prepared import Preparation, refusal_share
from sim.laws import FLAGS, MAY_REFUSE
from sim.scenario.schema import ClockSetting, LimitSetting
from sim.script import DONE, LOST
from sim.units import DAY, HOUR
from sim.world import MACHINE, World

Numbers = NDArray[np.int64]
FACT_KINDS = {"urgent": at.URGENT_CASE, "evidence": at.FOR_EVIDENCE, "holder_known": at.KNOWS_HOLDER,
              "print_only": at.HAS_PRINT_ONLY, "minor_offence": at.IS_MINOR, "created": at.WAS_CREATED,
              "changed": at.WAS_CHANGED, "deleted": at.WAS_DELETED, "complained": at.HAS_COMPLAINED,
              "bound": at.BOTH_BOUND}
ELAPSED_UNITS = {"h": HOUR, "calendar days": DAY, "elapsed": 1}
UNITS = {"h": at.EU_HOURS, "calendar days": at.EU_CALENDAR_DAYS, "working days": at.EU_WORKING_DAYS}


class Tables:
    """Sections one after the other; a section that was put down once is found again by what it was made of."""

    def __init__(self, world: World, prepared: Preparation):
        self.world, self.prepared = world, prepared
        self.head = np.full(at.TABLES_HEAD, -1, np.int64)
        self._parts: list[Numbers] = [self.head]
        self._size = at.TABLES_HEAD
        self._shared: dict[int, int] = {}
        self.facts: dict[str, int] = {}
        self.roles = _roles(world)

    def put(self, numbers: Sequence[int] | Numbers) -> int:
        """Where these numbers now stand."""
        part = np.ascontiguousarray(numbers, np.int64).ravel()
        self._parts.append(part)
        self._size += len(part)
        return self._size - len(part)

    def put_once(self, numbers: Numbers) -> int:
        """As `put`, for an array that many share; the array must live as long as these tables are made."""
        if id(numbers) not in self._shared:
            self._shared[id(numbers)] = self.put(numbers)
        return self._shared[id(numbers)]

    def fact(self, name: str) -> int:
        """The number of a fact that some script or clock asks."""
        return self.facts.setdefault(name, len(self.facts))

    def role(self, name: str) -> int:
        """The number of a party's role."""
        return self.roles.index(name)

    def joined(self) -> Numbers:
        """All sections as the one array."""
        return np.concatenate(self._parts)


def _roles(world: World) -> list[str]:
    """Every role that some protocol names; a frame has a place for each."""
    found = {"investigator", "requester", "responder", "owner"}
    for protocol in world.protocols:
        found |= set(protocol.parties)
    for program in world.programs():
        for row in program.rows:
            found |= {name for key in ("party", "sender", "receiver", "via", "to", "giver", "taker")
                      if (name := getattr(row.instruction, key, None)) is not None}
    return sorted(found)


def tables(world: World, prepared: Preparation, record_of: Numbers) -> Tables:
    """All sections of a world but the desks (`state.py`). record_of: the record of each version."""
    made = Tables(world, prepared)
    head = made.head
    head[at.MANY_PLACES], head[at.MANY_TASKS] = len(world.places), len(world.tasks)
    head[at.JURISDICTIONS] = world.jurisdictions
    head[at.WORD_DONE], head[at.WORD_LOST] = world.words.index(DONE), world.words.index(LOST)
    head[at.OWN_STREAM] = prepared.own_stream
    head[at.PLACES] = _places(made)
    head[at.TASKS] = made.put([number for task in world.tasks for number in (
        made.put_once(task.time), int(task.per_subject), threshold(task.miss), threshold(task.false),
        threshold(task.share))])
    head[at.STATION_OF] = made.put(np.where(world.station_of == MACHINE, -1, world.station_of * at.DESK_WIDTH))
    networks = {name: _network(made, name) for name in world.networks}
    head[at.INTERNAL] = networks.get("internal", -1)
    head[at.BOUND] = made.put([int(place in world.bound[protocol.instrument]) for protocol in world.protocols
                               for place in range(len(world.places))])
    _law(made)
    head[at.RECORD_OF] = made.put(record_of)
    put_programs(made, networks)
    head[at.LOOK_UP_LAWS] = made.put([made.put_once(law) for law in world.look_up_times])
    head[at.CLOCKS] = _clocks(made)
    head[at.QUOTAS] = made.put([int(world.scenario.quota[name].per_day.value) for name in sorted(world.scenario.quota)])
    head[at.OPENINGS] = made.put([number for name in sorted(world.openings) for window in world.openings[name]
                                  for number in (made.put_once(window.opens), made.put_once(window.closes),
                                                 len(window.opens))])
    head[at.FACTS] = _facts(made)
    return made


def _places(made: Tables) -> int:
    rows: list[int] = []
    for key, days in zip(made.world.place_keys, made.world.days, strict=True):
        rows += [key, made.put_once(days.midnights), len(days.midnights), made.put_once(days.worked), len(days.worked),
                 made.put_once(days.changes), len(days.changes), made.put_once(days.offsets)]
    return made.put(rows)


def _network(made: Tables, name: str) -> int:
    network = made.world.networks[name]
    losses = made.put([threshold(network.loss ** (tries + 1)) for tries in range(network.retries + 1)])
    return made.put([made.put_once(network.delay), network.retries, network.retry_after, losses])


def _law(made: Tables) -> None:
    """What the kernel needs beside the verdict table: epochs, profiles, strides, outcomes, shares refused."""
    law, head, places = made.world.law, made.head, len(made.world.places)
    grounds = made.prepared.grounds()
    head[at.EPOCHS], head[at.MANY_EPOCHS] = made.put(law.epochs), len(law.epochs)
    head[at.PROFILES] = made.put(law.profile.astype(np.int64))
    head[at.LAW_STRIDES], head[at.LAW_FIRST] = made.put(law.strides), made.put(law.first)
    head[at.MANY_INSTRUMENTS] = len(law.instruments)
    head[at.OUTCOMES] = made.put([number for outcome in law.outcomes for number in (
        outcome.verdict, grounds.index(outcome.ground) if outcome.verdict == MAY_REFUSE else -1,
        sum(1 << FLAGS.index(flag) for flag in outcome.duties.flags))])
    head[at.REFUSALS] = made.put([threshold(refusal_share(made.world, place, ground)) for ground in grounds
                                  for place in range(places)])


def _clocks(made: Tables) -> int:
    rows: list[int] = []
    settings = made.world.scenario.clock
    for name in made.world.clocks:
        limits = [_limit(made, settings[name], limit) for limit in settings[name].limits]
        role = made.role(settings[name].at) if settings[name].at in made.roles else -1
        rows += [made.put([number for limit in limits for number in limit]), len(limits), role]
    return made.put(rows)


def _limit(made: Tables, clock: ClockSetting, limit: LimitSetting) -> list[int]:
    when = [2 * made.fact(fact.removeprefix("not ")) + int(fact.startswith("not ")) for fact in limit.when]
    if limit.time is not None:
        unit, amount = at.ELAPSED, int(limit.time.value) // made.world.grain * made.world.grain
    elif limit.period is None:
        raise ValueError(f"a limit without a length: {limit}")       # refused when the scenario was loaded
    elif clock.calendar == "elapsed":
        unit, amount = at.ELAPSED, limit.period.amount * ELAPSED_UNITS[limit.period.unit]
    else:
        unit, amount = UNITS[limit.period.unit], limit.period.amount
    return [made.put(when), len(when), unit, amount]


def _facts(made: Tables) -> int:
    world, rows = made.world, list[int]()
    for name in made.facts:
        if name in FACT_KINDS:
            rows += [FACT_KINDS[name], 0, 0, -1]
            continue
        setting, stream = world.scenario.fact[name], made.prepared.stream("Is", name)
        share = threshold(setting.share.value)
        rows += [at.OF_PLACE if setting.of == "place" else at.OF_LEG, stream, share, made.put([
            int(draws.unit(draws.bits(world.seed, world.replication // 4096 * 4096, draws.identity("place", place), 0,
                                      stream, 0)) < setting.share.value) for place in world.places])]
    return made.put(rows)
