"""What leaks, as pure mathematics: whole numbers, hazards and channels in, figures out. No world, no ledger, no truth.

breach.py          hazards, expected losses, distinct persons, flow, insiders, keys, blast radius
breach_loss.py     the whole distribution of a year's loss, its quantile and the mean of its worst part
breach_sampled.py  the same by seeded sampling, with its error

Every formula stands beside an exact case in the tests.
"""
