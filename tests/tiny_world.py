"""The tiny world run on both engines, as many needs at once as a test wants, and seen by metrics and adversaries."""

from dataclasses import replace

import numpy as np
import tiny_protocols
import worlds as w

from sim.leakage.adversaries import Traffic
from sim.ledger import RECIPIENT
from sim.metrics import View
from sim.metrics.joined import Joined
from sim.metrics.outcome import Outcomes
from sim.needs import NEEDS, Needs
from sim.run import Replication
from sim.script import NEEDS as NEED_KINDS
from sim.transport import disclosures
from sim.truth import Truth, investigated
from sim.units import HOUR

MEMBERS = ("AA", "BB", "CC", "DD", "EE")
ASKER = 0


class Tiny:
    """Needs of the asker, each with its subject, its holder (a place, or none) and the order in which it asks."""

    def __init__(self, protocol, needs, members=MEMBERS):
        self.members, self.hub = members, len(members)
        script, only_holder = tiny_protocols.PROTOCOLS[protocol]
        made = w.protocol(script, tasks=tiny_protocols.TASKS, contents=tiny_protocols.CONTENTS,
                          parties=tiny_protocols.PARTIES)
        days = 2 + len(needs) // 20
        run = {"warm_up": "0 s", "observe": f"{days} d", "drain": "0 s", "futures": 1, "replications": 1, "seed": 1}
        self.world = w.linked(w.world(made, places=members, run=run, **tiny_protocols.HUB), 0)
        asked = [(holder,) if only_holder else tuple(order) for _, holder, order in needs]
        opened = [{"opened": k * HOUR, "id": k + 1, "addressed": places} for k, places in enumerate(asked)]
        self.cases = w.stream(*opened)
        self.needs, self.truth, self.content = self._needed(needs, asked)
        self.run = self._run(opened)
        self.joined = Joined(self.run)
        self.outcomes = Outcomes(self.joined)

    def _needed(self, needs, asked):
        rows, records, candidates = np.zeros(len(needs), NEEDS), [], []
        holder = np.zeros((len(needs), len(self.world.places)), bool)
        for k, (subject, place, _) in enumerate(needs):
            rows[k]["id"], rows[k]["kind"], rows[k]["needed_by"] = k + 1, NEED_KINDS.index("known_to_you"), w.NEVER
            rows[k]["subject"], rows[k]["subjects"], rows[k]["counts"] = subject, 1, True
            if place is None:
                continue
            holder[k, place] = True
            candidates.append((k, place, 0, len(records), 1_000_000, -HOUR, w.NEVER, True, 0, 0))
            records.append((len(records), len(records), subject, place, -HOUR, w.NEVER, False, 0, 0, False, 0))
        truth = Truth(holder, investigated(rows["subject"], rows["opener"], len(self.world.places)))
        return Needs(rows, tuple(asked)), truth, w.content(candidates, records)

    def _run(self, opened):
        ledger = w.simulate(self.world, *opened, held=self.content)
        told = disclosures(self.world, self.cases, self.needs, self.content.records, ledger.messages)
        return Replication("tiny", "both", 0, 0, self.world, self.needs, self.truth, self.cases, self.content,
                           replace(ledger, disclosures=told), {})

    def view(self, need=None):
        """Of one need, or of all."""
        counted = np.ones(len(self.needs.rows), bool) if need is None else np.arange(len(self.needs.rows)) == need
        return View(self.joined, self.outcomes, counted, self.joined.records_of_window)

    def traffic(self, need, until=None):
        """The rows of one need, or of those up to another, as adversaries see them; a need is one case."""
        joined, world = self.joined, self.world
        ends = [need, need + 1 if until is None else until]
        messages = slice(*np.searchsorted(joined.run.ledger.messages["case"], ends))
        rows = slice(*np.searchsorted(joined.run.ledger.disclosures["message"], [messages.start, messages.stop]))
        told = joined.run.ledger.disclosures[rows].copy()
        sealed = joined.run.ledger.messages["sealed"][told["message"]]
        told["message"] -= messages.start
        opens = (told["role"] == RECIPIENT) | (world.reads[told["learner"]] & ~sealed)
        return Traffic(joined.run.ledger.messages[messages], told, joined.can[rows], opens)
