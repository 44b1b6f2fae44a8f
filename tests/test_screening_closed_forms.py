"""Screening stations simple enough to be solved: mean waits are those of queueing theory.

Replications are the sample, since waits within one run depend on each other; two-sided, false-alarm probability 1e-6 by
Student's t; each test has a twin, the same station with one parameter changed, that the same test refuses.
"""

from math import factorial

import numpy as np
import pytest
import screening_worlds as s
from scipy import stats

FALSE_ALARM = 1e-6
REPLICATIONS = 24
SERVICE = 1.0          # seconds, mean


def agrees(sample, expected):
    error = (np.mean(sample) - expected) / (np.std(sample, ddof=1) / np.sqrt(len(sample)))
    return abs(error) < stats.t.ppf(1 - FALSE_ALARM / 2, len(sample) - 1)


def runs(servers, load, spread, observe="1 d"):
    """Totals of independent runs; the first hours, while the station fills, do not count."""
    lookups = f"{86_400 * servers * load / SERVICE:.6f} per day"
    stream = s.table(lookups, "1 s", "0 %", servers=servers, spread=spread)
    worlds = [s.world(replication=k, observe=observe, warm_up="3 h", drain="2 h", stream=stream)
              for k in range(REPLICATIONS)]
    return [s.by_recursion(made, s.only(made))[0] for made in worlds]


def mean_waits(*given, **more):
    """Seconds from arrival to begin, over the whole run: the seconds it takes to fill from empty do not show."""
    return [total.waited / total.began / 1e6 for total in runs(*given, **more)]


# M/M/c: A. K. Erlang (1917); the formula as in R. B. Cooper (1981), Introduction to Queueing Theory, 2nd ed., 3.5.

def erlang_c(servers, load):
    """The chance that a look-up has to wait."""
    offered = servers * load
    all_busy = offered**servers / factorial(servers) / (1 - load)
    return all_busy / (sum(offered**k / factorial(k) for k in range(servers)) + all_busy)


@pytest.mark.parametrize(("servers", "load", "twin"), [(1, 0.5, 0.52), (8, 0.8, 0.81), (40, 0.9, 0.91)])
def test_exponential_look_ups_wait_as_m_m_c(servers, load, twin):
    """0.5 s, 0.214 s and 0.076 s; twin: a load one or two hundredths higher."""
    expected = erlang_c(servers, load) * SERVICE / (servers * (1 - load))
    assert agrees(mean_waits(servers, load, "exponential"), expected)
    assert not agrees(mean_waits(servers, twin, "exponential"), expected)


def no_wait(servers, load):
    """Share of the observed look-ups that began in the tick they came: the first bin is one tick wide."""
    return [total.waits[0] / total.seen for total in runs(servers, load, "exponential")]


def test_the_first_bin_holds_those_that_found_a_server_free():
    """1 - Erlang C for 8 servers at load 0.8: 0.572; twin: load 0.81."""
    assert agrees(no_wait(8, 0.8), 1 - erlang_c(8, 0.8))
    assert not agrees(no_wait(8, 0.81), 1 - erlang_c(8, 0.8))


def test_the_tail_of_the_histogram_is_that_of_m_m_1():
    """With one server at load 0.5, 99 % wait less than ln(0.5 / 0.01) / (1 - 0.5) s = 7.82 s; a bin is 1 part in 32."""
    waits = [total.wait(0.99) / 1e6 for total in runs(1, 0.5, "exponential")]
    expected = np.log(0.5 / 0.01) / 0.5
    assert np.mean(waits) == pytest.approx(expected * (1 + 1 / 64), rel=1 / 32)
    assert np.mean(waits) != pytest.approx(np.log(0.6 / 0.01) / 0.4, rel=1 / 32)     # its twin: load 0.6


# M/G/1: F. Pollaczek (1930), A. Y. Khinchine (1932); Cooper section 5.8.

@pytest.mark.parametrize(("spread", "twin"), [("0", "0.3"), ("1.5", "1.3")])
def test_any_look_up_waits_as_m_g_1(spread, twin):
    """M/D/1 and a lognormal law of variation 1.5 at load 0.6; twin: another variation."""
    expected = 0.6 / (1 - 0.6) * (1 + float(spread)**2) / 2 * SERVICE
    assert agrees(mean_waits(1, 0.6, spread, observe="8 d"), expected)
    assert not agrees(mean_waits(1, 0.6, twin, observe="8 d"), expected)


def rates(scale=1.0):
    made = s.world(observe="1 d", stream=s.table("20000000 per day", "1 us", "0 %", servers=1))
    totals, _ = s.by_recursion(made, s.only(made))
    return (totals.came - 20_000_000 * scale) / np.sqrt(20_000_000)


def test_as_many_look_ups_come_as_the_rate_says():
    """Poisson, two-sided, false alarm 1e-6; twin: a rate higher by 1 part in 500, less than half a tick of each gap."""
    assert abs(rates()) < stats.norm.isf(FALSE_ALARM / 2)
    assert abs(rates(1.002)) > stats.norm.isf(FALSE_ALARM / 2)
