"""What is made of one subject is made once, and kept no longer than the subject."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Subject = TypeVar("Subject")
Made = TypeVar("Made")


class Once(Generic[Subject]):
    """Call it with a function of the subject: the second time the same value comes back."""

    def __init__(self, subject: Subject):
        self.subject = subject
        self.kept: dict[Callable[[Any], Any], Any] = {}

    def __call__(self, make: Callable[[Subject], Made]) -> Made:
        if make not in self.kept:
            self.kept[make] = make(self.subject)
        found: Made = self.kept[make]
        return found
