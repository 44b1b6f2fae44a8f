"""Who is bound by which instrument on which day, read off one table of dated rows."""

import csv
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.errors import Fault, ScenarioError
from sim.scenario import files
from sim.scenario.files import Text, nearest
from sim.scenario.schema import Instrument, Membership, Scenario, Status

COLUMNS = tuple(Membership.model_fields)
BINDS = tuple(Instrument.model_fields["binds"].default)


def members(scenario: Scenario, instrument: str, on: date, statuses: Iterable[Status] | None = None) -> frozenset[str]:
    """The states whose row of an instrument binds them on a day.

    A row without a day holds from the instrument's earliest day; without one it binds nobody.
    statuses  kinds of row that count; None: those the instrument says
    """
    known = scenario.instrument.get(instrument)
    count = frozenset(statuses if statuses is not None else known.binds if known else BINDS)
    earliest = known.earliest if known else None
    return frozenset(row.jurisdiction for row in scenario.membership
                     if row.instrument == instrument and row.status in count and holds(row, earliest, on))


def holds(row: Membership, earliest: date | None, on: date) -> bool:
    begins = row.valid_from or earliest
    return begins is not None and begins <= on and (row.valid_to is None or on <= row.valid_to)


def group(scenario: Scenario, name: str, on: date) -> tuple[str, ...]:
    """The states a name means, sorted: a declared group, the members of an instrument, or one state.

    Raises ScenarioError for a name that means nothing.
    """
    if name in scenario.groups:
        return tuple(sorted(scenario.groups[name]))
    if name in scenario.jurisdiction:
        return (name,)
    if name in instruments(scenario):
        return tuple(sorted(members(scenario, name, on) & scenario.jurisdiction.keys()))
    known = [*scenario.groups, *scenario.jurisdiction, *instruments(scenario)]
    raise files.refusal(scenario.name, f"a group, an instrument or a jurisdiction{nearest(name, known)}", name)


def instruments(scenario: Scenario) -> tuple[str, ...]:
    return tuple(sorted(scenario.instrument.keys() | {row.instrument for row in scenario.membership}))


def undated(scenario: Scenario) -> tuple[Membership, ...]:
    """Rows that bind on the scenario's day, from a day nobody has confirmed."""
    return tuple(row for row in scenario.membership if row.valid_from is None and row.status in _binding(scenario, row)
                 and (row.valid_to is None or scenario.as_of <= row.valid_to))


def _binding(scenario: Scenario, row: Membership) -> tuple[Status, ...]:
    known = scenario.instrument.get(row.instrument)
    return known.binds if known else BINDS


@lru_cache(maxsize=8)
def table(path: Path) -> tuple[Membership, ...]:
    """The rows of a CSV file with the columns of `Membership`. Raises ScenarioError with every fault."""
    name = files.label(path)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if set(reader.fieldnames or ()) != set(COLUMNS):
            raise files.refusal(name, f"the columns {', '.join(COLUMNS)}", ", ".join(reader.fieldnames or ()))
        raw = [(reader.line_num, {key: value or None for key, value in row.items()}) for row in reader]
    read = [row_of({**row, "source": row["source"] or "", "confidence": row["confidence"] or ""},
                   Text(name, {(): line}), ()) for line, row in raw]
    faults = [row for row in read if isinstance(row, Fault)]
    if faults:
        raise ScenarioError(faults)
    return tuple(row for row in read if isinstance(row, Membership))


def row_of(raw: Any, text: Text, path: tuple[str | int, ...]) -> Membership | Fault:
    """One row, or what is wrong with it."""
    try:
        return Membership.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][-1]) if first["loc"] else ""
        return text.fault((*path, key), first["input"], f"{first['msg'][0].lower()}{first['msg'][1:]}"
                          + (nearest(key, COLUMNS) if first["type"] == "extra_forbidden" else ""))


def together(lower: Iterable[Membership], upper: Iterable[Membership]) -> tuple[Membership, ...]:
    """Both tables as one: the rows of `upper` on a state and an instrument stand for all of `lower` on the two."""
    upper = tuple(upper)
    said = {(row.jurisdiction, row.instrument) for row in upper}
    return (*(row for row in lower if (row.jurisdiction, row.instrument) not in said), *upper)
