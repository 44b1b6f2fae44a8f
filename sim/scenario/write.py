"""A scenario as one TOML text, complete and without includes, which loads again to an equal scenario."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sim import units
from sim.scenario.quantities import Shape
from sim.scenario.schema import LimitSetting, Scenario
from sim.units import Period, Range

HEAD = "# The effective scenario: every default filled in, nothing included from other files.\n"


def write(scenario: Scenario) -> str:
    """TOML text with every key in the order of the schema. Keys that hold nothing (None) are left out."""
    return HEAD + "\n".join(_table(_plain(scenario), ())).lstrip("\n") + "\n"


def _plain(value: Any) -> Any:
    """Tables, lists and scalars, keys as a file writes them, quantities as text."""
    if isinstance(value, Range):
        return _quantity(value)
    if isinstance(value, Period):
        return _period(value)
    if isinstance(value, LimitSetting):
        return {"when": list(value.when), "time": _plain(value.time if value.time is not None else value.period)}
    if isinstance(value, Shape):
        fields = type(value).model_fields.items()
        kept = {field.alias or name: getattr(value, name) for name, field in fields
                if not (name in ("from_", "because", "sources") and not getattr(value, name))}
        return {key: _plain(inner) for key, inner in kept.items() if inner is not None}
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def _quantity(value: Range) -> str | int:
    if value.kind == "count" and value.is_point:
        return int(value.value)
    return units.as_text(value)


def _period(value: Period) -> str:
    if value.unit == "elapsed":
        return units.as_text(Range(value.amount, value.amount, "duration"))
    return f"{value.amount} {value.unit.removesuffix('s') if value.amount == 1 and 'day' in value.unit else value.unit}"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """Lines of a table: its values first, then the tables in it."""
    inside = {key: value for key, value in table.items() if isinstance(value, Mapping) and not _is_short(value)}
    arrays = {key: value for key, value in table.items() if not path and _is_tables(value)}
    values = {key: value for key, value in table.items() if key not in inside and key not in arrays}
    lines = ["", f"[{'.'.join(map(_key, path))}]"] if path and (values or not inside) else []
    lines += [f"{_key(key)} = {_value(value)}" for key, value in values.items()]
    for key, rows in arrays.items():
        for row in rows:
            lines += ["", f"[[{_key(key)}]]", *(f"{_key(name)} = {_value(value)}" for name, value in row.items())]
    for key, value in inside.items():
        lines += _table(value, (*path, key))
    return lines


def _is_short(table: Mapping[str, Any]) -> bool:
    """Fits on a line: nothing but a few plain values."""
    return not any(isinstance(value, Mapping | list) for value in table.values()) and len(_value(table)) <= 70


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return value.isoformat() if isinstance(value, date) else repr(value)


def _text(text: str) -> str:
    """A basic string; control characters escaped as TOML wants them."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
