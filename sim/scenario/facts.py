"""The register of published figures: what `from = "fact: ID"` may name."""

from dataclasses import dataclass
from functools import lru_cache

from sim.errors import Fault, ScenarioError
from sim.scenario import files

CONFIDENCES = ("read", "read 2nd", "read derived", "weak", "memory")
NOT_RE_READ = ("weak", "memory")


@dataclass(frozen=True)
class Fact:
    """One published figure.

    value       as published, in `unit`
    says        the sentence
    confidence  read: seen in the source; read 2nd: in an account of it; read derived: computed from what was read;
                weak: seen in a poor copy; memory: not confirmed
    """

    id: str
    value: str
    unit: str
    year: str
    title: str
    address: str
    confidence: str
    says: str


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """Every fact by its id. Raises ScenarioError for a fact that lacks a key or has an unknown confidence."""
    tables, text = files.read(files.SHIPPED / "facts.toml")
    written = tables.get("fact", tables)
    faults: list[Fault] = []
    found = {}
    for name, table in written.items():
        missing = [key for key in Fact.__annotations__ if key != "id" and key not in table]
        if missing or table["confidence"] not in CONFIDENCES:
            got = table.get("confidence", "")
            faults.append(text.fault(("fact", name), f"no {', '.join(missing)}" if missing else got,
                                     f"every key of a fact; confidence one of: {', '.join(CONFIDENCES)}"))
        else:
            found[name] = Fact(name, *(str(table[key]) for key in list(Fact.__annotations__)[1:]))
    if faults:
        raise ScenarioError(faults)
    return found
