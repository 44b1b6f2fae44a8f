"""The instruction set: what a protocol may do, and every answer each instruction may receive.

A protocol is a generator that yields these instructions and receives their answers. It names parties, never
countries, and sees neither clock nor dice. Because every instruction has a finite set of answers, the script
can be turned into a table (`sim.programs`) and run by any engine.

Steps are served at a desk and answer when they end. Delays move or wait. Questions cost nothing. Frames run
sub-scripts. `Close` says that the requester has its answer.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

# Answers of instructions.
DONE, DELIVERED = "done", "delivered"
GIVE, REFUSE = "give", "refuse"
HIT, NO_HIT = "hit", "no_hit"
CONFIRMED, REJECTED = "confirmed", "rejected"
YES, NO = "yes", "no"
GRANTED, USED_UP = "granted", "used_up"

# Words a script returns. The first six are what an asker may be told or left with; the outcome table of
# `sim.metrics.outcome` maps each to a class, so a root may close with no other.
ANSWERED = "answered"            # a record was given
NOTHING_HELD = "nothing_held"    # searched, and nothing is held
REFUSED = "refused"
NOT_PURSUED = "not_pursued"      # the asker dropped a match
FALSE_MATCH = "false_match"      # a person saw that the match is another person
NOT_SEARCHED = "not_searched"    # the asked side never looked
MAY_NOT_SAY = "may_not_say"      # looked, found, and may not even say so
LOST = "lost"                    # a message was lost for good
EXPIRED = "expired"              # Within ran out
NOBODY = "nobody"                # ForEach over an empty audience
CLOSING_WORDS = (ANSWERED, NOTHING_HELD, REFUSED, NOT_PURSUED, FALSE_MATCH, NOT_SEARCHED, MAY_NOT_SAY,
                 LOST, EXPIRED, NOBODY, DONE)

# Forms in which content travels: what a reader of the message can make of it (disclosure ledger).
PLAIN, PSEUDONYM, HASH, KEYED_HASH, BLOOM, BLINDED = "plain", "pseudonym", "hash", "keyed_hash", "bloom", "blinded"
BIT, COUNT, METADATA = "hit_bit", "count", "metadata"
FORMS = (PLAIN, PSEUDONYM, HASH, KEYED_HASH, BLOOM, BLINDED, BIT, COUNT, METADATA)

# Facts about a person that content may carry; a content names some of these, a disclosure row is a bit set of them.
FIELDS = (
    "family_name", "given_name", "aliases", "birth_date", "birth_place", "nationality", "sex",
    "print", "face", "dna", "document", "plate", "address",
    "offence", "case_number", "authority", "capture",
    "file",        # the content of a police file: reports, assessments
    "contacts",    # other persons named in the file
    "conviction",
    "evidence",    # material in the form a court takes
    "whereabouts",
    "measures",    # what the holder does or plans about the person
    "interest",    # the fact that the sender investigates this person
)

# Desks of tasks for which nobody queues, always open: a machine, or a person who is there when it has to be done.
BY_MACHINE, ON_THE_SPOT = "machine", "on_the_spot"
DESKLESS = (BY_MACHINE, ON_THE_SPOT)
PEOPLE_DECIDE = ("Directive (EU) 2016/680 art. 11: no decision with an adverse legal effect on a person may be based "
                 "solely on automated processing")

# What an investigation must know (design: need). `SERVES` of a protocol is a subset.
NEEDS = ("known_to_you", "identify", "content", "evidence", "preserve", "locate", "convictions", "warn", "link")

# Facts every script may ask with Is without declaring them.
BUILT_IN_FACTS = ("urgent", "evidence", "bound", "holder_known", "minor_offence", "print_only",
                  "created", "changed", "deleted", "complained")   # the last four: of a record script's event

# Truths of a case that nobody in it knows: a person may decide about one, and err; no script may ask it.
HIDDEN_FACTS = ("genuine",)      # whoever asks has the need they say they have

Words = Generator["Instruction", str, str]
Script = Callable[..., Words]


@dataclass(frozen=True)
class Work:
    """A clerk of `party` performs `task`."""
    party: str
    task: str


@dataclass(frozen=True)
class Review:
    """`party` holds the giving of `content` to `to` against the law of that moment; where it may refuse, it decides."""
    party: str
    content: str
    to: str = "requester"
    task: str = "review"


@dataclass(frozen=True)
class Match:
    """Search the holding of `party` with what last reached it on this leg."""
    party: str
    by: str
    task: str = "search"


@dataclass(frozen=True)
class Verify:
    """A person at `party` looks at the record found: the same person or another, with error of both kinds."""
    party: str
    task: str


@dataclass(frozen=True)
class Decide:
    """A person at `party` decides a question, with error of both kinds.

    about  "" (of relevance: so many are worth it as the task's `share` says) or one of HIDDEN_FACTS
    """
    party: str
    task: str
    about: str = ""


@dataclass(frozen=True)
class Lookup:
    """Search the copies that live at `party`."""
    party: str
    by: str
    task: str = "lookup"


@dataclass(frozen=True)
class Store:
    """Lay a copy of the leg's record down at `party`."""
    party: str
    content: str
    task: str = "store"


@dataclass(frozen=True)
class Withdraw:
    """Take the copy of the leg's record at `party` away."""
    party: str
    task: str = "withdraw"


@dataclass(frozen=True)
class Send:
    """A message. Lost for good, it ends its frame with LOST. `via` is an intermediary with custody of it.

    sealed  encrypted from end to end: whoever carries it cannot read it, whatever keys it has
    """
    sender: str
    receiver: str
    content: str
    form: str = PLAIN
    via: str | None = None
    sealed: bool = False


@dataclass(frozen=True)
class Wait:
    """Let the time of the clock `clock` pass."""
    clock: str


@dataclass(frozen=True)
class Batch:
    """Wait until the named window opens, where it stands open already no longer than now."""
    window: str


@dataclass(frozen=True)
class Is:
    """A fact known before the run: of the case in a root, of case and bound party in a leg. Never changes."""
    fact: str


@dataclass(frozen=True)
class Chance:
    """A keyed draw for what is no fact and may come out otherwise when asked again. Never for hits."""
    name: str


@dataclass(frozen=True)
class Owes:
    """Whether the last Review on this leg came with the duty `duty`; before any review it did not."""
    duty: str


@dataclass(frozen=True)
class Quota:
    """Ask for one of what `giver` grants `taker` on its local day; one that was granted is gone."""
    name: str
    giver: str
    taker: str


@dataclass(frozen=True)
class ForEach:
    """Run `leg` once for each place of an audience, bound to `party`; answers the best word by `best`.

    until  "all", "first" (a leg returned best[0]) or "one_by_one"
    rest   "runs_on" (legs nobody waits for go on) or "recalled" (an idealisation the docstring must own up to)
    among  "addressed" (the places the case names), "members" (of the protocol's channel), "others" (members whom
           the case does not name), "found" (who holds the record the last search found), "recipients" (those of the
           channel to which this protocol has sent something of the record in hand, but for its holder), or a group
           of the scenario
    """
    party: str
    leg: Script
    best: tuple[str, ...]
    until: str = "all"
    rest: str = "runs_on"
    among: str = "addressed"


@dataclass(frozen=True)
class Within:
    """A race of `sub` against a clock; answers EXPIRED when the clock wins. On a tie the work wins."""
    clock: str
    sub: Script
    rest: str = "runs_on"


@dataclass(frozen=True)
class Due:
    """Perform `sub` to its end under a statutory clock: measures, never cuts."""
    clock: str
    sub: Script


@dataclass(frozen=True)
class Paused:
    """Stop the innermost enclosing clock while `sub` runs."""
    sub: Script


@dataclass(frozen=True)
class Do:
    """Run `sub` as a frame of its own; the tracer traces it once."""
    sub: Script


@dataclass(frozen=True)
class Close:
    """The requester has its answer. Allowed in the root only, once on a path; the script may go on."""
    word: str


Instruction = (Work | Review | Match | Verify | Decide | Lookup | Store | Withdraw | Send | Wait | Batch | Is | Chance
               | Owes | Quota | ForEach | Within | Due | Paused | Do | Close)

# Answers of each instruction. For frames: what is added to the words of the sub-script.
ANSWERS: dict[type, tuple[str, ...]] = {
    Work: (DONE,),
    Review: (GIVE, REFUSE),
    Match: (HIT, NO_HIT),
    Verify: (CONFIRMED, REJECTED),
    Decide: (YES, NO),
    Lookup: (HIT, NO_HIT),
    Store: (DONE,),
    Withdraw: (DONE,),
    Send: (DELIVERED,),
    Wait: (DONE,),
    Batch: (DONE,),
    Is: (YES, NO),
    Chance: (YES, NO),
    Owes: (YES, NO),
    Quota: (GRANTED, USED_UP),
    ForEach: (LOST, NOBODY),
    Within: (LOST, EXPIRED),
    Due: (LOST,),
    Paused: (LOST,),
    Do: (LOST,),
    Close: (DONE,),
}
STEPS = (Work, Review, Match, Verify, Decide, Lookup, Store, Withdraw)
FRAMES = (ForEach, Within, Due, Paused, Do)


# What a protocol file declares beside its script. Times, shares and counts are texts with units, as in a scenario
# file: a point needs `source`, a range needs `because`. The scenario may override each by name.

@dataclass(frozen=True)
class Task:
    """Desk and time of a task.

    desk    the kind of desk that serves it: a `desk.<name>` of the scenario, "machine" (never queues, always open), or
            "on_the_spot": a person who is there when it has to be done, such as the officer at a check, and queues for
            nobody. Who verifies or decides is a person.
    time    mean time of one performance, e.g. "15 to 40 min"
    spread  coefficient of variation of single performances around the mean (lognormal); 0 = always the mean;
            "exponential" for the memoryless law
    per     "leg", or "subject": the time grows with the number of subjects of the request
    miss    Verify: share of right persons rejected. Decide: share of matters worth it that are dropped, of the genuine
            that are turned away
    false   Verify: share of wrong persons confirmed. Decide: share of worthless matters pursued, of those not genuine
            that are let pass
    separation, strictness   instead of `miss` and `false`: a point of a receiver operating characteristic, see
            `sim.scenario.tasks.roc`
    share   Decide: share of matters worth pursuing
    discharges  duties that are fulfilled once it is done
    """
    desk: str
    time: str
    spread: str = "0.8"
    per: str = "leg"
    miss: str = "0 %"
    false: str = "0 %"
    share: str = "100 %"
    separation: str = ""
    strictness: str = ""
    discharges: tuple[str, ...] = ()
    source: str = ""
    because: str = ""


@dataclass(frozen=True)
class Content:
    """What a message carries.

    fields     names out of FIELDS
    of         "subject" (what the asker knows of the person), "record" (what the holder's record says),
               "answer" (yes or no), "matter" (about the case, no person)
    category   law's category: biometric, identity, police_file, alert, evidence, conviction, signal
    purpose    what it is sent for; use for another is beyond purpose
    keep       how long the receiver keeps it, e.g. "1 y"; empty: not stated
    """
    fields: tuple[str, ...]
    of: str
    category: str
    purpose: str = "this investigation"
    keep: str = ""


@dataclass(frozen=True)
class Limit:
    """One line of a clock: the facts that must hold ("urgent", "not direct"), and the time with its unit."""
    time: str
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clock:
    """A named period, read from the top: the first limit whose facts hold.

    calendar  "elapsed" (plain time) or "eu_1182_71" (Regulation 1182/71, working days of the place of `at`)
    """
    limits: tuple[Limit, ...]
    at: str = "responder"
    calendar: str = "elapsed"
    source: str = ""
    because: str = ""


@dataclass(frozen=True)
class Share:
    """How often a fact (Is) or a chance (Chance) is so. `of` "leg" or "place": the same for all cases of a place."""
    share: str
    of: str = "leg"
    source: str = ""
    because: str = ""


@dataclass(frozen=True)
class Daily:
    """A quota: how many a giver grants one taker on one local day of the giver, e.g. "20"."""
    per_day: str
    source: str = ""
    because: str = ""


@dataclass(frozen=True)
class Window:
    """Local hours of every day in which batches run, e.g. "02:00-04:00", at the place of `at`; may pass midnight."""
    hours: str
    at: str = "responder"
    source: str = ""
    because: str = ""


class Parameters(dict[str, Any]):
    """PARAMS of a protocol, read as attributes by its script: `for attempt in range(c.retries)`."""

    __getattr__ = dict.__getitem__
