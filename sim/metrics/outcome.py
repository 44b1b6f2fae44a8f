"""Every need ends in exactly one of nine classes, so that of 100 needs 100 are accounted for.

A case is classed by one table of (word it closed with, truth, time, rule). A need with several cases takes one class
of theirs by a second table: information from one of them is enough, "nothing held" must come from all.

truth  ANSWERED: every record given to the opener (or whom the need is for) is of the need's subject; where no record
       was given in the clear, every answer that speaks of one; where there was none either, what its look-ups found.
       And the protocol brings the need's product. DONE (an act, not a record): nothing given is of another person.
       NOTHING_HELD, FALSE_MATCH: nobody at all holds a record, and every place asked really searched.
       What was altered on its way unseen is not true; what was seen to be altered is as lost (`tampered`).
time   closed by the tick at which the investigation needs the answer.
rule   no disclosure of the case up to its closing was forbidden or broke a duty. "No rule known" is counted apart
       (`outside_rules`) and takes nothing out of "met".
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.columns import Columns
from sim.laws import PRODUCTS
from sim.ledger import DUTY_BROKEN, FORBIDDEN, NEED
from sim.metrics.joined import Flags, Joined, Whole
from sim.metrics.tampered import Spoilt, altered, nothing_spoilt, spoilt
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
from sim.world import World

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
    def word(self) -> NDArray[np.int8]:
        """(cases,) index into WORDS: what the asker is left with."""
        found: NDArray[np.int8] = np.where(self._spoilt.noticed, np.int8(WORDS.index(LOST)), self._closed_with)
        return found

    @cached_property
    def _closed_with(self) -> NDArray[np.int8]:
        """(cases,) index into WORDS. Raises ValueError where a need's case closed with a word that is none of them."""
        cases = self.joined.cases
        found: NDArray[np.int8] = self.joined.of_world(_words)[cases["word"]]
        strange = np.flatnonzero((found < 0) & (cases["kind"] == NEED))
        if len(strange):
            raise ValueError(f"{self.joined.world.words[cases['word'][strange[0]]]!r} is not a closing word of a need")
        return found

    @cached_property
    def case_class(self) -> NDArray[np.int8]:
        truth = np.where(self.says(SAYS_NOTHING_HELD), self._nothing_held(), self._informed()) & ~self._spoilt.unnoticed
        found = CLASS_OF[self.word, truth.view(np.int8), self._in_time().view(np.int8),
                         self._within_rules().view(np.int8)]
        return np.where(self.joined.cases["kind"] == NEED, found, np.int8(-1))

    @cached_property
    def need_class(self) -> NDArray[np.int8]:
        """A need without a case was not asked, or had no channel."""
        rank = {row: k for k, row in enumerate(COMBINE)}
        ours = np.flatnonzero(self.case_class >= 0)
        nothing = self.says(SAYS_NOTHING_HELD)[ours].view(np.int8)
        ranks = np.array([[rank.get((says, k), -1) for k in range(len(SPLIT))] for says in (False, True)])
        best = np.full(len(self.joined.needs), len(COMBINE) - 1)
        np.minimum.at(best, self.joined.need_of[ours], ranks[nothing, self.case_class[ours]])
        found: NDArray[np.int8] = np.array([found for _, found in COMBINE], np.int8)[best]
        return found

    @cached_property
    def met(self) -> Flags:
        """(needs,) met in time."""
        return np.isin(np.arange(len(SPLIT)), MET)[self.need_class]

    def says(self, words: tuple[str, ...]) -> Flags:
        """(cases,) closed with one of these words."""
        return _among(self.word, words)

    @cached_property
    def _spoilt(self) -> Spoilt:
        joined, found = self.joined, altered(self.joined)
        if not any(flags.any() for flags in found):
            return nothing_spoilt(len(joined.cases))
        return spoilt(joined, found, self._to_asker, joined.cases["closed"],
                      _among(self._closed_with, SAYS_NOTHING_HELD))

    @cached_property
    def _to_asker(self) -> Flags:
        """(messages,) went to the opener, or to whom the need is for."""
        messages, case = self.joined.messages, self.joined.messages["case"]
        found: Flags = ((messages["receiver"] == self.joined.cases["opener"][case])
                        | (messages["receiver"] == self._beneficiary()[case]))
        return found

    def _in_time(self) -> Flags:
        closed, needed_by = self.joined.cases["closed"], np.append(self.joined.needs["needed_by"], -1)
        found: Flags = closed <= needed_by[self.joined.need_of]
        return found

    def _within_rules(self) -> Flags:
        """No disclosure up to the closing was forbidden or broke a duty."""
        rows, case = self.joined.disclosures, self.joined.told["case"]
        against = np.flatnonzero((rows["ruling"] == FORBIDDEN) | (rows["ruling"] == DUTY_BROKEN))
        case = case[against]
        found = np.ones(len(self.joined.cases), bool)
        found[case[rows["tick"][against] <= self.joined.cases["closed"][case]]] = False
        return found

    def _nothing_held(self) -> Flags:
        """Nobody holds a record of the need's subject, and every place asked searched. A leg that ended with DONE asked
        nothing: it covers a query, or takes one back."""
        legs, need = self.joined.legs, self.joined.need_of
        names = [*self.joined.world.words, "recalled", OPEN]      # the words -2 and -1 of a leg
        searched = np.array([word in (*SAYS_NOTHING_HELD, DONE) for word in names])
        unsearched = (legs["place"] >= 0) & ~searched[legs["word"]]
        found: Flags = ~np.append(self.joined.anybody, True)[need]
        found[legs["case"][unsearched]] = False
        return found

    def _informed(self) -> Flags:
        """What was given is of the right person and of the product needed."""
        acts = self.says((DONE,))
        right, none = np.ones((2, len(acts)), bool)
        for given, wrong in reversed(self._given()):          # the first that is there decides
            right, none = np.where(given, ~wrong, right), none & ~given
        found: Flags = np.where(acts, right, right & ~none) & (self._fits() | acts)
        return found

    def _given(self) -> list[tuple[Flags, Flags]]:
        """(cases,) whether any version was given, and whether one of another person: by records in the clear, by
        answers, by own look-ups."""
        joined = self.joined
        messages, steps, closed = joined.messages, joined.steps, joined.cases["closed"]
        speaks = np.flatnonzero((messages["version"] >= 0) & ~messages["lost"]
                                & (messages["sender"] != messages["receiver"]))
        speaks = speaks[self._to_asker[speaks] & (messages["arrives"][speaks] <= closed[messages["case"][speaks]])]
        of = joined.content_of[speaks]
        record = speaks[(of == RECORD) & (messages["form"][speaks] == FORMS.index(PLAIN))]
        hit = np.flatnonzero(joined.steps_of(Lookup) & (steps["answer"] == ANSWERS[Lookup].index(HIT)))
        hit = hit[steps["ended"][hit] <= closed[steps["case"][hit]]]
        return [self._of_whom(messages, record), self._of_whom(messages, speaks[of == ANSWER]),
                self._of_whom(steps, hit)]

    def _of_whom(self, table: Columns, given: Whole) -> tuple[Flags, Flags]:
        """(cases,) which these rows of a table give a version to; of them those given another person's."""
        case = table["case"][given]
        other = self.joined.records["person"][table["version"][given]] != self.joined.subject[case]
        some, wrong = np.zeros((2, len(self.joined.cases)), bool)
        some[case], wrong[case[other]] = True, True
        return some, wrong

    def _beneficiary(self) -> NDArray[np.int16]:
        found: NDArray[np.int16] = np.append(self.joined.needs["beneficiary"], np.int16(-1))[self.joined.need_of]
        return found

    def _fits(self) -> Flags:
        """The case's protocol brings the product its need asks for."""
        brings = np.array([[name in protocol.products for name in PRODUCTS]
                           for protocol in self.joined.world.protocols])
        found: Flags = brings[self.joined.cases["protocol"], self.joined.stream["product"]]
        return found


def _among(word: NDArray[np.int8], words: tuple[str, ...]) -> Flags:
    """Which of these indices into WORDS are of these words; -1 is none."""
    wanted = np.zeros(len(WORDS) + 1, bool)
    wanted[[WORDS.index(each) for each in words]] = True
    found: Flags = wanted[word]
    return found


def _words(world: World) -> NDArray[np.int8]:
    """(words + 1,) index into WORDS, -1 for one that no need closes with; the last: no word yet."""
    return np.array([*(WORDS.index(word) if word in WORDS else -1 for word in world.words), WORDS.index(OPEN)], np.int8)
