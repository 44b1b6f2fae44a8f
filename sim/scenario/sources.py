"""Every quantity has a source: a `from`, under which numbers stand, or a `because`, under which they are ranges."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sim.errors import Fault
from sim.scenario import shape
from sim.scenario.facts import NOT_RE_READ, facts
from sim.scenario.files import Text, dotted, nearest
from sim.scenario.lines import Path
from sim.scenario.merge import Leaf, Table, plain
from sim.scenario.quantities import Reader, Shape, Sourced
from sim.scenario.schema import Scenario

# Sizes of the model and settings of a search: chosen, not unknown.
SETTINGS = ("demand.subjects.most", "matcher.*.fields.*", "matcher.*.threshold", "links.*.retry_after", "advice.*.used")
# A publication can set when a period ends or who is a member, never how long a desk takes.
PUBLIC = ("clock",)
# What nobody outside can know (domain: what a user can know and cannot), by key path.
UNKNOWN = {
    "desk.*.clerks*": "partners' staff is not published",
    "desk.*.domestic*": "the share of time that partners' own work takes is not published",
    "desk.*.other_foreign": "the share of partners' time that other states' requests take is not published",
    "task.*": "partners' working time is not published",
    "advice.*": "how people err on operational cases with a machine beside them is not published",
    "people.known.*": "the overlap of populations is not known",
    "people.holders": "the overlap of populations is not known",
    "people.quality.*": "the quality of partners' data is not published",
    "people.life.*": "how often the lives of people on record change is not published",
    "systems.*": "the formats that partners keep records in are not published",
    "upkeep.*": "how partners check and audit their records is not published",
    "silence.*": "what an export leaves out is not known until it is noticed",
    "attack.*": "how often an exchange is abused is not published",
    "redress.*": "how many complain of a wrong record is not published",
    "demand.marking.*": "why askers mark a request as urgent is not published",
    "matcher.*.miss": "errors of matching on operational data are not published",
    "matcher.*.false": "errors of matching on operational data are not published",
    "matcher.*.separation": "errors of matching on operational data are not published",
    "law.*": "partners' willingness is not published",
}
FORMS = "\"fact: ID\", \"own: what and when\" or \"public: act, article or register\""


@dataclass(frozen=True)
class Quantity:
    """One quantity or choice of a scenario as written, below the table at `path[:-1]`."""

    path: Path
    leaf: Leaf
    within: Path          # key path inside an array
    value: Any
    reader: Reader | None     # None: a list of choices
    default: object

    def fault(self, expected: str) -> Fault:
        return self.leaf.fault(self.value, expected, self.within)


def quantities(tree: Table, hint: shape.Hint = Scenario, path: Path = (), sourced: bool = False) -> Iterator[Quantity]:
    """Every quantity and choice below tables that need a source; what the schema does not know is passed over."""
    model = shape.model(hint)
    sourced = sourced or (model is not None and issubclass(model, Sourced))
    for key, cell in tree.cells.items():
        below = shape.below(hint, key)
        if below is None:
            continue
        if isinstance(cell, Table):
            yield from quantities(cell, below, (*path, key), sourced)
        elif sourced:
            yield from _values(cell.value, below, (*path, key), cell, (), _default(model, key))


def _values(value: Any, hint: shape.Hint, path: Path, leaf: Leaf, within: Path, default: object) -> Iterator[Quantity]:
    reader = shape.reader(hint)
    if reader is not None or shape.is_choice(hint):
        yield Quantity(path, leaf, within, value, reader, default)
    elif isinstance(value, list | dict):
        for key, inner in enumerate(value) if isinstance(value, list) else value.items():
            below = shape.below(hint, key)
            if below is not None:
                yield from _values(inner, below, (*path, key), leaf, (*within, key), _default(shape.model(hint), key))


def _default(model: type[Shape] | None, key: str | int) -> object:
    fields = model.model_fields if model else {}
    return next((field.default for name, field in fields.items() if key in (name, field.alias)), None)


def source_faults(tree: Table) -> list[Fault]:
    """Quantities without a source, points that nobody knows, sources that cannot carry a number. One per table."""
    found: dict[tuple[Path, str], Fault] = {}
    for quantity in quantities(tree):
        expected = _refused(quantity)
        if expected:
            table = quantity.path[:2] if not quantity.leaf.source else quantity.path
            found.setdefault((table, expected.split(":")[0]), quantity.fault(expected))
    return list(found.values())


def _refused(quantity: Quantity) -> str:
    """What was expected of a quantity's source, or nothing where all is well."""
    word, _, said = quantity.leaf.source.partition(": ")
    why = unknown(quantity.path)
    if not word:
        return f"a source for this table: from = {FORMS}, or because = \"...\" with ranges{why and f' ({why})'}"
    if said.startswith("public:") and quantity.path[0] not in PUBLIC:
        return ("another source: a publication gives dates, memberships, zones, languages and populations only; "
                "for a number give a fact, your own source, or because = \"...\" with a range")
    if not _is_point(quantity) or any(fnmatchcase(dotted(quantity.path), pattern) for pattern in SETTINGS):
        return ""
    if word == "because":
        return _range_instead(quantity, why)
    fact = facts().get(said.removeprefix("fact:").strip()) if said.startswith("fact:") else None
    if fact and fact.confidence in NOT_RE_READ and quantity.path[0] not in PUBLIC:
        return (f"a range: the fact {fact.id} is marked '{fact.confidence}', so it may set a rule or a date, "
                "but no exact number")
    return ""


def _is_point(quantity: Quantity) -> bool:
    """Whether exactly one value is given. Nothing at all (0) and what holds anyway are no claims to knowledge."""
    if quantity.reader is None:
        return not isinstance(quantity.value, list) or len(quantity.value) < 2
    try:
        read = quantity.reader(quantity.value)
    except ValueError:
        return False      # another fault, told by the types
    return getattr(read, "is_point", True) and getattr(read, "high", 1) != 0 and read != quantity.default


def _range_instead(quantity: Quantity, why: str) -> str:
    example = "[\"clean\", \"typical\"]" if quantity.reader is None else {
        "duration": "\"15 to 40 min\"", "share": "\"5 to 20 %\"", "rate": "\"20 to 40 per week\"",
        "count": "\"3 to 6\""}.get(quantity.reader.kind, "\"0.5 to 1.5\"")
    return (f"a range: this is an assumption, nobody knows the number{why and f' ({why})'}, so a range like {example} "
            f"is expected; or give from = {FORMS}")


def unknown(path: Path) -> str:
    """Why nobody outside can know what stands at a key path; empty where somebody may."""
    return next((why for pattern, why in UNKNOWN.items() if fnmatchcase(dotted(path), pattern)), "")


def form_faults(raw: Any, text: Text, path: Path = ()) -> list[Fault]:
    """Every `from` of a file that has not the form of a source, or names no fact."""
    if not isinstance(raw, dict):
        return []
    faults = [fault for key, value in raw.items() for fault in form_faults(value, text, (*path, key))]
    said = raw.get("from")
    if isinstance(said, str) and said.strip():
        faults += [text.fault((*path, "from"), said, expected) for expected in [_malformed(said)] if expected]
    for key, exception in (raw.get("sources") or {}).items() if isinstance(raw.get("sources"), dict) else ():
        word, _, rest = str(exception).partition(": ")
        expected = "" if word == "because" and rest else _malformed(rest if word == "from" else "")
        faults += [text.fault((*path, "sources", key), exception, expected)] if expected else []
    return faults


def _malformed(said: str) -> str:
    kind, _, rest = said.partition(":")
    if kind not in ("fact", "own", "public") or not rest.strip():
        return FORMS
    if kind == "fact" and rest.strip() not in facts():
        return f"the id of a fact (comity list facts){nearest(rest.strip(), facts())}"
    return ""


def with_sources(tree: Table, hint: shape.Hint = Scenario) -> dict[str, Any]:
    """The values of a tree, and in each table of the schema that has a source its `from`, `because` and `sources`."""
    tables = {key: with_sources(cell, shape.below(hint, key)) if isinstance(cell, Table) and shape.below(hint, key)
              else plain(cell) if isinstance(cell, Table) else cell.value for key, cell in tree.cells.items()}
    model = shape.model(hint)
    if model is not None and issubclass(model, Sourced):
        word, _, said = tree.source.partition(": ")
        exceptions = dict(sorted(_exceptions(tree, hint, tree.source)))      # however a file orders its tables
        tables |= ({word: said} if word else {}) | ({"sources": exceptions} if exceptions else {})
    return tables


def _exceptions(tree: Table, hint: shape.Hint, source: str, head: str = "") -> Iterator[tuple[str, str]]:
    """Keys of a table, and of tables in it that are no Sourced ones, whose source is another than `source`."""
    for key, cell in tree.cells.items():
        below = shape.below(hint, key)
        model = shape.model(below) if below is not None else None
        if isinstance(cell, Table) and model is not None and issubclass(model, Sourced):
            continue
        if cell.source != source:
            yield head + key, cell.source
        if isinstance(cell, Table) and below is not None:
            yield from _exceptions(cell, below, cell.source, f"{head}{key}.")
