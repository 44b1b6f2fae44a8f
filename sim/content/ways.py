"""How what one place writes is read at another: over which formats, as structure or as free text keyed in again.

A structured message is written in the format of its network and read into that of the receiver's records. Free text is
keyed in by a clerk, who slips now and then; whether a leg's messages are structured is a fact of the leg, the one that
its script may ask (`searches.STRUCTURED`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim import draws
from sim.content.fields import Column, Fields, Rows
from sim.content.formats import Format, convert, load_formats, rekeyed
from sim.content.searches import STRUCTURED
from sim.scenario.futures import REPLICATIONS
from sim.scenario.schema import Scenario, ShareSetting

FREE_TEXT = "free_text"

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Luck:
    """Whose chance decides: of needs at places. ids uint64[n], legs uint64[n]; `replication` as in sim.draws."""

    seed: int
    replication: int
    ids: NDArray[np.uint64]
    legs: NDArray[np.uint64]

    def bits(self, *words: str) -> NDArray[np.uint64]:
        return draws.bits_of_legs(self.seed, self.replication, np.ascontiguousarray(self.ids), self.legs,
                                  draws.stream(*words), 0)

    def unit(self, *words: str) -> NDArray[np.float64]:
        return draws.unit_many(self.bits(*words))


@dataclass(frozen=True, eq=False)
class Ways:
    """formats  all formats in use
    kept       int64[places] index of the format of the place's records, -1 where they are kept as they come
    wires      network -> format of its structured messages, where it has one
    rekeying   chance that one field is mistyped when free text is keyed in
    fact       whose answer says which legs' messages are structured, where a script asks; None: all are
    """

    formats: tuple[Format, ...]
    kept: Rows
    wires: Mapping[str, Format]
    rekeying: float
    fact: ShareSetting | None


def ways(scenario: Scenario, places: tuple[str, ...]) -> Ways | None:
    """None where the scenario declares no systems: what is sent is read as it was written."""
    if scenario.systems is None:
        return None
    named = load_formats(scenario.formats, scenario.folder)
    formats = tuple(named.values())
    number = {name: k for k, name in enumerate(named)}
    kept = [number.get(_kept(scenario, place), -1) for place in places]
    return Ways(formats, np.array(kept, np.int64),
                {name: named[link.format] for name, link in scenario.links.items() if link.format},
                min(1.0, scenario.systems.rekeying.value * scenario.people.training.value),
                scenario.fact.get(STRUCTURED))


def _kept(scenario: Scenario, place: str) -> str:
    if place in scenario.jurisdiction:
        assert scenario.systems is not None, "`ways` looks"
        return scenario.systems.format[scenario.jurisdiction[place].size][0]
    return scenario.institution[place].format


def structured(made: Ways | None, luck: Luck, codes: NDArray[np.uint64], by_fact: bool) -> Flags:
    """Whether what passes on these legs is structured. `codes` as in `told`."""
    if made is None or made.fact is None or not by_fact:
        return np.ones(len(luck.ids), bool)
    return told(made.fact, luck, codes)


def told(fact: ShareSetting, luck: Luck, codes: NDArray[np.uint64]) -> Flags:
    """What scripts are told that ask for the fact STRUCTURED.

    luck   of the cases, on the legs in which they ask: keys of their places, 0 in a root
    codes  uint64[n] identity of each leg's place, in a root of the opener
    """
    if fact.of == "place":
        future = luck.replication // REPLICATIONS * REPLICATIONS
        u = draws.unit_many(draws.bits_many(luck.seed, future, codes, 0, draws.stream("Is", STRUCTURED), 0))
    else:
        u = luck.unit("Is", STRUCTURED)
    return np.asarray(u < fact.share.value)


def read(made: Ways | None, written: Fields, network: str, sender: Rows, receiver: Rows, as_structure: Flags,
         luck: Luck, word: str) -> Fields:
    """What the receivers have of these rows, in the form in which they would write it themselves.

    sender, receiver  int64[n] rows of `Ways.kept`
    word              what is sent: a query's slips are no answer's
    """
    if made is None:
        return written
    wire = made.wires.get(network)
    free = next(form for form in made.formats if form.name == FREE_TEXT)
    size = len(made.formats) + 1
    key = (made.kept[sender] * 2 + as_structure) * size + made.kept[receiver]
    groups = []
    for value in np.unique(key):
        rows = np.flatnonzero(key == value)
        first = rows[0]
        over = wire if as_structure[first] else free
        ends = (made.formats[k] if k >= 0 else None for k in (made.kept[sender[first]], made.kept[receiver[first]]))
        before, after = ends
        route = tuple(form for form in (before, over, after) if form is not None)
        groups.append((rows, route[:1] if len(set(route)) == 1 else route))      # once read, a format changes no more
    slips = np.flatnonzero(~as_structure | (wire is not None and wire.keyed_again))
    text = {}
    for field, column in written.text.items():
        text[field] = _converted(column, groups, field)
        if len(slips):
            text[field] = _mistyped(text[field], slips, luck.unit("rekeyed", word, field)[slips], made.rekeying,
                                    luck.bits("slip", word, field)[slips])
    return Fields(text, written.finger, written.template)


def _converted(column: Column, groups: list[tuple[Rows, tuple[Format, ...]]], field: str) -> Column:
    number: dict[str, int] = {"": -1}
    code = np.empty(len(column.code), np.int32)
    for rows, route in groups:
        present, of = np.unique(column.code[rows], return_inverse=True)
        words = [column.words[k] if k >= 0 else "" for k in present.tolist()]
        new = [number.setdefault(word, len(number) - 1) for word in convert(route, field, words)]
        code[rows] = np.array(new, np.int32)[of]
    return Column(tuple(number)[1:], code)


def _mistyped(column: Column, rows: Rows, u: NDArray[np.float64], rate: float, dice: NDArray[np.uint64]) -> Column:
    """With some of these rows mistyped; a field that is empty cannot be."""
    struck = rows[(u < rate) & (column.code[rows] >= 0)]
    if not len(struck):
        return column
    chosen = (u < rate) & (column.code[rows] >= 0)
    words = rekeyed([column.words[k] for k in column.code[struck].tolist()], u[chosen], rate, dice[chosen])
    number = {word: k for k, word in enumerate(column.words)}
    code = column.code.copy()
    code[struck] = [number.setdefault(word, len(number)) if word else -1 for word in words]
    return Column(tuple(number), code)
