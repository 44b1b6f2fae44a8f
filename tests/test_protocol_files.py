"""A protocol file is found, read and checked as a whole; its notes tell what may be meant and should be seen."""


import pytest

from sim.errors import ScriptError
from sim.programs import asking_path, check_notes, find, load, names, show
from sim.script import (
    Store,
    Work,
)

FILE = '''"""Ask the registry.

No instrument: made up for a test.
"""
from sim.script import *

SERVES = {"identify"}
PARTIES = {"registry": "eu_lisa"}
TASKS = {"lookup": Task("machine", "1 to 2 s", because="test"), "justify": Task("unit", "5 min", source="test")}
CONTENTS = {"query": Content(("family_name",), "subject", "identity"),
            "file": Content(("file",), "record", "police_file")}
PARAMS = {"retries": 2}

def case(c):
    for _ in range(c.retries):
        yield Work("investigator", "justify")
    yield Send("requester", "registry", "query")
    if (yield Lookup("registry", "keys")) == NO_HIT:
        return NOTHING_HELD
    yield Send("registry", "requester", "file")
    return ANSWERED
'''


@pytest.fixture
def write(tmp_path):
    def written(text, name="ask", folder="."):
        (tmp_path / folder).mkdir(exist_ok=True)
        file = tmp_path / folder / f"{name}.py"
        file.write_text(text)
        return file
    return written


def test_a_file_is_a_protocol(write):
    protocol = load(write(FILE))
    assert (protocol.name, protocol.title) == ("ask", "Ask the registry.")
    assert protocol.serves == {"identify"}
    assert protocol.products == {"intelligence"}
    assert protocol.parties["registry"] == "eu_lisa"
    assert protocol.parties["owner"] == "responder"
    assert (protocol.instrument, protocol.members, protocol.network) == ("", "", "")
    assert asking_path(protocol.case) == ("justify", "justify")
    assert protocol.record is None
    assert protocol.record_script is None
    assert next(protocol.case_script(protocol.parameters)) == Work("investigator", "justify")


def test_a_record_script_is_a_program_of_its_own(write):
    record = "\ndef record(r):\n    yield Store('registry', 'file', 'lookup')\n    return DONE\n"
    protocol = load(write(FILE + record))
    assert [show(row.instruction) for row in protocol.record.rows] == ["Store('registry', 'file', task='lookup')"]
    assert next(protocol.record_script(protocol.parameters)) == Store("registry", "file", "lookup")


@pytest.mark.parametrize(("old", "new", "told"), [
    ("PARAMS = ", 'RECORDS = "some"\nPARAMS = ', "RECORDS\n    got       'some'\n    expected  one of alerts, all"),
    ("PARAMS = ", 'QUOTAS = {"daily": Daily("20")}\nPARAMS = ', "QUOTAS['daily'].source"),
    ("PARAMS = ", 'QUOTAS = {"daily": Daily("10 to 20")}\nPARAMS = ', "QUOTAS['daily'].because"),
    ("PARAMS = ", 'QUOTAS = {"daily": Daily("many", source="t")}\nPARAMS = ', "QUOTAS['daily'].per_day"),
    ("PARAMS = ", 'QUOTAS = {"daily": 20}\nPARAMS = ', "expected  a Daily(...)"),
    ("PARAMS = ", 'WINDOWS = {"night": Window("2-4", source="t")}\nPARAMS = ', "WINDOWS['night'].hours"),
    ("PARAMS = ", 'WINDOWS = {"night": Window("25:00-26:00", source="t")}\nPARAMS = ', "WINDOWS['night'].hours"),
    ("PARAMS = ", 'WINDOWS = {"night": Window("02:00-02:00", source="t")}\nPARAMS = ', "WINDOWS['night'].hours"),
    ("PARAMS = ", 'WINDOWS = {"night": Window("02:00-04:00")}\nPARAMS = ', "WINDOWS['night'].source"),
    ("PARAMS = ", 'WINDOWS = {"n": Window("02:00-04:00", at="clerk", source="t")}\nPARAMS = ', "WINDOWS['n'].at"),
    ('Task("unit", "5 min",', 'Task("unit", "5 min", discharges="judge",', "TASKS['justify'].discharges"),
    ("PARAMS = ", "QUOTA = {}\nPARAMS = ", "QUOTA is no constant of a protocol\n    expected  QUOTAS"),
    ('"identify"', '"gossip"', "SERVES\n    got       'gossip'"),
    ('SERVES = {"identify"}', "", "SERVES\n    got       set()"),
    ("SERVES = ", 'PRODUCTS = {"rumour"}\nSERVES = ', "PRODUCTS\n    got       'rumour'"),
    ("PARAMS", "PARAM", "PARAM is no constant of a protocol\n    expected  PARAMS"),
    ('{"registry": "eu_lisa"}', '{"registry": 3}', "PARTIES['registry']"),
    ('{"registry": "eu_lisa"}', '{"owner": "eu_lisa"}', "its side everywhere"),
    ('"family_name"', '"shoe_size"', "CONTENTS['query'].fields\n    got       'shoe_size'"),
    ('"subject"', '"everybody"', "CONTENTS['query'].of\n    got       'everybody'"),
    ('"police_file"', '"diary"', "CONTENTS['file'].category\n    got       'diary'"),
    ('"5 min"', '"5"', "TASKS['justify'].time\n    got       '5'"),
    ('source="test"', 'because="test"', "TASKS['justify'].source\n    got       ''"),
    ('because="test"', 'source="test"', "TASKS['lookup'].because"),
    ('"5 min"', '"5 min", per="day"', "TASKS['justify'].per\n    got       'day'"),
    ("PARAMS", 'CLOCKS = {"x": Clock(())}\nPARAMS', "CLOCKS['x'].limits"),
    ("PARAMS", 'CLOCKS = {"x": Clock((Limit("1 h", ("raining",)), Limit("2 h")), source="t")}\nPARAMS', "'raining'"),
    ("PARAMS", 'CLOCKS = {"x": Clock((Limit("1 h", ("urgent",)),), source="t")}\nPARAMS', "a last limit without"),
    ("PARAMS", 'CLOCKS = {"x": Clock((Limit("1 h"),))}\nPARAMS', "CLOCKS['x'].source"),
    ("PARAMS", 'CLOCKS = {"x": Clock((Limit("1 h"),), at="pope", source="t")}\nPARAMS', "CLOCKS['x'].at"),
    ("PARAMS", 'CLOCKS = {"x": Clock((Limit("1 h"),), calendar="lunar", source="t")}\nPARAMS', "'lunar'"),
    ("PARAMS", 'FACTS = {"x": Share("often", because="t")}\nPARAMS', "FACTS['x'].share\n    got       'often'"),
    ("PARAMS", 'CHANCES = {"x": Share("5 %", of="day", source="t")}\nPARAMS', "CHANCES['x'].of"),
    ("PARAMS", "FACTS = {'x': 3}\nPARAMS", "a Share(...)"),
    ("PARAMS", "FACTS = 3\nPARAMS", "a dict: name -> declaration"),
    ('"retries": 2', '"retries": 2.5', "PARAMS['retries']\n    got       2.5"),
    ("def case", "def root", "no script `case`"),
    ('"""Ask the registry.\n\nNo instrument: made up for a test.\n"""', "", "no docstring"),
    ("def case(c):", "def case(c)", "SyntaxError"),
    ("from sim.script", "from sim.skript", "ModuleNotFoundError"),
    ('"keys"', '"keys", task="dance"', "'dance' is no known task"),
])
def test_a_broken_file_is_refused_where_it_is_broken(write, old, new, told):
    assert old in FILE
    file = write(FILE.replace(old, new))
    with pytest.raises(ScriptError) as refused:
        load(file)
    assert told in str(refused.value)
    assert str(file) in str(refused.value)


def test_all_faults_of_a_file_are_told_at_once(write):
    with pytest.raises(ScriptError) as refused:
        load(write(FILE.replace('"5 min"', '"5"').replace('"family_name"', '"shoe_size"')))
    assert str(refused.value).startswith("2 faults in ")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ScriptError, match="no such protocol file"):
        load(tmp_path / "nowhere.py")


def test_a_protocol_is_found_beside_the_scenario_and_in_the_working_folder(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, there = write(FILE, "own_a", "protocols"), write(FILE, "own_b", "beside")
    assert find("own_a", None) == here.resolve()
    assert find("own_b", tmp_path / "beside") == there.resolve()
    assert find("own_a", tmp_path / "protocols") == here.resolve()


def test_two_files_of_one_name_are_both_named(write, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here, there = write(FILE, "own", "protocols"), write(FILE, "own", "beside")
    with pytest.raises(ScriptError, match="stands for different protocols") as refused:
        find("own", tmp_path / "beside")
    assert str(there) in str(refused.value)
    assert str(here.relative_to(tmp_path)) in str(refused.value)


def test_an_unknown_name_gets_the_nearest(write, tmp_path):
    write(FILE, "registry_first", "beside")
    with pytest.raises(ScriptError, match="nearest   registry_first"):
        find("registry_frist", tmp_path / "beside")


@pytest.mark.parametrize("name", ["../secrets", "a.py", "_procedure", ""])
def test_a_path_is_no_name(name):
    with pytest.raises(ScriptError, match="no name of a protocol"):
        find(name, None)


def test_every_shipped_name_is_found():
    assert all(find(name, None).stem == name for name in names())
    assert "__init__" not in names()


def test_notes_tell_parties_words_and_what_no_review_preceded(write):
    notes = check_notes(load(write(FILE)))
    assert notes[0] == "parties: investigator (at the asker), requester (at the asker), registry (at eu_lisa)"
    assert "case may end with nothing_held, answered, lost" in notes or (
        "case may end with answered, nothing_held, lost" in notes)
    assert "case may close without an answer: lost" in notes
    assert [note for note in notes if note.startswith("reviews missing")] == [
        "reviews missing before a disclosure: row 4, Send('registry', 'requester', 'file')"]


def test_a_review_that_gives_covers_what_it_gave(write):
    reviewed = FILE.replace('    yield Send("registry", "requester", "file")', '''
    if (yield Review("registry", "file", task="justify")) == REFUSE:
        return REFUSED
    yield Send("registry", "requester", "file")''')
    assert not [note for note in check_notes(load(write(reviewed))) if note.startswith("reviews missing")]
    ignored = reviewed.replace("        return REFUSED\n", "        yield Work('investigator', 'justify')\n")
    assert [note for note in check_notes(load(write(ignored))) if note.startswith("reviews missing")]
    other = reviewed.replace('Review("registry", "file"', 'Review("registry", "query"')
    assert [note for note in check_notes(load(write(other))) if note.startswith("reviews missing")]


def test_a_review_in_a_sub_script_covers_what_follows_it(write):
    text = FILE.replace('    yield Send("registry", "requester", "file")', '''
    if (yield Do(asked)) == REFUSED:
        return REFUSED
    yield Send("registry", "requester", "file")''') + '''
def asked(c):
    if (yield Review("registry", "file", task="justify")) == REFUSE:
        return REFUSED
    return DONE
'''
    assert not [note for note in check_notes(load(write(text))) if note.startswith("reviews missing")]


def test_an_answer_nobody_reads_is_noted_and_a_fact_asked_again_is_not(write):
    text = FILE.replace('    yield Send("requester"', '''
    yield Is("urgent")
    if (yield Is("evidence")) == YES:
        yield Work("investigator", "justify")
    yield Is("evidence")
    yield Send("requester"''')
    unread = [note for note in check_notes(load(write(text))) if "goes on alike" in note]
    assert unread == ["row 2: Is('urgent') goes on alike after yes, no"]
