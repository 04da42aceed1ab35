"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile(
    "shared machine", deadline=None
)  # two cores, other work beside: time proves nothing
settings.load_profile("shared machine")
