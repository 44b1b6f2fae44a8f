"""Scenarios with the tables that content reads, and no others, and the arrays it is called with."""

from datetime import date

import numpy as np

from sim.content import Search, content, people
from sim.content.errors import ERRORS
from sim.scenario.holdings import Matcher, Systems
from sim.scenario.holdings import People as Settings
from sim.scenario.schema import Institution, Jurisdiction, Link, Scenario, ShareSetting
from sim.script import NEEDS as KINDS_OF_NEED
from sim.units import DAY

NEEDS = np.dtype([("id", "u8"), ("arises", "i8"), ("kind", "i1"), ("opener", "i2"), ("subject", "i4"), ("known", "u1"),
                  ("counts", "?")])
SEED = 7
UNTIL = 90 * DAY
MATCHERS = ("exact_keys", "fuzzy", "biometric")
SEARCHES = tuple(Search(matcher, serves=KINDS_OF_NEED) for matcher in MATCHERS)
CODES_OF_FIVE = ("AT", "BG", "CY", "FR", "XA")
SIZES = ("any", "large", "middle", "small")
FIELDS = {"family_name": 0.35, "given_name": 0.25, "birth_date": 0.40}
LANGUAGES = {"AT": ("de",), "BG": ("bg",), "BY": ("ru",), "CY": ("el", "tr"), "FR": ("fr",), "XA": ("ar", "fr")}
SCRIPTS = {"BG": ("Cyrl",), "BY": ("Cyrl",), "CY": ("Grek", "Latn"), "XA": ("Arab", "Latn")}


def scenario(codes=("AT", "BG", "CY", "FR", "XA"), persons=400, records=60, quality="typical", **changes):
    """`changes` name keys of the people, or a matcher's `threshold`, `miss` or `false`."""
    point = {key: changes.pop(key) for key in ("threshold", "miss", "false") if key in changes}
    settings = {"because": "a test", "persons": persons, "records": records, "known": {}, "holders": 1,
                "quality": {size: (quality,) for size in SIZES}, "kinds": {"suspect": "60 %", "victim": "40 %"},
                "handling": {"H0": "50 %", "H2": "50 %"}, "changed": "20 %", "deleted": "10 %"} | changes
    return Scenario.model_construct(
        name="test", folder="", focus=codes[0], institution={}, links={}, as_of=date(2027, 7, 1),
        people=Settings(**settings), matcher=matchers(**point),
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


def faultless(**on):
    """`people.errors` under which no type of error strikes but these."""
    return dict.fromkeys(ERRORS, "0 %") | on


def by(*fields, **more):
    """A matcher of exact keys, or of prints, that reads these fields."""
    if fields == ("print",):
        return Matcher(kind="biometric", fields={"print": 1}, **({"miss": "0 %", "false": "0 %"} | more))
    return Matcher(kind="exact_keys", fields=dict.fromkeys(fields, 1), **more)


def systems(formats, wire="", rekeying="0 %", structured=None, of="leg", hub=""):
    """Tables of a scenario whose states keep their records in these formats (by code, as many as there are SIZES) and
    send them over the network "net" in the format `wire`; the institution "hub" keeps copies in the format `hub`."""
    size = dict(zip(sorted(set(formats.values())), SIZES, strict=False))
    states = {code: jurisdiction(code).model_copy(update={"size": size[name]}) for code, name in formats.items()}
    fact = {} if structured is None else {"structured": ShareSetting(because="a test", share=structured, of=of)}
    return {"jurisdiction": states, "formats": tuple(sorted({*formats.values(), wire, hub, "free_text"} - {""})),
            "links": {"net": Link(because="a test", latency="0 s", loss="0 %", format=wire)},
            "institution": {"hub": Institution(because="a test", name="hub", zone="UTC", regime="other", format=hub)},
            "systems": Systems(because="a test", rekeying=rekeying, format={of: (name,) for name, of in size.items()}),
            "fact": fact}


def made(setting, table, *searches, holder=None, places=(), replication=0, until=UNTIL):
    """Content of these searches (`SEARCHES` if none is told), by default of what the next state holds."""
    cast = people(setting, SEED)
    beside = np.zeros((len(table), len(places)), bool)
    next_state, everywhere = (np.hstack([part, beside]) for part in held_by_next(table, len(cast.codes)))
    return content(cast, setting, table, next_state if holder is None else holder, everywhere, (*cast.codes, *places),
                   searches or SEARCHES, SEED, replication, until)


def all_kinds(matcher="m", **more):
    return Search(matcher, serves=KINDS_OF_NEED, **more)
