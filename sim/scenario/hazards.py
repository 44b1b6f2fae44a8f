"""How often whoever holds records is broken into, as a file declares it: its shape, its faults, and it in words.

Nobody publishes this. Without the table every holder has the same hazard, and only ratios between options are told.
"""

from collections.abc import Iterator

from sim.scenario.facts import facts
from sim.scenario.quantities import Count, Duration, Number, Rate, Share, Sourced
from sim.scenario.text import wrapped
from sim.units import DAY, YEAR, Range, as_text

Wrong = tuple[tuple[str | int, ...], object, str]     # key path, got, expected

FLOOR = "LEAK-BASE-NATIONAL"          # publicly known thefts from national copies: what is not known comes on top
CLASSES = ("hub", "registry", "national_copy", "member")
PER_YEAR = YEAR / DAY                 # a rate is of one day
ONE, NONE = Range(1, 1, "count"), Range(0, 0, "share")


class Holder(Sourced):
    """Holders of one class.

    yearly          break-ins of one holder
    suppliers       bodies through which one can get in, the holder itself among them
    administrators  accounts in each of them that reach every record
    """

    yearly: Rate
    suppliers: Count = ONE
    administrators: Count = ONE


class Contractor(Sourced):
    """A supplier that is broken into opens the holder that it serves."""

    yearly: Rate


class Hazards(Sourced):
    """What holders are exposed to.

    common_cause  share of years in which one luck decides for all holders together (a shared supplier or weakness)
    dispersion    variance of a yearly factor of mean 1 on all hazards together; 0: every year is like the others
    dwell         how long an intruder stays and reads what comes in, unless noticed sooner
    detection     when it is noticed; left out: never before it leaves
    insider       misuses by one administrator, and
    takes         the share of what lies there that one of them takes
    keys          share of keyed rows that whoever breaks into a holder of the key can undo, those of all members
    """

    hub: Holder
    registry: Holder
    national_copy: Holder
    member: Holder
    contractor: Contractor | None = None
    common_cause: Share = NONE
    dispersion: Number = Range(0, 0, "number")
    dwell: Duration = Range(0, 0, "duration")
    detection: Duration | None = None
    insider: Rate = Range(0, 0, "rate")
    takes: Share = NONE
    keys: Share = NONE


def hazard_faults(hazard: Hazards | None) -> Iterator[Wrong]:
    """A hazard below what is publicly known, and halves of what is said together."""
    if hazard is None:
        return
    floor = float(facts()[FLOOR].value)
    highest = hazard.national_copy.yearly.high * PER_YEAR
    if highest < floor * (1 - 1e-9):
        yield (("hazard", "national_copy", "yearly"), as_text(hazard.national_copy.yearly),
               f"{floor} per year or more at its upper end: publicly known events are a floor ({FLOOR})")
    if hazard.insider.high > 0 and hazard.takes.high == 0:
        yield ("hazard", "takes"), as_text(hazard.takes), "a share above 0 %: insiders are declared"
    if hazard.detection is not None and hazard.dwell.high == 0:
        yield ("hazard", "dwell"), as_text(hazard.dwell), "a duration above 0: it says when an intruder is noticed"
    for name in CLASSES:
        for key in ("suppliers", "administrators"):
            value = getattr(getattr(hazard, name), key)
            if value.low < 1:
                yield ("hazard", name, key), as_text(value), "1 at least: the holder itself"


def hazards(hazard: Hazards) -> list[str]:
    """The table in words."""
    each = [f"{name.replace('_', ' ')}: broken into {_yearly(getattr(hazard, name).yearly)}, "
            f"{as_text(getattr(hazard, name).suppliers)} ways in (itself and its suppliers) with "
            f"{as_text(getattr(hazard, name).administrators)} administrators each" for name in CLASSES]
    if hazard.contractor is not None:
        each.append(f"a supplier: broken into {_yearly(hazard.contractor.yearly)}, and with it whom it serves")
    each.append(f"All fall together or not at all in {as_text(hazard.common_cause)} of years; the variance of a year's "
                f"factor on all hazards is {as_text(hazard.dispersion)}.")
    noticed = f", or until noticed after {as_text(hazard.detection)}" if hazard.detection is not None else ""
    each.append(f"An intruder stays {as_text(hazard.dwell)}{noticed}, and undoes {as_text(hazard.keys)} of keyed rows "
                "where it finds the key.")
    each.append(f"An administrator misuses what lies there {_yearly(hazard.insider)}, taking {as_text(hazard.takes)}.")
    return [wrapped(line, "  ", "- ") for line in each]


def _yearly(rate: Range) -> str:
    low, high = rate.low * PER_YEAR, rate.high * PER_YEAR
    return f"{low:.4g} times a year" if rate.is_point else f"{low:.4g} to {high:.4g} times a year"
