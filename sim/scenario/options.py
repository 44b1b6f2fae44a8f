"""What is compared: options made complete, read line by line, and their levers applied."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.errors import Fault, ScenarioError
from sim.scenario import shape
from sim.scenario.deciders import decider_faults
from sim.scenario.files import dotted, nearest, shortened
from sim.scenario.lines import Path as KeyPath
from sim.scenario.members import group
from sim.scenario.names import items
from sim.scenario.quantities import Shape
from sim.scenario.rule_dates import RuleDates, rule_date_faults
from sim.scenario.schema import ChannelLine, FocusDesk, Option, Scenario
from sim.scenario.systems import unlisted
from sim.units import Range

Wrong = tuple[tuple[str | int, ...], object, str]


def option(scenario: Scenario, name: str) -> Option:
    """An option by name. Raises ScenarioError for an unknown one."""
    for each in scenario.option:
        if each.name == name:
            return each
    known = [each.name for each in scenario.option]
    raise ScenarioError([Fault(scenario.name, None, "option", f"'{name}'", f"an option{nearest(name, known)}")])


def option_faults(written: Any) -> Iterator[Wrong]:
    """Options without a channel, of one name, or like one that does not exist or comes back to them."""
    options = [{**option, **{key: str(option[key]) for key in ("name", "like") if key in option}}
               for _, option in items(written) if isinstance(option, dict)]
    names = [option.get("name") for option in options]
    likes = {option.get("name"): option.get("like", "") for option in options}
    if not options:
        yield ("option",), "nothing", "at least one [[option]] with a name and a channel"
    for number, each in enumerate(options):
        name, like = each.get("name"), each.get("like", "")
        if name in names[:number]:
            yield ("option", number, "name"), name, "a name that no other option has"
        if like and like not in names:
            yield ("option", number, "like"), like, f"the name of an option{nearest(str(like), map(str, names))}"
        elif like and _returns(str(name), likes):
            yield ("option", number, "like"), like, "an option that does not lead back to this one"
        if like and each.get("channel"):
            yield ("option", number, "like"), like, "`channel`, or `like` with the lines that `change`; not both"
        if not like and not each.get("channel"):
            expected = "at least one line, e.g. { use = \"siena\" }"
            yield ("option", number, "channel"), each.get("channel", "nothing"), expected
        if not like and each.get("change"):
            yield ("option", number, "change"), each["change"], "`like` beside `change`: whose lines it replaces"


def _returns(name: str, likes: dict[Any, Any]) -> bool:
    seen, here = {name}, likes.get(name)
    while here and here not in seen:
        seen.add(here)
        here = likes.get(here)
    return here == name


def complete(options: Sequence[Option]) -> tuple[Option, ...]:
    """Every option with its whole channel and all its levers, `like` and `change` applied."""
    named = {option.name: option for option in options}
    return tuple(_complete(option, named) for option in options)


def _complete(option: Option, named: dict[str, Option]) -> Option:
    if not option.like:
        return option
    base = _complete(named[option.like], named)
    levers = tuple(dict.fromkeys((*base.levers, *option.levers)))
    return Option(name=option.name, channel=_changed(base.channel, option.change), levers=levers)


def _changed(channel: tuple[ChannelLine, ...], change: tuple[ChannelLine, ...]) -> tuple[ChannelLine, ...]:
    """A changed line stands in for the line of the same need, partners and urgency, or, if there is none, first."""
    fit = {(line.need, line.with_, line.urgency): line for line in change}
    kept = tuple(fit.pop((line.need, line.with_, line.urgency), line) for line in channel)
    return (*fit.values(), *kept)


def line_for(scenario: Scenario, option: Option, need: str, partner: str, urgency: str) -> ChannelLine | None:
    """The first line that fits a need of a kind and urgency ("urgent" or "ordinary") with one partner."""
    for line in option.channel:
        if (line.need in ("", need) and line.urgency in ("", urgency)
                and (not line.with_ or partner in group(scenario, line.with_, scenario.as_of))):
            return line
    return None


def apply_levers(scenario: Scenario, option: Option) -> Scenario:
    """The scenario with every change of the option's levers, in their order.

    Apply it to a settled scenario, so that options share the draws: "+2" then adds to the number that was drawn.
    `desk.<name>.focus.clerks` exists for every desk: without an own roster it starts from that of the focus's class.
    Raises ScenarioError for a key path that does not exist, a value that does not fit there, levers that let a machine
    decide alone, or that name a format which the scenario does not list.
    """
    changes = [(name, path, text) for name in option.levers for path, text in scenario.lever[name].change.items()]
    for _, path, text in changes:
        scenario = change(scenario, path, text)
    _demand_right(scenario, changes)
    return scenario


# What levers can leave wrong though each of their values fits, and the tables that it hangs on.
CHECKS = ((decider_faults, {"task", "advice"}), (unlisted, {"formats", "systems", "links", "institution"}),
          (rule_date_faults, {"law"}))


def _demand_right(scenario: Scenario, changes: list[tuple[str, str, str | int | float]]) -> None:
    """changes: (lever, key path, value), all made. What they leave wrong is told of the last that touched its table, or
    the list of formats."""
    about: dict[KeyPath, tuple[str, str, str | int | float]] = {
        tuple(path.split(".")[:2]): (name, path, text) for name, path, text in changes}
    touched, faults = {table for table, *_ in about}, []
    for path, got, expected in (wrong for check, tables in CHECKS if tables & touched for wrong in check(scenario)):
        blamed = about.get(path[:2]) or about.get(("formats",))
        if blamed:
            lever, changed, text = blamed
            faults.append(Fault(scenario.name, None, f"lever.{lever}.change.{changed}", shortened(text),
                                f"at {dotted(path)}, now {got}: {expected}"))
    if faults:
        raise ScenarioError(faults)


def change(scenario: Scenario, path: str, text: str | int | float) -> Scenario:
    """The scenario with another value at a key path: new, or "+2", "-1", "x 0.5" of what stands there."""
    try:
        return _put(_with_table(scenario, path), path.split("."), text, Scenario)  # type: ignore[no-any-return]
    except (ValueError, LookupError) as error:
        expected = error.args[0] if isinstance(error, LookupError) else str(error).partition("; expected ")
        wanted = expected if isinstance(expected, str) else expected[2] or expected[0]
        raise ScenarioError([Fault(scenario.name, None, path, shortened(text), wanted)]) from None


def _with_table(scenario: Scenario, path: str) -> Scenario:
    """The scenario with the table in which a change is made where none is given: an own roster, days of a rule."""
    match path.split("."):
        case ["law", "rule", name, _] if name not in scenario.law.rule:
            law = scenario.law.model_copy(update={"rule": {**scenario.law.rule, name: RuleDates()}})
            return scenario.model_copy(update={"law": law})
        case ["desk", name, "focus", *_] if name in scenario.desk and scenario.desk[name].focus is None:
            desk = scenario.desk[name]
            clerks = desk.clerks[scenario.jurisdiction[scenario.focus].size]
            own = FocusDesk(clerks=clerks, from_=desk.from_, because=desk.because)
            return scenario.model_copy(update={"desk": {**scenario.desk, name: desk.model_copy(update={"focus": own})}})
    return scenario


def _put(value: Any, path: list[str], text: str | int | float, hint: shape.Hint) -> Any:
    if not path:
        return _new(value, text, hint)
    key, rest = path[0], path[1:]
    if isinstance(value, Shape):
        names = {field.alias or name: name for name, field in type(value).model_fields.items()}
        if key in names and getattr(value, names[key]) is None and not isinstance(value, RuleDates):
            raise LookupError(f"a key path that exists; nothing is given at '{key}'")
        if key in names:
            below = _put(getattr(value, names[key]), rest, text, shape.below(hint, key))
            return value.model_copy(update={names[key]: below})
        raise LookupError(f"a key path that exists; no '{key}' here{nearest(key, names)}")
    if isinstance(value, dict) and key in value:
        return {**value, key: _put(value[key], rest, text, shape.below(hint, key))}
    if isinstance(value, dict):
        raise LookupError(f"a key path that exists; no '{key}' here{nearest(key, value)}")
    raise LookupError(f"a key path that exists; nothing stands below the value before '{key}'")


def _new(value: Any, text: str | int | float, hint: shape.Hint) -> Any:
    if isinstance(value, dict) and value and all(isinstance(each, Range) for each in value.values()):
        return {key: _new(each, text, shape.below(hint, key)) for key, each in value.items()}
    if isinstance(value, Range):
        return _range(value, text, hint)
    if isinstance(value, int) and not isinstance(value, bool) and str(text)[:1] in "+-":
        text = value + int(text)
    if isinstance(value, dict | Shape):
        raise LookupError("the key path of one value; this is a whole table")
    if isinstance(value, tuple) and isinstance(text, str):
        return tuple(word.strip() for word in text.split(","))
    try:
        return TypeAdapter(type(value) if isinstance(value, date) else hint).validate_python(text)
    except ValidationError as error:
        raise ValueError(f"{text!r}; expected {error.errors()[0]['msg'].lower()}") from None


def _range(value: Range, text: str | int | float, hint: shape.Hint) -> Range:
    """Both ends changed alike; counts and durations stay whole."""
    written = str(text).strip()
    reader = shape.reader(hint) or next(filter(None, map(shape.reader, shape.alternatives(hint))))
    if written[:2] == "x ":
        factor = float(written[2:])
        low, high = value.low * factor, value.high * factor
    elif written[:1] in ("+", "-"):
        by = reader.parse(written[1:].strip())
        low, high = (value.low + by.low, value.high + by.high) if written[0] == "+" else (
            value.low - by.high, value.high - by.low)
    else:
        return reader.parse(text)  # type: ignore[no-any-return]
    if value.kind in ("count", "duration"):
        low, high = float(round(low)), float(round(high))
    if (low < 0 and value.kind != "signed") or low > high or (value.kind == "share" and high > 1):
        raise ValueError(f"{written}; expected a change that leaves a possible {value.kind}")
    return Range(low, high, value.kind)


def positive_kinds(scenario: Scenario) -> tuple[str, ...]:
    """Kinds of need that can arise."""
    return tuple(kind for kind, share in scenario.demand.kinds.share.items() if share.high > 0)
