"""Worlds simple enough to be solved: the engine's mean waits are those of queueing theory.

Replications are the sample, since waits within one run depend on each other. Each test is two-sided with false-alarm
probability 1e-6 (Student's t over the replications); each has a twin, the same world with one named parameter changed,
that the same test refuses. Half of the queues are fed by the desks' own work, so that its stream is verified too.
"""

from dataclasses import replace
from math import factorial

import numpy as np
import pytest
import worlds as w
from scipy import stats

from sim import draws
from sim.cases import OWN_FIRST, STREAM, Cases, own_work
from sim.engines import reference
from sim.script import DONE, Work
from sim.units import HOUR

FALSE_ALARM = 1e-6
SERVICE = 1.0                     # hours: mean of all services here
WARM = 0.1                        # share of the time that is dropped


def agrees(sample, expected):
    """Whether the mean of independent values is as expected, at the stated false-alarm probability."""
    error = (np.mean(sample) - expected) / (np.std(sample, ddof=1) / np.sqrt(len(sample)))
    return abs(error) < stats.t.ppf(1 - FALSE_ALARM / 2, len(sample) - 1)


def serve(c):
    yield Work("requester", "serve")
    return DONE


def world(replication, days, hours="24/7", clerks=1, domestic="0 %", first="100 %", spread="exponential", drain="20 d",
          time="1 h"):
    made = w.protocol(serve, tasks={"serve": w.task(time, spread=spread)})
    run = {"warm_up": "0 s", "observe": f"{days} d", "drain": drain, "futures": 1, "replications": 1, "seed": 1}
    return w.world(made, replication=replication, run=run, places=("AA",),
                   desks={"clerks": {"hours": hours, "clerks": clerks, "domestic": domestic, "first": first}})


def own_jobs(made, law):
    """The same world with this law of the desk's own jobs, and those of them that come in the observed time."""
    made = replace(made, stations=(replace(made.stations[0], own_job=law),))
    rows = own_work(made, frozenset({0}))
    rows = rows[rows["opened"] < made.observe_until]
    return made, np.sort(rows, order=["opened", "id"])


def asked_cases(made, gap, law=draws.exponential):
    """Cases whose arrivals are apart by a law of this mean, in ticks."""
    most = int(made.observe_until / gap * 1.5 + 50)
    ids = np.arange(1, most + 1, dtype=np.uint64)
    gaps = draws.draw_many(law(gap), draws.bits_many(1, made.replication, ids, 0, draws.stream("test", "gap"), 0))
    opened = np.cumsum(gaps)
    rows = np.zeros(most, STREAM)
    rows["id"], rows["opened"], rows["need"], rows["station"] = ids, opened, np.arange(most), -1
    rows["subjects"], rows["record"], rows["version"], rows["priority"] = 1, -1, -1, 2
    return rows[opened < made.observe_until]


def waits(made, rows):
    """(hours between joining the queue and being served, row of the stream) of the jobs after the warm-up."""
    ledger = reference.run(made, Cases(rows, {}, {}, np.zeros(0, np.int8), np.zeros(0, np.bool_)), w.content())
    steps = ledger.steps[ledger.steps["queued"] >= WARM * made.observe_until]
    assert (steps["began"] >= 0).all(), "the drain is too short: waits would be censored"
    return steps, rows[steps["case"]]


def mean_wait(made, rows):
    steps, _ = waits(made, rows)
    return float((steps["began"] - steps["queued"]).mean() / HOUR)


# M/M/c: A. K. Erlang (1917), Solution of some problems in the theory of probabilities of significance in automatic
# telephone exchanges; the formula as in R. B. Cooper (1981), Introduction to Queueing Theory, 2nd ed., section 3.5.

def erlang_c_wait(clerks, load):
    offered = clerks * load
    all_busy = offered**clerks / factorial(clerks) / (1 - load)
    waits_at_all = all_busy / (sum(offered**k / factorial(k) for k in range(clerks)) + all_busy)
    return waits_at_all * SERVICE / (clerks * (1 - load))


def m_m_3(domestic="70 %", clerks=3):
    return [mean_wait(*own_jobs(world(k, 60, clerks=clerks, domestic=domestic), draws.exponential(HOUR)))
            for k in range(24)]


def test_three_clerks_behave_as_m_m_3():
    """Own work at load 0.7; mean wait 0.547 h (Erlang C). False alarm 1e-6; twin: load 0.62."""
    expected = erlang_c_wait(3, 0.7)
    assert agrees(m_m_3(), expected)
    assert not agrees(m_m_3(domestic="62 %"), expected)


# M/G/1: F. Pollaczek (1930), A. Y. Khinchine (1932); Cooper section 5.8.

def m_g_1(spread="1.5"):
    found = []
    for k in range(30):
        made = world(k, 120, spread=spread, drain="60 d")
        found.append(mean_wait(made, asked_cases(made, 2 * HOUR)))
    return found


def test_a_lognormal_service_waits_as_m_g_1():
    """Cases of a script at load 0.5, variation 1.5; mean wait 1.625 h (Pollaczek-Khinchine). False alarm 1e-6; twin:
    variation 0.8."""
    expected = 0.5 / (1 - 0.5) * (1 + 1.5**2) / 2 * SERVICE
    assert agrees(m_g_1(), expected)
    assert not agrees(m_g_1(spread="0.8"), expected)


# Non-preemptive priorities: A. Cobham (1954), Priority assignment in waiting line problems, Operations Research 2(1).

def by_class(first="50 %"):
    """(mean wait of the first class, of the second) of each replication."""
    found = []
    for k in range(30):
        steps, rows = waits(*own_jobs(world(k, 300, domestic="70 %", first=first), draws.exponential(HOUR)))
        before = rows["priority"] == OWN_FIRST
        wait = (steps["began"] - steps["queued"]) / HOUR
        found.append((wait[before].mean(), wait[~before].mean()))
    return np.array(found).T


def test_two_classes_wait_as_cobham_says():
    """Own work at load 0.7, half of it before the rest: 1.077 h and 3.590 h. False alarm 1e-6 each; twin: 80 % before
    the rest."""
    residual = 0.7 * SERVICE                    # arrival rate x mean square of the service / 2, exponential
    expected = residual / (1 - 0.35), residual / ((1 - 0.35) * (1 - 0.7))
    assert [agrees(*pair) for pair in zip(by_class(), expected, strict=True)] == [True, True]
    assert [agrees(*pair) for pair in zip(by_class(first="80 %"), expected, strict=True)] == [False, False]


# A desk that shuts.

def lone_waits(hours="Mon-Sun 08:00-16:00"):
    """Waits of one job a day, at a uniform moment of it. The job takes a microsecond, so that none meets another."""
    made = world(0, 1500, hours=hours, time="1 us", spread="0", drain="2 d")
    days = np.arange(1500, dtype=np.uint64)
    moment = draws.unit_many(draws.bits_many(1, 0, days, 0, draws.stream("test", "moment"), 0))
    rows = np.zeros(1500, STREAM)
    rows["id"], rows["opened"], rows["station"] = days, ((days + moment) * 24 * HOUR).astype(np.int64), -1
    rows["subjects"], rows["record"], rows["version"], rows["need"] = 1, -1, -1, days
    steps, _ = waits(made, rows)
    return (steps["began"] - steps["queued"]) / HOUR


def test_a_lone_job_at_a_desk_open_8_of_24_hours_waits_5_h_20_min():
    """16/24 of the jobs wait 8 h on average. The jobs are independent: 1,350 of them. False alarm 1e-6; twin: open two
    hours longer."""
    assert agrees(lone_waits(), 16 / 24 * 8)
    assert not agrees(lone_waits(hours="Mon-Sun 08:00-18:00"), 16 / 24 * 8)


def open_time(made, tick):
    """Hours the desk has been open at a tick."""
    windows = made.stations[0].windows
    at = np.searchsorted(windows.opens, tick, side="right") - 1
    return (windows.open_before[at] + np.minimum(tick, windows.closes[at]) - windows.opens[at]) / HOUR


def office_waits(domestic="60 %"):
    found = []
    for k in range(24):
        made, rows = own_jobs(world(k, 360, hours="Mon-Sun 08:00-16:00", domestic=domestic), draws.exponential(HOUR))
        steps, _ = waits(made, rows)
        found.append((open_time(made, steps["began"]) - open_time(made, steps["queued"])).mean())
    return found


def test_arrivals_in_open_hours_only_are_m_m_1_in_open_time():
    """Load 0.6: mean wait 1.5 open hours. False alarm 1e-6; twin: load 0.5."""
    assert agrees(office_waits(), 0.6 / (1 - 0.6) * SERVICE)
    assert not agrees(office_waits(domestic="50 %"), 0.6 / (1 - 0.6) * SERVICE)


# The stream of own work itself.

def utilisation(domestic="60 %", other="15 %"):
    found = []
    for k in range(20):
        made = w.world(w.protocol(serve, tasks={"serve": w.task()}), replication=k, places=("AA",), desks={
            "clerks": {"hours": "Mon-Fri 08:00-16:00", "clerks": 2, "domestic": domestic, "other": other}},
            run={"warm_up": "0 s", "observe": "100 d", "drain": "0 s", "futures": 1, "replications": 1, "seed": 1})
        rows = np.sort(own_work(made, frozenset({0})), order=["opened", "id"])
        book = reference.run(made, Cases(rows, {}, {}, np.zeros(0, np.int8), np.zeros(0, np.bool_)),
                             w.content()).stations
        found.append(book.work[0] / book.open_clerk_time[0])
    return found


def test_own_work_takes_its_declared_share_of_the_clerks_time():
    """60 % domestic and 15 % of other states, 100 days; what is unfinished at the end is below the error by far. False
    alarm 1e-6; twin: 55 % domestic."""
    assert agrees(utilisation(), 0.75)
    assert not agrees(utilisation(domestic="55 %"), 0.75)


@pytest.mark.parametrize(("shift", "poisson"), [({}, True), ({"08:00-12:00": "100 %", "12:00-16:00": "10 %"}, False)],
                         ids=["the world", "its twin: clerks leave at noon"])
def test_own_work_is_poisson_in_clerk_time(shift, poisson):
    """Counts of half days of four hours with equal clerks: their dispersion is chi-square (R. A. Fisher, Statistical
    Methods for Research Workers, section 16). 800 half days; false alarm 1e-6 two-sided."""
    desk = {"hours": "Mon-Sun 08:00-16:00", "clerks": 10, "domestic": "60 %", "shift": shift}
    made = w.world(w.protocol(serve, tasks={"serve": w.task()}), places=("AA",), desks={"clerks": desk}, run={
        "warm_up": "0 s", "observe": "400 d", "drain": "0 s", "futures": 1, "replications": 1,
        "seed": 1})
    half_day = own_work(made, frozenset({0}))["opened"] // (4 * HOUR)
    counts = np.bincount(half_day, minlength=2400).reshape(400, 6)
    assert counts[:, [0, 1, 4, 5]].sum() == 0, "nothing comes while the desk is shut"
    open_counts = counts[:, 2:4].ravel()
    dispersion = open_counts.var() * len(open_counts) / open_counts.mean()
    low, high = stats.chi2.ppf([FALSE_ALARM / 2, 1 - FALSE_ALARM / 2], len(open_counts) - 1)
    assert (low < dispersion < high) == poisson
