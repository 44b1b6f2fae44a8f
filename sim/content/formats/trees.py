"""Layouts of nested elements: XML and JSON. A field stands at a path of names, "Person/Name/FamilyName".

What a reader does not know is a fault, not something to pass over: an element or member no field stands at, one that
comes twice, text between elements, attributes, a document type declaration (and with it every entity but the five).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.parsers import expat

from sim.content.formats.faults import Unreadable

Tree = dict[str, Any]     # name -> Tree, or the text of a field

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}   # a bare carriage return is read as a line end
_ESCAPES = str.maketrans(_ESCAPED)


def _tree(paths: Mapping[str, str], values: Mapping[str, str]) -> Tree:
    tree: Tree = {}
    for field, path in paths.items():
        if field in values:
            *groups, name = path.split("/")
            here = tree
            for group in groups:
                here = here.setdefault(group, {})
            here[name] = values[field]
    return tree


@dataclass(frozen=True, eq=False)
class Xml:
    """One root element; `paths` are field -> path below it."""

    root: str
    paths: Mapping[str, str]
    padding: str = ""
    filler: str = " "
    one_line: bool = False

    def place(self, field: str) -> str:
        return f"{self.root}/{self.paths[field]}"

    def write(self, values: Mapping[str, str]) -> str:
        return "\n".join(_element(self.root, _tree(self.paths, values), ""))

    def read(self, text: str) -> dict[str, str]:
        return _Reading(self).read(text)

    @cached_property
    def fields(self) -> dict[str, str]:
        """Path, from the root on -> field."""
        return {self.place(field): field for field in self.paths}

    @cached_property
    def groups(self) -> set[str]:
        """Paths of the elements that hold elements, the root among them."""
        return {path.rsplit("/", n)[0] for path in self.fields for n in range(1, path.count("/") + 1)} | {self.root}


def _element(name: str, content: Tree | str, indent: str) -> list[str]:
    if isinstance(content, str):
        return [f"{indent}<{name}>{content.translate(_ESCAPES)}</{name}>"]
    inside = [line for key, part in content.items() for line in _element(key, part, indent + "  ")]
    return [f"{indent}<{name}>", *inside, f"{indent}</{name}>"]


class _Reading:
    """One reading of one text, event by event, so that each fault knows its line and column."""

    def __init__(self, layout: Xml):
        self.layout, self.path, self.found = layout, "", dict[str, list[str]]()
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, text: str) -> dict[str, str]:
        try:
            self.parser.Parse(text.encode(), True)
        except UnicodeEncodeError as error:
            raise Unreadable(text[error.start], "a whole character, not half of a pair",
                             f"character {error.start + 1}") from None
        except expat.ExpatError as error:
            raise self.fault(expat.ErrorString(error.code), "well-formed XML") from None
        return {field: "".join(parts) for field, parts in self.found.items()}

    def fault(self, got: object, expected: str) -> Unreadable:
        parser = self.parser
        return Unreadable(got, expected, f"line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        path = f"{self.path}/{name}" if self.path else name
        field = self.layout.fields.get(path)
        if field is None and path not in self.layout.groups:
            raise self.fault(path, "an element of this format")
        if field in self.found or attributes:
            raise self.fault(attributes or path, "no attribute, and each element once")
        if field is not None:
            self.found[field] = []
        self.path = path

    def end(self, name: str) -> None:
        self.path = self.path[:-len(name)].rstrip("/")

    def text(self, text: str) -> None:
        field = self.layout.fields.get(self.path)
        if field is not None:
            self.found[field].append(text)
        elif text.strip(" \t\r\n"):
            raise self.fault(text, f"elements only inside {self.path}")

    def doctype(self, *_: object) -> None:
        raise self.fault("a document type declaration", "none")


@dataclass(frozen=True, eq=False)
class Json:
    """One object; `paths` are field -> path of member names."""

    paths: Mapping[str, str]
    padding: str = ""
    filler: str = " "
    one_line: bool = False

    def place(self, field: str) -> str:
        return self.paths[field]

    def write(self, values: Mapping[str, str]) -> str:
        return json.dumps(_tree(self.paths, values), ensure_ascii=False, indent=1)

    def read(self, text: str) -> dict[str, str]:
        try:
            tree = json.loads(text, object_pairs_hook=_once, parse_int=_Number, parse_float=_Number)
        except json.JSONDecodeError as error:
            raise Unreadable(text[error.pos:error.pos + 90] or "the end", f"JSON ({error.msg})",
                             f"line {error.lineno}, column {error.colno}") from None
        except RecursionError:
            raise Unreadable("objects within objects without end", "members of this format", "line 1") from None
        found: dict[str, str] = {}
        self._walk(tree, "", found)
        return found

    def _walk(self, tree: object, path: str, found: dict[str, str]) -> None:
        if not isinstance(tree, dict):
            raise Unreadable(tree, "an object", path or "line 1")
        for name, value in tree.items():
            below = f"{path}/{name}" if path else name
            if below in self._groups:
                self._walk(value, below, found)
            elif below not in self._fields:
                raise Unreadable(name, "a member of this format", path or "line 1")
            elif not isinstance(value, str) or isinstance(value, _Number):
                raise Unreadable(value, "a text", below)
            else:
                found[self._fields[below]] = value

    @cached_property
    def _fields(self) -> dict[str, str]:
        return {path: field for field, path in self.paths.items()}

    @cached_property
    def _groups(self) -> set[str]:
        return {path.rsplit("/", n)[0] for path in self._fields for n in range(1, path.count("/") + 1)}


class _Number(str):
    """A number of a JSON text, kept as written: as an int of a million digits it would take minutes."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Unreadable(max(names, key=names.count), "each member once", "")
    return found
