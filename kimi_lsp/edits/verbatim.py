"""Text whose indentation counts: here documents, and what stands at the margin inside a string of several lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kimi_lsp.edits.indentation import indentation

_HERE_DOCUMENT = re.compile(r"(?<!<)<<(?![-~<=])\s*['\"]?[A-Za-z_]\w*['\"]?\s*(?:$|[|;&>)])")
_STRING_BORDER = re.compile(r'"""|\'\'\'|`')


def holds_verbatim(lines: Iterable[str]) -> bool:
    """Whether ``lines`` cannot be indented otherwise without changing what they say."""
    opened_at: int | None = None
    for line in lines:
        if opened_at is None and _HERE_DOCUMENT.search(line):
            return True
        if opened_at is not None and line.strip() and len(indentation(line)) < opened_at:
            return True
        if len(_STRING_BORDER.findall(line)) % 2:
            opened_at = len(indentation(line)) if opened_at is None else None
    return False
