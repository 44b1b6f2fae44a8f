"""Every value of a loaded scenario with the source it stands on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sim.scenario import shape
from sim.scenario.quantities import Shape, Sourced
from sim.scenario.schema import LimitSetting, Scenario
from sim.units import Period, Range

OVERLAP = ("people.known.", "people.holders")


@dataclass(frozen=True)
class Explained:
    """A quantity (Range), a period or a list of choices at a key path. `source` is "from: ..." or "because: ..."."""

    path: str
    value: Range | Period | tuple[str, ...]
    source: str
    when: str = ""        # limits of a clock: the facts that must hold

    @property
    def is_open(self) -> bool:
        """Nobody knows the one value: it is drawn anew in every future."""
        return len(self.value) > 1 if not isinstance(self.value, Range | Period) else (
            isinstance(self.value, Range) and not self.value.is_point)

    @property
    def is_assumed(self) -> bool:
        return self.source.startswith("because: ")

    @property
    def said(self) -> str:
        return self.source.partition(": ")[2]


def explained(scenario: Scenario) -> Iterator[Explained]:
    """How populations overlap comes first: every hit rests on it, and nobody can find it out. All else in the order of
    the schema."""
    yield from sorted(_walk(scenario, "", "", {}, "", False), key=lambda each: not each.path.startswith(OVERLAP))


def _walk(value: Any, path: str, source: str, exceptions: dict[str, str], key: str,
          choice: bool) -> Iterator[Explained]:
    """`exceptions` and `key` are relative to the nearest table with a source."""
    source = exceptions.get(key, source)
    if isinstance(value, Range | Period) or (choice and isinstance(value, tuple)):
        if source:
            yield Explained(path, value, source)
    elif isinstance(value, Shape):
        if isinstance(value, Sourced):
            source = f"from: {value.from_}" if value.from_ else f"because: {value.because}" if value.because else source
            exceptions, key = value.sources, ""
        for name, field in type(value).model_fields.items():
            alias = field.alias or name
            hint = shape.keys(type(value))[alias]
            yield from _walk(getattr(value, name), _below(path, alias), source, exceptions, _below(key, alias),
                             shape.holds_choice(hint))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, _below(path, name), source, exceptions, _below(key, name), choice)
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            if isinstance(inner, LimitSetting):
                found = _walk(inner, _below(path, str(number)), source, exceptions, key, False)
                yield from (replace(each, when=" and ".join(inner.when)) for each in found)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
