"""Every protocol is tested by lying in the folder; below that, paths of each are played by hand."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

import sim.script as script
from protocols import (
    _procedure,
    interpol_i247,
    mutual_legal_assistance,
    pruem_router,
    police_index,
    shared_database,
    siena,
)
from sim.programs import asking_path, check_notes, find, load, names, play
from sim.scenario import facts, protocols
from sim.scenario import load as load_scenario
from sim.script import *  # noqa: F403
from sim.script import ANSWERED, DELIVERED, DONE, LOST, NO, YES, Content, Parameters

PROTOCOLS = {name: load(find(name)) for name in names()}
README = Path(_procedure.__file__).with_name("README.md")
ACTS = re.compile(r"(Regulation|Directive) \(EU\) \d{4}/\d+|INTERPOL Constitution|Convention on Mutual Assistance")
FACT_ID = re.compile(r"\b[A-Z0-9]{2,}(?:-[A-Z0-9]+)+\b")
