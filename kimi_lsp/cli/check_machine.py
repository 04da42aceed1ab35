"""What ``kimi-lsp doctor`` looks at on this machine: Python, packages, settings, grammars, linters, folders."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from platformdirs import user_cache_path, user_state_path

from kimi_lsp.cli.check import Check

PACKAGES = ("kimi-lsp", "pygls", "lsprotocol", "openai", "msgspec", "tree-sitter", "pathspec", "rich")
LINTERS = {
    "ruff": "ruff",
    "mypy": "mypy",
    "eslint": "eslint",
    "tsc": "tsc",
    "shellcheck": "shellcheck",
    "go vet": "go",
    "clippy": "cargo-clippy",
}
"""The linters that find what can be fixed, and the program of each."""

_NAME = re.compile(r"[^A-Za-z0-9_.-]")

KEY_VARIABLES = ("AIGATEWAY_API_KEY", "AIG_KEY")


def on_this_machine(environment: Mapping[str, str], problems: tuple[str, ...]) -> Iterator[Check]:
    """Every check that asks nobody; ``problems`` are those of the settings (``settings.from_environment``)."""
    yield _python()
    yield _packages()
    yield _settings(problems)
    yield _grammars()
    yield _linters(environment)
    yield _folder("cache folder", user_cache_path("kimi-lsp", appauthor=False))
    yield _folder("state folder", user_state_path("kimi-lsp", appauthor=False))


def key(environment: Mapping[str, str], *, needed: bool) -> Check:
    """Whether there is a key, and where it comes from; the key itself is never shown."""
    variable = next((name for name in KEY_VARIABLES if environment.get(name, "").strip()), "")
    if variable:
        value = environment[variable].strip()
        if not value.isascii() or not value.isprintable() or " " in value:
            mend = f"set {variable} again, without spaces, quotes or line ends"
            return Check("key", "fail", f"{variable} holds a character that no key has", mend)
        return Check("key", "ok", f"set by {variable}, {len(value)} characters")
    if not needed:
        return Check("key", "ok", "none is set in the environment, and this address may need none")
    mend = "set AIGATEWAY_API_KEY=sk-aig-... or, in the editor, model.api_key (which doctor cannot see)"
    return Check("key", "fail", "no key is set in the environment", mend)


def _python() -> Check:
    return Check("python", "ok", f"Python {platform.python_version()} ({sys.executable})")


def _packages() -> Check:
    versions, missing = [], []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        mend = "install it again: pip install --force-reinstall kimi-lsp"
        return Check("packages", "fail", f"not installed: {', '.join(missing)}", mend)
    return Check("packages", "ok", ", ".join(versions))


def _settings(problems: tuple[str, ...]) -> Check:
    if problems:
        return Check("settings", "warn", "; ".join(problems), "correct or unset what is named")
    return Check("settings", "ok", "nothing in the environment is refused")


def _grammars() -> Check:
    from kimi_lsp.syntax.errors import GrammarMissing, GrammarUnusable
    from kimi_lsp.syntax.grammar import definitions_query
    from kimi_lsp.syntax.languages import LANGUAGES

    missing, broken = [], []
    for language in LANGUAGES:
        try:
            definitions_query(language)
        except GrammarMissing:
            missing.append(language)
        except GrammarUnusable as error:
            broken.append(str(error))
    if broken:
        mend = "install them again: pip install --force-reinstall kimi-lsp"
        return Check("grammars", "fail", "; ".join(broken), mend)
    if wanted := [language.id for language in missing if language.package in _required()]:
        mend = "install it again: pip install --force-reinstall kimi-lsp"
        return Check("grammars", "fail", f"not installed: {', '.join(wanted)}", mend)
    loaded = ", ".join(language.id for language in LANGUAGES if language not in missing)
    rest = f"; only with kimi-lsp[languages]: {', '.join(each.id for each in missing)}" if missing else ""
    return Check("grammars", "ok", f"{len(LANGUAGES) - len(missing)} load: {loaded}{rest}")


def _required() -> set[str]:
    """The packages that kimi-lsp cannot do without."""
    lines = metadata.requires("kimi-lsp") or ()
    return {_NAME.split(line)[0].lower() for line in lines if "extra ==" not in line}


def _linters(environment: Mapping[str, str]) -> Check:
    path = environment.get("PATH", os.defpath)
    found = [name for name, program in LINTERS.items() if shutil.which(program, path=path)]
    absent = [name for name in LINTERS if name not in found]
    rest = f"; not on PATH: {', '.join(absent)}" if absent else ""
    if not found:
        mend = "install the linter of your language, such as ruff; the editor's own diagnostics work all the same"
        return Check("linters", "warn", f"none is on PATH ({', '.join(absent)})", mend)
    return Check("linters", "ok", f"{', '.join(found)}{rest}")


def _folder(name: str, path: Path) -> Check:
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"kimi")
    except OSError as error:
        mend = f"make {path} a folder that you may write to"
        return Check(name, "fail", f"{path} cannot be written: {error.strerror or error}", mend)
    return Check(name, "ok", f"{path} can be written")
