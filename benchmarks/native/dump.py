"""A built model as the file the C++ port reads: int64 arrays, each preceded by its length, in the order of input.hpp.

Refuses what the port does not know: it holds Work, Review without law, Send without loss, and ForEach until all.
"""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from benchmarks.models import Built
from sim import laws
from sim.engines.prepared import Preparation, Prepared, prepare
from sim.script import ForEach, Review, Send, Work
from sim.world import World

KINDS = (Work, Review, Send, ForEach)
ASKER = ("investigator", "requester")
USES = 16                         # streams of one leg that engine.hpp has room for


def dump(built: Built, path: Path) -> None:
    """Write the input of the port. Raises ValueError for a model that it cannot run."""
    prepared = prepare(built.world)
    with path.open("wb") as file:
        for words in (*_stream(built, prepared), *_places(built), *_windows(built.world),
                      *_laws(built.world), *_program(built.world, prepared)):
            _write(file, words)


def _write(file: BinaryIO, words) -> None:
    array = np.ascontiguousarray(words).astype(np.int64)
    np.array([array.size], np.int64).tofile(file)
    array.tofile(file)


def _stream(built: Built, prepared: Preparation) -> list:
    world, rows = built.world, built.cases.rows
    words = world.words
    program = world.protocols[0].case
    settings = [world.seed, world.replication, world.end, world.grain, len(world.tasks), len(words),
                prepared.own_stream, _ruling(world), words.index("nobody"), words.index("done"),
                program.entries[0].first, 0]
    return [settings, *(rows[name].view(np.int64) if name == "id" else rows[name]
                        for name in ("opened", "id", "opener", "priority", "station"))]


def _ruling(world: World) -> int:
    """The one outcome the law has for every transfer here."""
    outcome = world.law.outcomes[0]
    if len(world.law.outcomes) > 1 or outcome.verdict in (laws.MUST_REFUSE, laws.MAY_REFUSE):
        raise ValueError("the port knows no law; expected a scenario without rules")
    return 0


def _places(built: Built) -> list:
    """Audiences by opener, flat, with where each begins; and the stable key of each place."""
    found: dict[int, tuple[int, ...]] = {}
    for case, opener in enumerate(built.cases.rows["opener"].tolist()):
        if len(found) == built.model.states:
            break
        found.setdefault(opener, built.cases.addressed.get(case, ()))
    audiences = [found.get(opener, ()) for opener in range(built.model.states)]
    return [np.cumsum([0, *map(len, audiences)]), [place for places in audiences for place in places],
            built.world.place_keys]


def _windows(world: World) -> list:
    windows = [station.windows for station in world.stations]
    return [np.cumsum([0, *(len(each.opens) for each in windows)]),
            *(np.concatenate([getattr(each, name) for each in windows])
              for name in ("opens", "closes", "clerks", "open_before"))]


def _laws(world: World) -> list:
    net = world.networks[world.protocols[0].network]
    if net.loss or net.retries:
        raise ValueError("the port loses no message")
    return [world.station_of, np.concatenate([task.time for task in world.tasks]), world.stations[0].own_job, net.delay]


def _program(world: World, prepared: Preparation) -> list:
    """Rows, what follows each answer or word, and the rank of words in `best`."""
    program, words = world.protocols[0].case, world.words
    then: list[int] = []
    uses: dict[int, int] = {}
    rank = np.full(len(words), len(words))
    rows = []
    for row in prepared.rows(program):
        if row.kind not in KINDS:
            raise ValueError(f"the port has no {row.kind.__name__}")
        rows.append([*_operands(row, program, uses), len(then)])
        follows = [_word(program, words, number) for number in row.then]
        if row.kind is ForEach:
            by_word = dict(zip(row.answers, follows, strict=True))
            then += [by_word.get(word, 0) for word in words]
            for place, word in enumerate(row.instruction.best):
                rank[words.index(word)] = place
        else:
            then += follows
    if len(uses) > USES:
        raise ValueError(f"{len(uses)} streams; the port has room for {USES}")
    return [rows, then, rank]


def _operands(row: Prepared, program, uses: dict[int, int]) -> list[int]:
    """Columns of `Row` in input.hpp without the last. Of a ForEach, `task` is the first row of its legs."""
    at = row.instruction
    kind = KINDS.index(row.kind)
    if row.kind is ForEach:
        if at.until != "all" or at.among != "addressed":
            raise ValueError("the port waits for all legs of the addressed")
        return [kind, row.entry.first, *[0] * 9]
    use = uses.setdefault(row.stream, len(uses))
    if row.kind is Send:
        luck = row.stream, row.verdict, use, uses.setdefault(row.verdict, len(uses))
        return [kind, 0, *luck, at.sender in ASKER, at.receiver in ASKER, row.content, row.form, row.machine]
    return [kind, row.task, row.stream, 0, use, 0, at.party in ASKER, 0, -1, -1, 0]


def _word(program, words: tuple[str, ...], then: int) -> int:
    """A row, or -1 - word of the world."""
    return then if then >= 0 else -1 - words.index(program.word(then))
