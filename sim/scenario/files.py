"""Finds the files a scenario is made of, and refuses those outside its folder, doubtful or unreadable."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import scenarios
from sim.errors import Fault, ScenarioError
from sim.scenario.lines import lines

SHIPPED = Path(scenarios.__file__).parent


@dataclass(frozen=True)
class Text:
    """A file as read: `label` is how faults name it, `lines` maps key paths to lines."""

    label: str
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict, repr=False)

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line of a key path, or of the nearest table around it; None where nothing is known."""
        return next((self.lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self.lines), None)

    def fault(self, path: tuple[str | int, ...], got: object, expected: str) -> Fault:
        return Fault(self.label, self.line(path), dotted(path), shortened(got), expected)


def dotted(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def shortened(got: object) -> str:
    text = got if isinstance(got, str) and not got else repr(got) if not isinstance(got, str) else f"'{got}'"
    return text if len(text) <= 90 else text[:87] + "..."


def nearest(word: str, known: Iterable[str]) -> str:
    """ "; did you mean ...?" with the most similar known word, or the known words where none is similar."""
    words = sorted(set(known))
    close = get_close_matches(word, words, 1, 0.6) or get_close_matches(word.lower(), words, 1, 0.6)
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; known: {', '.join(words[:20])}{', ...' if len(words) > 20 else ''}" if words else ""


def open_scenario(name: str | Path) -> Path:
    """The file a name on the command line means: a path as it stands, or a name beside or among the shipped ones.

    Raises ScenarioError for a name that two different files bear, a missing file, or a directory.
    """
    path = Path(name)
    if path.suffix == ".toml" or len(path.parts) != 1:
        return _existing(path, str(name))
    return beside_or_shipped(str(name), ".toml", Path(), "")


def beside_or_shipped(name: str, suffix: str, folder: Path, sub: str) -> Path:
    """The file `name` in `folder`/sub, else the shipped one.

    Raises ScenarioError where there is neither, where both exist and differ, or where the name leads out of the folder.
    """
    _stay_inside(name)
    file = name if name.endswith(suffix) else name + suffix
    beside, shipped = folder / sub / file, SHIPPED / sub / file
    found = [path for path in (beside, shipped) if path.is_file()]
    if len(found) == 2 and not beside.samefile(shipped):
        raise refusal(name, f"one file of this name; there are two: {beside} and the shipped one. Rename yours, "
                            "or name it by its path")
    if not found:
        raise refusal(name, f"a file {Path(sub) / file} beside the scenario, or a shipped one"
                      + nearest(name, shipped_names(suffix, sub)))
    return found[0]


def shipped_names(suffix: str = ".toml", sub: str = "") -> list[str]:
    files = (SHIPPED / sub).glob(f"*{suffix}")
    return sorted(path.name.removesuffix(suffix) for path in files if path.name != "facts.toml")


def label(path: Path) -> str:
    """How faults name a file: the shipped ones by their place among the shipped, others as given."""
    return str(Path(SHIPPED.name) / path.relative_to(SHIPPED)) if path.is_relative_to(SHIPPED) else str(path)


def read(path: Path) -> tuple[dict[str, Any], Text]:
    """The tables of a TOML file and where they stand. Raises ScenarioError for what cannot be read as TOML."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(label(path), f"a readable file in UTF-8 ({error})") from None
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_malformed(label(path), content, str(error))]) from None
    return tables, Text(label(path), lines(content))


def refusal(file: str, expected: str, got: str = "") -> ScenarioError:
    return ScenarioError([Fault(file, None, "", got or file, expected)])


def _existing(path: Path, given: str) -> Path:
    if path.is_dir():
        raise refusal(given, "a scenario file; this is a directory")
    if not path.exists():
        raise refusal(given, "an existing scenario file" + nearest(path.stem, shipped_names()))
    return path


def _stay_inside(name: str) -> None:
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise refusal(name, "a file in the scenario's own folder, or a shipped one; no path that leads out of it")


def _malformed(file: str, content: str, message: str) -> Fault:
    """tomllib ends its messages with "(at line 3, column 5)" or "(at end of document)"."""
    words, _, place = message.rpartition(" (at ")
    line = int(place.split()[1].rstrip(",")) if place.startswith("line") else content.count("\n") + 1
    written = content.splitlines()
    got = written[line - 1].strip() if 0 < line <= len(written) else "end of the file"
    return Fault(file, line, "", shortened(got), f"valid TOML: {words or message}")
