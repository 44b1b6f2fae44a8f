"""The exchange rate between needs met and uninvolved persons, in one sentence for each option after the first."""

import math

from sim.experiments import Comparison
from sim.experiments.exchange import Exchange
from sim.report.words import digits


def rates(comparison: Comparison) -> list[str]:
    """A sentence for each option after the first."""
    many = len(comparison.exchanges) > 1
    return [_sentence(one, f"With “{name}” " if many else "")
            for name, one in zip(comparison.options[1:], comparison.exchanges, strict=True)]


def _sentence(one: Exchange, opening: str) -> str:
    sentence = f"{opening}{_of_means(one)}; {_by_futures(one)}."
    return f"{'No exchange' if math.isnan(one.rate) else 'Exchange rate'}: {sentence[0].lower() + sentence[1:]}"


def _of_means(one: Exchange) -> str:
    if not one.futures:
        return "nothing was measured"
    if not math.isnan(one.rate):
        spread = "" if math.isnan(one.low) else (
            f" ({' to '.join(dict.fromkeys((digits(one.low), digits(one.high))))} where it is so)")
        if one.met > 0:
            return f"one more uninvolved person for every {digits(one.rate)} more needs met{spread}"
        return f"one uninvolved person fewer for every {digits(one.rate)} needs no longer met{spread}"
    if one.met == 0 and one.exposed == 0:
        return "as many needs are met and as many uninvolved persons are exposed"
    if one.met >= 0 and one.exposed <= 0:
        return "no fewer needs are met and no more uninvolved persons are exposed"
    return "no more needs are met and no fewer uninvolved persons are exposed"


def _by_futures(one: Exchange) -> str:
    words = ((one.bought, "more of both"), (one.given_up, "fewer of both"),
             (one.better, "better in one and no worse in the other"),
             (one.worse, "worse in one and no better in the other"), (one.equal, "equal"))
    told = [f"{text} in {count}" for count, text in words if count]
    return f"of {one.futures} futures {', '.join(told)}" if told else "no future"
