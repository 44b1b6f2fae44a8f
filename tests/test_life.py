"""Changes are as frequent as declared, and a record written before one is stale from it on."""

import math

import numpy as np
import pytest
from content_scenarios import SEED, scenario

from sim.content import people
from sim.content.errors import ERRORS, versions
from sim.content.fields import TEXTS
from sim.content.life import LONG_AGO, NEVER, Changes, life, stale_since
from sim.content.people import WOMAN
from sim.scenario.holdings import Life
from sim.units import DAY, YEAR

CAST = people(scenario(persons=20_000), SEED)
EVERYBODY = np.arange(20_000)


def changes(moves="20 %", marries="10 %", document="5 %", until=YEAR, person=EVERYBODY):
    return life(CAST, Life(because="a test", moves=moves, marries=marries, document=document), person, until)


def test_as_many_change_within_a_year_as_declared():
    """Hoeffding, 20,000 persons, false alarm 1e-9: tolerance 0.023. The twin asks for 3 points more."""
    within = math.sqrt(math.log(2 / 1e-9) / 40_000)
    found = changes()
    assert abs((found.address >= 0).mean() - 0.20) < within
    assert abs((found.address >= 0).mean() - 0.23) > within
    assert abs((found.document >= 0).mean() - 0.05) < within
    women = CAST.sex[:20_000] == WOMAN
    assert abs((found.family_name[women] >= 0).mean() - 0.10) < math.sqrt(math.log(2 / 1e-9) / (2 * women.sum()))
    assert (found.family_name[~women] >= 0).mean() < 0.01


@pytest.mark.parametrize("age", [1, 3])
def test_ages_of_changes_are_exponential(age):
    """Nobody moved within k years with chance (1 - 20 %) ** k."""
    within = math.sqrt(math.log(2 / 1e-9) / 40_000)
    assert abs((changes(until=0).address < -age * YEAR).mean() - 0.8**age) < within


def test_what_never_happens_and_what_is_not_declared_happened_long_ago():
    assert (changes(moves="0 %").address == LONG_AGO).all()
    nothing = life(CAST, None, EVERYBODY, YEAR)
    assert (nothing.address == LONG_AGO).all()
    assert (nothing.document == LONG_AGO).all()


def test_nobody_married_as_a_child():
    """Otherwise the few men who take a name would nearly all have done so, centuries ago."""
    born = CAST.birth[EVERYBODY].astype(np.int64) // 10_000
    married = changes(marries="50 %").family_name
    men = CAST.sex[EVERYBODY] != WOMAN
    assert 0.1 < (married[men] > LONG_AGO).mean() < 0.6
    assert (married[married > LONG_AGO] >= ((born + 18 - CAST.year) * YEAR)[married > LONG_AGO]).all()


def test_a_person_changes_whoever_else_is_asked_about_and_a_rate_only_moves_it():
    some = np.array([5, 19_999, 7])
    assert changes(person=some).address.tolist() == changes().address[some].tolist()
    assert changes().take(some).document.tolist() == changes().document[some].tolist()
    assert (changes(moves="40 %").address >= changes().address).all()


def test_stale_from_the_change_on_and_only_what_changed():
    happened = Changes(np.array([50, 50]), np.array([10, 99]), np.array([LONG_AGO, 60]))
    since = stale_since(happened, np.array([50, 40]))
    assert since.shape == (2, len(TEXTS))
    assert (since[0] == NEVER).all()
    assert {name: int(tick) for name, tick in zip(TEXTS, since[1], strict=True) if tick != NEVER} == {
        "address": 50, "family_name": 99, "native_name": 99, "document": 60}


def written(at, happened):
    subjects = np.arange(500)
    fields, _ = versions(CAST, subjects, subjects * 0 + 1, np.zeros((500, len(ERRORS))), 0, np.full(500, at), happened)
    return {name: fields.text[name].text() for name in TEXTS}


def test_a_version_written_before_a_change_has_the_value_before_it():
    happened = changes(moves="99 %", marries="99 %", document="99 %", person=np.arange(500))
    now, early = written(YEAR, happened), written(-50 * YEAR, happened)
    later = {name: np.array([a != b for a, b in zip(now[name], early[name], strict=True)]) for name in TEXTS}
    assert {name for name in TEXTS if later[name].any()} == {"address", "family_name", "native_name", "document"}
    assert later["address"].mean() > 0.95
    assert later["document"].mean() > 0.95
    women = CAST.sex[:500] == WOMAN
    assert later["family_name"][women].mean() > 0.9
    stale = stale_since(happened, np.full(500, -50 * YEAR)) != NEVER
    for name in ("address", "document", "family_name"):
        assert not (later[name] & ~stale[:, TEXTS.index(name)]).any()


def test_without_a_time_everything_is_as_it_is_now():
    subjects = np.arange(500)
    rates = np.zeros((500, len(ERRORS)))
    happened = changes(person=subjects)
    now = versions(CAST, subjects, subjects * 0 + 1, rates, 0, np.full(500, YEAR + DAY), happened)[0]
    plain = versions(CAST, subjects, subjects * 0 + 1, rates, 0)[0]
    assert all(now.text[name].text() == plain.text[name].text() for name in TEXTS)
