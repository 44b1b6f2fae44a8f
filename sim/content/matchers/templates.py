"""`biometric`: templates of prints, by a declared receiver operating characteristic (`roc`)."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.content.fields import Fields, Rows
from sim.content.matchers.scores import MILLION, NO_HIT
from sim.content.roc import working_point
from sim.content.shortlists import TEMPLATE_FACTOR
from sim.draws import bits_many, stream, unit_many
from sim.scenario.holdings import Matcher


def biometric(setting: Matcher, asked: Fields, held: Fields) -> Rows:
    """Two templates of one finger are missed as often as the threshold makes them, those of two fingers pass so.

    The uniform u of the pair of templates is its place in its distribution, from below for one finger and from above
    for two: at another threshold the same pairs pass, more or fewer. A score grows with the distance d from the
    threshold in standard deviations, 1 - 1 / (2 + 2 d), so that both kinds of pairs rank on one scale.
    """
    miss, false = working_point(setting)
    u = _of_templates(asked.template, held.template)
    same, prints = asked.finger == held.finger, asked.has("print") & held.has("print")
    passes = prints & np.where(same, u >= miss, u < false)
    score = np.full(len(u), NO_HIT, np.int64)
    u, same = u[passes], same[passes]
    score[passes] = _score(np.where(same, ndtri(u) - ndtri(miss), ndtri(false) - ndtri(u)))
    return score


def false_match(setting: Matcher) -> tuple[float, Callable[[NDArray[np.float64]], Rows]]:
    """The share of pairs of two fingers that pass, and the scores of pairs that did, from their uniforms."""
    _, false = working_point(setting)
    return false, lambda u: _score(ndtri(false) - ndtri(u))


def _score(distance: NDArray[np.float64]) -> Rows:
    return np.asarray(np.rint(MILLION * (1 - 1 / (2 + 2 * np.maximum(distance, 0)))), np.int64)


def _of_templates(asked: NDArray[np.uint64], held: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The uniform of each pair. Seed and replication are in the templates already."""
    return unit_many(bits_many(0, 0, asked ^ (held * TEMPLATE_FACTOR), 0, stream("templates"), 0))
