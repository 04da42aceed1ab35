"""Why a file is not for us.

* WorkspaceError
  - Refused   (the policy forbids it: outside the roots, ignored, a secret, binary, too large)
  - Missing   (there is no such file)
"""

from __future__ import annotations


class WorkspaceError(Exception):
    """A file cannot be used; ``str()`` is one sentence for people and for the model."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class Refused(WorkspaceError):
    """The policy forbids it."""


class Missing(WorkspaceError):
    """There is no such file."""

    def __init__(self, path: str) -> None:
        super().__init__(path, f"{path} does not exist")
