"""Requests of whoever has no need: forged emergencies, a compromised member that fishes, abusive warnings.

They stand among the needs and go through the same channels and desks, but never count. Each has a Poisson stream of its
own, so that no genuine need's luck moves. Who plays the attacker is drawn by lot: in whose name an emergency is forged,
or who issues an abusive warning, anew for each, a larger partner more often; the compromised member once for a
replication, every state but the focus alike. What the attacker spends on asking is no reason for it not to ask.

An attacker says nothing that law could stand against: an abusive warning shows no political matter, or the sender's
own review would stop it. Whoever decides whether a request is genuine may find out.

Idealised: the state in whose name somebody writes does the work of writing, as where its own mail was taken over.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.needs.matter import Uniforms, arrivals, fill_matter, uniforms_of
from sim.needs.partners import asked_of_partners, one_partner
from sim.needs.rows import ABUSIVE, ATTACKS, FISHING, FORGED, KNOWN_NAME, NEEDS, OTHER
from sim.scenario.attacks import Attack
from sim.scenario.schema import Scenario
from sim.script import NEEDS as NEED_KINDS
from sim.units import YEAR, Range
from sim.world import World, reached_places

KIND = {FORGED: "content", FISHING: "known_to_you", ABUSIVE: "warn"}
WORTH = 100 * int(YEAR)          # ticks: any channel is worth its cost

Stream = tuple[int, NDArray[np.uint64], NDArray[np.int64]]


def attack_streams(world: World) -> Iterator[Stream]:
    """(attack, ids, ticks at which they arise) of each kind of attack that the scenario has."""
    for attack, per_day in _rates(world.scenario.attack or Attack()):
        yield attack, *arrivals(world, f"attack, {ATTACKS[attack]}", per_day.value)


def _rates(attack: Attack) -> Iterator[tuple[int, Range]]:
    for kind, setting in ((FORGED, attack.forged), (FISHING, attack.fishing), (ABUSIVE, attack.notices)):
        if setting is not None:
            yield kind, setting.per_day


def attack_kinds(scenario: Scenario) -> frozenset[str]:
    """Kinds of need that some attacker feigns."""
    return frozenset(KIND[attack] for attack, per_day in _rates(scenario.attack or Attack()) if per_day.high > 0)


def attack_rows(world: World, attack: int, ids: NDArray[np.uint64],
                arises: NDArray[np.int64]) -> tuple[NDArray[np.void], NDArray[np.int64], NDArray[np.bool_]]:
    """Rows of NEEDS; whom the attacker names, int64 with -1 for nobody; who really holds, bool (needs, places)."""
    uniforms = uniforms_of(world, ids)
    rows = np.zeros(len(ids), NEEDS)
    rows["id"] = rows["request"] = ids
    rows["arises"], rows["side"], rows["attack"] = arises, OTHER, attack
    fill_matter(rows, world, ids, uniforms)
    rows["kind"], rows["product"], rows["known"] = NEED_KINDS.index(KIND[attack]), 0, KNOWN_NAME
    rows["urgent"] = rows["holder_known"] = attack == FORGED
    rows["subjects"], rows["worth"], rows["bar"] = 1, WORTH, 0
    by_lot = np.full(len(ids), compromised(world)) if attack == FISHING else None
    opener = one_partner(rows, world, uniforms, "opener") if by_lot is None else by_lot
    known = _known(world, attack, uniforms, len(ids))
    rows["opener"], holder, addressed = asked_of_partners(rows, world, uniforms, opener, opener, known, focus_too=True)
    rows["beneficiary"] = rows["opener"]
    return rows, addressed, holder


def _known(world: World, attack: int, uniforms: Uniforms, many: int) -> NDArray[np.bool_]:
    """On whom a state other than the attacker's holds a record: a forger knows that it is so."""
    if attack == FORGED:
        return np.ones(many, np.bool_)
    settings = world.scenario.attack
    assert settings is not None
    known = world.scenario.people.known.get("known_to_you")
    share = settings.notices.known if attack == ABUSIVE and settings.notices is not None else known
    found: NDArray[np.bool_] = uniforms("known") < (share.value if share is not None else 0.0)
    return found


def compromised(world: World) -> int:
    """The member that fishes in this replication: every state that some protocol reaches, but the focus, is as likely.
    By clocks keyed by place, so that a further state takes the lot from no two others."""
    member = {place for protocol in world.protocols for place in reached_places(world, protocol)} - {world.focus}
    bits = {place: draws.bits(world.seed, world.replication, draws.identity("need", "the compromised member"),
                              world.place_keys[place], draws.stream("attack", "lot"), 0) for place in member}
    return min(member, key=lambda place: (bits[place], place))
