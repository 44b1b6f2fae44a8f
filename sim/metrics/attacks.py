"""What attackers get, what a call back lets in and turns away, and who says urgent. Attackers appear by kind only.

An attack is a row of the needs of the observed window that has no need behind it (`needs.ATTACKS`); whose window it is
hangs on when it arose, since it never counts as a need.
"""

import numpy as np

from sim.columns import joined as at
from sim.ledger import NEED
from sim.metrics.joined import Flags, Joined, Whole, program_rows
from sim.metrics.parts import Part, per, share
from sim.metrics.tampered import altered
from sim.metrics.view import View
from sim.needs import ATTACKS, FORGED, NO_ATTACK
from sim.script import ANSWERS, FORMS, NO, PLAIN, YES, Decide
from sim.transport import SUBJECT
from sim.world import World

KINDS = tuple(enumerate(ATTACKS))[1:]
SPREAD = "spread"          # a query about the person came to another state


def attack_success(view: View) -> list[Part]:
    """Attacks by which a record came to the attacker in the clear; and those that told another state of the person."""
    attack = _attacks(view.joined)
    given = np.isin(np.arange(len(attack)), _given(view.joined, attack)[0])
    told, all_kinds = _told(view.joined, attack), attack != NO_ATTACK
    slices = [("", all_kinds, given), (SPREAD, all_kinds, told),
              *((slice, attack == kind, which) for kind, name in KINDS
                for slice, which in ((name, given), (f"{name}, {SPREAD}", told)))]
    return [Part(int(np.count_nonzero(which & kind)), int(np.count_nonzero(kind)), 100, slice)
            for slice, kind, which in slices]


def attack_records(view: View) -> list[Part]:
    """Persons whose record came to an attacker, once for each attack, for 100 attacks of all kinds and of each."""
    attack = _attacks(view.joined)
    need, person = _given(view.joined, attack)
    need = (np.unique(need << 32 | person.astype(np.int64)) >> 32).astype(np.int64)
    attacks = attack != NO_ATTACK
    return [per(100, len(need), np.count_nonzero(attacks)),
            *(per(100, np.count_nonzero(attack[need] == kind), np.count_nonzero(attack == kind), name)
              for kind, name in KINDS)]


def forged_let_in(view: View) -> list[Part]:
    """Of the decisions whether a forged request is genuine, those that let it pass."""
    case, answer = _judged(view.joined)
    forged = at(_attacks(view.joined), view.joined.need_of[case]) == FORGED
    return share(np.count_nonzero(forged & (answer == ANSWERS[Decide].index(YES))), np.count_nonzero(forged))


def genuine_turned_away(view: View) -> list[Part]:
    """Of the decisions whether a request behind which a need stands is genuine, those that turned it away."""
    case, answer = _judged(view.joined)
    ours = view.cases[case]
    return share(np.count_nonzero(ours & (answer == ANSWERS[Decide].index(NO))), np.count_nonzero(ours))


def urgent_marked(view: View) -> list[Part]:
    """Of the cases in the urgent lane, those whose need is not urgent."""
    joined = view.joined
    lane = view.cases & joined.stream["urgent"] & (joined.cases["kind"] == NEED)
    urgent = np.append(joined.needs["urgent"], False)[joined.need_of]
    marking = joined.world.scenario.demand.marking is not None
    return [per(100, np.count_nonzero(lane & ~urgent), np.count_nonzero(lane), stands=marking)]


def tampered_unnoticed(view: View) -> list[Part]:
    """Messages altered on the way of which nobody noticed; and those that were noticed."""
    unnoticed, noticed = altered(view.joined)
    attack = view.joined.world.scenario.attack
    stands = attack is not None and attack.tampering is not None
    return [per(100, np.count_nonzero(view.messages & unnoticed), view.n, stands=stands),
            per(100, np.count_nonzero(view.messages & noticed), view.n, "noticed", stands=stands)]


def _attacks(joined: Joined) -> Whole:
    """(needs,) index into ATTACKS of those that arose in the observed window."""
    arises, world = joined.needs["arises"], joined.world
    within = (arises >= world.observe_from) & (arises < world.observe_until)
    return np.where(within, joined.needs["attack"], NO_ATTACK).astype(np.int64)


def _given(joined: Joined, attack: Whole) -> tuple[Whole, Whole]:
    """Attacks and persons, aligned: whose record came to the attacker in the clear, by the end of the run."""
    messages = joined.messages
    given = np.flatnonzero(joined.released & (messages["form"] == FORMS.index(PLAIN)) & (messages["version"] >= 0))
    case = messages["case"][given]
    need = joined.need_of[case]
    got = (at(attack, need) > NO_ATTACK) & (messages["receiver"][given] == joined.cases["opener"][case])
    return need[got], joined.records["person"][messages["version"][given[got]]].astype(np.int64)


def _told(joined: Joined, attack: Whole) -> Flags:
    """(needs,) what was asked about the person came to another state and was not lost."""
    messages, found = joined.messages, np.zeros(len(attack), np.bool_)
    came = ~messages["lost"] & (messages["arrives"] <= joined.ledger.end) & (joined.content_of == SUBJECT)
    abroad = (messages["receiver"] < joined.world.jurisdictions) & (messages["receiver"] != messages["sender"])
    need = joined.need_of[messages["case"][came & abroad]]
    found[need[need >= 0]] = True
    return found


def _judged(joined: Joined) -> tuple[Whole, Whole]:
    """Of every decision whether a request is genuine: its case and its answer."""
    steps = joined.steps
    judged = np.flatnonzero(joined.of_world(_about_genuine)[joined.step_row] & (steps["answer"] >= 0))
    return steps["case"][judged].astype(np.int64), steps["answer"][judged].astype(np.int64)


def _about_genuine(world: World) -> Flags:
    """(program rows,)"""
    return np.array([isinstance(row, Decide) and row.about == "genuine" for row in program_rows(world)[0]])
