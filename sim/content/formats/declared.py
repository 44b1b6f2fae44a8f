"""The shape of a format pack and of a code list: every key, its type, and what may stand together."""

from collections.abc import Iterator
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Fault
from sim.scenario.files import Text, nearest

Key = tuple[str | int, ...]
Doubt = tuple[Key, object, str]    # key path, what stands there, what is expected


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldTable(Shape):
    """`[field.NAME]`: where one field stands (path, columns or label) and what it holds (codes or date)."""

    path: str | None = None
    columns: tuple[int, int] | None = None
    label: str | None = Field(default=None, min_length=1)
    width: int | None = Field(default=None, ge=1)
    codes: str | None = None
    date: Literal["iso", "yymmdd", "ddmmyyyy", "mmddyyyy"] | None = None
    partial: Literal["shortened", "zeros", "filler", "placeholder", "dropped"] | None = None
    separator: str | None = None
    pivot: int | None = Field(default=None, ge=0, le=99)

    @property
    def room(self) -> int | None:
        """Characters there are for the field; None: no limit."""
        return self.columns[1] - self.columns[0] + 1 if self.columns else self.width


class FormatTable(Shape):
    """A format pack."""

    source: str = Field(min_length=8)
    layout: Literal["xml", "json", "fixed", "labelled"]
    encoding: Literal["utf-8", "latin-1", "ascii"]
    letters: Literal["unicode", "latin-1", "icao"]
    outside: Literal["icao", "strip", "?"] | None = None
    root: str | None = None
    filler: str | None = Field(default=None, min_length=1, max_length=1)
    opening: str | None = None
    closing: str | None = None
    after_label: str | None = Field(default=None, min_length=1)
    line_end: str | None = None
    keyed_again: bool = False
    dropped: tuple[str, ...] = ()
    field: dict[str, FieldTable]


class CodeTable(Shape):
    """A code list. `like`: the codes of that list, but for those given here and those `left_out`."""

    source: str = Field(min_length=8)
    like: str | None = None
    other: str = Field(pattern=r"^\S+$")
    invertible: bool = False
    hierarchical: bool = False
    left_out: tuple[str, ...] = ()
    reads: dict[str, str] = {}
    codes: dict[str, str] = {}


LAYOUT_KEYS = {"xml": {"root"}, "json": set[str](), "fixed": {"filler"},
               "labelled": {"opening", "closing", "after_label", "line_end"}}
NEEDED = {"xml": {"root"}, "json": set[str](), "fixed": {"filler"}, "labelled": {"after_label"}}
PLACE = {"xml": "path", "json": "path", "fixed": "columns", "labelled": "label"}
HOLDS = {"unicode": {"utf-8"}, "latin-1": {"utf-8", "latin-1"}, "icao": {"utf-8", "latin-1", "ascii"}}

Model = TypeVar("Model", bound=Shape)


def typed(model: type[Model], tables: dict[str, Any], text: Text, faults: list[Fault]) -> Model | None:
    """The tables in their shape, or None and one fault for each key that does not fit."""
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        faults += [_fault(model, text, detail) for detail in error.errors(include_url=False)]
        return None


def _fault(model: type[Shape], text: Text, detail: ErrorDetails) -> Fault:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        known = FieldTable.model_fields if path[0] == "field" else model.model_fields
        return text.fault(path, path[-1], "a known key" + nearest(str(path[-1]), known))
    missing = detail["type"] == "missing"
    return text.fault(path, "nothing" if missing else detail["input"],
                      f"the key '{path[-1]}'" if missing else detail["msg"])


def doubts(table: FormatTable, fields: tuple[str, ...]) -> Iterator[Doubt]:
    """What does not fit together in a pack whose keys are each well formed; `fields` are those of a record."""
    yield from _doubts_of_layout(table)
    yield from _doubts_of_fields(table, fields)
    for name, field in table.field.items():
        for key, got, expected in (*_doubts_of_place(table, field), *_doubts_of_content(table, name, field)):
            yield ("field", name, *key), got, expected


def _doubts_of_layout(table: FormatTable) -> Iterator[Doubt]:
    allowed = LAYOUT_KEYS[table.layout]
    for key in sorted(set().union(*LAYOUT_KEYS.values()) - allowed):
        if getattr(table, key) is not None:
            yield (key,), getattr(table, key), f"no such key in a format whose layout is {table.layout}"
    for key in sorted(NEEDED[table.layout]):
        if getattr(table, key) is None:
            yield (key,), "nothing", f"the key '{key}', which the layout {table.layout} needs"
    if table.encoding not in HOLDS[table.letters]:
        yield (("encoding",), table.encoding,
               f"an encoding that holds the letters {table.letters}: {' or '.join(sorted(HOLDS[table.letters]))}")
    if (table.outside is None) != (table.letters == "unicode"):
        yield ("outside",), table.outside or "nothing", ("how other letters are written (icao, strip or ?) beside "
                                                         "letters latin-1 or icao, no such key beside unicode")
    if table.letters == "icao" and table.outside == "?":
        yield ("outside",), "?", "icao or strip: the letters of ICAO Doc 9303 have no question mark"


def _doubts_of_fields(table: FormatTable, fields: tuple[str, ...]) -> Iterator[Doubt]:
    for name in table.field.keys() - set(fields):
        yield ("field", name), name, "a field of a record" + nearest(name, fields)
    for name in table.dropped:
        if name not in fields or name in table.field:
            yield ("dropped",), name, "a field of a record that has no table here" + nearest(name, fields)
    for name in fields:
        if name not in table.field and name not in table.dropped:
            yield ("field",), "nothing", f"a table [field.{name}], or {name} among `dropped`"


def _doubts_of_place(table: FormatTable, field: FieldTable) -> Iterator[Doubt]:
    wanted = PLACE[table.layout]
    for key in ("path", "columns", "label"):
        if (getattr(field, key) is None) == (key == wanted):
            yield ((key,), getattr(field, key) or "nothing",
                   f"'{wanted}', and neither of the others, in the layout {table.layout}")
    if table.layout == "fixed" and field.width is not None:
        yield ("width",), field.width, "no width beside columns"
    if field.columns and not 1 <= field.columns[0] <= field.columns[1]:
        yield ("columns",), list(field.columns), "first and last column, from 1 on, the last not before the first"


def _doubts_of_content(table: FormatTable, name: str, field: FieldTable) -> Iterator[Doubt]:
    if (name == "birth_date") != (field.date is not None):
        yield ("date",), field.date or "nothing", "the key 'date' in [field.birth_date] and nowhere else"
    if field.codes is not None and name not in ("sex", "nationality", "birth_place", "offence"):
        yield ("codes",), field.codes, "codes only for sex, nationality, birth_place and offence"
    if (field.date is None) != (field.partial is None):
        yield ("partial",), field.partial or "nothing", "how partial dates are written, beside 'date'"
    if (field.partial == "shortened") > (field.date in ("iso", None)):
        yield ("partial",), field.partial, "zeros, filler, placeholder or dropped: only an iso date can be shortened"
    if field.partial == "filler" and table.layout != "fixed":
        yield ("partial",), field.partial, "zeros, placeholder or dropped: only the layout fixed has a filler"
    if (field.date == "yymmdd") != (field.pivot is not None):
        got = "nothing" if field.pivot is None else field.pivot
        yield ("pivot",), got, "the last year that is read as 20yy, beside yymmdd and nowhere else"
    if field.separator is not None and field.date in ("iso", None):
        yield ("separator",), field.separator, "no separator but in yymmdd, ddmmyyyy and mmddyyyy"
