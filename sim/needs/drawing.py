"""All needs of a run, drawn in chunks so that tables of needs x jurisdictions never stand for a whole year at once."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.needs.attacks import attack_rows, attack_streams
from sim.needs.audiences import Audiences, joined
from sim.needs.matter import arrivals, fill_matter, growth, uniforms_of
from sim.needs.partners import CONCERNED
from sim.needs.rows import ASKER, NEEDS, NO_ATTACK, OTHER, SIDES, Needs
from sim.script import NEEDS as NEED_KINDS
from sim.truth import Truth, investigated
from sim.world import World, asks_everybody

CHUNK = 1 << 14                  # needs: some five megabytes for each table of needs x jurisdictions

Piece = tuple[NDArray[np.void], Audiences, NDArray[np.bool_]]


def draw(world: World) -> tuple[Needs, Truth]:
    """All needs that arise until the end of the observed window: of the focus, as asker and as asked, and where
    `others = "cases"` those that all other states bring to each other; and the requests of attackers among them."""
    rows, addressed, holder = zip(*_pieces(world), strict=True)
    ids, arises = (np.concatenate([part[name] for part in rows]) for name in ("id", "arises"))
    order = np.lexsort((ids, arises))
    row_of = np.empty(len(order), np.int64)
    row_of[order] = np.arange(len(order))
    found = _placed(rows, row_of)
    truth = Truth(_placed(holder, row_of), investigated(found["subject"], found["opener"], len(world.places),
                                                        found["attack"] == NO_ATTACK))
    return Needs(found, joined(addressed, order)), truth


def _placed(parts: Sequence[NDArray[Any]], row_of: NDArray[np.int64]) -> NDArray[Any]:
    """Rows of parts, one below the other, each put where it now stands; the parts are never copied into one first."""
    placed, end = np.empty((len(row_of), *parts[0].shape[1:]), parts[0].dtype), 0
    for part in parts:
        begin, end = end, end + len(part)
        placed[row_of[begin:end]] = part
    return placed


def searchable(world: World, needs: Needs) -> NDArray[np.bool_]:
    """bool (needs, places): somebody may search this place for this need.

    What is asked of us is searched with us, but a person met at a check is looked up among everybody's alerts. Others
    search whom they ask: the places they name, and all but the focus where some protocol of the scenario would ask
    everybody for a need of this kind; an attacker asks the focus as well.
    """
    kind, side = needs.rows["kind"], needs.rows["side"]
    locate, others = kind == NEED_KINDS.index("locate"), side == OTHER
    wide = np.isin(kind, _asked_of_everybody(world)) & ~needs.rows["holder_known"]
    found = np.zeros((len(needs.rows), len(world.places)), np.bool_)
    found[np.where(others, wide, (side == ASKER)) | locate, :world.jurisdictions] = True
    found[:, world.focus] = ~others | ((needs.rows["attack"] != NO_ATTACK) & wide)
    if others.any():
        named = needs.addressed
        assert isinstance(named, Audiences), "others' needs are drawn, never written by hand"
        found[np.repeat(np.arange(len(named)), named.ends - named.begins), named.pool] = True
    return found


def _asked_of_everybody(world: World) -> list[int]:
    """Kinds of need that some protocol serves by asking all members."""
    served = {kind for protocol in world.protocols if asks_everybody(protocol) for kind in protocol.serves}
    return [row for row, kind in enumerate(NEED_KINDS) if kind in served]


def _pieces(world: World) -> Iterator[Piece]:
    """One side after the other, then one kind of attack after the other, each in the order in which they arise."""
    demand = world.scenario.demand
    for side, rate in enumerate((demand.asked_by_us, demand.asked_of_us, demand.among_others)):
        if rate is None:
            continue
        ids, arises = arrivals(world, SIDES[side], rate.value * growth(world.scenario))
        for begin in range(0, max(len(ids), 1), CHUNK):
            yield _piece(world, side, ids[begin:begin + CHUNK], arises[begin:begin + CHUNK])
    for attack, ids, arises in attack_streams(world):
        for begin in range(0, len(ids), CHUNK):
            rows, addressed, holder = attack_rows(world, attack, ids[begin:begin + CHUNK], arises[begin:begin + CHUNK])
            yield rows, _audiences(addressed), holder


def _piece(world: World, side: int, ids: NDArray[np.uint64], arises: NDArray[np.int64]) -> Piece:
    """Rows of NEEDS; whom the asker would name; who really holds, bool (needs, places)."""
    uniforms = uniforms_of(world, ids)
    rows = np.zeros(len(ids), NEEDS)
    rows["id"] = rows["request"] = ids
    rows["arises"], rows["side"] = arises, side
    rows["counts"] = (arises >= world.observe_from) & (side != OTHER)
    fill_matter(rows, world, ids, uniforms)
    rows["opener"], holder, addressed = CONCERNED[side](rows, world, uniforms)
    issuer = np.where(holder.any(axis=1), holder.argmax(axis=1), rows["opener"])
    rows["beneficiary"] = np.where(rows["kind"] == NEED_KINDS.index("locate"), issuer, rows["opener"])
    return rows, _audiences(addressed), holder


def _audiences(addressed: NDArray[np.int64]) -> Audiences:
    """Of a table with a row for each need, -1 where nobody stands."""
    stands = addressed >= 0
    ends = np.cumsum(stands.sum(axis=1))
    return Audiences(addressed[stands], ends - stands.sum(axis=1), ends)
