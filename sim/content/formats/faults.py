"""A text that cannot be read is a located fault; it is counted, and never stops a run."""

from sim.errors import ComityError
from sim.scenario.files import shortened


class FormatFault(ComityError):
    """A text that is not of its format.

    format    name of the format
    place     "line 3, column 5", "columns 21-39", or the path or label of a field
    got       what stands there, shortened
    expected  what would have been read
    """

    def __init__(self, format: str, place: str, got: object, expected: str):
        self.format, self.place, self.got, self.expected = format, place, shortened(got), expected
        super().__init__(f"{format}, {place}: got {self.got}; expected {expected}")


class Unreadable(Exception):
    """Raised below a Format, which alone knows its name. `place` is "" where only the field is known."""

    def __init__(self, got: object, expected: str, place: str = ""):
        self.got, self.expected, self.place = got, expected, place
        super().__init__(expected)
