"""Upkeep of records as a file declares it: the clerk time it takes, what is wrong with it, what it means in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import log1p

from sim import calendars
from sim.errors import ScenarioError
from sim.scenario.files import nearest
from sim.scenario.holdings import Audits, People, Reconciliation, Validation
from sim.scenario.options import apply_levers
from sim.scenario.schema import Desk, Scenario
from sim.scenario.text import wrapped
from sim.script import DESKLESS
from sim.units import DAY, HOUR, WEEK, YEAR, Range, as_text

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected
Shifts = tuple[tuple[str, int], ...]

PROCESSES = ("validation", "audits", "reconciliation")
DESKS = {"validation": "owner", "audits": "owner", "reconciliation": "contact_point"}
_MONDAY = date(2027, 6, 28)


@dataclass(frozen=True)
class Load:
    """What a process of upkeep takes in each jurisdiction: pieces in 24 h, and the ticks of clerk time of one."""

    process: str
    desk: str
    per_day: float
    time: float

    @property
    def clerk_time(self) -> float:
        """Ticks of clerk time in 24 h."""
        return self.per_day * self.time


def loads(scenario: Scenario, highest: bool = False) -> tuple[Load, ...]:
    """By PROCESSES, those that are done at all; least or highest within all ranges, the same where they are settled."""
    upkeep, people, partners = scenario.upkeep, scenario.people, len(scenario.jurisdiction) - 1
    found: list[tuple[str, float, Validation | Audits | Reconciliation]] = []
    if upkeep.validation is not None:
        found.append(("validation", entries_per_day(people, highest), upkeep.validation))
    if upkeep.audits is not None:
        found.append(("audits", people.records * DAY / _end(upkeep.audits.every, not highest), upkeep.audits))
    if upkeep.reconciliation is not None:
        rounds = DAY / _end(upkeep.reconciliation.every, not highest)
        found.append(("reconciliation", partners * rounds, upkeep.reconciliation))
    return tuple(Load(process, DESKS[process], per_day * _end(settings.share, highest), _end(settings.time, highest))
                 for process, per_day, settings in found if _end(settings.share, highest) > 0)


def entries_per_day(people: People, highest: bool = False) -> float:
    """Records keyed in at one jurisdiction in 24 h: those entered anew, and one for each that is deleted, since stores
    neither grow nor shrink."""
    rates = (-log1p(-min(_end(share, highest), 1 - 1e-12)) / YEAR for share in (people.changed, people.deleted))
    return people.records * sum(rates) * DAY


def _end(of: Range, highest: bool) -> float:
    return of.high if highest else of.low


def upkeep_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Of a scenario that is right in all other parts; with the levers of each option as well."""
    found = list(_faults(scenario))
    yield from found
    for number, option in enumerate(scenario.option if not found else ()):
        if option.levers:
            yield from _with_levers(scenario, number)


def _with_levers(scenario: Scenario, number: int) -> Iterator[Wrong]:
    option = scenario.option[number]
    try:
        changed = apply_levers(scenario, option)
    except ScenarioError:
        return      # the lever's own fault, told there
    for path, got, expected in _faults(changed):
        yield (("option", number, "levers"), ", ".join(option.levers),
               f"levers that leave {'.'.join(map(str, path))} possible: {got}; expected {expected}")


def _faults(scenario: Scenario) -> Iterator[Wrong]:
    used = {task.desk for task in scenario.task.values()} - set(DESKLESS)
    for process in PROCESSES:
        settings = getattr(scenario.upkeep, process)
        if isinstance(settings, Audits | Reconciliation) and settings.every.low < DAY:
            yield ("upkeep", process, "every"), as_text(settings.every), "at least 1 d"
            return
        if settings is not None and DESKS[process] not in used:
            yield (("upkeep", process), "nobody who does it", f"a protocol of some option with work at the desk "
                   f"'{DESKS[process]}', whose clerks do it{nearest(DESKS[process], used)}")
            return
    yield from _overfull(scenario)


def _overfull(scenario: Scenario) -> Iterator[Wrong]:
    """A desk that own work and upkeep fill even at the low ends, all its clerks there, never comes to a request."""
    declared = loads(scenario)
    for desk in sorted({load.desk for load in declared}):
        here = [load for load in declared if load.desk == desk]
        needed, most = sum(load.clerk_time for load in here), max(here, key=lambda load: load.clerk_time)
        free, state = min((_free(scenario, scenario.desk[desk], code), code) for code in scenario.jurisdiction)
        if needed >= free:
            yield (("upkeep", most.process, "time"), f"{needed / HOUR:.3g} h a day at {desk}",
                   f"less than the {free / HOUR:.3g} h a day that the clerks of {desk} in {state} have beside their "
                   "own work, even at the low ends")
            return


def _free(scenario: Scenario, desk: Desk, code: str) -> float:
    """Ticks of clerk time a day that a desk has, at most, beside its own work."""
    focus = code == scenario.focus
    foreign = desk.other_foreign.low if focus or scenario.demand.others == "background" else 0.0
    return _presence(desk, scenario.jurisdiction[code].size, focus) * (1 - desk.domestic.low - foreign)


def _presence(desk: Desk, size: str, focus: bool) -> float:
    """Ticks of clerk time a day, over four weeks without holidays."""
    hours, clerks = desk.hours, desk.clerks[size]
    if focus and desk.focus is not None:
        hours = desk.focus.hours or hours
        if isinstance(desk.focus.clerks, dict):
            return 8 * HOUR * sum(number.high for number in desk.focus.clerks.values())    # shifts of eight hours
        clerks = desk.focus.clerks
    shifts: Shifts = tuple((part, max(1, round(clerks.high * share.high))) for part, share in desk.shift.items())
    windows = calendars.windows(hours, "Etc/UTC", None, shifts or (("00:00-24:00", int(clerks.high)),), _MONDAY,
                                4 * WEEK)
    return float(((windows.closes - windows.opens) * windows.clerks).sum()) * DAY / (4 * WEEK)


def upkeep(scenario: Scenario) -> list[str]:
    """One paragraph for each process, and one for what exports leave out."""
    said = {process: settings for process in PROCESSES if (settings := getattr(scenario.upkeep, process)) is not None}
    lines = [f"{process}: {_said(settings)} {_cost(scenario, process)}" for process, settings in said.items()]
    if scenario.silence is not None:
        lines.append(f"silence: {_omitted(scenario)}")
    return [wrapped(line, "    ", "  ") for line in lines]


def _said(settings: Validation | Audits | Reconciliation) -> str:
    match settings:
        case Validation():
            return (f"{as_text(settings.share)} of entries are checked; of the errors that a form can notice "
                    f"{as_text(settings.caught)} are caught.")
        case Audits():
            return (f"{as_text(settings.share)} of all records are looked at once in {as_text(settings.every)}; of the "
                    f"errors in a record {as_text(settings.found)} are found and mended.")
        case Reconciliation():
            return (f"{as_text(settings.share)} of states compare with each other, once in {as_text(settings.every)}, "
                    "counts of what was sent and got; one comparison in which records are missing notices it in "
                    f"{as_text(settings.noticed)}.")


def _cost(scenario: Scenario, process: str) -> str:
    low, high = (sum(load.clerk_time for load in loads(scenario, end) if load.process == process)
                 for end in (False, True))
    taken = f"{low / HOUR:.3g}" if low == high else f"{low / HOUR:.3g} to {high / HOUR:.3g}"
    return f"That takes the desk {DESKS[process]} of each state {taken} h of clerk time a day."


def _omitted(scenario: Scenario) -> str:
    assert scenario.silence is not None
    silence, reconciled = scenario.silence, scenario.upkeep.reconciliation
    notices = ("until a comparison of counts notices it" if reconciled is not None and reconciled.share.high > 0 else
               "and nobody compares counts, so nobody ever notices")
    return (f"in {as_text(silence.places)} of states, since {as_text(silence.since)} before the start, the export "
            f"leaves out {as_text(silence.records)} of the records entered, {notices}. To who asks it looks like "
            "nothing held.")
