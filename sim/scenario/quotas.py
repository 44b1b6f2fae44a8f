"""What a protocol declares of quotas and of the hours in which batches run, as a scenario may override it."""

from typing import Annotated

from pydantic import AfterValidator

from sim.programs.declarations import is_window
from sim.scenario.quantities import Count, Sourced


def _hours(text: str) -> str:
    if not is_window(text):
        raise ValueError(f"{text!r} are no hours of a day; expected e.g. '02:00-04:00', which may pass midnight")
    return text


class QuotaSetting(Sourced):
    """How many a giver grants one taker on one local day of the giver."""

    per_day: Count


class WindowSetting(Sourced):
    """Local hours of every day in which batches run, at the place of the party `at`."""

    hours: Annotated[str, AfterValidator(_hours)]
    at: str = "responder"
