"""What a search costs the machines of both sides is time of its task; blinded matchers are for machines alone."""

import pytest
import worlds as w
from rule_worlds import REGISTRY

from sim import world as worlds
from sim.errors import ScriptError
from sim.inert import inert
from sim.scenario import load
from sim.script import ANSWERED, BLINDED, HIT, NOTHING_HELD, PLAIN, ForEach, Lookup, Match, Send, Store
from sim.units import HOUR, MINUTE

MACHINE = {**w.OWN, "multiplication": "27 us", "encoding": "31 us", "filters": "20 ms", "texts": "25 ms"}
FIELDS = {"family_name": 1}
KEYS = ["family_name + given_name", "family_name + year(birth_date)"]
MATCHERS = {
    "two_keys": {**w.OWN, "kind": "multi_key", "keys": KEYS, "blinded": True},
    "plain": {**w.OWN, "kind": "exact_keys", "fields": FIELDS},
    "fuzzy": {**w.OWN, "kind": "fuzzy", "fields": FIELDS, "threshold": 0.9},
    "filters": {**w.OWN, "kind": "clk", "fields": FIELDS, "threshold": 0.9, "bits": 1024, "hashes": 20, "key": "k"},
}
QUERY = w.ContentDeclared(("family_name", "given_name", "birth_date"), "subject", "identity")
RECORDS, ALERTS = 1000, 15


def asking(by, form=PLAIN, task="search"):
    def leg(c):
        yield Send("requester", "responder", "query", form=form)
        return ANSWERED if (yield Match("responder", by, task)) == HIT else NOTHING_HELD

    def case(c):
        return (yield ForEach("responder", leg, best=(ANSWERED, NOTHING_HELD, "lost")))
    return case


def looking_up(by):
    def case(c):
        yield Send("requester", "registry", "query", form=BLINDED)
        return ANSWERED if (yield Lookup("registry", by, "search")) == HIT else NOTHING_HELD

    def record(c):
        yield Send("responder", "registry", "query")
        yield Store("registry", "query", "store")
        return ANSWERED
    return case, record


def world(case, record=None, desk="machine", per="leg", machine=MACHINE):
    tasks = {"search": w.task("1 min", desk, per=per), "store": w.task("1 min", "machine")}
    made = w.protocol(case, record, tasks=tasks, contents={"query": QUERY}, parties={"registry": "REG"})
    built = w.scenario(**w.settings(made), **REGISTRY, machine=machine, matcher=MATCHERS)
    people = built.people.model_copy(update={"records": RECORDS, "alerts": ALERTS})
    built = built.model_copy(update={"people": people})
    return w.linked(worlds.build(built, (made,), 1, 0, built), 0)


def taken(built, **case):
    """Ticks of the one search."""
    row, = w.simulate(built, {"opened": HOUR, **case}).steps
    return int(row["ended"] - row["began"])


def test_two_blinded_keys_of_one_record_among_a_thousand():
    """Each side multiplies its own points and those of the other: 2 + 2,000 on the asker's, as many on the holder's."""
    multiplications = 2 * (2 * 1 + 2 * RECORDS)
    assert taken(world(asking("two_keys", BLINDED))) == MINUTE + 27 * multiplications


@pytest.mark.parametrize(("by", "more"), [
    ("plain", 0), ("fuzzy", round(25_000 * RECORDS / 1e6)),
    ("filters", 31 + round(31 * RECORDS + 20_000 * RECORDS / 1e6))])
def test_what_other_matchers_add(by, more):
    assert taken(world(asking(by))) == MINUTE + more


def test_a_search_for_each_of_three_subjects():
    each = MINUTE + 27 * 2 * (2 + 2 * RECORDS)
    assert taken(world(asking("two_keys", BLINDED), per="subject"), subjects=3) == 3 * each


def test_copies_are_the_alerts_of_all_places():
    case, record = looking_up("two_keys")
    assert taken(world(case, record)) == MINUTE + 27 * 2 * (2 + 2 * 2 * ALERTS)


def test_without_a_machine_a_search_takes_the_time_of_its_task():
    assert taken(world(asking("two_keys", BLINDED), machine=None)) == MINUTE


def test_a_clerk_who_searches_takes_the_time_of_the_task():
    assert taken(world(asking("fuzzy"), desk="clerks")) == MINUTE


def test_no_clerk_can_blind():
    with pytest.raises(ScriptError, match=r"test\.py: search by 'two_keys', which is blinded, in task 'search' at the "
                                          "desk 'clerks'\n  expected  a task at the desk 'machine'"):
        world(asking("two_keys", BLINDED), desk="clerks")


@pytest.mark.parametrize("form", [PLAIN, "hash", "bloom"])
def test_what_reaches_a_blinded_matcher_is_blinded(form):
    with pytest.raises(ScriptError, match=f"search by 'two_keys', which is blinded, with 'query' sent in the form "
                                          f"'{form}'\n  expected  .*form='blinded'"):
        world(asking("two_keys", form))


def test_one_task_has_one_time():
    def case(c):
        yield Send("requester", "responder", "query")
        return ANSWERED if (yield Match("responder", "fuzzy", "search")) == HIT else (
            ANSWERED if (yield Match("responder", "plain", "search")) == HIT else NOTHING_HELD)

    def each(c):
        return (yield ForEach("responder", case, best=(ANSWERED, NOTHING_HELD, "lost")))
    with pytest.raises(ScriptError, match="in task 'search', which also serves"):
        world(each)
    assert world(each, machine=None)


def test_ranges_of_steps_that_no_machine_takes_are_felt_by_nobody():
    ranges = {name: "1 to 2 s" for name in ("multiplication", "encoding", "filters", "texts")}
    scenario = load("baseline")
    machine = type(scenario).model_fields["machine"].annotation.__args__[0]
    listed = inert(scenario.model_copy(update={"machine": machine(because="a test", **ranges)}))
    assert {path for path in listed if path.startswith("machine.")} == {
        "machine.multiplication", "machine.encoding", "machine.filters"}
