"""Facts beyond need on random runs made by hand, held to a count fact by fact; weighted and by kind of person too."""

from collections import defaultdict
from dataclasses import replace

import pytest
from hand_made import END, HUB, PERMITTED_BY_LAW, STATES, Made, law, value, values
from hand_made import view as view_of
from hypothesis import given
from hypothesis import strategies as st

from sim.laws import FREE, KINDS, MUST_REFUSE, Outcome
from sim.laws.duties import Duties
from sim.metrics import leakage
from sim.metrics.leakage import TESTS
from sim.metrics.necessary import NECESSARY
from sim.scenario.sensitivity import FieldClass
from sim.script import BIT, FIELDS, PLAIN, PSEUDONYM, Content
from sim.units import HOUR, Range

NO_BASIS, WRONG, BEYOND, CARRIER, ONWARD, KEPT = range(len(TESTS))
LAW = (replace(PERMITTED_BY_LAW, duties=Duties(flags=frozenset({"owner_consent"}), retention=10 * HOUR)),
       Outcome(MUST_REFUSE, "no", "harm", FREE), PERMITTED_BY_LAW)
CHANGES = (20, 60)                     # hours from which the second and the third outcome hold
CONTENTS = {
    "query": Content(("family_name", "given_name", "birth_date", "interest", "plate"), "subject", "identity"),
    "kept_query": Content(("family_name", "dna"), "subject", "identity", keep="15 h"),
    "record": Content(("family_name", "offence", "authority", "file"), "record", "police_file"),
    "lean": Content(("family_name",), "record", "police_file", keep="1 h"),
    "hit": Content((), "answer", "signal"), "receipt": Content((), "matter", "signal"),
}
PERSONS = (7, 8, 9)
WEIGHTS = {"light": (0.5, FIELDS[:10]), "heavy": (3.3333, FIELDS[10:])}

messages = st.builds(dict, case=st.integers(0, 2), sender=st.integers(0, HUB), receiver=st.integers(0, HUB),
                     content=st.sampled_from(tuple(CONTENTS)), begun=st.integers(0, 90), lasts=st.integers(0, 12),
                     version=st.integers(-1, 5), form=st.sampled_from((PLAIN, PLAIN, PLAIN, PSEUDONYM, BIT)),
                     via=st.sampled_from((-1, HUB)), lost=st.sampled_from((False, False, True)), sealed=st.booleans())
runs = st.builds(dict, sent=st.lists(messages, max_size=14), reads=st.booleans(), may=st.booleans(),
                 holders=st.lists(st.sets(st.integers(1, STATES - 1)), min_size=3, max_size=3))


def made_of(run):
    made = Made(law(*LAW, epochs=tuple(hour * HOUR for hour in CHANGES)), CONTENTS)
    made.reads[HUB], made.may_read[HUB] = run["reads"], run["may"]
    made.sensitivity = {name: FieldClass(weight=Range(weight, weight, "number"), fields=fields)
                        for name, (weight, fields) in WEIGHTS.items()}
    for need, holders in enumerate(run["holders"]):
        made.case(made.need(subject=PERSONS[need % 2], holders=tuple(holders), kind_of_person=need))
    for version in range(6):
        made.record(PERSONS[version % 3], 1 + version % (STATES - 1), kind=version % 5)
    for step, sent in enumerate(run["sent"]):
        columns = {**sent, "arrives": sent["begun"] + sent["lasts"]}
        made.message(columns.pop("case"), step=step, **{k: v for k, v in columns.items() if k != "lasts"})
    return made


def learnt(made, run):
    """(need, learner, carrier, person, owner, field) -> of each telling: whether it was forbidden, passed on without
    consent, kept too long; and the kind of person of the first one."""
    facts, kinds = defaultdict(list), {}
    for sent in run["sent"]:
        content, version, arrives = CONTENTS[sent["content"]], sent["version"], sent["begun"] + sent["lasts"]
        if sent["lost"] or sent["sender"] == sent["receiver"] or arrives * HOUR > END or sent["form"] != PLAIN:
            continue
        asked = content.of in ("subject", "matter")
        found = -1 if asked else version
        person = PERSONS[sent["case"] % 2] if found < 0 else PERSONS[version % 3]
        owner = 0 if asked else sent["sender"] if found < 0 else 1 + version % (STATES - 1)
        now = LAW[sum(sent["begun"] >= hour for hour in CHANGES)]
        learners = [(sent["receiver"], False)]
        if sent["via"] >= 0 and run["reads"] and not sent["sealed"]:
            learners.append((HUB, True))
        for place, carrier in learners:
            basis = None if carrier and run["may"] else now
            keep = {"15 h": 15, "1 h": 1}.get(content.keep, basis.duties.retention / HOUR if basis else 10**9)
            late = basis is not None and min(keep, END / HOUR - arrives) > basis.duties.retention / HOUR
            onward = (basis is not None and "owner_consent" in basis.duties.flags and content.of == "record"
                      and sent["sender"] != owner and sent["sender"] < STATES)
            for field in content.fields:
                key = sent["case"], place, carrier, person, owner, field
                facts[key].append((now.verdict == MUST_REFUSE and not carrier, onward, late))
                kinds.setdefault(key[:5], sent["case"] if found < 0 else version % 5)
    return facts, kinds


def fails(made, run, fact, tellings):
    """The first test it fails, None where it is necessary."""
    need, place, carrier, person, owner, field = fact
    holders, right = run["holders"][need], person == PERSONS[need % 2]
    known = NECESSARY["known_to_you"]
    asker = place == 0 and owner in holders and field in known.asker
    holder = (place in holders if place < STATES else bool(holders)) and owner == 0 and field in known.query
    lawful = [telling for telling in tellings if not telling[0]]
    if not lawful:
        return NO_BASIS
    if not (right and not carrier and (asker or holder)):
        return WRONG if not right else CARRIER if carrier and not run["may"] else BEYOND
    if any(not onward and not late for _, onward, late in lawful):
        return None
    return ONWARD if any(onward for _, onward, _ in lawful) else KEPT


@given(runs)
def test_the_causes_of_all_excess_are_those_counted_fact_by_fact(run):
    """And add to all that was learnt without need, raw and weighted, in total and by kind of person."""
    made = made_of(run)
    facts, kinds = learnt(made, run)
    counted, weighted, by_kind = [0] * len(TESTS), [0] * len(TESTS), [0] * len(KINDS)
    for fact, tellings in facts.items():
        test = fails(made, run, fact, tellings)
        if test is not None:
            counted[test] += 1
            weighted[test] += round(1000 * next(weight for weight, fields in WEIGHTS.values() if fact[5] in fields))
            by_kind[kinds[fact[:5]]] += 1
    seen = view_of(made)
    found = leakage.facts(seen)
    assert found.excess == tuple(counted)
    assert sum(found.excess) == found.learnt - found.needed == found.beyond.sum()
    assert found.learnt == len(facts)
    total, *parts = leakage.beyond_need_weighted(seen)
    assert [part.amount for part in parts] == weighted
    assert total.amount == sum(weighted)
    assert found.by_kind.tolist() == by_kind


def test_a_fact_counts_as_its_field_weighs():
    made = made_of({"sent": [], "reads": False, "may": False, "holders": [{1}, set(), set()]})
    made.message(0, 0, 2, "query")
    assert value(made, "facts_beyond_need") == pytest.approx(5 / 3)
    assert value(made, "facts_beyond_need_weighted") == pytest.approx((3 * 0.5 + 2 * 3.333) / 3)
    assert value(made, "facts_beyond_need_weighted", "beyond purpose") == pytest.approx((3 * 0.5 + 2 * 3.333) / 3)
    assert value(made, "facts_beyond_need_weighted", "wrong person") == 0
    assert value(made, "facts_beyond_need_by_kind", "suspect") == pytest.approx(5 / 3)


def test_without_a_table_nothing_is_weighted():
    made = made_of({"sent": [], "reads": False, "may": False, "holders": [{1}, set(), set()]})
    made.message(0, 0, 2, "query")
    made.sensitivity = {}
    assert values(made, "facts_beyond_need_weighted") is None
    assert value(made, "facts_beyond_need") > 0
