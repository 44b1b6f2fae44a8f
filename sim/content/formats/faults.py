"""A text that cannot be read is a located fault: `read_all` counts it and reads on."""

from sim.errors import ComityError

LONGEST = 90      # characters of what is quoted from a text


class FormatFault(ComityError):
    """A text that is not of its format.

    format    name of the format
    place     "line 3, column 5", "columns 21-39", or the path or label of a field
    got       what stands there, shortened and with escapes: it may hold anything
    expected  what would have been read
    """

    def __init__(self, format: str, place: str, got: object, expected: str):
        quoted = repr(got[:LONGEST] if isinstance(got, str | bytes) else got)
        self.got = quoted if len(quoted) <= LONGEST else quoted[:LONGEST - 3] + "..."
        self.format, self.place, self.expected = format, place, expected
        super().__init__(f"{format}, {place}: got {self.got}; expected {expected}")


class Unreadable(Exception):
    """Raised below a Format, which alone knows its name. `place` is "" where only the field is known."""

    def __init__(self, got: object, expected: str, place: str = ""):
        self.got, self.expected, self.place = got, expected, place
        super().__init__(expected)
