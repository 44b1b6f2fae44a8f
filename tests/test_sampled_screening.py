"""Hits of screening measured on a sample: the counts are of real matching, and their uncertainty reaches the result.

False alarms are stated for a harmless change of draws: given the alerts, travellers are independent, so the number that
hits is binomial and the chance that an interval misses the true share is a sum over that law.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim import run, screening
from sim.content import sampled
from sim.content.matchers import MATCHERS, NO_HIT
from sim.content.people import people
from sim.content.sampled import Share, hit_share
from sim.errors import ScenarioError
from sim.metrics import measure
from sim.scenario import load, settle
from sim.scenario.options import change

MANY, FEW = 100_000, 2_000
OUT = 1e-6               # share of the posterior left out at each end
TEXT = """
extends = "minimal"
[[option]]
name = "as today"
channel = [{ use = "siena" }]
[people]
persons = 60
alerts = 150
[matcher.loose]
from = "own: a test"
kind = "fuzzy"
fields = { family_name = 0.6, birth_date = 0.4 }
threshold = 0.8
[run]
warm_up = "1 d"
observe = "2 d"
drain = "2 d"
futures = 1
replications = 1
[screening.border]
from = "own: a test"
at = "europol"
servers = 2
time = "1 s"
[screening.border.volume]
lookups = "20000 per day"
[screening.border.hits]
matcher = "loose"
sample = 2000
known = "1 %"
"""


@pytest.fixture
def read(tmp_path: Path):
    def of(text: str):
        (tmp_path / "mine.toml").write_text(text)
        return load(tmp_path / "mine.toml")
    return of


@pytest.fixture
def settled(read):
    return settle(read(TEXT), 1, 0)


def with_sample(scenario, many: int):
    return change(scenario, "screening.border.hits.sample", many)


def covers(share: Share, truth: float) -> bool:
    return share.quantile(OUT) < truth < share.quantile(1 - OUT)


def false_alarm(truth: float, many: int) -> float:
    """Chance that a sample's interval misses the truth."""
    hits = np.arange(many + 1)
    missed = np.array([not covers(Share(int(k), many), truth) for k in hits])
    return float(stats.binom.pmf(hits, many, truth)[missed].sum())


def test_the_interval_of_a_sample_covers_the_share_of_a_far_larger_one(settled):
    """The larger sample begins with the smaller, whose fiftieth part it is. False alarm below 1e-5."""
    few, many = (sampled.sampled(with_sample(settled, size), "border", 1).false for size in (FEW, MANY))
    truth = many.hits / many.of
    assert (few.of, many.of) == (FEW, MANY)
    assert 0.002 < truth < 0.2
    assert covers(few, truth)
    assert false_alarm(truth, FEW) < 1e-5


def test_the_test_above_would_notice_alerts_left_out_or_another_threshold(settled):
    few = sampled.sampled(settled, "border", 1).false
    for path, value in (("people.alerts", 50), ("matcher.loose.threshold", 0.9)):
        other = sampled.sampled(change(with_sample(settled, MANY), path, value), "border", 1).false
        assert not covers(few, other.hits / other.of), path


def test_the_counts_are_those_of_every_pair_scored_by_itself(settled):
    """Without shortlists, without search: each traveller against each alert."""
    scenario = with_sample(settled, 300)
    settings = scenario.people.model_copy(update={"persons": 300, "records": scenario.people.alerts})
    made = people(scenario.model_copy(update={"people": settings}), 1)
    alerts = sampled._written(made, scenario, made.background, made.background_place, 0)
    pairs = {}
    for who, person in (("travellers", np.arange(300)), ("sought", made.background)):
        asked = sampled._written(made, scenario, person, sampled._checked_at(made, person, "europol"), 1)
        row, held = np.divmod(np.arange(len(asked) * len(alerts)), len(alerts))
        score = MATCHERS["fuzzy"](scenario.matcher["loose"], asked.take(row), alerts.take(held))
        pairs[who] = (score != NO_HIT).reshape(len(asked), len(alerts))
    found = sampled.sampled(scenario, "border", 1)
    assert found.false == Share(int(pairs["travellers"].any(axis=1).sum()), 300)
    assert found.found == Share(int(np.diag(pairs["sought"]).sum()), len(alerts))
    assert 0 < found.false.hits < 300
    assert 0 < found.found.hits < len(alerts) == 300


def test_worse_records_are_found_less(settled):
    found = [sampled.sampled(settled.model_copy(update={"people": settled.people.model_copy(
        update={"quality": {"small": (quality,)}})}), "border", 1).found.hits for quality in ("clean", "harsh")]
    assert found[0] > found[1] + 20


def test_a_look_up_hits_by_its_own_alert_or_by_anothers(settled, monkeypatch):
    monkeypatch.setattr(sampled, "drawn", lambda seed, future, path: 0.5)
    measured = sampled.sampled(settled, "border", 1)
    false, found = measured.false.quantile(0.5), measured.found.quantile(0.5)
    assert hit_share(settled, "border", 1, 0) == pytest.approx(0.01 * (1 - (1 - found) * (1 - false)) + 0.99 * false)


def test_futures_draw_both_shares_from_what_the_sample_leaves(settled):
    """Over 2,000 futures the drawn shares have the law of the posterior: Kolmogorov and Smirnov's test, false alarm
    1e-9; against the law of a sample of half the size it would fail."""
    none = change(settled, "screening.border.hits.known", "0 %")
    false = sampled.sampled(none, "border", 1).false
    drawn = [hit_share(none, "border", 1, future) for future in range(2000)]
    law = stats.beta(false.hits + 0.5, false.of - false.hits + 0.5)
    assert stats.kstest(drawn, law.cdf).pvalue > 1e-9
    half = stats.beta(false.hits / 2 + 0.5, (false.of - false.hits) / 2 + 0.5)
    assert stats.kstest(drawn, half.cdf).pvalue < 1e-9


def test_the_stream_of_a_world_hits_as_often_as_its_future_says(read):
    """40,000 look-ups; Poisson counts within 6 deviations, false alarm below 1e-8."""
    done = run.run(run.prepare(read(TEXT)), "as today", 0, 0)
    stream, = screening.streams(done.world)
    share = hit_share(done.world.scenario, "border", 1, 0)
    assert stream.hit_below == round(share * 2**52)
    totals, = done.screening
    assert abs(totals.hits - share * totals.ended) < 6 * np.sqrt(share * totals.ended)
    values = {(value.metric, value.slice): value.value for value in measure(done)}
    low, high = (values["look_up_false_hits", f"border, at {end}"] for end in ("least", "most"))
    assert low < values["look_up_false_hits", "border"] < high
    assert values["look_up_alerts_found", "border"] > 50


def test_check_tells_the_counts_and_their_intervals(read):
    scenario = read(TEXT)
    said = " ".join(sampled.sampled_prose(scenario).split())
    assert "border: of 2,000 travellers without an alert" in said
    assert "and of 300 persons on alert" in said
    assert said.count("95 % interval") == 2
    assert sampled.sampled_prose(load("screening")) == ""


@pytest.mark.parametrize(("right", "wrong", "key", "says"), [
    ("sample = 2000\n", "", "screening.border.hits", "all of `matcher`, `sample` and `known`"),
    ("sample = 2000\n", 'sample = 2000\nshare = "1 %"\n', "screening.border.hits", "not both"),
    ("sample = 2000\n", "sample = 10\n", "screening.border.hits.sample", "at least 100"),
    ('matcher = "loose"', 'matcher = "lose"', "screening.border.hits.matcher", "did you mean 'loose'?"),
    ("alerts = 150", "alerts = 0", "screening.border.hits.matcher", "alerts to find"),
    ('known = "1 %"', 'known = "1"', "screening.border.hits.known", "a share with its unit")])
def test_a_fault_names_key_and_expectation(read, right, wrong, key, says):
    assert right in TEXT
    with pytest.raises(ScenarioError) as caught:
        read(TEXT.replace(right, wrong))
    fault, = (fault for fault in caught.value.faults if fault.key.startswith(key))
    assert says in fault.expected
    assert fault.line


def test_a_lever_to_a_matcher_nobody_declared_is_refused(settled):
    lost = change(settled, "screening.border.hits.matcher", "lose")
    with pytest.raises(ScenarioError, match="did you mean 'loose'"):
        sampled.sampled(lost, "border", 1)


def test_a_measured_share_takes_the_place_of_a_declared_one_and_the_other_way_round(read, tmp_path):
    above = TEXT.replace('"minimal"', '"screening"').replace("screening.border", "screening.interpol")
    hits = read(above).screening["interpol"].hits
    assert (hits.share, hits.sample) == (None, 2000)
    (tmp_path / "measured.toml").write_text(TEXT)
    over = 'extends = "measured"\n[screening.border.hits]\nfrom = "own: a test"\nshare = "2 %"\n'
    hits = read(over).screening["border"].hits
    assert hits.share is not None
    assert (hits.share.value, hits.matcher, hits.sample, hits.known) == (0.02, "", None, None)
