"""What a caller wants replaced."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """``new_string`` in the one place that ``old_string`` names, or in all of them.

    ``old_string`` is empty only for a file that is empty.
    """

    old_string: str
    new_string: str
    replace_all: bool = False
