"""What holds credentials, by its name or by its text."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"""(?ix) ^(
        \.env(\..+)? | \.netrc | \.npmrc | \.pypirc | \.pgpass | \.htpasswd | \.git-credentials | \.dockercfg
      | id_(rsa|dsa|ecdsa|ed25519)(\.pub)? | .*\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)
      | credentials(\..+)? | secrets?\.(json|ya?ml|toml|ini|env|txt) | service[-_]account.*\.json
    )$""",
)
"""File names that hold credentials, after GitHub's .gitignore templates and gitleaks' path rules."""

_NAMES_ALLOWED = re.compile(r"(?i)^\.env\.(example|sample|template|dist)$")

_TEXTS = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    re.compile(r"AKIA(?<=\bAKIA)[0-9A-Z]{16}\b"),  # AWS access key id
    re.compile(r"gh[pousr]_(?<=\bgh._)[A-Za-z0-9]{36,}\b"),  # GitHub
    re.compile(r"glpat-(?<=\bglpat-)[A-Za-z0-9_-]{20,}\b"),  # GitLab
    re.compile(r"xox[abprs]-(?<=\bxox.-)[A-Za-z0-9-]{20,}\b"),  # Slack
    re.compile(r"sk-(?<=\bsk-)(?:aig|ant|proj)-[A-Za-z0-9_-]{20,}\b"),  # model services
    re.compile(r"AIza(?<=\bAIza)[0-9A-Za-z_-]{35}\b"),  # Google
)
"""Credentials in a text, after gitleaks' published patterns for the most common issuers.

Each begins with a literal, which ``re`` looks for a hundred times quicker than for one pattern of them all; what must
come before it is therefore looked at behind it.
"""


def secret_name(name: str) -> bool:
    """Whether a file of this name holds credentials."""
    return bool(_NAMES.match(name)) and not _NAMES_ALLOWED.match(name)


def secret_at(text: str) -> int | None:
    """Where the first credential in ``text`` begins, in code points; a few ms for each million of them."""
    found = (pattern.search(text) for pattern in _TEXTS)
    return min((match.start() for match in found if match), default=None)
