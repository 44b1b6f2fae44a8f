"""Names in their spellings, people who do not depend on the future, and typed errors in what is held on them."""

import math
from collections import Counter

import numpy as np
import pytest
from content_scenarios import SEED, jurisdiction, scenario

from sim.content import people
from sim.content.errors import ERRORS, RATES, habits, versions
from sim.content.fields import TEXTS
from sim.content.names import GROUPS, Name, family_name, ranks, spell
from sim.content.people import OTHER, PASSPORT
from sim.errors import ScenarioError

CODES = ("AT", "BG", "CY", "FR", "XA")


def test_family_names_of_a_rank_differ_by_sex_in_their_ending_only():
    man, woman = (family_name("bg", 3, woman) for woman in (False, True))
    assert man != woman
    assert man.native[:3] == woman.native[:3]


def test_names_are_spelt_by_the_cited_tables():
    """ICAO Doc 9303 part 3 and the press form; ELOT 743 and the classical form."""
    assert spell("Latn", ["jörg", "sen"]) == Name("Jörgsen", "Joergsen", "Jorgsen")
    assert spell("Cyrl", ["юш", "ий"]) == Name("Юший", "Iushii", "Yushiy")
    assert spell("Grek", ["φη", "βους"]) == Name("Φηβους", "Fivous", "Phebous")
    assert spell("Arab", ["ش:sh:ch", "و:u:ou"]) == Name("شو", "Shu", "Chou")


def test_homonyms_follow_the_declared_exponent():
    """Zipf: the first of 100 names has 1 / sum(k ** -0.8) of the people. Hoeffding, false alarm 1e-9."""
    drawn = ranks(np.random.Generator(np.random.PCG64(3)).random(100_000), 100, 0.8)
    first = 1 / sum(k**-0.8 for k in range(1, 101))
    within = math.sqrt(math.log(2 / 1e-9) / 200_000)
    assert abs((drawn == 0).mean() - first) < within
    assert abs((drawn == 0).mean() - 1 / sum(k**-0.9 for k in range(1, 101))) > within


def test_people_speak_the_languages_of_their_place():
    cast = people(scenario(records=200), SEED)
    for place, group in (("BG", "Cyrl"), ("CY", "Grek"), ("XA", "Arab"), ("FR", "Latn")):
        groups = Counter(cast.group[cast.background][cast.background_place == CODES.index(place)].tolist())
        assert groups.most_common(1)[0][0] == GROUPS.index(group)
    assert set(cast.group[:400].tolist()) == set(range(len(GROUPS)))


def test_birth_dates_are_dates_of_adults():
    births = people(scenario(persons=3_000), SEED).birth
    assert [np.datetime64(f"{birth // 10_000}-{birth // 100 % 100:02}-{birth % 100:02}") for birth in births]
    assert births.min() >= 2027 * 10_000 - 75 * 10_000
    assert births.max() < 2028 * 10_000 - 18 * 10_000
    assert {birth % 100 for birth in births.tolist()} == set(range(1, 32))


def test_a_language_without_names_is_refused_by_place():
    odd = jurisdiction("FR").model_copy(update={"languages": ("fr", "tlh")})
    with pytest.raises(ScenarioError) as refused:
        people(scenario().model_copy(update={"jurisdiction": {"FR": odd}, "focus": "FR"}), SEED)
    assert refused.value.faults[0].key == "jurisdiction.FR.languages"


def test_a_future_moves_thresholds_and_no_person():
    assert people(scenario(quality="harsh", changed="1 %"), SEED) is people(scenario(quality="clean"), SEED)


def one_error(error):
    """Versions of all subjects at place 0 with this error always and no other; and with none."""
    cast = people(scenario(), SEED)
    subjects = np.arange(cast.persons)
    always = np.tile(np.array([name == error for name in ERRORS], float), (len(subjects), 1))
    true, none = versions(cast, subjects, 0 * subjects, 0 * always, 0)
    wrong, errors = versions(cast, subjects, 0 * subjects, always, 0)
    assert not none.any()
    return cast, true, wrong, errors


def texts(fields, name):
    return fields.text[name].text()


CHANGES = {
    "transliteration": {"family_name", "given_name"}, "family_typo": {"family_name"}, "given_typo": {"given_name"},
    "date_typo": {"birth_date"}, "day_month_swap": {"birth_date"}, "partial_date": {"birth_date"},
    "name_order": {"family_name", "given_name"}, "family_missing": {"family_name"}, "given_missing": {"given_name"},
    "date_missing": {"birth_date"}, "print_missing": set(),
}


@pytest.mark.parametrize("error", ERRORS)
def test_each_error_alone_changes_its_field_and_says_so(error):
    _, true, wrong, errors = one_error(error)
    differs = {name: np.array([a != b for a, b in zip(texts(true, name), texts(wrong, name), strict=True)])
               for name in TEXTS}
    assert {name for name in TEXTS if differs[name].any()} == CHANGES[error]
    logged = errors == 1 << ERRORS.index(error)
    assert set(errors.tolist()) <= {0, 1 << ERRORS.index(error)}
    changed = np.any(list(differs.values()), axis=0) | (true.finger != wrong.finger)
    assert (logged == changed).all()
    assert logged.any()


def test_errors_do_what_their_names_say():
    _, true, swapped, errors = one_error("day_month_swap")
    for before, after, struck in zip(texts(true, "birth_date"), texts(swapped, "birth_date"), errors, strict=True):
        assert after == (before[:4] + before[6:] + before[4:6] if struck else before)
        assert struck or int(before[6:]) > 12 or before[4:6] == before[6:]
    _, true, wrong, _ = one_error("name_order")
    assert texts(wrong, "family_name") == texts(true, "given_name")
    assert texts(wrong, "given_name") == texts(true, "family_name")
    _, true, wrong, _ = one_error("family_typo")
    assert {sum(a != b for a, b in zip(before, after, strict=True)) for before, after
            in zip(texts(true, "family_name"), texts(wrong, "family_name"), strict=True)} == {1}
    _, true, wrong, _ = one_error("partial_date")
    assert texts(wrong, "birth_date") == [date[:4] for date in texts(true, "birth_date")]
    _, _, wrong, _ = one_error("date_missing")
    assert not wrong.has("birth_date").any()


def test_the_other_romanisation_is_the_one_the_place_does_not_use():
    cast, true, wrong, _ = one_error("transliteration")
    usual = habits(cast)[0, cast.group[:cast.persons]]
    assert texts(true, "family_name") == [name[way].lower() for name, way in zip(cast.family, usual, strict=False)]
    assert texts(wrong, "family_name") == [name[PASSPORT + OTHER - way].lower()
                                           for name, way in zip(cast.family, usual, strict=False)]


def test_a_place_writes_its_own_script_as_its_passports_do():
    table = habits(people(scenario(), SEED))
    assert table[CODES.index("BG"), GROUPS.index("Cyrl")] == PASSPORT
    assert table[CODES.index("CY"), GROUPS.index("Grek")] == PASSPORT


def test_worse_quality_has_all_errors_of_better_quality_and_more():
    cast = people(scenario(persons=2_000), SEED)
    subjects = np.arange(2_000)
    clean, typical, harsh = (versions(cast, subjects, 0 * subjects, np.tile(rates, (2_000, 1)), 0)[1]
                             for rates in RATES)
    assert not (clean & ~typical).any()
    assert not (typical & ~harsh).any()
    assert (clean != 0).sum() < (typical != 0).sum() < (harsh != 0).sum()


def test_errors_strike_as_often_as_their_rate():
    """Harsh family typos, 26 %; Hoeffding, false alarm 1e-9. The twin asks for 3 % more."""
    cast = people(scenario(persons=20_000), SEED)
    subjects = np.arange(20_000)
    _, errors = versions(cast, subjects, 0 * subjects, np.tile(RATES[2], (20_000, 1)), 0)
    share = ((errors >> ERRORS.index("family_typo")) & 1).mean()
    within = math.sqrt(math.log(2 / 1e-9) / 40_000)
    assert abs(share - 0.26) < within
    assert abs(share - 0.29) > within
