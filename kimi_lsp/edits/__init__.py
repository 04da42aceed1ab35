"""From tool calls to verified replacements. No I/O.

The library face: ``apply_edits(text, edits, path=...)`` gives the new text or raises an ``EditError``.
"""

from __future__ import annotations

from kimi_lsp.edits.edit import Edit
from kimi_lsp.edits.errors import EditError
from kimi_lsp.edits.face import apply_edits

__all__ = ["Edit", "EditError", "apply_edits"]
