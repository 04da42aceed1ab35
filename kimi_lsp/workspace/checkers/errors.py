"""Why a checker says nothing.

* CheckerError
  - Withheld     (it would run code of the project; the user's settings may allow it)
  - TookTooLong  (it was killed)
  - Failed       (it ended by a signal, said it cannot work, or wrote what cannot be read, or too much)
"""

from __future__ import annotations


class CheckerError(Exception):
    """``str()`` is what happened, to stand behind the checker's name: ``took longer than 30 s``."""


class Withheld(CheckerError):
    """It is not run, because the project decides what it would do."""


class TookTooLong(CheckerError):
    """It was killed."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:.3g} s")
        self.seconds = seconds


class Failed(CheckerError):
    """It did not say what is wrong with the file."""
