"""The shape of attacks on the exchange. Attackers are roles: whoever plays one is drawn by lot, never named here."""

from sim.scenario.quantities import Duration, Rate, Shape, Share, Sourced


class Forged(Sourced):
    """Forged emergency requests: somebody writes in the name of a state, drawn by lot for each, to one that holds a
    record on the person and is drawn by lot too. `per_day` is of all states together."""

    per_day: Rate


class Fishing(Sourced):
    """A compromised member, drawn by lot for each replication among all states but the focus, asks whether persons are
    known on whom it has no case, `per_day` times a day: its budget."""

    per_day: Rate


class Notices(Sourced):
    """Warnings about persons sought for reasons that the channel's own rules exclude, of all states together.

    known  of these persons, the share on whom some other state holds a record
    """

    per_day: Rate
    known: Share


class Tampering(Sourced):
    """Messages altered by whoever carries them.

    share    of the messages that an intermediary carries
    noticed  of those altered and read by a person, where nothing seals them; a sealed one is always noticed
    """

    share: Share
    noticed: Share


class Attack(Shape):
    forged: Forged | None = None
    fishing: Fishing | None = None
    notices: Notices | None = None
    tampering: Tampering | None = None


class Marking(Sourced):
    """Urgency inflation: askers mark an ordinary need as urgent where the plain lane would come too late.

    share  of ordinary needs whose asker would do so
    wait   what a plain request is known to wait at all desks on its way together, besides being worked on
    """

    share: Share
    wait: Duration
