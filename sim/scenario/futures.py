"""One future is one draw of every assumption: the same scenario with every range a point and every choice made.

A draw hangs on the key path alone, so a new key moves no other, and more futures never move the old ones.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from sim import draws
from sim.errors import Fault, ScenarioError
from sim.scenario import shape
from sim.scenario.files import nearest
from sim.scenario.options import apply_levers
from sim.scenario.quantities import Shape
from sim.scenario.schema import Option, Scenario
from sim.units import Range

REPLICATIONS = 4096      # of a future, at most; see sim.draws
# Public facts and names: large tables in which no quantity stands.
FACTUAL = frozenset({"option", "lever", "groups", "jurisdiction", "institution", "instrument", "membership", "rules",
                     "restriction", "formats"})

Drawn = Callable[[str], float]      # key path -> share of the way through the range


def ranges(scenario: Scenario) -> dict[str, Range]:
    """Key path -> every quantity that is not yet one value."""
    return {path: value for path, value, _ in _open(scenario) if isinstance(value, Range)}


def choices(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Key path -> every list of choices of which one is true."""
    return {path: value for path, value, _ in _open(scenario) if isinstance(value, tuple)}


def settle(scenario: Scenario, seed: int, future: int) -> Scenario:
    """The scenario in one future: the draw of each key path is that of its own name."""
    return _settled(scenario, partial(drawn, seed, future))


def drawn(seed: int, future: int, path: str) -> float:
    """The uniform of a key path in one future: how far through its range the value lies."""
    return draws.unit(draws.bits(seed, future * REPLICATIONS, _identity(path), draws.ROOT_LEG, 0, 0))


def settle_at(scenario: Scenario, shares: Mapping[str, float], otherwise: float = 0.5) -> Scenario:
    """The scenario with the named ranges (or choices) at these shares of the way through, all others at `otherwise`.

    Raises ScenarioError for a key path that is neither range nor choice.
    """
    known = {**ranges(scenario), **choices(scenario)}
    faults = [Fault(scenario.name, None, path, "no range", f"the key path of a range or choice{nearest(path, known)}")
              for path in shares if path not in known]
    if faults:
        raise ScenarioError(faults)
    return _settled(scenario, lambda path: shares.get(path, otherwise))


def of_option(scenario: Scenario, option: Option, seed: int, future: int) -> Scenario:
    """One future of an option: settled first, so that its levers change what all options drew alike.

    A range that a lever brings in is settled under its key path's own name.
    """
    return settle(apply_levers(settle(scenario, seed, future), option), seed, future)


@lru_cache(maxsize=4096)
def _identity(path: str) -> int:
    return draws.identity("future", path)


def _settled(scenario: Scenario, drawn: Drawn) -> Scenario:
    """Rebuilds only what holds an open quantity; nothing is checked again."""
    return _put(scenario, "", drawn)  # type: ignore[no-any-return]


def _put(value: Any, path: str, drawn: Drawn, choice: bool = False) -> Any:
    if isinstance(value, Range):
        return value if value.is_point else value.at(drawn(path))
    if isinstance(value, Shape):
        changed = {name: new for name, inner, alias, one_of in _inner(value)
                   if (new := _put(inner, _join(path, alias), drawn, one_of)) is not inner}
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, dict):
        return _same(value, {key: _put(inner, _join(path, key), drawn, choice) for key, inner in value.items()})
    if choice and isinstance(value, tuple):
        return value if len(value) < 2 else (value[int(drawn(path) * len(value) * (1 - 1e-12))],)
    if isinstance(value, tuple) and value and isinstance(value[0], Shape):
        new = tuple(_put(inner, _join(path, str(number)), drawn) for number, inner in enumerate(value))
        return value if all(one is other for one, other in zip(new, value, strict=True)) else new
    return value


def _same(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return old if all(new[key] is value for key, value in old.items()) else new


def _open(value: Any, path: str = "", choice: bool = False) -> Iterator[tuple[str, Range | tuple[str, ...], bool]]:
    """Every open quantity and choice, in the order of the schema."""
    if isinstance(value, Range):
        if not value.is_point:
            yield path, value, False
    elif isinstance(value, Shape):
        for _, inner, alias, one_of in _inner(value):
            yield from _open(inner, _join(path, alias), one_of)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _open(inner, _join(path, key), choice)
    elif isinstance(value, tuple) and choice:
        if len(value) > 1:
            yield path, value, True
    elif isinstance(value, tuple) and value and isinstance(value[0], Shape):
        for number, inner in enumerate(value):
            yield from _open(inner, _join(path, str(number)))


def _inner(value: Shape) -> Iterator[tuple[str, Any, str, bool]]:
    """(attribute, value, key as written, whether a choice stands there) of what may hold an open quantity."""
    for name, alias, one_of in _slots(type(value)):
        yield name, value.__dict__[name], alias, one_of


@lru_cache(maxsize=128)
def _slots(model: type[Shape]) -> tuple[tuple[str, str, bool], ...]:
    hints = shape.keys(model)
    slots = ((name, field.alias or name) for name, field in model.model_fields.items())
    return tuple((name, alias, shape.holds_choice(hints[alias])) for name, alias in slots
                 if not (model is Scenario and name in FACTUAL))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
