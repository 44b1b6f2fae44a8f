"""Our law and Cedar's agree on what must be refused: 2,000 random transfers under the shipped packs, on four days."""

from datetime import UTC, date, datetime, time
from functools import cache

import numpy as np
import pytest
from cedar_policies import denied, policies

from sim import laws
from sim.laws import MUST_REFUSE
from sim.laws.interpreter import applies, interpret, situation
from sim.laws.rules import CLOSED
from sim.scenario import load
from sim.scenario.other_states import with_states

DAYS = (date(2021, 7, 1), date(2024, 10, 1), date(2027, 7, 1), date(2032, 2, 1))
OTHERS = ("AU", "JP", "US")
INSTRUMENTS = ("BUDAPEST", "CLOUD_ACT", "DIR_2023_977", "ECRIS", "EIO", "EUROPOL", "E_EVIDENCE", "FIVE_EYES_POLICE",
               "INTERPOL", "MLA", "PRUEM_I", "PRUEM_II", "SIS", "")
REQUESTS = 2000


@cache
def world():
    made = with_states(load("baseline"), OTHERS)
    return made, laws.rules_of(made)


@cache
def asked(day):
    """Transfers drawn evenly over places, instruments and facts."""
    made, _ = world()
    chance = np.random.default_rng(day.toordinal())
    places = (*sorted(made.jurisdiction), *sorted(made.institution))
    cases = []
    for _ in range(REQUESTS // len(DAYS)):
        giver, receiver = chance.choice(len(places), 2, replace=False)
        facts = {key: values[chance.integers(len(values))] for key, values in CLOSED.items()}
        cases.append(situation(made, places[giver], places[receiver], datetime.combine(day, time(12), UTC),
                               instrument=INSTRUMENTS[chance.integers(len(INSTRUMENTS))], **facts))
    return cases


@cache
def valid(day):
    """The rules of one day: any situation of that day tells which they are."""
    return [rule for rule in world()[1]
            if applies(rule.model_copy(update={"when": laws.When()}), asked(day)[0])]


@cache
def ours(day):
    return [interpret(world()[1], case).verdict == MUST_REFUSE for case in asked(day)]


@pytest.mark.parametrize("day", DAYS)
def test_cedar_denies_what_must_be_refused_and_nothing_else(day):
    assert denied(policies(valid(day)), asked(day)) == ours(day)


def test_the_requests_put_both_answers_to_the_test():
    refused = sum(sum(ours(day)) for day in DAYS)
    assert 0.2 < refused / REQUESTS < 0.9
    assert len({tuple(rule.id for rule in valid(day)) for day in DAYS}) == len(DAYS)     # each its own law


@pytest.mark.parametrize("dropped", ["led_35_no_door", "h3_court", "sis_other_purpose", "interpol_political"])
def test_a_dropped_forbid_is_seen(dropped):
    written = {name: text for day in DAYS for name, text in policies(valid(day)).items()}
    assert written[dropped].startswith("forbid")
    assert any(denied({name: text for name, text in policies(valid(day)).items() if name != dropped}, asked(day))
               != ours(day) for day in DAYS)


def test_an_exception_that_is_forgotten_is_seen():
    day = DAYS[2]
    forgotten = {name: text.partition(" unless")[0].rstrip(";") + ";" if name == "led_35_no_door" else text
                 for name, text in policies(valid(day)).items()}
    assert denied(forgotten, asked(day)) != ours(day)
