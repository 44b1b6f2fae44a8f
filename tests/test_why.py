"""Every miss has its cause: one thing goes wrong at a time, and what is then missed is put down to it and to nothing
else. What is missed without it (two customs of spelling, a field that nobody has) stays what it was."""

import numpy as np
import pytest
from content_scenarios import all_kinds, by, faultless, made, needs, scenario, systems

from sim.content.errors import ERROR_FIELD, ERRORS
from sim.content.errors.kinds import KINDS
from sim.content.fields import TEXTS
from sim.content.why import CAUSES
from sim.scenario.holdings import Life
from sim.units import DAY

COUNT = 1_500
UNTIL = DAY
CODES = ("AT", "BG", "BY", "CY", "XA")      # two write Cyrillic
NO_ERROR = {"matcher", "nothing to compare"}
LIFE = Life(because="a test", moves="60 %", marries="60 %", document="60 %")
ALL = needs(COUNT, 5, COUNT, known=15)
ALL["arises"] = 1


def quiet(errors=None, tables=None, **changes):
    """Nobody but the subjects; nothing goes wrong but what is told."""
    settings = {"persons": COUNT, "records": 0, "alerts": 0, "kinds": {"suspect": "100 %"}, "changed": "0 %",
                "deleted": "0 %", "errors": faultless(**(errors or {}))} | changes
    return scenario(CODES, **settings).model_copy(update=tables or {})


def searched(fields, errors=None, tables=None, **changes):
    """Content where each of these fields is searched by alone."""
    matchers = {"matcher": {field: by(field) for field in fields}}
    return made(quiet(errors, matchers | (tables or {}), **changes), ALL, *map(all_kinds, fields), until=UNTIL)


def causes(result):
    """(need, search) -> cause: each need has one holder."""
    return {(int(row["need"]), int(row["search"])): CAUSES[row["cause"]] for row in result.misses}


def missed(result):
    """(need, search) of records that stand when the need arises and are not found."""
    rows, found = result.records, result.candidates.rows
    stands = rows[(rows["created"] <= 1) & (rows["superseded"] > 1)]["version"]
    hits = set(found[["search", "version"]].tolist())
    return {(int(rows["person"][version]), search) for version in stands.tolist()
            for search in range(len(result.candidates.searches)) if (search, version) not in hits}


# Each type of error alone.

def lively(error):
    """Whoever enters what is stale needs a life in which something has changed before the record was made."""
    return {"life": LIFE, "deleted": "30 %"} if error.startswith("stale") else {}


@pytest.mark.parametrize("error", ERRORS)
def test_what_one_type_of_error_loses_is_put_down_to_it_and_to_nothing_else(error):
    fields = KINDS[error].fields
    without, result = searched(fields, **lively(error)), searched(fields, {error: "40 %"}, **lively(error))
    before, found = causes(without), causes(result)
    assert set(before) == missed(without)
    assert set(found) == missed(result)
    theirs = {pair for pair, cause in found.items() if cause == error}
    assert len(theirs) > 2
    assert theirs >= set(found) - set(before), "what is newly missed is put down to it"
    other = {"stale", "several together"} if error.startswith("stale") else set()
    assert set(before.values()) <= NO_ERROR | other
    assert set(found.values()) <= NO_ERROR | other | {error}


@pytest.mark.parametrize("error", ERRORS)
def test_a_type_of_error_alone_makes_only_its_own_fields_wrong(error):
    none, result = searched(["sex"], **lively(error)), searched(["sex"], {error: "100 %"}, **lively(error))
    assert not none.wrong.any()
    assert not none.records["errors"].any()
    its, texts = 1 << ERRORS.index(error), ERROR_FIELD[ERRORS.index(error)] & ((1 << len(TEXTS)) - 1)
    assert set(result.records["errors"].tolist()) <= {0, its}
    assert (result.records["errors"] == its).sum() > 5
    assert not (result.wrong & ~np.uint32(texts)).any()
    assert result.wrong.any() or error == "print_missing"
    assert not result.wrong[result.records["errors"] == 0].any()


# Conversion alone, keying in alone, life alone.

NAMES = ("family_name", "given_name", "birth_date")
SHORT = dict.fromkeys(CODES, "legacy_fixed")
OPEN = dict.fromkeys(CODES, "umf_xml")


def sent(fields, formats, errors=None, by_fact=True, copies_at="", **given):
    """Content of one search by all these fields, over the network that has a format."""
    tables = {"matcher": {"m": by(*fields)}} | systems(formats, **given)
    search = all_kinds(network="net", by_fact=by_fact, copies_at=copies_at)
    return made(quiet(errors, tables), ALL, search, places=("hub",), until=UNTIL)


def direct(fields):
    """The same where everything is read as it was written."""
    return searched_together(fields)


def searched_together(fields, errors=None, **changes):
    return made(quiet(errors, {"matcher": {"m": by(*fields)}}, **changes), ALL, all_kinds(), until=UNTIL)


@pytest.mark.parametrize("copies_at", ["", "hub"])
def test_what_formats_alone_lose_is_lost_on_the_way(copies_at):
    """Twenty letters of a family name and nineteen of a given one, in capitals."""
    assert set(causes(direct(NAMES)).values()) == {"matcher"}
    result = sent(NAMES, OPEN, wire="legacy_fixed", copies_at=copies_at, hub="umf_xml")
    same = sent(NAMES, OPEN, wire="umf_xml", copies_at=copies_at, hub="umf_xml")
    assert causes(same) == causes(direct(NAMES))
    new = set(causes(result)) - set(causes(same))
    assert len(new) > 5 or copies_at, "among copies both sides have lost the same"
    assert {causes(result)[pair] for pair in new} <= {"lost on the way"}
    assert set(causes(result).values()) <= {"lost on the way", "matcher"}


def test_what_a_copy_alone_has_lost_is_lost_on_the_way():
    """Documents reach the registry by a wire that has no room for them, and it is asked by one that has."""
    result = sent(("address",), OPEN, wire="legacy_fixed", copies_at="hub")
    assert len(causes(result)) == COUNT
    assert set(causes(result).values()) == {"lost on the way", "matcher"}


@pytest.mark.parametrize("field", ["family_name", "birth_date", "document"])
def test_what_a_clerk_alone_mistypes_is_keyed_in_wrongly(field):
    clean, keyed = (sent((field,), OPEN, structured="0 %", rekeying=rate) for rate in ("0 %", "10 %"))
    before, found = causes(clean), causes(keyed)
    new = set(found) - set(before)
    assert abs(len(new) / (COUNT - len(before)) - 0.10) < 0.05      # Hoeffding: 1e-3 x 10 for the three together
    assert {found[pair] for pair in new} == {"keyed in wrongly"}
    assert {found[pair] for pair in set(found) - new} <= set(before.values())
    structured = sent((field,), OPEN, structured="100 %", rekeying="10 %")
    assert "keyed in wrongly" not in causes(structured).values(), "nobody keys in what comes as structure"
    machine = sent((field,), OPEN, structured="0 %", rekeying="10 %", by_fact=False)
    assert "keyed in wrongly" not in causes(machine).values()


@pytest.mark.parametrize(("field", "change"), [("address", "address"), ("family_name", "family_name"),
                                               ("document", "document")])
def test_what_has_changed_in_a_life_alone_is_stale(field, change):
    before, found = causes(searched_together((field,))), causes(searched_together((field,), life=LIFE))
    new = set(found) - set(before)
    assert len(new) > 20
    assert {found[pair] for pair in new} == {"stale"}
    assert {found[pair] for pair in set(found) - new} <= NO_ERROR | {"stale"}


def test_changes_after_the_need_arose_are_no_cause():
    """Asker and holder both have what was true; that it is so no more when the run ends changes nothing."""
    late = ALL.copy()
    late["arises"] = 1
    setting = quiet(None, {"matcher": {"m": by("address")}}, life=LIFE)
    result = made(setting, late, all_kinds(), until=365 * DAY)
    moved = result.stale_since[:, TEXTS.index("address")]
    after = {int(row["person"]) for row in result.records[(moved > 1) & (moved < 365 * DAY)]}
    assert len(after) > 100
    stale = {need for (need, _), cause in causes(result).items() if cause == "stale"}
    assert len(stale) > 100
    assert not stale & after


# Several, and none.

def test_two_causes_of_which_neither_is_enough_are_several():
    one, other, both = (causes(searched_together(("birth_date", "sex"), errors)) for errors in (
        {"date_missing": "40 %"}, {"sex_missing": "40 %"}, {"date_missing": "40 %", "sex_missing": "40 %"}))
    expected = {pair: "several together" if pair in one and pair in other else (one | other)[pair]
                for pair in {*one, *other}}
    assert set(expected.values()) == {"date_missing", "sex_missing", "several together"}
    assert both == expected


def test_who_has_a_new_document_after_the_need_arose_has_the_causes_of_who_stays():
    fields, errors = ("birth_date", "sex", "document"), {"date_missing": "40 %", "sex_missing": "40 %"}
    stay, renew = (made(quiet(errors, {"matcher": {"m": by(*fields)}}, life=life), ALL, all_kinds(), until=365 * DAY)
                  for life in (None, LIFE))
    renewed = renew.stale_since[:, TEXTS.index("document")]
    late = {int(person) for person in renew.records["person"][(renewed > 1) & (renewed < 365 * DAY)]}
    before, after = ({need: cause for (need, _), cause in causes(result).items() if need in late}
                     for result in (stay, renew))
    assert before == after
    assert list(after.values()).count("several together") > 20


def test_what_nobody_has_cannot_be_compared_and_custom_is_no_error():
    result = made(quiet(None, {"matcher": {"print": by("print", miss="20 %"), "plate": by("plate"),
                                           "family_name": by("family_name")}}, kinds={"suspect": "50 %",
                                                                                     "witness": "50 %"}),
                  ALL, *map(all_kinds, ("print", "plate", "family_name")), until=UNTIL)
    kind = result.records["kind"]
    of_prints, of_plates, of_names = ({need: cause for (need, search), cause in causes(result).items()
                                       if search == number} for number in range(3))
    assert {need for need, cause in of_prints.items() if cause == "nothing to compare"} == set(
        result.records["person"][kind != 0].tolist())
    assert set(of_prints.values()) == {"nothing to compare", "matcher"}
    assert not of_plates, "everybody has a plate"
    assert set(of_names.values()) == {"matcher"}


def test_needs_that_do_not_count_and_records_that_are_not_there_are_no_misses():
    table = ALL.copy()
    table["counts"][::2] = False
    table["arises"][1::4] = -10**15                # before anything was entered
    setting = quiet({"date_missing": "100 %"}, {"matcher": {"m": by("birth_date")}}, deleted="30 %")
    result = made(setting, table, all_kinds(), until=UNTIL)
    assert len(result.misses) > 100
    assert set((result.misses["need"] % 4).tolist()) == {3}
