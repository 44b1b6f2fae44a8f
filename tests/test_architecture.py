"""The rooms stand in one order and each is what it says: checked on the source, so that it stays so."""

import ast
import re
from pathlib import Path

import pytest

from sim import programs
from sim.engines import ENGINES
from sim.engines.instructions import EFFECT, PERFORM
from sim.metrics import MEASURES, METRICS
from sim.script import ANSWERS, STEPS

HOME = Path(__file__).parent.parent
ROOMS = ["errors", "units", "draws", "calendars", "script", "programs", "diagram", "scenario", "laws", "content",
         "truth", "world", "needs", "ledger", "columns", "cases", "screening", "inert", "transport", "tampering",
         "conservation", "engines",
         "leakage", "metrics", "measured", "run", "experiments", "report", "calibrate", "cli"]
KNOW_THE_TRUTH = {"needs", "measured", "run", "metrics"}
LONGEST = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def files(*folders: str, kinds: tuple[str, ...] = (".py",)) -> list[Path]:
    return [path for folder in folders for path in sorted((HOME / folder).rglob("*"))
            if path.suffix in kinds and "__pycache__" not in path.parts]


def room_of(path: Path) -> str:
    return path.relative_to(HOME / "sim").parts[0].removesuffix(".py")


def imported(source: str) -> set[str]:
    """Modules that a source names in its imports, each as far as it is written: "sim.script", "sim.world.build"."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import says where it comes from in full"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_in(source: str) -> set[str]:
    names = [name.split(".") for name in imported(source)]
    return {parts[1] for parts in names if parts[0] == "sim" and len(parts) > 1} - {"__file__", "__version__"}


SIM = files("sim")
PACKAGE = HOME / "sim" / "__init__.py"


def test_every_room_has_its_place_in_the_order():
    assert {room_of(path) for path in SIM if path != PACKAGE} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_upstream_only(room):
    upstream = set(ROOMS[:ROOMS.index(room) + 1])
    wrong = {f"{path.relative_to(HOME)} imports sim.{other}" for path in SIM if room_of(path) == room
             for other in rooms_in(path.read_text(encoding="utf-8")) - upstream}
    assert wrong == set()


def test_the_walk_sees_every_way_to_import():
    source = ("import sim.run\nfrom sim import needs as n\nfrom sim.world import build\n"
              "def late():\n    from sim.cli import app\n")
    assert rooms_in(source) == {"run", "needs", "world", "cli"}


def test_the_truth_is_known_to_needs_metrics_and_the_spine_only():
    knowing = {room_of(path) for path in SIM if "truth" in rooms_in(path.read_text(encoding="utf-8"))}
    assert knowing == KNOW_THE_TRUTH


def test_metrics_read_what_happened_and_not_how_an_engine_comes_to_it():
    """Totals of look-ups are what a screening run leaves behind, as its ledger."""
    names = {name for path in files("sim/metrics") for name in imported(path.read_text(encoding="utf-8"))}
    assert {name for name in names if name.startswith("sim.engines")} <= {
        "sim.engines.screening.LIMITS", "sim.engines.screening.Totals"}


def test_a_protocol_imports_its_language_and_its_own_sub_scripts():
    for path in files("protocols"):
        for name in imported(path.read_text(encoding="utf-8")):
            language, sub_script = name.startswith("sim.script."), name.startswith("protocols._")
            assert language or sub_script, f"{path.name} imports {name}"


def test_nothing_in_sim_knows_a_protocol_by_name():
    """As an identifier or a string of its own; an example in a text for people is none."""
    names = set(programs.names())
    assert len(names) >= 6
    for path in SIM:
        said = {value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for value in words(node)}
        assert not said & names, f"{path.relative_to(HOME)} names {said & names}"


def words(node: ast.AST) -> list[str]:
    """Identifiers of a node, and its text if it is a string."""
    named = [getattr(node, key, None) for key in ("id", "attr", "arg", "name", "asname", "module", "value")]
    return [part for name in named if isinstance(name, str) for part in name.split(".")]


@pytest.mark.parametrize("path", files("sim", "protocols"), ids=lambda path: str(path.relative_to(HOME)))
def test_no_file_is_too_long_or_named_after_nothing(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
    assert path.stem not in VAGUE


# Put together here, so that this file does not name what it forbids.
MACHINE = [rf"(?<![\w.]){'/' + '/'.join(parts)}\b" for parts in (("work",), ("root",), ("tmp", "plan"))]
REGISTRIES = [re.escape(".".join(parts)) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("npmjs", "org"), ("crates", "io"),
    ("proxy", "golang", "org"))]
FORBIDDEN = re.compile("|".join(MACHINE + REGISTRIES))
TEXTS = (".py", ".md", ".toml", ".csv", ".j2", ".txt", ".json", ".cfg")


def product() -> list[Path]:
    folders = files("sim", "protocols", "scenarios", "tests", "benchmarks", kinds=TEXTS)
    single = [HOME / name for name in ("README.md", "Makefile", "pyproject.toml", "results/README.md")]
    return [*folders, *single, *(HOME / ".ci").iterdir()]


def test_the_product_names_no_machine_and_no_package_registry():
    found = {f"{path.relative_to(HOME)}: {match[0]}" for path in product()
             for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8"))}
    assert found == set()


def test_what_is_forbidden_would_be_seen():
    for parts in (("", "work", "main"), ("", "root"), ("https:", "", "pypi." + "org", "simple")):
        assert FORBIDDEN.search(f"see {'/'.join(parts)} for it")
    assert not FORBIDDEN.search("a framework/work of a/roots")


def test_every_instruction_has_its_rule_in_the_engine():
    assert PERFORM.keys() == ANSWERS.keys()
    assert EFFECT.keys() == set(STEPS)
    assert "reference" in ENGINES


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_has_a_measure_a_unit_and_a_sentence(name):
    metric = METRICS[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert metric.measure in MEASURES
    assert metric.unit
    assert len(metric.says.split()) >= 3
    assert metric.better in ("higher", "lower", "")
