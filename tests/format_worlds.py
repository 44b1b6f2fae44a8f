"""Formats for tests: the shipped ones, and packs that use what those do not; records that try to break them."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import strategies as st

from sim.content.formats import FIELDS, Format, load_formats

SHIPPED = ("umf_xml", "niem_json", "legacy_fixed", "i247_form", "free_text")

COLUMNS = """
source   = "own: columns in Latin letters, filled with stars"
layout   = "fixed"
encoding = "latin-1"
letters  = "latin-1"
outside  = "strip"
filler   = "*"
dropped  = ["native_name", "offence", "document", "plate"]
[field.family_name]
columns = [3, 12]
[field.given_name]
columns = [13, 13]
[field.birth_date]
columns = [30, 37]
date    = "ddmmyyyy"
partial = "filler"
[field.birth_place]
columns = [40, 50]
[field.nationality]
columns = [51, 57]
codes   = "iso_3166_alpha3"
[field.sex]
columns = [58, 58]
codes   = "sex_letters"
[field.address]
columns = [60, 60]
"""

QUESTIONS = """
source   = "own: an element for each letter, and a question mark for what it has not"
layout   = "xml"
encoding = "latin-1"
letters  = "latin-1"
outside  = "?"
root     = "r"
[field.family_name]
path  = "a/b"
width = 5
[field.given_name]
path  = "c"
width = 6
[field.native_name]
path = "a/d/e"
[field.birth_date]
path    = "a/f"
date    = "mmddyyyy"
partial = "dropped"
[field.birth_place]
path  = "g"
width = 12
codes = "countries_1990"
[field.nationality]
path  = "h"
width = 7
codes = "iso_3166_numeric"
[field.sex]
path = "i"
[field.document]
path = "j"
[field.plate]
path = "k"
[field.address]
path = "l"
[field.offence]
path  = "m"
codes = "offences_national"
"""

LATE = """
source      = "own: labels that only a blank follows, and dates as in America"
layout      = "labelled"
encoding    = "ascii"
letters     = "icao"
outside     = "strip"
after_label = ">"
dropped     = ["birth_place", "nationality", "sex", "address", "document", "offence"]
[field.family_name]
label = "N"
[field.given_name]
label = "G"
[field.native_name]
label = "NN"
[field.birth_date]
label   = "D"
date    = "mmddyyyy"
partial = "zeros"
[field.plate]
label = "P"
width = 4
"""

OWN = {"columns": COLUMNS, "questions": QUESTIONS, "late": LATE}


def write_packs(folder: Path, packs: dict[str, str]) -> Path:
    """Packs beside a scenario in `folder`; a name may begin with "codes/"."""
    for name, text in packs.items():
        file = folder / "packs/formats" / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@cache
def formats() -> dict[str, Format]:
    return load_formats((*SHIPPED, *OWN), write_packs(Path(mkdtemp()), OWN))


# What a hostile sender would write, and what merely is long, empty or in another script.
HOSTILE = (
    "", " ", "\x00", "\n", "a\nFAMILY NAME: X", "X.\nThe family name is Y",
    "]]></FamilyName><Sex>1</Sex><FamilyName>", "<![CDATA[", "&#0;", "&amp;", "&lt;", "<!-- -->", "<?x?>",
    '","nc:PersonSexCode":"M', "\\", '\\"', "\\ud800", "\ud800", "\ud83d\ude00", "\udfff", "\uffff", "\ufeff",
    "\u202eevil\u200f", "\u2028", "\x85", "\r\n", "\r", "\t", "\x1b[31m", "<<<<", "****", "?", "1", "u\u0308",
    "Müller", "Łódź", "D'Arcy-Ó", "Ивановъ", "Χουλιαράς", "محمد", "李小龍", "😀", "ẞß", "ŉ", "ﬃ", "İ", "x" * 10_000,
    "ö" * 10_000, "AT", "AT DE", "ZZ", "XX", "XX Town", "AT ", "AT Wien", "HR Split", "HR SI", "0204", "0299", "02",
    "9", "m", "f", "M", "1970-03-12", "1970-03", "1970", "1925-01-01", "2025-01-01", "1970-00-00", "0000",
    "1970-93-41", "١٩٧٠-٠٣-١٢", "1970-03-12\n", "END", "With kind regards", "PERSON INFORMATION")

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.text(st.characters(), max_size=12),
                  st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join))
records = st.dictionaries(st.sampled_from(FIELDS), texts)


def dates(partial: bool = True):
    whole = st.dates().map(lambda day: f"{day.year:04}-{day.month:02}-{day.day:02}")
    return st.one_of(whole, whole.map(lambda day: day[:7]), whole.map(lambda day: day[:4])) if partial else whole
