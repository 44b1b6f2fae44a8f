"""The receiver operating characteristic of a biometric matcher: which misses and false hits a threshold brings.

Scores of true pairs and of others are normal with one standard deviation, their means `separation` apart; the threshold
stands so far above the mean of the others. A pair of misses and false hits is one point of exactly one such curve.
"""

from scipy.special import ndtr

from sim.scenario.holdings import Matcher


def working_point(setting: Matcher) -> tuple[float, float]:
    """Shares of true pairs below the threshold and of other persons above it, per comparison."""
    if setting.separation is not None:
        assert setting.threshold is not None, "`check` lets no matcher pass without it"
        above = setting.threshold.value
        return float(ndtr(above - setting.separation.value)), float(ndtr(-above))
    assert setting.miss is not None, "`check` lets no matcher pass without it"
    assert setting.false is not None, "`check` lets no matcher pass without it"
    return setting.miss.value, setting.false.value
