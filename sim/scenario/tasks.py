"""What is said of a task: who does it, how long it takes, and how whoever judges in it errs, with a machine's advice or
without.

Errors are said as two rates, `miss` and `false`, or as a point of a receiver operating characteristic: how far
`separation` lets right and wrong be told apart, and how `strictness` trades one error for the other.
"""

from math import erfc, sqrt
from typing import Literal

from sim.scenario.quantities import Duration, Number, Share, Signed, Sourced
from sim.units import Range

NONE, ALL, ONE = Range(0, 0, "share"), Range(1, 1, "share"), Range(1, 1, "number")


class TaskSetting(Sourced):
    """A task as the protocols declare it, with what the scenario overrides; errors as in `Advice`."""

    desk: str
    time: Duration
    spread: str = "0.8"
    per: Literal["leg", "subject"] = "leg"
    miss: Share = NONE
    false: Share = NONE
    separation: Number | None = None
    strictness: Signed | None = None
    share: Share = ALL
    discharges: tuple[str, ...] = ()


class Advice(Sourced):
    """What a machine says to the person who verifies or decides in a task of this name.

    does        "propose": it says yes or no; "rank": it orders what the person looks at, which changes the time alone
    used        share of the cases in which it advises
    miss        share of what is right that it rejects
    false       share of what is wrong that it confirms
    separation, strictness  instead of both: see `roc`
    followed    share of decisions in which the person does as it says instead of looking (automation bias)
    time        factor on the time of the task, where it advises
    """

    does: Literal["propose", "rank"]
    used: Share
    miss: Share = NONE
    false: Share = NONE
    separation: Number | None = None
    strictness: Signed | None = None
    followed: Share = NONE
    time: Number = ONE


def roc(separation: float, strictness: float) -> tuple[float, float]:
    """(miss, false) of a judge who confirms what seems right above `strictness`.

    What is right seems `separation` / 2 on average and what is wrong -`separation` / 2, both normal with deviation 1:
    the binormal ROC of equal variances (Green and Swets, Signal Detection Theory and Psychophysics, 1966).
    """
    return _below(strictness - separation / 2), _below(-strictness - separation / 2)


def _below(z: float) -> float:
    """The standard normal law's share below z, exact in its far tail too."""
    return erfc(-z / sqrt(2)) / 2


def errors(judge: TaskSetting | Advice) -> tuple[float, float]:
    """(miss, false) of a settled judge, whichever way it is said."""
    if judge.separation is None or judge.strictness is None:
        return judge.miss.value, judge.false.value
    return roc(judge.separation.value, judge.strictness.value)


def error_ranges(judge: TaskSetting | Advice) -> tuple[Range, Range]:
    """The same where it is not settled: the least and the largest that any future can draw."""
    if judge.separation is None or judge.strictness is None:
        return judge.miss, judge.false
    separation, strictness = judge.separation, judge.strictness
    least = roc(separation.high, strictness.low)[0], roc(separation.high, strictness.high)[1]
    most = roc(separation.low, strictness.high)[0], roc(separation.low, strictness.low)[1]
    return Range(least[0], most[0], "share"), Range(least[1], most[1], "share")


def advised(task: TaskSetting, advice: Advice | None) -> tuple[float, float, float]:
    """(mean time in ticks, miss, false) of a settled task, a machine's advice included.

    Who follows the machine errs as it does, who looks errs as without it. Where it advises in a part of the cases only,
    the mean time is that of both parts together, and the law of single times stays that of one.
    """
    time, (miss, false) = task.time.value, errors(task)
    if advice is None:
        return time, miss, false
    used, (its_miss, its_false) = advice.used.value, errors(advice)
    follows = used * advice.followed.value
    return (time * (1 - used + used * advice.time.value), (1 - follows) * miss + follows * its_miss,
            (1 - follows) * false + follows * its_false)
