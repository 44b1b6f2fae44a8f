"""Each need's partners are read against the option's channel lines from the top; the first line that fits takes the
partner. One case is opened per line used.

A protocol that asks everybody does so for the focus and for needs among others, who then ask all members but the
focus: what they ask of the focus, and how often, is said by `asked_of_us` and by its desks' `other_foreign`. For the
same reason a need that is brought to the focus is brought to nobody else. Attackers ask the focus like any state.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.cases.marking import marked
from sim.cases.stream import ASKED_BY_CASE, NO_CHANNEL, NOT_ASKED, PLAIN, STREAM, URGENT_FIRST, Cases, joined
from sim.content.records import COMPLAINED
from sim.ledger import NEED, RECORD
from sim.needs import ASKED, NO_ATTACK, OTHER, Audiences, Needs, audiences
from sim.programs import Protocol, asking_path
from sim.scenario import group
from sim.scenario.schema import ChannelLine, Option
from sim.script import NEEDS as NEED_KINDS
from sim.script import ForEach, Is
from sim.world import World, asks_everybody, goes_to_others, reached_places

CHUNK = 1 << 14     # needs at a time: a table of needs x jurisdictions for every line is large over a year
SHARED = ("id", "opener", "urgent", "product", "minor_offence", "dual_criminality", "holder_known", "kind_of_person",
          "subjects", "known", "attack", "bar")      # columns that a case has of its need


@dataclass(frozen=True)
class _Channel:
    """One line of an option, ready to be tried: its protocol's row, whom it reaches, what asking by it costs."""

    line: ChannelLine
    row: int
    serves: frozenset[str]
    partners: frozenset[int]
    everybody: bool              # goes to all members, not to the states the asker names
    others: bool                 # goes to those it does not name besides, without asking them
    effort: float                # ticks of officer time before anything is sent


@dataclass(frozen=True)
class _Taken:
    """What one line takes of all needs.

    partners   bool[needs, jurisdictions]
    everybody  bool[needs]: it asks all these partners; otherwise those that the asker names, in the asker's order
    asked      bool[needs]: it has partners to ask and is worth the effort
    others     bool[needs, jurisdictions] whom it reaches besides, or None where it goes to nobody else
    """

    partners: NDArray[np.bool_]
    everybody: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    others: NDArray[np.bool_] | None


@dataclass(frozen=True)
class _Opened:
    """What becomes of some of the needs, one behind the other.

    rows       of STREAM, line by line
    many       int64[rows] how many places each case asks; `addressed` holds them, case by case
    reaches    int64[rows] how many it reaches, asked or not; `members` holds them
    opening    (needs,) as in Cases; reached too
    """

    rows: NDArray[np.void]
    many: NDArray[np.int64]
    reaches: NDArray[np.int64]
    addressed: NDArray[np.int64]
    members: NDArray[np.int64]
    opening: NDArray[np.int8]
    reached: NDArray[np.bool_]


def open_cases(world: World, option: Option, needs: Needs, events: NDArray[np.void], own: NDArray[np.void]) -> Cases:
    """The stream of one option: needs, record events, and the desks' own work. Sorted; ties by id, then line.

    events  content.RECORD_EVENTS
    own     rows of `own_work`: the same for every option whose levers leave the desks alone
    """
    channels = [_channel(world, line) for line in option.channel]
    named = audiences(len(needs.rows), needs.addressed)
    opened = [_opened(world, channels, needs.rows[first:first + CHUNK], named.part(first, first + CHUNK), first)
              for first in range(0, max(len(needs.rows), 1), CHUNK)]
    told, told_many, told_to = _record_cases(world, option, events)
    rows, row_of = joined([*(part.rows for part in opened), told, own])
    many = np.concatenate([part.many for part in opened])
    # Two bytes a place: a year's audiences would take ten times the room of its needs.
    addressed, members = (np.concatenate([*(getattr(part, name) for part in opened), also]).astype(np.int16)
                          for name, also in (("addressed", told_to[:0]), ("members", told_to)))
    reaches = np.concatenate([*(part.reaches for part in opened), told_many])
    return Cases(rows, Audiences(addressed, *_limits(many, row_of)), Audiences(members, *_limits(reaches, row_of)),
                 np.concatenate([part.opening for part in opened]), np.concatenate([part.reached for part in opened]))


def _opened(world: World, channels: list[_Channel], rows: NDArray[np.void], named: Audiences, first: int) -> _Opened:
    """`rows`, NEEDS, and whom they name; `first` is the first one's number among all needs."""
    taken = _taken(world, channels, rows, named)
    reached = np.zeros(len(rows), np.bool_)
    asked = reached.copy()
    for part in taken:
        reached |= part.partners.any(axis=1)
        asked |= part.asked
    opening = np.where(asked, ASKED_BY_CASE, np.where(reached, NOT_ASKED, NO_CHANNEL)).astype(np.int8)
    cases = [np.zeros(0, STREAM), *(_need_rows(world, rows, first, k, channel, part) for k, (channel, part) in
                                    enumerate(zip(channels, taken, strict=True)))]
    _, asked_places, many = _asked_of(named, taken)
    need, place, reaches = _reached_by(named, taken)
    return _Opened(np.concatenate(cases), many, reaches, asked_places,
                   _in_keyed_order(world, rows["id"][need], place, reaches), opening, reached)


def _limits(many: NDArray[np.int64], row_of: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where the audience of each row of the stream begins and ends; case k, which asks many[k], is now row_of[k]."""
    ends = np.cumsum(many)
    begins_of, ends_of = np.zeros(len(row_of), np.int32), np.zeros(len(row_of), np.int32)
    begins_of[row_of[:len(many)]], ends_of[row_of[:len(many)]] = ends - many, ends
    return begins_of, ends_of


def _channel(world: World, line: ChannelLine) -> _Channel:
    row = next(k for k, protocol in enumerate(world.protocols) if protocol.name == line.use)
    protocol = world.protocols[row]
    reachable = reached_places(world, protocol)
    if line.with_:
        codes = group(world.scenario, line.with_, world.scenario.as_of)
        reachable &= {world.places.index(code) for code in codes}
    effort = sum(world.tasks[world.task_row[name]].mean for name in asking_path(protocol.case))
    return _Channel(line, row, protocol.serves, reachable, asks_everybody(protocol), goes_to_others(protocol), effort)


def _taken(world: World, channels: list[_Channel], rows: NDArray[np.void], named: Audiences) -> list[_Taken]:
    """Line by line; each partner of a need is taken by the first line that fits it."""
    asked = np.zeros((len(rows), world.jurisdictions), np.bool_)
    asked[_need_of(named), named.pool] = True
    left = np.arange(world.jurisdictions) != rows["opener"][:, None]
    left[(rows["side"] == OTHER) & (rows["attack"] == NO_ATTACK), world.focus] = False
    found = []
    for channel in channels:
        partners = np.zeros(world.jurisdictions, np.bool_)
        partners[list(channel.partners)] = True
        everybody = np.full(len(rows), channel.everybody) & ~rows["holder_known"] & (rows["side"] != ASKED)
        reached = left & partners & _fits(world, channel, rows)[:, None]
        takes = reached & (asked | everybody[:, None])
        left &= ~takes
        asks = takes.any(axis=1) & (rows["worth"] >= channel.effort)
        free = asks & ~rows["holder_known"] & (rows["side"] != ASKED)
        found.append(_Taken(takes, everybody, asks, reached & ~takes & free[:, None] if channel.others else None))
    return found


def _need_of(named: Audiences) -> NDArray[np.int64]:
    """The need of each place in the pool, whose rows lie one behind the other."""
    return np.repeat(np.arange(len(named)), named.ends - named.begins)


def _fits(world: World, channel: _Channel, rows: NDArray[np.void]) -> NDArray[np.bool_]:
    """Needs that may go by a line, whoever the partner."""
    line, members = channel.line, world.protocols[channel.row].members
    kinds = [k for k, kind in enumerate(NEED_KINDS) if kind in channel.serves and line.need in ("", kind)]
    fits: NDArray[np.bool_] = np.isin(rows["kind"], kinds)
    if line.urgency:
        fits &= rows["urgent"] == (line.urgency == "urgent")
    if members:
        fits &= np.isin(rows["opener"], list(world.bound[members]))
    return fits


def _need_rows(world: World, needs: NDArray[np.void], first: int, line: int, channel: _Channel,
               taken: _Taken) -> NDArray[np.void]:
    asked = np.flatnonzero(taken.asked)
    rows, of = np.zeros(len(asked), STREAM), needs[asked]
    for name in SHARED:
        rows[name] = of[name]
    if not channel.line.urgency:       # a line for one urgency was chosen by what the need is
        rows["urgent"] |= marked(world, world.protocols[channel.row], of)
    rows["kind"], rows["need"], rows["protocol"], rows["line"] = NEED, first + asked, channel.row, line
    rows["opened"], rows["priority"] = of["arises"], np.where(rows["urgent"], URGENT_FIRST, PLAIN)
    rows["station"] = rows["record"] = rows["version"] = -1
    return rows


def _in_keyed_order(world: World, ids: NDArray[np.uint64], place: NDArray[np.int64],
                    many: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of each case in a keyed order, because alphabetical order would favour some states at every turn."""
    key = draws.bits_of_legs(world.seed, world.replication, ids, np.array(world.place_keys, np.uint64)[place],
                             draws.stream("audience"), 0)
    return place[np.lexsort((key, np.repeat(np.arange(len(many)), many)))]


def _asked_of(named: Audiences, taken: list[_Taken]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Need and place of every asking, case by case, and the number of places that each case asks."""
    need_of_pool = _need_of(named)
    needs, places, many = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for part in taken:
        all_need, all_place = np.nonzero(part.partners & (part.asked & part.everybody)[:, None])
        wanted = part.partners[need_of_pool, named.pool] & (part.asked & ~part.everybody)[need_of_pool]
        need = np.concatenate([all_need, need_of_pool[wanted]])
        by_need = np.argsort(need, kind="stable")
        needs.append(need[by_need])
        places.append(np.concatenate([all_place, named.pool[wanted]])[by_need])
        many.append(np.bincount(need, minlength=len(part.asked))[part.asked])
    return np.concatenate(needs), np.concatenate(places), np.concatenate(many)


def _reached_by(named: Audiences, taken: list[_Taken]) -> tuple[NDArray[np.int64], NDArray[np.int64],
                                                                NDArray[np.int64]]:
    """The same of every place reached, asked or not."""
    if all(part.others is None for part in taken):
        return _asked_of(named, taken)
    wide = [part if part.others is None else replace(part, partners=part.partners | part.others,
                                                     everybody=np.ones_like(part.everybody)) for part in taken]
    return _asked_of(named, wide)


def _record_cases(world: World, option: Option, events: NDArray[np.void]) -> tuple[NDArray[np.void],
                                                                                 NDArray[np.int64], NDArray[np.int64]]:
    """Record events of every used protocol that has a `record` script and whose members include the record's place:
    rows of STREAM, how many places each reaches, and these places one case after the other."""
    used = {line.use for line in option.channel}
    parts = [(np.zeros(0, STREAM), np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for k, protocol in enumerate(world.protocols):
        if protocol.name not in used or protocol.record is None:
            continue
        reached = np.array(sorted(reached_places(world, protocol)), np.int64)
        heard = events if protocol.records == "all" else events[events["alert"]]
        heard = heard if _hears_complaints(protocol) else heard[heard["event"] != COMPLAINED]
        rows = _record_rows(heard[np.isin(heard["place"], reached)], k)
        parts.append((rows, *_others(world, rows, reached if _reaches_members(protocol) else reached[:0])))
    rows, many, places = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rows, many, places


def _hears_complaints(protocol: Protocol) -> bool:
    """Its record script asks whether there is one; to any other, a complaint would look like a change."""
    return protocol.record is not None and Is("complained") in [row.instruction for row in protocol.record.rows]


def _reaches_members(protocol: Protocol) -> bool:
    """Its record script goes to other places."""
    return protocol.record is not None and any(isinstance(row.instruction, ForEach) for row in protocol.record.rows)


def _others(world: World, rows: NDArray[np.void], reached: NDArray[np.int64]) -> tuple[NDArray[np.int64],
                                                                                      NDArray[np.int64]]:
    """All these places but the record's own: how many for each case, and which, in a keyed order."""
    case, at = np.nonzero(reached != rows["opener"][:, None])
    many = np.bincount(case, minlength=len(rows))
    return many, _in_keyed_order(world, rows["id"][case], reached[at], many)


def _record_rows(events: NDArray[np.void], protocol: int) -> NDArray[np.void]:
    rows = np.zeros(len(events), STREAM)
    rows["id"] = [draws.identity("record", f"{event['record']}/{event['version']}/{event['event']}/{protocol}")
                  for event in events]
    rows["kind"], rows["need"], rows["protocol"], rows["line"], rows["station"] = RECORD, -1, protocol, -1, -1
    rows["opener"], rows["opened"], rows["priority"] = events["place"], events["tick"], PLAIN
    rows["subjects"] = 1
    rows["event"], rows["record"], rows["version"] = events["event"], events["record"], events["version"]
    return rows
