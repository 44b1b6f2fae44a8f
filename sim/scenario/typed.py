"""The tables of a scenario become its frozen shape here, or one fault for each key that does not fit."""

from collections import Counter
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault
from sim.scenario import shape
from sim.scenario.files import nearest
from sim.scenario.lines import Path
from sim.scenario.merge import SOURCE_KEYS, Table, fault_at
from sim.scenario.quantities import Sourced
from sim.scenario.schema import Scenario

WORDS = {
    "int_type": "a whole number, e.g. 30", "int_parsing": "a whole number, e.g. 30", "int_from_float": "a whole number",
    "string_type": "a text in quotes", "bool_type": "true or false", "bool_parsing": "true or false",
    "tuple_type": "a list in square brackets", "dict_type": "a table", "model_type": "a table",
    "model_attributes_type": "a table", "date_type": "a date without quotes, e.g. 2027-07-01",
    "date_from_datetime_parsing": "a date without quotes, e.g. 2027-07-01",
    "date_parsing": "a date without quotes, e.g. 2027-07-01",
    "too_short": "at least one entry",
    "date_from_datetime_inexact": "a date without a time, e.g. 2027-07-01",
}


def typed(tables: dict[str, Any], tree: Table) -> tuple[Scenario | None, list[Fault]]:
    """The scenario, or every fault of type, unit and unknown or missing key."""
    try:
        return Scenario.model_validate(tables), []
    except ValidationError as error:
        return None, _faults(error.errors(include_url=False), tables, tree)


def _faults(errors: list[ErrorDetails], tables: dict[str, Any], tree: Table) -> list[Fault]:
    """One per key: where a key may be of two types, the deepest complaint is the one that helps."""
    found: dict[Path, Fault] = {}
    placed = [(_path(error, tables), error) for error in errors]
    missing = Counter(path[:-1] for path, error in placed if error["type"] == "missing")
    for path, error in placed:
        table = path[:-1]
        named = len(table) == 2 and isinstance(table[1], str)      # an entry of a list is no change of another one
        if error["type"] == "missing" and named and missing[table] > 1:
            found.setdefault(table, _incomplete(table, placed, tables, tree))
        else:
            found.setdefault(path, fault_at(tree, path, _got(error), _expected(error, path)))
    return [fault for path, fault in found.items()
            if not any(other[:len(path)] == path and len(other) > len(path) for other in found)]


def _incomplete(table: Path, placed: list[tuple[Path, ErrorDetails]], tables: Any, tree: Table) -> Fault:
    """One fault for a table that lacks several keys: it may be meant as a change of another one."""
    kind, name = table
    lacks = [str(path[-1]) for path, error in placed if path[:-1] == table and error["type"] == "missing"]
    others = [other for other in tables[kind] if other != name]
    expected = f"every key of a new {kind} (missing: {', '.join(lacks)}), or the name of a declared one"
    return fault_at(tree, table, name, expected + nearest(str(name), others))


def _path(error: ErrorDetails, tables: Any) -> Path:
    """The key path of an error, without the marks pydantic adds for alternatives."""
    path: Path = ()
    here: Any = tables
    for number, part in enumerate(error["loc"]):
        last = number == len(error["loc"]) - 1
        if _stands(here, part):
            here = here[part]
            path = (*path, part)
        elif last and error["type"] == "missing":
            path = (*path, part)
    return path


def _stands(tables: Any, part: int | str) -> bool:
    return part in tables if isinstance(tables, dict) else isinstance(tables, list | tuple) and isinstance(part, int)


def _got(error: ErrorDetails) -> object:
    return "nothing" if error["type"] == "missing" else error["input"]


def _expected(error: ErrorDetails, path: Path) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"no key '{path[-1]}' here{nearest(str(path[-1]), _known(path[:-1]))}"
    if kind == "missing":
        return f"the key '{path[-1]}'"
    if kind == "value_error":
        # "'40 hrs' has the unknown unit 'hrs'; expected a number with its unit ..."
        fault, _, expected = str(context["error"]).partition("; expected ")
        return f"{expected}; this {fault.rpartition(chr(39) + ' ')[2]}" if expected else fault
    if kind == "literal_error":
        return f"{context['expected']}{nearest(str(error['input']), _literals(str(context['expected'])))}"
    if kind in ("greater_than_equal", "less_than_equal", "less_than"):
        sign = {"greater_than_equal": "at least", "less_than_equal": "at most", "less_than": "less than"}[kind]
        return f"{sign} {next(iter(context.values()))}"
    return WORDS.get(kind, error["msg"])


def _literals(expected: str) -> list[str]:
    return [word.strip("' ") for word in expected.replace(" or ", ", ").split(",")]


def _known(path: Path) -> list[str]:
    """The keys that may stand in the table at a key path, as a file writes them."""
    hint: shape.Hint = Scenario
    for part in path:
        hint = shape.below(hint, part)
    model = shape.model(hint)
    if model is None:
        return []
    outside = {"extends", "packs", "memberships"} if model is Scenario else set()
    return sorted(set(shape.keys(model)) | outside - (set() if issubclass(model, Sourced) else set(SOURCE_KEYS)))


