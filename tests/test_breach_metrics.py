"""Break-ins as a run's metrics: holdings counted on paper, copies from before the run against the engine's own."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hand_made import HUB, Made

from sim import run
from sim.engines.copies import Copies, lay_before_start
from sim.engines.prepared import prepare
from sim.inert import inert
from sim.leakage.breach_loss import losses
from sim.ledger import NEED, RECORD
from sim.metrics import Accumulator, Desks, cut, measure, own_work_at
from sim.metrics.breach import ELSEWHERE, _ticks
from sim.metrics.holders import EQUAL, Holders
from sim.metrics.holdings import Account, Held
from sim.metrics.joined import Joined
from sim.metrics.standing import UNIT, Standing, standing
from sim.scenario import load, prose
from sim.scenario.alone import with_options
from sim.scenario.hazards import Hazards
from sim.script import PSEUDONYM
from sim.units import HOUR

P = 1 - math.exp(-EQUAL)
FIFTHS = (431.284643 / 1000, 556.423217 / 1000)
HAZARD = Hazards(
    because="a test", hub={"yearly": "0.2 per year", "suppliers": 2, "administrators": 10},
    registry={"yearly": "0.05 per year", "suppliers": 3, "administrators": 20},
    national_copy={"yearly": "0.3 per year", "administrators": 5},
    member={"yearly": "0.1 per year", "suppliers": 2, "administrators": 4}, contractor={"yearly": "0.04 per year"},
    common_cause="30 %", dispersion="0.5", dwell="30 d", detection="10 d", insider="0.02 per year", takes="5 %",
    keys="100 %")


def found(made, hazard=None):
    """(metric, slice) -> value of a run made by hand, under these hazards."""
    done = made.replication()
    scenario = done.world.scenario.model_copy(update={"hazard": hazard})
    return {(v.metric, v.slice): v.value for v in measure(replace(done, world=replace(done.world, scenario=scenario)))}


def given_to(places, arrives=50, persons=(7,), form="plain", made=None):
    """One need in whose case each of these places is given the records of these persons, for the last 50 h of 100."""
    made = made or Made()
    case = made.case(made.need(), "answered", 60)
    for step, (place, person) in enumerate((place, person) for place in places for person in persons):
        holder = 1 if place != 1 else 2
        made.message(case, holder, place, "record", arrives=arrives, version=made.record(person, holder), step=step,
                     form=form)
    return made


def test_all_in_one_place_is_one_store():
    values = found(given_to((0,), persons=(7, 8, 9, 10)))
    held = 4 * 0.5
    assert values["breach_expected", ""] == pytest.approx(held * P)
    for metric in ("breach_expected", "breach_worst_year", "breach_tail", "persons_in_breach"):
        assert values[metric, ""] == pytest.approx(values[metric, "in one store"]), metric
    assert values["breach_worst_year", ""] == values["breach_tail", ""] == pytest.approx(held)
    assert values["persons_in_breach", ""] == pytest.approx(4 * P)


def test_fifths_have_the_mean_of_one_store_and_another_tail():
    """Five places with a record each, all of other people."""
    made = Made()
    for place in range(5):
        given_to((place,), persons=(10 + place,), made=made)
    values, held = found(made), 5 * 0.5
    for metric in ("breach_expected", "breach_worst_year", "breach_tail", "persons_in_breach"):
        assert values[metric, ""] == pytest.approx(values[metric, "in five equal parts"]), metric
    assert values["breach_expected", "in one store"] == pytest.approx(values["breach_expected", ""])
    assert values["breach_expected", ""] == pytest.approx(held * P)
    assert values["breach_tail", ""] == pytest.approx(held * FIFTHS[0], rel=1e-6)
    assert values["breach_tail", "worst year in a hundred"] == pytest.approx(held * FIFTHS[1], rel=1e-6)
    assert values["breach_tail", "in one store"] == pytest.approx(held)


def test_five_copies_lose_more_records_and_reach_more_people():
    values = found(given_to(range(5), persons=(7, 8)))
    assert values["breach_expected", ""] == pytest.approx(5 * 2 * 0.5 * P)
    assert values["persons_in_breach", ""] == pytest.approx(2 * -math.expm1(-5 * EQUAL))
    assert values["blast_radius", ""] == 5
    alone = found(given_to((0,), persons=(7, 8)))
    for metric in ("breach_expected", "breach_tail", "persons_in_breach"):
        assert values[metric, ""] == pytest.approx(alone[metric, "copied to five"]), metric


def test_a_person_counts_once_for_each_need_and_by_who_is_really_in_the_record():
    made = Made()
    case = made.case(made.need(), "answered", 60)
    for step, person in enumerate((7, 7, 8)):           # need 7 twice, and somebody else by a false hit
        made.message(case, 1, 0, "record", arrives=50, version=made.record(person, 1), step=step)
    assert found(made)["persons_in_breach", ""] == pytest.approx(2 * P)
    given_to((0,), made=made)
    values = found(made)
    assert values["persons_in_breach", ""] == pytest.approx(3 * P)
    assert values["breach_expected", ""] == pytest.approx(4 * 0.5 * P)


def test_classes_of_holder_and_what_a_hub_reads():
    made = given_to((0,))
    made.reads[HUB] = True
    made.message(0, 2, 0, "record", arrives=75, version=made.record(8, 2), via=HUB, step=9)
    made.message(0, 2, 0, "record", arrives=75, version=made.record(9, 2), via=HUB, step=10, sealed=True)
    values = found(made)
    assert values["record_days", "at hubs"] == pytest.approx(100 * 25 / 24)
    assert values["record_days", "at members"] == pytest.approx(100 * (50 + 25 + 25) / 24)
    assert values["record_days", "at hubs"] + values["record_days", "at members"] == pytest.approx(
        values["record_days", ""])
    assert values["persons_in_breach", "at hubs"] == pytest.approx(P)
    assert values["blast_radius", "at hubs"] == pytest.approx(1 / 3)
    assert ("persons_in_breach", "at registries") not in values


def test_copies_of_the_window_lie_with_a_holder_of_their_own():
    """What a state was given on request and what was laid down with it ahead are two systems."""
    made = given_to((0,))
    version = made.record(9, 2)
    made.message(made.case(-1, "done", 60, kind=RECORD, version=version), 2, 0, "record", arrives=50, version=version)
    values = found(made)
    assert values["record_days", "at national copies"] == pytest.approx(100 * 50 / 24)
    assert values["record_days", "copies"] == values["record_days", "at national copies"]
    two = losses((1, 1), (EQUAL, EQUAL))
    assert values["breach_tail", ""] == pytest.approx(two.tail(0.95) * 0.5)


def test_without_hazards_nothing_is_a_number_of_a_year():
    values = found(given_to((0,)))
    assert not [key for key in values if key[0] == "breach_per_year" or key[1] in ("dwell", "insider")]


def test_declared_hazards_on_paper():
    """A member falls at 0.1 + 0.04 a year by itself and one supplier; alone, no common cause can be felt."""
    values = found(given_to((0,), persons=(7, 8, 9, 10)), HAZARD)
    chance = 1 - (1 + 0.5 * 0.14) ** -2
    assert values["breach_per_year", ""] == pytest.approx(2 * chance)
    assert values["breach_expected", ""] == pytest.approx(2 * chance)
    assert values["breach_per_year", "persons"] == pytest.approx(4 * chance)
    assert values["breach_per_year", "dwell"] == pytest.approx(4 / (100 / 24) * 10 * chance)      # noticed after 10 d
    assert values["breach_per_year", "insider"] == pytest.approx(2 * 4 * 0.02 * 0.05)
    assert values["blast_radius", ""] == 2 * 4
    later = found(given_to((0,), persons=(7,)), HAZARD.model_copy(update={"detection": None}))
    assert later["breach_expected", "dwell"] == pytest.approx(1 / (100 / 24) * 30 * chance)


def test_common_cause_joins_holders():
    both = given_to((0, 1))
    apart, together = (found(both, HAZARD.model_copy(update={"common_cause": HAZARD.takes.__class__(c, c, "share")}))
                       for c in (0.0, 1.0))
    chance, either = 1 - (1 + 0.5 * 0.14) ** -2, 1 - (1 + 0.5 * 0.28) ** -2
    assert together["persons_in_breach", ""] == pytest.approx(chance)
    assert apart["persons_in_breach", ""] == pytest.approx(either)
    assert together["breach_expected", ""] == pytest.approx(apart["breach_expected", ""])
    assert together["breach_tail", ""] == pytest.approx(together["breach_tail", "in one store"])
    assert apart["breach_tail", ""] < together["breach_tail", ""]


def test_a_key_found_opens_the_rows_of_all_who_share_it():
    """Two places hold a keyed record each: unreadable as it stands, and whoever breaks into one reads both."""
    keyed = given_to((0, 1), form=PSEUDONYM)
    assert found(keyed)["breach_expected", ""] == 0
    opened = found(keyed, HAZARD)
    chance = 1 - (1 + 0.5 * 0.14) ** -2
    assert opened["breach_expected", ""] == pytest.approx(2 * (2 * 0.5) * chance)
    assert opened["breach_expected", "in one store"] == pytest.approx(2 * 0.5 * chance)     # each row counted once
    half = found(keyed, HAZARD.model_copy(update={"keys": HAZARD.takes.__class__(0.5, 0.5, "share")}))
    assert half["breach_expected", ""] == pytest.approx(opened["breach_expected", ""] / 2)


def test_a_key_found_opens_what_lay_there_before_the_run_too():
    """Filters that members of a group exchanged: 60 record-ticks of protocol 1 at slots 0 and 2, in use or not."""
    none = (0, 0, 0)
    laid = Standing(0, none, none, (0,) * 5, 60, (2, 0, 4))
    plain = Standing(5, (0, 7, 0), (0, 5, 0), (0,) * 5, 0, none)
    about = Account(Holders((3, 3, 3), (0.1,) * 3, (1,) * 3, (1,) * 3, keys=0.5), (plain, laid), 1)
    for used, ticks in (((3, 3), (35, 27, 32)), ((3, 0), (5, 27, 2)), ((0, 3), (35, 20, 32)), ((0, 0), (5, 20, 2))):
        counts = Held((1,), (1,), (0,) * 5, used, (5, 20, 2), none, none, (0, 0), (0,) * 6)
        assert _ticks(about, counts) == ticks
    counts = counts._replace(used=(0, 3), keyed=(0, 20), keys=(0, 0, 0, 0, 1, 0))
    assert _ticks(about, counts) == (5 + 40, 20 + 40, 2 + 40)


# Copies from before the run.

@cache
def baseline(hazard=False):
    scenario = with_options(load("baseline"), ["siena", "shared_database"])
    return run.prepare(scenario.model_copy(update={"hazard": HAZARD}) if hazard else scenario)


@cache
def done(option, hazard=False):
    return run.run(baseline(hazard), option, 0, 0)


def test_standing_copies_are_those_the_engine_lays():
    whole = done("shared_database")
    number = next(k for k, protocol in enumerate(whole.world.protocols) if protocol.name == "shared_database")
    copies, world, records = Copies(), whole.world, whole.content.records
    lay_before_start(copies, world, prepare(world), whole.content, {number})
    ticks = many = 0
    for (_, place), of_records in copies._held.items():
        for history in of_records.values():
            version = history[-1][1]
            if version >= 0 and records["place"][version] != place:
                many += 1
                ticks += max(min(int(records["superseded"][version]), world.end) - world.observe_from, 0)
    one = standing(Joined(whole))[number]
    registry = world.places.index("eu_lisa")
    assert many == one.records == one.copies[registry] > 50
    assert ticks == sum(one.ticks) == one.ticks[registry]
    assert one.chance[0] == pytest.approx(many * P * UNIT)


def test_a_protocol_that_serves_nobody_has_laid_nothing():
    values = {option: {(v.metric, v.slice): v for v in measure(done(option))}
              for option in ("siena", "shared_database")}
    central = values["shared_database"]
    assert ("record_days", "standing copies") not in values["siena"]
    assert central["record_days", "standing copies"].value > 0
    length = (done("siena").world.end - done("siena").world.observe_from) / (24 * HOUR)
    needs = central["record_days", ""].n
    held = (central["record_days", ""].value + central["record_days", "standing copies"].value) * needs / 100 / length
    assert central["breach_expected", ""].value == pytest.approx(held * P, rel=1e-3)
    given = central["record_days", ""].value * needs / 100 / length
    assert central["breach_expected", "given in the run"].value == pytest.approx(given * P, rel=1e-3)
    assert ("breach_expected", "given in the run") not in values["siena"]


@pytest.mark.parametrize("hazard", [False, True], ids=["equal hazards", "declared hazards"])
@pytest.mark.parametrize("option", ["siena", "shared_database"])
def test_parts_of_a_run_come_to_the_whole_to_the_last_bit(option, hazard):
    whole = done(option, hazard)
    luck = np.random.default_rng(3)
    need, event = luck.integers(0, 4, len(whole.needs.rows)), luck.integers(0, 4, len(whole.ledger.cases))
    events, accumulator = whole.ledger.cases["kind"] == RECORD, Accumulator(whole.world)
    assert (whole.ledger.cases["kind"] == NEED).any()
    for k in range(4):
        accumulator.add(cut(whole, need == k, events & (event == k)))
    desks = Desks(whole.world, whole.ledger.stations, own_work_at(whole.world, whole.cases.rows))
    names = ("record_days", "breach_expected", "breach_worst_year", "breach_tail", "persons_in_breach",
             "breach_per_year", "blast_radius")
    merged, together = ([v for v in values if v.metric in names] for values in (accumulator.values(desks),
                                                                                measure(whole)))
    assert merged == together
    assert len(merged) > 20


def test_what_lies_elsewhere_has_the_mean_of_what_is_held_and_its_order_of_tails():
    """Of a real run with declared hazards: copies lose most, one store is no better than five parts."""
    values = {(v.metric, v.slice): v.value for v in measure(done("shared_database", True))}
    store, parts, copied = (values["breach_tail", name] for name in ELSEWHERE)
    assert parts < store < copied
    mean = [values["breach_expected", name] for name in ELSEWHERE]
    assert mean[0] == pytest.approx(mean[1])
    assert mean[2] == pytest.approx(5 * mean[0])


# The table in a scenario.

def test_hazards_are_read_told_and_drawn(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(
        'extends = "baseline"\n[hazard]\nbecause = "a test"\ncommon_cause = "10 to 30 %"\ndispersion = "0 to 2"\n'
        'hub = { yearly = "0.01 to 0.1 per year", suppliers = "1 to 3" }\n'
        'registry = { yearly = "0.01 to 0.1 per year" }\n'
        'national_copy = { yearly = "0.0026 to 0.05 per year" }\nmember = { yearly = "0.01 to 0.1 per year" }\n'
        'contractor = { yearly = "0.01 to 0.1 per year" }\n', encoding="utf-8")
    scenario = load(file)
    assert scenario.hazard is not None
    assert scenario.hazard.national_copy.yearly.low * 365 == pytest.approx(0.0026)
    said = prose(scenario)
    assert "Break-ins" in said
    assert "national copy: broken into 0.0026 to 0.05 times a year" in said
    assert "hazard.contractor.yearly" not in inert(scenario)
    assert load("baseline").hazard is None
    assert "Break-ins" not in prose(load("baseline"))
