"""How every test is run."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine, however slow: a red test is the change's doing.
settings.register_profile("tidewatch", deadline=None, derandomize=True)
settings.load_profile("tidewatch")
