"""What a fault of the network costs."""

from sim.metrics.values import Cell, share
from sim.metrics.view import View


def messages_lost(view: View) -> list[Cell]:
    """Messages lost for good, after all further tries."""
    messages = view.joined.ledger.messages[view.messages]
    return share(int(messages["lost"].sum()), len(messages))
