"""Private set intersection, really run on a sample: it finds what equal keys find, and costs what the model says."""

import re
import sys
import tomllib

import numpy as np
import pytest

from sim import cli
from sim.calibrate import Calibration, fragment
from sim.content.fields import TEXTS, Fields, column
from sim.content.matchers import check, cost, search
from sim.content.matchers.keys import elements
from sim.content.private import intersection, point, secret
from sim.scenario import load
from sim.scenario.holdings import Machine, Matcher
from sim.units import SECOND, as_text

NAME_AND_BIRTH = dict.fromkeys(("family_name", "given_name", "birth_date"), 1)
SAMPLE = {
    "exact_keys": Matcher(kind="exact_keys", fields=NAME_AND_BIRTH, blinded=True),
    "multi_key": Matcher(kind="multi_key", blinded=True, keys=(
        "family_name + given_name + birth_date", "sorted(family_name, given_name) + birth_date",
        "phonetic(family_name) + birth_date", "family_name + year(birth_date)")),
}
MACHINE = Machine(**{"from": "own: a test", "multiplication": "27 us", "encoding": "31 us", "filters": "20 ms",
                     "texts": "25 ms"})


def records(count, seed):
    """Invented records out of few names and days, so that many agree; one value in ten is missing."""
    luck = np.random.default_rng(seed)
    pools = {"family_name": ["weber", "veber", "marin", "santos", "ilic"], "given_name": ["ana", "marin", "ivo"],
             "birth_date": ["19800131", "19801231", "19750606"]}
    text = {name: column(np.where(luck.random(count) < 0.1, "", luck.choice(pool, count)))
            for name, pool in pools.items()}
    text |= {name: column(np.array([""] * count)) for name in TEXTS if name not in text}
    return Fields(text, np.zeros(count, np.uint64), np.zeros(count, np.uint64))


@pytest.mark.parametrize("setting", SAMPLE.values(), ids=SAMPLE)
def test_blinded_keys_find_what_equal_keys_find(setting):
    queries, store = records(60, 1), records(40, 2)
    asked, held, _ = search(setting, queries, store, np.ones((60, 1), bool), np.zeros(40, np.int64))
    pairs = set()
    for mine, theirs in zip(elements(setting, queries), elements(setting, store), strict=True):
        found = intersection(mine, theirs).keys
        pairs |= {(row, other) for row, key in enumerate(mine) if key in found
                  for other, there in enumerate(theirs) if there == key}
    assert pairs == set(zip(asked.tolist(), held.tolist(), strict=True))
    assert 0 < len(pairs) < 60 * 40


def test_a_key_with_a_missing_part_takes_no_part():
    keys = elements(SAMPLE["exact_keys"], records(200, 3))[0]
    assert "" in keys
    run = intersection(keys, keys)
    assert run.keys == set(keys) - {""}


def test_the_real_run_costs_what_the_model_says():
    """n asked and m held keys: n + m multiplications on either side, 32 bytes for each point that travels."""
    asked, held = [f"a{k}" for k in range(30)], [f"h{k}" for k in range(50)]
    run = intersection(asked, held)
    said = cost(SAMPLE["exact_keys"], MACHINE, 30, 50)
    assert run.asker_multiplications == run.holder_multiplications == 30 + 50
    assert (run.sent, run.returned) == (said.sent, said.returned) == (32 * 30, 32 * (30 + 50))
    assert said.asker == said.holder == 27 * 80


def test_a_larger_run_was_measured_before():
    """Own X25519, 4,859 keys against 4,700: 0.50 s at about 27 us each, and 461 kB."""
    said = cost(SAMPLE["exact_keys"], MACHINE, 4_859, 4_700)
    assert (said.asker + said.holder) / SECOND == pytest.approx(0.50, rel=0.05)
    assert (said.sent + said.returned) / 1000 == pytest.approx(461, abs=1)


def test_several_keys_cost_as_many_times():
    one, four = (cost(setting, MACHINE, 10, 1000) for setting in SAMPLE.values())
    assert four == tuple(4 * part for part in one)


def test_what_other_matchers_cost():
    clk = Matcher(kind="clk", fields=NAME_AND_BIRTH, threshold=0.8, bits=1024, hashes=20, key="k")
    fuzzy = Matcher(kind="fuzzy", fields=NAME_AND_BIRTH, threshold=0.8)
    plain = SAMPLE["exact_keys"].model_copy(update={"blinded": False})
    assert cost(clk, MACHINE, 10, 10**5) == (10 * 31, 10**5 * 31 + 20_000, 10 * 128, 0)
    assert cost(fuzzy, MACHINE, 10, 10**5) == (0, 25_000, 0, 0)
    assert cost(plain, MACHINE, 10, 10**5) == (0, 0, 0, 0)


def test_points_say_nothing_without_the_secret_and_agree_with_both():
    one, two = secret(), secret()
    assert one(two(point("a"))) == two(one(point("a")))
    assert len({one(point("a")), two(point("a")), one(point("b")), point("a")}) == 4


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    """(status, standard output, standard error) of a command line."""
    monkeypatch.chdir(tmp_path)

    def called(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return end.value.code or 0, said.out, said.err
    return called


def test_calibrate_writes_a_pack_that_a_scenario_takes(call, tmp_path):
    (tmp_path / "packs").mkdir()
    assert call("calibrate", "--seconds", "0", "--out", "packs/machine.toml")[::2] == (0, "")
    (tmp_path / "mine.toml").write_text('extends = "minimal"\npacks = ["machine"]\n')
    loaded = load(tmp_path / "mine.toml")
    check(loaded.matcher)
    source = re.fullmatch(r"own: comity calibrate, \d{4}-\d\d-\d\d, .+, 3 repeats", loaded.machine.from_)
    steps = {name: getattr(loaded.machine, name).value for name in ("multiplication", "encoding", "filters", "texts")}
    assert source
    assert all(1 <= taken < 10 * SECOND for taken in steps.values())
    status, told, _ = call("check", "mine.toml")
    assert status == 0
    assert loaded.machine.from_.removeprefix("own: ").split(",")[0] in told


def test_calibrate_prints_what_it_would_write(call):
    status, told, error = call("calibrate", "--seconds", "0")
    assert (status, error) == (0, "")
    assert set(tomllib.loads(told)["machine"]) == {"from", "multiplication", "encoding", "filters", "texts"}


def test_a_fragment_says_what_was_measured():
    text = fragment(Calibration({"multiplication": 27.4e-6, "encoding": 3e-7, "filters": 0.02, "texts": 1.5}, 41))
    table = tomllib.loads(text)["machine"]
    machine = Machine(**table)
    assert table["from"].endswith(", 41 repeats")
    assert [as_text(value) for value in (machine.multiplication, machine.encoding, machine.filters, machine.texts)] == [
        "27 us", "1 us", "20 ms", "1500 ms"]


def test_calibrate_overwrites_nothing(call, tmp_path):
    (tmp_path / "there.toml").write_text("mine")
    status, told, error = call("calibrate", "--out", "there.toml")
    assert (status, told) == (2, "")
    assert "exists already" in error
    assert (tmp_path / "there.toml").read_text() == "mine"


def test_calibrate_needs_a_place_to_write(call, tmp_path):
    status, _, error = call("calibrate", "--seconds", "0", "--out", "nowhere/machine.toml")
    assert status == 2
    assert "a place where a file can be written" in error


def test_calibrate_without_its_package_says_which(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.x25519", None)
    status, told, error = call("calibrate", "--seconds", "0")
    assert (status, told) == (2, "")
    assert "comity[calibrate]" in error


def test_matchers_that_lack_something_are_told_by_check(call, tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "minimal"\n[matcher.mine]\nfrom = "own: a test"\nkind = "dice"\n'
                                        "fields = { family_name = 1 }\n")
    status, told, error = call("check", "mine.toml")
    assert (status, told) == (2, "")
    assert "matcher.mine.threshold" in error
