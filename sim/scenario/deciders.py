"""People decide: what is wrong with tasks in which somebody judges and with machines that advise there, and in words.

A machine may rank what a person looks at, or propose an answer; a setting by which it would decide alone is refused
with the article, whether a file or a lever brings it.
"""

from collections.abc import Iterator

from sim import programs
from sim.programs import Protocol
from sim.scenario.files import nearest
from sim.scenario.protocols import protocol, protocols_of
from sim.scenario.schema import Scenario
from sim.scenario.tasks import Advice, TaskSetting, error_ranges
from sim.scenario.text import wrapped
from sim.script import BY_MACHINE, DESKLESS, ON_THE_SPOT, PEOPLE_DECIDE, Decide, Verify
from sim.units import Range, as_text

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected


def judged(scenario: Scenario) -> frozenset[str]:
    """The tasks in which a protocol of some option has somebody verify or decide."""
    names = {name for option in scenario.option for name in protocols_of(scenario, option)}
    return frozenset(task for name in names for task in _judged_by(protocol(name, scenario.folder)))


def _judged_by(through: Protocol) -> frozenset[str]:
    rows = (row for program in (through.case, through.record) if program for row in program.rows)
    return frozenset(row.instruction.task for row in rows if isinstance(row.instruction, Verify | Decide))


def decider_faults(scenario: Scenario) -> Iterator[Wrong]:
    """Tasks and advice of a scenario that is right in all other parts, or was before a lever."""
    desks = (*scenario.desk, *DESKLESS)
    for name, task in scenario.task.items():
        if task.desk not in desks:
            yield ("task", name, "desk"), task.desk, f"a declared desk{nearest(task.desk, desks)}"
        yield from _errors(("task", name), task)
    for name, advice in scenario.advice.items():
        yield from _errors(("advice", name), advice)
        yield from _ranking(name, advice)
    yield from _advised_nowhere(scenario)
    yield from machine_alone(scenario)


def machine_alone(scenario: Scenario) -> Iterator[Wrong]:
    """Every setting by which a machine would verify or decide with nobody beside it."""
    for name in sorted(judged(scenario)):
        advice = scenario.advice.get(name)
        if scenario.task[name].desk == BY_MACHINE:
            yield (("task", name, "desk"), BY_MACHINE, f"a person's desk, or \"{ON_THE_SPOT}\", in a task in which "
                   f"somebody verifies or decides ({PEOPLE_DECIDE}); a machine may advise there: [advice.{name}]")
        if advice and advice.used.high == advice.followed.high == 1:
            yield (("advice", name, "followed"), as_text(advice.followed), "below 100 % where the machine advises in "
                   f"every case ({PEOPLE_DECIDE}): somebody still looks")


def _errors(path: tuple[str, str], judge: TaskSetting | Advice) -> Iterator[Wrong]:
    """As rates or as a point of an ROC, not both, and not half of one."""
    pair = (judge.separation, judge.strictness)
    rates = [key for key in ("miss", "false") if getattr(judge, key).high > 0]
    if pair != (None, None) and (rates or None in pair):
        given = [key for key in ("separation", "strictness") if getattr(judge, key) is not None]
        yield ((*path, given[0]), " and ".join([*given, *rates]), "either `miss` and `false`, or `separation` and "
               "`strictness`, and both of the two")


def _ranking(name: str, advice: Advice) -> Iterator[Wrong]:
    if advice.does != "rank":
        return
    for key in ("followed", "miss", "false", "separation", "strictness"):
        value = getattr(advice, key)
        if value is not None and (value.high > 0 or key in ("separation", "strictness")):
            yield (("advice", name, key), as_text(value), "nothing here: a machine that ranks says neither yes nor no "
                   "and changes the time alone; one that says so has does = \"propose\"")


def _advised_nowhere(scenario: Scenario) -> Iterator[Wrong]:
    """Advice in a task in which nobody judges. That of a shipped protocol may stand though no option uses it."""
    known = judged(scenario)
    if scenario.advice.keys() <= known:
        return
    known |= {task for name in programs.names() for task in _judged_by(protocol(name, scenario.folder))}
    for name in scenario.advice.keys() - known:
        yield ("advice", name), name, f"a task in which a protocol has somebody verify or decide{nearest(name, known)}"


def deciders(scenario: Scenario) -> list[str]:
    """A line for each task in which somebody judges, and one for each machine that advises there."""
    lines = [_judge(name, scenario.task[name]) for name in sorted(judged(scenario))]
    lines += [_machine(name, advice) for name, advice in scenario.advice.items()]
    return [wrapped(line, "    ", "  ") for line in lines]


def _judge(name: str, task: TaskSetting) -> str:
    where = "on the spot" if task.desk == ON_THE_SPOT else f"at {task.desk}"
    return f"{name}, a person {where}: {'errs never' if _is_sure(task) else _errs(task)}."


def _is_sure(task: TaskSetting) -> bool:
    return all(share.high == 0 for share in error_ranges(task))


def _errs(judge: TaskSetting | Advice) -> str:
    miss, false = map(_rounded, error_ranges(judge))
    said = f"rejects {miss} of what is right and confirms {false} of what is wrong"
    if judge.separation is None or judge.strictness is None:
        return said
    return (f"{said} (ROC with separation {as_text(judge.separation)}, strictness {as_text(judge.strictness)})")


def _rounded(share: Range) -> str:
    return as_text(Range(float(f"{share.low:.2g}"), float(f"{share.high:.2g}"), "share"))


def _machine(name: str, advice: Advice) -> str:
    used = "is switched off (0 % of cases)" if advice.used.high == 0 else f"advises in {as_text(advice.used)} of cases"
    says = f"The machine that {'ranks' if advice.does == 'rank' else 'proposes'} in {name} {used}."
    time = f" The time of the task is {as_text(advice.time)} times as long with it." if advice.time.high != 1 or (
        advice.time.low != 1) else ""
    if advice.does == "rank":
        return f"{says}{time} A person looks at all it ranks and decides."
    return (f"{says} It {_errs(advice)}; it is followed without a look in {as_text(advice.followed)} of decisions, and "
            f"in all others the person looks.{time}")
