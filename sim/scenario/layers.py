"""A scenario is its file, its packs and what it extends: read here, lowest layer first, as one tree."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Fault, ScenarioError
from sim.scenario import members
from sim.scenario.files import SHIPPED, Text, beside_or_shipped, read
from sim.scenario.merge import Table, merge, tree
from sim.scenario.schema import Membership
from sim.scenario.sources import form_faults

# Keys that say how files are put together; the effective scenario has none of them.
ASSEMBLY = ("extends", "packs", "memberships", "membership", "name", "folder")


@dataclass(frozen=True)
class Layers:
    """name and folder are those of the file that was asked for. Not complete: a file it names could not be found."""

    tree: Table
    memberships: tuple[Membership, ...]
    name: str
    folder: str
    faults: tuple[Fault, ...]
    complete: bool


def layers(path: Path) -> Layers:
    """Everything a scenario file is made of. Raises ScenarioError where a file cannot be read or found at all."""
    gathering = _Gathering()
    top = gathering.scenario(path, ())
    folder = "" if path.is_relative_to(SHIPPED) or path.parent.resolve() == SHIPPED.resolve() else str(path.parent)
    return Layers(gathering.tree, gathering.memberships, top.get("name", path.stem), top.get("folder", folder),
                  tuple(gathering.faults), gathering.complete)


class _Gathering:
    def __init__(self) -> None:
        self.tree = Table({}, Text(""), (), "")
        self.memberships: tuple[Membership, ...] = ()
        self.faults: list[Fault] = []
        self.complete = True

    def scenario(self, path: Path, chain: tuple[Path, ...]) -> dict[str, Any]:
        """Lay a scenario file over what it extends and its packs; answers its own tables."""
        raw, text = read(path)
        chain = (*chain, path.resolve())
        self.base(raw, text, path.parent, chain)
        for number, name in enumerate(self.names(raw, text, "packs")):
            pack = self.found(name, ".toml", path.parent, "packs", text, ("packs", number))
            if pack is not None:
                self.lay(*read(pack))
        if "memberships" in raw:
            rows = self.found(raw["memberships"], ".csv", path.parent, "packs", text, ("memberships",))
            if rows is not None:
                # Rows without a day need the first day of their instrument.
                self.lay(*read(SHIPPED / "packs" / "instruments.toml"))
                self.memberships = members.together(self.memberships, members.table(rows))
        for word in ("name", "folder"):
            if not isinstance(raw.get(word, ""), str):
                self.complete = False
                self.faults.append(text.fault((word,), raw[word], "a text in quotes"))
        for word in ("from", "because"):
            if word in raw:
                self.faults.append(text.fault((word,), raw[word], "a source inside the table that it explains"))
        self.lay(raw, text)
        return raw

    def base(self, raw: dict[str, Any], text: Text, folder: Path, chain: tuple[Path, ...]) -> None:
        if "extends" not in raw:
            return
        path = self.found(raw["extends"], ".toml", folder, "", text, ("extends",))
        if path is not None and path.resolve() in chain:
            names = " -> ".join(file.stem for file in (*chain, path))
            self.complete = False
            self.faults.append(text.fault(("extends",), raw["extends"],
                                          f"a scenario that does not lead back to this one ({names})"))
        elif path is not None:
            self.scenario(path, chain)

    def names(self, raw: dict[str, Any], text: Text, key: str) -> list[str]:
        given = raw.get(key, [])
        if isinstance(given, list) and all(isinstance(name, str) for name in given):
            return given
        self.faults.append(text.fault((key,), given, "a list of names, e.g. [\"jurisdictions\"]"))
        return []

    def found(self, name: Any, suffix: str, folder: Path, sub: str, text: Text,
              key: tuple[str | int, ...]) -> Path | None:
        """The file a key names, or None and a fault at the key."""
        try:
            if not isinstance(name, str):
                raise ScenarioError([text.fault(key, name, "a name in quotes")])
            return beside_or_shipped(name, suffix, folder, sub)
        except ScenarioError as error:
            self.complete = False
            self.faults.append(text.fault(key, name, error.faults[0].expected))
            return None

    def lay(self, raw: dict[str, Any], text: Text) -> None:
        """One more layer on top."""
        self.rows(raw.get("membership", []), text)
        self.faults += form_faults(raw, text)
        table, faults = tree({key: value for key, value in raw.items() if key not in ASSEMBLY}, text)
        self.faults += faults
        self.tree = merge(self.tree, table)

    def rows(self, given: Any, text: Text) -> None:
        if not isinstance(given, list):
            self.faults.append(text.fault(("membership",), given, "tables [[membership]]"))
            return
        read = [members.row_of(row, text, ("membership", number)) for number, row in enumerate(given)]
        self.faults += [row for row in read if isinstance(row, Fault)]
        self.memberships = members.together(self.memberships, [row for row in read if isinstance(row, Membership)])
