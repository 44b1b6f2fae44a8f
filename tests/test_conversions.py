"""Values on a route of formats: the same as whole records, the cause of each loss, bits that are counted by hand."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from math import log2

import format_worlds as w
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from sim.content.formats import FIELDS, LOSSES, bits_lost, convert, load_formats, loss_table, losses, rekeyed
from sim.content.formats.letters import fold
from sim.content.formats.packs import _Packs
from sim.content.formats.rekeying import slip
from sim.scenario.files import SHIPPED

routes = st.lists(st.sampled_from((*w.SHIPPED, *w.OWN)), max_size=3)


def route(*names: str):
    return [w.formats()[name] for name in names]


@given(names=routes, people=st.lists(w.records, max_size=5))
def test_values_go_the_way_of_whole_records(names, people):
    through = list(people)
    for format in route(*names):
        through = [format.read(format.write(record)) for record in through]
    for field in FIELDS:
        words = [record.get(field, "") for record in people]
        assert convert(route(*names), field, words) == [record.get(field, "") for record in through]


@given(names=routes, words=st.lists(w.texts, max_size=5), field=st.sampled_from(FIELDS))
def test_nothing_is_lost_exactly_where_a_comparison_sees_none(names, words, field):
    def seen(word: str) -> str:
        return word.strip().casefold() if field == "native_name" else fold(word)

    causes = losses(route(*names), field, words)
    assert set(causes) <= {*LOSSES, ""}
    steps = [convert(route(*names[:n]), field, words) for n in range(len(names) + 1)]
    for word, cause in enumerate(causes):
        values = [seen(step[word]) for step in steps]
        whole = all(before == after for before, after in pairwise(values))
        assert (cause == "") == whole, values


@pytest.mark.parametrize(("names", "field", "word", "after", "cause"), [
    ("umf_xml niem_json umf_xml", "family_name", "Müller", "Müller", ""),
    ("umf_xml niem_json umf_xml", "native_name", "Иван", "", "dropped"),
    ("umf_xml", "native_name", "Иван", "Иван", ""),
    ("umf_xml", "nationality", "HR SI", "HR SI", ""),
    ("umf_xml", "nationality", "HR QQ", "HR", "unmapped"),
    ("umf_xml", "family_name", "a\x00", "a\ufffd", ""),
    ("legacy_fixed", "family_name", "Dupont", "DUPONT", ""),
    ("legacy_fixed", "family_name", "O'Neil-Smith", "ONEIL SMITH", ""),
    ("legacy_fixed", "family_name", "Müller", "MUELLER", "letters"),
    ("legacy_fixed", "family_name", "Dvořák", "DVORAK", ""),
    ("legacy_fixed", "family_name", "Papadimitrakopoulos-Z", "PAPADIMITRAKOPOULOS", "truncated"),
    ("legacy_fixed", "address", "Ring 1", "", "dropped"),
    ("legacy_fixed", "nationality", "HR", "RS", "merged"),
    ("legacy_fixed", "nationality", "RS", "RS", ""),
    ("legacy_fixed", "nationality", "AT DE", "AT", "truncated"),
    ("legacy_fixed", "nationality", "SS", "", "unmapped"),
    ("legacy_fixed", "birth_place", "SK Košice", "CZ KOSICE", "merged"),
    ("legacy_fixed", "birth_place", "SS Juba", "JUBA", "unmapped"),
    ("legacy_fixed", "birth_place", "GB Llanfairpwllgwyngyll", "GB LLANFAIRPWLLGWYN", "truncated"),
    ("legacy_fixed", "birth_place", "DE München", "DE MUENCHEN", "letters"),
    ("legacy_fixed", "birth_date", "1970-03", "1970-03", ""),
    ("legacy_fixed", "birth_date", "1925-03-12", "2025-03-12", "date_convention"),
    ("legacy_fixed", "offence", "0203", "0204", "merged"),
    ("legacy_fixed", "offence", "0601", "06", "merged"),
    ("legacy_fixed", "offence", "1001", "", "unmapped"),
    ("free_text", "birth_date", "1970-03", "1970-03-01", "date_convention"),
    ("free_text", "birth_date", "03.1970", "", "date_convention"),
    ("questions", "birth_date", "1970-03", "", "date_convention"),
    ("questions", "family_name", "Łódź", "?ód?", "letters"),
    ("columns", "birth_date", "1970", "1970", ""),
    ("late", "native_name", "Иван", "", "letters"),
    ("i247_form legacy_fixed umf_xml", "given_name", "Юлия", "IULIIA", "letters"),
    ("legacy_fixed free_text", "birth_date", "1925-03", "2025-03-01", "date_convention"),
    ("i247_form", "family_name", "", "", ""),
    ("", "family_name", "Müller", "Müller", ""),
])
def test_a_value_after_a_route_and_why_it_changed(names, field, word, after, cause):
    assert convert(route(*names.split()), field, [word]) == [after]
    assert losses(route(*names.split()), field, [word]) == [cause]


def test_a_common_format_loses_nothing_that_a_mix_of_formats_loses():
    record = {"family_name": "Müller", "birth_place": "SI Celje", "nationality": "SI HR", "offence": "0203", "sex": "f"}
    assert all(loss.share == loss.bits == 0 for loss in loss_table(route(*["umf_xml"] * 3), [record]).values())
    assert sum(loss.share > 0 for loss in loss_table(route("umf_xml", "legacy_fixed"), [record]).values()) == 4


# Bits.

def days(year: int) -> list[str]:
    return [str(date(year, 1, 1) + timedelta(days=n)) for n in range(365)]


def test_dropping_day_and_month_loses_the_logarithm_of_365():
    assert bits_lost(days(1970), [day[:4] for day in days(1970)]) == pytest.approx(8.511753, abs=1e-6)
    assert bits_lost(days(1970), [""] * 365) == pytest.approx(log2(365), abs=1e-12)
    assert bits_lost(days(1970) + days(1971), [day[:4] for day in days(1970) + days(1971)]) == pytest.approx(log2(365))


def test_cutting_to_three_letters_loses_two_thirds_of_a_bit():
    assert bits_lost(["abcd", "abce", "abf"], ["abc", "abc", "abf"]) == pytest.approx(2 / 3, abs=1e-12)
    # The same by a format: "late" has four columns for a plate.
    words = ["abcdx", "abcdy", "abf"]
    assert bits_lost(words, convert(route("late"), "plate", words)) == pytest.approx(2 / 3, abs=1e-12)


@pytest.mark.parametrize("names", [("niem_json",), ("umf_xml", "niem_json", "i247_form", "umf_xml")])
def test_a_one_to_one_list_of_countries_loses_no_bit(names):
    packs = _Packs(SHIPPED)
    countries = list(packs._coded("iso_3166_alpha3").codes)
    assert len(countries) >= 249
    assert bits_lost(countries, convert(route(*names), "nationality", countries)) == 0
    assert losses(route(*names), "nationality", countries) == [""] * len(countries)


def test_a_list_that_merges_states_loses_the_bits_of_the_merging():
    states = ["HR", "SI", "RS", "AT"]
    assert bits_lost(states, convert(route("legacy_fixed"), "nationality", states)) == pytest.approx(3 / 4 * log2(3))


def entropy(values) -> float:
    total = sum(values.values())
    return -sum(n / total * log2(n / total) for n in values.values() if n)


@given(st.lists(st.tuples(st.sampled_from("abcdefg"), st.integers(0, 5)), min_size=1, max_size=20),
       st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("xyz")))
def test_bits_are_the_difference_of_entropies_where_a_value_decides(pairs, target):
    before, counts = [value for value, _ in pairs], [count for _, count in pairs]
    after = [target.get(value, value) for value in before]
    held, left = Counter(), Counter()
    for value, end, count in zip(before, after, counts, strict=True):
        held[value] += count
        left[end] += count
    expected = entropy(held) - entropy(left) if sum(counts) else 0
    assert bits_lost(before, after, counts) == pytest.approx(expected, abs=1e-9)
    spread = [value for value, count in pairs for _ in range(count)]
    assert bits_lost(spread, [target.get(value, value) for value in spread]) == pytest.approx(expected, abs=1e-9)


def test_the_table_of_losses_splits_each_field_by_cause():
    records = ([{"family_name": "Müller", "nationality": "HR"}] * 3
               + [{"family_name": "Mueller", "nationality": "RS"}] * 5
               + [{"family_name": "Wolfeschlegelsteinhausen", "nationality": "SS"}, {"birth_date": "1970"}])
    table = loss_table(route("umf_xml", "legacy_fixed"), records)
    assert list(table) == list(FIELDS)
    assert (table["family_name"].values, table["birth_date"].values, table["sex"].values) == (9, 1, 0)
    shares = {cause: share for cause, share in table["family_name"].shares.items() if share}
    assert shares == {"letters": 3 / 9, "truncated": 1 / 9}
    assert table["nationality"].shares["merged"] == 3 / 9
    assert table["nationality"].shares["unmapped"] == 1 / 9
    assert table["nationality"].share == pytest.approx(4 / 9)
    # MUELLER stands for two values, of 3 and 5 records.
    mixed = -(3 / 8 * log2(3 / 8) + 5 / 8 * log2(5 / 8)) * 8 / 9
    assert table["family_name"].bits == pytest.approx(mixed)
    assert table["nationality"].bits == pytest.approx(mixed)
    assert table["birth_date"].share == table["birth_date"].bits == table["sex"].bits == 0


# Keying in again.

def keyed(words, rate, seed=1):
    dice = np.random.default_rng(seed)
    return rekeyed(words, dice.random(len(words)), rate, dice.integers(0, 2**64, len(words), dtype=np.uint64))


@given(st.text(max_size=20), st.integers(0, 2**64 - 1))
def test_a_slip_is_one_edit_of_one_key(word, die):
    after = slip(word, die)
    assert (after == word) == (not any(map(str.isalnum, word)))
    assert OSA.distance(word, after) <= 1
    if word.isascii() and word.isdigit():
        assert len(after) == len(word)


def test_all_kinds_of_slips_come_up():
    made = {slip("Keller 12", die) for die in range(2_000)}
    assert {"Jeller 12", "Kelle 12", "Kelller 12", "eKller 12", "Keller 13"} <= made
    assert "Keller 1" not in made


def test_a_lower_rate_slips_in_a_subset_and_in_the_same_way():
    words = [f"Name{chr(97 + n % 26)}{n}" for n in range(5_000)]
    never, seldom, often, always = (keyed(words, rate) for rate in (0, 0.02, 0.2, 1))
    assert never == words
    assert all(after != word for after, word in zip(always, words, strict=True))
    changed = [{n for n, word in enumerate(words) if after[n] != word} for after in (seldom, often)]
    assert changed[0] < changed[1]
    assert all(seldom[n] == often[n] for n in changed[0])
    assert len(changed[1]) == pytest.approx(1_000, abs=120)


def test_what_is_kept_of_a_format_is_not_used_for_another_of_its_name(tmp_path):
    w.write_packs(tmp_path, {"late": w.LATE.replace("width = 4", "width = 2")})
    words = ["abcdef"]
    assert convert(route("late"), "plate", words) == ["ABCD"]
    assert convert([load_formats(["late"], str(tmp_path))["late"]], "plate", words) == ["AB"]
