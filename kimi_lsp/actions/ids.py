"""The ids of the built-in actions, in menu order.

Commands are registered while the client waits for the answer to ``initialize``; the catalogue is imported later.
"""

from __future__ import annotations

BUILT_IN = (
    "fix",
    "fixAll",
    "instruct",
    "refactor",
    "simplify",
    "addTypes",
    "implement",
    "document",
    "test",
    "explain",
    "explainProblem",
    "review",
    "image",
)
