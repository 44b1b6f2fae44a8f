"""The same scenario gives the same bytes for any number of workers, and a result is whole or not there."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sim import report
from sim.errors import ComityError, ScenarioError
from sim.experiments import chunks, compare, new_folder, store, target, with_chosen, with_levers, with_run
from sim.experiments.store import ResultError
from sim.run import prepare
from sim.scenario import load

EXEMPT = "manifest.json"


@pytest.fixture(scope="module")
def scenario():
    return with_run(load("minimal"), 2, 2, None)


def written(scenario, place: Path, workers: int):
    with new_folder(place) as folder:
        found = compare(scenario, workers)
        store.write(found, folder)
        report.write(found, folder)
    return found


@pytest.fixture(scope="module")
def result(scenario, tmp_path_factory):
    place = tmp_path_factory.mktemp("results") / "one"
    return written(scenario, place, 1), place


def files(place: Path):
    return {str(file.relative_to(place)): file.read_bytes() for file in sorted(place.rglob("*")) if file.is_file()}


def test_two_workers_give_the_same_bytes(scenario, result, tmp_path):
    written(scenario, tmp_path / "two", 2)
    one, two = files(result[1]), files(tmp_path / "two")
    assert set(one) == set(two) == {
        "scenario.toml", "runs.parquet", "metrics.parquet", "comparison.json", "comparison.csv", "manifest.json",
        "report.html", "figures/needs.svg", "figures/needs.png", "figures/time_to_answer.svg",
        "figures/time_to_answer.png"}
    assert [name for name in one if one[name] != two[name]] in ([], [EXEMPT])


def test_rows_come_sorted_whatever_the_order_they_were_made_in(result, tmp_path):
    rows = result[0].metrics
    store.write_parquet(rows.sample(frac=1, random_state=3), tmp_path / "shuffled.parquet", store.ORDER)
    assert (tmp_path / "shuffled.parquet").read_bytes() == (result[1] / "metrics.parquet").read_bytes()


def test_the_tables_have_their_columns(result):
    metrics = duckdb.sql(f"select * from '{result[1] / 'metrics.parquet'}'").df()
    assert tuple(metrics.columns) == chunks.Row._fields
    assert len(metrics) == len(result[0].metrics)
    assert sorted(metrics["run"].unique()) == list(range(8))
    runs = duckdb.sql(f"select * from '{result[1] / 'runs.parquet'}'").df()
    assert tuple(runs.columns) == chunks.Run._fields
    assert list(runs["run"]) == list(range(8))
    assert (runs["events"] > 0).all()


def test_every_run_of_the_same_luck_meets_the_same_needs(result):
    runs = result[0].runs
    assert (runs.groupby(["future", "replication"])["needs"].nunique() == 1).all()


def test_the_nine_classes_add_to_100_in_every_run(result):
    from sim.metrics import SPLIT
    rows = result[0].metrics
    split = rows[rows["metric"].isin(SPLIT) & (rows["slice"] == "")].groupby("run")["value"].sum()
    assert split.to_numpy() == pytest.approx([100.0] * 8)


def test_another_future_moves_no_other(scenario, result):
    fewer = compare(with_run(scenario, 1, 1, None), 1).metrics.drop(columns="run")
    both = result[0].metrics.drop(columns="run")
    old = both[(both["future"] == 0) & (both["replication"] == 0)]
    pd.testing.assert_frame_equal(fewer.reset_index(drop=True), old.reset_index(drop=True))


def test_csv_and_json_say_what_the_lines_say(result):
    found, place = result
    table = pd.read_csv(place / "comparison.csv")
    head = found.line("needs_met")
    row = table[(table["metric"] == "needs_met") & table["slice"].isna() & (table["option"] == "more clerks")].iloc[0]
    assert row["value"] == head.levels[1].value
    assert row["difference"] == head.differences[0].mean
    assert row["low"] == head.differences[0].low
    said = json.loads((place / "comparison.json").read_text())
    assert said["options"] == ["as today", "more clerks"]
    line = next(line for line in said["lines"] if line["metric"] == "needs_met" and not line["slice"])
    assert line["options"][1]["difference"]["luck"] == head.differences[0].luck


def test_json_never_holds_what_is_no_json():
    assert [store.number(value) for value in (1.5, float("inf"), float("nan"))] == [1.5, "never", None]


def test_the_manifest_says_what_ran(scenario, result):
    said = json.loads((result[1] / "manifest.json").read_text())
    assert (said["seed"], said["futures"], said["replications"], said["workers"]) == (1, 2, 2, 1)
    assert said["events"] == result[0].runs["events"].sum()
    assert said["seconds"]["simulate"] > 0
    assert said["result_sha256"] == store.result_hash(scenario)


def test_the_effective_scenario_loads_again(result):
    again = load(result[1] / "scenario.toml")
    assert again.option == result[0].scenario.option
    assert again.run == result[0].scenario.run


def test_what_determines_a_result_is_in_its_name(scenario):
    other = [with_run(scenario, 3, None, None), with_run(scenario, None, 1, None), with_run(scenario, None, None, 2),
             with_chosen(scenario, ["as today"])]
    assert len({store.result_hash(each) for each in (scenario, *other)}) == 5


def test_a_second_result_stands_beside_the_first(scenario, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = []
    for _ in range(3):
        with new_folder(target(scenario, None)) as folder:
            (folder / "file").write_text("")
        names = sorted(each.name for each in Path("results").iterdir())
    first = f"minimal-{store.result_hash(scenario)[:8]}"
    assert names == [first, f"{first}-2", f"{first}-3"]


def test_an_out_that_exists_is_refused(scenario, tmp_path):
    with pytest.raises(ResultError, match="exists already"):
        target(scenario, tmp_path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ComityError, SystemExit])
def test_nothing_is_left_of_a_result_that_failed(error, tmp_path):
    def fail_half_way():
        with new_folder(tmp_path / "deep" / "er" / "out") as folder:
            (folder / "half").write_text("")
            raise error

    with pytest.raises(error):
        fail_half_way()
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultError, match="expected  a place where a folder can be written"), \
            new_folder(tmp_path / "file" / "out"):
        pytest.fail("it ran")


def test_a_worker_that_dies_is_told(scenario, monkeypatch):
    monkeypatch.setattr(chunks, "chunk", lambda *_: os._exit(9))
    with pytest.raises(chunks.WorkerDied, match="remedy"):
        compare(scenario, 2)


def test_what_a_worker_refuses_is_told_in_its_words(scenario, monkeypatch):
    def refuse(*_):
        raise ScenarioError([])

    monkeypatch.setattr(chunks, "chunk", refuse)
    with pytest.raises(ComityError, match="0 faults"):
        compare(scenario, 2)


def test_chosen_options_are_compared_in_their_order(scenario):
    chosen = with_chosen(scenario, ["more clerks", "as today"])
    assert [each.name for each in chosen.option] == ["more clerks", "as today"]
    with pytest.raises(ScenarioError, match="did you mean 'as today'"):
        with_chosen(scenario, ["as todey"])
    with pytest.raises(ScenarioError, match="each named once"):
        with_chosen(scenario, ["as today", "as today"])


def test_the_readme_of_results_names_every_file_and_column(result):
    said = (Path(__file__).parent.parent / "results" / "README.md").read_text()
    columns = {*chunks.Row._fields, *chunks.Run._fields, *pd.read_csv(result[1] / "comparison.csv").columns}
    names = columns | {file.name for file in result[1].iterdir() if file.is_file()}
    assert not [name for name in names if f"`{name}`" not in said]


def test_a_lever_is_one_more_option_on_top_of_the_first():
    scenario = with_levers(load("minimal"), ["two more clerks"])
    assert [each.name for each in scenario.option][-1] == "as today, two more clerks"
    assert scenario.option[-1].levers == ("two more clerks",)
    assert scenario.option[-1].channel == scenario.option[0].channel
    with pytest.raises(ScenarioError, match="two more clerks"):
        with_levers(load("minimal"), ["two more clerk"])


def test_a_long_run_of_a_comparison_is_measured_while_it_goes_on_and_says_the_same(monkeypatch):
    setting = prepare(load("minimal"))
    whole = chunks.chunk(setting, 1, 0)
    monkeypatch.setattr(chunks, "MANY_NEEDS", 0)
    parts = chunks.chunk(setting, 1, 0)
    assert "simulate and measure" in parts.seconds
    assert "simulate and measure" not in whole.seconds
    assert repr((parts.runs, parts.rows)) == repr((whole.runs, whole.rows))


ORPHANS = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from sim.experiments import chunks
pool = ProcessPoolExecutor(2, multiprocessing.get_context("fork"), chunks._obey_parent)
for task in [pool.submit(time.sleep, 0.2) for _ in range(2)]:
    task.result()
print("working", flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
def test_workers_of_a_killed_run_end_by_themselves():
    """Each of them holds the other end of what the run prints to: that is shut once none is left."""
    killed = subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True,
                              start_new_session=True)
    try:
        assert killed.stdout.readline() == "working\n"
        killed.kill()
        assert killed.communicate(timeout=60)[0] == ""
    finally:
        with suppress(ProcessLookupError):
            os.killpg(killed.pid, signal.SIGKILL)
