"""Layouts of lines: columns of fixed width, and a label before each value. No value can break its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sim.content.formats.faults import Unreadable


@dataclass(frozen=True, eq=False)
class Fixed:
    """One line of columns; `columns` are field -> (first, last), from 1 on, both inclusive. What no value needs, and
    each blank of a value, is the filler."""

    columns: Mapping[str, tuple[int, int]]
    filler: str
    padding: str = " "
    one_line: bool = True

    def place(self, field: str) -> str:
        first, last = self.columns[field]
        return f"columns {first}-{last}"

    @cached_property
    def length(self) -> int:
        return max(last for _, last in self.columns.values())

    def write(self, values: Mapping[str, str]) -> str:
        line = [self.filler] * self.length
        for field, value in values.items():
            first, _ = self.columns[field]
            line[first - 1:first - 1 + len(value)] = value.replace(" ", self.filler)
        return "".join(line)

    def read(self, text: str) -> dict[str, str]:
        if len(text) != self.length:
            raise Unreadable(text, f"{self.length} characters; these are {len(text)}", f"columns 1-{len(text)}")
        for column in self._gaps:
            if text[column - 1] != self.filler:
                raise Unreadable(text[column - 1], f"the filler '{self.filler}'", f"column {column}")
        return {field: text[first - 1:last].replace(self.filler, " ").strip(" ")
                for field, (first, last) in self.columns.items()}

    @cached_property
    def _gaps(self) -> list[int]:
        used = {column for first, last in self.columns.values() for column in range(first, last + 1)}
        return [column for column in range(1, self.length + 1) if column not in used]


@dataclass(frozen=True, eq=False)
class Labelled:
    """One line for each field that is there: its label, `after_label`, the value, `line_end`.

    labels            field -> label
    opening, closing  lines before and after them, the same in every message
    """

    labels: Mapping[str, str]
    after_label: str
    line_end: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    padding: str = " "
    filler: str = " "
    one_line: bool = True

    def place(self, field: str) -> str:
        return f"after '{self.labels[field]}'"

    def write(self, values: Mapping[str, str]) -> str:
        lines = (f"{self.labels[field]}{self.after_label}{value}{self.line_end}" for field, value in values.items())
        return "\n".join((*self.opening, *lines, *self.closing))

    def read(self, text: str) -> dict[str, str]:
        lines = text.split("\n") if text else []
        last = len(lines) - len(self.closing)
        for wanted, at in ((self.opening, 0), (self.closing, max(last, len(self.opening)))):
            for number, line in enumerate(wanted, at):
                if number >= len(lines) or lines[number] != line:
                    raise Unreadable((lines[number:] or ["the end"])[0], f"the line '{line}'", f"line {number + 1}")
        found: dict[str, str] = {}
        for number in range(len(self.opening), last):
            self._line(lines[number], f"line {number + 1}", found)
        return found

    def _line(self, line: str, place: str, found: dict[str, str]) -> None:
        for field, label in self._starts:
            if line.startswith(label):
                if field in found or not line.endswith(self.line_end):
                    raise Unreadable(line, f"each label once, and '{self.line_end}' at its end", place)
                found[field] = line[len(label):len(line) - len(self.line_end)]
                return
        raise Unreadable(line, f"one of the labels {', '.join(self.labels.values())}", place)

    @cached_property
    def _starts(self) -> list[tuple[str, str]]:
        return [(field, label + self.after_label) for field, label in self.labels.items()]
