"""What may stand against helping in a matter, whoever asks: the ordinary grounds in mutual assistance."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.scenario.quantities import Share, Sourced
from sim.units import Range

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

NONE = Range(0, 0, "share")


class Bars(Sourced):
    """Share of needs in which it is so; of one need at most one is. The rest has no bar.

    political            the offence is a political one
    already_judged       the person has been judged for it
    capital              the asking state may punish it with death, or there is a risk of torture
    refugee              the person is a refugee from the asking state
    essential_interests  help would touch sovereignty, security or public order of the asked state
    """

    political: Share = NONE
    already_judged: Share = NONE
    capital: Share = NONE
    refugee: Share = NONE
    essential_interests: Share = NONE

    def shares(self) -> tuple[Range, ...]:
        """In the order of `laws.BARS`, whose first means that there is none."""
        return self.political, self.already_judged, self.capital, self.refugee, self.essential_interests


def bar_faults(scenario: "Scenario") -> Iterator[tuple[tuple[str | int, ...], object, str]]:
    """Shares that together could be more than all needs."""
    most = sum(share.high for share in scenario.demand.bars.shares()) if scenario.demand.bars else 0.0
    if most > 1:
        yield ("demand", "bars"), f"up to {most:.0%} together", "shares that are at most 100 % together"
