"""Levers of a file below that change what none of the protocols in use declares: left out, where no option pulls them.

A scenario that extends another one may put other protocols in its options; what the other offers besides is no fault
of its own. Pulled by an option, or written in the scenario's own file, such a lever is told as a fault.
"""

from collections.abc import Iterator
from dataclasses import replace

from sim.scenario.merge import Leaf, Table
from sim.scenario.names import OF_PROTOCOLS


def without_unused(tree: Table, declared: Table) -> Table:
    """tree: of all files together, bearing the text of the uppermost; declared: what the protocols in use declare."""
    levers = tree.cells.get("lever")
    if not isinstance(levers, Table):
        return tree
    pulled = set(_pulled(tree))
    kept = {name: lever for name, lever in levers.cells.items()
            if name in pulled or lever.text is tree.text or all(_stands(path, declared)
                                                                          for path in _changes(lever))}
    return replace(tree, cells={**tree.cells, "lever": replace(levers, cells=kept)})


def _pulled(tree: Table) -> Iterator[str]:
    options = tree.cells.get("option")
    written = options.value if isinstance(options, Leaf) else ()
    for option in written if isinstance(written, list | tuple) else ():
        names = option.get("levers") if isinstance(option, dict) else None
        yield from map(str, names) if isinstance(names, list) else ()


def _changes(lever: Leaf | Table) -> Iterator[str]:
    change = lever.cells.get("change") if isinstance(lever, Table) else None
    yield from change.cells if isinstance(change, Table) else ()


def _stands(path: str, declared: Table) -> bool:
    """Of a key path into what protocols declare; any other is judged elsewhere."""
    kind, _, rest = path.partition(".")
    of_kind = declared.cells.get(kind)
    return kind not in OF_PROTOCOLS or (isinstance(of_kind, Table) and rest.partition(".")[0] in of_kind.cells)
