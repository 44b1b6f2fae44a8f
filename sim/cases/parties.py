"""Where the roles of a protocol stand: when a case or a record's event opens, and in a leg."""

from sim.programs import Protocol
from sim.world import World


def bind_leg(protocol: Protocol, party: str, places: dict[str, int], place: int) -> dict[str, int]:
    """ForEach binds the party it names; a contact point brings every role of its side with it (engine rule 12)."""
    return {**places, **dict.fromkeys(bound_by_leg(protocol, party), place)}


def bound_by_leg(protocol: Protocol, party: str) -> tuple[str, ...]:
    """The roles that stand at a leg's place: the party the ForEach names, and every role of its side."""
    sides = protocol.parties if party in ("requester", "responder") else {}
    return tuple(dict.fromkeys([party, *(role for role, side in sides.items() if side == party)]))


def root_places(world: World, protocol: Protocol, place: int) -> dict[str, int]:
    """When a case opens."""
    asker = [role for role, side in protocol.parties.items() if side == "requester"]
    return {**_institutions(world, protocol), **dict.fromkeys(["investigator", "requester", *asker], place)}


def record_places(world: World, protocol: Protocol, place: int) -> dict[str, int]:
    """In a record script everybody but the institutions stands where the record is held."""
    roles = ["investigator", "requester", "responder", "owner",
             *(role for role, side in protocol.parties.items() if side in ("requester", "responder"))]
    return {**dict.fromkeys(roles, place), **_institutions(world, protocol)}


def _institutions(world: World, protocol: Protocol) -> dict[str, int]:
    return {role: world.places.index(at) for role, at in protocol.parties.items()
            if at not in ("requester", "responder")}
