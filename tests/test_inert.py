"""Every range of a scenario moves some number, or `inert` says why none can: nothing is asked of an author in vain."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from sim import run
from sim.inert import inert, inert_prose
from sim.metrics import measure
from sim.scenario import choices, load, ranges, settle_at
from sim.scenario.attacks import Attack, Fishing, Forged, Marking, Tampering
from sim.scenario.holdings import Audits, Life, Reconciliation, Silence, Systems, Upkeep, Validation
from sim.scenario.redress import Redress
from sim.scenario.schema import Growth, Scenario
from sim.scenario.tasks import Advice
from sim.units import Range, duration, share

TABLES = (("demand",), ("desk",), ("task",), ("people",), ("law",), ("matcher", "links", "fact", "chance", "clock"))
# What it takes to see what is rare: years of runs, or a copy of the scenario in which it is common.
COPIES = ("as declared", "long, lossy, known", "wrong persons")
MIDDLE = 0.5
# Tables on how records are kept that `minimal` has not, with wide ranges.
KEPT = ("people.life", "people.special", "systems", "upkeep", "silence", "advice", "attack", "redress",
        "demand.marking")


def minimal() -> Scenario:
    return load("minimal")


def with_records_kept() -> Scenario:
    """`minimal` with lives, formats, upkeep, omissions, a machine that advises, attackers, complaints, and askers who
    mark as urgent what is not."""
    said, scenario = {"because": "a test"}, load("minimal")
    people = scenario.people.model_copy(update={
        "life": Life(**said, moves="0 to 60 %", marries="0 to 60 %", document="0 to 60 %"),
        "special": {"health": share("0 to 90 %"), "ethnicity": share("0 to 90 %")}})
    upkeep = Upkeep(
        validation=Validation(**said, caught="10 to 100 %", time="10 s to 30 min", share="10 to 100 %"),
        audits=Audits(**said, every="30 d to 3 y", found="10 to 100 %", time="10 s to 30 min", share="10 to 100 %"),
        reconciliation=Reconciliation(**said, every="30 to 900 d", noticed="1 to 20 %", time="1 min to 3 h",
                                      share="10 to 100 %"))
    advice = {"examine": Advice(**said, does="propose", used="10 to 100 %", miss="0 to 90 %", false="0 to 90 %",
                                followed="10 to 90 %", time="0.2 to 1.5")}
    links = {name: link.model_copy(update={"format": "i247_form"}) for name, link in scenario.links.items()}
    return scenario.model_copy(update={
        "people": people, "upkeep": upkeep, "advice": advice, "links": links,
        "attack": Attack(forged=Forged(**said, per_day="1 to 5 per day"),
                         fishing=Fishing(**said, per_day="1 to 9 per day"),
                         tampering=Tampering(**said, share="1 to 30 %", noticed="10 to 90 %")),
        "redress": Redress(**said, complain="60 to 99 %"),
        "demand": scenario.demand.model_copy(update={
            "marking": Marking(**said, share="10 to 90 %", wait="1 h to 5 d")}),
        "silence": Silence(**said, places="60 to 100 %", records="10 to 100 %", since="30 d to 9 y"),
        "formats": ("umf_xml", "legacy_fixed", "i247_form", "free_text"),
        "systems": Systems(**said, format={"small": ("umf_xml", "legacy_fixed")}, rekeying="0 to 60 %")})


@cache
def setting(copy: str, made: Callable[[], Scenario]) -> run.Setting:
    return run.prepare(changed(copy, made()))


def changed(copy: str, scenario: Scenario) -> Scenario:
    if copy == "as declared":
        return with_window(scenario, "1 d", "5 d", "5 d")
    if copy == "long, lossy, known":
        links = {name: link.model_copy(update={"loss": share("0 to 30 %")}) for name, link in scenario.links.items()}
        known = dict.fromkeys(scenario.people.known, share("85 to 95 %"))
        people = scenario.people.model_copy(update={"known": known})
        calls = {"calls_back": scenario.fact["calls_back"].model_copy(update={"share": share("85 to 95 %")})}
        return with_window(scenario, "1 d", "90 d", "5 d").model_copy(
            update={"links": links, "people": people, "fact": {**scenario.fact, **calls}})
    fuzzy = scenario.matcher["fuzzy"].model_copy(update={"threshold": Range(0.8, 0.8, "number")})
    people = scenario.people.model_copy(update={"records": 20_000, "homonyms": 1.5})
    return with_window(scenario, "1 d", "10 d", "5 d").model_copy(
        update={"people": people, "matcher": {**scenario.matcher, "fuzzy": fuzzy}})


def with_window(scenario: Scenario, warm_up: str, observe: str, drain: str) -> Scenario:
    lengths = {"warm_up": duration(warm_up), "observe": duration(observe), "drain": duration(drain)}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=lengths)})


def numbers(given: run.Setting, path: str, at: float, luck: int):
    """Every metric of the first option, with one range at this share of its way and all others in their middle."""
    settled = settle_at(given.scenario, {path: at}, MIDDLE)
    return measure(run.run(replace(given, scenario=settled), settled.option[0].name, 0, luck))


@cache
def in_the_middle(copy: str, made: Callable[[], Scenario], luck: int):
    given = setting(copy, made)
    return numbers(given, next(iter(ranges(given.scenario))), MIDDLE, luck)


def moves(path: str, made: Callable[[], Scenario], lucks: int) -> bool:
    """Some number differs between the ends of the range, or between one of them and the middle."""
    return any(numbers(setting(copy, made), path, at, luck) != in_the_middle(copy, made, luck)
               for luck in range(lucks) for copy in COPIES for at in (1.0, 0.0))


@pytest.mark.parametrize(("tables", "made"), [*((tables, minimal) for tables in TABLES),
                                              *(((table,), with_records_kept) for table in KEPT)],
                         ids=[*(tables[0] for tables in TABLES), *KEPT])
def test_a_range_moves_a_number_or_is_listed(tables, made):
    scenario = made()
    listed = inert(scenario)
    paths = [path for path in {**ranges(scenario), **choices(scenario)} if path.startswith(tuple(
        f"{table}." for table in tables))]
    felt = {path for path in paths if moves(path, made, 1 if path in listed else 2)}
    assert paths
    assert [path for path in paths if path not in felt and path not in listed] == [], "neither felt nor listed"
    assert {path: listed[path] for path in felt & listed.keys()} == {}, "listed, and felt"


def overfull() -> Scenario:
    """`minimal` with a part of each kind that nothing comes to."""
    scenario = with_window(load("minimal"), "1 d", "5 d", "5 d")
    some, demand, people, law, desk = share("10 to 90 %"), scenario.demand, scenario.people, scenario.law, scenario.desk
    unknown_class = {"nowhere": Range(1, 9, "count")}
    more = {
        "desk": {**desk, "archive": desk["owner"],
                 "owner": desk["owner"].model_copy(update={"clerks": desk["owner"].clerks | unknown_class})},
        "people": people.model_copy(update={"known": {**people.known, "warn": some},
                                            "quality": {**people.quality, "nowhere": ("clean", "harsh")}}),
        "law": law.model_copy(update={"refusal": {**law.refusal, "whim": some},
                                      "at_will": {**law.at_will, "nowhere": some}}),
        "matcher": {**scenario.matcher, "second": scenario.matcher["biometric"]},
        "links": {**scenario.links, "pigeons": scenario.links["siena"]},
        "demand": demand.model_copy(update={"growth": Growth(per_year=some, from_year=2027),
                                            "urgent": share("0 %")}),
    }
    return scenario.model_copy(update=more)


NOT_FELT = ("desk.archive.clerks.small", "desk.owner.clerks.nowhere", "people.known.warn", "people.quality.nowhere",
            "law.refusal.whim", "law.at_will.nowhere", "matcher.second.miss", "links.pigeons.latency",
            "demand.growth.per_year", "demand.needed.urgent")


def test_what_nothing_comes_to_is_listed_and_felt_by_nothing():
    scenario = overfull()
    listed = inert(scenario)
    assert set(NOT_FELT) <= listed.keys()
    given = run.prepare(scenario)
    middle = numbers(given, NOT_FELT[0], MIDDLE, 0)
    assert [path for path in listed if numbers(given, path, 1.0, 0) != middle or numbers(given, path, 0.0, 0) != middle
            ] == []


def only(scenario: Scenario, *kinds: str) -> Scenario:
    shares = {kind: share("30 to 60 %") for kind in kinds}
    weights = scenario.demand.kinds.model_copy(update={"share": shares})
    return scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"kinds": weights})})


def test_a_branch_that_no_need_takes_cuts_off_what_stands_on_it():
    """Without a need that starts from a print no expert is asked, and nobody searches by prints."""
    scenario = load("minimal")
    cut = inert(only(scenario, "known_to_you", "content")).keys() - inert(scenario).keys()
    assert {"task.forensic.time", "task.forensic.separation", "matcher.biometric.miss", "people.known.identify"} <= cut
    assert "task.examine.time" not in cut


def test_a_range_that_some_option_feels_is_not_listed():
    """The baseline's core data are asked by its second option only."""
    listed = inert(load("baseline"))
    assert "task.core_data.time" not in listed
    assert "law.refusal.proportionality" not in listed
    assert listed["law.refusal.article_3"] == "no review can come to this ground"


def test_growth_is_felt_on_any_other_day():
    scenario = overfull()
    later = scenario.model_copy(update={"as_of": date(2027, 8, 1)})
    assert "demand.growth.per_year" not in inert(later)


def test_the_list_reads_as_prose():
    text = inert_prose(load("minimal"))
    assert text.startswith("\nWhat no option can feel\n-----------------------\n")
    assert "  no need of evidence arises: demand.asking.evidence\n" in text
