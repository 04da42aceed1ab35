"""One checker on the files of its languages."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kimi_lsp.workspace.checkers import process, shadow
from kimi_lsp.workspace.checkers.configuration import check_configuration, check_unchanged, naming
from kimi_lsp.workspace.checkers.errors import Failed
from kimi_lsp.workspace.checkers.finding import Finding
from kimi_lsp.workspace.checkers.process import Output
from kimi_lsp.workspace.checkers.readers import read
from kimi_lsp.workspace.checkers.row import Row

COMPLAINT_LENGTH = 160
_EXCLAMATIONS = ("Oops!", "ESLint:", "#")
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run happens: ``root`` is the folder of the project, ``texts`` what is laid over it."""

    root: Path
    texts: Mapping[Path, bytes | None]
    cache: Path
    environment: Mapping[str, str]
    program: str


@dataclass(frozen=True, slots=True)
class _Call:
    """How the program is started once: placeholders by name, those that stand for several files have several."""

    folder: Path
    filled: Mapping[str, tuple[str, ...]]
    text: bytes | None = None


async def run(
    row: Row, files: Sequence[Path], place: Place, remaining: Callable[[], float]
) -> list[tuple[Path, Finding]]:
    """What ``row`` finds in ``files``, which are among ``place.texts``; ``remaining`` is how many seconds are left.

    Raises:
        CheckerError: it says nothing.
        OSError: there is no place for its shadow.
    """
    found: list[tuple[Path, Finding]] = []
    for project, group in _by_project(row, files, place).items():
        if row.guarded is not None:
            check_configuration(row, row.guarded, project, place.texts)
        if row.runs_project_code or row.executed:
            check_unchanged(row, place.texts)
        with shadow.slot(place.cache, row.name, place.root) as scratch:
            found += await _DELIVERIES[row.delivery](row, group, project, _Desk(place, scratch, remaining))
    return found


def _by_project(row: Row, files: Sequence[Path], place: Place) -> Mapping[Path, list[Path]]:
    """The files by the folder that the program runs in; those without what the row needs are left out."""
    groups: dict[Path, list[Path]] = {}
    for file in files:
        if (project := project_of(row, file, place.root)) is not None:
            groups.setdefault(project, []).append(file)
    return groups


def project_of(row: Row, file: Path, root: Path) -> Path | None:
    """The folder where ``row`` runs for ``file``; None if it is not for this file, or the project does not use it."""
    if row.configured is not None and naming(row.configured, (root,), {}) is None:
        return None
    if not file.is_relative_to(root):
        return root if row.delivery in ("stdin", "copy") and not row.needs else None
    if not row.needs:
        return root
    inside = [folder for folder in file.parents if folder.is_relative_to(root)]
    return next((folder for folder in inside if any((folder / name).is_file() for name in row.needs)), None)


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one run works with. ``scratch`` is its own for as long as it lasts."""

    place: Place
    scratch: Path
    remaining: Callable[[], float]

    @property
    def shadow(self) -> Path:
        return self.scratch / "shadow"

    async def call(self, row: Row, call: _Call) -> list[Finding]:
        """Start the program and read what it writes."""
        constant = {"{cache}": str(self.scratch.parent / "cache"), "{scratch}": str(self.scratch / "cache")}
        output = await process.run(
            [self.place.program, *_arguments(row.command[1:], constant, call.filled)],
            folder=call.folder if call.folder.is_dir() else self.scratch,
            environment={
                **self.place.environment,
                **{name: _replaced(value, constant) for name, value in row.environment},
            },
            text=call.text,
            timeout_s=min(row.timeout_s, self.remaining()),
        )
        return _findings(row, output)

    async def build(self, make: Callable[[Path], _Made]) -> _Made:
        """Make the shadow in a thread, which is waited for even by who is cancelled: it writes in our folder."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        making = asyncio.ensure_future(asyncio.to_thread(make, self.shadow))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            await asyncio.wait([making])
            raise


def _arguments(
    command: Sequence[str], constant: Mapping[str, str], filled: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for argument in command:
        argument = _replaced(argument, constant)
        names = [name for name in filled if name in argument]
        counts = {len(filled[name]) for name in names}
        for number in range(max(counts, default=1)):
            yield _replaced(argument, {name: filled[name][number] for name in names})


def _replaced(argument: str, values: Mapping[str, str]) -> str:
    """In one pass, so that what a file is called is never taken for a placeholder."""
    if not values:
        return argument
    pattern = "|".join(map(re.escape, values))
    return re.sub(pattern, lambda match: values[match.group()], argument)


def _findings(row: Row, output: Output) -> list[Finding]:
    """What it found.

    Raises:
        Failed: it ended badly, and found nothing.
    """
    if output.code < 0:
        raise Failed(f"was ended by signal {-output.code}")
    text = output.stdout
    if row.reader == "pattern":
        text += "\n" + output.stderr
    try:
        found = read(row.reader, text, row.pattern) if text.strip() or output.code == 0 else []
    except Failed:
        if output.code in (0, 1) and output.stdout.strip():
            raise
        found = []
    if output.code != 0 and not found:
        raise Failed(f"ended with {output.code}{_complaint(output)}")
    return found


def _complaint(output: Output) -> str:
    """The first thing that it said, cut."""
    lines = (" ".join(line.split()) for line in f"{output.stderr}\n{output.stdout}".splitlines())
    first = next((line for line in lines if line and not line.startswith(_EXCLAMATIONS)), "")
    cut = first if len(first) <= COMPLAINT_LENGTH else f"{first[: COMPLAINT_LENGTH - 1]}…"
    return f": {cut}" if cut else ""


async def _by_stdin(
    row: Row, files: Sequence[Path], project: Path, desk: _Desk
) -> list[tuple[Path, Finding]]:
    found: list[tuple[Path, Finding]] = []
    for file in files:
        findings = await desk.call(row, _Call(project, {"{file}": (str(file),)}, desk.place.texts[file]))
        found += [(file, finding) for finding in findings]
    return found


async def _by_copy(row: Row, files: Sequence[Path], project: Path, desk: _Desk) -> list[tuple[Path, Finding]]:
    found: list[tuple[Path, Finding]] = []
    for number, file in enumerate(files):
        copy = desk.shadow / str(number) / file.name

        def write(folder: Path, copy: Path = copy, text: bytes = desk.place.texts[file] or b"") -> None:
            copy.parent.mkdir(parents=True)
            copy.write_bytes(text)

        await desk.build(write)
        findings = await desk.call(row, _Call(project, {"{file}": (str(file),), "{path}": (str(copy),)}))
        found += [(file, finding) for finding in findings]
    return found


async def _by_folder(
    row: Row, files: Sequence[Path], project: Path, desk: _Desk
) -> list[tuple[Path, Finding]]:
    place = desk.place
    inside = {file: text for file, text in place.texts.items() if file.is_relative_to(place.root)}
    ours: dict[Path, bytes | None] = {project / name: text.encode() for name, text in row.adds}
    copies = {project / name: _bytes(project / name) for name in row.copied}
    ours |= {file: text for file, text in copies.items() if text is not None}

    await desk.build(lambda folder: shadow.mirror(place.root, folder, {**ours, **inside}, row.copied))
    paths = [str(desk.shadow / file.relative_to(place.root)) for file in files]
    folder = desk.shadow / project.relative_to(place.root)
    packages = dict.fromkeys(f"./{file.parent.relative_to(project).as_posix()}" for file in files)
    filled = {"{file}": tuple(map(str, files)), "{path}": tuple(paths), "{package}": tuple(packages)}
    findings = await desk.call(row, _Call(folder, filled))
    named = _named(findings, folder, desk.shadow, dict(zip(map(Path, paths), files, strict=True)))
    return list(named)


def _bytes(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _named(
    findings: Sequence[Finding], folder: Path, top: Path, known: Mapping[Path, Path]
) -> Iterator[tuple[Path, Finding]]:
    """Each finding with its file; a name may be relative to any folder from ``folder`` up to ``top``.

    One without a name is about the only file that there is.
    """
    only = next(iter(known.values())) if len(known) == 1 else None
    bases = [base for base in (folder, *folder.parents) if base.is_relative_to(top)]
    for finding in findings:
        candidates = (Path(os.path.normpath(base / finding.file)) for base in bases)
        found = next((known[candidate] for candidate in candidates if candidate in known), None)
        file = found if finding.file else only
        if file is not None:
            yield file, finding


_DELIVERIES = {"stdin": _by_stdin, "copy": _by_copy, "folder": _by_folder}
