"""The ids of the built-in actions, in menu order, for whoever must name them before the catalogue is worth its import."""

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
