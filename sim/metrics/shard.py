"""A part of a run cut out, as small as its own rows: what metrics and books can be read of as if it were a run."""

from dataclasses import dataclass, replace

import numpy as np

from sim.cases import Cases
from sim.columns import rows_of
from sim.content import Content
from sim.engines.screening import Totals
from sim.ledger import Ledger
from sim.metrics.joined import Flags, Replicated, Rows, Whole
from sim.needs import Needs
from sim.truth import Truth
from sim.world import World


@dataclass(frozen=True, eq=False)
class Shard:
    """Some needs with all their cases, and some other cases, numbered anew and in their order. The world is the run's
    own, so is the content but for its misses, and so is the desks' book, which is of the whole run; audiences of cases
    are left out."""

    world: World
    needs: Needs
    truth: Truth
    cases: Cases
    content: Content
    ledger: Ledger
    screening: tuple[Totals, ...] = ()


def cut(run: Replicated, needs: Flags, others: Flags | None = None) -> Shard:
    """The rows of these needs and of these other cases. Nothing is shared with the ledger it is cut from.

    needs   bool (needs,); all cases of a need go with it
    others  bool (cases of the ledger,) record events, and own work where it is wanted; none if not given

    Disclosures go with their messages; where they are not yet written, there are none in the shard either.
    """
    ledger, need = run.ledger, run.ledger.cases["need"].astype(np.int64)
    cases = np.append(needs, False)[need]
    if others is not None:
        cases |= others & (need < 0)
    chosen, need_number = np.flatnonzero(cases), _numbers(needs)
    rows, stream = rows_of(ledger.cases, chosen), rows_of(run.cases.rows, chosen)
    rows["case"] = np.arange(len(chosen))
    rows["need"] = stream["need"] = need_number[need[chosen]]
    of_needs = np.flatnonzero(needs)
    return Shard(run.world, Needs(rows_of(run.needs.rows, of_needs),
                                  tuple(run.needs.addressed[n] for n in of_needs.tolist())),
                 true_of(run.truth, of_needs),
                 Cases(stream, {}, {}, run.cases.opening[of_needs], run.cases.reached[of_needs]),
                 content_of(run.content, of_needs), _ledger(ledger, rows, cases))


def true_of(truth: Truth, needs: Whole) -> Truth:
    """What is so of these needs, rows of the run's; where investigations stand stays that of the whole run."""
    return Truth(truth.holder[needs], truth.investigated)


def content_of(content: Content, needs: Whole) -> Content:
    """The same with the misses of these needs, rows of the run's in their order, numbered anew."""
    number = np.searchsorted(needs, content.misses["need"])
    among = np.flatnonzero(np.append(needs, -1)[number] == content.misses["need"])
    misses = rows_of(content.misses, among)
    misses["need"] = number[among]
    return replace(content, misses=misses)


def _ledger(ledger: Ledger, rows: Rows, cases: Flags) -> Ledger:
    number, told = _numbers(cases), ledger.disclosures["message"]
    messages = cases[ledger.messages["case"]]
    disclosures = rows_of(ledger.disclosures, np.flatnonzero(messages[told]))
    disclosures["message"] = _numbers(messages)[disclosures["message"]]
    legs, steps, sent = (_renumbered(table, cases, number) for table in (ledger.legs, ledger.steps, ledger.messages))
    return replace(ledger, cases=rows, legs=legs, steps=steps, messages=sent, disclosures=disclosures)


def _renumbered(table: Rows, cases: Flags, number: Whole) -> Rows:
    found = rows_of(table, np.flatnonzero(cases[table["case"]]))
    found["case"] = number[found["case"]]
    return found


def _numbers(chosen: Flags) -> Whole:
    """(rows + 1,) the new number of each chosen row; -1 at the last, which stands for none."""
    return np.append(np.cumsum(chosen) - 1, -1)
