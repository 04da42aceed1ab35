"""Real projects from the registries, kept in a folder outside of the repository."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

SECONDS = 300


class Unavailable(Exception):
    """The project cannot be had here; the text says why."""


@dataclass(frozen=True, slots=True)
class Project:
    """One project: ``sources`` are the folders whose symbols are drawn, ``ctags`` is what ctags calls the language.

    ``inside`` is the folder that is the project, where a package has more: what was built from the sources.
    """

    name: str
    language: str
    ctags: str
    extensions: tuple[str, ...]
    fetch: Callable[[Path], None]
    sources: tuple[str, ...] = ("",)
    inside: str = ""


def of_pypi(name: str) -> Callable[[Path], None]:
    """The newest source distribution."""

    def fetch(folder: Path) -> None:
        _run(folder, sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", name)

    return fetch


def of_npm(name: str) -> Callable[[Path], None]:
    """The newest package, as it is published."""

    def fetch(folder: Path) -> None:
        _run(folder, "npm", "pack", "--silent", name)

    return fetch


def of_debian(name: str) -> Callable[[Path], None]:
    """Debian's source package, by the machine's own list of archives; needs no rights."""

    def fetch(folder: Path) -> None:
        lists, sources = folder / "lists", folder / "sources"
        (lists / "partial").mkdir(parents=True)
        sources.mkdir()
        _source_archives(sources)
        options = [
            f"Dir::State::lists={lists}",
            "Dir::Etc::sourcelist=/dev/null",
            f"Dir::Etc::sourceparts={sources}",
            f"Dir::Cache::pkgcache={folder / 'pkg.bin'}",
            f"Dir::Cache::srcpkgcache={folder / 'src.bin'}",
            f"Debug::NoLocking={'true'}",
        ]
        flags = [part for option in options for part in ("-o", option)]
        _run(folder, "apt-get", *flags, "-q", "update")
        _run(folder, "apt-get", *flags, "-q", "source", "--download-only", name)
        shutil.rmtree(lists)
        for old in folder.glob("*.debian.tar*"):
            old.unlink()

    return fetch


PROJECTS = (
    Project("httpx", "python", "Python", (".py",), of_pypi("httpx"), ("httpx",)),
    Project("rxjs", "typescript", "TypeScript", (".ts",), of_npm("rxjs"), inside="src"),
    Project("cobra", "go", "Go", (".go",), of_debian("golang-github-spf13-cobra")),
    Project("ripgrep", "rust", "Rust", (".rs",), of_debian("rust-ripgrep"), ("crates",)),
    Project("lua", "c", "C", (".c", ".h"), of_debian("lua5.4"), ("src",)),
    Project("commons-lang", "java", "Java", (".java",), of_debian("libcommons-lang3-java"), ("src/main",)),
)


def fetched(project: Project, cache: Path) -> Path:
    """The project's folder, fetched if it is not there yet.

    Raises:
        Unavailable: it cannot be had.
    """
    folder = cache / project.name
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            project.fetch(folder)
            _unpack(folder)
        except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
            raise Unavailable(_reason(error)) from error
        (folder / "done").touch()
    inside = [path for path in sorted((folder / "tree").iterdir()) if path.is_dir()]
    return (inside[0] if len(inside) == 1 else folder / "tree") / project.inside


def _unpack(folder: Path) -> None:
    archives = sorted(path for path in folder.iterdir() if re.search(r"\.(?:tgz|tar\.\w+)$", path.name))
    if not archives:
        raise OSError("nothing was fetched")
    for archive in archives:
        with tarfile.open(archive) as opened:
            opened.extractall(folder / "tree", filter="data")


def _source_archives(folder: Path) -> None:
    """The lists of archives that the machine has for packages, rewritten for sources."""
    for path in _lists():
        text = path.read_text()
        if path.suffix == ".sources" and "Signed-By: /usr/share/keyrings/debian-" in text:
            text = re.sub(r"(?m)^Types:.*$", "Types: deb-src", text)
            (folder / path.name).write_text(text)
        elif path.suffix == ".list" and "debian" in text:
            lines = [line for line in text.splitlines() if line.startswith("deb ") and "/debian" in line]
            (folder / path.name).write_text("\n".join(f"deb-src{line[3:]}" for line in lines) + "\n")


def _lists() -> Iterator[Path]:
    etc = Path("/etc/apt")
    yield from (path for path in (etc / "sources.list",) if path.is_file())
    yield from sorted(etc.glob("sources.list.d/*.sources"))
    yield from sorted(etc.glob("sources.list.d/*.list"))


def _run(folder: Path, *command: str) -> None:
    subprocess.run(
        command,
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.stderr or error.stdout or "").strip().splitlines()
        return f"{error.cmd[0]} failed: {said[-1] if said else error.returncode}"
    return f"{type(error).__name__}: {error}"
