"""What ``kimi-lsp doctor --editor NAME`` looks at, and the configuration that it prints.

The configurations are the files of ``editors/`` beside this module; the pages under ``editors/`` of the repository
quote them (a test compares).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kimi_lsp.cli.check import Check
from kimi_lsp.cli.check_machine import KEY_VARIABLES, key

VERSION_TIMEOUT_S = 5.0
_CONFIGURATIONS = Path(__file__).with_name("editors")
_CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Editor:
    """One editor: its programs, best first, and where its user's configuration may be (``~`` and ``$NAME`` stand).

    ``where`` says for people where the configuration goes; ``key`` how this editor can have the key without an
    environment variable, ``server`` how it can have kimi-lsp without a PATH. A file that holds ``kimi`` names it.
    """

    title: str
    programs: tuple[str, ...]
    files: tuple[str, ...]
    where: str
    key: str = ""
    server: str = ""


EDITORS = {
    "vscode": Editor(
        "Visual Studio Code",
        ("code", "codium", "code-server"),
        (
            "~/.vscode/extensions/kimi-lsp.*/package.json",
            "~/.vscode-server/extensions/kimi-lsp.*/package.json",
            "~/.vscode-oss/extensions/kimi-lsp.*/package.json",
            "~/.local/share/code-server/extensions/kimi-lsp.*/package.json",
            "$CONFIG/Code/User/settings.json",
            "$SUPPORT/Code/User/settings.json",
            "$APPDATA/Code/User/settings.json",
        ),
        "settings.json, after the extension was installed: code --install-extension kimi-lsp.vsix",
        "the command “Kimi: Set API key”",
        "the command “Kimi: Install kimi-lsp”",
    ),
    "neovim": Editor(
        "Neovim",
        ("nvim",),
        (
            "$CONFIG/nvim/init.lua",
            "$CONFIG/nvim/lua/**/*.lua",
            "~/.local/share/nvim/site/pack/*/start/kimi/plugin/*",
            "$LOCALAPPDATA/nvim/init.lua",
        ),
        "init.lua, after: mkdir -p ~/.local/share/nvim/site/pack/kimi/start && "
        "ln -s /path/to/kimi-lsp/editors/neovim ~/.local/share/nvim/site/pack/kimi/start/kimi",
        "the option key of require('kimi').setup",
    ),
    "helix": Editor(
        "Helix",
        ("hx", "helix"),
        ("$CONFIG/helix/languages.toml", "$APPDATA/helix/languages.toml"),
        "languages.toml; editors/helix/languages.toml has it for every language",
    ),
    "emacs-eglot": Editor(
        "Emacs with Eglot",
        ("emacs",),
        ("~/.emacs", "~/.emacs.el", "~/.emacs.d/init.el", "$CONFIG/emacs/init.el"),
        "your init file",
        "a line of ~/.authinfo.gpg: machine api.aigateway.sh login kimi password sk-aig-...",
    ),
    "emacs-lsp-mode": Editor(
        "Emacs with lsp-mode",
        ("emacs",),
        ("~/.emacs", "~/.emacs.el", "~/.emacs.d/init.el", "$CONFIG/emacs/init.el"),
        "your init file",
        "a line of ~/.authinfo.gpg: machine api.aigateway.sh login kimi password sk-aig-...",
    ),
    "zed": Editor(
        "Zed",
        ("zed", "zeditor"),
        ("$CONFIG/zed/settings.json", "$APPDATA/Zed/settings.json"),
        "settings.json, after “zed: install dev extension” with the folder editors/zed",
    ),
    "sublime": Editor(
        "Sublime Text with LSP",
        ("subl", "sublime_text"),
        (
            "$CONFIG/sublime-text/Packages/User/LSP.sublime-settings",
            "$SUPPORT/Sublime Text/Packages/User/LSP.sublime-settings",
            "$APPDATA/Sublime Text/Packages/User/LSP.sublime-settings",
        ),
        "Preferences: LSP Settings",
    ),
    "kate": Editor(
        "Kate",
        ("kate",),
        ("$CONFIG/kate/lspclient/settings.json", "$LOCALAPPDATA/kate/lspclient/settings.json"),
        "Settings, Configure Kate, LSP Client, User Server Settings",
    ),
    "coc": Editor(
        "coc.nvim",
        ("nvim", "vim"),
        ("$CONFIG/nvim/coc-settings.json", "~/.vim/coc-settings.json"),
        ":CocConfig",
    ),
    "vim-ale": Editor(
        "Vim with ALE",
        ("vim", "gvim"),
        ("~/.vimrc", "~/.vim/vimrc", "~/.vim/plugin/*.vim"),
        "your vimrc",
    ),
}
"""By the name that ``--editor`` takes."""


def configuration(name: str) -> str:
    """The lines that make the editor start kimi-lsp; ``name`` is one of ``EDITORS``."""
    return (_CONFIGURATIONS / f"{name}.txt").read_text(encoding="utf-8")


def here(text: str) -> str:
    """``text`` with the folder of this checkout for ``/path/to/kimi-lsp``; as it is where there is no checkout."""
    return (
        text.replace("/path/to/kimi-lsp", _CHECKOUT.as_posix()) if (_CHECKOUT / "editors").is_dir() else text
    )


def on_this_machine(name: str, environment: Mapping[str, str]) -> Iterator[Check]:
    """The editor, kimi-lsp, the key, and whether a configuration names kimi-lsp."""
    editor = EDITORS[name]
    yield _program(editor, environment)
    yield _server(editor, environment)
    yield _key(editor, environment)
    yield _configured(editor, name, environment)


def _program(editor: Editor, environment: Mapping[str, str]) -> Check:
    path = environment.get("PATH", os.defpath)
    found = next((file for name in editor.programs if (file := shutil.which(name, path=path))), None)
    if found is None:
        mend = (
            f"install {editor.title}, or, if it starts from a menu, leave it: only this look at it is missing"
        )
        *others, last = editor.programs
        named = f"{', '.join(others)} or {last}" if others else last
        return Check("editor", "warn", f"no {named} on PATH", mend)
    return Check("editor", "ok", f"{_version(found)} ({found})")


def _version(program: str) -> str:
    """The first line that it says of its version; what it is where it says nothing."""
    try:
        done = subprocess.run(
            [program, "--version"],
            capture_output=True,
            timeout=VERSION_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "it does not tell its version"
    if done.returncode:  # such as a window that finds no screen
        return "it does not tell its version"
    lines = (done.stdout or done.stderr).decode("utf-8", "replace").splitlines()
    return next((line.strip()[:100] for line in lines if line.strip()), "it does not tell its version")


def _server(editor: Editor, environment: Mapping[str, str]) -> Check:
    found = shutil.which("kimi-lsp", path=environment.get("PATH", os.defpath))
    if found is not None:
        return Check("kimi-lsp", "ok", found)
    beside = shutil.which("kimi-lsp", path=str(Path(sys.executable).parent))
    place = f": {beside}" if beside else ""
    mend = f"install kimi-lsp where the editor finds it, or give the editor its whole path{place}"
    if not editor.server:
        return Check("kimi-lsp", "fail", "no kimi-lsp on PATH", mend)
    return Check("kimi-lsp", "warn", "no kimi-lsp on PATH", f"{mend}, or {editor.server}")


def _key(editor: Editor, environment: Mapping[str, str]) -> Check:
    """The key of the environment; where an editor has a way of its own, that cannot be seen from here."""
    found = key(environment, needed=True)
    if found.status != "fail" or any(environment.get(name, "").strip() for name in KEY_VARIABLES):
        return found
    mend = "set AIGATEWAY_API_KEY=sk-aig-... where the editor is started"
    if not editor.key:
        return Check("key", "fail", found.found, mend)
    return Check("key", "warn", f"{found.found}; doctor cannot see other places", f"{mend}, or {editor.key}")


def _configured(editor: Editor, name: str, environment: Mapping[str, str]) -> Check:
    files = [file for pattern in editor.files for file in _files(pattern, environment)]
    for file in files:
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if "kimi" in text.lower():
            return Check("configuration", "ok", f"{file} names kimi-lsp")
    mend = f"kimi-lsp doctor --editor {name} prints what belongs there: {here(editor.where)}"
    if files:
        return Check("configuration", "warn", f"{', '.join(map(str, files))}: no kimi-lsp", mend)
    return Check("configuration", "warn", "no configuration of this editor was found", mend)


def _files(pattern: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """The files that are there of a pattern such as ``$CONFIG/nvim/lua/**/*.lua``."""
    home = environment.get("HOME") or str(Path.home())
    folders = {
        "~": home,
        "$CONFIG": environment.get("XDG_CONFIG_HOME") or f"{home}/.config",
        "$SUPPORT": f"{home}/Library/Application Support" if sys.platform == "darwin" else "",
        "$APPDATA": environment.get("APPDATA", ""),
        "$LOCALAPPDATA": environment.get("LOCALAPPDATA", ""),
    }
    folder, _, rest = pattern.partition("/")
    if folders[folder]:
        yield from sorted(file for file in Path(folders[folder]).glob(rest) if file.is_file())
