"""What leaks, as pure mathematics: whole numbers, hazards and channels in, figures out. No world, no run, no truth.

breach.py          hazards, expected losses, distinct persons, flow, insiders, keys, blast radius
breach_loss.py     the whole distribution of a year's loss, its quantile and the mean of its worst part
breach_sampled.py  the same by seeded sampling, with its error
channels.py        what a view tells of a secret, in bits
forms.py           which form who can read
mechanisms.py      what ways to ask and to answer tell
estimate.py        bits from samples, with an interval
adversaries.py     what five adversaries see of traffic in the columns of a ledger

Every formula stands beside an exact case in the tests.
"""
