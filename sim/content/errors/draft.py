"""A field while it is being written: distinct words and who has which, and rows can be given other words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.content.fields import Column, Rows


class Draft:
    """n values as written, "" where missing."""

    def __init__(self, words: Sequence[str], code: NDArray[np.integer]):
        """Words may be equal to each other; row r has word code[r]."""
        self.number = {word: k for k, word in enumerate(dict.fromkeys(words))}
        self.words = list(self.number)
        own = np.array([self.number[word] for word in words], np.int32)
        self.code = own[code] if len(words) else np.zeros(0, np.int32)

    def at(self, rows: Rows) -> list[str]:
        """The values of some rows."""
        return list(map(self.words.__getitem__, self.code[rows].tolist()))

    def put(self, rows: Rows, values: Sequence[str]) -> None:
        """Other values for some rows."""
        number, known = self.number, len(self.words)
        codes = [number.setdefault(value, len(number)) for value in values]
        if len(number) > known:
            self.words = list(number)
        self.code[rows] = codes

    def column(self) -> Column:
        """Without the words that nobody has any more."""
        used = np.bincount(self.code, minlength=len(self.words)) > 0
        if "" in self.number:
            used[self.number[""]] = False
        new = np.where(used, np.cumsum(used) - 1, -1).astype(np.int32)
        return Column(tuple(word for word, kept in zip(self.words, used.tolist(), strict=True) if kept), new[self.code])

    def copy(self) -> "Draft":
        """One that can be changed apart."""
        twin = Draft((), np.zeros(0, np.int32))
        twin.words, twin.number, twin.code = self.words.copy(), self.number.copy(), self.code.copy()
        return twin
