"""Whether what arrives is so: the values of records given, field by field, against the truth when they arrive.

A value is right if it was right when it was entered (source), came through every conversion as it was sent
(conversion), and is still the truth (freshness). Each factor is counted among the values that the one before left, so
that the three multiply to the whole, exactly, and what each takes away adds up to what is wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.columns import Columns
from sim.content.asking import Places
from sim.content.fields import TEXTS
from sim.content.searches import STRUCTURED
from sim.content.ways import Luck, told
from sim.metrics.joined import Flags, Whole
from sim.metrics.parts import Part, per
from sim.metrics.view import View
from sim.script import FORMS, PLAIN
from sim.world import World

FACTORS = ("source", "conversion", "freshness")
CAUSES = ("wrong when entered", "changed on the way", "out of date")


@dataclass(frozen=True, eq=False)
class Values:
    """bool (messages, TEXTS): values given; those of them right at entry; of these those unchanged on the way; of
    these those still the truth at arrival."""

    given: Flags
    entered: Flags
    unchanged: Flags
    right: Flags

    @property
    def left(self) -> list[int]:
        """How many there are, and how many each factor leaves."""
        return [int(np.count_nonzero(each)) for each in (self.given, self.entered, self.unchanged, self.right)]


def values(view: View) -> Values:
    """Of records in the clear, on the right person, that crossed a border and arrived."""
    joined, content = view.joined, view.joined.run.content
    table = joined.messages
    sent = np.flatnonzero(view.messages & joined.released & (table["form"] == FORMS.index(PLAIN))
                          & (table["version"] >= 0))
    sent = sent[joined.records["person"][table["version"][sent]] == joined.subject[table["case"][sent]]]
    messages = Columns(joined.ledger.messages, sent)
    version = messages["version"].astype(np.int64)
    network = joined.of_world(_networks)[messages["protocol"]]
    altered = content.altered(version, messages["sender"].astype(np.int64), messages["receiver"].astype(np.int64),
                              network, structured(view, sent))
    given = joined.of_world(_carried)[messages["content"]]
    entered = given & ~_flags(content.wrong[version])
    unchanged = entered & ~_flags(altered)
    return Values(given, entered, unchanged, unchanged & (content.stale_since[version] > messages["arrives"][:, None]))


def _flags(bits: NDArray[np.uint32]) -> Flags:
    """(n, TEXTS) of n sets of bits."""
    found: Flags = bits[:, None] >> np.arange(len(TEXTS), dtype=np.uint32) & np.uint32(1) > 0
    return found


def _carried(world: World) -> Flags:
    """(contents, TEXTS) the content carries the field."""
    rows = [[name in content.fields for name in TEXTS] for content in world.content.values()]
    return np.array(rows, bool).reshape(-1, len(TEXTS))      # a protocol may send nothing at all


def _networks(world: World) -> Whole:
    """(protocols,) index into the world's networks, -1 where none is declared."""
    names = tuple(world.networks)
    return np.array([names.index(protocol.network) if protocol.network in names else -1
                     for protocol in world.protocols])


def structured(view: View, sent: Whole) -> Flags:
    """Whether each message is structured: where its protocol asks the fact, as that says of its leg; else yes."""
    world, joined = view.joined.world, view.joined
    asks = np.array([STRUCTURED in protocol.facts for protocol in world.protocols])
    found = np.ones(len(sent), bool)
    asked = np.flatnonzero(asks[joined.messages["protocol"][sent]])
    if not len(asked):
        return found
    case, leg = joined.messages["case"][sent[asked]], joined.message_leg[sent[asked]]
    place = np.where(leg >= 0, joined.legs["place"][leg], joined.cases["opener"][case])
    places = Places(world.places, world.jurisdictions)
    luck = Luck(world.seed, world.replication, joined.cases["id"][case],
                np.where(leg >= 0, np.array(world.place_keys, np.uint64)[place], np.uint64(0)))
    found[asked] = told(world.scenario.fact[STRUCTURED], luck, places.ids[place])
    return found


def field_fidelity(view: View) -> list[Part]:
    """The share right; its three factors; and by field."""
    found = view.once(values)
    left = found.left
    factors = [Part(part, whole, 100, name) for name, whole, part in zip(FACTORS, left, left[1:], strict=False)]
    fields = zip(TEXTS, found.right.sum(axis=0).tolist(), found.given.sum(axis=0).tolist(), strict=True)
    return [Part(left[-1], left[0], 100), *factors, *(Part(part, whole, 100, name) for name, part, whole in fields)]


def wrong_values_by_cause(view: View) -> list[Part]:
    """Of 100 values given, those each factor takes away."""
    left = view.once(values).left
    return [per(100, before - after, left[0], name) for name, before, after in zip(CAUSES, left, left[1:],
                                                                                   strict=False)]
