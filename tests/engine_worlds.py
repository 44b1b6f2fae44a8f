"""Random worlds that hold every instruction and every frame, for holding one engine to the other.

`made(chance)` draws a world and its cases from a `random.Random`; half of all worlds have ticks so coarse that most
events tie. A tree is a word, (step, a tree per answer), or (frame, tree of the sub-script, tree afterwards).
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import worlds as w

from sim import conservation
from sim.cases import Cases
from sim.content import Content
from sim.engines import compiled, reference
from sim.laws import (
    BARS,
    CATEGORIES,
    FREE,
    HANDLING,
    KINDS,
    MAY_REFUSE,
    MUST_GIVE,
    MUST_REFUSE,
    Duties,
    Outcome,
    Verdicts,
)
from sim.ledger import NEED, RECORD
from sim.script import (
    ANSWERED,
    ANSWERS,
    DONE,
    EXPIRED,
    LOST,
    NOBODY,
    NOTHING_HELD,
    REFUSED,
    Batch,
    Chance,
    Close,
    Daily,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Limit,
    Lookup,
    Match,
    Owes,
    Paused,
    Quota,
    Review,
    Send,
    Share,
    Store,
    Verify,
    Wait,
    Window,
    Withdraw,
    Within,
    Work,
)
from sim.units import DAY, HOUR, MINUTE
from sim.world import World

PLACES = ("AA", "BB", "CC", "DD")
ZONES = {"AA": "Europe/Vienna", "BB": "UTC", "CC": "America/New_York", "DD": "Asia/Kolkata"}
STARTS = (date(2027, 7, 1), date(2027, 10, 29), date(2027, 3, 26), date(2026, 12, 23))   # two hold a change of clocks
WINDOWS = {"night": Window("23:30-02:00", at="requester", source="t"), "noon": Window("12:00-12:20", source="t")}
BEST = (ANSWERED, REFUSED, NOTHING_HELD, DONE, LOST, NOBODY, EXPIRED)
WORDS = (ANSWERED, REFUSED, NOTHING_HELD)
CLOCKS = ("short", "long", "day", "hours", "working", "facts")
TASKS = {
    "short": w.task("0 s"), "work": w.task("40 min", spread="0.8"), "machine": w.task("20 min", desk="machine"),
    "back": w.task("1 h", desk="back", spread="exponential"), "each": w.task("20 min", per="subject", spread="0.5"),
    "look": w.task("20 min", spread="exponential", miss="30 %", false="40 %"),
    "weigh": w.task("30 min", desk="back", spread="0.8", miss="30 %", false="20 %", share="60 %"),
}
CONTENTS = {"query": w.told("subject"), "file": w.told("record"), "note": w.told("matter")}
STEPS = [Work("requester", "work"), Work("investigator", "back"), Work("requester", "short"),
         Work("investigator", "each"), Decide("investigator", "weigh"), Is("urgent"), Is("even"), Is("at_place"),
         Is("bound"), Chance("coin"), Send("requester", "registry", "query"), Wait("short"), Wait("hours"),
         Wait("facts"), Batch("night"), Batch("noon"), Owes("judge"), Owes("log"),
         Quota("few", "registry", "requester"), Quota("one", "requester", "registry"),
         Decide("requester", "weigh", about="genuine"), Review("requester", "file", to="registry", task="work"),
         Send("investigator", "requester", "note")]
SEARCHES = [Match("requester", "keys", "work"), Lookup("investigator", "keys", "machine"),
            Lookup("registry", "keys", "machine")]
IN_LEG = [Work("responder", "work"), Work("owner", "back"), Work("responder", "machine"), Decide("responder", "weigh"),
          Send("requester", "responder", "query"), Send("responder", "requester", "note", via="registry"),
          Review("responder", "file", task="back"), Review("owner", "query", task="short"), Is("even"), Is("at_place"),
          Owes("judge"), Quota("few", "responder", "requester"), Quota("one", "owner", "investigator"),
          Decide("owner", "weigh", about="genuine"), Batch("noon")]
GIVEN = [Send("responder", "requester", "file"), Send("requester", "responder", "file")]
FOUND = [Verify("investigator", "look"), Store("registry", "file", "machine"), Store("investigator", "file", "work"),
         Withdraw("registry", "machine"), Send("requester", "registry", "file")]
UNTIL, REST = ("all", "first", "one_by_one"), ("runs_on", "recalled")
FRAMES = [("each", until, rest, among) for until in UNTIL for rest in REST
          for among in ("addressed", "addressed", "members", "some")]
FRAMES += [("within", clock, rest) for clock in CLOCKS for rest in REST]
FRAMES += [("due", clock) for clock in CLOCKS] + [("paused",)] * 8 + [("do",)] * 4 + [("close",)] * 2
RECORD_STEPS = [Work("owner", "work"), Store("registry", "file", "machine"), Withdraw("registry", "machine"),
                Send("owner", "registry", "file"), Is("created"), Is("changed"), Is("complained"), Chance("coin"),
                Batch("noon")]
MEMBER_STEPS = [Work("member", "back"), Store("member", "file", "machine"), Withdraw("member", "work"),
                *[Send("owner", "member", "file")] * 4, Send("owner", "member", "note"),
                Send("member", "owner", "note"), Quota("few", "owner", "member"), Is("even"),
                Review("owner", "file", to="member", task="machine")]


@dataclass(frozen=True)
class Made:
    """A world with its cases and content, and all that describes it to a reader of a failure."""

    world: World
    cases: Cases
    content: Content
    tree: Any
    setting: dict[str, Any]


@dataclass(frozen=True)
class Around:
    """What may stand at a place of a script: legs know a responder, clocks can be paused, records were found."""

    leg: bool = False
    clock: bool = False
    found: bool = False
    root: bool = True


def grown(chance, around=Around(), depth=5):
    """A random tree that the tracer takes."""
    if depth <= 0 or (depth < 4 and chance.random() < 0.12):
        return chance.choice(WORDS)
    draw = chance.random()
    if draw < 0.42:
        return _framed(chance, around, depth)
    if draw < 0.6:
        return _search(chance, around, depth)
    step = chance.choice([*STEPS, *(IN_LEG * 3 if around.leg else ()), *(FOUND * 6 if around.found else ()),
                          *(GIVEN * 10 if around.found and around.leg else ())])
    after = tuple(grown(chance, around, depth - 1) for _ in ANSWERS[type(step)])
    if isinstance(step, Review):
        after = tuple((Owes(chance.choice(("judge", "log"))), (each, grown(chance, around, depth - 2)))
                      if chance.random() < 0.7 else each for each in after)
    return step, after


def _search(chance, around, depth):
    """A search, by what has just been sent there where it is not the asker's own."""
    hit, no_hit = replace(around, found=True), replace(around, found=False)
    search = Match("responder", "keys", "look") if around.leg and chance.random() < 0.7 else chance.choice(SEARCHES)
    found, nothing = grown(chance, hit, depth - 1), grown(chance, no_hit, depth - 1)
    if chance.random() < 0.4:
        frame = "each", *(chance.choice(words) for words in (UNTIL, REST)), "recipients"
        found = frame, grown(chance, replace(hit, root=False, leg=True), depth - 2), grown(chance, no_hit, depth - 2)
    if search.party == "responder" and chance.random() < 0.7:
        found = chance.choice(GIVEN), (found,)
    tree = search, (found, nothing)
    if search.party in ("responder", "registry"):
        return Send("requester", search.party, "query"), (tree,)
    return tree


def _framed(chance, around, depth):
    frame = chance.choice(FRAMES)
    if frame == ("close",):
        after = grown(chance, replace(around, root=False), depth - 1)
        return (Close(chance.choice(WORDS)), (after,)) if around.root else after
    if frame == ("paused",) and not around.clock:
        frame = ("do",)
    if around.found and frame[0] == "each" and chance.random() < 0.6:
        frame = (*frame[:3], chance.choice(("found", "recipients")))
    inner = replace(around, root=False, leg=around.leg or frame[0] == "each",
                    clock=around.clock or frame[0] in ("within", "due"))
    return frame, grown(chance, inner, depth - 1), grown(chance, replace(around, found=False), depth - 1)


def script_of(tree):
    """A generator function that follows a tree; sub-scripts are made once, as in a file."""
    if isinstance(tree, str):
        def script(c):
            return tree
            yield
    elif len(tree) == 2:
        step, branches = tree
        known, followers = ANSWERS[type(step)], [script_of(branch) for branch in branches]

        def script(c):
            answer = yield step
            return (yield from followers[known.index(answer)](c))
    else:
        frame, after = _frame(tree[0], script_of(tree[1])), script_of(tree[2])

        def script(c):
            answer = yield frame
            if answer in (EXPIRED, NOBODY, LOST):
                return answer
            return (yield from after(c))
    return script


def _frame(kind, sub):
    if kind[0] == "each":
        return ForEach("responder", sub, best=BEST, until=kind[1], rest=kind[2], among=kind[3])
    if kind[0] == "within":
        return Within(kind[1], sub, rest=kind[2])
    if kind[0] == "due":
        return Due(kind[1], sub)
    return Paused(sub) if kind[0] == "paused" else Do(sub)


def record_script(chance):
    """Up to four steps in a row for whatever happens to a record; some go to other members."""
    steps = [_to_members(chance) if chance.random() < 0.6 else chance.choice(RECORD_STEPS)
             for _ in range(chance.randint(1, 4))]
    return in_a_row(steps), steps


def in_a_row(steps):
    def script(c):
        for step in steps:      # noqa: UP028  (answers are sent in, which a list could not take)
            yield step
        return DONE
    return script


def _to_members(chance):
    leg = in_a_row([chance.choice(MEMBER_STEPS) for _ in range(chance.randint(1, 2))])
    return ForEach("member", leg, best=(DONE, LOST), until=chance.choice(UNTIL), rest=chance.choice(REST),
                   among=chance.choice(("members", "recipients", "recipients", "some")))


def made(chance) -> Made:
    tree = grown(chance)
    record, steps = record_script(chance) if chance.random() < 0.5 else (None, [])
    setting = {"grain": chance.choice(["1 us", "20 min"]), "start": chance.choice(STARTS), "days": chance.randint(2, 5),
               "desks": {name: _desk(chance) for name in ("clerks", "back")}, "delay": chance.randint(0, 3) * 20,
               "loss": chance.choice([0, 0.3]), "retries": chance.randint(0, 2), "seed": chance.randint(1, 2**32 - 1),
               "record": steps, "records": chance.choice(("alerts", "all"))}
    world = build(tree, record, setting, chance)
    cases, content = _cases(chance, world, record is not None)
    return Made(world, cases, content, tree, setting)


def _desk(chance):
    shift = {"06:00-14:00": "60 %", "14:00-22:00": "100 %"} if chance.random() < 0.2 else {}
    return {"hours": chance.choice(["24/7", "Mon-Fri 08:00-16:00", "Mon-Sun 00:30-09:10; Mon-Sun 12:00-23:00"]),
            "clerks": chance.randint(1, 3), "domestic": chance.choice(["0 %", "50 %"]), "shift": shift}


def build(tree, record, setting, chance):
    clocks = {
        "short": w.clock("40 min", at="requester"), "long": w.clock("5 h", at="requester"),
        "day": w.clock("1 calendar days", at="responder", calendar="eu_1182_71"),
        "hours": w.clock("3 h", at="requester", calendar="eu_1182_71"),
        "working": w.clock("2 working days", at="registry", calendar="eu_1182_71"),
        "facts": w.clock("2 h", Limit("20 min", ("urgent",)), Limit("1 h", ("even", "not minor_offence"))),
    }
    protocol = w.protocol(script_of(tree), record, TASKS, CONTENTS, clocks,
                          {"even": Share("50 %", source="t"), "at_place": Share("50 %", of="place", source="t")},
                          {"coin": Share("50 %", source="t")}, {"registry": "REG"},
                          quotas={"few": Daily("2", source="t"), "one": Daily("1", source="t")}, windows=WINDOWS,
                          records=setting["records"])
    run = {"warm_up": "0 s", "observe": f"{setting['days']} d", "drain": "0 s", "futures": 1, "replications": 1,
           "seed": 1, "grain": setting["grain"]}
    world = w.world(
        protocol, seed=setting["seed"], places=PLACES, run=run, desks=setting["desks"], as_of=setting["start"],
        matcher={"keys": {**w.OWN, "kind": "fuzzy", "fields": {"family_name": 1}, "threshold": 0.9}},
        jurisdiction={code: w.state(code, ZONES[code], holidays="AT") for code in PLACES},
        institution={"REG": {**w.OWN, "name": "registry", "zone": "Europe/Paris", "regime": "other"}},
        groups={"some": ["BB", "DD"]},
        law={**w.OWN, "refusal": {"order": "50 %"}, "at_will": {"small": "40 %"}})
    world = w.linked(world, setting["delay"] * MINUTE, setting["loss"], setting["retries"], HOUR)
    return replace(world, law=_law(chance, world))


def _law(chance, world):
    """A verdict for every situation, drawn; it changes at ticks at which other things happen too."""
    outcomes = (Outcome(MUST_GIVE, "free", "", FREE), Outcome(MAY_REFUSE, "will", "at_will", Duties(flags={"judge"})),
                Outcome(MAY_REFUSE, "order", "order", Duties(flags={"judge", "log"})),
                Outcome(MUST_REFUSE, "no", "no_basis", FREE))
    epochs = np.array([np.iinfo(np.int64).min, *sorted({chance.randint(1, 60) * 20 * MINUTE for _ in range(2)})])
    shape = (len(epochs), len(world.law.instruments), len(CATEGORIES), 2, 2, 2, 2, len(KINDS), len(HANDLING),
             len(BARS), 2, 2)
    drawn = np.random.default_rng(chance.randint(0, 2**32))
    profile = drawn.integers(0, 2, (len(epochs), len(world.places)), np.int16)
    return Verdicts.dense(epochs, profile, world.law.instruments, drawn.integers(0, 4, shape, np.int16), outcomes)


def _cases(chance, world, with_records):
    end = world.end // (20 * MINUTE)
    many, found, records = chance.randint(2, 7), [], _records(chance)
    for k in range(many):
        places = chance.sample(range(4), 4)
        found.append({"opened": chance.randint(0, min(end, 100)) * 20 * MINUTE, "id": 100 + k,
                      "opener": chance.choice((0, 0, 1)), "urgent": chance.randint(0, 1),
                      "priority": chance.randint(0, 3), "addressed": tuple(places[:chance.randint(0, 3)]),
                      "members": tuple(places), "subjects": chance.randint(1, 3), "product": chance.randint(0, 1),
                      "minor_offence": chance.randint(0, 1), "bar": chance.randint(0, 5),
                      "kind_of_person": chance.randint(0, 4), "attack": chance.choice((0, 0, 1, 3))})
    if with_records:
        found += [{"opened": chance.randint(0, 60) * 20 * MINUTE, "id": 500 + k, "kind": RECORD, "need": -1,
                   "opener": row[3], "event": chance.randint(0, 3), "record": row[1], "version": row[0],
                   "addressed": (), "members": tuple(chance.sample([k for k in range(4) if k != row[3]], 3))}
                  for k, row in enumerate(records) if chance.random() < 0.6]
    cases = w._beside(world, w.stream(*found))
    needs = int((cases.rows["kind"] == NEED).sum())
    return cases, w.content(_candidates(chance, needs, records), records)


def _records(chance):
    """One or two versions of each record: the second follows the first in the tick it is superseded."""
    rows = []
    for record in range(chance.randint(2, 6)):
        place, alert = chance.randrange(4), chance.random() < 0.5
        change = chance.randint(1, 60) * 20 * MINUTE if chance.random() < 0.4 else w.NEVER
        for created, superseded in ((-DAY, change), (change, w.NEVER)):
            if created < w.NEVER:
                rows.append((len(rows), record, record, place, created, superseded, False, chance.randint(0, 4),
                             chance.randint(0, 3), alert, 0))
    return rows


def _candidates(chance, needs, records):
    rows = [(need, row[3], 0, row[0], chance.choice((900_000, 1_000_000)), row[4], row[5], chance.random() < 0.5,
             row[7], row[8]) for need in range(needs) for row in records if chance.random() < 0.5]
    return sorted(rows, key=lambda row: (row[0], row[1], row[2], -row[4], row[3]))


def differ(found: Made) -> AssertionError | None:
    """None where both engines write the same rows, whose books agree."""
    ledger = reference.run(found.world, found.cases, found.content)
    conservation.check(found.world, found.cases, ledger)
    try:
        w.demand_equal(ledger, compiled.run(found.world, found.cases, found.content))
    except AssertionError as error:
        return error
    return None


def smallest(found: Made) -> Made:
    """The same world with as few cases as still tell the engines apart."""
    for row in reversed(range(len(found.cases.rows))):
        kept = np.arange(len(found.cases.rows)) != row
        number = (np.cumsum(kept) - 1).tolist()
        fewer = replace(found, cases=Cases(
            found.cases.rows[kept], {number[k]: v for k, v in found.cases.addressed.items() if k != row},
            {number[k]: v for k, v in found.cases.members.items() if k != row}, found.cases.opening,
            found.cases.reached))
        if differ(fewer) is not None:
            found = fewer
    return found


def told(found: Made) -> str:
    """The smallest world that differs, and the first rows that do."""
    least = smallest(found)
    return f"{least.setting}\n{least.tree}\n{least.cases.rows}\n{least.cases.addressed}\n{differ(least)}"
