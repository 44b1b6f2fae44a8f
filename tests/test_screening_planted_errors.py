"""The comparison of recursion and reference can fail: each mistake planted here, one at a time, is seen by it.

The recursion is run from its own source with one line changed, uncompiled; unchanged, it agrees with its compiled self.
"""

import inspect

import pytest
import screening_worlds as s

from sim.engines.screening import recursion

SOURCE = inspect.getsource(recursion)
BUSY = s.world(seed=3, stream=s.table("120 per day", "1 h", "100 %", servers=4, spread="0.8"), warm_up="6 h")
TIED = s.world(seed=5, grain="20 min", warm_up="6 h",
               stream=s.table("300 per day", "25 min", "30 %", servers=5, spread="0"))
LONG = s.world(seed=7, stream=s.table("2500 per day", "20 min", "30 %", servers=30))

PLANTED = {
    "nothing": ("", ""),
    "a look-up begins at the very end": ("began[i] >= end", "began[i] > end"),
    "a service may not end at the end": ("ended[i] <= end:\n            done", "ended[i] < end:\n            done"),
    "a look-up does not come at the end": ('end, side="right"', 'end, side="left"'),
    "the server that is free last": ("began[i] = max(came[i], free[0])", "began[i] = max(came[i], free[servers - 1])"),
    "the new time is not sorted in": ("max(until, free[k])", "until"),
    "a look-up begins a tick late": ("max(came[i], free[0])", "max(came[i] + 1, free[0])"),
    "one luck for gap and service": ("case, streams[1]", "case, streams[0]"),
    "every row has the first one's luck": ("np.uint64(state[NUMBER])", "np.uint64(0)"),
    "some of the moment is lost between rows": ("moment = state[MOMENT]\n", "moment = state[MOMENT] * 7 // 8\n"),
    "gaps in the wrong unit": ("FINE_BITS = 10", "FINE_BITS = 9"),
    "arrivals are not rounded": ("round_down(came, grain)", "pass"),
    "services are not rounded": ("round_down(service, grain)", "pass"),
    "a hit from another bit": ("np.uint64(12)) < below", "np.uint64(13)) < below"),
    "the first bin is missed": ("(ticks >> shift)", "(ticks + 1 >> shift)"),
    "the window is left out": ("came, observe_from", "came, 0"),
    "the service under way is not busy": ("min(ended[i], end) - began[i]", "(ended[i] - began[i]) * (ended[i] <= end)"),
}


def run_from(source, patch):
    names = {"__name__": "planted"}
    exec(source.replace("@njit(cache=True)\n", ""), names)
    patch.setattr(recursion, "advance", names["advance"])


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_error_is_caught(planted, monkeypatch):
    right, wrong = PLANTED[planted]
    assert right in SOURCE
    run_from(SOURCE.replace(right, wrong), monkeypatch)
    seen = any(s.differ(made, s.only(made)) for made in (BUSY, TIED, LONG))
    assert seen == (planted != "nothing")
