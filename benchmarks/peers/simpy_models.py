"""SimPy, as its tutorial teaches it: one process per customer, one Resource per desk. Time is in ticks.

Every duration is drawn beforehand and is the one our engines draw; each case's end is kept.
"""

import numpy as np
import simpy

from benchmarks import variates
from benchmarks.models import Built, Outcome, Run, outcome


def prepare(built: Built) -> Run:
    """A run without what was drawn before it. Raises KeyError for what it cannot express: hours, records."""
    if built.model.calendars:
        raise KeyError("a Resource keeps no opening hours")
    if built.model.hits:
        raise KeyError("it has no records to search")
    gaps = np.diff(built.cases.rows["opened"], prepend=0).tolist()
    if built.model.states == 1:
        services = variates.services(built).tolist()
        return lambda: _closed(built, _queues(gaps, services, built.model.clerks))
    drawn = variates.fan_out(built)
    openers, legs = built.cases.rows["opener"].tolist(), drawn.legs.tolist()
    ends = drawn.prepare.tolist(), drawn.conclude.tolist()
    return lambda: _closed(built, _fan_out(gaps, openers, *ends, legs, built))


def _closed(built: Built, done: list[int]) -> Outcome:
    return outcome(built, np.array(done, np.int64))


def _queues(gaps: list[int], services: list[list[int]], clerks: int) -> list[int]:
    env = simpy.Environment()
    desks = [simpy.Resource(env, clerks) for _ in services[0]]
    done = [-1] * len(gaps)

    def customer(number, times):
        for desk, time in zip(desks, times, strict=True):
            with desk.request() as turn:
                yield turn
                yield env.timeout(time)
        done[number] = env.now

    def source():
        for number, gap in enumerate(gaps):
            yield env.timeout(gap)
            env.process(customer(number, services[number]))

    env.process(source())
    env.run()
    return done


def _fan_out(gaps: list[int], openers: list[int], prepares: list[int], concludes: list[int],
             legs: list[list[list[int]]], built: Built) -> list[int]:
    env, clerks, states = simpy.Environment(), built.model.clerks, range(built.model.states)
    desks, intakes, reviews = ([simpy.Resource(env, clerks) for _ in states] for _ in range(3))
    done = [-1] * len(gaps)

    def serve(desk, time):
        with desk.request() as turn:
            yield turn
            yield env.timeout(time)

    def ask(opener, place, times):
        question, register, look_up, review, reply, check = times
        yield env.timeout(question)
        yield from serve(intakes[place], register)
        yield from serve(desks[place], look_up)
        yield from serve(reviews[place], review)
        yield env.timeout(reply)
        yield from serve(intakes[opener], check)

    def case(number, opener):
        yield from serve(desks[opener], prepares[number])
        yield env.all_of([env.process(ask(opener, place, legs[number][place]))
                          for place in states if place != opener])
        yield from serve(desks[opener], concludes[number])
        done[number] = env.now

    def source():
        for number, gap in enumerate(gaps):
            yield env.timeout(gap)
            env.process(case(number, openers[number]))

    env.process(source())
    env.run()
    return done
