"""People who do not depend on the future, who are compact, and whose attributes are what they are said to be."""

import math
from collections import Counter

import numpy as np
import pytest
from content_scenarios import SEED, jurisdiction, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.content import attributes, people
from sim.content.attributes import CODES as CODE_LISTS
from sim.content.attributes import ICCS, LISTS, check_digit, document_fits
from sim.content.names import GROUPS, NATIVE, PASSPORT
from sim.errors import ScenarioError

CODES = ("AT", "BG", "CY", "FR", "XA")
COLUMNS = ("id", "language", "family", "given", "birth", "sex")


def test_people_are_columns_of_numbers():
    cast = people(scenario(persons=400, records=200), SEED)
    assert len(cast) == 400 + 5 * 200
    assert sum(getattr(cast, name).nbytes for name in COLUMNS) / len(cast) <= 20
    assert all(getattr(cast, name).dtype.kind in "iu" for name in COLUMNS)
    assert len(np.unique(cast.id)) == len(cast)


def test_people_speak_the_languages_of_their_place():
    cast = people(scenario(records=200), SEED)
    for place, group in (("BG", "Cyrl"), ("CY", "Grek"), ("XA", "Arab"), ("FR", "Latn")):
        groups = Counter(cast.group[cast.background][cast.background_place == CODES.index(place)].tolist())
        assert groups.most_common(1)[0][0] == GROUPS.index(group)
    assert set(cast.group[:400].tolist()) == set(range(len(GROUPS)))
    assert (cast.home(cast.background) == cast.background_place).all()
    assert (cast.home(np.arange(400)) == -1).all()


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


def test_more_people_and_a_further_jurisdiction_move_nobody():
    few = people(scenario(persons=100, records=40), SEED)
    more = people(scenario(("AT", "BG", "CY", "FR", "HU", "XA"), persons=150, records=60), SEED)
    same = np.concatenate([np.arange(100), *(150 + place * 60 + np.arange(40) for place in (0, 1, 2, 3, 5))])
    for name in COLUMNS:
        assert (getattr(few, name) == getattr(more, name)[same]).all()


def test_homonyms_follow_the_declared_exponent():
    """Zipf over 5,000 names. Hoeffding, 20,000 subjects, false alarm 1e-9: tolerance 0.023."""
    within = math.sqrt(math.log(2 / 1e-9) / 40_000)
    casts = {exponent: people(scenario(persons=20_000, records=0, homonyms=exponent), SEED) for exponent in (0.8, 1.2)}
    shares = {exponent: (cast.family == 0).mean() for exponent, cast in casts.items()}
    for exponent, share in shares.items():
        assert abs(share - 1 / sum(k**-exponent for k in range(1, 5_001))) < within
    assert shares[1.2] - shares[0.8] > 2 * within


def test_names_of_rows_are_those_of_persons_in_the_scheme_of_the_row():
    cast = people(scenario(), SEED)
    rows = np.array([5, 399, 5, 450])
    family, given = cast.names(rows, np.array([NATIVE, PASSPORT, PASSPORT, NATIVE]))
    alone = [cast.names(np.array([row]), np.array([scheme])) for row, scheme in
             zip(rows.tolist(), (NATIVE, PASSPORT, PASSPORT, NATIVE), strict=True)]
    assert family.tolist() == [one[0][0] for one in alone]
    assert given.tolist() == [one[1][0] for one in alone]
    assert all(name.isascii() for name in family[1:3])


# Attributes

CAST = people(scenario(persons=2_000, records=400), SEED)
EVERYBODY = np.arange(len(CAST))


def test_people_at_home_are_mostly_born_there():
    born = np.array(attributes.birth_country(CAST, CAST.background))
    at_home = born == np.array(CODES)[CAST.background_place]
    assert 0.65 < at_home.mean() < 0.95
    assert {len(code) for code in born.tolist()} == {2}


def test_some_people_have_two_nationalities():
    held = [text.split() for text in attributes.nationality(CAST, EVERYBODY)]
    assert {len(codes) for codes in held} == {1, 2}
    assert all(len(set(codes)) == len(codes) for codes in held)
    assert 0.03 < np.mean([len(codes) == 2 for codes in held]) < 0.09


def test_a_town_and_an_address_are_written_by_the_scheme_of_the_row():
    greek = EVERYBODY[CAST.group == GROUPS.index("Grek")][:50]
    native, passport = (attributes.birth_place(CAST, greek, np.full(50, scheme)) for scheme in (NATIVE, PASSPORT))
    assert not any(place.isascii() for place in native)
    assert all(place.isascii() and place[2] == " " for place in passport)
    present, previous = (attributes.address(CAST, greek, np.full(50, PASSPORT), earlier) for earlier in (False, True))
    assert np.mean([one != other for one, other in zip(present, previous, strict=True)]) == 1


def test_the_check_digits_of_the_cited_examples():
    """ICAO Doc 9303 part 4, specimen passport of Utopia: number, birth date, personal number."""
    assert [check_digit(text) for text in ("L898902C3", "740812", "ZE184226B<<<<<")] == ["6", "2", "1"]


@given(st.integers(0, 2**64 - 1), st.integers(0, 8), st.integers(1, 9))
def test_both_spellings_of_a_document_fit_and_one_wrong_digit_does_not(bits, at, by):
    visual, lines = (attributes._document(bits, page) for page in (True, False))
    assert document_fits(visual)
    assert document_fits(lines)
    assert visual.replace(" ", "") == lines.replace("<", "")
    assert len(lines) == 10
    digits = [k for k, letter in enumerate(lines) if letter.isdigit()]
    k = digits[at % len(digits)]
    assert not document_fits(lines[:k] + str((int(lines[k]) + by) % 10) + lines[k + 1:])


def test_documents_are_nobody_elses():
    documents = attributes.document(CAST, EVERYBODY, np.zeros(len(CAST), bool))
    assert len(set(documents)) > 0.999 * len(CAST)
    assert len(set(attributes.plate(CAST, EVERYBODY))) > 0.98 * len(CAST)


def test_code_lists_map_many_to_one_onto_iccs():
    assert len({section[:2] for section in ICCS}) == 11
    for name, codes in CODE_LISTS.items():
        assert set(codes.values()) == set(ICCS)
        assert (len(codes) > len(ICCS)) == (name != "iccs")
    assert CODE_LISTS["articles"].keys() & CODE_LISTS["sections"].keys()


@pytest.mark.parametrize("code_list", range(len(LISTS)))
def test_an_offence_is_written_in_the_list_of_the_row_and_means_the_same(code_list):
    offences = attributes.offence(CAST, EVERYBODY)
    written = attributes.offence_code(CAST, EVERYBODY, offences, np.full(len(CAST), code_list))
    assert [CODE_LISTS[LISTS[code_list]][code] for code in written] == offences
    assert len(set(offences)) == len(ICCS)


def test_biometrics_are_of_one_person_and_of_one_kind():
    kinds = [attributes.biometric(CAST, EVERYBODY, kind) for kind in ("finger", "face", "dna")]
    assert len(np.unique(np.concatenate(kinds))) == 3 * len(CAST)
    assert (kinds[0] == CAST.id).all()
