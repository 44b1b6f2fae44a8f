"""Property tests draw the same examples on every machine, and a cold compiler is no reason to fail."""

from hypothesis import HealthCheck, settings

settings.register_profile("comity", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("comity")
