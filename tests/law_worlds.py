"""Small worlds made by hand for the law: as much of a scenario as the compiler of rules reads."""

from datetime import date, datetime, timedelta
from itertools import product
from types import SimpleNamespace

import numpy as np

from sim import laws
from sim.laws.interpreter import moment
from sim.units import DAY

START = date(2027, 7, 1)
GROUNDS = ("at_will", "ground_a", "ground_b")
PLACES = ("LL", "OO", "hub")
ACTS = ("ACT", "PACT")
AXES = {"category": laws.CATEGORIES, "product": laws.PRODUCTS, "urgent": (False, True), "dual": (False, True),
        "minor": (False, True), "kind": laws.KINDS, "handling": laws.HANDLING, "bar": laws.BARS}


def membership(jurisdiction, instrument, status="bound", valid_from=date(2020, 1, 1), valid_to=None):
    return SimpleNamespace(jurisdiction=jurisdiction, instrument=instrument, status=status, valid_from=valid_from,
                           valid_to=valid_to)


def scenario(*rows, zone="Etc/UTC", earliest=None):
    """LL demands a basis, OO demands none, hub is an institution; both states are party to ACT."""
    rows = rows or (membership("LL", "ACT"), membership("OO", "ACT"))
    return SimpleNamespace(
        name="hand-made", jurisdiction={"LL": SimpleNamespace(regime="led", zone=zone),
                                        "OO": SimpleNamespace(regime="other", zone="Etc/UTC")},
        institution={"hub": SimpleNamespace(regime="interpol", zone="Etc/UTC")}, membership=rows,
        instrument={"ACT": SimpleNamespace(earliest=earliest)},
        demand=SimpleNamespace(bars="some"),
        law=SimpleNamespace(refusal={ground: 0.1 for ground in GROUNDS}, at_will={}))


def rule(name, effect="must give", layer="sender", **given):
    when = laws.When(**given.pop("when", {}))
    ground = given.pop("ground", "ground_a" if "refuse" in effect else "")
    return laws.Rule(id=name, source="made by hand", confidence="own", layer=layer, when=when, effect=effect,
                     ground=ground, **given)


def compiled(rules, world=None, places=PLACES, instruments=("ACT",), days=30):
    return laws.verdicts(tuple(rules), world or scenario(), places, instruments, START, days * DAY)


def cell(giver="LL", receiver="OO", instrument="ACT", category="identity", product="intelligence", urgent=False,
         dual=True, minor=False, kind="suspect", handling="H0", bar="none"):
    return dict(instrument=instrument, category=category, product=product, urgent=urgent, dual=dual, minor=minor,
                kind=kind, handling=handling, bar=bar, giver=giver, receiver=receiver)


def outcome(table, places, tick=0, **chosen):
    """What the table says of one cell at a tick; what is not chosen is as in `cell`."""
    facts = cell(**chosen)
    epoch = int(np.searchsorted(table.epochs, tick, side="right")) - 1
    at = [AXES[key].index(facts[key]) for key in AXES]
    sides = places.index(facts["giver"]), places.index(facts["receiver"])
    return table.outcomes[int(table.look(epoch, table.instruments.index(facts["instrument"]), *at, *sides))]


def read(rules, world, tick=0, **chosen):
    """The same by the interpreter."""
    facts = cell(**chosen)
    giver, receiver = facts.pop("giver"), facts.pop("receiver")
    return laws.interpret(tuple(rules), laws.situation(world, giver, receiver, moment(START, tick), **facts))


def by_index(index, instruments):
    """The facts of one index of the table between epoch and profiles."""
    return {"instrument": instruments[index[0]],
            **{key: AXES[key][at] for key, at in zip(AXES, index[1:], strict=True)}}


def cells(instruments):
    """Every index of the table between epoch and profiles."""
    return product(range(len(instruments)), *(range(len(values)) for values in AXES.values()))


def midnight_ticks(day: date, hours_east=0) -> int:
    local = datetime.combine(day, datetime.min.time()) - timedelta(hours=hours_east)
    return (local - datetime.combine(START, datetime.min.time())) // timedelta(microseconds=1)
