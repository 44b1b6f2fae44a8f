"""What each instruction demands where it stands; what fails it is refused with a remedy, before anything runs."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from types import FunctionType
from typing import Any

from sim.programs.certain import Certain, Surroundings
from sim.programs.declared import Declared
from sim.programs.replay import Place
from sim.script import (
    ANSWERS,
    BY_MACHINE,
    CLOSING_WORDS,
    FORMS,
    HIDDEN_FACTS,
    ON_THE_SPOT,
    PEOPLE_DECIDE,
    Batch,
    Chance,
    Close,
    Decide,
    Do,
    Due,
    ForEach,
    Is,
    Lookup,
    Match,
    Owes,
    Paused,
    Quota,
    Review,
    Send,
    Store,
    Verify,
    Wait,
    Withdraw,
    Within,
    Work,
)

UNTIL, REST = ("all", "first", "one_by_one"), ("runs_on", "recalled")


@dataclass(frozen=True)
class Here:
    """An instruction at its place, with all that decides whether it may stand there."""

    place: Place
    around: Surroundings
    certain: Certain
    declared: Declared

    def one_of(self, what: str, name: str, known: Iterable[str], remedy: str = "") -> None:
        if name not in (known := tuple(known)):
            self.place.refuse(f"{name!r} is no known {what}", f"one of {', '.join(known) or '(none)'}", remedy)

    def declares(self, what: str, name: str, known: Iterable[str], constant: str) -> None:
        self.one_of(what, name, known, f"declare it in {constant} beside the script")

    def task(self, task: str) -> None:
        self.declares("task", task, self.declared.tasks, "TASKS")

    def judge(self, task: str) -> None:
        """A person: no machine verifies or decides."""
        self.task(task)
        if self.declared.tasks[task].desk == BY_MACHINE:
            self.place.refuse(f"the machine would judge alone in {task!r}", f"a person's desk, or {ON_THE_SPOT!r}",
                              PEOPLE_DECIDE)

    def content(self, content: str) -> None:
        self.declares("content", content, self.declared.contents, "CONTENTS")

    def clock(self, clock: str) -> None:
        self.declares("clock", clock, self.declared.clocks, "CLOCKS")

    def party(self, party: str) -> None:
        if party not in self.around.bound:
            known = party in self.declared.roles()
            self.place.refuse(
                f"the party {party!r} stands for nobody here", f"one of {', '.join(sorted(self.around.bound))}",
                "ForEach over its side binds it, e.g. ForEach(\"responder\", leg, best=...)" if known
                else f"give it a side, PARTIES = {{{party!r}: \"requester\", \"responder\" or an institution}}")

    def found(self) -> None:
        if not self.certain.found:
            self.place.refuse("there is no record here: no search has found one on every way to this point",
                              "a Match or Lookup answered hit before it", "search first, and come here only on HIT")


def demand_instruction(yielded: Any, place: Place) -> None:
    """An instance of the instruction set whose arguments are texts, words and generator functions."""
    if type(yielded) not in ANSWERS:
        place.refuse(f"yielded {yielded!r}, which is no instruction",
                     f"one of {', '.join(kind.__name__ for kind in ANSWERS)}",
                     "`yield from` a sub-script that is to be part of this one, `yield Do(sub)` one of its own")
    for field in fields(yielded):
        _demand_argument(field.name, getattr(yielded, field.name), place)


def _demand_argument(name: str, value: Any, place: Place) -> None:
    if name in ("sub", "leg"):
        if not (isinstance(value, FunctionType) and inspect.isgeneratorfunction(value)):
            place.refuse(f"`{name}` is {value!r}", "a plain generator function of one argument",
                         f"def {name}(c): ... with a yield in it; PARAMS for what functools.partial would bind")
    elif name == "best":
        if not (isinstance(value, tuple) and value and all(isinstance(word, str) for word in value)):
            place.refuse(f"`best` is {value!r}", "a tuple of words, the best first", "best=(ANSWERED, REFUSED, LOST)")
    elif name == "sealed":
        if not isinstance(value, bool):
            place.refuse(f"`sealed` is {value!r}", "True or False")
    elif not (isinstance(value, str) or (name == "via" and value is None)):
        place.refuse(f"`{name}` is {value!r}", "a text")


def _work(work: Work, here: Here) -> None:
    here.party(work.party)
    here.task(work.task)


def _decide(decide: Decide, here: Here) -> None:
    here.party(decide.party)
    here.judge(decide.task)
    if decide.about:
        here.one_of("hidden fact", decide.about, HIDDEN_FACTS,
                    "leave `about` out: the task's `share` says how many are worth it")


def _review(review: Review, here: Here) -> None:
    here.party(review.party)
    here.party(review.to)
    here.content(review.content)
    here.task(review.task)


def _search(search: Match | Lookup, here: Here) -> None:
    here.party(search.party)
    here.task(search.task)
    if here.around.given(search.party, here.certain, here.declared) is None:
        here.place.refuse(f"searches at {search.party!r} before anything reached it on every way to this point",
                          "the same content as last message to that very party, however the path went",
                          f"yield Send(..., {search.party!r}, content) before it")


def _verify(verify: Verify, here: Here) -> None:
    here.party(verify.party)
    here.judge(verify.task)
    here.found()


def _store(store: Store, here: Here) -> None:
    _withdraw(Withdraw(store.party, store.task), here)
    here.content(store.content)


def _withdraw(withdraw: Withdraw, here: Here) -> None:
    here.party(withdraw.party)
    here.task(withdraw.task)
    here.found()


def _send(send: Send, here: Here) -> None:
    for party in (send.sender, send.receiver, *((send.via,) if send.via else ())):
        here.party(party)
    here.content(send.content)
    here.one_of("form", send.form, FORMS)
    if here.declared.contents[send.content].of == "record":
        here.found()


def _wait(wait: Wait, here: Here) -> None:
    here.clock(wait.clock)


def _batch(batch: Batch, here: Here) -> None:
    here.declares("window", batch.window, here.declared.windows, "WINDOWS")


def _is(question: Is, here: Here) -> None:
    if question.fact in HIDDEN_FACTS:
        here.place.refuse(f"{question.fact!r} is hidden: nobody in the case knows it",
                          "a person who decides about it, and may err", f"Decide(party, task, about={question.fact!r})")
    here.declares("fact", question.fact, here.declared.known_facts(), "FACTS")


def _chance(chance: Chance, here: Here) -> None:
    here.declares("chance", chance.name, here.declared.chances, "CHANCES")


def _owes(_: Owes, __: Here) -> None:
    """Which duties there are is the law's to say; a world whose law knows none of that name is refused."""


def _quota(quota: Quota, here: Here) -> None:
    here.declares("quota", quota.name, here.declared.quotas, "QUOTAS")
    here.party(quota.giver)
    here.party(quota.taker)


def _for_each(each: ForEach, here: Here) -> None:
    here.one_of("`until`", each.until, UNTIL)
    here.one_of("`rest`", each.rest, REST)
    if each.among in ("found", "recipients"):
        here.found()
    fixed = here.declared.institutions()
    if here.around.root == "case":
        fixed |= here.declared.side("requester")
    if each.party in fixed:
        here.place.refuse(f"{each.party!r} stands for one and the same throughout", "a party that is not bound yet",
                          "ForEach(\"responder\", ...), or a name of your own")


def _within(within: Within, here: Here) -> None:
    here.clock(within.clock)
    here.one_of("`rest`", within.rest, REST)


def _due(due: Due, here: Here) -> None:
    here.clock(due.clock)


def _paused(paused: Paused, here: Here) -> None:
    if not here.around.clock:
        here.place.refuse("no clock runs here that could be stopped", "a Due or Within around it",
                          "Do(sub) runs a sub-script without a clock")


def _do(_: Any, __: Here) -> None:
    """Any plain sub-script may be done anywhere."""


def _close(close: Close, here: Here) -> None:
    if not here.around.own:
        here.place.refuse("Close outside the root", "Close in the root only: a leg cannot answer the requester",
                          "return the word, and let the root close with what its frame answers")
    if here.certain.closed:
        here.place.refuse("closed a second time on this path", "one Close on a path")
    demand_closing(close.word, here.place)


def demand_closing(word: object, place: Place) -> None:
    if word not in CLOSING_WORDS:
        place.refuse(f"the root closes with {word!r}", f"one of {', '.join(CLOSING_WORDS)}",
                     "translate the words of sub-scripts into what the requester may be told")


def demand_word(word: object, place: Place) -> None:
    if not isinstance(word, str):
        place.refuse(f"ended with {word!r} instead of a word", "a word, e.g. ANSWERED, REFUSED, DONE",
                     "end every path with `return <word>`")


def demand_ranked(each: ForEach, words: tuple[str, ...], place: Place) -> None:
    missing = [word for word in words if word not in each.best]
    if missing:
        place.refuse(f"{each.leg.__name__} can return {', '.join(missing)}, which `best` does not rank",
                     f"a rank for each of {', '.join(words)}",
                     "a leg that sends can return LOST: rank it, mostly last" if "lost" in missing
                     else f"best=(..., {', '.join(missing)})")


def demand_known(here: Here, instruction: Any) -> None:
    """Refuse an instruction that may not stand where it does."""
    DEMANDS[type(instruction)](instruction, here)


DEMANDS: dict[type, Callable[[Any, Here], None]] = {
    Work: _work, Review: _review, Match: _search, Verify: _verify, Decide: _decide, Lookup: _search, Store: _store,
    Withdraw: _withdraw, Send: _send, Wait: _wait, Batch: _batch, Is: _is, Chance: _chance,
    Owes: _owes, Quota: _quota, ForEach: _for_each, Within: _within,
    Due: _due, Paused: _paused, Do: _do, Close: _close,
}
