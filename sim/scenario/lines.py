"""Every key of a TOML text has a line here, so that a fault can name the place and not only the key.

Reads only texts that `tomllib` has already accepted, and therefore looks at nothing but where keys and elements begin.
"""

import re

Path = tuple[str | int, ...]

_KEY = re.compile(r'[ \t]*("(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|[A-Za-z0-9_-]+)[ \t]*')
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^,\]}#\n]*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


def lines(text: str) -> dict[Path, int]:
    """Key path -> 1-based line, for tables, keys and elements of arrays; the first mention counts."""
    return _Scan(text).document()


class _Scan:
    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {(): 1}
        self.counts: dict[Path, int] = {}

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.blank()
        return self.found

    def header(self) -> Path:
        array = self.text.startswith("[[", self.at)
        begin = self.at
        self.at += 2 if array else 1
        path = self.within(self.key())
        self.at += 2 if array else 1
        if array:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        for depth in range(1, len(path) + 1):
            self.note(path[:depth], begin)
        return path

    def within(self, path: Path) -> Path:
        """The path with the number of the last element after each array of tables on its way."""
        done: Path = ()
        for part in path[:-1]:
            done = (*done, part)
            if done in self.counts:
                done = (*done, self.counts[done])
        return (*done, path[-1])

    def key(self) -> Path:
        parts: list[str] = []
        while True:
            match = _KEY.match(self.text, self.at)
            if match is None:
                raise ValueError(f"no key at character {self.at}")
            self.at = match.end()
            parts.append(match[1].strip("\"'"))
            if self.text[self.at] != ".":
                return tuple(parts)
            self.at += 1

    def pair(self, table: Path) -> None:
        begin = self.at
        path = table
        for part in self.key():
            path = (*path, part)
            self.note(path, begin)
        self.at += 1      # the equals sign
        self.value(path)

    def value(self, path: Path) -> None:
        self.blank()
        mark = self.text[self.at]
        if mark == "[":
            self.elements(path)
        elif mark == "{":
            self.inline(path)
        else:
            match = (_STRING if mark in "\"'" else _BARE).match(self.text, self.at)
            self.at = match.end() if match else self.at + 1

    def elements(self, path: Path) -> None:
        self.at += 1
        number = 0
        while not self.closed("]"):
            self.note((*path, number), self.at)
            self.value((*path, number))
            number += 1

    def inline(self, path: Path) -> None:
        self.at += 1
        while not self.closed("}"):
            self.pair(path)

    def closed(self, bracket: str) -> bool:
        self.blank()
        if self.text[self.at] == ",":
            self.at += 1
            self.blank()
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def blank(self) -> None:
        match = _BLANK.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def note(self, path: Path, position: int) -> None:
        self.found.setdefault(path, self.text.count("\n", 0, position) + 1)
