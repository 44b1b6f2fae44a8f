"""Screening streams as a file declares them: what is wrong with them, and what they mean in words."""

from collections.abc import Iterator
from datetime import date

from sim import calendars
from sim.scenario.files import nearest
from sim.scenario.schema import HitShare, Scenario, Screening
from sim.scenario.text import wrapped
from sim.script import DESKLESS
from sim.units import DAY, as_text

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected
_ANY_DAY = date(2027, 7, 1)


def screening_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Streams of a scenario that is right in all other parts."""
    for name, table in scenario.screening.items():
        for key, got, expected in (*_place(scenario, table), *_served(scenario, table), *_time(table),
                                   *_overfull(table), *_hits(scenario, table.hits)):
            yield ("screening", name, *key), got, expected


def _place(scenario: Scenario, table: Screening) -> Iterator[Wrong]:
    known = [*scenario.jurisdiction, *scenario.institution]
    if table.at not in known:
        yield ("at",), table.at, f"a declared jurisdiction or institution{nearest(table.at, known)}"
    elif table.desk and table.at not in scenario.jurisdiction:
        yield ("desk",), table.desk, f"servers of its own: the institution {table.at} has no desks"


def _served(scenario: Scenario, table: Screening) -> Iterator[Wrong]:
    """By servers or by a desk, not both; a desk that nobody else needs would not be simulated."""
    if (table.servers is None) == (not table.desk):
        got = table.desk or "nothing"
        yield ("servers",), got, "`servers` of its own, or the `desk` whose clerks answer, and not both"
    elif table.servers is not None and table.servers.low < 1:
        yield ("servers",), as_text(table.servers), "1 server at least"
    used = {task.desk for task in scenario.task.values()} - set(DESKLESS)
    if table.desk and table.desk not in used:
        yield ("desk",), table.desk, ("a desk at which a protocol of some option has work done, or else servers of its "
                                      f"own{nearest(table.desk, used)}")
    if table.desk and table.hours != "24/7":
        yield ("hours",), table.hours, "no hours here: they are those of the desk"


def _time(table: Screening) -> Iterator[Wrong]:
    try:
        calendars.windows(table.hours, "Etc/UTC", None, (("00:00-24:00", 1),), _ANY_DAY, DAY)
    except ValueError as error:
        yield ("hours",), table.hours, str(error).partition("; expected ")[2]
    if table.spread != "exponential" and not _is_variation(table.spread):
        yield ("spread",), table.spread, "a coefficient of variation of 0 or more in quotes, or \"exponential\""


def _is_variation(text: str) -> bool:
    try:
        return 0 <= float(text) < float("inf")
    except ValueError:
        return False


def _overfull(table: Screening) -> Iterator[Wrong]:
    """A station that its look-ups fill in every future answers ever later."""
    if table.servers is None:
        return
    load = table.volume.lookups.low * table.time.low / DAY / table.servers.high if table.servers.high else 0.0
    if load >= 1:
        yield ("servers",), as_text(table.servers), (
            f"more servers: the look-ups take {table.servers.high * load:.4g} all the time, even at the low ends")


def _hits(scenario: Scenario, hits: HitShare) -> Iterator[Wrong]:
    """Declared or measured, and measured with all that it takes."""
    measured = {"matcher": hits.matcher or None, "sample": hits.sample, "known": hits.known}
    given = [key for key, value in measured.items() if value is not None]
    if (hits.share is None) != (len(given) == len(measured)) or (hits.share is not None and given):
        yield (("hits",), " and ".join([*(["share"] if hits.share else []), *given]) or "nothing",
               "a declared `share`, or all of `matcher`, `sample` and `known` to have it measured; not both")
    elif given and hits.matcher not in scenario.matcher:
        yield ("hits", "matcher"), hits.matcher, f"a declared matcher{nearest(hits.matcher, scenario.matcher)}"
    elif given and not scenario.people.alerts:
        yield ("hits", "matcher"), hits.matcher, "alerts to find: people.alerts is 0"


def screening(scenario: Scenario) -> list[str]:
    """One paragraph for each stream."""
    return [wrapped(_said(name, table), "    ", "  ") for name, table in scenario.screening.items()]


def _said(name: str, table: Screening) -> str:
    way = ("event by event" if table.desk or table.hours != "24/7" else
           "one by one, by an exact recursion instead of events")
    return (f"{name}: look-ups at {table.at}, {as_text(table.volume.lookups)}, answered by {_by_whom(table)}, in "
            f"{as_text(table.time)} each (mean), {_hitting(table.hits)}. They are simulated {way}; "
            "no case waits for them, and what follows a hit is not simulated.")


def _hitting(hits: HitShare) -> str:
    if hits.share is not None:
        return f"of which {as_text(hits.share)} hit"
    known = as_text(hits.known) if hits.known else "none"
    return (f"of which those hit that {hits.matcher} finds among the alerts of all jurisdictions, as measured on "
            f"{hits.sample:,} invented travellers; {known} of those looked up are on alert")


def _by_whom(table: Screening) -> str:
    if table.servers is None:
        return f"the clerks of {table.desk}"
    return f"{as_text(table.servers)} server{'' if table.servers.high == 1 else 's'}, {table.hours}"
