"""What holds for all tests."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.syntax.tables")
settings.register_profile(
    "shared machine", deadline=None
)  # two cores, other work beside: time proves nothing
settings.load_profile("shared machine")
