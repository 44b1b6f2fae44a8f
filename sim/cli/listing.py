"""What there is to choose from, one line each: protocols, scenarios, levers, metrics, facts."""

import ast
import tomllib
from collections.abc import Callable
from pathlib import Path

from sim import programs
from sim.scenario import files
from sim.scenario.facts import facts

Listed = list[tuple[str, str]]


def protocols() -> Listed:
    """Shipped ones, and those of ./protocols or the folder here. Only read, not run: a list must be quick and safe."""
    shipped = [programs.find(name) for name in programs.names()]
    return [(file.stem, _title(file)) for file in {**_named(shipped), **_named(_own())}.values()]


def _named(found: list[Path]) -> dict[str, Path]:
    return {file.stem: file for file in found}


def _own() -> list[Path]:
    return sorted(Path("protocols").glob("[a-z]*.py"))


def _title(file: Path) -> str:
    try:
        return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    except (SyntaxError, UnicodeDecodeError) as error:
        return f"cannot be read: {error}"


def _scenarios() -> list[tuple[str, dict[str, object]]]:
    return [(name, tomllib.loads((files.SHIPPED / f"{name}.toml").read_text(encoding="utf-8")))
            for name in files.shipped_names()]


def scenarios() -> Listed:
    return [(name, str(tables.get("question", ""))) for name, tables in _scenarios()]


def levers() -> Listed:
    """Of the shipped scenarios; a scenario's own levers are told by `check`."""
    found: Listed = []
    for name, tables in _scenarios():
        declared = tables.get("lever", {})
        assert isinstance(declared, dict)
        found += [(lever, f"{table.get('cost', 'cost not stated')} ({name})") for lever, table in declared.items()]
    return found


def metrics() -> Listed:
    # Here, because it brings the engine's libraries along.
    from sim.metrics import METRICS
    return [(name, f"{metric.measure}, {metric.unit}: {metric.says}") for name, metric in METRICS.items()]


def known_facts() -> Listed:
    return [(fact.id, f"{fact.value} {fact.unit}, {fact.year} ({fact.confidence}): {fact.says}")
            for fact in facts().values()]


KINDS: dict[str, Callable[[], Listed]] = {
    "protocols": protocols, "scenarios": scenarios, "levers": levers, "metrics": metrics, "facts": known_facts,
}


def told(found: dict[str, Listed]) -> str:
    """Columns under a heading for each kind."""
    parts = ([*([kind] if len(found) > 1 else []), *_columns(rows)] for kind, rows in found.items())
    return "\n\n".join(map("\n".join, parts))


def _columns(rows: Listed) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {text}" for name, text in rows]
