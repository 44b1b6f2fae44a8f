"""Scenarios with the tables that content reads, and no others, and the arrays it is called with."""

from datetime import date

import numpy as np

from sim.content import Search
from sim.scenario.holdings import Matcher
from sim.scenario.holdings import People as Settings
from sim.scenario.schema import Jurisdiction, Scenario
from sim.script import NEEDS as KINDS_OF_NEED
from sim.units import DAY

NEEDS = np.dtype([("id", "u8"), ("arises", "i8"), ("kind", "i1"), ("opener", "i2"), ("subject", "i4"), ("known", "u1"),
                  ("counts", "?")])
SEED = 7
UNTIL = 90 * DAY
MATCHERS = ("exact_keys", "fuzzy", "biometric")
SEARCHES = tuple(Search(matcher, serves=KINDS_OF_NEED) for matcher in MATCHERS)
FIELDS = {"family_name": 0.35, "given_name": 0.25, "birth_date": 0.40}
LANGUAGES = {"AT": ("de",), "BG": ("bg",), "CY": ("el", "tr"), "FR": ("fr",), "XA": ("ar", "fr")}
SCRIPTS = {"BG": ("Cyrl",), "CY": ("Grek", "Latn"), "XA": ("Arab", "Latn")}


def scenario(codes=("AT", "BG", "CY", "FR", "XA"), persons=400, records=60, quality="typical", **changes):
    """`changes` name keys of the people, or a matcher's `threshold`, `miss` or `false`."""
    point = {key: changes.pop(key) for key in ("threshold", "miss", "false") if key in changes}
    settings = {"because": "a test", "persons": persons, "records": records, "known": {}, "holders": 1,
                "quality": {"any": (quality,)}, "kinds": {"suspect": "60 %", "victim": "40 %"},
                "handling": {"H0": "50 %", "H2": "50 %"}, "changed": "20 %", "deleted": "10 %"} | changes
    return Scenario.model_construct(
        name="test", folder="", focus=codes[0], institution={}, links={}, as_of=date(2027, 7, 1), people=Settings(**settings), matcher=matchers(**point),
        jurisdiction={code: jurisdiction(code) for code in codes})


def jurisdiction(code):
    return Jurisdiction(because="a test", name=code, zone="UTC", languages=LANGUAGES.get(code, ("en",)),
                        scripts=SCRIPTS.get(code, ("Latn",)), population=1000, size="any", regime="led")


def matchers(threshold=0.88, miss="5 %", false="0.1 %"):
    return {"exact_keys": Matcher(kind="exact_keys", fields=dict.fromkeys(FIELDS, 1)),
            "fuzzy": Matcher(kind="fuzzy", fields=FIELDS, threshold=threshold),
            "biometric": Matcher(kind="biometric", fields={"print": 1}, miss=miss, false=false)}


def needs(count, states, persons, known=3, kind="identify"):
    """Needs on subjects 0, 1, 2 ..., opened in turn by each state."""
    table = np.zeros(count, NEEDS)
    table["id"] = table["subject"] = np.arange(count) % persons
    table["opener"] = np.arange(count) % states
    table["known"], table["kind"], table["counts"] = known, KINDS_OF_NEED.index(kind), True
    return table


def held_by_next(table, states):
    """The truth: the state after the opener holds a record; every state may be searched."""
    holder = np.zeros((len(table), states), bool)
    holder[np.arange(len(table)), (table["opener"] + 1) % states] = True
    return holder, np.ones_like(holder)
