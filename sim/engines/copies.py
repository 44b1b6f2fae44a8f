"""Copies of records that live at a party: laid down, withdrawn, gone stale; and whom something of a record has reached
(engine rules 40, 41)."""

from collections import defaultdict

import numpy as np

from sim.content import Content
from sim.content.records import followed
from sim.engines.prepared import Preparation
from sim.world import World, reached_places


class Copies:
    """History of each record's copy at (protocol, place). A search sees the stores as they stood before its tick."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        self._sent: dict[tuple[int, int, int], int] = {}

    def store(self, protocol: int, place: int, record: int, version: int, tick: int) -> None:
        self._held[protocol, place][record].append((tick, version))

    def withdraw(self, protocol: int, place: int, record: int, tick: int) -> None:
        self._held[protocol, place][record].append((tick, -1))

    def holds(self, protocol: int, place: int, record: int, version: int, tick: int) -> bool:
        """Whether the copy of this very version stood there before `tick`."""
        history = self._held[protocol, place].get(record, ())
        before = [held for since, held in history if since < tick]
        return bool(before) and before[-1] == version

    def sent(self, protocol: int, place: int, record: int, tick: int) -> None:
        """Something of the record goes to the place, and is not lost."""
        self._sent.setdefault((protocol, place, record), tick)

    def was_sent(self, protocol: int, place: int, record: int, tick: int) -> bool:
        """Whether something of it was sent there before `tick`."""
        return self._sent.get((protocol, place, record), tick) < tick


def lay_before_start(copies: Copies, world: World, prepared: Preparation, content: Content, used: set[int]) -> None:
    """Copies begun before the start lie in the stores when it opens (rule 41), of every protocol in use: laid by the
    record script itself, without desks; every step is done at once, every message arrives."""
    records = content.records
    stands = (records["created"] < 0) & (records["superseded"] > 0)
    for number, protocol in enumerate(world.protocols):
        if protocol.record is not None and number in used:
            held = records[stands & followed(records, protocol.records)]
            bound = held[np.isin(held["place"], list(reached_places(world, protocol)))]
            for record, version, place in bound[["record", "version", "place"]].tolist():
                for there, laid in prepared.before_start.laid(number, place):
                    copies.store(number, there, record, version if laid else -1, -1)
                for there in prepared.before_start.sent(number, place):
                    copies.sent(number, there, record, -1)
