"""What misses come from: of searches of a true holder, those that do not find the right person, by cause.

Where the right record stands below the matcher's threshold, content knows the single error or loss without which it
would not (`content.misses`). Every other miss has one of three causes; with those found, all add up to 100.

another person came first  the right record matched, another's matched better
left out of the search     it stood in the store and no search could see it, though nobody decided so
not there at that time     no record yet, or no more; of a look-up in copies: no copy
"""

import numpy as np

from sim.columns import Columns
from sim.content.searches import search_of
from sim.metrics.accuracy import MISS, MIX_UP, searches
from sim.metrics.joined import Flags, Joined, Whole, program_rows
from sim.metrics.parts import Part, per
from sim.metrics.view import View
from sim.script import Lookup, Match
from sim.world import World

OUTRANKED, LEFT_OUT, NOT_THERE = "another person came first", "left out of the search", "not there at that time"


def misses_by_cause(view: View) -> list[Part]:
    joined, found = view.joined, view.once(searches)
    causes = (*joined.run.content.causes, OUTRANKED, LEFT_OUT, NOT_THERE)
    missed = np.flatnonzero(found.are(MIX_UP, MISS))
    need, place, step = found.need[missed], found.place[missed].astype(np.int64), found.step[missed]
    below = _below_threshold(joined, need, place, joined.of_world(_search)[joined.step_row[step]])
    hidden = _left_out(joined, joined.needs["subject"][need], place, joined.steps["ended"][step])
    outranked, left_out, not_there = (causes.index(name) for name in (OUTRANKED, LEFT_OUT, NOT_THERE))
    cause = np.select([below >= 0, found.outcome[missed] == MIX_UP, hidden], [below, outranked, left_out], not_there)
    counts, searched = np.bincount(cause, minlength=len(causes)), np.count_nonzero(found.of_holders)
    return [per(100, count, searched, name) for name, count in zip(causes, counts, strict=True)]


def _search(world: World) -> Whole:
    """(program rows,) which of the world's ways of searching it is, -1 where nothing is searched."""
    _, first = program_rows(world)
    found = np.full(len(program_rows(world)[0]), -1)
    for number, protocol in enumerate(world.protocols):
        for kind, program in enumerate((protocol.case, protocol.record)):
            for row, instruction in enumerate(row.instruction for row in program.rows) if program else ():
                if isinstance(instruction, Match | Lookup):
                    found[first[number, kind] + row] = world.searches.index(search_of(protocol, instruction))
    return found


def _below_threshold(joined: Joined, need: Whole, place: Whole, search: Whole) -> Whole:
    """The cause that content knows, -1 where it knows none; of a look-up in copies (place -1) that of the first of the
    holders."""
    rows, places = joined.run.content.misses, len(joined.world.places)
    searches = int(max(search.max(initial=0), rows["search"].max(initial=0))) + 1
    keys = (rows["need"].astype(np.int64) * searches + rows["search"]) * places + rows["holder"]
    order = np.argsort(keys, kind="stable")
    keys, causes = np.append(keys[order], -1), np.append(rows["cause"][order].astype(np.int64), -1)
    wanted = (need * searches + search) * places + np.maximum(place, 0)
    at = np.searchsorted(keys[:-1], wanted)
    same = np.where(place < 0, keys[at] // places == wanted // places, keys[at] == wanted)
    return np.where(same, causes[at], -1)


def _left_out(joined: Joined, person: Whole, place: Whole, tick: Whole) -> Flags:
    """Whether at that tick a version on the person stood at the place (-1: anywhere) that no search could see."""
    table = joined.records
    hidden = np.flatnonzero(table["findable"] > table["created"])
    versions = Columns(table, hidden[np.argsort(table["person"][hidden], kind="stable")])
    first, last = (np.searchsorted(versions["person"], person, side=side) for side in ("left", "right"))
    many = last - first
    of = np.repeat(np.arange(len(person)), many)
    row = np.arange(len(of)) + np.repeat(first - np.cumsum(many) + many, many)
    there = (place[of] < 0) | (versions["place"][row] == place[of])
    until = np.minimum(versions["superseded"], versions["findable"])[row]
    found = np.zeros(len(person), bool)
    found[of[there & (versions["created"][row] <= tick[of]) & (tick[of] < until)]] = True
    return found
