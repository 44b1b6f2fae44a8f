"""What the keys of a scenario hold: quantities with units, and tables that say where they come from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sim import units
from sim.units import Period, Range


@dataclass(frozen=True)
class Reader:
    """Marks a key that holds a quantity of this kind: reads the text of a file, lets a ready value pass."""

    kind: str
    parse: Callable[[Any], Any]

    def __call__(self, value: object) -> object:
        if isinstance(value, Range | Period):
            return value
        if not isinstance(value, str | int | float):
            raise ValueError(f"{value!r} is no {self.kind}; expected {units.EXAMPLES[self.kind]}")
        return self.parse(value)


DURATION, SHARE, RATE = (Reader("duration", units.duration), Reader("share", units.share), Reader("rate", units.rate))
COUNT, NUMBER, PERIOD = (Reader("count", units.count), Reader("number", units.number), Reader("period", units.period))
SIGNED = Reader("signed", units.signed)
ONE_OF = "one of these is true, nobody knows which"

Duration = Annotated[Range, BeforeValidator(DURATION), DURATION]
Share = Annotated[Range, BeforeValidator(SHARE), SHARE]
Rate = Annotated[Range, BeforeValidator(RATE), RATE]
Count = Annotated[Range, BeforeValidator(COUNT), COUNT]
Number = Annotated[Range, BeforeValidator(NUMBER), NUMBER]
Signed = Annotated[Range, BeforeValidator(SIGNED), SIGNED]
ClockPeriod = Annotated[Period, BeforeValidator(PERIOD), PERIOD]
Choice = Annotated[tuple[str, ...], Field(min_length=1), ONE_OF]          # settled: exactly one

NeedKind = Literal["known_to_you", "identify", "content", "evidence", "preserve", "locate", "convictions", "warn",
                   "link"]
SizeClass = str                   # "small", "medium", "large", or a class of a synthetic partner


class Shape(BaseModel):
    """A frozen table; unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Sourced(Shape):
    """A table of inputs with its one `from` (numbers stand) or its one `because` (numbers are ranges).

    sources  keys that keep another source than the table, because another file set them:
             key -> "from: fact: ID" or "because: ..."
    """

    from_: str = Field(default="", alias="from")
    because: str = ""
    sources: dict[str, str] = {}
