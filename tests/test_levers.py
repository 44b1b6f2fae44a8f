"""The levers on accuracy move it as an officer would expect, and what they move adds up.

The baseline with small stores and its first option only, and one option more for each lever. Eight futures: a lever
that did nothing but luck would do better in seven of them or more in 9 of 256 such tests, all four levers in one of
600,000. (Of 40 futures of the whole baseline each of these signs stood in 90 % or more.)
"""

import pytest

from sim import run
from sim.content.fields import TEXTS
from sim.content.life import NEVER
from sim.content.why import CAUSES
from sim.experiments import Comparison, compare, with_levers, with_run
from sim.report.attribution import PLAIN
from sim.scenario import load
from sim.scenario.schema import Lever, Scenario

LEVERS = ("common-format", "training", "audits", "validation-at-entry")
FUTURES, WORSE = 8, 1
# Of each lever: metrics, their slices, and whether they are to rise. A check at entry sees empty and impossible values
# only: it brings finds, and the values told hardly change.
MOVES = {
    "common-format": (("field_fidelity", "", True), ("field_fidelity", "conversion", True),
                      ("wrong_values_by_cause", "changed on the way", False)),
    "training": (("hit_recall", "", True), ("found_of_held", "", True), ("field_fidelity", "", True),
                 ("wrong_values_by_cause", "wrong when entered", False)),
    "audits": (("hit_recall", "", True), ("field_fidelity", "", True), ("field_fidelity", "source", True),
               ("wrong_values_by_cause", "wrong when entered", False)),
    "validation-at-entry": (("hit_recall", "", True), ("found_of_held", "", True)),
}
EXPECTED = [(lever, *move) for lever, moves in MOVES.items() for move in moves]


def test_a_lever_on_the_people_draws_those_people():
    """Needs are about persons of the lever, so content knows them all; records are of them and of nobody else's."""
    scenario = with_levers(with_lever(load("minimal"), {"people.persons": 4000, "people.records": 90}), ["more people"])
    setting = run.prepare(scenario)
    drawn = run.draw(setting, ("more people",), 0, 0)
    subjects = drawn.needs.rows["subject"]
    assert subjects.max() >= setting.people.persons
    genuine = drawn.content.candidates.rows[drawn.content.candidates.rows["genuine"]]
    assert (drawn.content.records["person"][genuine["version"]] == subjects[genuine["need"]]).all()
    assert len(drawn.content.groups) == 4000


def with_lever(scenario: Scenario, changes: dict[str, str | int]) -> Scenario:
    lever = Lever(from_="own: a test", change=changes, cost="nothing")
    return scenario.model_copy(update={"lever": {**scenario.lever, "more people": lever}})


def small() -> Scenario:
    scenario = load("baseline")
    return scenario.model_copy(update={"people": scenario.people.model_copy(update={"records": 2000}),
                                       "option": scenario.option[:1]})


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(with_levers(with_run(small(), futures=FUTURES, replications=1, seed=None), LEVERS), workers=1)


@pytest.mark.parametrize(("lever", "metric", "part", "rises"), EXPECTED,
                         ids=[f"{lever}: {metric} {part}".strip() for lever, metric, part, _ in EXPECTED])
def test_a_lever_moves_accuracy_in_the_sign_expected(lever, metric, part, rises, compared):
    line = compared.line(metric, part)
    moved = line.differences[LEVERS.index(lever)]
    assert moved.futures == FUTURES
    assert (moved.mean > 0) == rises
    assert moved.better >= FUTURES - WORSE, moved
    assert moved.worse <= WORSE, moved


def test_misses_and_finds_add_up_to_all_searches_of_true_holders(compared):
    rows = compared.metrics
    mine = rows[rows["group"] == ""]
    by = ["option", "future", "replication"]
    missed = mine[mine["metric"] == "misses_by_cause"].groupby(by)["value"].sum()
    found = mine[(mine["metric"] == "hit_recall") & (mine["slice"] == "")].set_index(by)["value"]
    assert len(found) == FUTURES * (1 + len(LEVERS))
    assert (missed + found).to_numpy() == pytest.approx(100)


def test_wrong_values_and_right_ones_add_up_to_all_that_were_given(compared):
    rows = compared.metrics
    mine = rows[rows["group"] == ""]
    by = ["option", "future", "replication"]
    wrong = mine[mine["metric"] == "wrong_values_by_cause"].groupby(by)["value"].sum()
    fidelity = mine[mine["metric"] == "field_fidelity"].set_index([*by, "slice"])["value"].unstack()
    assert (wrong + fidelity[""]).to_numpy() == pytest.approx(100)
    factors = fidelity["source"] * fidelity["conversion"] * fidelity["freshness"] / 100**2
    assert factors.to_numpy() == pytest.approx(fidelity[""].to_numpy())


def test_audits_bring_in_what_changed_before_the_run_as_well():
    setting, address = run.prepare(small()), TEXTS.index("address")
    for future in range(2):
        stale = [(content.stale_since[:, address] < NEVER).mean() for content in
                 (run.draw(setting, levers, future, 0).content for levers in ((), ("audits",)))]
        assert stale[1] < 0.75 * stale[0]


def test_every_cause_is_said_in_plain_words():
    assert set(CAUSES) == set(PLAIN)
    assert len(set(PLAIN.values())) == len(PLAIN)
