"""Random worlds for engines: scripts with every kind of frame, few clerks, shared desks, and ticks so coarse that most
events tie in half of them."""

import worlds as w
from hypothesis import strategies as st
from random_scripts import STEPS

from sim.script import (
    ANSWERED,
    ANSWERS,
    EXPIRED,
    LOST,
    NOBODY,
    NOTHING_HELD,
    REFUSED,
    Daily,
    Decide,
    Do,
    Due,
    ForEach,
    Paused,
    Send,
    Share,
    Window,
    Within,
    Work,
)
from sim.units import HOUR, MINUTE

BEST = (ANSWERED, REFUSED, NOTHING_HELD, LOST, NOBODY, EXPIRED)
WORDS = (ANSWERED, REFUSED, NOTHING_HELD)
IN_LEG = [Work("responder", "search"), Work("owner", "review"), Send("requester", "responder", "query"),
          Send("responder", "requester", "query", via="registry"), Decide("responder", "pursue")]
FRAMES = [("each", until, rest) for until in ("all", "first", "one_by_one") for rest in ("runs_on", "recalled")]
FRAMES += [("within", "", "runs_on"), ("within", "", "recalled"), ("due",), ("paused",), ("paused",), ("do",)]
TASKS = {name: w.task("40 min", spread="0.8", miss="20 %") for name in ("justify", "search", "lookup", "pursue",
                                                                       "review")}
CONTENTS = {"query": w.told("subject"), "file": w.told("record")}
CLOCKS = {"48h": w.clock("2 h", at="requester"), "pause": w.clock("40 min", at="requester")}
FIXED = {
    "matcher": {"keys": {**w.OWN, "kind": "fuzzy", "fields": {"family_name": 1}, "threshold": 0.9}},
    "institution": {"REG": {**w.OWN, "name": "registry", "zone": "UTC", "regime": "other"}},
}
DESKS = st.fixed_dictionaries({"hours": st.sampled_from(["24/7", "Mon-Fri 08:00-16:00"]), "clerks": st.integers(1, 2),
                               "domestic": st.sampled_from(["0 %", "40 %"])})
SETTINGS = st.fixed_dictionaries({"grain": st.sampled_from(["1 us", "20 min"]), "loss": st.sampled_from([0, 0.3]),
                                  "desk": DESKS, "delay": st.integers(0, 3), "seed": st.integers(1, 2**32 - 1)})
CASES = st.lists(st.fixed_dictionaries({
    "opened": st.integers(0, 60).map(lambda k: k * 20 * MINUTE), "urgent": st.integers(0, 1),
    "priority": st.integers(0, 3), "asked": st.permutations(["BB", "CC"]).flatmap(
        lambda order: st.integers(1, 4).map(lambda k: tuple(order[:k % 3])))}), min_size=2, max_size=6)


def trees():
    """A word, (step, a tree per answer), or (kind of frame, tree of the sub-script, tree afterwards)."""
    return st.randoms(use_true_random=False).map(lambda chance: _grown(chance, 5))


def _grown(chance, depth):
    if depth == 0 or (depth < 3 and chance.random() < 0.15):
        return chance.choice(WORDS)
    if chance.random() < 0.5:
        return chance.choice(FRAMES), _grown(chance, depth - 1), _grown(chance, depth - 1)
    return chance.choice([*STEPS, *IN_LEG, *IN_LEG]), (_grown(chance, depth - 1), _grown(chance, depth - 1))


def script_of(tree, in_leg=False, clock=False):
    """A generator function that follows a tree; steps at the asked are done at the asker where nobody is asked yet."""
    if isinstance(tree, str):
        def script(c):
            return tree
            yield
    elif len(tree) == 2:
        step, branches = tree if in_leg or tree[0] not in IN_LEG else (Work("requester", "search"), tree[1])
        known, followers = ANSWERS[type(step)], [script_of(branch, in_leg, clock) for branch in branches]

        def script(c):
            answer = yield step
            return (yield from followers[known.index(answer)](c))
    else:
        kind, inner, rest = tree
        frame, after = _frame(kind, inner, in_leg, clock), script_of(rest, in_leg, clock)

        def script(c):
            answer = yield frame
            if answer in (EXPIRED, NOBODY, LOST):
                return answer
            return (yield from after(c))
    return script


def _frame(kind, tree, in_leg, clock):
    sub = script_of(tree, in_leg or kind[0] == "each", clock or kind[0] in ("within", "due"))
    if kind[0] == "each":
        return ForEach("responder", sub, best=BEST, until=kind[1], rest=kind[2])
    if kind[0] == "within":
        return Within("48h", sub, rest=kind[2])
    if kind[0] == "due":
        return Due("48h", sub)
    return Paused(sub) if kind[0] == "paused" and clock else Do(sub)


def build(tree, setting, places=("AA", "BB", "CC"), days=3):
    made = w.protocol(script_of(tree), None, TASKS, CONTENTS, CLOCKS, {"direct": Share("50 %", source="t")},
                      {"complete": Share("50 %", source="t")}, {"registry": "REG"},
                      quotas={"daily": Daily("2", source="t")}, windows={"nightly": Window("22:00-02:00", source="t")})
    run = {"warm_up": "0 s", "observe": f"{days} d", "drain": "0 s", "futures": 1, "replications": 1, "seed": 1,
           "grain": setting["grain"]}
    built = w.world(made, seed=setting["seed"], places=places, run=run, desks={"clerks": setting["desk"]}, **FIXED)
    return w.linked(built, setting["delay"] * 20 * MINUTE, setting["loss"], 1, HOUR)


def run(made, asked):
    """The ledger of these cases, found to agree with itself by `sim.conservation`; own work runs beside them."""
    cases = [{**case, "id": 100 + k, "addressed": [made.places.index(code) for code in case["asked"]]}
             for k, case in enumerate(asked)]
    return w.simulate(made, *cases, own=True)
