"""ACTIONS, in menu order, and those that the user's settings make of them."""

from __future__ import annotations

from kimi_lsp.actions.action import Action
from kimi_lsp.actions.add_types import ADD_TYPES
from kimi_lsp.actions.custom import PREFIX, custom
from kimi_lsp.actions.document import DOCUMENT
from kimi_lsp.actions.explain import EXPLAIN
from kimi_lsp.actions.fix import FIX
from kimi_lsp.actions.fix_all import FIX_ALL
from kimi_lsp.actions.image import IMAGE
from kimi_lsp.actions.implement import IMPLEMENT
from kimi_lsp.actions.instruct import INSTRUCT
from kimi_lsp.actions.problem import EXPLAIN_PROBLEM
from kimi_lsp.actions.refactor import REFACTOR
from kimi_lsp.actions.review import REVIEW
from kimi_lsp.actions.simplify import SIMPLIFY
from kimi_lsp.actions.write_tests import WRITE_TESTS
from kimi_lsp.settings import ActionSettings

ACTIONS: tuple[Action, ...] = (
    FIX,
    FIX_ALL,
    INSTRUCT,
    REFACTOR,
    SIMPLIFY,
    ADD_TYPES,
    IMPLEMENT,
    DOCUMENT,
    WRITE_TESTS,
    EXPLAIN,
    EXPLAIN_PROBLEM,
    REVIEW,
    IMAGE,
)

_AS_SHIPPED = ActionSettings()


def offered(settings: ActionSettings) -> tuple[Action, ...]:
    """What the menu is made of: the built-in actions that are not off, then the user's own in their order."""
    own = (custom(name, action) for name, action in settings.custom.items())
    return (*(action for action in ACTIONS if action.id not in settings.off), *own)


def by_id(action_id: str, settings: ActionSettings = _AS_SHIPPED) -> Action:
    """The action of that id: a built-in one, also where it is off, or ``custom.NAME``.

    Raises:
        KeyError: there is none; its message names those there are.
    """
    name = action_id.removeprefix(PREFIX)
    if name != action_id and name in settings.custom:
        return custom(name, settings.custom[name])
    for action in ACTIONS:
        if action.id == action_id:
            return action
    known = ", ".join([*(action.id for action in ACTIONS), *(f"{PREFIX}{name}" for name in settings.custom)])
    raise KeyError(f"no action {action_id!r}; there are: {known}")
