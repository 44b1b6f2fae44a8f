"""Packs become formats: `packs/formats/<name>.toml`, and their code lists from `packs/formats/codes/<name>.toml`.

Each is looked for beside the scenario, then among the shipped ones. Every fault of every pack is told at once, with
its file, line, key, value and what was expected.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from sim.content.formats.codes import CodeList
from sim.content.formats.contents import Coded, Content, Dates, Place, Plain
from sim.content.formats.declared import CodeTable, Doubt, FieldTable, FormatTable, Shape, doubts, typed
from sim.content.formats.format import FIELDS, Format, FormatField, Layout
from sim.content.formats.letters import Alphabet
from sim.content.formats.lines import Fixed, Labelled
from sim.content.formats.trees import NAME, Json, Xml
from sim.errors import Fault, ScenarioError
from sim.scenario.files import SHIPPED, Text, beside_or_shipped, nearest, read

SUB = "packs/formats"
_COUNTRY_LONGEST = 1      # room a place needs beyond its country code: one blank

Model = TypeVar("Model", bound=Shape)
Stamps = tuple[tuple[str, int, int], ...]      # path, time of the last change in ns, size


def load_formats(names: Sequence[str], folder: str | Path = "") -> dict[str, Format]:
    """The formats of these names; `folder` is that of the scenario, "" where there is none.

    What was loaded before is not read again while its files stay as they are.
    Raises ScenarioError with every fault of every pack.
    """
    home = Path(folder) if str(folder) else SHIPPED
    return dict(_load(tuple(names), home, _stamps(home)))


def _stamps(home: Path) -> Stamps:
    files = (path for place in (home, SHIPPED) for path in (place / SUB).rglob("*.toml"))
    return tuple(sorted((str(path), (state := path.stat()).st_mtime_ns, state.st_size) for path in files))


@lru_cache(maxsize=64)
def _load(names: tuple[str, ...], home: Path, stamps: Stamps) -> tuple[tuple[str, Format], ...]:
    packs = _Packs(home)
    found = [(name, packs.format(name)) for name in names]
    if packs.faults:
        raise ScenarioError(packs.faults)
    return tuple((name, format) for name, format in found if format is not None)


class _Packs:
    """One loading: the faults so far, and the code lists, each read once."""

    def __init__(self, home: Path):
        self.home = home
        self.faults: list[Fault] = []
        self.lists: dict[str, CodeList | None] = {}

    def format(self, name: str) -> Format | None:
        """A format, or None where it has faults."""
        before = len(self.faults)
        table, text = self._table(FormatTable, name, SUB)
        if table is None:
            return None
        self._tell(text, doubts(table, FIELDS))
        lists = {field: self._list(text, ("field", field, "codes"), given.codes)
                 for field, given in table.field.items() if given.codes is not None}
        if len(self.faults) > before:
            return None
        layout = _layout(table)
        alphabet = Alphabet(table.letters, table.outside or "strip", layout.one_line, layout.filler)
        fields = {field: FormatField(field, _content(field, given, lists.get(field)), alphabet, layout.padding,
                                     given.room) for field, given in table.field.items()}
        self._tell(text, (*_doubts_of_places(table), *_doubts_of_texts(table, fields, alphabet)))
        return Format(name, table.source, layout, fields, table.encoding, table.keyed_again)

    def _table(self, model: type[Model], name: str, sub: str) -> tuple[Model | None, Text]:
        try:
            tables, text = read(beside_or_shipped(name, ".toml", self.home, sub))
        except ScenarioError as error:
            self.faults += error.faults
            return None, Text(name)
        return typed(model, tables, text, self.faults), text

    def _tell(self, text: Text, found: Iterator[Doubt] | Sequence[Doubt]) -> None:
        self.faults += [text.fault(key, got, expected) for key, got, expected in found]

    def _list(self, by: Text, key: tuple[str, ...], name: str) -> CodeList | None:
        """A code list; who names one that does not exist, `by`, has the fault."""
        if name not in self.lists:
            self.lists[name] = None     # a list that is like itself ends here
            try:
                beside_or_shipped(name, ".toml", self.home, f"{SUB}/codes")
            except ScenarioError as error:
                self._tell(by, [(key, name, error.faults[0].expected)])
                return None
            self.lists[name] = self._coded(name)
        return self.lists[name]

    def _coded(self, name: str) -> CodeList | None:
        table, text = self._table(CodeTable, name, f"{SUB}/codes")
        if table is None:
            return None
        base = self._list(text, ("like",), table.like) if table.like is not None else None
        if table.like is not None and base is None:
            return None
        codes = {**(base.codes if base else {}), **table.codes}
        self._tell(text, [(("left_out",), value, f"a value of the list '{table.like}'" + nearest(value, codes))
                          for value in table.left_out if value not in codes])
        kept = {value: code for value, code in codes.items() if value not in table.left_out}
        found = CodeList(name, kept, table.other, table.reads, table.hierarchical)
        self._tell(text, _doubts_of_codes(table, found))
        return found


def _doubts_of_codes(table: CodeTable, codes: CodeList) -> Iterator[Doubt]:
    for value, code in codes.codes.items():
        if code == codes.other or not code or code.split() != [code]:
            yield ("codes", value), code, f"a code without blanks, and not '{codes.other}', that of anything else"
    for code, values in codes.shared().items():
        place = ("codes", next((value for value in values if value in table.codes), ""))
        if table.invertible:
            yield place, code, f"a code of one value only, as invertible says; it is that of {', '.join(values)}"
        elif code not in table.reads:
            yield place, code, f"reads = {{ {code} = \"...\" }}, one of {', '.join(values)}: which it is read as"
    for code, value in table.reads.items():
        if codes.codes.get(value) != code:
            yield ("reads", code), value, f"a value whose code is {code}"


def _layout(table: FormatTable) -> Layout:
    given = table.field
    if table.layout == "fixed":
        return Fixed({name: field.columns for name, field in given.items() if field.columns}, table.filler or "")
    if table.layout == "labelled":
        opening, closing = (tuple(text.splitlines()) for text in (table.opening or "", table.closing or ""))
        return Labelled({name: field.label for name, field in given.items() if field.label}, table.after_label or "",
                        table.line_end or "", opening, closing)
    paths = {name: field.path for name, field in given.items() if field.path}
    return Xml(table.root or "", paths) if table.layout == "xml" else Json(paths)


def _content(name: str, given: FieldTable, codes: CodeList | None) -> Content:
    if given.date is not None:
        separator = "-" if given.date == "iso" else given.separator or ""
        return Dates(given.date, given.partial or "", separator, given.pivot or 0)
    if codes is None:
        return Plain()
    return Place(codes) if name == "birth_place" else Coded(codes)


def _doubts_of_places(table: FormatTable) -> Iterator[Doubt]:
    """Places that are malformed, or that two fields would share."""
    given = [(name, getattr(field, key), key) for name, field in table.field.items()
             for key in ("path", "columns", "label") if getattr(field, key) is not None]
    for number, (name, place, key) in enumerate(given):
        names = [table.root or "", *place.split("/")] if key == "path" and table.layout == "xml" else []
        if not all(map(NAME.fullmatch, names)):
            yield ("field", name, key), place, "names of XML elements, apart by / (the root is one too)"
        for other, there, _ in given[:number]:
            if _meet(place, there, "/" if key == "path" else table.after_label or ""):
                yield ("field", name, key), place, f"a place of its own; [field.{other}] has {there}"


def _meet(one: object, other: object, end: str) -> bool:
    """Whether columns overlap, or one path or label, with what ends it, begins like the other."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return bool(one[0] <= other[1] and other[0] <= one[1])
    return f"{one}{end}".startswith(f"{other}{end}") or f"{other}{end}".startswith(f"{one}{end}")


def _doubts_of_texts(table: FormatTable, fields: dict[str, FormatField], alphabet: Alphabet) -> Iterator[Doubt]:
    """Codes and dates that the letters do not allow, or that do not fit their width."""
    for name, field in fields.items():
        room = "columns" if table.layout == "fixed" else "width"
        if isinstance(field.content, Dates):
            for date in ("1970-03-12", "1970-03", "1970"):
                if not alphabet.holds(text := field.content.write(date)):
                    yield ("field", name, "date"), text, f"a date in the letters {table.letters}"
                    break
            if field.width is not None and field.width < field.content.length:
                yield ("field", name, room), field.width, f"room for a date of {field.content.length} characters"
        if isinstance(field.content, Coded | Place):
            codes, extra = field.content.list, _COUNTRY_LONGEST * isinstance(field.content, Place)
            for code in (*codes.codes.values(), codes.other):
                if not alphabet.holds(code):
                    yield ("field", name, "codes"), code, f"codes in the letters {table.letters}"
                    break
            if field.width is not None and field.width < codes.longest + extra:
                yield ("field", name, room), field.width, f"room for a code of {codes.longest} characters"
