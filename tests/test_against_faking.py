"""Real runs in which something is planted: the numbers must show it, and nothing else."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from sys import modules  # the room's function `content` hides its module

import numpy as np
import pytest

from sim import run
from sim.cases import NO_CHANNEL, used_desks
from sim.content import asking, finding
from sim.content.neighbours import Near
from sim.ledger import DUTY_BROKEN, FORBIDDEN, NEED, NO_RULE_KNOWN, PERMITTED, RECORD
from sim.metrics import SPLIT, measure
from sim.metrics.cost import open_before
from sim.metrics.joined import Joined
from sim.needs import ASKER
from sim.programs import find
from sim.run import Replication
from sim.scenario import load, settle_at, with_protocol
from sim.scenario.schema import ChannelLine, Option, Scenario
from sim.script import ANSWERS, HIT, NEEDS, Match, Review
from sim.units import HOUR, Range, duration, rate, share

SIENA = find("siena").read_text(encoding="utf-8")
DIRECT = '''"""Search, and send what was found unseen. Made for a test; no instrument."""
from protocols import _procedure
from sim.script import *

SERVES = {"known_to_you", "content"}
INSTRUMENT, MEMBERS, NETWORK = "DIR_2023_977", "EUROPOL", "siena"
PARTIES = _procedure.PARTIES | {"hub": "europol"}
TASKS = _procedure.chosen(_procedure.TASKS, "justify", "search_directly")
CONTENTS = _procedure.chosen(_procedure.CONTENTS, "name_request") | {
    "finding": Content(("family_name", "conviction"), "record", "CATEGORY"),
}


def case(c):
    yield Work("investigator", "justify")
    found = yield ForEach("responder", ask, best=(ANSWERED, NOTHING_HELD, LOST))
    yield Close(found)


def ask(leg):
    yield Send("requester", "responder", "name_request", via="hub")
    if (yield Match("responder", "fuzzy", "search_directly")) == NO_HIT:
        return NOTHING_HELD
    yield Send("responder", "requester", "finding", via="hub")
    return ANSWERED
'''


def planted(folder: Path, source: str) -> Scenario:
    """`minimal` with a protocol of this source alone, and records whose owners restrict nothing: only the channel's
    law speaks."""
    (folder / "planted.py").write_text(source, encoding="utf-8")
    scenario = load("minimal")
    people = scenario.people.model_copy(update={"handling": {"H0": share("100 %")}})
    return with_protocol(scenario.model_copy(update={"folder": str(folder), "people": people}), "planted")


def first_run(scenario: Scenario, option: int = 0) -> Replication:
    return run.run(run.prepare(scenario), scenario.option[option].name, 0, 0)


def number(done: Replication, metric: str, slice: str = "") -> float:
    return next(value.value for value in measure(done) if (value.metric, value.slice) == (metric, slice))


def counted(done: Replication) -> np.ndarray:
    """(cases,) of needs of the focus that count."""
    rows, need = done.needs.rows, done.ledger.cases["need"]
    return np.append(rows["counts"] & (rows["side"] == ASKER), False)[need] & (need >= 0)


def arrived(done: Replication, content: str) -> np.ndarray:
    """The messages of a content that reached another state, in cases that count."""
    messages = done.ledger.messages
    return messages[(messages["content"] == done.world.contents.index(content)) & ~messages["lost"]
                    & (messages["arrives"] <= done.ledger.end) & (messages["sender"] != messages["receiver"])
                    & counted(done)[messages["case"]]]


def test_one_field_more_in_a_file_is_one_fact_more_for_every_file_given(tmp_path):
    """A fact is counted once for each need, learner, person and owner, however often it is sent."""
    one_more = ('\nfrom dataclasses import replace\nFILE = CONTENTS["file"]\n'
                'CONTENTS = CONTENTS | {"file": replace(FILE, fields=(*FILE.fields, "dna"))}\n')
    before, after = first_run(planted(tmp_path, SIENA)), first_run(planted(tmp_path, SIENA + one_more))
    assert np.array_equal(before.ledger.messages, after.ledger.messages)
    files = arrived(after, "file")
    need = after.ledger.cases["need"][files["case"]]
    person = after.content.records["person"][files["version"]]
    facts = len(set(zip(need, files["receiver"], person, files["sender"], strict=True)))
    assert facts >= 3
    needs = (after.needs.rows["counts"] & (after.needs.rows["side"] == ASKER)).sum()
    rise = number(after, "facts_beyond_need") - number(before, "facts_beyond_need")
    assert rise * needs == pytest.approx(facts)
    for metric in ("uninvolved_persons", "systems_that_see_a_query", "needs_met", "disclosure_recall"):
        assert number(after, metric) == number(before, metric)


def test_a_script_that_asks_no_review_is_judged_all_the_same(tmp_path):
    """The directive owes police files; on convictions no rule of it says anything, so the sender's law forbids them."""
    lawful = first_run(planted(tmp_path, DIRECT.replace("CATEGORY", "police_file")))
    unlawful = first_run(planted(tmp_path, DIRECT.replace("CATEGORY", "conviction")))
    for done in (lawful, unlawful):
        assert not Joined(done).steps_of(Review).any()
        assert np.isin(done.ledger.disclosures["ruling"], (PERMITTED, FORBIDDEN, NO_RULE_KNOWN, DUTY_BROKEN)).all()
        recipients = done.ledger.disclosures[done.ledger.disclosures["role"] == 0]
        assert (recipients["basis"] >= 0).all()
    sent = len(arrived(unlawful, "finding"))
    needs = (unlawful.needs.rows["counts"] & (unlawful.needs.rows["side"] == ASKER)).sum()
    assert sent >= 3
    assert number(unlawful, "against_rules", "forbidden") == pytest.approx(100 * sent / needs)
    assert number(lawful, "against_rules", "forbidden") == 0
    assert number(unlawful, "facts_beyond_need", "no basis") > number(lawful, "facts_beyond_need", "no basis") == 0


def test_what_was_forbidden_takes_a_right_answer_out_of_met(tmp_path):
    lawful = first_run(planted(tmp_path, DIRECT.replace("CATEGORY", "police_file")))
    unlawful = first_run(planted(tmp_path, DIRECT.replace("CATEGORY", "conviction")))
    right = number(lawful, "met_with_information")
    assert right > 0
    assert (number(unlawful, "outside_rules"), number(unlawful, "met_with_information")) == (right, 0)
    assert number(lawful, "outside_rules") == 0


def hits(done: Replication) -> dict[int, int]:
    """Subject -> the person whose record the first search by name in the partner's store found."""
    steps = done.ledger.steps[done.ledger.steps["task"] >= 0]
    steps = steps[Joined(done).steps_of(Match) & (steps["answer"] == ANSWERS[Match].index(HIT))]
    need = done.needs.rows[done.ledger.cases["need"][steps["case"]]]
    by_name = (need["kind"] != NEEDS.index("identify")) & (need["side"] == ASKER)
    found = zip(need["subject"][by_name], done.content.records["person"][steps["version"][by_name]], strict=True)
    return {int(subject): int(person) for subject, person in found}


def test_hits_follow_the_names_in_the_stores(monkeypatch):
    """One wanted person is on record under the name of somebody held beside it, who is found instead; another under a
    name from another store, and is found no more."""
    scenario = settle_at(load("minimal"), {"people.quality.small": 0.0, "people.known.content": 1.0})
    setting = run.prepare(scenario)
    before = hits(run.run(setting, "as today", 0, 0))
    wanted, lost = sorted(subject for subject, person in before.items() if subject == person)[:2]
    beside, elsewhere = (held_at(setting.people, code)[0] for code in ("BB", "AA"))
    as_the_asker_writes, openers = setting.people, asking.openers
    monkeypatch.setattr(modules["sim.content.content"], "openers",
                        lambda kept, *rest: openers(replace(kept, people=as_the_asker_writes), *rest))
    monkeypatch.setattr(finding, "neighbours", lambda people, *_: Everybody(people))     # of whatever name
    stores = renamed(renamed(setting.people, wanted, beside), lost, elsewhere)
    after = run.run(replace(setting, people=stores), "as today", 0, 0)
    assert hits(after) == {subject: person for subject, person in before.items() if subject != lost} | {wanted: beside}
    assert number(after, "wrong_persons") > 0


class Everybody:
    """As if all people of the stores were near every subject."""

    def __init__(self, people):
        self.people = people

    def of(self, subjects):
        others = self.people.background.astype(np.int32)
        return Near(len(others) * np.arange(len(subjects) + 1), np.tile(others, len(subjects)))


def held_at(people, code: str) -> list[int]:
    """The persons on record at a place whatever the needs are."""
    return people.background[people.background_place == people.codes.index(code)].tolist()


def renamed(people, one: int, other: int):
    """The same people, two of whom have exchanged name and birthday."""
    order = np.arange(len(people.id))
    order[[one, other]] = order[[other, one]]
    swapped = {name: getattr(people, name)[order] for name in ("language", "family", "given", "sex", "birth")}
    return replace(people, **swapped)


def test_a_need_that_no_channel_serves_is_counted():
    scenario = load("minimal")
    some = Option(name="contents only", channel=(ChannelLine(need="content", use="siena"),))
    done = first_run(scenario.model_copy(update={"option": (scenario.option[0], some)}), option=1)
    rows = done.needs.rows
    counts = rows["counts"] & (rows["side"] == ASKER)
    without = counts & (rows["kind"] != NEEDS.index("content"))
    assert 0 < without.sum() < counts.sum()
    assert (done.cases.opening[without] == NO_CHANNEL).all()
    assert number(done, "without_channel") == pytest.approx(100 * without.sum() / counts.sum())
    assert number(done, "reach") == pytest.approx(100 - number(done, "without_channel"))
    assert number(done, "not_asked") >= number(done, "without_channel")
    assert sum(number(done, name) for name in SPLIT) == pytest.approx(100)
    assert {value.n for value in measure(done) if value.metric in SPLIT and not value.slice} == {counts.sum()}


# On the baseline, cut short.

def short(observe: str, drain: str) -> Scenario:
    scenario = load("baseline")
    window = {"warm_up": duration("2 d"), "observe": duration(observe), "drain": duration(drain)}
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=window)})


def one_by_one(scenario: Scenario) -> Scenario:
    """So few requests, of one state each, that they hardly ever meet each other at a desk."""
    demand = scenario.demand
    addressed = demand.addressed.model_copy(update={"states": Range(1, 1, "number")})
    return scenario.model_copy(update={"demand": demand.model_copy(update={
        "asked_by_us": rate("0.5 per day"), "asked_of_us": rate("0.5 per day"), "growth": None,
        "addressed": addressed})})


def without_other_work(scenario: Scenario) -> Scenario:
    none = {"domestic": share("0 %"), "other_foreign": share("0 %")}
    desks = {name: desk.model_copy(update=none) for name, desk in scenario.desk.items()}
    return scenario.model_copy(update={"desk": desks})


def queued(done: Replication) -> float:
    """Hours that requests waited at open desks, both ways."""
    return sum(value.value * value.n for value in measure(done)
               if value.metric == "time_at_desks" and value.slice in ("queue", "as asked, queue"))


def test_requests_wait_for_the_desks_other_work():
    scenario = one_by_one(short("12 d", "4 d"))
    setting, option = run.prepare(scenario), scenario.option[0].name
    busy = queued(run.run(setting, option, 1, 0))
    idle = run.run(replace(setting, scenario=without_other_work(scenario)), option, 1, 0)
    assert busy > 10
    assert queued(idle) < 0.01 * busy
    assert number(idle, "time_at_desks", "work") > 0
    assert number(idle, "time_at_desks", "closed hours") > 0


def waited_while_open(done: Replication) -> float:
    """Hours that all jobs of a run, the desks' own too, waited at open desks."""
    steps, total = done.ledger.steps, 0.0
    for number_of, station in enumerate(done.world.stations):
        here, windows = steps[steps["station"] == number_of], station.windows
        over = np.where(here["began"] >= 0, here["began"], np.where(here["ended"] >= 0, here["ended"], done.ledger.end))
        total += float((open_before(windows, over) - open_before(windows, here["queued"])).sum())
    return total / HOUR


@pytest.mark.parametrize("future", [0, 1])
def test_without_other_work_nearly_nothing_queues_at_the_demand_as_declared(future: int):
    scenario = short("12 d", "4 d")
    setting, option = run.prepare(scenario), scenario.option[0].name
    busy = waited_while_open(run.run(setting, option, future, 0))
    idle = waited_while_open(run.run(replace(setting, scenario=without_other_work(scenario)), option, future, 0))
    assert busy > 1000
    assert 0 < idle < 0.01 * busy


@cache
def loaded() -> Replication:
    scenario = short("10 d", "3 d")
    return run.run(run.prepare(scenario), scenario.option[1].name, 0, 0)


def worked(done: Replication) -> np.ndarray:
    """(steps,) clerk time spent up to the end; that of a job in hand counts as far as it has come."""
    steps, end = done.ledger.steps, done.ledger.end
    time = np.where((steps["station"] >= 0) & (steps["ended"] >= 0), steps["work"], 0)
    in_hand = (steps["station"] >= 0) & (steps["began"] >= 0) & (steps["ended"] < 0)
    for number_of in np.unique(steps["station"][in_hand]):
        here = in_hand & (steps["station"] == number_of)
        windows = done.world.stations[number_of].windows
        began = steps["began"][here]
        time[here] = open_before(windows, np.full(len(began), end)) - open_before(windows, began)
    return time


def loads(done: Replication) -> dict[str, tuple[float, float, float, float, float]]:
    """By kind of desk: least and most other work declared, what was measured, of it the requests', its scatter."""
    declared, own = load("baseline").desk, used_desks(done.world)
    steps, time = done.ledger.steps, worked(done)
    requests = np.isin(done.ledger.cases["kind"][steps["case"]], (NEED, RECORD))
    found = {}
    for name in sorted({station.desk for station in done.world.stations}):
        places = [k for k in own if done.world.stations[k].desk == name]
        here, there = np.isin(steps["station"], places), done.ledger.stations.open_clerk_time[places].sum()
        desk, jobs = declared[name], (here & ~requests & (steps["began"] >= 0)).sum()
        measured = time[here].sum() / there
        scatter = measured * (2 / jobs) ** 0.5      # of a sum of `jobs` lognormal times of variation 1, Poisson many
        found[name] = (desk.domestic.low + desk.other_foreign.low, desk.domestic.high + desk.other_foreign.high,
                       measured, time[here & requests].sum() / there, scatter)
    return found


def test_desks_are_as_busy_as_declared():
    """Within four standard errors: ten kinds of desk are wrongly refused once in 1,500 such tests."""
    table = loads(loaded())
    told = "\n".join(f"{name:20}{low:7.0%} to {high:4.0%}   measured {measured:5.1%}, requests {requests:5.1%}, "
                     f"scatter {scatter:.1%}" for name, (low, high, measured, requests, scatter) in table.items())
    assert len(table) >= 8
    for low, high, measured, requests, scatter in table.values():
        assert low - 4 * scatter <= measured <= high + requests + 4 * scatter, told
    assert any(requests > 0.01 for _, _, _, requests, _ in table.values()), told
