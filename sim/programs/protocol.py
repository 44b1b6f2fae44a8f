"""A protocol is one file: found by its name, imported under a private name, checked, and traced.

Beside its scripts `case(c)` and, optionally, `record(r)` a file has these constants:

name        meaning (default)
----------  ----------------------------------------------------------------------------------------------
SERVES      kinds of need it can answer, out of sim.script.NEEDS (must be given)
PRODUCTS    what it can bring: "intelligence", "evidence" ({"intelligence"})
INSTRUMENT  the legal instrument that governs its transfers where both sides are bound ("": none)
RECORDS     what `record` runs for: "alerts", or "all" records ("alerts")
MEMBERS     the instrument whose members the channel reaches ("": every place)
NETWORK     the link its messages between places travel on ("": not named)
PARTIES     further roles: role -> "requester", "responder" or an institution
TASKS, CONTENTS, CLOCKS, FACTS, CHANCES, QUOTAS, WINDOWS   the names its script uses, declared (sim.script)
PARAMS      numbers, texts and truth values the script reads as attributes of its argument
"""

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

import sim.script
from sim.errors import ScriptError
from sim.programs.declarations import faults_in
from sim.programs.declared import Declared
from sim.programs.patience import patience
from sim.programs.table import Program
from sim.programs.trace import trace
from sim.script import Clock, Content, Daily, Parameters, Script, Share, Task, Window

FORBIDDEN = ("random", "secrets", "time", "datetime", "os", "numpy", "uuid")    # a script is a function of its answers

CONSTANTS: dict[str, Callable[[], Any]] = {
    "SERVES": set, "PRODUCTS": lambda: {"intelligence"}, "INSTRUMENT": str, "MEMBERS": str, "NETWORK": str,
    "PARTIES": dict, "TASKS": dict, "CONTENTS": dict, "CLOCKS": dict, "FACTS": dict, "CHANCES": dict,
    "QUOTAS": dict, "WINDOWS": dict, "RECORDS": lambda: "alerts", "PARAMS": dict,
}


@dataclass(frozen=True, eq=False)
class Protocol:
    """A protocol as its file declares it, with its programs. `parties` holds the implied roles too.

    title       first line of the docstring
    case        what it does for a need; `record`: when a record is created, changed or deleted, if anything
    *_script    the live generator functions; they and every sub-script take `parameters` as their one argument
    """

    name: str
    file: Path
    title: str
    docstring: str
    serves: frozenset[str]
    products: frozenset[str]
    instrument: str
    members: str
    network: str
    parties: dict[str, str]
    tasks: dict[str, Task]
    contents: dict[str, Content]
    clocks: dict[str, Clock]
    facts: dict[str, Share]
    chances: dict[str, Share]
    params: dict[str, int | str | bool]
    case: Program
    record: Program | None
    case_script: Script
    record_script: Script | None
    parameters: Parameters
    quotas: dict[str, Daily] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    records: str = "alerts"


def names() -> tuple[str, ...]:
    """Names of the shipped protocols."""
    return _names_in(_shipped())


def find(name: str, beside: Path | None = None) -> Path:
    """The file of a protocol: in the folder `beside`, in ./protocols, or shipped.

    Raises ScriptError when there is none, or when two different files bear the name.
    """
    if not name.isidentifier() or name.startswith("_"):
        raise ScriptError(f"{name!r} is no name of a protocol\n  expected  a name such as {_example()}, not a path")
    folders = [*([beside] if beside else []), Path("protocols"), _shipped()]
    files = {file.resolve(): file for folder in folders if (file := folder / f"{name}.py").is_file()}
    if not files:
        known = sorted({known for folder in folders for known in _names_in(folder)})
        expected = f"one of {', '.join(known)}{_nearest(name, known)}"
        raise ScriptError(f"no protocol is named {name!r}\n  expected  {expected}")
    if len(files) > 1:
        both = "\n".join(f"  file      {file}" for file in files)
        raise ScriptError(f"the name {name!r} stands for different protocols\n{both}\n  remedy    rename your own file")
    return next(iter(files))


def load(path: Path) -> Protocol:
    """Import a protocol file, check all it declares, trace its scripts. Raises ScriptError with every fault found."""
    module = _imported(path)
    given = {name: getattr(module, name, default()) for name, default in CONSTANTS.items()}
    faults = [*_misspelt(module), *_faults_in_scripts(module), *faults_in(given)]
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise ScriptError("\n".join([f"{count} in {path}", *(f"  {fault}" for fault in faults)]))
    return _protocol(path, module, given)


def _protocol(path: Path, module: ModuleType, given: dict[str, Any]) -> Protocol:
    declared = Declared(given["PARTIES"], given["TASKS"], given["CONTENTS"], given["CLOCKS"], given["FACTS"],
                        given["CHANCES"], given["QUOTAS"], given["WINDOWS"])
    parameters, docstring = Parameters(given["PARAMS"]), (module.__doc__ or "").strip()
    case, record = module.case, getattr(module, "record", None)
    return Protocol(
        name=path.stem, file=path, title=docstring.partition("\n")[0].strip(), docstring=docstring,
        serves=frozenset(given["SERVES"]), products=frozenset(given["PRODUCTS"]), instrument=given["INSTRUMENT"],
        members=given["MEMBERS"], network=given["NETWORK"], parties=declared.roles(), tasks=declared.tasks,
        contents=declared.contents, clocks=declared.clocks, facts=declared.facts, chances=declared.chances,
        params=given["PARAMS"], case=trace(case, path.stem, parameters, declared),
        record=trace(record, path.stem, parameters, declared, root="record") if record else None,
        case_script=case, record_script=record, parameters=parameters, quotas=declared.quotas,
        windows=declared.windows, records=given["RECORDS"],
    )


def _imported(path: Path) -> ModuleType:
    """The module under a name no import statement can reach, so that two files of one name do not meet."""
    if not path.is_file():
        raise ScriptError(f"{path}: no such protocol file")
    name = f"_protocol_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ScriptError(f"{path}: no Python file\n  expected  a name ending in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses of the file look their module up here
    try:
        with patience():
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ScriptError(f"{path}: cannot be imported\n  got       {type(error).__name__}: {error}") from error
    return module


def _misspelt(module: ModuleType) -> list[str]:
    """Constants that look like one of ours: a misspelt CLOCK would otherwise declare nothing, silently."""
    own = [name for name in vars(module) if name.isupper() and name not in CONSTANTS and name not in vars(sim.script)]
    return [f"{name} is no constant of a protocol\n    expected  {nearest[0]}, or a name less like it"
            for name in own if (nearest := get_close_matches(name, CONSTANTS, 1, 0.8))]


def _faults_in_scripts(module: ModuleType) -> list[str]:
    faults = []
    if not (module.__doc__ or "").strip():
        faults.append("no docstring\n    expected  a first line that says what the protocol does, and its instrument")
    if not callable(getattr(module, "case", None)):
        faults.append("no script `case`\n    expected  def case(c): ... that yields instructions")
    for given, value in vars(module).items():
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] in FORBIDDEN:
            faults.append(f"imports {value.__name__} as {given}\n    expected  no clock, dice or files: what may come "
                          "out otherwise is a Chance, what takes time a Wait")
    return faults


def _shipped() -> Path:
    spec = importlib.util.find_spec("protocols")
    if spec is None or not spec.submodule_search_locations:
        raise ScriptError("the package `protocols` is not installed\n  remedy    pip install comity")
    return Path(next(iter(spec.submodule_search_locations)))


def _names_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.stem for file in folder.glob("[a-z]*.py")))


def _example() -> str:
    return repr(next(iter(names()), "my_protocol"))


def _nearest(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, 1)
    return f"\n  nearest   {nearest[0]}" if nearest else ""
