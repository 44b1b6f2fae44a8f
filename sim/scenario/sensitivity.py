"""How grave it is when a fact is learnt without need, by class of field: judgements, so none is shipped silently.

A scenario without the table has no weighted figure.
"""

from collections.abc import Iterator, Mapping

from sim.scenario.files import nearest
from sim.scenario.quantities import Number, Sourced
from sim.script import FIELDS

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected


class FieldClass(Sourced):
    """Fields that weigh the same: one such fact counts as `weight` facts of weight 1."""

    weight: Number
    fields: tuple[str, ...]


def sensitivity_faults(classes: Mapping[str, FieldClass]) -> Iterator[Wrong]:
    """Every field is in one class, or there is no class at all."""
    taken: dict[str, str] = {}
    for name, each in classes.items():
        for field in each.fields:
            if field not in FIELDS:
                yield ("sensitivity", name, "fields"), field, f"a field{nearest(field, FIELDS)}"
            elif field in taken:
                yield ("sensitivity", name, "fields"), field, f"every field in one class; it is in {taken[field]} too"
            taken[field] = name
    left_out = [field for field in FIELDS if field not in taken]
    if classes and left_out:
        yield ("sensitivity",), ", ".join(classes), f"classes that hold all fields; none has {', '.join(left_out)}"
