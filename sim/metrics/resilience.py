"""What a fault of the network costs."""

import numpy as np

from sim.metrics.parts import Part, share
from sim.metrics.view import View


def messages_lost(view: View) -> list[Part]:
    """Messages lost for good, after all further tries."""
    return share(np.count_nonzero(view.messages & view.joined.messages["lost"]), np.count_nonzero(view.messages))
