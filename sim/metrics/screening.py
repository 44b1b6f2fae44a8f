"""What becomes of look-ups that nobody's case waits for, by stream: those that came in the observed window count.

One still open at the end of the run has no answer: it counts among all and never among the answered. A quantile is at
most 1 part in 32 above the true one (`sim.engines.screening.totals`); shares within a time are exact.
"""

from sim.content.sampled import Sampled, Share, is_sampled, sampled
from sim.engines.screening import LIMITS, Totals
from sim.metrics.parts import Cell
from sim.metrics.view import Desks
from sim.units import DAY, SECOND


def _streams(desks: Desks) -> list[Totals]:
    return [totals for totals in desks.screening if totals.seen]


def _days(desks: Desks) -> float:
    return (desks.world.observe_until - desks.world.observe_from) / DAY


def per_day(desks: Desks) -> list[Cell]:
    """Look-ups that came."""
    return [Cell(totals.seen / _days(desks), totals.seen, totals.stream) for totals in _streams(desks)]


def hits_per_day(desks: Desks) -> list[Cell]:
    """Hits among those answered by the end of the run."""
    return [Cell(totals.seen_hits / _days(desks), totals.seen, totals.stream) for totals in _streams(desks)]


def false_hits(desks: Desks) -> list[Cell]:
    """Of travellers without an alert, in per cent: the share of the sample that hit, and the interval it leaves."""
    return [cell for name, found in _samples(desks) for cell in _with_interval(name, found.false)]


def alerts_found(desks: Desks) -> list[Cell]:
    """Of persons on alert who are looked up, in per cent: the share of the sample that is found, and its interval."""
    return [cell for name, found in _samples(desks) for cell in _with_interval(name, found.found)]


def _samples(desks: Desks) -> list[tuple[str, Sampled]]:
    scenario = desks.world.scenario
    streams = (totals.stream for totals in _streams(desks) if is_sampled(scenario, totals.stream))
    return [(name, sampled(scenario, name, desks.world.seed)) for name in streams]


def _with_interval(name: str, share: Share) -> list[Cell]:
    low, high = share.interval
    return [Cell(100 * value, share.of, slice) for value, slice in (
        (share.hits / share.of, name), (low, f"{name}, at least"), (high, f"{name}, at most"))]


def answered_within(desks: Desks) -> list[Cell]:
    """The share of all look-ups answered within each limit that the last one's time to the end can show."""
    world = desks.world
    left = world.end - world.observe_until
    return [Cell(100 * within / totals.seen, totals.seen, f"{totals.stream}, {limit / SECOND:g} s")
            for totals in _streams(desks) for limit, within in zip(LIMITS.tolist(), totals.within, strict=True)
            if limit <= left]


def quantile(desks: Desks, p: float) -> list[Cell]:
    """Seconds within which a share p of all look-ups is answered; infinite where the run does not get so far."""
    return [Cell(totals.answer(p) / SECOND, totals.seen, totals.stream) for totals in _streams(desks)]


def utilisation(desks: Desks) -> list[Cell]:
    """Of the time servers were there over the whole run (for a desk: its clerks), the share that look-ups took."""
    return [Cell(100 * totals.busy / totals.presence, totals.came, totals.stream) for totals in _streams(desks)
            if totals.presence]
