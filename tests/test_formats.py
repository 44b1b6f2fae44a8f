"""Every format reads what it writes, whatever is in it, and tells where a text is not of its kind."""

import os
import re
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import format_worlds as w
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.content.formats import FIELDS, FormatFault, load_formats, read_all
from sim.content.formats.letters import LETTERS, OUTSIDE, Alphabet, romanised
from sim.content.formats.packs import _Packs
from sim.errors import ScenarioError
from sim.scenario.files import SHIPPED

ALL = (*w.SHIPPED, *w.OWN)
PERSON = {"family_name": "Müller-Lüdenscheidt", "given_name": "Ђорђе", "native_name": "Ђорђе Милер",
          "birth_date": "1970-03", "birth_place": "HR Split", "nationality": "HR SI", "sex": "f",
          "document": "X1234567", "plate": "W-123 AB", "address": "Ring 1, Wien", "offence": "0203"}


@pytest.mark.parametrize("name", ALL)
@given(record=w.records)
def test_a_format_reads_what_it_writes(name, record):
    format = w.formats()[name]
    text = format.write(record)
    assert format.read(text) == format.carried(record)
    assert format.read(text.encode(format.encoding)) == format.carried(record)


LATIN = st.text(st.characters(min_codepoint=0xA1, max_codepoint=0xFF), min_size=1, max_size=40)
CAPITALS = st.text("ABCXYZ0189", min_size=1, max_size=9)
UNICODE = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)
COUNTRY, SEX = st.sampled_from(["AT", "BA", "DE", "ZW", "XF"]), st.sampled_from("mf")
PLACE = st.builds("{} {}".format, COUNTRY, CAPITALS)
POWER = {
    "umf_xml": {**dict.fromkeys(FIELDS, UNICODE), "birth_date": w.dates(), "sex": SEX, "birth_place": PLACE,
                "nationality": st.lists(COUNTRY, min_size=1, max_size=2, unique=True).map(" ".join)},
    "legacy_fixed": {"family_name": CAPITALS, "given_name": CAPITALS, "sex": SEX, "plate": CAPITALS,
                     "document": CAPITALS, "nationality": st.sampled_from(["AT", "DE", "RS", "RU"]),
                     "birth_place": st.just("AT WIENER NEUSTADT"),
                     "birth_date": w.dates().filter(lambda day: "1928" <= day < "2028"),
                     "offence": st.sampled_from(["0101", "02", "0905"])},
    "i247_form": {"family_name": LATIN, "given_name": LATIN, "address": LATIN, "birth_date": w.dates(), "sex": SEX,
                  "nationality": COUNTRY, "birth_place": PLACE, "offence": CAPITALS},
    "free_text": {"family_name": LATIN, "birth_date": w.dates(partial=False), "sex": SEX, "plate": CAPITALS},
}
POWER["niem_json"] = {field: values for field, values in POWER["umf_xml"].items() if field != "native_name"}


@pytest.mark.parametrize("name", POWER)
@given(data=st.data())
def test_what_is_within_its_power_a_format_carries_whole(name, data):
    record = data.draw(st.fixed_dictionaries({}, optional=POWER[name]))
    format = w.formats()[name]
    assert format.read(format.write(record)) == record


def test_the_losses_of_the_legacy_line_are_those_it_declares():
    format = w.formats()["legacy_fixed"]
    line = format.write(PERSON)
    assert line == ("MUELLER<LUEDENSCHEID" "DORDE<<<<<<<<<<<<<<" "7003<<" "2" "890" "890<SPLIT<<<<<<<<<<<"
                    "X1234567<<<<<<" "W<123<AB<" "124")
    assert format.read(line) == {
        "family_name": "MUELLER LUEDENSCHEID", "given_name": "DORDE", "birth_date": "1970-03", "sex": "f",
        "nationality": "RS", "birth_place": "RS SPLIT", "document": "X1234567", "plate": "W 123 AB", "offence": "0204"}


def test_the_form_and_the_letter_are_what_a_clerk_would_read():
    assert w.formats()["i247_form"].write({"family_name": "Čapek", "birth_date": "1970-03"}) == (
        "PERSON INFORMATION\nFAMILY NAME: Capek\nDATE OF BIRTH: 00/03/1970\nEND")
    letter = w.formats()["free_text"].write({"family_name": "Čapek", "birth_date": "1970-03"})
    assert "The family name is Čapek.\nThe person was born on 01.03.1970." in letter
    assert [name for name, format in w.formats().items() if format.keyed_again] == ["free_text"]


def test_xml_and_json_are_such_to_another_reader():
    tree = ElementTree.fromstring(w.formats()["umf_xml"].write(PERSON | {"address": "]]></x><x>&#0;\r\n"}))
    assert tree.findtext("Person/PersonName/NameInOriginalScript") == "Ђорђе Милер"
    assert tree.findtext("Person/Address") == "]]></x><x>&#0;\r\n"
    assert [element.tag for element in tree] == ["Person", "IdentityDocument", "MeansOfTransport", "Event"]


@pytest.mark.parametrize("name", w.SHIPPED)
def test_a_value_cannot_become_another_field(name):
    format = w.formats()[name]
    for field in ("family_name", "address", "document"):
        for evil in w.HOSTILE:
            assert set(format.read(format.write({field: evil}))) <= {field}


def test_letters_a_format_cannot_hold_are_seen_to_be_gone():
    umf = w.formats()["umf_xml"]
    assert umf.carried({"family_name": "a\x00b\ud800c\uffff"}) == {"family_name": "a\ufffdb\ufffdc\ufffd"}
    assert w.formats()["i247_form"].carried({"family_name": "a\nSEX: M"}) == {"family_name": "a SEX: M"}
    questions = w.formats()["questions"]
    assert questions.carried({"address": "Łódź\x00"}) == {"address": "?ód??"}
    assert questions.carried({"family_name": "abcdefgh"}) == {"family_name": "abcde"}


def test_a_record_has_no_other_fields():
    with pytest.raises(KeyError, match="surname"):
        w.formats()["umf_xml"].write({"surname": "x"})


@pytest.mark.parametrize(("letters", "outside"), [(letters, outside) for letters in LETTERS for outside in OUTSIDE
                                                  if (letters, outside) != ("icao", "?")])
@given(text=w.texts)
def test_fitting_twice_changes_nothing(letters, outside, text):
    for one_line in (False, True):
        alphabet = Alphabet(letters, outside, one_line, "*")
        assert alphabet.holds(alphabet.fit(text))


@pytest.mark.parametrize(("native", "passport"), [
    ("Müller Großmann", "Mueller Grossmann"), ("Ødegård", "Oedegaard"), ("Þórsson", "Thorsson"), ("Щукин", "Shchukin"),
    ("Юлия", "Iuliia"), ("Παπαδόπουλος", "Papadopoulos"), ("Ευαγγελία", "Evaggelia"), ("Łódź", "Lodz")])
def test_letters_are_expanded_as_in_passports(native, passport):
    assert romanised(native) == passport
    assert romanised(native.upper()).lower() == passport.lower()
    assert Alphabet("icao", "icao").fit(native) == passport.upper()


GOOD = {name: w.formats()[name].write(PERSON) for name in ALL}


@pytest.mark.parametrize(("name", "old", "new", "place", "expected"), [
    ("umf_xml", "</Sex>", "</sex>", "line 11, column 13", "well-formed XML"),
    ("umf_xml", "<Sex>", "<!-- --><Age>1</Age><Sex>", "line 11, column 13", "an element of this format"),
    ("umf_xml", "<Sex>2", "<Sex>2</Sex><Sex>1", "line 11, column 17", "each element once"),
    ("umf_xml", "<Sex>", "<Sex lang='de'>", "line 11, column 5", "no attribute"),
    ("umf_xml", "<Person>", "<Person>me", "line 2, column 11", "elements only inside Message/Person"),
    ("umf_xml", "<Sex>2", "<Sex>3", "Message/Person/Sex", "a code of the list 'sex_iso_5218'"),
    ("umf_xml", "<DateOfBirth>1970-03", "<DateOfBirth>03.1970", "Message/Person/DateOfBirth", "a date"),
    ("umf_xml", "Split", "\x01", "line 9, column 23", "well-formed XML"),
    ("umf_xml", "Split", "\ud800", "character 267", "a whole character"),
    ("umf_xml", "<Message>", "<!DOCTYPE m [<!ENTITY a 'aa'>]><Message>", "line 1", "none"),
    ("niem_json", '"X1234567"', "7", "exchange/nc:Document/nc:DocumentIdentification", "a text"),
    ("niem_json", '"X1234567"', '"\\ud800"', "exchange/nc:Document/nc:DocumentIdentification", "letters of the set"),
    ("niem_json", '"F"', '"F", "nc:Age": "1"', "exchange/nc:Person", "a member of this format"),
    ("niem_json", '"F"', '"F", "nc:PersonSexCode": "M"', "the whole text", "each member once"),
    ("niem_json", '"F"', '"F",,', "line 11, column 28", "JSON"),
    ("niem_json", '"F"', '"m"', "exchange/nc:Person/nc:PersonSexCode", "a code of the list 'sex_letters'"),
    ("legacy_fixed", "MUELLER", "MULLER", "columns 1-94", "95 characters; these are 94"),
    ("legacy_fixed", "MUELLER", "Mueller", "columns 1-20", "letters of the set icao"),
    ("legacy_fixed", "7003<<", "70<<12", "columns 40-45", "a date written yymmdd"),
    ("legacy_fixed", "2890", "2891", "columns 47-49", "a code of the list 'countries_1990'"),
    ("columns", "**M", "*!M", "column 2", "the filler '*'"),
    ("i247_form", "SEX: F", "SEX F", "line 4", "one of the labels"),
    ("i247_form", "SEX: F", "SEX: F\nSEX: M", "line 5", "each label once"),
    ("i247_form", "END", "BYE", "line 12", "the line 'END'"),
    ("i247_form", "PERSON", "Person", "line 1", "the line 'PERSON INFORMATION'"),
    ("i247_form", "00/03/1970", "1970-03", "after 'DATE OF BIRTH'", "a date written dd/mm/yyyy"),
    ("i247_form", "Ring", "Łódź", "after 'ADDRESS'", "letters of the set latin-1"),
    ("free_text", "HR Split.", "HR Split", "line 5", "'.' at its end"),
    ("late", ">W 12", ">W 123", "after 'P'", "at most 4 characters; these are 5"),
])
def test_a_text_that_is_not_of_the_format_is_told_with_its_place(name, old, new, place, expected):
    format, text = w.formats()[name], GOOD[name]
    assert text.count(old) >= 1
    format.read(text)
    with pytest.raises(FormatFault) as caught:
        format.read(text.replace(old, new, 1))
    fault = caught.value
    assert (fault.format, fault.place.startswith(place)) == (name, True), fault
    assert expected in fault.expected
    assert len(fault.got) <= 90
    assert str(fault).isprintable()
    assert str(fault).startswith(f"{name}, {place}")


@pytest.mark.parametrize("name", ALL)
@given(data=st.data())
def test_no_text_whatever_stops_a_reader(name, data):
    format, good = w.formats()[name], GOOD[name]
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(good))] * 2)))
    cut = good[:begin] + data.draw(w.texts) + good[end:]
    texts = [good, data.draw(w.texts), cut, data.draw(st.binary()), cut.encode("utf-16", "ignore"), good]
    records, quarantine = read_all(format, texts)
    assert len(records) + len(quarantine) == len(texts)
    assert records[0] == records[-1] == format.carried(PERSON)
    for number, fault in quarantine.items():
        assert 0 < number < len(texts) - 1
        assert fault.place
        assert fault.expected


@pytest.mark.parametrize(("name", "text"), [
    ("niem_json", "[" * 100_000), ("niem_json", '{"a":' * 100_000), ("niem_json", "1" * 100_000), ("niem_json", "NaN"),
    ("umf_xml", "<Message>" * 100_000), ("umf_xml", "<?xml version='1.0' encoding='utf-16'?><Message/>é" * 2),
    ("umf_xml", b"\xff\xfe<\x00"), ("i247_form", b"\x00"), ("i247_form", ""), ("free_text", b"\xff"),
    ("legacy_fixed", "\n" * 95)])
def test_texts_made_to_exhaust_a_reader_are_faults(name, text):
    with pytest.raises(FormatFault):
        w.formats()[name].read(text)


# Packs.

def faults(folder: Path, text: str, **lists: str) -> list[tuple[int | None, str, str]]:
    """Line, key and expectation of each fault of a pack beside a scenario."""
    w.write_packs(folder, {"own": text} | {f"codes/{name}": codes for name, codes in lists.items()})
    with pytest.raises(ScenarioError) as caught:
        load_formats(("own",), folder)
    return [(fault.line, fault.key, fault.expected) for fault in caught.value.faults]


def test_a_pack_beside_the_scenario_is_read_and_read_again_once_it_changed(tmp_path):
    w.write_packs(tmp_path, w.OWN)
    first = load_formats(["late"], str(tmp_path))["late"]
    assert load_formats(["late"], str(tmp_path))["late"] is first
    file = tmp_path / "packs/formats/late.toml"
    file.write_text(w.LATE.replace("width = 4", "width = 3"), encoding="utf-8")
    os.utime(file, ns=(1, 1))
    assert load_formats(["late"], str(tmp_path))["late"].carried({"plate": "abcdef"}) == {"plate": "ABC"}


def test_a_pack_may_not_stand_beside_the_scenario_and_among_the_shipped(tmp_path):
    w.write_packs(tmp_path, {"umf_xml": w.LATE})
    with pytest.raises(ScenarioError, match="there are two"):
        load_formats(["umf_xml"], str(tmp_path))
    with pytest.raises(ScenarioError, match="did you mean 'umf_xml'"):
        load_formats(["umf_xmI"], "")


COLUMN = w.COLUMNS.index("[field.birth_date]")


@pytest.mark.parametrize(("old", "new", "line", "key", "expected"), [
    ('filler   = "*"', 'filer    = "*"', 7, "filer", "did you mean 'filler'"),
    ('filler   = "*"', "", None, "filler", "which the layout fixed needs"),
    ('layout   = "fixed"', 'layout   = "fix"', 3, "layout", "'fixed'"),
    ('source   = "own: columns in Latin letters, filled with stars"', "", None, "source", "the key 'source'"),
    ('outside  = "strip"', "", None, "outside", "how other letters are written"),
    ('encoding = "latin-1"', 'encoding = "ascii"', 4, "encoding", "latin-1 or utf-8"),
    ("[field.sex]", "[field.gender]", None, "field.gender", "a field of a record"),
    ('"plate"]', '"pate"]', 8, "dropped", "did you mean 'plate'"),
    ('"plate"]', '"plate", "sex"]', 8, "dropped", "no table here"),
    (', "plate"]', "]", None, "field", "a table [field.plate], or plate among `dropped`"),
    ("[13, 13]", "[12, 13]", 12, "field.given_name.columns", "[field.family_name] has (3, 12)"),
    ("[13, 13]", "[13, 12]", 12, "field.given_name.columns", "the last not before the first"),
    ("[13, 13]", "[13]", 12, "field.given_name.columns.1", "the key '1'"),
    ("columns = [60, 60]", 'path = "a"', None, "field.address.columns", "'columns', and neither of the others"),
    ("columns = [60, 60]", "columns = [60, 60]\nwidth = 4", None, "field.address.width", "no width beside columns"),
    ("columns = [60, 60]", "columns = [60, 60]\nwith = 4", None, "field.address.with", "did you mean 'width'"),
    ("columns = [30, 37]", "columns = [30, 36]", 14, "field.birth_date.columns", "room for a date of 8 characters"),
    ("columns = [51, 57]", "columns = [51, 52]", 20, "field.nationality.columns", "room for a code of 3 characters"),
    ('"ddmmyyyy"', '"ddmmyy"', 15, "field.birth_date.date", "'ddmmyyyy'"),
    ('"ddmmyyyy"', '"yymmdd"', None, "field.birth_date.pivot", "the last year that is read as 20yy"),
    ('partial = "filler"', 'partial = "shortened"', 16, "field.birth_date.partial", "only an iso date can be"),
    ('partial = "filler"', "", None, "field.birth_date.partial", "how partial dates are written"),
    ('date    = "ddmmyyyy"\npartial = "filler"', "", None, "field.birth_date.date", "the key 'date' in"),
    ('"iso_3166_alpha3"', '"iso_3166_alpha4"', 21, "field.nationality.codes", "did you mean 'iso_3166_alpha3'"),
    ("columns = [3, 12]", 'columns = [3, 12]\ncodes = "sex_letters"', 11, "field.family_name.codes", "codes only for"),
])
def test_a_fault_of_a_pack_is_told_with_its_place(tmp_path, old, new, line, key, expected):
    assert old in w.COLUMNS
    found = faults(tmp_path, w.COLUMNS.replace(old, new, 1))
    told = [(at, says) for at, where, says in found if where == key]
    assert told, found
    assert expected in told[0][1]
    assert line is None or told[0][0] == line


@pytest.mark.parametrize(("old", "new", "key", "expected"), [
    ('path  = "c"', 'path  = "a"', "field.given_name.path", "[field.family_name] has a/b"),
    ('path  = "c"', 'path  = "a/b/c"', "field.given_name.path", "[field.family_name] has a/b"),
    ('path  = "c"', 'path  = "<c>"', "field.given_name.path", "names of XML elements"),
    ('root     = "r"', 'root     = "r r"', "field.family_name.path", "the root is one too"),
    ('root     = "r"', 'root     = "r"\nfiller = "<"', "filler", "no such key in a format whose layout is xml"),
    ('partial = "dropped"', 'partial = "filler"', "field.birth_date.partial", "only the layout fixed has a filler"),
    ('letters  = "latin-1"\noutside  = "?"', 'letters  = "icao"\noutside  = "?"', "outside", "no question mark"),
    ('date    = "mmddyyyy"', 'date    = "iso"\nseparator = "/"', "field.birth_date.separator", "no separator"),
])
def test_a_fault_of_an_xml_pack_is_told(tmp_path, old, new, key, expected):
    assert old in w.QUESTIONS
    found = faults(tmp_path, w.QUESTIONS.replace(old, new, 1))
    assert any(where == key and expected in says for _, where, says in found), found


def test_letters_that_cannot_hold_a_date_or_a_code_are_a_fault(tmp_path):
    text = w.LATE.replace('"mmddyyyy"', '"mmddyyyy"\nseparator = "/"').replace('"sex", ', "")
    found = faults(tmp_path, text + '[field.sex]\nlabel = "S"\ncodes = "small"\n',
                   small='source = "own: small letters"\nother = "u"\n[codes]\nm = "m"\n')
    assert [(key, says) for _, key, says in found] == [
        ("field.birth_date.date", "a date in the letters icao"), ("field.sex.codes", "codes in the letters icao")]


CODES = 'source = "own: for a test"\nother  = "9"\n[reads]\n1 = "AT"\n[codes]\nAT = "1"\nDE = "1"\nFR = "3"\n'


@pytest.mark.parametrize(("old", "new", "line", "key", "expected"), [
    ('other  = "9"', 'other  = "9"\ninvertible = true', 7, "codes.AT", "a code of one value only, as invertible says"),
    ('1 = "AT"', "", 6, "codes.AT", "which it is read as"),
    ('1 = "AT"', '1 = "FR"', 4, "reads.1", "a value whose code is 1"),
    ('FR = "3"', 'FR = "9"', 8, "codes.FR", "and not '9'"),
    ('FR = "3"', 'FR = "3 3"', 8, "codes.FR", "a code without blanks"),
    ('other  = "9"', 'other  = "9"\nlike = "iso_3166"', 3, "like", "beside the scenario, or a shipped one"),
    ('other  = "9"', 'other  = "9"\nleft_out = ["QQ"]', 3, "left_out", "a value of the list"),
    ('other  = "9"', 'outer  = "9"', 2, "outer", "did you mean 'other'"),
])
def test_a_fault_of_a_code_list_is_told_with_its_place(tmp_path, old, new, line, key, expected):
    pack = w.COLUMNS.replace('"sex_letters"', '"own"')
    w.write_packs(tmp_path, {"good": pack, "codes/own": CODES})
    load_formats(("good",), tmp_path)
    found = faults(tmp_path, pack, own=CODES.replace(old, new, 1))
    assert any(where == key and expected in says and at == line for at, where, says in found), found


def test_every_fault_of_every_pack_is_told_at_once(tmp_path):
    w.write_packs(tmp_path, {"one": w.LATE.replace("label = ", "lable = "), "three": "x = [",
                             "two": w.LATE.replace('"zeros"', '"nought"')})
    with pytest.raises(ScenarioError) as caught:
        load_formats(("one", "two", "three", "four"), tmp_path)
    assert {Path(fault.file).stem for fault in caught.value.faults} == {"one", "two", "three", "four"}
    assert len(caught.value.faults) == 5 + 1 + 1 + 1


# Code lists.

def codes(name: str) -> dict[str, str]:
    packs = _Packs(SHIPPED)
    found = packs._coded(name)
    assert packs.faults == []
    return dict(found.codes)


@pytest.mark.parametrize(("name", "shape"), [("iso_3166_alpha3", "[A-Z]{3}"), ("iso_3166_numeric", "[0-9]{3}")])
def test_countries_are_those_of_iso_3166(name, shape):
    listed = {code: value for code, value in codes(name).items() if code not in ("AA", "XD", "XF", "XK", "XL")}
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8").splitlines()
    assert set(listed) == {row.split("\t")[0] for row in table if not row.startswith("#")}
    assert len(listed) == len(set(listed.values())) == 249
    assert all(re.fullmatch(shape, code) for code in codes(name).values())


def test_the_old_list_holds_every_country_or_says_which_it_left_out():
    old, new = codes("countries_1990"), codes("iso_3166_numeric")
    assert set(new) - set(old) == {"AX", "BL", "GG", "IM", "JE", "MF", "PS", "SS"}
    assert {code for code in old if old[code] == old["HR"]} == {"BA", "HR", "ME", "MK", "RS", "SI", "XK"}


def test_every_shipped_format_says_what_it_stylises_and_claims_no_more():
    assert {path.stem for path in (SHIPPED / "packs/formats").glob("*.toml")} == set(w.SHIPPED)
    modest = re.compile("Stylises .*(not that standard|is described|no form of INTERPOL)$|own: ")
    assert all(modest.match(w.formats()[name].source) for name in w.SHIPPED)
