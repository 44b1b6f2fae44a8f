"""A format writes a record as a text and reads it back, with the losses it declares and no others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from sim.content.formats.contents import Content, Plain
from sim.content.formats.faults import FormatFault, Unreadable
from sim.content.formats.letters import Alphabet, fold

# The text fields of a record, as in `sim.content.fields`.
FIELDS = ("family_name", "given_name", "native_name", "birth_date", "birth_place", "nationality", "sex", "document",
          "plate", "address", "offence")
LOSSES = ("dropped", "truncated", "unmapped", "merged", "date_convention", "letters")


class Layout(Protocol):
    """Where the texts of the fields stand. `write` takes texts without ends of lines where `one_line` says so, and
    `read` gives back exactly what was written; it raises Unreadable."""

    @property
    def padding(self) -> str:
        """What cannot stand at either end of a text."""

    @property
    def filler(self) -> str:
        """What a blank is written as."""

    @property
    def one_line(self) -> bool: ...

    def place(self, field: str) -> str: ...

    def write(self, values: Mapping[str, str]) -> str: ...

    def read(self, text: str) -> dict[str, str]: ...


@dataclass(frozen=True, eq=False)
class FormatField:
    """One field in one format."""

    name: str
    content: Content
    alphabet: Alphabet
    padding: str
    width: int | None = None

    def written(self, value: str) -> str:
        """The text a layout is given of a value, "" where nothing is left of it."""
        text = self._trimmed(self.content.write(value))
        return text if self.width is None or len(text) <= self.width else self._cut(text, self.width)

    def through(self, value: str) -> str:
        """The value after it was written and read, "" where nothing is left of it."""
        return self.content.read(self.written(value))

    def through_all(self, values: Sequence[str]) -> list[str]:
        """`through` of each value."""
        if isinstance(self.content, Plain) and self.width is None and self.alphabet.holds("".join(values)):
            return [value.strip(self.padding) for value in values]
        return [_through(self, value) for value in values]

    def read(self, text: str) -> str:
        """The value of a text. Raises Unreadable for one that could not have been written."""
        text = text.strip(self.padding)
        if not self.alphabet.holds(text):
            raise Unreadable(text, f"letters of the set {self.alphabet.letters}")
        if self.width is not None and len(text) > self.width:
            raise Unreadable(text, f"at most {self.width} characters; these are {len(text)}")
        return self.content.read(text)

    def loss(self, value: str) -> str:
        """The first thing that a comparison would see was lost, one of LOSSES; "" where it would see nothing."""
        after = _through(self, value)
        if after == value or self._alike(after, value):
            return ""
        text = self.content.write(value)
        if not self._alike(self.content.read(text), value):
            return self.content.loss(value)
        return "truncated" if self._alike(self._trimmed(text), text) else "letters"

    def _trimmed(self, text: str) -> str:
        return self.alphabet.fit(text).strip(self.padding)

    def _cut(self, text: str, width: int) -> str:
        return self.content.cut(text, width).strip(self.padding)

    def _alike(self, one: str, other: str) -> bool:
        return one == other or compared(self.name, one) == compared(self.name, other)


def compared(name: str, value: str) -> str:
    """What a comparison sees of a value of a field: a native name keeps its script."""
    return value.strip().casefold() if name == "native_name" else fold(value)


@lru_cache(maxsize=2**17)
def _through(field: FormatField, value: str) -> str:
    return field.through(value)


@lru_cache(maxsize=2**17)
def _loss(field: FormatField, value: str) -> str:
    return field.loss(value)


@dataclass(frozen=True, eq=False)
class Format:
    """A format as a pack declares it.

    source       what it stylises
    fields       the fields it carries; the others are dropped
    encoding     "utf-8", "latin-1" or "ascii": every text it writes can be encoded so
    keyed_again  no machine can read it: a clerk keys it in again (`rekeyed`)
    """

    name: str
    source: str
    layout: Layout
    fields: Mapping[str, FormatField] = field(repr=False)
    encoding: str
    keyed_again: bool

    def write(self, record: Mapping[str, str]) -> str:
        """The record as a text. Missing fields are left out; a value without a single letter of this format, or a date
        that is none, counts as missing from then on (`loss_table` shows it).

        Raises KeyError for a field that no record has.
        """
        for name in record.keys() - set(FIELDS):
            raise KeyError(name)
        written = ((name, field.written(record.get(name, ""))) for name, field in self.fields.items())
        return self.layout.write({name: text for name, text in written if text})

    def read(self, text: str | bytes) -> dict[str, str]:
        """The record of a text: the fields that have a value. Raises FormatFault, and nothing else."""
        try:
            found = self.layout.read(text if isinstance(text, str) else self._decoded(text))
        except Unreadable as error:
            raise FormatFault(self.name, error.place or "the whole text", error.got, error.expected) from None
        values = {name: self._value(name, found[name]) for name in self.fields if found.get(name)}
        return {name: value for name, value in values.items() if value}

    def carried(self, record: Mapping[str, str]) -> dict[str, str]:
        """What is left of a record: equals `read(write(record))`, without making the text."""
        values = {name: field.through(record.get(name, "")) for name, field in self.fields.items()}
        return {name: value for name, value in values.items() if value}

    def through(self, name: str, values: Sequence[str]) -> list[str]:
        """Values of one field after they were written and read, "" where nothing is left."""
        field = self.fields.get(name)
        return field.through_all(values) if field else [""] * len(values)

    def loss(self, name: str, value: str) -> str:
        """The cause of the loss of one value, one of LOSSES, or ""."""
        field = self.fields.get(name)
        return _loss(field, value) if field else "dropped" if compared(name, value) else ""

    def _decoded(self, text: bytes) -> str:
        try:
            return text.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise Unreadable(text[error.start:error.start + 20], f"text in {self.encoding}",
                             f"byte {error.start + 1}") from None

    def _value(self, name: str, text: str) -> str:
        try:
            return self.fields[name].read(text)
        except Unreadable as error:
            raise FormatFault(self.name, self.layout.place(name), error.got, error.expected) from None


def read_all(format: Format, texts: Iterable[str | bytes]) -> tuple[list[dict[str, str]], dict[int, FormatFault]]:
    """The records of the texts that can be read, in their order, and in quarantine the fault of each other one by its
    number from 0 on: together they are as many as the texts."""
    records: list[dict[str, str]] = []
    quarantine: dict[int, FormatFault] = {}
    for number, text in enumerate(texts):
        try:
            records.append(format.read(text))
        except FormatFault as fault:
            quarantine[number] = fault
    return records, quarantine
