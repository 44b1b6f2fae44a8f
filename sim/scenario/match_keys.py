"""Keys that a scenario derives from fields, e.g. "sorted(family_name, given_name) + birth_date": parts, all equal."""

import re
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

# What a part may take of a field: its sound (Soundex), its year, its first letter; or of several, their words in order.
FUNCTIONS = ("phonetic", "year", "initial", "sorted")
EXAMPLE = "\"family_name + birth_date\" or \"sorted(family_name, given_name) + year(birth_date)\""
_PART = re.compile(r"(?:(\w+)\s*\(\s*(\w+(?:\s*,\s*\w+)*)\s*\)|(\w+))")


class Part(NamedTuple):
    """function: one of FUNCTIONS, or empty: the value as it stands. Only `sorted` takes several fields."""

    function: str
    fields: tuple[str, ...]


def parts(key: str) -> tuple[Part, ...]:
    """The parts of a key. Raises ValueError, with an example, for what is none."""
    return tuple(_part(text.strip(), key) for text in key.split("+"))


def fields_of(keys: Iterable[str]) -> tuple[str, ...]:
    """Every field of some keys once; a key that cannot be read has none."""
    found: dict[str, None] = {}
    for key in keys:
        with suppress(ValueError, AttributeError):
            found.update(dict.fromkeys(field for part in parts(key) for field in part.fields))
    return tuple(found)


def _part(text: str, key: str) -> Part:
    found = _PART.fullmatch(text)
    if not found:
        raise ValueError(f"{key!r} is no key; expected parts joined by +, e.g. {EXAMPLE}")
    function, inside, field = found.groups()
    fields = tuple(re.split(r"\s*,\s*", inside or field))
    if function and function not in FUNCTIONS:
        raise ValueError(f"{key!r} has no known function {function!r}; expected one of {', '.join(FUNCTIONS)}")
    if len(fields) > 1 and function != "sorted":
        raise ValueError(f"{key!r} has two fields in {function!r}; expected one")
    return Part(function or "", fields)
