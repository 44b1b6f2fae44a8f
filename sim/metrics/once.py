"""What is made of one subject is made once, and kept no longer than the subject."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Subject = TypeVar("Subject")
Made = TypeVar("Made")
Kept = dict[Callable[[Any], Any], Any]


def once(kept: Kept, make: Callable[[Subject], Made], subject: Subject) -> Made:
    """`make` of the subject, or what it came to the first time."""
    if make not in kept:
        kept[make] = make(subject)
    found: Made = kept[make]
    return found


class Once(Generic[Subject]):
    """Call it with a function of the subject: the second time the same value comes back."""

    def __init__(self, subject: Subject):
        self.subject = subject
        self.kept: Kept = {}

    def __call__(self, make: Callable[[Subject], Made]) -> Made:
        return once(self.kept, make, self.subject)
