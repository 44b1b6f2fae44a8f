"""Copies of records that live at a party: laid down, withdrawn, gone stale (engine rules 40, 41)."""

from collections import defaultdict


class Copies:
    """History of each record's copy at (protocol, place). A search sees the stores as they stood before its tick."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))

    def store(self, protocol: int, place: int, record: int, version: int, tick: int) -> None:
        self._held[protocol, place][record].append((tick, version))

    def withdraw(self, protocol: int, place: int, record: int, tick: int) -> None:
        self._held[protocol, place][record].append((tick, -1))

    def holds(self, protocol: int, place: int, record: int, version: int, tick: int) -> bool:
        """Whether the copy of this very version stood there before `tick`."""
        history = self._held[protocol, place].get(record, ())
        before = [held for since, held in history if since < tick]
        return bool(before) and before[-1] == version
