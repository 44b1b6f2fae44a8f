"""Code lists: a value of a record and the code a format writes for it.

A list that is not invertible says for each shared code which of its values is read back (`reads`). What a list does
not have is written as its code for anything else (`other`), which reads as nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.content.formats.faults import Unreadable


@dataclass(frozen=True, eq=False)
class CodeList:
    """One list.

    codes         value -> code; capitals of a value do not matter
    other         the code for a value that is not listed
    reads         code that several values share -> the value it is read as
    hierarchical  a value that is not listed is coded as its longest beginning that is, as "0203" by "02"
    """

    name: str
    codes: Mapping[str, str]
    other: str
    reads: Mapping[str, str] = field(default_factory=dict)
    hierarchical: bool = False

    @cached_property
    def _folded(self) -> dict[str, str]:
        return {value.casefold(): code for value, code in self.codes.items()}

    @cached_property
    def _values(self) -> dict[str, str]:
        return {code: value for value, code in self.codes.items()} | dict(self.reads) | {self.other: ""}

    @property
    def longest(self) -> int:
        """Characters of the longest code."""
        return max(map(len, (*self.codes.values(), self.other)))

    def lists(self, value: str) -> bool:
        """Whether the value, or a beginning of it where that is enough, has a code."""
        return self.code(value) != self.other

    def code(self, value: str) -> str:
        """The code of one value, `other` where it has none."""
        key = value.casefold()
        for length in range(len(key), 0, -1) if self.hierarchical else (len(key),):
            if (code := self._folded.get(key[:length])) is not None:
                return code
        return self.other

    def value(self, code: str) -> str:
        """The value of a code, "" of `other`. Raises Unreadable for a code that is not in the list."""
        value = self._values.get(code)
        if value is None:
            raise Unreadable(code, f"a code of the list '{self.name}', such as '{next(iter(self.codes.values()))}'")
        return value

    def shared(self) -> dict[str, list[str]]:
        """Codes that stand for several values, with these."""
        found: dict[str, list[str]] = {}
        for value, code in self.codes.items():
            found.setdefault(code, []).append(value)
        return {code: values for code, values in found.items() if len(values) > 1}
