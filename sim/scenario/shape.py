"""The only place that reads the types of `schema`: what stands at a key path, and how its text is parsed."""

from collections.abc import Mapping
from functools import lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from sim.scenario.quantities import ONE_OF, Reader, Shape

Hint = Any     # a type as annotated


@lru_cache(maxsize=128)
def keys(model: type[Shape]) -> Mapping[str, Hint]:
    """Key as written in a file -> its type."""
    hints = get_type_hints(model, include_extras=True)
    return {field.alias or name: hints[name] for name, field in model.model_fields.items()}


def model(hint: Hint) -> type[Shape] | None:
    """The table that a type is or may be, else None."""
    return next((part for part in alternatives(hint) if isinstance(part, type) and issubclass(part, Shape)), None)


def below(hint: Hint, key: str | int) -> Hint | None:
    """The type of what stands at `key` in a value of type `hint`; None where nothing can stand."""
    table = model(hint)
    if table is not None:
        return keys(table).get(str(key))
    for part in alternatives(hint):
        if _origin(part) is dict and isinstance(key, str):
            return get_args(part)[1]
        if _origin(part) is tuple and isinstance(key, int):
            return get_args(part)[0]
    return None


def reader(hint: Hint) -> Reader | None:
    """How a quantity of this type is read; None where the type is no quantity."""
    for part in alternatives(hint):
        if _origin(part) is Annotated:
            return next((mark for mark in get_args(part) if isinstance(mark, Reader)), None)
    return None


def is_choice(hint: Hint) -> bool:
    return ONE_OF in (get_args(hint) if _origin(hint) is Annotated else ())


def alternatives(hint: Hint) -> tuple[Hint, ...]:
    return get_args(hint) if _origin(hint) in (Union, UnionType) else (hint,)


def holds_choice(hint: Hint) -> bool:
    """Whether a choice stands at a key of this type, or in the tables below it."""
    return is_choice(hint) or any(holds_choice(part) for part in get_args(hint) if _origin(hint) is dict)


def _origin(hint: Hint) -> Any:
    return get_origin(hint)
