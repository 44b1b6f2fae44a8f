"""What one search costs the machines of both sides: their time and the bytes between them, from measured unit costs.

Only what is specific to the matcher is counted: no transport, no ordinary look-up of equal keys (too quick to count),
and no search of prints, whose time belongs to its task.
"""

from typing import NamedTuple

from sim.scenario.holdings import Machine, Matcher

POINT = 32      # bytes of one blinded key


class Cost(NamedTuple):
    """asker, holder: ticks of the machine of each side. sent, returned: bytes to the holder and back."""

    asker: int = 0
    holder: int = 0
    sent: int = 0
    returned: int = 0


def steps(setting: Matcher) -> tuple[str, ...]:
    """The keys of `Machine` that the cost of a search by this matcher hangs on."""
    if setting.blinded:
        return ("multiplication",)
    return {"clk": ("encoding", "filters"), "fuzzy": ("texts",), "dice": ("texts",)}.get(setting.kind, ())


def cost(setting: Matcher, machine: Machine, asked: int, held: int) -> Cost:
    """Of a search of `asked` records among `held`."""
    pairs = asked * held / 1_000_000
    if setting.blinded:
        keys = max(len(setting.keys), 1)
        return _blinded(machine, asked * keys, held * keys)
    if setting.kind == "clk":
        assert setting.bits is not None, "`check` lets no matcher pass without it"
        encoding, compared = machine.encoding.value, machine.filters.value * pairs
        return Cost(round(encoding * asked), round(encoding * held + compared), asked * setting.bits // 8)
    if setting.kind in ("fuzzy", "dice"):
        return Cost(holder=round(machine.texts.value * pairs))
    return Cost()


def _blinded(machine: Machine, asked: int, held: int) -> Cost:
    """Each side blinds its own keys and, once more, those of the other: what the asker sent comes back, too."""
    time = round(machine.multiplication.value * (asked + held))
    return Cost(time, time, POINT * asked, POINT * (asked + held))
