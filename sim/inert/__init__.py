"""What no option of a scenario can feel is known before anything runs: `comity check` lists it, a test holds it true.

A range is inert where every way from it to a run is cut off by what the scenario declares, whatever luck and futures
bring. What is only rare is not inert.

used.py   which rows of a protocol some need can come to     law.py   which grounds a review can come to
"""

from collections.abc import Iterator
from datetime import date

from sim.content.matchers import steps
from sim.inert import law
from sim.inert.used import Used, used
from sim.needs import HOLDER_KNOWN, attack_kinds
from sim.programs import Protocol, Row
from sim.scenario import choices, ranges
from sim.scenario.fit import partners
from sim.scenario.hazards import CLASSES
from sim.scenario.holdings import Machine
from sim.scenario.options import positive_kinds
from sim.scenario.quantities import Sourced
from sim.scenario.schema import Scenario
from sim.scenario.text import wrapped
from sim.scenario.upkeep import PROCESSES
from sim.script import (
    BLOOM,
    BY_MACHINE,
    KEYED_HASH,
    PSEUDONYM,
    STEPS,
    Batch,
    Chance,
    Decide,
    Due,
    Is,
    Lookup,
    Match,
    Quota,
    Send,
    Store,
    Verify,
    Wait,
    Within,
)

# Fields that show a change in a person's life (content.life).
SHOWN_BY = {"moves": ("address",), "marries": ("family_name", "native_name"), "document": ("document",)}
KEYED = (PSEUDONYM, KEYED_HASH, BLOOM)      # forms that whoever has the key can undo

Cut = tuple[str, str]          # a key path, with all that stands below it, and why no option feels it


def inert(scenario: Scenario) -> dict[str, str]:
    """Key path -> reason, of the ranges and choices that no option can feel; in the order of the scenario."""
    cut = list(_cut(scenario))
    reasons = {path: next((why for below, why in cut if f"{path}.".startswith(f"{below}.")), "")
               for path in (*ranges(scenario), *choices(scenario))}
    return {path: why for path, why in reasons.items() if why}


def inert_prose(scenario: Scenario) -> str:
    """The list in words, to follow `scenario.prose`; "" where every range is felt."""
    by_reason: dict[str, list[str]] = {}
    for path, why in inert(scenario).items():
        by_reason.setdefault(why, []).append(path)
    title = "What no option can feel"
    lines = [wrapped(f"{why}: {', '.join(paths)}", "    ", "  ") for why, paths in by_reason.items()]
    return "\n".join(["", title, "-" * len(title), *lines, ""]) if lines else ""


def _cut(scenario: Scenario) -> Iterator[Cut]:
    protocols = used(scenario)
    rows = [row for each in protocols for row in each.rows]
    yield from _demand(scenario, protocols, rows)
    yield from _desks(scenario)
    yield from _tasks(scenario, rows)
    yield from _declared(scenario, rows)
    yield from _searches(scenario, rows)
    yield from _life(scenario, protocols)
    yield from _machine(scenario, rows)
    yield from _hazard(scenario, protocols, rows)
    yield from _upkeep(scenario)
    yield from _links(scenario, protocols)
    yield from _classes(scenario)
    yield from law.cut(scenario, protocols)


def _demand(scenario: Scenario, protocols: list[Used], rows: list[Row]) -> Iterator[Cut]:
    demand, kinds = scenario.demand, frozenset(positive_kinds(scenario))
    fished = attack_kinds(scenario) & {"known_to_you"}      # whoever forges or warns has shares of its own
    for kind in scenario.people.known:
        if kind not in kinds | fished:
            yield f"people.known.{kind}", "no need of this kind arises"
    if "evidence" not in kinds:
        yield "demand.asking.evidence", "no need of evidence arises"
    if kinds == {"evidence"}:
        yield "demand.asking.worth", "all needs are of evidence"
    if demand.urgent.high == 0:
        yield "demand.needed.urgent", "no need is urgent"
    if demand.urgent.low == 1:
        yield "demand.needed.ordinary", "every need is urgent"
    if demand.growth and scenario.as_of == date(demand.growth.from_year, 7, 1):
        yield "demand.growth", "the volumes are those of the scenario's day"
    if len(partners(scenario)) < 2:
        for path in ("demand.partners.concentration", "demand.addressed.states", "people.holders"):
            yield path, "there is one partner only"
    if kinds <= set(HOLDER_KNOWN):
        yield "people.holders", "every asker knows who holds what it wants"
    if not any(each.asks_named and each.kinds - set(HOLDER_KNOWN) for each in protocols):
        yield "demand.addressed", "nobody who does not know the holder has to name states"
    if not any(_counts_subjects(scenario, each) for each in protocols):
        yield "demand.subjects", "nothing sent or done hangs on how many persons a request is about"


def _counts_subjects(scenario: Scenario, through: Used) -> bool:
    """Something is sent about every person of a request, or done for every one."""
    return any((isinstance(row.instruction, STEPS) and scenario.task[row.instruction.task].per == "subject")
               or (isinstance(row.instruction, Send)
               and through.protocol.contents[row.instruction.content].of == "subject") for row in through.rows)


def _desks(scenario: Scenario) -> Iterator[Cut]:
    there = {task.desk for task in scenario.task.values()}
    for name, desk in scenario.desk.items():
        if name not in there:
            yield f"desk.{name}", "no task of a used protocol is done at this desk"
            continue
        if desk.domestic.high == 0:
            yield f"desk.{name}.domestic_first", "the desk has no work of its own"
        if desk.domestic.high == desk.other_foreign.high == 0:
            yield f"desk.{name}.domestic_job", "the desk has no other work"
        sizes = {state.size for code, state in scenario.jurisdiction.items()
                 if desk.focus is None or code != scenario.focus}
        for size in desk.clerks.keys() - sizes:
            yield f"desk.{name}.clerks.{size}", "no state of this class has this roster"


def _tasks(scenario: Scenario, rows: list[Row]) -> Iterator[Cut]:
    steps = {(type(row.instruction), row.instruction.task) for row in rows if isinstance(row.instruction, STEPS)}
    named, errs = {task for _, task in steps}, {task for kind, task in steps if kind in (Verify, Decide)}
    decided, hidden = ({row.instruction.task for row in rows if isinstance(row.instruction, Decide)
                        and bool(row.instruction.about) == about} for about in (False, True))
    for name in scenario.task:
        if name not in named:
            yield f"task.{name}", "no case comes to this task"
        if name not in errs:
            for key in ("miss", "false", "separation", "strictness"):
                yield f"task.{name}.{key}", "nobody judges anything in this task"
        if name not in decided:
            yield f"task.{name}.share", "nobody decides of relevance in this task"
        if name in hidden and not attack_kinds(scenario):
            yield f"task.{name}.false", "nobody asks who has no need"


    for name, advice in scenario.advice.items():
        if name not in errs:
            yield f"advice.{name}", "no case comes to this task"
        elif advice.used.high == 0 and not _changed(scenario, f"advice.{name}.used"):
            yield f"advice.{name}", "this machine is switched off in every option"


def _changed(scenario: Scenario, path: str) -> bool:
    """A lever of some option sets another value there."""
    return any(path in scenario.lever[name].change for option in scenario.option for name in option.levers)


def _declared(scenario: Scenario, rows: list[Row]) -> Iterator[Cut]:
    clocks = {row.instruction.clock for row in rows if isinstance(row.instruction, (Wait, Due, Within))}
    asked = {row.instruction.fact for row in rows if isinstance(row.instruction, Is)}
    asked |= {fact.removeprefix("not ") for name in clocks for limit in scenario.clock[name].limits
              for fact in limit.when}
    chances = {row.instruction.name for row in rows if isinstance(row.instruction, Chance)}
    quotas = {row.instruction.name for row in rows if isinstance(row.instruction, Quota)}
    windows = {row.instruction.window for row in rows if isinstance(row.instruction, Batch)}
    for table, names, known in (("clock", clocks, scenario.clock), ("fact", asked, scenario.fact),
                                ("chance", chances, scenario.chance), ("quota", quotas, scenario.quota),
                                ("window", windows, scenario.window)):
        for name in known.keys() - names:
            yield f"{table}.{name}", f"no case comes to this {table}"


def _searches(scenario: Scenario, rows: list[Row]) -> Iterator[Cut]:
    searched = {getattr(row.instruction, "by", None) for row in rows}
    searched |= {table.hits.matcher for table in scenario.screening.values()}
    for name in scenario.matcher.keys() - searched:
        yield f"matcher.{name}", "nobody searches by this matcher"


def _life(scenario: Scenario, protocols: list[Used]) -> Iterator[Cut]:
    seen: set[str] = set()
    for each in protocols:
        for step in (row.instruction for row in each.rows):
            if isinstance(step, Match | Lookup):
                seen |= scenario.matcher[step.by].fields.keys()
            elif isinstance(step, Send) and each.protocol.contents[step.content].of == "record":
                seen |= set(each.protocol.contents[step.content].fields)
    for change, fields in SHOWN_BY.items():
        if not seen & set(fields):
            yield f"people.life.{change}", "no record that is given and no search shows it"


def _machine(scenario: Scenario, rows: list[Row]) -> Iterator[Cut]:
    if scenario.machine is None:
        return
    taken = {step for row in rows if isinstance(row.instruction, Match | Lookup)
             and scenario.task[row.instruction.task].desk == BY_MACHINE
             for step in steps(scenario.matcher[row.instruction.by])}
    for name in Machine.model_fields.keys() - Sourced.model_fields.keys() - taken:
        yield f"machine.{name}", "no machine searches by a matcher that takes this step"


def _hazard(scenario: Scenario, protocols: list[Used], rows: list[Row]) -> Iterator[Cut]:
    hazard = scenario.hazard
    if hazard is None:
        return
    if not any(isinstance(row.instruction, Store) for row in rows):
        for name in ("registry", "national_copy"):
            yield f"hazard.{name}", "no protocol lays copies down ahead"
    reads = any(institution.reads for institution in scenario.institution.values())
    if not reads and not any(_gives(scenario, each) for each in protocols):
        yield "hazard.hub", "no institution reads what passes through it, and none is given a record"
    if all(getattr(hazard, name).suppliers.high == 1 for name in CLASSES):
        yield "hazard.contractor", "no holder has a supplier"
    if hazard.keys.high == 0 or not any(isinstance(row.instruction, Send) and row.instruction.form in KEYED
                                        for row in rows):
        yield "hazard.keys", "nothing is sent in a form that a key undoes"


def _gives(scenario: Scenario, through: Used) -> bool:
    """A record is sent to an institution."""
    there = {role for role, side in through.protocol.parties.items() if side in scenario.institution}
    return any(isinstance(row.instruction, Send) and row.instruction.receiver in there
               and through.protocol.contents[row.instruction.content].of == "record" for row in through.rows)


def _upkeep(scenario: Scenario) -> Iterator[Cut]:
    levers = {path for option in scenario.option for name in option.levers for path in scenario.lever[name].change}
    for process in PROCESSES:
        settings = getattr(scenario.upkeep, process)
        if settings is not None and settings.share.high == 0 and f"upkeep.{process}.share" not in levers:
            yield f"upkeep.{process}", "it is done nowhere"
    silence = scenario.silence
    if silence is not None and silence.places.high == 0 and "silence.places" not in levers:
        yield "silence", "no state leaves records out"
    if silence is None or (silence.places.high == 0 and "silence.places" not in levers):
        yield "upkeep.reconciliation.noticed", "no state leaves records out"


def _links(scenario: Scenario, protocols: list[Used]) -> Iterator[Cut]:
    travelled = {each.protocol.network for each in protocols if each.rows}
    if any(_stays(each.protocol, row) for each in protocols for row in each.rows):
        travelled.add("internal")
    for name, link in scenario.links.items():
        if name not in travelled:
            yield f"links.{name}", "no message travels on this link"
        if link.loss.high == 0 or link.retries == 0:
            yield f"links.{name}.retry_after", "nothing is sent again on this link"


def _stays(through: Protocol, row: Row) -> bool:
    """A message between two parties of one side: in a record script all but institutions are of one."""
    sides = {"investigator": "requester", "owner": "responder", **through.parties}
    match row.instruction:
        case Send(sender, receiver):
            here, there = sides.get(sender, sender), sides.get(receiver, receiver)
            inside = through.record is not None and row in through.record.rows
            return here == there or (inside and {here, there} <= {"requester", "responder"})
    return False


def _classes(scenario: Scenario) -> Iterator[Cut]:
    sizes = {state.size for state in scenario.jurisdiction.values()}
    for table, classes in (("people.quality", scenario.people.quality), ("law.at_will", scenario.law.at_will),
                           ("systems.format", scenario.systems.format if scenario.systems else {})):
        for size in classes.keys() - sizes:
            yield f"{table}.{size}", "no state is of this class"
