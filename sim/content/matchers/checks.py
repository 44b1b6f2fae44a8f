"""What each kind of matcher needs, may have and cannot use; told before anything is searched."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.content.fields import TEXTS
from sim.errors import Fault, ScenarioError
from sim.scenario.files import nearest
from sim.scenario.holdings import Matcher
from sim.scenario.match_keys import fields_of, parts


@dataclass(frozen=True)
class Kind:
    """needs: settings it cannot do without. takes: others it can use. missing: rules it can follow."""

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("no_match",)


KINDS = {
    "exact_keys": Kind((), ("blinded",), ("no_match", "drop", "value")),
    "multi_key": Kind(("keys",), ("blinded",)),
    "fuzzy": Kind(("threshold",), (), ("no_match", "drop")),
    "dice": Kind(("threshold",), (), ("no_match", "value")),
    "clk": Kind(("threshold", "bits", "key"), ("hashes", "budget", "positional"), ("no_match", "value")),
    "biometric": Kind((), ("miss", "false", "separation", "threshold")),
}
OF_SOME = sorted({key for kind in KINDS.values() for key in (*kind.needs, *kind.takes)})
UNWEIGHTED = ("dice",)


def check(matcher: dict[str, Matcher]) -> None:
    """Raises ScenarioError, with every fault, for a matcher that lacks what its kind needs or has what it cannot use.

    Reads ranges as well as points: a scenario as loaded, or one future of it.
    """
    faults = [Fault("scenario", None, f"matcher.{name}.{key}", got, expected)
              for name, setting in matcher.items() for key, got, expected in _wrong(setting)]
    if faults:
        raise ScenarioError(faults)


def _wrong(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    """Key, what stands there, what was expected."""
    yield from _fields(setting)
    kind = KINDS[setting.kind]
    for key in OF_SOME:
        given = getattr(setting, key) not in (None, (), "", False)
        if key in kind.needs and not given:
            yield key, "nothing", f"a value for kind {setting.kind!r}"
        if given and key not in (*kind.needs, *kind.takes):
            yield key, str(getattr(setting, key)), f"nothing: kind {setting.kind!r} does not use it"
    if "threshold" in kind.needs and setting.threshold is not None and setting.threshold.low > 1:
        yield "threshold", f"{setting.threshold.low:g}", "at most 1, the score of two equal records"
    if setting.missing not in kind.missing:
        yield "missing", setting.missing, f"one of {', '.join(kind.missing)} for kind {setting.kind!r}"
    if setting.blinded and setting.missing == "drop":
        yield "missing", "drop", "no_match or value: blinded keys cannot leave a field out"
    yield from {"clk": _clk, "biometric": _biometric, "multi_key": _multi_key}.get(setting.kind, _nothing)(setting)


def _fields(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    allowed = ("print",) if setting.kind == "biometric" else TEXTS
    wrong = [field for field in setting.fields if field not in allowed]
    weights = [weight.high for weight in setting.fields.values()]
    if not setting.fields or wrong:
        yield "fields", ", ".join(wrong) or "none", f"some of {' '.join(allowed)} for kind {setting.kind!r}"
    elif max(weights) == 0 and setting.kind in ("fuzzy", "clk"):
        yield "fields", "all 0", "a weight above 0"
    elif set(weights) != {1} and setting.kind in UNWEIGHTED:
        yield "fields", "weights", "1 each: it counts the bigrams of all fields alike"


def _clk(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    if (setting.hashes is None) == (setting.budget is None):
        yield "hashes", "nothing" if setting.hashes is None else "budget too", "one of hashes and budget"
    strange = [field for field in setting.positional if field not in setting.fields]
    if strange:
        yield "positional", ", ".join(strange), f"some of its fields{nearest(strange[0], setting.fields)}"


def _biometric(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    point, curve = (setting.miss, setting.false), (setting.separation, setting.threshold)
    if any(part is not None for part in point) and any(part is not None for part in curve):
        yield "separation", "miss or false too", "miss and false, or separation and threshold"
        return
    pair = ("separation", "threshold") if any(part is not None for part in curve) else ("miss", "false")
    for key in pair:
        if getattr(setting, key) is None:
            yield key, "nothing", "miss and false, or separation and threshold, for kind 'biometric'"


def _multi_key(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    named = fields_of(setting.keys)
    if not set(named) <= set(setting.fields):
        yield "fields", ", ".join(setting.fields), f"nothing, or all fields of its keys: {', '.join(named)}"
    twice = [key for k, key in enumerate(setting.keys) if parts(key) in [parts(other) for other in setting.keys[:k]]]
    if twice:
        yield "keys", twice[0], "every key once"


def _nothing(setting: Matcher) -> Iterator[tuple[str, str, str]]:
    yield from ()
