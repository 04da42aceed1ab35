"""Who says what: the names that checkers and their codes go by in other servers."""

from __future__ import annotations

import re

_NAMES = {
    "dmypy": "mypy",
    "eslint_d": "eslint",
    "ts": "tsc",
    "typescript": "tsc",
    "tsserver": "tsc",
    "vtsls": "tsc",
    "compiler": "go vet",  # gopls calls type errors so
    "govet": "go vet",
    "vet": "go vet",
    "rustc": "clippy",
}
_PREFIX = re.compile(r"^(ts|sc|clippy::)(?=.)", re.IGNORECASE)


def checker_of(source: str) -> str:
    """The checker behind the ``source`` of a diagnostic, whoever reported it; a name that is not known stays."""
    name = source.strip().lower()
    return _NAMES.get(name, name)


def plain_code(code: str) -> str:
    """``TS2322``, ``ts2322`` and ``2322`` are one code, so are ``SC2086`` and ``2086``."""
    return _PREFIX.sub("", code.strip().lower())
