"""How good a guess about which place holds a record becomes, for who sees the lines and for who asks.

Places are the member states other than the need's opener.

outside observer  Of each place it saw, in rising order: nothing; a query to it; something back; a record back (told by
                  its length). It takes a message through a hub for one from end to end: times give that away. It
                  guesses among the places of which it saw most, each alike; before, among all. Leakage is one-try
                  min-entropy leakage, log2 of how many times as often that guess is right, over needs that somebody
                  holds a record for: exact for that guess, and so a lower bound for the cleverest one.
asker             Of each place its query was searched in (those that got it; all, where a registry did, or where the
                  asker itself looks in what others laid at its place): no word; "nothing held"; a hit: a record, or
                  an answer, or a look of its own, after one was found. The counts of (held or not,
                  what was seen) are a sample of a channel, whose Shannon leakage is estimated (`sim.leakage.estimate`)
                  place by place: that a sole holder excludes the others is not in it.

Intervals are for the luck of one run; the pairs of one need are taken as if they were drawn apart.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.leakage import estimate
from sim.ledger import RECIPIENT
from sim.metrics.joined import Flags, Joined, Whole, program_rows
from sim.metrics.parts import BOUNDS, CONFIDENCE, Cell
from sim.metrics.view import View
from sim.script import MAY_NOT_SAY, NOT_SEARCHED, NOTHING_HELD, REFUSED, Lookup
from sim.transport import ANSWER, OF, RECORD, SUBJECT
from sim.world import World

REQUESTER = "requester"
HELD, NOT_HELD = range(2)
SAW_NOTHING, SAW_QUERY, SAW_REPLY, SAW_RECORD = range(4)
NO_WORD, NO_HIT, HIT = range(3)

LEVELS, SUMS = 4, 3
TOLD_HIT, NONE = "hit", ("no_", "not_")              # names of contents
NO_SEARCH = (REFUSED, MAY_NOT_SAY, NOT_SEARCHED)     # contents of such a name: no word of what is held
ALIKE = 1e-6         # widths below are rounding
Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)

Seen = NDArray[np.int8]


def by_observer(view: View) -> tuple[int, ...]:
    """Needs that somebody holds a record for, the holders of all of them; then by level and number of places guessed
    among, from 1 on: needs, holders among these places, and the sum of their squares."""
    holds = view.joined.run.truth.holder[:, :view.joined.world.jurisdictions] & _others(view)
    seen, held = _lines_seen(view), holds.any(axis=1)
    seen, holds = np.where(_others(view), seen, -1)[held], holds[held]
    level = seen.max(axis=1, initial=0)
    among = seen == level[:, None]
    many, right = among.sum(axis=1), (holds & among).sum(axis=1)
    sums = np.zeros((LEVELS, max(1, seen.shape[1] - 1), SUMS), np.int64)
    np.add.at(sums, (level, many - 1), np.stack([np.ones_like(right), right, right**2], axis=1))
    return int(held.sum()), int(holds.sum()), *sums.ravel().tolist()


def _lines_seen(view: View) -> Seen:
    """(needs, jurisdictions)"""
    joined, messages = view.joined, view.joined.messages
    sent = abroad(view)
    case = messages["case"][sent]
    sender, receiver, opener = messages["sender"][sent], messages["receiver"][sent], joined.cases["opener"][case]
    out, back = sender == opener, receiver == opener
    seen, need = _nothing_yet(joined), joined.need_of[case]
    _see(seen, need[out], receiver[out], SAW_QUERY)
    _see(seen, need[back], sender[back], SAW_REPLY)
    record = back & (joined.content_of[sent] == RECORD)
    _see(seen, need[record], sender[record], SAW_RECORD)
    return seen


def abroad(view: View) -> NDArray[np.intp]:
    """Messages of the needs that count, from one place to another, that were not lost."""
    messages = view.joined.messages
    return np.flatnonzero(view.messages & (messages["sender"] != messages["receiver"]) & ~messages["lost"])


def by_asker(view: View) -> tuple[int, ...]:
    """(held or not) x (no word, no hit, hit) row by row: pairs of need and place."""
    joined, rows = view.joined, view.joined.disclosures
    opener, version, seen = joined.cases["opener"][joined.told["case"]], joined.told["version"], _nothing_yet(joined)
    says = view.disclosures & (rows["learner"] == opener) & joined.of_world(_saying)[joined.told["content"]]
    claimed, denied = joined.of_world(_wording)[:, joined.told["content"]]
    hit = says & ~denied & (claimed | (version >= 0))
    none = np.flatnonzero(says & ~hit)
    _see(seen, joined.told_need[none], joined.told["sender"][none], NO_HIT)
    registry = none[joined.told["sender"][none] >= joined.world.jurisdictions]
    seen[joined.told_need[registry]] = NO_HIT
    at_home, found = _looked_at_home(view), np.flatnonzero(hit)
    seen[joined.need_of[joined.steps["case"][at_home]]] = NO_HIT
    home = at_home[joined.steps["version"][at_home] >= 0]
    _see(seen, joined.need_of[joined.steps["case"][home]], joined.records["place"][joined.steps["version"][home]], HIT)
    _see(seen, joined.told_need[found], rows["owner"][found], HIT)
    held = joined.run.truth.holder[:, :seen.shape[1]]
    cells = np.where(held, HELD, NOT_HELD) * (HIT + 1) + seen
    return tuple(np.bincount(cells[_searched(view, opener) | (_others(view) & (seen == HIT))],
                             minlength=2 * (HIT + 1)).tolist())


def _saying(world: World) -> Flags:
    """(contents,) a record, or an answer that says what a search came to: something, if a record was found."""
    return np.array([content.of in (OF[RECORD], OF[ANSWER]) and name not in NO_SEARCH
                     for name, content in world.content.items()], bool)


def _wording(world: World) -> Flags:
    """(a hit, none; contents) what an answer's very name says, whatever the search came to: "nothing held" after a
    person rejected what was found, a bit that was turned round. Of other names the search tells."""
    return np.array([[name == TOLD_HIT for name in world.content],
                     [name == NOTHING_HELD or name.startswith(NONE) for name in world.content]], bool)


def _searched(view: View, opener: NDArray[np.int16]) -> Flags:
    """(needs, jurisdictions) whose records a query of the opener was searched in, for all that it can tell."""
    joined, rows = view.joined, view.joined.disclosures
    query = np.flatnonzero(view.disclosures & (joined.told_of == SUBJECT) & (rows["role"] == RECIPIENT)
                           & (joined.told["sender"] == opener))
    need, place = joined.told_need[query], rows["learner"][query]
    found = _nothing_yet(joined).astype(bool)
    registry = place >= joined.world.jurisdictions
    found[need[~registry], place[~registry]] = True
    found[need[registry]] = True
    found[joined.need_of[joined.steps["case"][_looked_at_home(view)]]] = True
    return found & _others(view)


def _looked_at_home(view: View) -> NDArray[np.intp]:
    """Steps of the needs that count by which the asker looked its subject up at its own place."""
    joined = view.joined
    done = view.steps & joined.steps_of(Lookup) & (joined.steps["answer"] >= 0)
    return np.flatnonzero(done & joined.of_world(_at_home)[joined.step_row])


def _at_home(world: World) -> Flags:
    """(program rows,) a search at the asker's own place."""
    parties = [dict[str, str]()]                    # as `program_rows`: the first row is none
    for each in world.protocols:
        for program in (each.case, each.record):
            parties += [each.parties] * len(program.rows) if program else []
    named = [getattr(row, "party", "") for row in program_rows(world)[0]]
    return np.array([of.get(party, party) == REQUESTER for party, of in zip(named, parties, strict=True)])


def _others(view: View) -> Flags:
    """(needs, jurisdictions) of needs that count, and states other than the opener."""
    states = np.arange(view.joined.world.jurisdictions)
    found: Flags = view.counted[:, None] & (states != view.joined.needs["opener"][:, None])
    return found


def _nothing_yet(joined: Joined) -> Seen:
    return np.zeros((len(joined.needs), joined.world.jurisdictions), np.int8)


def _see(seen: Seen, need: Whole, place: NDArray[np.int16], what: int) -> None:
    state = place < seen.shape[1]
    seen[need[state], place[state]] = what


def location(counts: tuple[int, ...], slice: str, members: int) -> list[Cell]:
    """Bits of the observer's guess, their interval, and those of the level of view that tells most. Counts: as
    `by_observer`; members: whom the guess is among beforehand."""
    needs, holders = counts[:2]
    if not needs:
        return []
    sums = np.array(counts[2:]).reshape(LEVELS, -1, SUMS)
    of = np.arange(1, sums.shape[1] + 1)
    before = holders / members / needs
    right, squares = (sums[:, :, 1] / of).sum(axis=1), float((sums[:, :, 2] / of**2).sum())
    after = float(right.sum()) / needs
    width = _width(after, squares, needs)
    # Where every guess was alike one more by mere chance says what a sample of this size can not.
    more = (after * needs + before) / (needs + 1)
    low = after - width if width > ALIKE else min(after, more - _width(more, squares + before**2, needs + 1))
    shares = [value / sums[level, :, 0].sum() for level, value in enumerate(right.tolist()) if value]
    return [Cell(_bits(share, before), needs, name) for share, name in (
        (after, slice), (low, f"{slice}, {BOUNDS[0]}"), (min(1.0, after + width), f"{slice}, {BOUNDS[1]}"),
        (max(shares, default=0.0), f"{slice}, greatest"))]


def _width(mean: float, squares: float, needs: int) -> float:
    return Z * float(np.sqrt(max(0.0, squares / needs - mean**2) / needs))


def _bits(after: float, before: float) -> float:
    """log2 of how many times as likely; none where it has become no likelier."""
    return float(np.log2(max(1.0, after / before)))


def membership(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """Bits per need about who holds a record, their interval, and the most that one view tells of one holder. Counts:
    needs, then the table of `by_asker`."""
    needs, table = counts[0], np.array(counts[1:]).reshape(2, -1)
    pairs = int(table.sum())
    if not needs or not pairs:
        return []
    told, points = estimate.shannon(table), estimate.pointwise(table)[HELD]
    each = [Cell(bits * pairs / needs, pairs, name) for bits, name in zip(
        told, (slice, *(f"{slice}, {bound}" for bound in BOUNDS)), strict=True)]
    seen = [point.value for point in points if point is not None]
    return [*each, Cell(max(seen), pairs, f"{slice}, greatest")] if seen else each


def events(counts: tuple[int, ...], slice: str) -> list[Cell]:
    """What one hit tells of a place that holds a record, and one "nothing held" of one that holds none: log2 of how
    many times as likely that has become. Counts: the table of `by_asker`."""
    table = np.array(counts).reshape(2, -1)
    if not table.sum():
        return []
    points = estimate.pointwise(table)
    found = []
    for name, point in (("a hit", points[HELD][HIT]), ("a no-hit", points[NOT_HELD][NO_HIT])):
        if point is not None:
            found += [Cell(bits, int(table.sum()), f"{slice}, {name}{bound}") for bits, bound in zip(
                point, ("", *(f", {bound}" for bound in BOUNDS)), strict=True)]
    return found
