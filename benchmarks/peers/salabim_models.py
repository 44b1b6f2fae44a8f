"""salabim with components and resources, in its generator style (`yieldless=False`); statistics are switched off.

Every duration is drawn beforehand and is the one our engines draw. Time is in ticks, kept by salabim as float: exact
below 2**53.
"""

import numpy as np
import salabim

from benchmarks import variates
from benchmarks.models import Built, Outcome, Run, outcome


def prepare(built: Built) -> Run:
    """Raises KeyError for what it cannot express: hours, records."""
    if built.model.calendars:
        raise KeyError("a Resource keeps no opening hours")
    if built.model.hits:
        raise KeyError("it has no records to search")
    gaps = np.diff(built.cases.rows["opened"], prepend=0).tolist()
    if built.model.states == 1:
        services = variates.services(built).tolist()
        return lambda: _closed(built, _queues(gaps, services, built.model.clerks))
    drawn, openers = variates.fan_out(built), built.cases.rows["opener"].tolist()
    durations = drawn.prepare.tolist(), drawn.conclude.tolist(), drawn.legs.tolist()
    return lambda: _closed(built, _fan_out(gaps, openers, *durations, built))


def _closed(built: Built, done: list[float]) -> Outcome:
    return outcome(built, np.array(done, np.int64))


def _environment() -> salabim.Environment:
    return salabim.Environment(trace=False, yieldless=False, random_seed=None, set_numpy_random_seed=False)


def _resources(env: salabim.Environment, many: int, clerks: int) -> list[salabim.Resource]:
    return [salabim.Resource(capacity=clerks, env=env, monitor=False) for _ in range(many)]


def _queues(gaps: list[int], services: list[list[int]], clerks: int) -> list[float]:
    env = _environment()
    desks, done = _resources(env, len(services[0]), clerks), [-1.0] * len(gaps)

    class Customer(salabim.Component):
        def setup(self, number):
            self.number = number

        def process(self):
            for desk, time in zip(desks, services[self.number], strict=True):
                yield self.request(desk)
                yield self.hold(time)
                self.release(desk)
            done[self.number] = env.now()

    class Source(salabim.Component):
        def process(self):
            for number, gap in enumerate(gaps):
                yield self.hold(gap)
                Customer(number=number, suppress_trace=True)

    Source()
    env.run()
    return done


def _fan_out(gaps: list[int], openers: list[int], prepares: list[int], concludes: list[int],
             legs: list[list[list[int]]], built: Built) -> list[float]:
    env, states = _environment(), built.model.states
    desks, intakes, reviews = (_resources(env, states, built.model.clerks) for _ in range(3))
    done = [-1.0] * len(gaps)

    class Leg(salabim.Component):
        def setup(self, parent, place):
            self.parent, self.place = parent, place

        def process(self):
            parent, place = self.parent, self.place
            question, register, look_up, review, reply, check = legs[parent.number][place]
            yield self.hold(question)
            for desk, time in ((intakes[place], register), (desks[place], look_up), (reviews[place], review)):
                yield self.request(desk)
                yield self.hold(time)
                self.release(desk)
            yield self.hold(reply)
            yield self.request(intakes[parent.opener])
            yield self.hold(check)
            self.release(intakes[parent.opener])
            parent.left -= 1
            if parent.left == 0:
                parent.activate()

    class Case(salabim.Component):
        def setup(self, number):
            self.number, self.opener, self.left = number, openers[number], states - 1

        def process(self):
            yield self.request(desks[self.opener])
            yield self.hold(prepares[self.number])
            self.release(desks[self.opener])
            for place in range(states):
                if place != self.opener:
                    Leg(parent=self, place=place, suppress_trace=True)
            yield self.passivate()
            yield self.request(desks[self.opener])
            yield self.hold(concludes[self.number])
            self.release(desks[self.opener])
            done[self.number] = env.now()

    class Source(salabim.Component):
        def process(self):
            for number, gap in enumerate(gaps):
                yield self.hold(gap)
                Case(number=number, suppress_trace=True)

    Source()
    env.run()
    return done
