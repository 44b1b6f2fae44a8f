"""Content is not made again for a lever that leaves it alone, is made anew for every other, and hangs on no chunk."""

import sys
from dataclasses import fields

import numpy as np
import pytest
from content_scenarios import (
    CODES_OF_FIVE,
    SEARCHES,
    SEED,
    UNTIL,
    held_by_next,
    made,
    matchers,
    needs,
    scenario,
    systems,
)

from sim.content import again, content, content_again, people
from sim.scenario.holdings import Audits, Silence, Upkeep
from sim.scenario.schema import Link, ShareSetting
from sim.units import Range

COUNT = 120
PLACES = (*CODES_OF_FIVE, "hub")


def base():
    """A scenario in which everything that content reads has a say."""
    setting = scenario(CODES_OF_FIVE, persons=COUNT, records=60)
    return setting.model_copy(update=systems(dict.fromkeys(CODES_OF_FIVE, "umf_xml"), wire="niem_json", hub="i247_form",
                                             rekeying="5 %", structured="50 %"))


def asked(setting, **changes):
    """The arguments of `content`; arrays are made anew each time."""
    table = needs(COUNT, 5, COUNT)
    holder, everywhere = (np.hstack([part, np.zeros((COUNT, 1), bool)]) for part in held_by_next(table, 5))
    ways = tuple(search._replace(network="net", by_fact=True) for search in SEARCHES)
    return {"people": people(setting, SEED), "scenario": setting, "needs": table, "holder": holder,
            "searchable": everywhere, "places": PLACES, "searches": ways, "seed": SEED, "replication": 0,
            "until": UNTIL} | changes


@pytest.fixture(autouse=True)
def nothing_kept():
    again._LAST.clear()
    yield
    again._LAST.clear()


def equal(one, other):
    """Whether two contents say the same, to the last byte; what is altered on a way is compared by asking."""
    for field in fields(one):
        here, there = getattr(one, field.name), getattr(other, field.name)
        if isinstance(here, np.ndarray) and here.tobytes() != there.tobytes():
            return False
    rows = np.arange(len(one.wrong[one.records["person"] < COUNT]))
    ends = [one.records["place"][rows].astype(int), (one.records["place"][rows].astype(int) + 1) % 5]
    ways = [result.altered(rows, *ends, np.zeros(len(rows), int), rows % 2 == 0).tolist() for result in (one, other)]
    return ways[0] == ways[1] and one.candidates.rows.tobytes() == other.candidates.rows.tobytes()


UNTOUCHED = {
    "desks": lambda each: {"desk": {"clerks": "more"}},
    "tasks": lambda each: {"task": {"search": "faster"}},
    "laws": lambda each: {"rules": ("another",), "law": "another"},
    "links that are faster": lambda each: {"links": {"net": each.links["net"].model_copy(
        update={"latency": Range(5, 5, "duration")})}},
    "another fact": lambda each: {"fact": each.fact | {"direct": ShareSetting(because="a test", share="10 %")}},
}
TOUCHED = {
    "matcher": lambda each: {"matcher": matchers(threshold=0.95)},
    "records": lambda each: {"people": each.people.model_copy(update={"changed": Range(0.9, 0.9, "share")})},
    "training": lambda each: {"people": each.people.model_copy(update={"training": Range(0.1, 0.1, "number")})},
    "quality": lambda each: {"people": scenario(CODES_OF_FIVE, persons=COUNT, records=60, quality="harsh").people},
    "upkeep": lambda each: {"upkeep": Upkeep(audits=Audits(because="a test", every="60 d", found="90 %", time="1 h"))},
    "silence": lambda each: {"silence": Silence(because="a test", places="100 %", records="90 %", since="30 y")},
    "structure": lambda each: {"fact": {"structured": ShareSetting(because="a test", share="5 %")}},
    "keying in": lambda each: {"systems": each.systems.model_copy(update={"rekeying": Range(0.9, 0.9, "share")})},
    "the format of a link": lambda each: {"links": {"net": Link(because="a test", latency="0 s", loss="0 %",
                                                                format="legacy_fixed")},
                                          "formats": (*each.formats, "legacy_fixed")},
    "formats of records": lambda each: systems(dict.fromkeys(CODES_OF_FIVE, "legacy_fixed"), wire="niem_json",
                                               hub="i247_form", structured="50 %", rekeying="5 %"),
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_what_content_does_not_read_makes_none_anew(name):
    setting = base()
    first = content_again(**asked(setting))
    assert content_again(**asked(setting.model_copy(update=UNTOUCHED[name](setting)))) is first
    assert equal(first, content(**asked(setting)))


@pytest.mark.parametrize("name", TOUCHED)
def test_what_content_reads_makes_it_anew_as_if_for_the_first_time(name):
    setting = base()
    first, other = content_again(**asked(setting)), setting.model_copy(update=TOUCHED[name](setting))
    second = content_again(**asked(other))
    assert second is not first
    assert not equal(second, first)
    assert equal(second, content(**asked(other)))
    assert content_again(**asked(setting)) is first, "both are kept"
    assert content_again(**asked(other)) is second


@pytest.mark.parametrize("changes", [
    {"replication": 1}, {"until": UNTIL - 1}, {"searches": SEARCHES}, {"searchable": np.zeros((COUNT, 6), bool)},
    {"holder": np.zeros((COUNT, 6), bool)}, {"needs": needs(COUNT, 5, COUNT, known=1)},
], ids=lambda changes: next(iter(changes)))
def test_other_needs_or_luck_make_it_anew(changes):
    setting = base()
    first = content_again(**asked(setting))
    assert content_again(**asked(setting)) is first
    assert content_again(**asked(setting, **changes)) is not first


def test_no_more_than_two_are_kept():
    setting = base()
    first = content_again(**asked(setting))
    for replication in (1, 2):
        content_again(**asked(setting, replication=replication))
    assert len(again._LAST) == 2
    assert content_again(**asked(setting)) is not first


# Chunks.

@pytest.mark.parametrize("chunk", [7, COUNT, COUNT - 1])
def test_needs_in_chunks_find_what_all_at_once_find(chunk, monkeypatch):
    whole = content(**asked(base()))
    monkeypatch.setattr(sys.modules["sim.content.content"], "CHUNK", chunk)
    parts = content(**asked(base()))
    for result in (whole, parts):
        order = np.lexsort([result.misses[name] for name in ("cause", "search", "holder", "need")])
        result.misses[:] = result.misses[order]
    assert len(whole.misses) > 20
    assert len(whole.candidates.rows) > 200
    assert equal(whole, parts)


def test_no_needs_find_nothing():
    result = made(scenario(CODES_OF_FIVE, persons=COUNT, records=60), needs(0, 5, COUNT))
    assert len(result.candidates.rows) == len(result.misses) == 0
    assert result.records["alert"].all()
