"""Every version of a record is the truth as its place writes it with typed errors, and says which of them it has.

A type of error strikes a value when its stored uniform is below the rate of the holder's quality: a better quality has
a subset of the errors of a worse one, and a future that changes the quality draws nothing anew.
"""

from sim.content.errors.habits import habits, record_ids
from sim.content.errors.held import LOG, logged, strikes, versions
from sim.content.errors.kinds import ERROR_FIELD, ERRORS, KEYED_IN, PRESETS, RATES, Kind, check_errors, rates_of

__all__ = ["ERRORS", "ERROR_FIELD", "KEYED_IN", "LOG", "PRESETS", "RATES", "Kind", "check_errors", "habits", "logged",
           "rates_of", "record_ids", "strikes", "versions"]
