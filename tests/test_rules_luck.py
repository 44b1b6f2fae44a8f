"""Engine rules 51 and 56 to 61: whose luck is whose, and what the ledger's order hangs on."""

from dataclasses import replace

import numpy as np
import pytest
import worlds as w
from rule_worlds import at, world

from sim import draws
from sim.errors import CapacityError, ScriptError
from sim.script import (
    ANSWERED,
    DONE,
    REFUSED,
    YES,
    Chance,
    Decide,
    Do,
    ForEach,
    Send,
    Wait,
    Within,
    Work,
)


def chancy(c):
    yield Work("requester", "chancy")
    return DONE


def ends_early(c):
    return DONE
    yield


def does_otherwise(c):
    yield Work("requester", "one")
    return DONE


def ends_otherwise(c):
    yield Work("requester", "chancy")
    return REFUSED


@pytest.mark.parametrize("live", [ends_early, does_otherwise, ends_otherwise])
def test_rule_51_a_live_script_that_leaves_its_table_is_refused(live):
    """An engine that followed the script alone, or the table alone, would not see it."""
    made = world(chancy)
    made = replace(made, protocols=(replace(made.protocols[0], case_script=live),))
    with pytest.raises(ScriptError, match="its table says otherwise"):
        w.simulate(made, at())


def test_rule_56_answers_go_by_the_order_in_which_a_leg_began_and_not_ended():
    """The first decision runs on after its race is lost, and often ends after the second. Its answer is still that of
    the first luck; drawn at the end, some of 60 cases would swap."""
    def first(c):
        yield Decide("investigator", "judged")
        return DONE

    def case(c):
        yield Within("30 min", first)
        yield Decide("investigator", "judged")
        return DONE

    made = world(case, clerks=200)
    ledger = w.simulate(made, *[at(id=k) for k in range(1, 61)])
    stream, swapped = draws.stream("Decide answer", "investigator", "judged"), 0
    for k in range(60):
        steps = ledger.steps[ledger.steps["case"] == k]
        for n, step in enumerate(np.sort(steps, order="queued")):
            pursued = draws.unit(draws.bits(1, 0, k + 1, 0, stream, n)) >= 0.5
            assert step["answer"] == (0 if pursued else 1)
        swapped += len(steps) == 2 and steps["ended"][0] < steps["ended"][1]
    assert swapped > 5, "the world shows nothing unless some second decision ends first"


def test_rule_57_the_same_words_of_another_script_have_the_same_luck():
    """Luck by row of the table, or by order, would differ."""
    def longer(c):
        if (yield Chance("coin")) == YES:
            yield Wait("1 h")
        yield Work("requester", "judged")
        yield Do(chancy)
        return DONE

    short, long = (w.simulate(world(case), at(id=7)) for case in (chancy, longer))
    assert short.steps["work"][0] == long.steps["work"][1]


def test_rule_58_a_leg_has_the_luck_of_its_path():
    """By position in the audience CC would have the luck of BB when it is asked alone; by place alone the second round
    would repeat the first."""
    def leg(c):
        yield Work("responder", "chancy")
        return ANSWERED

    def case(c):
        yield ForEach("responder", leg, best=(ANSWERED,))
        return (yield ForEach("responder", leg, best=(ANSWERED,)))

    both, alone = (w.simulate(world(case), at(id=7, addressed=asked)) for asked in ((1, 2), (2,)))
    assert both.steps["work"][[1, 3]].tolist() == alone.steps["work"].tolist()
    assert len(set(both.steps["work"].tolist())) == 4


def test_rule_59_a_leg_that_begins_one_thing_too_often_is_refused():
    """A count that ran over would repeat its luck silently."""
    def block(c):
        for _ in range(65):
            yield Wait("0 s")
            yield Send("requester", "registry", "note")
        return DONE

    def case(c):
        for _ in range(4):
            yield Do(block)
        return DONE

    with pytest.raises(CapacityError, match="257th time"):
        w.simulate(world(case), at())


def test_rule_61_rows_are_written_by_case_serial_and_step_whatever_the_order_of_events():
    """In the order of events the second case's first rows would stand between those of the first."""
    def leg(c):
        yield Send("requester", "responder", "query")
        yield Work("responder", "chancy")
        yield Send("responder", "requester", "note")
        return ANSWERED if (yield Chance("coin")) == YES else REFUSED

    def case(c):
        yield Work("requester", "chancy")
        return (yield ForEach("responder", leg, best=(ANSWERED, REFUSED, "lost")))

    ledger = w.simulate(world(case), *[at(k / 2, addressed=(1, 2, 3)) for k in range(8)])
    for table, keys in ((ledger.legs, ["case", "serial"]), (ledger.steps, ["case", "serial", "step"]),
                        (ledger.messages, ["case", "serial", "step"])):
        rows = table[keys].tolist()
        assert rows == sorted(rows)
        assert len(set(rows)) == len(rows) > 20
    assert not np.all(np.diff(ledger.steps["queued"]) >= 0)
