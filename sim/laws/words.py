"""Duties in plain words."""

from sim import units
from sim.laws.duties import FOREVER, Duties
from sim.units import Range

FLAG_WORDS = {
    "judge": "a judge of the giver's state must allow it",
    "owner_consent": "whoever the data came from must have agreed",
    "inform_owner": "whoever the data came from is told afterwards",
    "use_consent": "use as evidence, or for another purpose, needs leave",
    "human_decision": "a person, not a machine, releases it",
    "strict_necessity": "only where strictly necessary",
    "document": "the reasons are written down for the supervisor",
    "log": "the transfer is logged",
    "delete_unmatched": "what did not match is deleted at once",
    "mark_assessment": "fact is told apart from opinion",
    "assurance": "the receiver binds itself: no death penalty, no torture",
    "articles_2_and_3": "nothing political, military, religious or racial (INTERPOL Constitution arts. 2 and 3)",
    "publisher_review": "whoever publishes it looks at it first",
}


def duty_words(duties: Duties) -> list[str]:
    """One phrase for each duty; none where nothing binds."""
    found = [FLAG_WORDS[flag] for flag in FLAG_WORDS if flag in duties.flags]
    if duties.purposes is not None:
        found.append(f"used for {' or '.join(sorted(duties.purposes)) or 'nothing'} only")
    if not duties.onward:
        found.append("not passed on without asking")
    if duties.retention < FOREVER:
        found.append(f"kept {units.as_text(Range(duties.retention, duties.retention, 'duration'))} at most")
    if duties.handling != "H0":
        found.append(f"bears the handling code {duties.handling} at least")
    if duties.fields is not None:
        found.append(f"no other facts than {', '.join(sorted(duties.fields)) or 'none'}")
    return found
