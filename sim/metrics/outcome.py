"""Every need ends in exactly one of nine classes, so that of 100 needs 100 are accounted for.

A case is classed by one table of (word it closed with, truth, time, rule). A need with several cases takes one class
of theirs by a second table: information from one of them is enough, "nothing held" must come from all.

truth  ANSWERED: every record given to the opener (or whom the need is for) is of the need's subject; where no record
       was given in the clear, every answer that speaks of one; where there was none either, what its look-ups found.
       And the protocol brings the need's product. DONE (an act, not a record): nothing given is of another person.
       NOTHING_HELD, FALSE_MATCH: nobody at all holds a record, and every place asked really searched.
time   closed by the tick at which the investigation needs the answer.
rule   no disclosure of the case up to its closing was forbidden or broke a duty. "No rule known" is counted apart
       (`outside_rules`) and takes nothing out of "met".
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.laws import PRODUCTS
from sim.ledger import DUTY_BROKEN, FORBIDDEN, NEED
from sim.metrics.joined import Flags, Joined, Whole
from sim.script import (
    ANSWERED,
    ANSWERS,
    CLOSING_WORDS,
    DONE,
    EXPIRED,
    FALSE_MATCH,
    FORMS,
    HIT,
    LOST,
    MAY_NOT_SAY,
    NOBODY,
    NOT_PURSUED,
    NOT_SEARCHED,
    NOTHING_HELD,
    PLAIN,
    REFUSED,
    Lookup,
)
from sim.transport import ANSWER, RECORD

SPLIT = ("met_with_information", "met_nothing_held", "late", "outside_rules", "wrong_or_incomplete", "refused",
         "dropped", "not_asked", "silent")
(MET_WITH_INFORMATION, MET_NOTHING_HELD, LATE, OUTSIDE_RULES, WRONG_OR_INCOMPLETE, REFUSED_CLASS, DROPPED, NOT_ASKED,
 SILENT) = range(9)

MET = (MET_WITH_INFORMATION, MET_NOTHING_HELD)
OPEN = "open"                                        # no word yet at the end of the run
WORDS = (*CLOSING_WORDS, OPEN)
TRUE, FALSE = True, False
IN_TIME, TOO_LATE = True, False
WITHIN_RULES, OUTSIDE = True, False
ANY = (True, False)
INFORMS = (ANSWERED, DONE)
SAYS_NOTHING_HELD = (NOTHING_HELD, FALSE_MATCH)

Rule = tuple[tuple[str, ...], tuple[bool, ...], tuple[bool, ...], tuple[bool, ...], int]

# word, truth, time, rule -> class. Each combination stands in exactly one row; a test walks them all.
TABLE: tuple[Rule, ...] = (
    (INFORMS,           (TRUE,),  (IN_TIME,),  (WITHIN_RULES,), MET_WITH_INFORMATION),
    (SAYS_NOTHING_HELD, (TRUE,),  (IN_TIME,),  (WITHIN_RULES,), MET_NOTHING_HELD),
    ((*INFORMS, *SAYS_NOTHING_HELD), (TRUE,), (IN_TIME,), (OUTSIDE,), OUTSIDE_RULES),
    ((*INFORMS, *SAYS_NOTHING_HELD), (TRUE,), (TOO_LATE,), ANY, LATE),
    ((*INFORMS, *SAYS_NOTHING_HELD), (FALSE,), ANY, ANY, WRONG_OR_INCOMPLETE),
    ((NOT_SEARCHED,),         ANY, ANY, ANY, WRONG_OR_INCOMPLETE),
    ((REFUSED, MAY_NOT_SAY),  ANY, ANY, ANY, REFUSED_CLASS),
    ((NOT_PURSUED,),          ANY, ANY, ANY, DROPPED),
    ((NOBODY,),               ANY, ANY, ANY, NOT_ASKED),
    ((LOST, EXPIRED, OPEN),   ANY, ANY, ANY, SILENT),
)

# Cases of one need, whether the case says "nothing held", its class: the first of these that is there decides. So a
# right answer stands whatever the others say; "nothing held" yields to any case that says something else or nothing;
# and where all say it, the worst of them decides.
COMBINE: tuple[tuple[bool, int], ...] = (
    (False, MET_WITH_INFORMATION), (False, OUTSIDE_RULES), (False, LATE), (False, WRONG_OR_INCOMPLETE),
    (False, REFUSED_CLASS), (False, DROPPED), (False, SILENT),
    (True, WRONG_OR_INCOMPLETE), (True, LATE), (True, OUTSIDE_RULES), (True, MET_NOTHING_HELD),
    (False, NOT_ASKED),
)


def classes_of(word: str, truth: bool, time: bool, rule: bool) -> list[int]:
    """The classes the table gives a case; one, or the table is wrong."""
    return [found for words, truths, times, rules, found in TABLE
            if word in words and truth in truths and time in times and rule in rules]


def _compiled() -> NDArray[np.int8]:
    table = np.zeros((len(WORDS), 2, 2, 2), np.int8)
    for word, truth, time, rule in product(range(len(WORDS)), ANY, ANY, ANY):
        table[word, int(truth), int(time), int(rule)] = classes_of(WORDS[word], truth, time, rule)[0]
    return table


CLASS_OF = _compiled()


@dataclass(frozen=True, eq=False)
class Outcomes:
    """case_class: (cases,) class, -1 for other kinds than needs. need_class: (needs,) class."""

    joined: Joined

    @cached_property
    def word(self) -> Whole:
        """(cases,) index into WORDS. Raises ValueError where a need's case closed with a word that is none of them."""
        names = [*self.joined.world.words, OPEN]
        cases = self.joined.ledger.cases
        used = np.unique(cases["word"][cases["kind"] == NEED])
        number = np.full(len(names), -1)
        for word in used:
            number[word] = WORDS.index(names[word])
        found: Whole = number[cases["word"]]
        return found

    @cached_property
    def case_class(self) -> NDArray[np.int8]:
        cases = self.joined.ledger.cases
        ours = cases["kind"] == NEED
        found = np.full(len(cases), -1, np.int8)
        truth = np.where(self._says(SAYS_NOTHING_HELD), self._nothing_held(), self._informed())
        found[ours] = CLASS_OF[self.word[ours], truth[ours].astype(int), self._in_time()[ours].astype(int),
                               self._within_rules()[ours].astype(int)]
        return found

    @cached_property
    def need_class(self) -> NDArray[np.int8]:
        """A need without a case was not asked, or had no channel."""
        rank = {row: k for k, row in enumerate(COMBINE)}
        ours = self.case_class >= 0
        nothing = self._says(SAYS_NOTHING_HELD)[ours]
        ranks = np.array([[rank.get((says, k), -1) for k in range(len(SPLIT))] for says in (False, True)])
        best = np.full(len(self.joined.needs), len(COMBINE) - 1)
        np.minimum.at(best, self.joined.need_of[ours], ranks[nothing.astype(int), self.case_class[ours]])
        found: NDArray[np.int8] = np.array([found for _, found in COMBINE], np.int8)[best]
        return found

    def _says(self, words: tuple[str, ...]) -> Flags:
        return np.isin(self.word, [WORDS.index(word) for word in words])

    def _in_time(self) -> Flags:
        cases = self.joined.ledger.cases
        return cases["closed"] <= np.append(self.joined.needs["needed_by"], -1)[self.joined.need_of]

    def _within_rules(self) -> Flags:
        """No disclosure up to the closing was forbidden or broke a duty."""
        rows, cases = self.joined.ledger.disclosures, self.joined.ledger.cases
        case = self.joined.told["case"]
        against = np.isin(rows["ruling"], (FORBIDDEN, DUTY_BROKEN)) & (rows["tick"] <= cases["closed"][case])
        found: Flags = np.bincount(case[against], minlength=len(cases)) == 0
        return found

    def _nothing_held(self) -> Flags:
        """Nobody holds a record of the need's subject, and every place asked searched."""
        legs, need = self.joined.ledger.legs, self.joined.need_of
        searched = [k for k, word in enumerate(self.joined.world.words) if word in SAYS_NOTHING_HELD]
        unsearched = (legs["place"] >= 0) & ~np.isin(legs["word"], searched)
        silent_legs = np.bincount(legs["case"][unsearched], minlength=len(need))
        held = np.append(self.joined.run.truth.holder.any(axis=1), True)[need]
        found: Flags = ~held & (silent_legs == 0)
        return found

    def _informed(self) -> Flags:
        """What was given is of the right person and of the product needed."""
        given, wrong = self._given()
        levels = np.argmax(given > 0, axis=0)          # records in the clear, answers, look-ups: the first there is
        none = (given > 0).sum(axis=0) == 0
        right = wrong[levels, np.arange(len(none))] == 0
        acts = self._says((DONE,))
        found: Flags = np.where(acts, right, right & ~none) & (self._fits() | acts)
        return found

    def _given(self) -> tuple[Whole, Whole]:
        """(3, cases) versions given, and of them those of another person: by record, by answer, by own look-up."""
        joined = self.joined
        messages, cases, case = joined.ledger.messages, joined.ledger.cases, joined.ledger.messages["case"]
        receiver = messages["receiver"]
        to_asker = (receiver == cases["opener"][case]) | (receiver == self._beneficiary()[case])
        abroad = messages["sender"] != messages["receiver"]
        in_time = messages["arrives"] <= cases["closed"][case]
        speaks = to_asker & abroad & in_time & ~messages["lost"] & (messages["version"] >= 0)
        record = speaks & (joined.content_of == RECORD) & (messages["form"] == FORMS.index(PLAIN))
        answer = speaks & (joined.content_of == ANSWER)
        steps = joined.ledger.steps
        hit = (joined.steps_of(Lookup) & (steps["answer"] == ANSWERS[Lookup].index(HIT))
               & (steps["ended"] <= cases["closed"][steps["case"]]))
        found = [(messages[record]["case"], messages[record]["version"]),
                 (messages[answer]["case"], messages[answer]["version"]), (steps[hit]["case"], steps[hit]["version"])]
        given = [np.bincount(case, minlength=len(cases)) for case, _ in found]
        wrong = [np.bincount(case[joined.records["person"][version] != joined.subject[case]], minlength=len(cases))
                 for case, version in found]
        return np.array(given), np.array(wrong)

    def _beneficiary(self) -> Whole:
        needs = self.joined.needs
        return np.append(needs["beneficiary"], -1)[self.joined.need_of].astype(np.int64)

    def _fits(self) -> Flags:
        """The case's protocol brings the product its need asks for."""
        brings = np.array([[name in protocol.products for name in PRODUCTS]
                           for protocol in self.joined.world.protocols])
        found: Flags = brings[self.joined.ledger.cases["protocol"], self.joined.stream["product"]]
        return found
