"""What a field holds, between the value of a record and the text a format writes for it: plain text, dates or codes.

Every content answers `write(value)`, `cut(text, width)` for a text that is too long, and `read(text)`, which raises
Unreadable for a text that `write` could not have written.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sim.content.formats.codes import CodeList
from sim.content.formats.faults import Unreadable

# The order of the parts of a date; yy is a year of two digits.
CONVENTIONS = {"iso": ("yyyy", "mm", "dd"), "yymmdd": ("yy", "mm", "dd"), "ddmmyyyy": ("dd", "mm", "yyyy"),
               "mmddyyyy": ("mm", "dd", "yyyy")}
# How a missing day or month is written. A shortened date leaves it out; a placeholder cannot be told from a real 01.
PARTIAL = {"shortened": "", "zeros": "00", "filler": "  ", "placeholder": "01", "dropped": ""}
_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_COUNTRY = re.compile(r"([A-Z]{2})(?: (.*))?", re.DOTALL)


class Content(Protocol):
    """What a field holds. `loss` is what may go wrong in `write`, a word of LOSSES, or "" where nothing can."""

    def write(self, value: str) -> str: ...

    def cut(self, text: str, width: int) -> str: ...

    def read(self, text: str) -> str: ...

    def loss(self, value: str) -> str: ...


class Plain:
    """Text as it is, cut at the right."""

    def write(self, value: str) -> str:
        return value

    def cut(self, text: str, width: int) -> str:
        return text[:width]

    def read(self, text: str) -> str:
        return text

    def loss(self, value: str) -> str:
        return ""


@dataclass(frozen=True)
class Dates:
    """Dates of one convention. A value that is no ISO date, whole or partial, is not written.

    convention  one of CONVENTIONS
    partial     one of PARTIAL
    separator   between the parts
    pivot       years of two digits up to this one are read as 20yy, later ones as 19yy
    """

    convention: str
    partial: str
    separator: str = ""
    pivot: int = 0

    def write(self, value: str) -> str:
        parts = _ISO.fullmatch(value)
        if parts is None:
            return ""
        year, month, day = parts.groups()
        if self.partial == "shortened" or (self.partial == "dropped" and day is None):
            return value if self.partial == "shortened" else ""
        blank = PARTIAL[self.partial]
        by_name = {"yyyy": year, "yy": year[2:], "mm": month or blank, "dd": day or blank}
        return self.separator.join(by_name[part] for part in CONVENTIONS[self.convention])

    def cut(self, text: str, width: int) -> str:
        return text       # a format is refused unless the whole date has room

    def read(self, text: str) -> str:
        if not text:
            return ""
        if self.partial == "shortened":
            found = _ISO.fullmatch(text)
        else:     # blanks at either end are gone where a layout pads with them
            year_first = self.convention in ("iso", "yymmdd")
            found = self._shape.fullmatch(text.ljust(self.length) if year_first else text.rjust(self.length))
        if found is None or (self.partial != "shortened" and found["mm"] == "  " != found["dd"]):
            raise Unreadable(text, f"a date written {self.separator.join(CONVENTIONS[self.convention])}"
                             f", what is missing of it {self.partial}")
        return text if self.partial == "shortened" else self._iso(found.groupdict())

    def _iso(self, parts: dict[str, str]) -> str:
        year = parts.get("yyyy") or f"{'20' if int(parts['yy']) <= self.pivot else '19'}{parts['yy']}"
        month, day = (part if part not in ("  ", "00") else "" for part in (parts["mm"], parts["dd"]))
        return "-".join([year, month, day] if month and day else [year, month] if month else [year])

    def loss(self, value: str) -> str:
        return "date_convention"

    @property
    def length(self) -> int:
        """Characters of a whole date."""
        parts = CONVENTIONS[self.convention]
        return sum(map(len, parts)) + len(self.separator) * (len(parts) - 1)

    @cached_property
    def _shape(self) -> re.Pattern[str]:
        missing = {"filler": "|  "}.get(self.partial, "")
        shapes = (f"(?P<{part}>[0-9]{{{len(part)}}}{missing if part in ('mm', 'dd') else ''})"
                  for part in CONVENTIONS[self.convention])
        return re.compile(re.escape(self.separator).join(shapes))


@dataclass(frozen=True, eq=False)
class Coded:
    """Values of a code list, several of them apart by blanks. What is too long loses whole codes from its end."""

    list: CodeList

    def write(self, value: str) -> str:
        return " ".join(dict.fromkeys(map(self.list.code, value.split())))

    def cut(self, text: str, width: int) -> str:
        while len(text) > width:
            text = text.rpartition(" ")[0]
        return text

    def read(self, text: str) -> str:
        return " ".join(value for code in text.split(" ") if code and (value := self.list.value(code)))

    def loss(self, value: str) -> str:
        return "merged" if all(map(self.list.lists, value.split())) else "unmapped"


@dataclass(frozen=True, eq=False)
class Place:
    """A place, "XX Townname": the country as a code, then the town as it is."""

    list: CodeList

    def write(self, value: str) -> str:
        found = _COUNTRY.fullmatch(value)
        if found is None:
            return f"{self.list.other} {value}" if value else ""
        return self.list.code(found[1]) + value[2:]

    def cut(self, text: str, width: int) -> str:
        return text[:width]

    def read(self, text: str) -> str:
        code, blank, town = text.partition(" ")
        country = self.list.value(code) if code else ""
        return country + blank + town if country else town

    def loss(self, value: str) -> str:
        return "merged" if self.list.lists(value[:2]) else "unmapped"
