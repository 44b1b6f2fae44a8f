"""The same models as users of public simulators would write them: what they run, not how they could be bent."""
