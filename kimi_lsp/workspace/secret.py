"""What holds credentials, by its name or by its text."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"""(?ix) ^(
        \.env(rc|[._-].+)? | .+\.env | .+\.tfvars(\.json)? | .+\.tfstate(\.backup)?
      | \.netrc | \.npmrc | \.pypirc | \.pgpass | \.htpasswd | \.git-credentials | \.dockercfg
      | id_(rsa|dsa|ecdsa|ed25519)(\.pub)? | .*\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk)
      | \.?credentials(\.(json|ya?ml|toml|ini|cfg|csv|txt))? | secrets?\.(json|ya?ml|toml|ini|env|txt)
      | service[-_]account.*\.json | application_default_credentials\.json | kubeconfig | \.vault[-_](pass|token)
    )$""",
)
"""File names that hold credentials, after GitHub's .gitignore templates and gitleaks' path rules."""

_PLACES = ("/.docker/config.json", "/.kube/config")
"""Where tools keep credentials under a name that says nothing."""

_NAMES_ALLOWED = re.compile(
    r"(?i)^(\.env[._-](example|sample|template|dist)|(example|sample|template)\.(env|tfvars))$"
)

_NO_PLACEHOLDER = r"(?!.{0,8}?(\w)\1{7})"
"""What comes now is not written ``xxxxxxxx``."""

_AFTER: tuple[tuple[str, str], ...] = (
    # Cloud services. Amazon's documents write ...EXAMPLE.
    ("AKIA", r"(?<=\bAKIA)(?!\w{9}EXAMPLE\b)[0-9A-Z]{16}\b"),
    ("ASIA", r"(?<=\bASIA)(?!\w{9}EXAMPLE\b)[0-9A-Z]{16}\b"),
    ("aws_secret_access_key", r"\s*[=:]\s*[\"']?(?!\S{0,33}EXAMPLE)[A-Za-z0-9/+]{40}\b"),
    ("AIza", r"(?<=\bAIza)[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    ("AccountKey=", r"[A-Za-z0-9+/]{86}=="),
    ("Q~", r"(?<=[\w.~]{3}\dQ~)[\w.~-]{31,34}(?![\w.~-])"),
    ("_v1_", r"(?<=\bdo[opr]_v1_)[a-f0-9]{64}\b"),
    ("hvs.", r"(?<=\bhvs\.)[\w-]{90,}"),
    ("dapi", r"(?<=\bdapi)[a-f0-9]{32}\b"),
    # Code hosts and package registries.
    *((f"gh{kind}_", rf"(?<=\bgh{kind}_)[A-Za-z0-9]{{36,}}\b") for kind in "pousr"),
    ("github_pat_", r"(?<=\bgithub_pat_)\w{82}\b"),
    ("glpat-", r"(?<=\bglpat-)[A-Za-z0-9_-]{20,}\b"),
    ("npm_", r"(?<=\bnpm_)[A-Za-z0-9]{36}\b"),
    ("pypi-AgEIcHlwaS5vcmc", r"[\w-]{50,}"),
    ("dckr_pat_", r"(?<=\bdckr_pat_)[\w-]{27,}"),
    ("rubygems_", r"(?<=\brubygems_)[a-f0-9]{48}\b"),
    # Payment, mail, chat, watching.
    ("k_live_", r"(?<=\b[sr]k_live_)[A-Za-z0-9]{10,}\b"),
    ("sk_test_", r"(?<=\bsk_test_)[A-Za-z0-9]{20,}\b"),
    ("shpat_", r"(?<=\bshpat_)[a-fA-F0-9]{32}\b"),
    ("SG.", r"(?<=\bSG\.)[\w=-]{20,24}\.[\w=-]{39,50}"),
    ("xox", r"(?<=\bxox)[abeoprs]-[A-Za-z0-9-]{20,}\b"),
    ("hooks.slack.com/", r"(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56}"),
    ("glsa_", r"(?<=\bglsa_)[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b"),
    ("sntrys_", r"eyJ[A-Za-z0-9+/=_-]{40,}"),
    # Model services.
    ("sk-", r"(?<=\bsk-)(?:aig|ant|proj|svcacct|admin|or-v1)-[A-Za-z0-9_-]{20,}\b"),
    ("sk-", r"(?<=\bsk-)(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}\b"),  # Moonshot's, and others'
    ("T3BlbkFJ", r"(?<=[A-Za-z0-9_-]{20}T3BlbkFJ)[A-Za-z0-9]{20}"),
    ("hf_", r"(?<=\bhf_)[a-zA-Z]{34}\b"),
    ("pplx-", r"(?<=\bpplx-)[a-zA-Z0-9]{48}\b"),
    # Keys, and tokens of whoever; the second is the example that everybody quotes (jwt.io).
    ("PRIVATE KEY", r"(?<=[A-Z -]PRIVATE KEY)(?: BLOCK)?-----(?:[^-]|-(?!-)){0,400}?[A-Za-z0-9+/]{40}"),
    ("eyJ", r"(?<=(?<!\w)eyJ)\w{14,}\.(?!eyJzdWIiOiIxMjM0NTY3ODkw)eyJ[\w-]{14,}\.[\w-]{10,}"),
    ("AGE-SECRET-KEY-1", r"[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
)
"""What a credential has in it word for word, and what comes behind that.

After gitleaks' rules (its ``config/gitleaks.toml``): those that a fixed text gives away. What is only told by the
name beside it (``password = "..."``) is not looked for: too many files would be lost that only talk of passwords. The
text is found first, which is a hundred times quicker than a pattern.
"""

_TEXTS = tuple((known, re.compile(re.escape(known) + _NO_PLACEHOLDER + behind)) for known, behind in _AFTER)


_SPACED = frozenset({"aws_secret_access_key", "PRIVATE KEY"})
"""Behind these there may be white space, or there is some in them. All others are in one word."""

SHORTEST = 18
"""Characters of the shortest such word, ``sk_live_`` and ten more."""

_IN_WORDS = bytes(
    code if code > 127 or chr(code).isalnum() or chr(code) in "/+=_.~-" else 32 for code in range(256)
)


def secret_name(path: str) -> bool:
    """Whether a file of this name, or at this place (POSIX), holds credentials."""
    name = path.rpartition("/")[2]
    if _NAMES.match(name):
        return not _NAMES_ALLOWED.match(name)
    return f"/{path}".endswith(_PLACES)


def secret_at(text: str) -> int | None:
    """Where the first credential in ``text`` begins, in code points; a few ms for each million of them."""
    words = _long_words(text)
    known_ones = (
        (known, pattern) for known, pattern in _TEXTS if known in (text if known in _SPACED else words)
    )
    found = (pattern.search(text, text.find(known)) for known, pattern in known_ones)
    return min((match.start() for match in found if match), default=None)


def _long_words(text: str) -> str:
    """A tenth of most texts, in which to look for forty others takes the less time."""
    words = text.encode("utf-8", "replace").translate(_IN_WORDS).split()
    return b" ".join([word for word in words if len(word) >= SHORTEST]).decode()
