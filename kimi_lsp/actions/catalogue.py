"""ACTIONS, in menu order."""

from __future__ import annotations

from kimi_lsp.actions.action import Action
from kimi_lsp.actions.explain import EXPLAIN
from kimi_lsp.actions.fix import FIX
from kimi_lsp.actions.image import IMAGE
from kimi_lsp.actions.refactor import REFACTOR
from kimi_lsp.actions.review import REVIEW

ACTIONS: tuple[Action, ...] = (FIX, REFACTOR, EXPLAIN, REVIEW, IMAGE)


def by_id(action_id: str) -> Action:
    """The action of that id.

    Raises:
        KeyError: there is none; its message names those there are.
    """
    for action in ACTIONS:
        if action.id == action_id:
            return action
    known = ", ".join(action.id for action in ACTIONS)
    raise KeyError(f"no action {action_id!r}; there are: {known}")
