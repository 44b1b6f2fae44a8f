"""Runs made by hand, row by row, of the real dataclasses: every figure a test expects can be counted on paper.

Five states S0 (the focus) to S4 and one institution HUB, one protocol, one kind of desk that never shuts, and a law of
one outcome unless a test gives another. Ticks are hours.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim import units
from sim.calendars import Windows
from sim.cases import ASKED_BY_CASE, NO_CHANNEL, STREAM, Cases
from sim.content import CANDIDATES, MISSES, RECORDS, Candidates, Content
from sim.content.content import unaltered
from sim.content.fields import TEXTS
from sim.content.groups import GROUPS
from sim.content.searches import searches
from sim.laws import BARS, CATEGORIES, FREE, HANDLING, KINDS, MUST_GIVE, Outcome, Verdicts
from sim.ledger import CASES, DISCLOSURES, LEGS, MESSAGES, NEED, NEVER, STEPS, Ledger, StationBook
from sim.metrics import SPLIT, View, measure
from sim.metrics.joined import Joined
from sim.metrics.outcome import Outcomes
from sim.needs import NEEDS, NO_ATTACK, Needs
from sim.programs import Protocol, load
from sim.run import Replication
from sim.scenario import load as load_scenario
from sim.scenario.schema import ShareSetting
from sim.script import FORMS, PLAIN
from sim.script import NEEDS as NEED_KINDS
from sim.script import Content as Declared
from sim.transport import disclosures
from sim.truth import Truth, investigated
from sim.units import HOUR
from sim.world import Station, Task, World, field_bits

PLACES = ("S0", "S1", "S2", "S3", "S4", "HUB")
STATES, HUB = 5, 5
END = 100 * HOUR
PERMITTED_BY_LAW = Outcome(MUST_GIVE, "free", "", FREE)
WORDS = ("answered", "done", "expired", "false_match", "lost", "may_not_say", "nobody", "not_pursued", "not_searched",
         "nothing_held", "refused")
CONTENTS = {
    "query": Declared(("family_name", "given_name", "birth_date"), "subject", "identity"),
    "record": Declared(("family_name", "given_name", "address", "file"), "record", "police_file"),
    "lean_record": Declared(("family_name", "given_name"), "record", "police_file"),
    "match": Declared((), "answer", "signal"),
    "receipt": Declared((), "matter", "signal"),
}



def law(*outcomes: Outcome, epochs: tuple[int, ...] = (), of_place: tuple[int, ...] = (0,) * len(PLACES)) -> Verdicts:
    """Outcome k holds in epoch k, or, with one epoch, towards a receiver of profile k."""
    starts = np.array([np.iinfo(np.int64).min, *epochs], np.int64)
    profiles = max(of_place) + 1
    table = np.zeros((len(starts), 1, len(CATEGORIES), 2, 2, 2, 2, len(KINDS), len(HANDLING), len(BARS), profiles,
                      profiles), np.int16)
    for epoch in range(len(starts)):
        table[epoch] = epoch if epochs else np.arange(profiles)
    return Verdicts.dense(starts, np.tile(np.array(of_place, np.int16), (len(starts), 1)), ("",), table,
                          outcomes or (PERMITTED_BY_LAW,))


@cache
def protocol(name: str = "made_protocol"):
    return load(Path(__file__).with_name(f"{name}.py"))


@cache
def _scenario():
    scenario = load_scenario("minimal")
    state = scenario.jurisdiction["AA"]
    return scenario.model_copy(update={"jurisdiction": dict.fromkeys(PLACES[:STATES], state)})


class Made:
    """Rows are added one by one; `replication()` makes the run of them."""

    def __init__(self, verdicts: Verdicts | None = None, contents: dict[str, Declared] | None = None,
                 protocols: tuple[Protocol, ...] = ()):
        self.contents = contents or CONTENTS
        self.verdicts = verdicts or law()
        self.protocols = protocols or (protocol(),)
        self.needs, self.holders, self.opening = [], [], []
        self.stream, self.cases, self.legs, self.steps, self.messages, self.records = [], [], [], [], [], []
        self.groups, self.wrong, self.stale, self.altered = np.zeros(20, GROUPS), {}, {}, unaltered
        self.misses, self.causes = [], ()
        self.sensitivity = {}
        self.chances = {name: ShareSetting(share=units.share(share.share)) for each in self.protocols
                        for name, share in each.chances.items()}
        self.reads = np.zeros(len(PLACES), bool)
        self.may_read = np.zeros(len(PLACES), bool)

    def row_of(self, kind: type, protocol: int = 0, of_record: bool = False) -> int:
        """First row of the protocol's program with such an instruction."""
        program = self.protocols[protocol].record if of_record else self.protocols[protocol].case
        return next(k for k, row in enumerate(program.rows) if isinstance(row.instruction, kind))

    def need(self, subject: int = 7, holders: tuple[int, ...] = (), kind: str = "known_to_you", needed_by: int = 50,
             opening: int = ASKED_BY_CASE, **columns: int) -> int:
        row = np.zeros((), NEEDS)
        row["id"], row["kind"], row["needed_by"] = len(self.needs), NEED_KINDS.index(kind), needed_by * HOUR
        row["subject"], row["subjects"], row["counts"], row["dual_criminality"] = subject, 1, True, True
        for name, value in columns.items():
            row[name] = value
        self.needs.append(row)
        self.holders.append([place in holders for place in range(len(PLACES))])
        self.opening.append(opening)
        return len(self.needs) - 1

    def case(self, need: int, word: str = "", closed: int = -1, opened: int = 0, kind: int = NEED,
             version: int = -1, protocol: int = 0, event: int = 0, opener: int = 0) -> int:
        """Closed at this hour with this word, or still open. Its root frame comes with it."""
        number, row = len(self.cases), np.zeros((), STREAM)
        row["id"], row["kind"], row["need"], row["opened"], row["version"] = number, kind, need, opened * HOUR, version
        row["station"], row["record"], row["subjects"] = -1, version, 1
        row["protocol"], row["event"], row["opener"] = protocol, event, opener
        if need >= 0:
            for name in ("opener", "urgent", "product", "dual_criminality", "minor_offence", "kind_of_person",
                         "subjects"):
                row[name] = self.needs[need][name]
        self.stream.append(row)
        ended = closed * HOUR if word else -1
        of_word = WORDS.index(word) if word else -1
        self.cases.append((number, number, kind, need, protocol, 0, row["opener"], opened * HOUR, ended, of_word))
        self.leg(number, 0, -1, word, opened, closed)
        return number

    def leg(self, case: int, serial: int, place: int, word: str = "", began: int = 0, ended: int = -1, parent: int = 0,
            clock: int = -1, due: int = -1) -> None:
        last = ended * HOUR if word else -1
        late = -1 if due < 0 else (last if word else END) - due * HOUR
        self.legs.append((case, serial, parent if serial else -1, place, 0, began * HOUR, last,
                          WORDS.index(word) if word else -1, clock, due * HOUR if due >= 0 else -1, late))

    def step(self, case: int, serial: int, number: int, kind: type, answer: int, queued: int, began: int, ended: int,
             station: int = -1, version: int = -1, ruling: int = -1) -> None:
        work = (ended - began) * HOUR if ended >= 0 else HOUR
        of_record, protocol = self.cases[case][2] != NEED, self.cases[case][4]
        self.steps.append((case, serial, number, self.row_of(kind, protocol, of_record), 0, station, *(
            tick * HOUR if tick >= 0 else -1 for tick in (queued, began, ended)), work, answer, ruling, version))

    def message(self, case: int, sender: int, receiver: int, content: str, begun: int = 1, arrives: int = 2,
                version: int = -1, form: str = PLAIN, via: int = -1, serial: int = 0, step: int = 0,
                lost: bool = False, machine: bool = False, sealed: bool = False) -> None:
        self.messages.append((case, serial, step, self.cases[case][4], begun * HOUR, NEVER if lost else arrives * HOUR,
                              lost, sender, receiver, via, list(self.contents).index(content), FORMS.index(form),
                              version, machine, sealed))

    def record(self, person: int, place: int, kind: int = 0, handling: int = 0, created: int = -1,
               superseded: int = NEVER, findable: int = -1, alert: bool = False) -> int:
        """Version of a record that always stood, and could be found, unless ticks say otherwise."""
        version = len(self.records)
        row = np.zeros((), RECORDS)
        for name, value in {"version": version, "record": version, "person": person, "place": place, "created": created,
                            "superseded": superseded, "findable": findable, "kind": kind,
                            "handling": handling, "alert": alert}.items():
            row[name] = value
        self.records.append(row)
        return version

    def world(self) -> World:
        always = Windows(*(np.array([value], np.int64) for value in (0, END, 1, 0)))
        stations = tuple(Station(name=f"{PLACES[place]} desk", place=place, desk="desk", windows=always,
                                 own_windows=always, own_job=np.zeros(1, np.int64), own_mean=1.0, domestic=0, first=0,
                                 other_foreign=0)
                         for place in range(STATES))
        tasks = tuple(Task(name, task.desk, np.zeros(1, np.int64), units.duration(task.time).value, False, 0, 0, 1)
                      for each in self.protocols for name, task in each.tasks.items())
        contents = self.contents
        return World(
            scenario=_scenario().model_copy(update={"sensitivity": self.sensitivity,
                                                      "chance": self.chances}), seed=1, replication=0,
            start=_scenario().as_of, observe_from=0,
            observe_until=48 * HOUR, end=END, grain=1, places=PLACES, place_keys=tuple(range(len(PLACES))),
            jurisdictions=STATES, focus=0, stations=stations, tasks=tasks,
            task_row={task.name: row for row, task in enumerate(tasks)},
            station_of=np.zeros((len(PLACES), 0), np.int32),
            contents=tuple(contents), content=contents,
            field_sets=np.array([field_bits(content.fields) for content in contents.values()], np.uint32),
            purposes=tuple(sorted({content.purpose for content in contents.values()})),
            clocks=("habit", "limit"), words=WORDS, networks={}, days=(), protocols=self.protocols,
            bound={}, reads=self.reads, may_read=self.may_read,
            searches=searches(self.protocols),
            law=self.verdicts)

    def streams(self) -> tuple[Needs, Cases]:
        rows = np.array(self.stream, STREAM) if self.stream else np.zeros(0, STREAM)
        needs = np.array(self.needs, NEEDS) if self.needs else np.zeros(0, NEEDS)
        opening = np.array(self.opening, np.int8)
        return Needs(needs, ((1,),) * len(needs)), Cases(rows, {}, {}, opening, opening != NO_CHANNEL)

    def ledger(self) -> Ledger:
        """Without disclosures; the desks' book is counted from the steps."""
        steps = _sorted(self.steps, STEPS)
        at = {name: np.zeros(STATES, np.int64) for name in ("came", "began", "ended", "left", "work", "waited")}
        for row in steps[steps["station"] >= 0]:
            began, ended, desk = row["began"] >= 0, row["ended"] >= 0, row["station"]
            at["came"][desk] += 1
            at["began"][desk] += began
            at["ended"][desk] += began and ended
            at["left"][desk] += ended and not began
            at["work"][desk] += row["work"] if began and ended else 0
            at["waited"][desk] += row["began"] - row["queued"] if began else 0
        return Ledger(np.array(self.cases, CASES), _sorted(self.legs, LEGS), steps, _sorted(self.messages, MESSAGES),
                      np.zeros(0, DISCLOSURES), StationBook(**at, open_clerk_time=np.full(STATES, END)), END)

    def truth_of_records(self, records: int) -> dict[str, Any]:
        """Everything right, everybody of the first group, unless a test has set it."""
        wrong, stale = np.zeros(records, np.uint32), np.full((records, len(TEXTS)), NEVER)
        for version, bits in self.wrong.items():
            wrong[version] = bits
        for (version, field), tick in self.stale.items():
            stale[version, TEXTS.index(field)] = tick
        return {"groups": self.groups, "wrong": wrong, "stale_since": stale, "altered": self.altered,
                "misses": np.array(self.misses, MISSES), "causes": self.causes}

    def replication(self) -> Replication:
        needs, cases = self.streams()
        records = np.array(self.records, RECORDS) if self.records else np.zeros(0, RECORDS)
        content = Content(Candidates(np.zeros(0, CANDIDATES), searches(self.protocols)), records, np.zeros(0, RECORDS),
                          **self.truth_of_records(len(records)))
        world, ledger = self.world(), self.ledger()
        ledger = replace(ledger, disclosures=disclosures(world, cases, needs, records, ledger.messages))
        truth = Truth(np.array(self.holders, bool).reshape(-1, len(PLACES)),
                      investigated(needs.rows["subject"], needs.rows["opener"], len(PLACES),
                                   needs.rows["attack"] == NO_ATTACK))
        return Replication("made", "by hand", 0, 0, world, needs, truth, cases, content, ledger, {})


def _sorted(rows: list, columns: np.dtype) -> np.ndarray:
    table = np.array(rows, columns) if rows else np.zeros(0, columns)
    last = "step" if "step" in columns.names else "serial"
    return table[np.lexsort((table[last], table["serial"], table["case"]))]


def values(made, metric, slice="", group=""):
    return {(v.slice, v.group): v for v in measure(made.replication()) if v.metric == metric}.get((slice, group))


def value(made, metric, slice="", group=""):
    found = values(made, metric, slice, group)
    return None if found is None else found.value


def view(made):
    joined = Joined(made.replication())
    counted = joined.needs["counts"] & (joined.needs["side"] == 0)
    return View(joined, Outcomes(joined), counted, joined.records_of_window)


def classes(made):
    return [SPLIT[k] for k in Outcomes(Joined(made.replication())).need_class]


def answered(made, need, person=7, closed=20, place=1, content="record"):
    case = made.case(need, "answered", closed)
    made.message(case, place, 0, content, arrives=closed, version=made.record(person, place))
    return case


def nothing_held(made, need, word="nothing_held", legs=("nothing_held", "false_match"), closed=20):
    case = made.case(need, word, closed)
    for k, leg in enumerate(legs):
        made.leg(case, k + 1, k + 1, leg, 1, closed)
    return case
