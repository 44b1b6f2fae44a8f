"""What a run came to when no row of it is kept: memory follows the cases that are live, not those that were."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from sim.cases import Cases
from sim.columns import exact_sum
from sim.content import Content
from sim.engines.compiled.blocks import block
from sim.engines.compiled.engine import Engine, Numbers
from sim.ledger import StationBook
from sim.needs import audiences
from sim.world import World

BLOCK = 1 << 14          # cases handed to the kernel at a time


@dataclass(frozen=True)
class Totals:
    """Counts and sums of a whole run; all whole numbers, so they are those of the full ledger exactly.

    opened, closed  cases, the desks' own work among them
    by_word         closed cases, by index into World.words
    time_to_close   ticks between opening and closing, over all closed cases
    stations        the desks' own book
    """

    opened: int
    closed: int
    by_word: tuple[int, ...]
    time_to_close: int
    stations: StationBook

    @property
    def mean_sojourn(self) -> float:
        """Ticks from opening to closing, of the cases that closed; NaN where none did."""
        return self.time_to_close / self.closed if self.closed else float("nan")


def totals(world: World, cases: Cases | Iterable[Cases], content: Content) -> Totals:
    """One replication of one option without its rows. Cases may come in blocks, in the order of the stream; then only
    one block is held at a time.

    Copies laid before the start are those of every protocol. Raises as `compiled.run`.
    """
    engine = Engine(world, content, set(range(len(world.protocols))), keep=False)
    counted = _Counted(len(world.words))
    blocks = iter(_parts(cases) if isinstance(cases, Cases) else cases)
    held = next(blocks, None)
    while held is not None:
        following = next(blocks, None)
        counted.opened += int((held.rows["opened"] <= world.end).sum())
        engine.go_through(block(held, content), last=following is None, fetched=counted.add)
        held = following
    return Totals(counted.opened, int(counted.by_word.sum()), tuple(counted.by_word.tolist()), counted.time_to_close,
                  engine.station_book())


def _parts(cases: Cases) -> Iterator[Cases]:
    """A few thousand cases at a time: as input for the kernel the cache holds them."""
    many = len(cases.rows)
    addressed, members = (audiences(many, asked) for asked in (cases.addressed, cases.members))
    whole = Cases(cases.rows, addressed, members, cases.opening, cases.reached)
    return (whole.part(first, min(first + BLOCK, many)) for first in range(0, max(many, 1), BLOCK))


class _Counted:
    """Sums over the closings of all calls of the kernel."""

    def __init__(self, words: int):
        self.opened = self.time_to_close = 0
        self.by_word = np.zeros(words, np.int64)

    def add(self, engine: Engine) -> None:
        closings: Numbers = engine.taken()["closings"]
        self.by_word += np.bincount(closings[:, 2], minlength=len(self.by_word))
        self.time_to_close += exact_sum(closings[:, 1] - closings[:, 3])
