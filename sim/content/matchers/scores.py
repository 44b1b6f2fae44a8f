"""Scores are millionths; a pair that is no hit has none."""

from sim.scenario.holdings import Matcher

MILLION = 1_000_000
NO_HIT = -1


def least(setting: Matcher) -> int:
    """The threshold in millionths."""
    assert setting.threshold is not None, "`check` lets no matcher pass without it"
    return round(MILLION * setting.threshold.value)
