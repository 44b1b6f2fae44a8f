"""Duties that come with a permission only ever grow stricter when combined, and in any order.

A duty is a point of a lattice; `a & b` is the loosest that honours both. `FREE` binds to nothing and is its top.
"""

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ConfigDict
from pydantic.dataclasses import dataclass

from sim import units
from sim.script import FIELDS

FOREVER = 2**63 - 1
Code = Literal["H0", "H1", "H2", "H3"]
Flag = Literal[
    "judge",                # a judge of the giver's state must allow it
    "owner_consent",        # the state or agency the data came from must have agreed
    "inform_owner",         # it is told afterwards
    "use_consent",          # use as evidence, or for another purpose, needs leave
    "human_decision",       # a person, not a machine, releases
    "strict_necessity",     # only where strictly necessary
    "document",             # the reasons are written down for the supervisor
    "log",                  # the transfer is logged
    "delete_unmatched",     # what did not match is deleted at once
    "mark_assessment",      # fact is told apart from opinion
    "assurance",            # the receiver binds itself: no death penalty, no torture
    "articles_2_and_3",     # nothing political, military, religious or racial; human rights
    "publisher_review",     # whoever publishes looks at it first
]
FLAGS: tuple[str, ...] = get_args(Flag)


def _ticks(text: object) -> object:
    return int(units.duration(text).value) if isinstance(text, str) else text


def _fields(names: object) -> object:
    unknown = sorted(set(names) - set(FIELDS)) if isinstance(names, list | tuple | set | frozenset) else []
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no field; known: {', '.join(FIELDS)}")
    return names


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Duties:
    """What binds whoever gives or receives.

    fields     the only facts about a person that may be given, out of `script.FIELDS`; None: no limit
    purposes   the only uses allowed; None: no limit
    retention  ticks the receiver may keep it; in TOML a duration such as "3 y"
    handling   least handling code it must bear
    onward     whether the receiver may pass it on without asking
    flags      out of FLAGS
    """

    fields: Annotated[frozenset[str] | None, BeforeValidator(_fields)] = None
    purposes: frozenset[str] | None = None
    retention: Annotated[int, BeforeValidator(_ticks)] = FOREVER
    handling: Code = "H0"
    onward: bool = True
    flags: frozenset[Flag] = frozenset()

    def __and__(self, other: "Duties") -> "Duties":
        return Duties(_both(self.fields, other.fields), _both(self.purposes, other.purposes),
                      min(self.retention, other.retention), max(self.handling, other.handling),
                      self.onward and other.onward, self.flags | other.flags)

    def __le__(self, other: "Duties") -> bool:
        """Whether these duties are at least as strict as `other` in every respect."""
        return self & other == self


FREE = Duties()


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
