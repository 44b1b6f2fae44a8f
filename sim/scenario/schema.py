"""The shape of a scenario: every key, its type and its unit. Frozen; quantities are `Range`s in base units.

A scenario as loaded holds ranges. `settle` (futures.py) draws one future of it: the same shape, every range a point
and every list of choices a single one. World, laws and content read settled scenarios only.
"""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from sim.scenario.holdings import Machine, Matcher, People, Silence, Systems, Upkeep
from sim.scenario.quantities import (
    ClockPeriod,
    Count,
    Duration,
    NeedKind,
    Number,
    Rate,
    Shape,
    Share,
    SizeClass,
    Sourced,
)
from sim.scenario.sensitivity import FieldClass
from sim.scenario.tasks import Advice, TaskSetting
from sim.units import Range


class ChannelLine(Shape):
    """Needs of this kind, with partners of this group, at this urgency, go by this protocol. Empty = any."""

    need: NeedKind | Literal[""] = ""
    with_: str = Field(default="", alias="with")
    urgency: Literal["", "urgent", "ordinary"] = ""
    use: str


class Option(Shape):
    """After loading `channel` is complete: `like` and `change` have been applied."""

    name: str
    channel: tuple[ChannelLine, ...] = ()
    like: str = ""
    change: tuple[ChannelLine, ...] = ()
    levers: tuple[str, ...] = ()


class Lever(Sourced):
    """A named change: key path -> new value, "+2", "-1" or "x 0.5". `loses` names the safeguard it removes."""

    change: dict[str, str | int | float]
    cost: str = ""
    loses: str = ""


class Kinds(Sourced):
    """Weights of the kinds of need of the focus state; they are scaled to add to one."""

    share: dict[NeedKind, Share]


class Needed(Sourced):
    """When the investigation needs the answer, counted from the need's rise: the mean over needs."""

    urgent: Duration
    ordinary: Duration


class Partners(Sourced):
    """Whom needs concern: weight of the k-th largest partner is k ** -concentration (heavy-tailed)."""

    concentration: Number


class Addressed(Sourced):
    """Needs whose holder is not known: how many states the asker would name, and how often a holder is among them."""

    states: Number
    right: Share


class Subjects(Sourced):
    """Persons per request: a discrete Pareto law with this tail exponent, cut at `most`."""

    tail: Number
    most: Count


class Asking(Sourced):
    """Officer time one need is worth to its investigator (mean of an exponential law), apart for evidence, without
    which a trial may fail. A channel that costs more to ask is not asked: the need counts as "not asked"."""

    worth: Duration
    evidence: Duration


class Growth(Sourced):
    """Yearly growth of demand, applied from 1 July of `from_year` to `as_of`."""

    per_year: Share
    from_year: int


class Demand(Sourced):
    """What the focus asks and is asked, and what becomes of all other foreign traffic.

    others        "background": a stream of other work at the desks, their `other_foreign`; "cases": needs like those of
                  the focus, which take the place of that stream at all desks but the focus's own
    among_others  needs that all other states bring to each other; given exactly where others = "cases"
    """

    asked_by_us: Rate
    asked_of_us: Rate
    others: Literal["background", "cases"] = "background"
    among_others: Rate | None = None
    urgent: Share
    minor_offence: Share          # punishable by at most one year
    no_offence_there: Share       # not an offence in the asked state: no dual criminality
    kinds: Kinds
    needed: Needed
    partners: Partners
    addressed: Addressed
    subjects: Subjects
    asking: Asking
    growth: Growth | None = None


class FocusDesk(Sourced):
    """The focus state's own roster: clerks, or clerks by shift (day 07-15, evening 15-23, night 23-07)."""

    clerks: Count | dict[Literal["day", "evening", "night"], Count]
    hours: str = ""


class Desk(Sourced):
    """One kind of desk, in every jurisdiction that some option can reach.

    hours           "24/7" or local office hours, e.g. "Mon-Fri 08:00-17:00"
    clerks          by class of jurisdiction
    shift           local hours -> share of the clerks present then (empty: all)
    domestic        share of the clerks' time that the desk's own work takes
    domestic_job    mean time of one piece of it
    domestic_first  share of that work which goes before plain foreign requests
    other_foreign   share of the clerks' time that requests of other states take; with demand.others = "cases" only at
                    the focus
    """

    hours: str
    clerks: dict[SizeClass, Count]
    shift: dict[str, Share] = {}
    domestic: Share
    domestic_job: Duration
    domestic_first: Share
    other_foreign: Share
    focus: FocusDesk | None = None


class LawSettings(Sourced):
    """Discretion: how often a desk that may refuse does, by ground; `at_will` by class of the asked state."""

    refusal: dict[str, Share]
    at_will: dict[SizeClass, Share]


class Volume(Sourced):
    lookups: Rate


class HitShare(Sourced):
    """How many look-ups hit: declared as a `share`, or measured.

    matcher  measured: how the alerts of all jurisdictions are searched
    sample   by so many invented travellers
    known    share of travellers who really are on alert
    """

    share: Share | None = None
    matcher: str = ""
    sample: int | None = Field(default=None, ge=100, le=1_000_000)
    known: Share | None = None


class Screening(Sourced):
    """Routine look-ups at a place: no case waits for one. `servers` that do nothing else answer them, at these hours,
    or the clerks of a `desk`; `time` is the mean of one, with a `spread` as that of a task."""

    at: str
    volume: Volume
    servers: Count | None = None
    desk: str = ""
    hours: str = "24/7"
    time: Duration
    spread: str = "exponential"
    hits: HitShare


class Link(Sourced):
    """A network: mean delay of a message, how often one is lost, how often it is tried again and after how long."""

    latency: Duration
    loss: Share
    retries: int = Field(default=0, ge=0, le=20)
    retry_after: Duration = Range(0, 0, "duration")
    format: str = ""              # of structured messages (packs/formats); empty: as the sender keeps them


class Jurisdiction(Sourced):
    """Public facts of a state, and its class. `size` is the class of everything that is not public."""

    name: str
    zone: str
    holidays: str = ""            # country code of the public-holiday calendar; empty: none
    languages: tuple[str, ...] = Field(min_length=1)
    scripts: tuple[str, ...]
    population: int = Field(ge=1)  # thousands
    size: SizeClass
    regime: Literal["led", "gb", "ch", "other"]    # data-protection regime for police data
    synthetic: bool = False


class Institution(Sourced):
    """A body that is no state: a hub, a router, a registry."""

    name: str
    zone: str
    regime: Literal["led", "interpol", "other"]
    format: str = ""              # of the copies it keeps (packs/formats); empty: as they came
    reads: bool = False           # it can read what passes through it (has the keys)
    may_read: bool = False        # and has a legal basis to


Status = Literal["bound", "associated", "agreement", "opted_in", "opted_out", "not_party", "suspended"]


class Membership(Shape):
    """One state, one instrument, one period, dates inclusive. An empty `valid_from` is not confirmed, never always."""

    jurisdiction: str
    instrument: str
    status: Status
    valid_from: date | None = None
    valid_to: date | None = None
    source: str
    confidence: str


class Instrument(Sourced):
    """An act, treaty or arrangement: the first day on which it can bind anyone (None: not in force, or not known), and
    which kinds of membership row bind."""

    title: str
    earliest: date | None = None
    binds: tuple[Status, ...] = ("bound", "associated", "opted_in")
    confidence: str = ""


class LimitSetting(Shape):
    """`time` where the limit is plain time (it may be a range), else `period` in calendar or working days."""

    when: tuple[str, ...] = ()
    time: Duration | None = None
    period: ClockPeriod | None = None


class ClockSetting(Sourced):
    limits: tuple[LimitSetting, ...]
    at: str = "responder"
    calendar: str = "elapsed"


class ShareSetting(Sourced):
    share: Share
    of: Literal["leg", "place"] = "leg"


class Run(Shape):
    """How the scenario is run. Needs that arise in `observe` count; censoring is at the end of `drain`."""

    warm_up: Duration
    observe: Duration
    drain: Duration
    futures: int = Field(ge=1, le=4096)
    replications: int = Field(ge=1, le=4096)
    seed: int = Field(ge=0, lt=2**32)
    grain: Duration = Range(1, 1, "duration")    # every duration is rounded down to a multiple; coarse grains make ties


class Report(Shape):
    marking: str = ""
    smallest_cell: int = Field(default=5, ge=1)


class Scenario(Shape):
    """A checked scenario with every default filled in. `task`, `clock`, `fact` and `chance` hold what the protocols of
    its options declare, as overridden by the file."""

    name: str
    folder: str                   # where its protocols may stand beside it
    question: str
    as_of: date = Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))
    focus: str
    option: tuple[Option, ...]
    lever: dict[str, Lever] = {}
    demand: Demand
    desk: dict[str, Desk]
    task: dict[str, TaskSetting] = {}
    advice: dict[str, Advice] = {}      # of machines, to whoever judges in the task of that name
    clock: dict[str, ClockSetting] = {}
    fact: dict[str, ShareSetting] = {}
    chance: dict[str, ShareSetting] = {}
    people: People
    upkeep: Upkeep = Upkeep()
    silence: Silence | None = None
    systems: Systems | None = None                # None: records travel as their holder wrote them
    formats: tuple[str, ...] = ()                 # packs of record formats, each packs/formats/<name>.toml
    matcher: dict[str, Matcher]
    machine: Machine | None = None                # None: searches take the time of their tasks only
    law: LawSettings
    sensitivity: dict[str, FieldClass] = {}       # by class of field; empty: nothing is weighted
    rules: tuple[str, ...]        # law packs, e.g. "police_data", each scenarios/packs/laws/<name>.toml
    screening: dict[str, Screening] = {}
    links: dict[str, Link]        # "internal" serves messages inside one state
    groups: dict[str, tuple[str, ...]] = {}
    jurisdiction: dict[str, Jurisdiction]
    institution: dict[str, Institution]
    instrument: dict[str, Instrument] = {}
    membership: tuple[Membership, ...]
    run: Run
    report: Report = Report()


def effective(scenario: Scenario) -> dict[str, Any]:
    """The scenario as plain tables again, every default filled in, quantities as text with units."""
    return scenario.model_dump(by_alias=True)
