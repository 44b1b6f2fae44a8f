"""Random scripts: trees as data, and generators that follow them."""

from example_scripts import BEST
from hypothesis import strategies as st

from sim.script import (
    ANSWERED,
    ANSWERS,
    EXPIRED,
    LOST,
    NOBODY,
    NOTHING_HELD,
    REFUSED,
    Batch,
    Chance,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Owes,
    Quota,
    Review,
    Send,
    Wait,
    Within,
    Work,
)

STEPS = [Work("requester", "justify"), Decide("investigator", "pursue"), Is("urgent"), Is("direct"),
         Chance("complete"), Send("requester", "registry", "query"), Match("requester", "keys"), Wait("pause"),
         Lookup("investigator", "keys"), Review("requester", "file"), Owes("judge"), Batch("nightly"),
         Quota("daily", "registry", "requester"), Decide("requester", "pursue", about="genuine")]
FRAME_KINDS = ["do", "due", "within", "each"]
LEAF_WORDS = st.sampled_from([ANSWERED, REFUSED, NOTHING_HELD])


def trees():
    """A word, (step, one tree per answer), or (kind of frame, tree of the sub-script, tree afterwards)."""
    return st.recursive(LEAF_WORDS, lambda sub: st.one_of(
        st.tuples(st.sampled_from(STEPS), st.tuples(sub, sub)),
        st.tuples(st.sampled_from(FRAME_KINDS), sub, sub)), max_leaves=12)


def script_of(tree):
    """A generator function that follows a tree. Sub-scripts are made once, as in a file."""
    if isinstance(tree, str):
        def script(c):
            return tree
            yield
    elif len(tree) == 2:
        step, branches = tree
        known = ANSWERS[type(step)]
        followers = [script_of(branch) for branch in branches]

        def script(c):
            answer = yield step
            return (yield from followers[known.index(answer)](c))
    else:
        kind, sub, rest = tree
        leg, after = script_of(sub), script_of(rest)
        frame = {"do": Do(leg), "due": Due("48h", leg), "within": Within("48h", leg),
                 "each": ForEach("responder", leg, best=(*BEST, NOBODY, EXPIRED))}[kind]

        def script(c):
            answer = yield frame
            if answer in (EXPIRED, NOBODY, LOST):
                return answer
            return (yield from after(c))
    return script
