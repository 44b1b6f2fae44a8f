"""What a protocol file declares is held against the vocabulary and the units before any script runs."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sim import units
from sim.programs.declared import IMPLIED_PARTIES, Declared
from sim.script import FIELDS, NEEDS, Clock, Content, Daily, Limit, Share, Task, Window

PRODUCTS = ("intelligence", "evidence")
OF = ("subject", "record", "answer", "matter")
CATEGORIES = ("biometric", "identity", "police_file", "alert", "evidence", "conviction", "signal")
CALENDARS = ("elapsed", "eu_1182_71")
RECORDS = ("alerts", "all")
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d|00:00-24:00")


def faults_in(given: dict[str, Any]) -> list[str]:
    """Every fault of the constants of a protocol file, each as "KEY is ..., expected ..."."""
    faults = list(_of_constants(given))
    if faults:      # a constant of another type could not be looked into
        return faults
    declared = Declared(given["PARTIES"], given["TASKS"], given["CONTENTS"], given["CLOCKS"], given["FACTS"],
                        given["CHANCES"], given["QUOTAS"], given["WINDOWS"])
    for key, kind, look in _TABLES:
        for name, declaration in given[key].items():
            if not isinstance(declaration, kind):
                faults.append(_fault(f"{key}[{name!r}]", declaration, f"a {kind.__name__}(...)"))
            else:
                faults += [_fault(f"{key}[{name!r}].{place}", got, expected)
                           for place, got, expected in look(declaration, declared)]
    return faults


def _fault(key: str, got: object, expected: str) -> str:
    return f"{key}\n    got       {got!r}\n    expected  {expected}"


def _one_of(key: str, values: Iterable[str], known: Iterable[str]) -> Iterator[tuple[str, Any, str]]:
    known = tuple(known)
    return ((key, value, f"one of {', '.join(known)}") for value in values if value not in known)


def _of_constants(given: dict[str, Any]) -> Iterator[str]:
    for key, known in (("SERVES", NEEDS), ("PRODUCTS", PRODUCTS)):
        words = given[key]
        if not isinstance(words, set | frozenset) or not words:
            yield _fault(key, words, f"a set of at least one of {', '.join(known)}")
        else:
            yield from (_fault(*fault) for fault in _one_of(key, sorted(words, key=str), known))
    for key in ("INSTRUMENT", "MEMBERS", "NETWORK"):
        if not isinstance(given[key], str):
            yield _fault(key, given[key], "a text")
    if given["RECORDS"] not in RECORDS:
        yield _fault("RECORDS", given["RECORDS"], f"one of {', '.join(RECORDS)}")
    for key in ("PARTIES", "TASKS", "CONTENTS", "CLOCKS", "FACTS", "CHANCES", "QUOTAS", "WINDOWS", "PARAMS"):
        if not isinstance(given[key], dict) or not all(isinstance(name, str) for name in given[key]):
            yield _fault(key, given[key], "a dict: name -> declaration")
        elif key == "PARTIES":
            yield from _of_parties(given[key])
        elif key == "PARAMS":
            yield from (_fault(f"PARAMS[{name!r}]", value, "a whole number, a text or a truth value")
                        for name, value in given[key].items() if not isinstance(value, int | str))


def _of_parties(parties: dict[str, Any]) -> Iterator[str]:
    for role, side in parties.items():
        if not isinstance(side, str) or not side:
            yield _fault(f"PARTIES[{role!r}]", side, "\"requester\", \"responder\" or an institution")
        elif side != IMPLIED_PARTIES.get(role, side):
            yield _fault(f"PARTIES[{role!r}]", side, f"{IMPLIED_PARTIES[role]!r}, its side everywhere")


Looked = Iterator[tuple[str, Any, str]]


def _task(task: Task, _: Declared) -> Looked:
    if not task.desk:
        yield "desk", task.desk, "the kind of desk that serves it, \"machine\" or \"on_the_spot\""
    yield from _one_of("per", (task.per,), ("leg", "subject"))
    if task.spread != "exponential":
        yield from _quantity("spread", task.spread, units.number)
    yield from _quantity("time", task.time, units.duration)
    for key in ("miss", "false", "share"):
        yield from _quantity(key, getattr(task, key), units.share)
    shares = [text for text, default in ((task.miss, Task.miss), (task.false, Task.false), (task.share, Task.share))
              if text != default]
    yield from _grounded(task, [(task.time, units.duration), *((text, units.share) for text in shares),
                                *_roc(task)])
    yield from _errors(task)
    if not isinstance(task.discharges, tuple) or not all(isinstance(duty, str) for duty in task.discharges):
        yield "discharges", task.discharges, "a tuple of duties, e.g. (\"judge\",)"


def _roc(task: Task) -> list[tuple[str, Callable[[str], units.Range]]]:
    """Of what is given of it: how it is written, and how that is read."""
    return [(text, read) for text, read in ((task.separation, units.number), (task.strictness, units.signed)) if text]


def _errors(task: Task) -> Looked:
    """As rates or as a point of an ROC, not both, and not half of one."""
    for key, read in (("separation", units.number), ("strictness", units.signed)):
        if getattr(task, key):
            yield from _quantity(key, getattr(task, key), read)
    if _roc(task) and (len(_roc(task)) < 2 or (task.miss, task.false) != (Task.miss, Task.false)):
        yield "separation", task.separation, "either `miss` and `false`, or `separation` and `strictness`"


def _content(content: Content, _: Declared) -> Looked:
    if not isinstance(content.fields, tuple):
        yield "fields", content.fields, "a tuple of names of sim.script.FIELDS"
    else:
        yield from _one_of("fields", content.fields, FIELDS)
    yield from _one_of("of", (content.of,), OF)
    yield from _one_of("category", (content.category,), CATEGORIES)
    if content.keep:
        yield from _quantity("keep", content.keep, units.duration)


def _clock(clock: Clock, declared: Declared) -> Looked:
    if not isinstance(clock.limits, tuple) or not clock.limits or not all(isinstance(x, Limit) for x in clock.limits):
        yield "limits", clock.limits, "a tuple of Limit(time, when=...)"
        return
    plain = clock.calendar == "elapsed"      # plain time may be an assumption; a statutory period is what the act says
    for limit in clock.limits:
        yield from _quantity("limits", limit.time, units.duration if plain else units.period)
        yield from _one_of("limits", (fact.removeprefix("not ") for fact in limit.when), declared.known_facts())
    if clock.limits[-1].when:
        yield "limits", clock.limits[-1], "a last limit without `when`: what holds if no other does"
    yield from _one_of("at", (clock.at,), declared.roles())
    yield from _one_of("calendar", (clock.calendar,), CALENDARS)
    if plain:
        yield from _grounded(clock, [(limit.time, units.duration) for limit in clock.limits])
    elif not (clock.source or clock.because):
        yield "source", "", "the source of the period, or `because` for an assumption"


def _share(share: Share, _: Declared) -> Looked:
    yield from _one_of("of", (share.of,), ("leg", "place"))
    yield from _quantity("share", share.share, units.share)
    yield from _grounded(share, [(share.share, units.share)])


def _daily(daily: Daily, _: Declared) -> Looked:
    yield from _quantity("per_day", daily.per_day, units.count)
    yield from _grounded(daily, [(daily.per_day, units.count)])


def is_window(hours: object) -> bool:
    """Whether this is a text such as "02:00-04:00": hours of every day, which may pass midnight."""
    return isinstance(hours, str) and bool(HOURS.fullmatch(hours)) and hours[:5] != hours[6:]


def _window(window: Window, declared: Declared) -> Looked:
    if not is_window(window.hours):
        yield "hours", window.hours, "local hours, e.g. '02:00-04:00'"
    yield from _one_of("at", (window.at,), declared.roles())
    if not (window.source or window.because):
        yield "source", "", "the source of the hours, or `because` for an assumption"


def _quantity(key: str, text: Any, read: Callable[[str], Any]) -> Looked:
    try:
        read(text)
    except (ValueError, TypeError, AttributeError) as error:
        yield key, text, str(error)


def _grounded(declaration: Task | Share | Clock | Daily,
              said: list[tuple[str, Callable[[str], units.Range]]]) -> Looked:
    """A point needs its source, a range its reason."""
    try:
        points = [read(text).is_point for text, read in said]
    except (ValueError, TypeError, AttributeError):
        return      # told by _quantity
    if any(points) and not declaration.source:
        yield "source", "", f"the source of {said[points.index(True)][0]!r}, or a range with `because`"
    if not all(points) and not declaration.because:
        yield "because", "", "why the true value lies in this range"


_TABLES: tuple[tuple[str, type, Callable[[Any, Declared], Looked]], ...] = (
    ("TASKS", Task, _task), ("CONTENTS", Content, _content), ("CLOCKS", Clock, _clock),
    ("FACTS", Share, _share), ("CHANCES", Share, _share), ("QUOTAS", Daily, _daily), ("WINDOWS", Window, _window),
)
