"""The shipped data hold together: facts, states, memberships, desks and scenarios, read as plain files."""

import csv
import itertools
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import holidays
import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "scenarios"
SCENARIOS = ("attacks", "baseline", "index_first", "minimal", "redress", "screening", "siena_year")
PROTOCOLS = {"mutual_legal_assistance", "interpol_i247", "siena", "pruem_router", "police_index", "shared_database",
             "interpol_diffusion", "siena_sealed"}
STATUSES = {"bound", "associated", "agreement", "opted_in", "opted_out", "not_party", "suspended"}
FACT_KEYS = {"says", "value", "unit", "year", "title", "address", "confidence"}
QUANTITY = re.compile(r"\d[\d.]*( to \d[\d.]*)?( (%|ms|s|min|h|d|w|y|months?|per \w+))?")
FACT_ID = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")


def toml(path: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / path).read_text(encoding="utf-8"))


def shipped_toml() -> list[str]:
    return sorted(str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.toml"))


def protocol_files() -> list[str]:
    return sorted(f"../protocols/{path.name}" for path in ROOT.glob("protocols/*.py"))


def prose_and_code() -> list[str]:
    readmes = [ROOT / room / "README.md" for room in ("sim", "scenarios", "protocols")]
    return [f"../{path.relative_to(ROOT)}" for path in (*sorted((ROOT / "sim").rglob("*.py")), *readmes)]


def rows() -> list[dict[str, str]]:
    with (SHIPPED / "packs" / "memberships.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(tree: dict[str, Any], path: str = "", source: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(key path, source it has or inherits, table) of every table."""
    said = next((f"{word}: {tree[word]}" for word in ("from", "because") if word in tree), source)
    yield path, said, tree
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from tables(value, f"{path}.{key}".lstrip("."), said)


def quantities(table: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in table.items() if isinstance(value, str) and QUANTITY.fullmatch(value)}


FACTS = toml("facts.toml")["fact"]
STATES = toml("packs/jurisdictions.toml")["jurisdiction"]
DESKS = toml("packs/desks.toml")["desk"]


def test_every_fact_is_complete():
    confidences = {"read", "read 2nd", "read derived", "weak", "memory"}
    assert len(FACTS) >= 60
    assert len({name.lower() for name in FACTS}) == len(FACTS)
    for name, fact in FACTS.items():
        assert set(fact) == FACT_KEYS, name
        assert all(isinstance(text, str) and text for text in fact.values()), name
        assert fact["confidence"] in confidences, name
        assert fact["address"].startswith("http") or re.search("no (address kept|document)", fact["title"])


@pytest.mark.parametrize("path", [*shipped_toml(), *protocol_files(), *prose_and_code()])
def test_every_fact_that_is_cited_exists(path: str):
    text = (SHIPPED / path).read_text(encoding="utf-8")
    families = {name.split("-")[0] for name in FACTS}
    named = {word for word in FACT_ID.findall(text) if word.split("-")[0] in families}
    cited = named | set(re.findall(r"fact: ?([A-Z][A-Z0-9-]+)", text))
    assert cited - {"ID"} <= set(FACTS)


@pytest.mark.parametrize("path", shipped_toml())
def test_a_table_has_one_source_and_an_assumption_is_a_range(path: str):
    for name, source, table in tables(toml(path)):
        assert not {"from", "because"} <= set(table), f"{name}: both from and because"
        for key, value in quantities(table).items():
            if source.startswith("because"):
                low, _, high = value.partition(" to ")
                assert value.split()[0] == "0" or (high and low != high.split()[0]), f"{name}.{key} = {value}"
            assert not source.startswith("from: public"), f"{name}.{key}: a publication gives no such number"


def test_memberships_have_known_words_and_valid_periods():
    instruments = toml("packs/instruments.toml")["instrument"]
    for row in rows():
        assert row["status"] in STATUSES, row
        assert row["instrument"] in instruments, row
        assert row["jurisdiction"] in STATES, row
        assert row["source"], row
        assert row["confidence"] in {"read", "read_2nd", "memory"}, row
        assert not re.search(r"\w\.md\b", row["source"]), row
        begins, ends = (date.fromisoformat(row[key]) if row[key] else None for key in ("valid_from", "valid_to"))
        assert begins is None or ends is None or begins <= ends, row


def test_memberships_of_one_state_and_instrument_do_not_overlap():
    periods = defaultdict(list)
    for row in rows():
        periods[row["jurisdiction"], row["instrument"]].append((row["valid_from"] or "0001-01-01",
                                                                row["valid_to"] or "9999-12-31"))
    for pair, spans in periods.items():
        spans.sort()
        assert all(first[1] < second[0] for first, second in itertools.pairwise(spans)), pair


def test_the_baseline_has_32_real_states_and_three_invented_partners():
    invented = {code for code, state in STATES.items() if state.get("synthetic")}
    members = {row["jurisdiction"] for row in rows() if row["instrument"] == "EU" and row["status"] == "bound"
               and not row["valid_to"]}
    assert invented == {"XF", "XD", "XL"}
    assert len(STATES) == 35
    assert len(members) == 27
    assert set(STATES) - invented == members | {"LI", "NO", "IS", "CH", "GB"}
    own = toml("packs/jurisdictions.toml")["membership"]
    assert {(row["jurisdiction"], row["instrument"]) for row in own} == {(code, "INTERPOL") for code in invented}
    assert not invented & {row["jurisdiction"] for row in rows()}


def test_zones_holidays_languages_and_sizes_are_what_they_say():
    calendars = holidays.list_supported_countries()
    for code, state in STATES.items():
        assert state["zone"] in available_timezones(), code
        assert state.get("synthetic") or state["holidays"] in calendars, code
        assert all(re.fullmatch("[a-z]{2}", language) for language in state["languages"]), code
        assert set(state["scripts"]) <= {"Latn", "Cyrl", "Grek", "Arab"}, code
        size = "small" if state["population"] < 3_000 else "medium" if state["population"] < 12_000 else "large"
        assert state.get("synthetic") or state["size"] == size, code
    for name, body in toml("packs/jurisdictions.toml")["institution"].items():
        assert body["zone"] in available_timezones(), name


def test_real_states_carry_public_facts_only():
    allowed = {"from", "name", "zone", "holidays", "languages", "scripts", "population", "size", "regime"}
    for code, state in STATES.items():
        if not state.get("synthetic"):
            assert set(state) == allowed, code
            assert state["from"].startswith("public: "), code


def test_every_class_is_declared_wherever_classes_count():
    used = {state["size"] for state in STATES.values()}
    baseline = toml("baseline.toml")
    by_class = {f"desk.{name}": desk["clerks"] for name, desk in DESKS.items()}
    by_class |= {"people.quality": baseline["people"]["quality"], "law.at_will": baseline["law"]["at_will"]}
    for name, given in by_class.items():
        assert set(given) - {"because"} == used, name


def test_no_desk_is_full_before_the_simulated_requests_arrive():
    for name, desk in DESKS.items():
        highest = sum(float(desk[key].split(" to ")[-1].removesuffix(" %")) for key in ("domestic", "other_foreign"))
        assert highest <= 90, f"{name}: {highest} %"


@pytest.mark.parametrize("name", SCENARIOS)
def test_options_name_what_exists(name: str):
    scenario = toml(f"{name}.toml")
    whole = toml(f"{scenario['extends']}.toml") | scenario if "extends" in scenario else scenario
    groups = {*whole.get("groups", {}), *(row["instrument"] for row in rows())}
    earlier: set[str] = set()
    for option in whole["option"]:
        lines = [*option.get("channel", []), *option.get("change", [])]
        assert {line["use"] for line in lines} <= PROTOCOLS, option
        assert {line["with"] for line in lines if "with" in line} <= groups, option
        assert option.get("like", next(iter(earlier), "")) in {*earlier, ""}, option
        assert set(option.get("levers", [])) <= set(whole.get("lever", {})), option
        earlier.add(option["name"])
    assert len(earlier) == len(whole["option"]) >= 2
    assert whole["focus"] in (STATES if "packs" in whole else whole["jurisdiction"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_change_replaces_a_line_that_stands_in_the_option_it_is_like(name: str):
    options = {option["name"]: option for option in toml(f"{name}.toml").get("option", [])}
    for option in options.values():
        start = option
        while "like" in start:
            start = options[start["like"]]
        assert places(option.get("change", [])) <= places(start["channel"])


def places(lines: list[dict[str, str]]) -> set[tuple[str | None, ...]]:
    """What a channel line is known by."""
    return {(line.get("need"), line.get("with"), line.get("urgency")) for line in lines}


def test_minimal_needs_no_other_file_than_the_law():
    minimal = toml("minimal.toml")
    assert not {"extends", "packs", "memberships"} & set(minimal)
    assert all(state["synthetic"] for state in minimal["jurisdiction"].values())


@pytest.mark.parametrize("name", ["baseline", "minimal"])
def test_law_packs_named_by_a_scenario_are_shipped(name: str):
    for pack in toml(f"{name}.toml")["rules"]:
        assert (SHIPPED / "packs" / "laws" / f"{pack}.toml").is_file(), pack


@pytest.mark.parametrize("name", ["baseline", "minimal"])
def test_every_ground_on_which_a_rule_may_refuse_has_its_share(name: str):
    scenario = toml(f"{name}.toml")
    written = [rule for pack in scenario["rules"] for rule in toml(f"packs/laws/{pack}.toml")["rule"]]
    grounds = {rule["ground"] for rule in written if rule["effect"] == "may refuse"} - {"at_will"}
    assert grounds == set(scenario["law"]["refusal"]) - {"because"}
